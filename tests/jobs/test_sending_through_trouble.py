"""The command against a server in trouble: its outcome, its time, and that it goes on later."""

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from app.core.clock import machine_now
from app.core.database import current_session
from app.outbox.models import OutboxMessage, OutboxPause, State
from tests.support.notes import note, write_notes
from tests.support.senders import Sender, leave_no_sender
from tests.support.smtp_server import Script, stub_server


@pytest.fixture(autouse=True)
def _no_sender_is_left() -> Iterator[None]:
    """A sender that outlived its test would hold the database of the next."""
    yield
    leave_no_sender()


MANY = 1220


def _let_time_pass() -> None:
    session = current_session()
    for table, column in ((OutboxMessage, "next_attempt_at"), (OutboxPause, "until_at")):
        session.query(table).update({column: machine_now() - timedelta(seconds=1)})
    session.commit()


def test_one_refused_among_many_fails_alone_with_its_reason(
    app: Flask, process_environment: dict[str, str]
) -> None:
    write_notes(*(f"n:{number}" for number in range(MANY)))
    reason = "550 5.1.1 no such person"
    refusing = Script("recipient", reason, lambda recipient: recipient.startswith("n.600@"))
    with stub_server(refusing, pipelining=True) as server:
        environment = {**process_environment, "MAIL_URL": server.url}
        outcome = Sender(environment).outcome()
        assert outcome == {"sent": MANY - 1, "retrying": 0, "failed": 1, "uncertain": 0, "waiting": 0}
        assert len(server.received.times) == MANY - 1
        assert set(server.received.times.values()) == {1}
        assert (note("n:600").state, note("n:600").error) == (State.FAILED, reason)
        assert Sender(environment).outcome()["sent"] == 0


@pytest.mark.parametrize("place", ["connect", "sender"])
def test_a_server_that_is_busy_stops_the_run_and_everything_goes_later(
    app: Flask, process_environment: dict[str, str], place: str
) -> None:
    write_notes(*(f"n:{number}" for number in range(30)))
    with stub_server(Script(place, "450 busy")) as server:
        environment = {**process_environment, "MAIL_URL": server.url}
        assert Sender(environment).outcome()["waiting"] == 30
        server.scripts.clear()
        _let_time_pass()
        assert Sender(environment).outcome()["sent"] == 30
        assert set(server.received.times.values()) == {1}


@pytest.mark.parametrize("place", ["recipient", "data", "end"])
def test_what_is_put_off_is_retried_and_the_others_go_on(
    app: Flask, process_environment: dict[str, str], place: str
) -> None:
    write_notes(*(f"n:{number}" for number in range(30)))
    every_third = Script(place, "451 later", lambda recipient: int(recipient[2:].partition("@")[0]) % 3 == 0)
    with stub_server(every_third) as server:
        environment = {**process_environment, "MAIL_URL": server.url}
        outcome = Sender(environment).outcome()
        assert outcome == {"sent": 20, "retrying": 10, "failed": 0, "uncertain": 0, "waiting": 10}
        server.scripts.clear()
        _let_time_pass()
        assert Sender(environment).outcome()["sent"] == 10
        assert len(server.received.times) == 30
        assert set(server.received.times.values()) == {1}


@pytest.mark.parametrize(
    ("place", "does", "doubtful"),
    [
        ("connect", "hang", False),
        ("data", "hang", False),
        ("end", "hang", True),
        ("body", "reset", True),
    ],
)
def test_a_server_that_hangs_or_breaks_off_ends_the_run_in_time_and_loses_nothing(
    app: Flask, process_environment: dict[str, str], place: str, does: str, doubtful: bool
) -> None:
    """Whether a line that broke within a short message carried all of it, only the receiver knows."""
    write_notes(*(f"n:{number}" for number in range(5)))
    with stub_server(Script(place, does, times=1)) as server:
        environment = {**process_environment, "MAIL_URL": server.url, "SMTP_TIMEOUT_SECONDS": "2"}
        began = time.monotonic()
        assert Sender(environment).outcome()["waiting"] == 5
        assert time.monotonic() - began < 15
        assert note("n:0").doubtful is doubtful
        _let_time_pass()
        Sender(environment).outcome()
        assert len(server.received.times) == 5
        assert set(server.received.times.values()) == {1}
