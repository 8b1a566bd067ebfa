"""The day's run when it is killed, and when many are at it: each reminder once, whatever happens."""

import random
import time
from collections import Counter
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select

from app.accounts.models import Person
from app.accounts.queries import person_by_ref
from app.audit.models import AuditEntry
from app.core.database import current_session
from app.core.job_runs import JobRun
from app.outbox.models import OutboxMessage, State
from app.reminders import operations
from app.reminders.models import Reminder
from tests.support.smtp_server import ordinary_server
from tests.support.workers import Workers
from tests.support.world import make_action, make_lesson, make_review

FRIDAY = date(2017, 3, 31)
OWNERS = 130
Rows = tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]


@pytest.fixture
def owed(world: Flask) -> None:
    """More owners than one commit takes, each with something late, half with something due soon besides."""
    session = current_session()
    lesson = make_lesson(make_review())
    agency = person_by_ref("homerton.owner").agency
    for number in range(OWNERS):
        ref = f"owner.{number:03d}"
        person = Person(ref=ref, name=ref, role_title="Owner", email=f"{ref}@example.org", agency=agency)
        session.add(person)
        session.flush()
        make_action(lesson, owner=ref, due_on=date(2017, 3, 29))
        if number % 2:
            make_action(lesson, owner=ref, due_on=date(2017, 4, 7))
    session.commit()


def queued() -> Rows:
    """Every message and every row of the ledger, without what differs between two whole runs."""
    session = current_session()
    messages = session.execute(
        select(OutboxMessage.dedupe_key, OutboxMessage.address, OutboxMessage.state).order_by(
            OutboxMessage.dedupe_key
        )
    )
    ledger = session.execute(
        select(
            Reminder.subject_ref,
            Reminder.rung,
            Reminder.due_on,
            Reminder.recipient_id,
            OutboxMessage.dedupe_key,
        )
        .join(OutboxMessage, OutboxMessage.id == Reminder.message_id)
        .order_by(Reminder.subject_ref, Reminder.rung, Reminder.recipient_id)
    )
    found = [tuple(row) for row in messages], [tuple(row) for row in ledger]
    session.commit()
    return found


def one_whole_run() -> Rows:
    """What one undisturbed run gives; taken away again."""
    operations.run(on=FRIDAY)
    found = queued()
    session = current_session()
    session.execute(delete(Reminder))
    session.execute(delete(OutboxMessage))
    session.commit()
    return found


def entries(verb: str) -> int:
    """How many entries of the audit trail have a verb."""
    found = current_session().scalar(
        select(func.count()).select_from(AuditEntry).where(AuditEntry.verb == verb)
    )
    current_session().commit()
    return found or 0


def test_a_run_that_is_killed_again_and_again_ends_as_one_that_was_not(owed: None, workers: Workers) -> None:
    expected = one_whole_run()
    before = entries("reminder.queue")
    chance = random.Random(20170331)
    killed = 0
    # The first fifty milliseconds, in which it reads and begins to write; then anywhere in it.
    for longest in [0.05] * 20 + [0.6] * 10:
        (number,) = workers.begin(f"sweep {FRIDAY}")
        time.sleep(chance.uniform(0, longest))
        workers.kill(number)
        killed += workers.end(number).status == -9
    assert killed >= 20
    (number,) = workers.begin(f"sweep {FRIDAY}")
    last = workers.end(number)
    assert last.status == 0
    assert queued() == expected
    assert last.said["queued"] + last.said["already_sent"] == len(expected[1])
    assert entries("reminder.queue") - before == len(expected[1])


@pytest.mark.parametrize("number", [2, 8])
def test_runs_that_work_at_once_share_the_reminders_between_them(
    owed: None, workers: Workers, number: int
) -> None:
    expected = one_whole_run()
    before = entries("reminder.queue")
    ended = [workers.end(worker) for worker in workers.begin(*[f"sweep {FRIDAY}"] * number)]
    assert [end.status for end in ended] == [0] * number
    assert sum(end.said["queued"] for end in ended) == len(expected[1])
    assert {end.said["queued"] + end.said["already_sent"] for end in ended} == {len(expected[1])}
    assert queued() == expected
    assert entries("reminder.queue") - before == len(expected[1])


def test_schedulers_and_senders_at_once_deliver_each_message_once_after_one_sweep(
    owed: None, world: Flask, process_environment: dict[str, str]
) -> None:
    with ordinary_server() as server:
        workers = Workers({**process_environment, "MAIL_URL": server.url})
        numbers = workers.begin(*["begin_day"] * 4, *[f"send {FRIDAY}"] * 2)
        ended = [workers.end(number) for number in numbers]
        workers.close()
        received = server.received
        assert [end.status for end in ended] == [0] * len(numbers)
        assert Counter(received.recipients) == Counter(f"owner.{n:03d}@example.org" for n in range(OWNERS))
    assert entries("reminder.run") == 1
    runs = current_session().scalars(select(JobRun.outcome).where(JobRun.job == "reminders")).all()
    assert runs == ["done"]
    states = current_session().scalars(select(OutboxMessage.state).distinct()).all()
    assert states == [State.SENT]
