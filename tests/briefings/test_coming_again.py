"""An issue comes again, under another title, to those of its readers who followed no link in it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import html5lib
import pytest
from flask import Flask

from app.accounts.models import Agency
from app.accounts.queries import person_by_ref
from app.audit.models import AuditEntry
from app.briefings import queries as briefings
from app.briefings import rules
from app.briefings.checking import operations as checking
from app.briefings.checking.queries import findings_of, holds
from app.briefings.composing import operations
from app.briefings.composing.queries import again
from app.briefings.composing.rules import NotToComeAgain
from app.briefings.models import (
    BriefingIssue,
    BriefingLink,
    Delivery,
    DeliveryState,
    IssueState,
    LinkTotal,
    SubscriberState,
)
from app.briefings.reading import queries as archive
from app.briefings.reading.queries import ArchiveFilter
from app.briefings.results import links
from app.briefings.results.queries import briefed, coverage
from app.briefings.results.queries.telling import issues_to_tell_of
from app.briefings.rules import MoveNotPossible
from app.briefings.sending import audience
from app.briefings.sending import operations as sending
from app.core.acting import Actor, acting_as
from app.core.database import current_session
from app.reports.queries import latest_issue
from tests.support.briefing_results import click, make_receipt, readers_of, sent_issue
from tests.support.briefings import make_item, make_subscriber
from tests.support.client import PageClient
from tests.support.statements import statements
from tests.support.world import DAY, by_ref, make_lesson, make_review

SENT_ON = DAY - timedelta(days=3)
HOMERTON = "homerton"


def an_issue(**values: Any) -> BriefingIssue:
    """Sent three days ago to sixteen: six followed nothing and can still be written to, five did follow."""
    issue = sent_issue(**{"sent_on": SENT_ON, **values})
    issue.items = [make_item()]
    for each in readers_of(issue, HOMERTON, 5):
        click(each)
    scanned, left, discussed, suppressed, *_rest = readers_of(issue, HOMERTON, 9)
    click(scanned, scanner="too_soon")
    left.left_on = SENT_ON
    assert discussed.subscriber is not None
    discussed.subscriber.person_id = person_by_ref("homerton.owner").id
    make_receipt(issue, HOMERTON, given_by_id=discussed.subscriber.person_id)
    assert suppressed.subscriber is not None
    suppressed.subscriber.state = SubscriberState.SUPPRESSED
    readers_of(issue, HOMERTON, 1, state=DeliveryState.BOUNCED)
    readers_of(issue, HOMERTON, 1, state=DeliveryState.FAILED)
    make_subscriber(email="joined@example.org")
    current_session().commit()
    return issue


def bring(issue: BriefingIssue) -> BriefingIssue:
    """Begin to bring it again, as the editor."""
    editor = person_by_ref("tusk.editor")
    with acting_as(Actor(editor.id, editor.name)):
        return operations.brought_again(issue, title="Who else lives there?")


def test_it_goes_to_those_it_was_delivered_to_who_followed_nothing_and_to_nobody_else(world: Flask) -> None:
    issue = an_issue()
    assert again(issue, counted=True).why_not is None
    new = bring(issue)
    assert (new.brings_again, new.title, new.state) == (issue, "Who else lives there?", IssueState.DRAFT)
    assert new.introduction.startswith("We sent this before")
    assert not findings_of(new), "what was put before it tells of nobody"
    assert sending.plan(issue=new) == audience.count(new) == 6
    chosen = {each.subscriber_id for each in current_session().query(Delivery).filter_by(issue_id=new.id)}
    followed = {
        each.subscriber_id for each in current_session().query(Delivery).filter_by(issue_id=issue.id)
    } - chosen
    assert len(followed) == 10
    entry = current_session().query(AuditEntry).order_by(AuditEntry.id.desc()).first()
    assert entry is not None
    assert (entry.verb, issue.ref in entry.line) == ("briefing.create", True)
    with pytest.raises(NotToComeAgain, match=f"{new.ref} brings it again"):
        operations.brought_again(issue, title="A third")
    with pytest.raises(NotToComeAgain):
        operations.brought_again(new, title="A third")
    new.state = IssueState.CANCELLED
    assert again(issue, counted=True).why_not is None, "a draft that was given up is no second sending"
    new.sent_on = DAY
    assert again(issue, counted=True).by == new, "one cancelled while it was sent came to some"


@pytest.mark.parametrize(("followed", "others"), [(4, 9), (9, 4)])
def test_it_does_not_come_again_where_that_would_tell_of_a_few(
    world: Flask, followed: int, others: int
) -> None:
    issue = sent_issue(sent_on=SENT_ON)
    for each in readers_of(issue, HOMERTON, followed):
        click(each)
    readers_of(issue, HOMERTON, others)
    assert "fewer than 5" in (again(issue, counted=True).why_not or "")


def test_no_number_of_it_tells_of_a_few(world: Flask, client_as: Callable[[str], PageClient]) -> None:
    issue = an_issue()
    readers_of(issue, "ccg", 6)
    new = bring(issue)
    editor = client_as("tusk.editor")
    assert "readers." not in text_of(editor, f"/briefings/{new.ref}/readers")
    editor.post(
        f"/briefings/{new.ref}/readers/change", {"agencies": [str(by_ref(Agency, "ccg").ref)]}, status=422
    )
    with pytest.raises(MoveNotPossible, match="for all of them"):
        checking.set_readers(issue=new, agencies=[by_ref(Agency, "ccg")])
    new.for_agencies = []
    sending.plan(issue=new)
    for each in current_session().query(Delivery).filter_by(issue_id=new.id):
        each.state, each.agency = DeliveryState.DELIVERED, by_ref(Agency, HOMERTON)
    new.state, new.sent_on = IssueState.SENT, DAY
    current_session().commit()
    page = text_of(editor, f"/briefings/{new.ref}/results?at=now")
    assert "By agency" not in page
    assert "By kind of work" not in page
    lead = text_of(client_as("homerton.lead"), f"/briefings/{new.ref}/results?at=now")
    assert "Audience" not in lead
    assert "all its readers together" in lead
    file = editor.get(f"/briefings/{new.ref}/results/export?format=csv").text
    assert "Homerton" not in file


def test_it_is_neither_the_latest_issue_nor_another_briefing_of_its_lessons(world: Flask) -> None:
    lesson = make_lesson(make_review(), sharing="cleared")
    issue = sent_issue(sent_on=SENT_ON)
    issue.items = [make_item(lesson=lesson)]
    new = sent_issue(number=2, sent_on=DAY, brings_again=issue)
    new.items = [make_item(lesson=lesson)]
    current_session().flush()
    assert latest_issue() == issue
    assert [each.issue_ref for each in briefed([lesson.id])[lesson.id]] == [issue.ref]
    (line,) = coverage.lines([lesson], coverage.Filters())
    assert [each.issue for each in line.briefed] == [issue]


def test_the_pages_of_its_draft_neither_count_its_readers_nor_read_its_origins_twice(world: Flask) -> None:
    new = bring(an_issue())
    with statements() as sent:
        holds(new)
        findings_of(new)
    assert not [each for each in sent if "FROM subscriber" in each and "LIMIT" not in each]
    assert sum("LEFT OUTER JOIN lesson" in each for each in sent) <= 1


def text_of(client: PageClient, address: str) -> str:
    """The words of a page."""
    tree = html5lib.parse(client.get(address).text, namespaceHTMLElements=False)
    return " ".join("".join(tree.find(".//main").itertext()).split())


def test_it_stands_beside_the_archive_and_agency_leads_hear_of_it_once(world: Flask) -> None:
    issue = an_issue(cascaded_on=SENT_ON)
    new = sent_issue(number=2, brings_again=issue)
    current_session().flush()
    page, count = archive.listed(ArchiveFilter())
    assert ([each.ref for each in page.rows], count) == ([issue.ref], 1)
    assert issues_to_tell_of() == []
    assert briefings.issue_that_is_out(new.ref) == new, "whoever has the mail can read it in the browser"


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"state": IssueState.PAUSED}, "to the end"),
        ({"sent_on": None}, "to the end"),
        ({"is_again": True}, "no third time"),
        ({"is_known": False}, "not kept who followed"),
        ({"sent_on": DAY - timedelta(days=2)}, "less than 3 days"),
        ({}, None),
    ],
)
def test_when_an_issue_can_come_again(values: dict[str, Any], why: str | None) -> None:
    facts: dict[str, Any] = {
        "state": IssueState.SENT,
        "sent_on": SENT_ON,
        "is_known": True,
        "is_again": False,
        **values,
    }
    said = rules.why_not_again(facts.pop("state"), facts.pop("sent_on"), today=DAY, **facts)
    assert said is None if why is None else why in (said or "")


def test_where_not_every_click_is_known_nobody_is_taken_for_one_who_followed_nothing(world: Flask) -> None:
    issue = an_issue()
    assert audience.is_known_who_followed(issue)
    new = bring(issue)
    settings = briefings.settings()
    settings.keeps_clicks_of_people = False
    assert not audience.is_known_who_followed(issue)
    settings.keeps_clicks_of_people = True
    told = BriefingLink(issue_id=issue.id, number=99, url=links.feedback(issue), words="Tell us")
    current_session().add(told)
    current_session().flush()
    current_session().add(LinkTotal(link_id=told.id, clicks=1))
    current_session().flush()
    assert audience.is_known_who_followed(issue), "whoever says what they think is nobody by design"
    current_session().add(LinkTotal(link_id=issue.links[0].id, clicks=1))
    current_session().flush()
    assert not audience.is_known_who_followed(issue), "some were only counted"
    assert any("no longer kept who followed" in each for each in holds(new))


def test_the_editor_begins_it_without_hearing_how_many_they_are_and_nobody_else_is_offered_it(
    world: Flask, client_as: Callable[[str], PageClient]
) -> None:
    issue = an_issue()
    ref = issue.ref
    page = client_as("tusk.editor")
    assert "can get it a second time" in page.get(f"/briefings/{ref}/results").text
    assert "6 readers" not in page.get(f"/briefings/{ref}/again").text
    same = page.post(f"/briefings/{ref}/again", {"title": issue.title}, status=422)
    assert "Enter another title" in same.text
    page.post(f"/briefings/{ref}/again", {"title": "Who else lives there?"})
    current_session().rollback()
    new = current_session().query(BriefingIssue).filter_by(brings_again_id=issue.id).one()
    assert "It brings" in page.get(f"/briefings/{new.ref}/compose").text
    assert new.ref in page.get(f"/briefings/{ref}/results").text
    assert "cannot be sent once more" in page.get(f"/briefings/{ref}/again").text
    assert "Once more" not in client_as("scr.chair").get(f"/briefings/{ref}/results").text
