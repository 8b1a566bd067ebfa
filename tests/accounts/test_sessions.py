"""How long a session lasts, what ends it, and what its cookie allows (F15, F24)."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from config import WrongSetting, settings
from tests.accounts.support import OTHER_PASSWORD, PASSWORD, give_password
from tests.support.client import PageClient

Sign = Callable[[str], PageClient]
MORNING = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
COOKIE = "case_learning_tracker"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The machine's clock, standing still at nine o'clock."""
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


def cookie(client: PageClient) -> str:
    """The session's cookie as the browser holds it."""
    found = client.client.get_cookie(COOKIE)
    assert found is not None
    return found.value


def with_cookie(app: Flask, value: str) -> PageClient:
    """A browser that was handed a copy of a cookie."""
    client = PageClient(app)
    client.client.set_cookie(COOKIE, value)
    return client


def test_a_session_ends_after_half_an_hour_without_use_and_says_why(
    world: Flask, client_as: Sign, clock: time_machine.Traveller
) -> None:
    client = client_as("scr.chair")
    clock.shift(timedelta(minutes=29, seconds=59))
    client.get("/lessons")
    clock.shift(timedelta(minutes=30))
    assert client.get("/lessons", status=302).headers["Location"] == "/sign-in"
    assert "You were signed out because" in client.get("/sign-in").get_data(as_text=True)
    give_password("scr.chair")
    form = {"email": "scr.chair@example.org", "password": PASSWORD}
    assert client.post("/sign-in", form).headers["Location"] == "/lessons"


def test_a_page_that_asks_for_itself_anew_keeps_no_session_going(
    world: Flask, client_as: Sign, clock: time_machine.Traveller
) -> None:
    client = client_as("scr.chair")
    for minutes, status in ((20, 200), (10, 302)):
        clock.shift(timedelta(minutes=minutes))
        client.get("/lessons", status=status, headers={"X-Looks-Again": "1"})


def test_a_session_in_use_ends_after_twelve_hours_all_the_same(
    world: Flask, client_as: Sign, clock: time_machine.Traveller
) -> None:
    client = client_as("scr.chair")
    for _ in range(12 * 60 // 20 - 1):
        clock.shift(timedelta(minutes=20))
        client.post("/account/stay")
    clock.shift(timedelta(minutes=20))
    client.get("/account", status=302)


def test_turning_the_clock_back_lengthens_no_session(
    world: Flask, client_as: Sign, clock: time_machine.Traveller
) -> None:
    client = client_as("scr.chair")
    clock.move_to(MORNING - timedelta(days=1))
    client.get("/account", status=302)


def test_a_cookie_without_its_times_opens_nothing(world: Flask, client_as: Sign) -> None:
    client = client_as("scr.chair")
    with client.client.session_transaction() as session:
        del session["began"]
    client.get("/account", status=302)


def test_going_on_by_the_button_counts_as_use_and_answers_the_script_in_seconds(
    world: Flask, client_as: Sign, clock: time_machine.Traveller
) -> None:
    client = client_as("scr.chair")
    clock.shift(timedelta(minutes=28))
    page = client.get("/account").get_data(as_text=True)
    assert 'data-seconds="120"' not in page
    clock.shift(timedelta(minutes=29))
    answer = client.post("/account/stay", status=200, headers={"Accept": "application/json"})
    assert answer.get_json() == {"seconds": 30 * 60}
    assert client.post("/account/stay").headers["Location"] == "/"


def test_a_page_says_how_long_its_session_lasts_and_its_warning_is_hidden_without_the_script(
    world: Flask, client_as: Sign, stranger: PageClient, clock: time_machine.Traveller
) -> None:
    page = client_as("scr.chair").get("/account").get_data(as_text=True)
    warning = page.split('id="session-warning"')[1].split(">")[0]
    assert 'data-seconds="1800"' in warning
    assert warning.endswith(" hidden")
    assert "session-warning" not in stranger.get("/sign-in").get_data(as_text=True)


def test_the_session_of_before_signing_in_is_worth_nothing_after(world: Flask, stranger: PageClient) -> None:
    give_password("scr.chair")
    stranger.get("/sign-in")
    with stranger.client.session_transaction() as session:
        session["planted"] = "by somebody else"
        token = session["csrf_token"]
    before = cookie(stranger)
    stranger.post("/sign-in", {"email": "scr.chair@example.org", "password": PASSWORD})
    assert cookie(stranger) != before
    stranger.get("/")
    with stranger.client.session_transaction() as session:
        assert "planted" not in session
        assert session["csrf_token"] != token
    with_cookie(stranger.app, before).get("/", status=302)


def test_a_copied_cookie_is_dead_once_its_owner_signed_out(world: Flask, client_as: Sign) -> None:
    client = client_as("scr.chair")
    copied = cookie(client)
    with_cookie(client.app, copied).get("/account")
    client.post("/sign-out")
    with_cookie(client.app, copied).get("/account", status=302)


def test_a_changed_password_ends_every_session_but_the_one_it_was_changed_in(
    world: Flask, client_as: Sign
) -> None:
    give_password("scr.chair")
    client, elsewhere = client_as("scr.chair"), client_as("scr.chair")
    copied = cookie(client)
    client.post("/account/password", {"present": PASSWORD, "password": OTHER_PASSWORD})
    client.get("/account")
    elsewhere.get("/account", status=302)
    with_cookie(client.app, copied).get("/account", status=302)


def test_the_cookie_is_for_this_service_alone(world: Flask, shared_app: Flask) -> None:
    shared_app.config["SESSION_COOKIE_SECURE"] = True
    try:
        client: FlaskClient = shared_app.test_client()
        given = client.get("/sign-in", base_url="https://localhost").headers["Set-Cookie"]
    finally:
        shared_app.config["SESSION_COOKIE_SECURE"] = False
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(given.split("; "))
    assert "Expires" not in given


def test_the_times_are_settings_that_cannot_be_nothing() -> None:
    demo = {"TRACKER_MODE": "demo"}
    made = settings(demo | {"SESSION_IDLE_MINUTES": "10", "SESSION_HOURS": "8"})
    assert (made["SESSION_IDLE_MINUTES"], made["SESSION_HOURS"]) == (10, 8)
    for wrong in ({"SESSION_IDLE_MINUTES": "0"}, {"SESSION_IDLE_MINUTES": "2"}, {"SESSION_HOURS": "0"}):
        with pytest.raises(WrongSetting, match="must be at least"):
            settings(demo | wrong)
