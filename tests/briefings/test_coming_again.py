"""An issue comes again, under another title, to those of its readers who followed no link in it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.accounts.queries import person_by_ref
from app.audit.models import AuditEntry
from app.briefings import queries as briefings
from app.briefings import rules
from app.briefings.checking.queries import findings_of, holds
from app.briefings.composing import operations
from app.briefings.composing.queries import again
from app.briefings.composing.rules import NotToComeAgain
from app.briefings.models import (
    BriefingIssue,
    Delivery,
    DeliveryState,
    IssueState,
    LinkTotal,
    SubscriberState,
)
from app.briefings.reading import queries as archive
from app.briefings.reading.queries import ArchiveFilter
from app.briefings.results.queries.telling import issues_to_tell_of
from app.briefings.sending import audience
from app.briefings.sending import operations as sending
from app.core.acting import Actor, acting_as
from app.core.database import current_session
from tests.support.briefing_results import click, make_receipt, readers_of, sent_issue
from tests.support.briefings import make_item, make_subscriber
from tests.support.client import PageClient
from tests.support.world import DAY

SENT_ON = DAY - timedelta(days=3)
HOMERTON = "homerton"


def an_issue(**values: Any) -> BriefingIssue:
    """Sent three days ago to thirteen: six followed nothing and can still be written to."""
    issue = sent_issue(**{"sent_on": SENT_ON, **values})
    issue.items = [make_item()]
    got_it = readers_of(issue, HOMERTON, 11)
    clicked, again_clicked, scanned, left, discussed, suppressed, *_rest = got_it
    click(clicked)
    click(again_clicked)
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
    assert again(issue, counted=True).readers == audience.again(issue) == 6
    new = bring(issue)
    assert (new.brings_again, new.title, new.state) == (issue, "Who else lives there?", IssueState.DRAFT)
    assert new.introduction.startswith("We sent this before")
    assert not findings_of(new), "what was put before it tells of nobody"
    assert sending.plan(issue=new) == audience.count(new) == 6
    chosen = {each.subscriber_id for each in current_session().query(Delivery).filter_by(issue_id=new.id)}
    followed = {
        each.subscriber_id for each in current_session().query(Delivery).filter_by(issue_id=issue.id)
    } - chosen
    assert len(followed) == 7
    entry = current_session().query(AuditEntry).order_by(AuditEntry.id.desc()).first()
    assert entry is not None
    assert (entry.verb, issue.ref in entry.line) == ("briefing.create", True)
    with pytest.raises(NotToComeAgain, match=f"{new.ref} brings it again"):
        operations.brought_again(issue, title="A third")
    with pytest.raises(NotToComeAgain):
        operations.brought_again(new, title="A third")
    new.state = IssueState.CANCELLED
    assert again(issue, counted=True).why_not is None, "a draft that was given up is no second sending"


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
    current_session().add(LinkTotal(link_id=issue.links[0].id, clicks=1))
    current_session().flush()
    assert not audience.is_known_who_followed(issue), "some were only counted"
    assert any("no longer kept who followed" in each for each in holds(new))


def test_the_editor_sees_how_many_before_it_begins_and_nobody_else_is_offered_it(
    world: Flask, client_as: Callable[[str], PageClient]
) -> None:
    issue = an_issue()
    ref = issue.ref
    page = client_as("tusk.editor")
    assert "can get it a second time" in page.get(f"/briefings/{ref}/results").text
    assert "It would go to 6 readers" in page.get(f"/briefings/{ref}/again").text
    same = page.post(f"/briefings/{ref}/again", {"title": issue.title}, status=422)
    assert "Enter another title" in same.text
    page.post(f"/briefings/{ref}/again", {"title": "Who else lives there?"})
    current_session().rollback()
    new = current_session().query(BriefingIssue).filter_by(brings_again_id=issue.id).one()
    assert "It brings" in page.get(f"/briefings/{new.ref}/compose").text
    assert new.ref in page.get(f"/briefings/{ref}/results").text
    assert "cannot be sent once more" in page.get(f"/briefings/{ref}/again").text
    assert "Once more" not in client_as("scr.chair").get(f"/briefings/{ref}/results").text
