"""The sender of an issue killed at random points, and two at once: nobody is lost, nobody gets it twice."""

import random
import time
from collections import Counter
from collections.abc import Iterator

import pytest
from flask import Flask

from app.briefings.models import Delivery
from app.briefings.sending import feeding, operations
from app.core.database import current_session, db
from app.outbox.models import OutboxMessage, State
from tests.support.fast_sink import Sink, fast_sink
from tests.support.senders import Sender, leave_no_sender, send_until_nothing_waits, wait_until
from tests.support.sendings import cleared_issue, states

KILLS = 20
READERS = 600


@pytest.fixture(autouse=True)
def _no_sender_is_left() -> Iterator[None]:
    """A sender that outlived its test would hold the database of the next."""
    yield
    leave_no_sender()


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A mail server in a process of its own."""
    with fast_sink() as found:
        yield found


def hand_over(readers: int) -> None:
    """Begin an issue for so many readers and put its messages into the outbox."""
    issue = cleared_issue(readers=readers)
    operations.send_now(issue=issue)
    current_session().commit()
    feeding.run()
    db.session.remove()


def test_a_sender_killed_twenty_times_loses_nobody_and_repeats_at_most_the_one_in_flight(
    world: Flask, process_environment: dict[str, str], sink: Sink
) -> None:
    chance = random.Random(20170403)
    hand_over(READERS)
    environment = {**process_environment, "MAIL_URL": sink.url, "OUTBOX_LEASE_SECONDS": "1"}
    kills = 0
    for _try in range(5 * KILLS):
        if kills == KILLS:
            break
        taken = sink.ask("times")["taken"]
        assert taken < READERS, "the work was over before the kills were"
        sender = Sender(environment)
        wait_until(lambda: sink.ask("times")["taken"] > taken or not sender.is_running)  # noqa: B023
        time.sleep(chance.uniform(0, 0.01))
        if sender.is_running:
            kills += 1
        else:
            # What the killed ones held is free once their leases have run out.
            time.sleep(0.2)
        sender.kill()
    send_until_nothing_waits(environment)
    feeding.run()
    counted = sink.ask("times")
    assert counted["different"] == READERS, "nobody is lost"
    assert counted["taken"] - READERS <= KILLS, "at most the one in flight is repeated"
    messages = current_session().query(OutboxMessage).all()
    # One that was interrupted twice waits for a person's word; every other one is told as sent.
    uncertain = sum(message.state == State.UNCERTAIN for message in messages)
    assert sum(message.state == State.SENT for message in messages) == READERS - uncertain
    assert states() == Counter(delivered=READERS - uncertain) + Counter(failed=uncertain)
    assert 2 * uncertain <= KILLS
    doubtful = sum(message.doubtful for message in messages)
    assert counted["twice"] <= doubtful <= KILLS, "each is shown"


def test_several_senders_share_an_issue(
    world: Flask, process_environment: dict[str, str], sink: Sink
) -> None:
    hand_over(1000)
    environment = {**process_environment, "MAIL_URL": sink.url}
    outcomes = [sender.outcome() for sender in [Sender(environment) for _ in range(2)]]
    assert sum(outcome["sent"] for outcome in outcomes) == 1000
    assert all(outcome["sent"] for outcome in outcomes), "both had a part in it"
    assert sink.ask("times") == {"taken": 1000, "different": 1000, "twice": 0}
    feeding.run()
    assert states() == {"delivered": 1000}
    assert not current_session().query(Delivery).filter(Delivery.delivered_at.is_(None)).count()
