"""Several senders on one database: each message goes once, also when one sleeps past its lease."""

import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest
from flask import Flask

from app.core.database import current_session
from app.outbox.models import OutboxMessage, State
from tests.support.notes import note, write_notes
from tests.support.senders import Sender, leave_no_sender, send_until_nothing_waits, wait_until
from tests.support.smtp_server import Script, ordinary_server, stub_server


@pytest.fixture(autouse=True)
def _no_sender_is_left() -> Iterator[None]:
    """A sender that outlived its test would hold the database of the next."""
    yield
    leave_no_sender()


def test_senders_started_in_the_same_second_send_each_message_once(
    app: Flask, process_environment: dict[str, str]
) -> None:
    write_notes(*(f"n:{number}" for number in range(600)))
    with ordinary_server() as server:
        environment = {**process_environment, "MAIL_URL": server.url}
        outcomes = [sender.outcome() for sender in [Sender(environment) for _sender in range(3)]]
        assert sum(outcome["sent"] for outcome in outcomes) == 600
        assert len(server.received.times) == 600
        assert set(server.received.times.values()) == {1}
        assert not current_session().query(OutboxMessage).filter_by(doubtful=True).count()


def test_a_sender_frozen_past_its_lease_sends_nothing_that_it_no_longer_holds(
    app: Flask, process_environment: dict[str, str]
) -> None:
    """It is stopped while its envelope is being answered; the other sends all; then it is woken."""
    write_notes(*(f"n:{number}" for number in range(40)))
    # The answer to DATA comes only once the sender has been frozen for longer than its lease.
    with stub_server(
        Script("data", "wait", lambda recipient: recipient.startswith("n.5@"), times=1)
    ) as server:
        environment = {**process_environment, "MAIL_URL": server.url, "OUTBOX_LEASE_SECONDS": "1"}
        frozen = Sender(environment)
        wait_until(server.waiting.is_set)
        frozen.signal(signal.SIGSTOP)
        time.sleep(1.2)
        send_until_nothing_waits(environment)
        assert len(server.received.times) == 40
        server.go_on.set()
        frozen.signal(signal.SIGCONT)
        frozen.outcome()
        assert set(server.received.times.values()) == {1}, "the woken sender sent nothing"
        assert note("n:5").state == State.SENT
        assert note("n:5").doubtful


def _freeze_outside_a_transaction(sender: Sender, database_url: str) -> None:
    """Freeze it, but not while it holds a lock: what it locked could not be written until it is woken."""
    while True:
        sender.signal(signal.SIGSTOP)
        time.sleep(0.02)
        if not _is_locked(database_url):
            return
        sender.signal(signal.SIGCONT)
        time.sleep(0.003)


def _is_locked(database_url: str) -> bool:
    if not database_url.startswith("sqlite"):
        with psycopg.connect(database_url) as line:
            return bool(line.execute("SELECT 1 FROM pg_locks WHERE mode = 'RowExclusiveLock'").fetchall())
    with closing(
        sqlite3.connect(database_url.removeprefix("sqlite:///"), timeout=0.1, isolation_level=None)
    ) as file:
        try:
            file.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
        return False


def test_a_sender_frozen_at_a_random_point_sends_at_most_the_message_on_its_way_again(
    app: Flask, process_environment: dict[str, str], database_url: str
) -> None:
    write_notes(*(f"n:{number}" for number in range(300)))
    with ordinary_server() as server:
        environment = {**process_environment, "MAIL_URL": server.url, "OUTBOX_LEASE_SECONDS": "1"}
        frozen = Sender(environment)
        wait_until(lambda: len(server.received.envelopes) > 10)
        _freeze_outside_a_transaction(frozen, database_url)
        time.sleep(1.2)
        send_until_nothing_waits(environment)
        frozen.signal(signal.SIGCONT)
        frozen.outcome()
        assert len(server.received.times) == 300
        assert sum(server.received.times.values()) <= 301
