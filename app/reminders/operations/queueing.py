"""Queueing what people are owed: a message each, its items on the ledger, a line on each timeline."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import update

from app.audit.operations import Subject, record, record_many
from app.core.clock import machine_now
from app.core.database import current_session
from app.core.patience import passes
from app.core.upsert import insert_new
from app.outbox import operations as outbox
from app.outbox import queries as outbox_queries
from app.outbox.models import OutboxMessage
from app.reminders import queries
from app.reminders.models import Reminder
from app.reminders.planning import ACTION, Item
from app.reminders.words import timeline_line

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Tally:
    """How many reminders were queued, for how many people, and how many somebody else had queued before."""

    queued: int = 0
    recipients: int = 0
    already_sent: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.queued + other.queued,
            self.recipients + other.recipients,
            self.already_sent + other.already_sent,
        )


class _NothingNew(Exception):
    """Somebody else queued all of it; what was begun for this person is undone."""


def queue_batch(*, items: Mapping[int, Sequence[Item]], on: date) -> Tally:
    """Queue for some people what each is owed.

    A person for whom it fails loses only their own; the audit trail says so, and the next run tries again.
    Goes in the order of their numbers, so that two runs never lock crosswise. Right however often it begins.
    """
    addresses = queries.addresses(items)
    sources = queries.source_refs(item.ref for owed in items.values() for item in owed)
    done = Tally()
    for person_id, owed in items.items():
        try:
            with current_session().begin_nested():
                done += _queue(person_id, addresses[person_id], owed, on, sources)
        except _NothingNew:
            done += Tally(already_sent=len(owed))
        except Exception as error:
            if passes(error):
                raise
            # Never the error's text: it may quote an address.
            logger.error("Nothing could be queued for person %s: %s", person_id, type(error).__name__)
            record(
                verb="reminder.lose",
                subject=Subject("reminders", on.isoformat()),
                line=f"The reminders of one person could not be queued ({type(error).__name__})",
            )
    return done


def _queue(
    person_id: int, address: str, items: Sequence[Item], on: date, sources: Mapping[str, str]
) -> Tally:
    """Queue one person's message for the day.

    1. The day's message is there once, whoever queues it.
    2. One that a sender has begun takes nothing more: what is new waits for the next day.
    3. Each item goes on the ledger once; one that was taken out before it was sent goes back on its own row.
    4. Messages of earlier days that no sender has begun are cancelled, and hand over their items.
    """
    message = outbox.enqueue(
        kind=queries.KIND,
        dedupe_key=f"{queries.KIND}:{person_id}:{on.isoformat()}",
        address=address,
        business_on=on,
        recipient_id=person_id,
    )
    waiting = [
        found
        for found in outbox_queries.not_yet_attempted(kind=queries.KIND, recipient_id=person_id)
        if not found.doubtful
    ]
    if message.id not in {found.id for found in waiting}:
        return Tally()
    now = machine_now()
    new = _write_ledger(person_id, message, items, on, now)
    if items and not new:
        raise _NothingNew
    if message.text_body is not None:
        outbox.change_words(message=message)
    for earlier in waiting:
        if earlier.business_on < on:
            _take_over(earlier, message)
    record_many(
        verb="reminder.queue",
        lines=[(Subject(ACTION, item.ref, sources.get(item.ref)), timeline_line(item)) for item in new],
    )
    return Tally(len(new), 1 if new else 0, len(items) - len(new))


def _write_ledger(
    person_id: int, message: OutboxMessage, items: Sequence[Item], on: date, now: datetime
) -> list[Item]:
    """Put the items on the ledger; those that nobody else had put there."""
    queued = {"message_id": message.id, "queued_on": on, "queued_at": now, "taken_out_at": None}
    rows = [
        {
            "subject_kind": ACTION,
            "subject_ref": item.ref,
            "rung": item.rung,
            "tier": item.tier.value,
            "due_on": item.due_on,
            "recipient_id": person_id,
            "stands_in": item.stands_in,
            **queued,
        }
        for item in items
        if item.ledger_id is None
    ]
    session = current_session()
    table = Reminder.metadata.tables[Reminder.__tablename__]
    inserted = insert_new(session, table, rows, returning=["subject_ref", "rung", "due_on"])
    written = {(row["subject_ref"], row["rung"], row["due_on"]) for row in inserted}
    again = session.scalars(
        update(Reminder)
        .where(
            Reminder.id.in_([item.ledger_id for item in items if item.ledger_id is not None]),
            Reminder.taken_out_at.is_not(None),
        )
        .values(**queued)
        .returning(Reminder.id)
        .execution_options(synchronize_session=False)
    ).all()
    return [
        item for item in items if item.ledger_id in again or (item.ref, item.rung, item.due_on) in written
    ]


def _take_over(earlier: OutboxMessage, message: OutboxMessage) -> None:
    """Let the day's message carry what an earlier one still had to say."""
    current_session().execute(
        update(Reminder)
        .where(Reminder.message_id == earlier.id, Reminder.taken_out_at.is_(None))
        .values(message_id=message.id)
        .execution_options(synchronize_session=False)
    )
    outbox.cancel(message=earlier, reason=f"Its items went into the message of {message.business_on}.")
