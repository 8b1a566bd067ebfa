"""Guessing passwords and addresses: attempts are counted, and too many are refused unheard (F25)."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask_security.forms import LoginForm

from app.accounts.models import FailedSignIn
from app.accounts.queries import person_by_ref
from app.accounts.signing_in import rules
from app.core.database import current_session
from app.outbox.models import OutboxMessage
from tests.accounts.support import PASSWORD, give_password, lines
from tests.support.client import PageClient

MORNING = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
LIMIT = rules.PER_ADDRESS.attempts


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The machine's clock, standing still at nine o'clock."""
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


def try_once(
    client: PageClient, email: str, password: str, *, status: int = 200, place: str = "10.0.0.1"
) -> str:
    """One attempt; the page it is answered with, less what was typed and the token."""
    answer = client.post(
        "/sign-in",
        {"email": email, "password": password},
        status=status,
        environ_overrides={"REMOTE_ADDR": place},
    )
    page = re.sub(r'name="csrf_token" value="[^"]*"', "", answer.get_data(as_text=True))
    return re.sub(re.escape(email), "", page, flags=re.IGNORECASE)


def exhaust(email: str, *, number: int = LIMIT, place: str = "10.0.0.1") -> None:
    """Leave as many attempts behind as there would be after so many wrong passwords."""
    from flask import current_app

    from app.accounts.signing_in import throttle

    with current_app.test_request_context("/sign-in", method="POST", environ_base={"REMOTE_ADDR": place}):
        for _ in range(number):
            throttle.may_try(email)


def test_a_public_form_hears_an_office_of_a_hundred_and_twenty_of_a_person_wherever_they_are(
    world: Flask, clock: time_machine.Traveller
) -> None:
    from flask import current_app, g
    from flask_login import login_user

    from app.accounts.signing_in import throttle

    def heard(number: int, *, place: str, ref: str | None = None) -> int:
        with current_app.test_request_context("/", environ_base={"REMOTE_ADDR": place}):
            # The application's context is the test's own, and remembers who was signed in before.
            g.pop("_login_user", None)
            if ref is not None:
                login_user(person_by_ref(ref))
            for done in range(number):
                try:
                    throttle.check_may_send("receipt")
                except throttle.TooOften:
                    return done
            return number

    # The office cannot keep who is signed in there from answering, nor who is elsewhere.
    assert heard(102, place="10.0.0.1") == 100
    assert heard(15, place="10.0.0.1", ref="scr.chair") == 15
    assert heard(15, place="10.0.0.2", ref="scr.chair") == 5
    assert heard(1, place="2001:db8::1") == 1
    clock.shift(timedelta(minutes=15))
    assert heard(1, place="10.0.0.1") == 1


def counted() -> int:
    """How many attempts stand in the database."""
    number = current_session().query(FailedSignIn).count()
    current_session().rollback()
    return number


def test_each_wrong_password_counts_and_neither_address_is_kept_in_the_clear(
    world: Flask, stranger: PageClient
) -> None:
    give_password("scr.chair")
    for _ in range(2):
        try_once(stranger, "scr.chair@example.org", "wrong wrong wrong")
    rows = current_session().query(FailedSignIn).all()
    assert len(rows) == 2
    assert {len(row.address_digest) for row in rows} == {len(row.place_digest) for row in rows} == {64}
    assert rows[0].address_digest == rows[1].address_digest != rows[0].place_digest


