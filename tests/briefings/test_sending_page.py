"""The page of a sending: numbers, and the buttons that begin, stop and go on."""

from collections.abc import Callable
from datetime import time, timedelta

import pytest
from flask import Flask

from app.briefings.models import BriefingIssue, IssueState
from app.briefings.sending import feeding, operations, rules
from app.core.database import current_session
from app.core.hooks import message_text, still_wanted
from app.outbox.models import OutboxMessage
from tests.support.briefings import make_subscriber
from tests.support.client import PageClient
from tests.support.sendings import cleared_issue, send_out
from tests.support.statements import statements
from tests.support.trail import entries
from tests.support.world import DAY


def state() -> str:
    """Where the one issue stands."""
    current_session().rollback()
    return current_session().query(BriefingIssue.state).scalar() or ""


def test_an_issue_is_set_for_a_day_begun_paused_gone_on_with_and_cancelled(
    world: Flask, client_as: Callable[[str], PageClient]
) -> None:
    path = f"/briefings/{cleared_issue(readers=3).ref}/sending"
    client = client_as("tusk.editor")
    assert "It is cleared for 3 readers" in client.get(path).text
    make_subscriber()
    current_session().commit()
    readers = client.get(path.replace("/sending", "/readers")).text
    assert "3 readers" in readers, "The frozen audience, and not who would be in it today"
    day = DAY + timedelta(days=3)
    posted = {"on": [str(day.day), str(day.month), str(day.year)], "at": "9:30am"}
    client.post(f"{path}/schedule", posted)
    assert "on 3 April 2017 from 09:30" in client.get(path).text
    feeding.run()
    assert state() == IssueState.SCHEDULED
    client.post(f"{path}/unschedule", {})
    assert state() == IssueState.CLEARED
    asked = client.get(f"{path}/now").text
    assert "3 readers" in asked
    assert "Ask who else lives in the home" in asked or "What we learned this month" in asked
    assert state() == IssueState.CLEARED
    client.post(f"{path}/now", {})
    page = client.get(path).text
    assert state() == IssueState.SENDING
    assert 'data-again="5"' in page
    client.get(f"{path}/now", status=302)
    client.post(f"{path}/pause", {})
    assert state() == IssueState.PAUSED
    client.post(f"{path}/resume", {})
    client.post(f"{path}/cancel", {"reason": "The wrong month"})
    page = client.get(path).text
    assert "3 are being taken out and get it no more" in page
    assert 'data-again="5"' in page
    feeding.run()
    page = client.get(path).text
    assert "taken out" not in page
    assert "data-again" not in page
    assert state() == IssueState.CANCELLED
    assert "Cancelled because: The wrong month" in client.get(path).text


def test_a_scheduled_issue_begins_on_its_day_or_after_it(world: Flask) -> None:
    issue = cleared_issue(readers=1)
    operations.schedule(issue=issue, on=DAY, at=time(23, 59))
    current_session().commit()
    assert feeding.run()["begun"] == 1, "in a demonstration the day alone counts"
    assert state() == IssueState.SENDING


def test_an_issue_that_is_held_back_on_its_day_says_why_and_the_editors_are_told(
    world: Flask, client_as: Callable[[str], PageClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    issue = cleared_issue(readers=1)
    ref = issue.ref
    operations.schedule(issue=issue, on=DAY)
    current_session().commit()
    with monkeypatch.context() as held:
        held.setattr("app.briefings.sending.queries.holds", lambda issue: ["a lesson was changed"])
        assert feeding.run()["begun"] == 0
    assert state() == IssueState.CLEARED
    assert entries("briefing.send")[0].line == f"Held {ref} back on the day it was to be sent"
    told = current_session().query(OutboxMessage).one()
    words = message_text.ask(told.kind, told.id, told.business_on)
    assert (words.subject, "was held back" in words.text) == (f"{ref} was not sent", True)
    assert still_wanted.ask(told.kind, told.id, told.business_on)
    client = client_as("tusk.editor")
    path = f"/briefings/{ref}/sending"
    assert "Not begun because" in client.get(path).text
    day = DAY + timedelta(days=3)
    client.post(f"{path}/schedule", {"on": [str(day.day), str(day.month), str(day.year)]})
    assert "Not begun because" not in client.get(path).text
    current_session().rollback()
    assert not still_wanted.ask(told.kind, told.id, told.business_on)


def test_a_day_that_is_over_is_refused_beside_its_field(
    world: Flask, client_as: Callable[[str], PageClient]
) -> None:
    path = f"/briefings/{cleared_issue(readers=1).ref}/sending/schedule"
    page = client_as("tusk.editor").post(path, {"on": ["1", "3", "2017"], "at": "25 o'clock"}, status=422)
    assert "Enter today or a later day" in page.text or "Enter a time" in page.text
    page = client_as("tusk.editor").post(path, {"on": ["4", "4", "2020"]}, status=422)
    assert "Enter a day up to 1 July 2017" in page.text


def test_the_number_of_questions_is_that_of_a_small_issue(
    world: Flask, client_as: Callable[[str], PageClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    small, large = cleared_issue(readers=1), cleared_issue(readers=60, number=2)
    refs = [small.ref, large.ref]
    send_out(small)
    send_out(current_session().merge(large))
    client = client_as("tusk.editor")
    asked = []
    for ref in (refs[0], *refs):
        with statements() as sent:
            client.get(f"/briefings/{ref}/sending")
        asked.append(len(sent))
    assert asked[1] == asked[2]


@pytest.mark.parametrize(
    ("words", "at"),
    [("", None), ("9:30am", time(9, 30)), ("12am", time(0)), ("2pm", time(14)), ("14:05", time(14, 5))],
)
def test_a_time_is_read_as_people_write_it(words: str, at: time | None) -> None:
    assert rules.checked_time(words) == at


@pytest.mark.parametrize("words", ["9", "25:00", "13pm", "9:75", "soon"])
def test_what_is_no_time_is_refused(words: str) -> None:
    with pytest.raises(rules.TimeNotUsable):
        rules.checked_time(words)


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("550 5.1.1 no such person", "5.1.1"),
        ("554 refused", "554"),
        ("550-5.7.1 listed", "5.7.1"),
        ("450 later", None),
        ("Its words could not be made (ValueError).", None),
    ],
)
def test_only_a_refusal_for_good_has_a_code(reason: str, code: str | None) -> None:
    assert rules.refusal_code(reason) == code
