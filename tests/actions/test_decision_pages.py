"""The pages on which a group decides, and what a page about an action shows to whom."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Person
from app.actions.models import Action, ActionUpdate, Evidence, SignOff
from app.actions.rules import Reason
from app.audit.models import AuditEntry
from app.core.database import current_session
from tests.actions.support import NOTES, a_submitted_action, an_action
from tests.support.client import PageClient
from tests.support.statements import statements
from tests.support.trail import entries
from tests.support.world import DAY, make_lesson, make_recommendation, make_review

Sign = Callable[[str], PageClient]


def _only(ref: str | None = None) -> Action:
    """The action as it stands in the database now."""
    session = current_session()
    session.rollback()
    session.expire_all()
    statement = select(Action)
    if ref:
        statement = statement.where(Action.ref == ref)
    return session.scalars(statement).one()


def _text(answer: Any) -> str:
    text: str = answer.get_data(as_text=True)
    return text


# The sign-off page


@pytest.mark.parametrize("who", ["homerton.owner", "homerton.lead", "scr.member", "executive.member"])
def test_who_does_not_decide_sees_who_does_and_by_when(world: Flask, client_as: Sign, who: str) -> None:
    action = a_submitted_action()
    ref = action.ref
    client = client_as(who)
    page = _text(client.get(f"/actions/{ref}/sign-off"))
    assert "Record the decision" not in page
    assert "The SCR Sub-Group decides by 28 April 2017" in page
    assert "Scr chair or Board manager" in page
    client.post(f"/actions/{ref}/sign-off", {"decision": "accepted"}, status=404)
    assert _only().status == "submitted"


def test_opening_the_page_is_recorded_once(world: Flask, client_as: Sign) -> None:
    action = a_submitted_action()
    client_as("scr.chair").get(f"/actions/{action.ref}/sign-off")
    assert [entry.line for entry in entries("action.read")] == [f"Opened {action.ref}"]


def test_the_chair_accepts(world: Flask, client_as: Sign) -> None:
    action = a_submitted_action()
    ref = action.ref
    client = client_as("scr.chair")
    page = _text(client.get(f"/actions/{ref}/sign-off"))
    for words in ("Record the decision", "Every ward has the plan.", NOTES.shows, action.intended_outcome):
        assert words in page
    client.post(f"/actions/{ref}/sign-off", {"decision": "accepted", "meeting_on": ["31", "3", "2017"]})
    assert (_only().status, _only().closed_on) == ("complete", date(2017, 3, 31))


def test_a_return_asks_for_a_reason_and_a_date_beside_their_fields(world: Flask, client_as: Sign) -> None:
    action = a_submitted_action()
    ref = action.ref
    client = client_as("board.manager")
    page = _text(client.post(f"/actions/{ref}/sign-off", {"decision": "returned"}, status=422))
    assert "Give the reason" in page
    typed: dict[str, Any] = {"decision": "returned", "reason": "Show the sample"}
    page = _text(client.post(f"/actions/{ref}/sign-off", typed, status=422))
    assert "Enter the new date, which must be after today" in page
    typed["new_due_on"] = ["1", "7", "2017"]
    page = _text(client.post(f"/actions/{ref}/sign-off", typed, status=422))
    assert "Enter the date of the meeting that decided" in page
    client.post(f"/actions/{ref}/sign-off", typed | {"meeting_on": ["31", "3", "2017"]})
    assert (_only().status, _only().due_on, _only().return_count) == ("in_progress", date(2017, 7, 1), 1)
    page = _text(client.get(f"/actions/{ref}/sign-off"))
    assert "Nothing waits for a decision" in page
    assert "Show the sample" in page


def test_the_second_of_two_deciders_reads_what_the_first_decided(world: Flask, client_as: Sign) -> None:
    action = a_submitted_action()
    ref = action.ref
    client_as("scr.chair").post(f"/actions/{ref}/sign-off", {"decision": "accepted"})
    typed = {"decision": "accepted", "reason": "All twenty had a plan."}
    answer = client_as("board.manager").post(f"/actions/{ref}/sign-off", typed, status=422)
    assert "This was decided by Scr chair on 31 March 2017: accepted" in _text(answer)
    assert "All twenty had a plan." in _text(answer)


def test_what_comes_too_late_is_not_saved_and_not_lost(world: Flask, client_as: Sign) -> None:
    action = a_submitted_action()
    ref = action.ref
    owner = client_as("homerton.owner")
    late = {
        "new_due_on": ["20", "6", "2017"],
        "reason_code": "funding",
        "interim_safeguard": "The ward manager checks each discharge.",
    }
    page = _text(owner.post(f"/actions/{ref}/more-time", late, status=422))
    assert "It was not saved" in page
    assert "The ward manager checks each discharge." in page
    client_as("scr.chair").post(f"/actions/{ref}/sign-off", {"decision": "accepted"})
    for form, typed in (
        ("update", {"words": "All is well on the ward.", "owner_view": "on_track"}),
        ("evidence", {"shows": "All is well on the ward."}),
        ("send-for-sign-off", {"what_is_different": "All is well on the ward."}),
    ):
        page = _text(owner.get(f"/actions/{ref}/{form}"))
        assert "This action is ‘Closed: complete’, so" in page
        assert 'method="post" novalidate' not in page
        page = _text(owner.post(f"/actions/{ref}/{form}", typed, status=422))
        assert "It was not saved" in page
        assert "All is well on the ward." in page


def test_a_chair_of_the_accountable_agency_sees_no_buttons(world: Flask, client_as: Sign) -> None:
    action = a_submitted_action(agency="ccg", owner=None)
    ref = action.ref
    client = client_as("scr.chair")
    page = _text(client.get(f"/actions/{ref}/sign-off"))
    assert "Record the decision" not in page
    assert "It is recorded by Board manager." in page
    client.post(f"/actions/{ref}/sign-off", {"decision": "accepted"}, status=404)
    assert _only().status == "submitted"


# More time


def test_more_time_is_asked_for_and_given(world: Flask, client_as: Sign) -> None:
    action = an_action()
    ref = action.ref
    owner = client_as("homerton.owner")
    typed: dict[str, Any] = {
        "new_due_on": ["20", "June", "2017"],
        "reason_code": "other",
        "interim_safeguard": "The ward manager checks each discharge.",
    }
    page = _text(owner.post(f"/actions/{ref}/more-time", typed, status=422))
    assert "Say why more time is needed" in page
    owner.post(f"/actions/{ref}/more-time", typed | {"reason_code": "funding"})
    assert "It waits for a decision" in _text(owner.get(f"/actions/{ref}/more-time"))
    owner.get(f"/actions/{ref}/more-time/decide", status=404)
    client_as("scr.chair").get(f"/actions/{ref}/more-time/decide", status=404)
    manager = client_as("board.manager")
    page = _text(manager.get(f"/actions/{ref}/more-time/decide"))
    for words in ("Funding or procurement", "20 days later", "The ward manager checks each discharge."):
        assert words in page
    manager.post(f"/actions/{ref}/more-time/decide", {"decision": "refused"}, status=422)
    manager.post(f"/actions/{ref}/more-time/decide", {"decision": "granted"})
    assert (_only().due_on, _only().first_due_on) == (date(2017, 6, 20), date(2017, 5, 31))
    answer = manager.post(f"/actions/{ref}/more-time/decide", {"decision": "granted"}, status=422)
    assert "This was granted by Board manager on 31 March 2017" in _text(answer)


def test_nobody_decides_more_time_that_was_never_asked_for(world: Flask, client_as: Sign) -> None:
    action = an_action()
    client_as("board.manager").get(f"/actions/{action.ref}/more-time/decide", status=404)


# What pages show and record


def test_outside_the_compartment_only_cleared_wording_and_the_reference_are_shown(
    world: Flask, client_as: Sign
) -> None:
    for sharing, shown in (("draft", False), ("cleared", True), ("published", True)):
        lesson = make_lesson(make_review(caption="Child Q"), sharing=sharing, heading=f"Heading {sharing}")
        action = an_action(owner="police.owner")
        action.lessons, action.source = [lesson], lesson.source
        page = _text(client_as("police.owner").get(f"/actions/{action.ref}/sign-off"))
        assert (f"Heading {sharing}" in page) is shown
        assert lesson.source.ref in page
        assert "Child Q" not in page
        inside = _text(client_as("scr.member").get(f"/actions/{action.ref}/sign-off"))
        assert f"Heading {sharing}" in inside
        assert "Child Q" in inside


def test_opening_a_page_about_an_action_is_on_record(world: Flask, client_as: Sign) -> None:
    action = an_action()
    ref = action.ref
    client_as("homerton.owner").get(f"/actions/{ref}/update")
    entry = current_session().query(AuditEntry).order_by(AuditEntry.id.desc()).limit(1).one()
    assert (entry.verb, entry.subject_ref, entry.is_read, entry.actor_name) == (
        "action.read", ref, True, "Homerton owner",
    )  # fmt: skip


def test_titles_and_addresses_hold_the_reference_only(world: Flask, client_as: Sign) -> None:
    action = a_submitted_action()
    page = _text(client_as("scr.chair").get(f"/actions/{action.ref}/sign-off"))
    title = page.partition("<title>")[2].partition("</title>")[0]
    assert action.ref in title
    assert action.title not in title
    assert "Child Z" not in title


def _history(action: Action, rows: int) -> None:
    """So many of everything that is written about an action, each by somebody else."""
    session = current_session()
    for number in range(rows):
        names = [f"{action.ref}.{number}.{letter}".lower() for letter in "abcd"]
        writer, prover, sender, decider = (
            Person(ref=name, name=name, role_title="Nurse", email=f"{name}@example.org") for name in names
        )
        update = ActionUpdate(ref=f"{action.ref}-U{number}", words="So", owner_view="on_track")
        update.written_on, update.written_by = DAY, writer
        piece = Evidence(ref=f"{action.ref}-E{number}", kind="words", shows="So")
        piece.added_on, piece.added_by = DAY, prover
        sign_off = SignOff(ref=f"{action.ref}-S{number}", what_is_different="So", decision="returned")
        sign_off.sent_on = sign_off.decided_on = DAY
        sign_off.sent_by, sign_off.decided_by = sender, decider
        action.updates.append(update)
        action.evidence.append(piece)
        action.sign_offs.append(sign_off)
        action.lessons.append(make_lesson(action.source))
        action.recommendations.append(make_recommendation(action.source))
    session.flush()


def test_a_page_about_an_action_asks_as_often_however_much_happened(world: Flask, client_as: Sign) -> None:
    counted = []
    for rows in (2, 20):
        action = an_action()
        _history(action, rows)
        ref = action.ref
        client = client_as("scr.chair")
        client.get(f"/actions/{ref}/sign-off")
        with statements() as sent:
            client.get(f"/actions/{ref}/sign-off")
        counted.append(len(sent))
    assert counted[0] == counted[1]


def test_every_reason_for_more_time_can_be_chosen(world: Flask, client_as: Sign) -> None:
    action = an_action()
    page = _text(client_as("homerton.owner").get(f"/actions/{action.ref}/more-time"))
    for reason in Reason:
        assert f'value="{reason}"' in page
