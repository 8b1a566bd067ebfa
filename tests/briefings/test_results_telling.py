"""Once an issue was sent: agency leads get it for their teams, and hear of lessons that theirs work on."""

from datetime import timedelta

import pytest
from flask import Flask

from app.accounts.models import Agency, Person, RoleAssignment
from app.accounts.policy import Role
from app.briefings.models import BriefingIssue, IssueState
from app.briefings.results import links, mail, receipts
from app.briefings.results.operations import telling
from app.core.database import current_session
from app.core.hooks import MessageText
from app.outbox.models import OutboxMessage
from tests.support.briefing_results import readers_of, sent_issue
from tests.support.briefings import make_item
from tests.support.world import DAY, by_ref, make_action, make_lesson, make_review


def told() -> list[tuple[str, str]]:
    """Every message about an issue: its kind and whom it goes to."""
    current_session().rollback()
    rows = current_session().query(OutboxMessage).filter(OutboxMessage.kind.startswith("briefing_"))
    return sorted((row.kind, row.address.partition("@")[0]) for row in rows)


def words_to(kind: str, ref: str) -> MessageText:
    """What the message says."""
    message = current_session().query(OutboxMessage).filter_by(kind=kind, address=f"{ref}@example.org").one()
    assert mail.still_wanted(message.id, DAY)
    return mail.message_text(message.id, DAY)


def issue_about(*, sharing: str = "cleared", **review: object) -> BriefingIssue:
    """An issue about a lesson that Homerton's and HLT's actions answer; HLT's is a draft."""
    lesson = make_lesson(make_review(**review), sharing=sharing)  # type: ignore[arg-type]
    make_action(lesson, agency="homerton", status="agreed", agreed_on=DAY)
    make_action(lesson, agency="hackney-learning-trust", status="draft")
    issue = sent_issue()
    issue.items.append(make_item(lesson=lesson))
    current_session().commit()
    return issue


def test_each_lead_gets_one_message_and_a_second_run_sends_none(world: Flask) -> None:
    issue_about()
    assert telling.tell_due(on=DAY) == 4
    assert telling.tell_due(on=DAY) == 0
    assert told() == [
        ("briefing_cascade", "csc.lead"),
        ("briefing_cascade", "hlt.lead"),
        ("briefing_cascade", "homerton.lead"),
        ("briefing_told", "homerton.lead"),
    ]


def test_the_message_holds_the_page_for_teams_and_a_link_for_receipts(world: Flask) -> None:
    issue = issue_about()
    telling.tell_due(on=DAY)
    said = words_to("briefing_cascade", "homerton.lead")
    assert len(said.subject) < 60
    assert not said.kept
    for body in (said.text, said.html):
        assert links.team_version(issue, by_ref(Agency, "homerton").id) in body
        assert receipts.link(issue, by_ref(Agency, "homerton")) in body
        assert issue.title not in body
        assert issue.items[0].heading not in body


def test_who_works_on_a_lesson_hears_its_reference_and_nothing_else(world: Flask) -> None:
    issue = issue_about()
    telling.tell_due(on=DAY)
    lesson = issue.items[0].lesson
    assert lesson is not None
    said = words_to("briefing_told", "homerton.lead")
    assert said.subject == "1 lesson your agency works on went out"
    assert lesson.ref in said.text
    assert lesson.heading not in said.text + said.html
    assert lesson.source.ref not in said.text + said.html


@pytest.mark.parametrize(("sharing", "restricted"), [("draft", False), ("draft", True)])
def test_nobody_hears_of_what_they_may_not_read(world: Flask, sharing: str, restricted: bool) -> None:
    # As when a lesson was withdrawn or taken back after it went out.
    issue_about(sharing=sharing, is_restricted=restricted)
    telling.tell_due(on=DAY)
    assert "briefing_told" not in {kind for kind, _ in told()}


def test_where_an_agency_has_no_lead_the_board_member_hears_and_else_the_editors(world: Flask) -> None:
    homerton = by_ref(Agency, "homerton")
    for each in (
        current_session().query(RoleAssignment).filter_by(role=Role.AGENCY_LEAD, agency_id=homerton.id)
    ):
        current_session().delete(each)
    issue = issue_about()
    readers_of(issue, "ccg", 1)
    current_session().commit()
    telling.tell_due(on=DAY)
    assert ("briefing_cascade", "homerton.member") in told()
    assert ("briefing_cascade", "hlt.member") not in told()
    assert ("briefing_unled", "tusk.editor") in told()
    assert "City & Hackney CCG" in words_to("briefing_unled", "tusk.editor").text


def test_an_issue_for_some_agencies_goes_to_their_leads_alone(world: Flask) -> None:
    issue = issue_about()
    issue.for_agencies = [by_ref(Agency, "hackney-cyps")]
    current_session().commit()
    telling.tell_due(on=DAY)
    assert [each for each in told() if each[0] == "briefing_cascade"] == [("briefing_cascade", "csc.lead")]


@pytest.mark.parametrize(
    "values",
    [{"state": IssueState.SENDING}, {"state": IssueState.CANCELLED}, {"began_at": None}],
    ids=["under way", "cancelled", "from a file"],
)
def test_nobody_is_told_before_it_was_sent_or_of_what_came_from_a_file(
    world: Flask, values: dict[str, object]
) -> None:
    issue = issue_about()
    for name, value in values.items():
        setattr(issue, name, value)
    issue.sent_on = DAY - timedelta(days=1)
    current_session().commit()
    assert telling.tell_due(on=DAY) == 0


def test_who_left_meanwhile_is_written_to_no_more(world: Flask) -> None:
    issue_about()
    telling.tell_due(on=DAY)
    lead = by_ref(Person, "homerton.lead")
    lead.active = False
    current_session().flush()
    for message in current_session().query(OutboxMessage).filter_by(recipient_id=lead.id):
        assert not mail.still_wanted(message.id, DAY)
