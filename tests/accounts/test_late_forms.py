"""A form that was sent too late: nothing is carried out, nothing typed is lost, and nothing of it is kept."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app.actions.models import Action
from app.core.database import current_session
from tests.gates.test_access import address, examples, rules, state
from tests.support.client import PageClient
from tests.support.thread import build_thread

Sign = Callable[[str], PageClient]

OURS = {"Sec-Fetch-Site": "same-origin"}
WORDS = "Every ward has the plan since Monday."
UPDATE = {"words": WORDS, "owner_view": "on_track"}
MORNING = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SENTENCE = "Nothing was saved yet"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The machine's clock, standing still at nine o'clock."""
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


@pytest.fixture
def thread(world: Flask) -> Flask:
    """The cast, and records of every kind."""
    build_thread()
    current_session().commit()
    return world


def updates() -> int:
    current_session().expire_all()
    action = current_session().scalars(select(Action).where(Action.ref == "A-0001")).one()
    count = len(action.updates)
    current_session().rollback()
    return count


def send(client: PageClient, status: int, path: str = "/actions/A-0001/update", **changes: Any) -> str:
    answer = client.post(path, UPDATE | changes, status=status, headers=OURS)
    return answer.get_data(as_text=True)


def fields(page: str) -> dict[str, str]:
    """The hidden fields of the form in the page's content."""
    content = page.split('id="main-content"')[1]
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', content))


def bring_back(client: PageClient, page: str) -> str:
    """What the button of the page for those not signed in answers."""
    answer = client._open("POST", "/actions/A-0001/update", data=fields(page), headers=OURS)
    return answer.get_data(as_text=True)


def test_with_a_token_that_no_longer_counts_the_form_comes_back_filled_and_can_be_sent(
    thread: Flask, client_as: Sign
) -> None:
    client = client_as("homerton.owner")
    page = send(client, 422, csrf_token="of a session before")
    assert SENTENCE in page
    assert WORDS in page
    assert updates() == 0
    assert fields(page)["csrf_token"] not in ("", "of a session before")
    client.post("/actions/A-0001/update", UPDATE | {"csrf_token": fields(page)["csrf_token"]})
    assert updates() == 1


def test_after_the_session_what_was_typed_waits_in_the_page_for_the_next_one(
    thread: Flask, client_as: Sign, clock: time_machine.Traveller
) -> None:
    client = client_as("homerton.owner")
    clock.shift(timedelta(minutes=31))
    page = send(client, 422)
    assert "Sign in again: nothing was saved yet" in page
    assert fields(page)["words"] == WORDS
    assert "csrf_token" not in fields(page)
    assert 'action="/actions/A-0001/update"' in page
    assert WORDS not in str(client.client.get_cookie("case_learning_tracker"))
    # Brought back too early, it is still there.
    page = bring_back(client, page)
    assert fields(page)["words"] == WORDS
    client.sign_in("homerton.owner")
    page = bring_back(client, page)
    assert SENTENCE in page
    assert WORDS in page
    assert updates() == 0
    client.post("/actions/A-0001/update", UPDATE | {"csrf_token": fields(page)["csrf_token"]})
    assert updates() == 1


def test_a_form_from_elsewhere_is_refused_and_shows_nothing_of_what_it_carried(
    thread: Flask, client_as: Sign, clock: time_machine.Traveller
) -> None:
    client = client_as("homerton.owner")
    for headers in ({}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}):
        answer = client.post(
            "/actions/A-0001/update", UPDATE | {"csrf_token": "forged"}, status=400, headers=headers
        )
        assert WORDS not in answer.get_data(as_text=True)
    clock.shift(timedelta(minutes=31))
    client.post("/actions/A-0001/update", UPDATE, headers={"Sec-Fetch-Site": "cross-site"})


def test_a_password_that_was_typed_is_not_given_back(
    thread: Flask, client_as: Sign, clock: time_machine.Traveller
) -> None:
    client = client_as("homerton.owner")
    clock.shift(timedelta(minutes=31))
    page = send(client, 422, path="/account/password", password="a long new password", present="the old one")
    assert "a long new password" not in page
    assert "the old one" not in page


def test_a_button_that_came_too_late_does_nothing(thread: Flask, client_as: Sign) -> None:
    client = client_as("homerton.owner")
    client.post("/account/stay", {"csrf_token": "of before"}, status=400, headers=OURS)
    client.post("/sign-out", {"csrf_token": "of before"}, status=400, headers=OURS)
    client.get("/account")


@pytest.mark.parametrize("ref", ["board.manager", "homerton.owner"])
def test_no_late_form_changes_a_record_whatever_it_is_about(thread: Flask, client_as: Sign, ref: str) -> None:
    client = client_as(ref)
    before = state()
    back = 0
    for rule in rules(thread):
        if not {"GET", "POST"} <= (rule.methods or set()):
            continue
        for values in examples(rule):
            path = address(thread, rule, values)
            answer = client._open("POST", path, data={"csrf_token": "of before"}, headers=OURS)
            assert answer.status_code in (400, 404, 422), f"{path} answered {answer.status}"
            back += answer.status_code == 422
            text = answer.get_data(as_text=True)
            # A page may have no form for them: nothing of theirs is lost.
            assert SENTENCE in text or answer.status_code != 422 or '<form class="form"' not in text, path
            current_session().rollback()
    assert state() == before
    assert back > 5
