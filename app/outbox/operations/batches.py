"""Messages that belong together: held and let go as one, paced in one line, taken out in portions."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Row, case, delete, func, select, update

from app.core.clock import machine_now
from app.core.database import current_session
from app.core.upsert import insert_new
from app.outbox import rules
from app.outbox.models import OutboxBatch, OutboxMessage, State, is_in
from app.outbox.operations.marks import record_uncertain


def open_batch(*, name: str, hold_after: int | None = None) -> OutboxBatch:
    """What is sent together under this name; made where it is not there yet.

    With ``hold_after`` it holds itself once so many of it were refused one after the other.
    """
    session = current_session()
    table = OutboxBatch.metadata.tables[OutboxBatch.__tablename__]
    row = {"name": name, "hold_after": hold_after, "refused_in_a_row": 0}
    insert_new(session, table, [row], returning=["name"])
    batch = session.get_one(OutboxBatch, name, with_for_update=True, populate_existing=True)
    batch.hold_after = hold_after
    session.flush()
    return batch


def hold(*, name: str, reason: str) -> None:
    """Let no sender begin anything more of it; a message that was begun is finished."""
    batch = current_session().get_one(OutboxBatch, name, with_for_update=True, populate_existing=True)
    if batch.held_at is None:
        batch.held_at = machine_now()
        batch.held_reason = rules.one_line(reason, rules.LONGEST_ERROR)
        current_session().flush()


def let_go(*, name: str) -> None:
    """Let it go on. What waits meanwhile counts against the pace: no rush makes up for the hold."""
    batch = current_session().get_one(OutboxBatch, name, with_for_update=True, populate_existing=True)
    batch.held_at = batch.held_reason = None
    batch.refused_in_a_row = 0
    current_session().flush()


def pace(*, batch: OutboxBatch, a_minute: int, horizon: timedelta, at_most: int) -> list[datetime] | None:
    """When the next messages of it may leave, at most so many a minute, no further ahead than the horizon.

    One moment for each message that may be queued now; none while what was queued has not left. All batches
    are paced in one line, as one mail server takes them: the first that asks goes first. Null where
    what is queued was not set out at this pace: it must be taken back first. What was tried and put off
    comes again in its own time, and holds up nothing.
    """
    now = machine_now()
    step = timedelta(minutes=1) / a_minute
    due, last_at = _never_tried(batch.name, now)
    until = now + horizon + step
    if due > horizon / step + 1 or (last_at is not None and last_at > until):
        # Queued when nobody said how many may leave, or set out by a clock that was put back since.
        return None
    # What could not leave at its own time leaves first, and the next wait for as long as that takes.
    waiting, paced_until_at = _line()
    at = max(min(paced_until_at or now, until), now + waiting * step)
    moments: list[datetime] = []
    while at < now + horizon and len(moments) < at_most:
        moments.append(at)
        at += step
    batch.paced_until_at = at
    current_session().flush()
    return moments


def note_refused(name: str) -> None:
    """Count one more in a row that no receiver took, and hold the batch where it bears no more."""
    session = current_session()
    batch = session.get_one(OutboxBatch, name, with_for_update=True, populate_existing=True)
    batch.refused_in_a_row += 1
    session.flush()
    if batch.hold_after is not None and batch.refused_in_a_row >= batch.hold_after:
        number = batch.refused_in_a_row
        hold(name=name, reason=f"{number} messages in a row could not be handed over.")


def note_accepted(name: str) -> None:
    """The receivers take messages on: the next refusal begins a new count."""
    current_session().execute(
        update(OutboxBatch)
        .where(OutboxBatch.name == name, OutboxBatch.refused_in_a_row > 0)
        .values(refused_in_a_row=0)
        .execution_options(synchronize_session=False)
    )


def number_waiting(name: str) -> int:
    """How many messages of it no sender has tried yet."""
    return current_session().scalar(select(func.count()).select_from(OutboxMessage).where(*_waits(name))) or 0


def has_queued(name: str) -> bool:
    """Whether a message of it is still to go, tried before or not."""
    queued = select(OutboxMessage.id).where(OutboxMessage.batch == name, is_in(State.QUEUED))
    return current_session().scalar(queued.limit(1)) is not None


def _never_tried(name: str, now: datetime) -> tuple[int, datetime | None]:
    """Of those no sender has tried yet: how many are due, and the last one's time."""
    at = OutboxMessage.next_attempt_at
    row = current_session().execute(select(func.count().filter(at <= now), func.max(at)).where(*_waits(name)))
    due, last_at = row.one()
    return due, last_at


def _line() -> tuple[int, datetime | None]:
    """How many messages of whatever goes no sender has tried yet, and up to when any were set out."""
    session, goes = current_session(), OutboxBatch.held_at.is_(None)
    waiting = (
        select(func.count())
        .select_from(OutboxMessage)
        .join(OutboxBatch, OutboxBatch.name == OutboxMessage.batch)
        .where(goes, *_untried())
    )
    return session.scalar(waiting) or 0, session.scalar(
        select(func.max(OutboxBatch.paced_until_at)).where(goes)
    )


def _waits(name: str) -> tuple[ColumnElement[bool], ...]:
    return OutboxMessage.batch == name, *_untried()


def _untried() -> tuple[ColumnElement[bool], ...]:
    return is_in(State.QUEUED), OutboxMessage.attempts == 0


def take_back_some(*, name: str, at_most: int) -> Sequence[Row[int, str]]:
    """Take messages of it out of the outbox that no sender has tried, up to so many; row numbers and keys.

    They may be queued again under the same keys: nothing ever left of them.
    """
    rows = _some(*_waits(name), at_most=at_most)
    if rows:
        current_session().execute(
            delete(OutboxMessage)
            .where(OutboxMessage.id.in_([row.id for row in rows]))
            .execution_options(synchronize_session=False)
        )
    return rows


def cancel_some(*, name: str, reason: str, at_most: int) -> int:
    """Take messages of it out for good that no sender has begun, up to so many; say how many that were.

    One in doubt may have arrived: that is for a person to settle.
    """
    is_queued = is_in(State.QUEUED)
    message_ids = [row.id for row in _some(OutboxMessage.batch == name, is_queued, at_most=at_most)]
    if not message_ids:
        return 0
    ended = current_session().execute(
        update(OutboxMessage)
        .where(OutboxMessage.id.in_(message_ids), is_queued)
        .values(
            state=case((OutboxMessage.doubtful, State.UNCERTAIN.value), else_=State.CANCELLED.value),
            claimed_by=None,
            lease_until=None,
            error=rules.one_line(reason, rules.LONGEST_ERROR),
        )
        .returning(OutboxMessage.id, OutboxMessage.kind, OutboxMessage.state)
        .execution_options(synchronize_session=False)
    )
    done = ended.all()
    for message_id, kind, state in done:
        if state == State.UNCERTAIN:
            record_uncertain(message_id, kind)
    return len(done)


def _some(*conditions: ColumnElement[bool], at_most: int) -> Sequence[Row[int, str]]:
    """Such messages, the first first, held until the transaction ends; none that a sender just marks."""
    columns = OutboxMessage.id, OutboxMessage.dedupe_key
    some = select(*columns).where(*conditions).order_by(OutboxMessage.id).limit(at_most)
    return current_session().execute(some.with_for_update(skip_locked=True)).all()
