"""A sender killed at random points: nothing is lost, and at most the message on its way arrives twice."""

import random
import signal
import time
from collections.abc import Iterator

import pytest
from flask import Flask

from app.core.database import current_session, db
from app.outbox.models import OutboxMessage, State
from tests.support.notes import write_notes
from tests.support.senders import Sender, leave_no_sender, send_until_nothing_waits, wait_until
from tests.support.smtp_server import Script, ordinary_server, stub_server


@pytest.fixture(autouse=True)
def _no_sender_is_left() -> Iterator[None]:
    """A sender that outlived its test would hold the database of the next."""
    yield
    leave_no_sender()


KILLS = 20
MESSAGES = 1000


def _states() -> dict[str, int]:
    session = current_session()
    states = [state for (state,) in session.query(OutboxMessage.state)]
    session.rollback()
    return {state: states.count(state) for state in set(states)}


def test_twenty_kills_lose_nothing_and_send_at_most_one_message_twice_each(
    app: Flask, process_environment: dict[str, str]
) -> None:
    chance = random.Random(20170331)
    write_notes(*(f"n:{number}" for number in range(MESSAGES)))
    db.session.remove()
    with ordinary_server() as server:
        environment = {**process_environment, "MAIL_URL": server.url, "OUTBOX_LEASE_SECONDS": "1"}
        kills = 0
        while kills < KILLS:
            arrived = len(server.received.envelopes)
            sender = Sender(environment)
            wait_until(lambda: len(server.received.envelopes) > arrived or not sender.is_running)  # noqa: B023
            time.sleep(chance.uniform(0, 0.05))
            assert sender.is_running, "the work was over before the kills were"
            sender.kill()
            kills += 1
        send_until_nothing_waits(environment)

        messages = current_session().query(OutboxMessage).all()
        times = server.received.times
        assert {message.message_id for message in messages} == set(times), "every message arrived"
        twice = {message_id for message_id, number in times.items() if number > 1}
        assert sum(times.values()) - MESSAGES <= kills
        assert twice <= {message.message_id for message in messages if message.doubtful}, "each is shown"
        assert {message.state for message in messages} == {State.SENT}


def test_a_message_whose_senders_were_killed_twice_waits_for_a_person(
    app: Flask, process_environment: dict[str, str]
) -> None:
    write_notes("n:1")
    with stub_server(Script("end", "hang", lambda recipient: recipient.startswith("n.1@"))) as server:
        environment = {**process_environment, "MAIL_URL": server.url, "OUTBOX_LEASE_SECONDS": "1"}
        for kill in (1, 2):
            sender = Sender(environment)
            wait_until(lambda: server.received.commands.count("DATA") == kill)  # noqa: B023
            sender.kill()
            assert _states() == {State.SENDING: 1}
            time.sleep(1.1)
        write_notes("n:2")
        outcome = Sender(environment).outcome()
        assert outcome == {"sent": 1, "retrying": 0, "failed": 0, "uncertain": 1, "waiting": 0}
        assert _states() == {State.UNCERTAIN: 1, State.SENT: 1}
        assert server.received.recipients == ["n.2@example.org"]


def test_a_sender_that_is_told_to_end_is_not_a_reason_for_a_hand(
    app: Flask, process_environment: dict[str, str]
) -> None:
    write_notes(*(f"n:{number}" for number in range(300)))
    with ordinary_server() as server:
        environment = {**process_environment, "MAIL_URL": server.url, "OUTBOX_LEASE_SECONDS": "1"}
        sender = Sender(environment)
        wait_until(lambda: bool(server.received.envelopes))
        sender.signal(signal.SIGTERM)
        sender.process.communicate(timeout=30)
        send_until_nothing_waits(environment)
        assert len(server.received.times) == 300
        assert sum(server.received.times.values()) <= 301