def test_the_right_password_is_refused_in_the_same_words_after_too_many_attempts_and_is_not_hashed(
    world: Flask, stranger: PageClient, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = give_password("scr.chair")
    wrong = try_once(stranger, person.email, "wrong wrong wrong")
    exhaust(person.email, number=LIMIT - 1)

    def heard(*_: object, **__: object) -> bool:
        raise AssertionError("an attempt too many was heard")

    monkeypatch.setattr(LoginForm, "validate", heard)
    assert try_once(stranger, person.email, PASSWORD) == wrong
    assert try_once(stranger, person.email.upper(), PASSWORD) == wrong
    assert lines("account.sign_in")[-1] == ("scr.chair", "Sign-in refused: too many attempts")


def test_an_unknown_address_is_held_back_alike(world: Flask, stranger: PageClient) -> None:
    wrong = try_once(stranger, "nobody@example.org", PASSWORD)
    exhaust("nobody@example.org", number=LIMIT - 1)
    assert try_once(stranger, "nobody@example.org", PASSWORD) == wrong
    assert lines("account.sign_in")[-1] == ("unknown", "Sign-in refused: too many attempts")


def test_a_quarter_of_an_hour_later_the_right_password_is_heard_again_and_old_attempts_are_gone(
    world: Flask, stranger: PageClient, clock: time_machine.Traveller
) -> None:
    person = give_password("scr.chair")
    exhaust(person.email)
    clock.shift(timedelta(minutes=14))
    try_once(stranger, person.email, PASSWORD)
    # Refused attempts do not count: whoever keeps trying is heard as soon as whoever waits.
    assert counted() == LIMIT
    clock.shift(timedelta(minutes=1, seconds=1))
    try_once(stranger, person.email, PASSWORD, status=302)
    assert counted() == 0


def test_success_forgets_the_mistakes_before_it_and_no_one_elses(world: Flask, stranger: PageClient) -> None:
    person = give_password("scr.chair")
    exhaust(person.email, number=LIMIT - 1)
    exhaust("nobody@example.org", number=1)
    try_once(stranger, person.email, PASSWORD, status=302)
    assert counted() == 1


def test_one_place_may_not_go_through_all_the_addresses(world: Flask, stranger: PageClient) -> None:
    person = give_password("scr.chair")
    for number in range(rules.PER_PLACE.attempts):
        exhaust(f"person{number}@example.org", number=1, place="2001:db8::1")
    try_once(stranger, person.email, PASSWORD, place="2001:db8::ffff:2")
    try_once(stranger, person.email, PASSWORD, place="2001:db8:1::1", status=302)


def test_the_form_for_forgotten_passwords_is_held_back_too_with_the_same_answer(
    world: Flask, stranger: PageClient
) -> None:
    exhaust("scr.chair@example.org", number=LIMIT - 1, place="127.0.0.1")
    heard = stranger.post("/forgotten-password", {"email": "scr.chair@example.org"})
    assert current_session().query(OutboxMessage).count() == 1
    held_back = stranger.post("/forgotten-password", {"email": "scr.chair@example.org"})
    assert current_session().query(OutboxMessage).count() == 1
    assert heard.headers["Location"] == held_back.headers["Location"]
    assert lines("account.ask_for_reset")[-1] == ("scr.chair", "No link is sent: too many attempts")


def test_an_empty_form_is_no_attempt(world: Flask, stranger: PageClient) -> None:
    try_once(stranger, "scr.chair@example.org", "")
    assert counted() == 0


def test_nobody_guesses_past_the_count_by_sending_what_is_no_form(
    world: Flask, stranger: PageClient, clock: time_machine.Traveller
) -> None:
    person = give_password("scr.chair")
    exhaust(person.email)
    stranger.get("/sign-in")
    headers = {"X-CSRFToken": stranger.token(), "Accept": "application/json"}
    for mimetype in ("application/json", "application/vnd.api+json"):
        answer = stranger.client.post(
            "/sign-in",
            data=json.dumps({"email": person.email, "password": PASSWORD}),
            content_type=mimetype,
            headers=headers,
        )
        assert answer.status_code == 415
    stranger.get("/", status=302)


def test_what_is_no_form_is_refused_on_every_page_and_is_no_fault_of_ours(
    world: Flask, stranger: PageClient
) -> None:
    stranger.get("/sign-in")
    headers = {"X-CSRFToken": stranger.token()}
    for body in ({"email": 5}, [1, 2], "x", 7):
        answer = stranger.client.post("/forgotten-password", json=body, headers=headers)
        assert answer.status_code == 415
