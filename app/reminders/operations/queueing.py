"""Queueing what people are owed: a message each, its items on the ledger, a line on each timeline."""

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

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
from app.reminders.planning import Item
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
    """Somebody else queued all of a person's; what was begun for them is undone."""


def queue_batch(*, items: Mapping[int, Sequence[Item]], on: date) -> Tally:
    """Queue for some people what each is owed: all at once, and where that fails one by one.

    A person for whom it fails loses only their own; the audit trail says so, and the next run tries again.
    Right however often it begins.
    """
    batch = _Batch(on, queries.addresses(items))
    try:
        with current_session().begin_nested():
            return _queue(items, batch)
    except Exception as error:
        if passes(error):
            raise
    done = Tally()
    for person_id, owed in items.items():
        done += _queue_one(person_id, owed, batch)
    return done


@dataclass(frozen=True)
class _Batch:
    """What is the same for everybody of a batch: the day, and people's addresses."""

    on: date
    addresses: Mapping[int, str]

    def key(self, person_id: int) -> str:
        """What makes a person's message of the day exist once."""
        return f"{queries.KIND}:{person_id}:{self.on.isoformat()}"


def _queue_one(person_id: int, owed: Sequence[Item], batch: _Batch) -> Tally:
    try:
        with current_session().begin_nested():
            return _queue({person_id: owed}, batch)
    except _NothingNew:
        return Tally(already_sent=len(owed))
    except Exception as error:
        if passes(error):
            raise
        # Never the error's text: it may quote an address.
        logger.error("Nothing could be queued for person %s: %s", person_id, type(error).__name__)
        record(
            verb="reminder.lose",
            subject=Subject("reminders", batch.on.isoformat()),
            line=f"The reminders of one person could not be queued ({type(error).__name__})",
        )
        return Tally()


def _queue(items: Mapping[int, Sequence[Item]], batch: _Batch) -> Tally:
    """Queue people's messages for the day, in the order of their numbers: two runs never lock crosswise.

    1. The day's message of each is there once, whoever queues it.
    2. One that a sender has begun takes nothing more: what is new waits for the next day.
    3. Each item goes on the ledger once; one that was taken out before it was sent goes back on its own row.
    4. Messages of earlier days that no sender has begun are cancelled, and hand over their items.
    """
    created = outbox.enqueue_all(
        kind=queries.KIND,
        business_on=batch.on,
        envelopes=[
            outbox.Envelope(batch.key(person_id), batch.addresses[person_id], person_id)
            for person_id in items
        ],
    )
    todays: dict[int, OutboxMessage] = {}
    earlier: dict[int, list[OutboxMessage]] = {}
    for message in outbox_queries.not_yet_attempted(kind=queries.KIND, recipient_ids=list(items)):
        if message.doubtful or message.recipient_id is None:
            continue
        if message.business_on == batch.on:
            todays[message.recipient_id] = message
        elif message.business_on < batch.on:
            earlier.setdefault(message.recipient_id, []).append(message)
    taken = {person_id: owed for person_id, owed in items.items() if person_id in todays}
    new = _write_ledger(taken, todays, batch.on)
    for person_id, message in todays.items():
        if items[person_id] and not new[person_id]:
            if message.dedupe_key in created:
                raise _NothingNew
            continue
        if message.text_body is not None:
            outbox.change_words(message=message)
        for left in earlier.get(person_id, ()):
            _take_over(left, message)
    lines = [item for queued in new.values() for item in queued]
    record_many(
        verb="reminder.queue",
        lines=[
            (Subject(item.about_kind, item.about_ref, item.source_ref), timeline_line(item)) for item in lines
        ],
    )
    return Tally(
        queued=len(lines),
        recipients=sum(bool(queued) for queued in new.values()),
        already_sent=sum(len(owed) - len(new[person_id]) for person_id, owed in taken.items()),
    )


def _write_ledger(
    items: Mapping[int, Sequence[Item]], todays: Mapping[int, OutboxMessage], on: date
) -> dict[int, list[Item]]:
    """Put the items of each person on the ledger; of each, those that nobody else had put there."""
    session = current_session()
    queued = {"queued_on": on, "queued_at": machine_now(), "taken_out_at": None}
    rows = [
        {
            "subject_kind": item.kind,
            "subject_ref": item.ref,
            "rung": item.rung,
            "tier": item.tier.value,
            "due_on": item.due_on,
            "recipient_id": person_id,
            "stands_in": item.stands_in,
            "message_id": todays[person_id].id,
            **queued,
        }
        for person_id, owed in items.items()
        for item in owed
        if item.ledger_id is None
    ]
    table = Reminder.metadata.tables[Reminder.__tablename__]
    key = ("recipient_id", "subject_ref", "rung", "due_on")
    written = {tuple(row[name] for name in key) for row in insert_new(session, table, rows, returning=key)}
    again: set[int] = set()
    for person_id, owed in items.items():
        # What comes back may come for another reason than before: as deputy, or in nobody's place.
        reasons: dict[tuple[str, bool], list[int]] = defaultdict(list)
        for item in owed:
            if item.ledger_id is not None:
                reasons[item.tier.value, item.stands_in].append(item.ledger_id)
        for (tier, stands_in), ledger_ids in reasons.items():
            reason = {"message_id": todays[person_id].id, "tier": tier, "stands_in": stands_in}
            again |= set(_put_back(ledger_ids, {**reason, **queued}))
    return {
        person_id: [
            item
            for item in owed
            if item.ledger_id in again or (person_id, item.ref, item.rung, item.due_on) in written
        ]
        for person_id, owed in items.items()
    }


def _put_back(ledger_ids: Sequence[int], values: Mapping[str, Any]) -> Sequence[int]:
    """Let rows that were taken out stand again, unless somebody else was faster; the numbers of those."""
    return (
        current_session()
        .scalars(
            update(Reminder)
            .where(Reminder.id.in_(ledger_ids), Reminder.taken_out_at.is_not(None))
            .values(**values)
            .returning(Reminder.id)
            .execution_options(synchronize_session=False)
        )
        .all()
    )


def _take_over(earlier: OutboxMessage, message: OutboxMessage) -> None:
    """Let the day's message carry what an earlier one still had to say."""
    current_session().execute(
        update(Reminder)
        .where(Reminder.message_id == earlier.id, Reminder.taken_out_at.is_(None))
        .values(message_id=message.id)
        .execution_options(synchronize_session=False)
    )
    outbox.cancel(message=earlier, reason=f"Its items went into the message of {message.business_on}.")
