"""Messages that belong together: opened once, held and let go as one, paced as one, taken out in portions."""

from datetime import datetime, timedelta

from sqlalchemy import func, select, update

from app.core.clock import machine_now
from app.core.database import current_session
from app.core.upsert import insert_new
from app.outbox import rules
from app.outbox.models import OutboxBatch, OutboxMessage, State


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


def pace(*, batch: OutboxBatch, a_minute: int, horizon: timedelta, at_most: int) -> list[datetime]:
    """When the next messages of it may leave, at most so many a minute, no further ahead than the horizon.

    One moment for each message that may be queued now; none while what was queued has not left.
    """
    now = machine_now()
    step = timedelta(minutes=1) / a_minute
    waiting = number_queued(batch.name)
    # What could not leave at its own time leaves first, and the next wait for as long as that takes.
    at = max(batch.paced_until_at or now, now + waiting * step)
    moments: list[datetime] = []
    while at < now + horizon and len(moments) < at_most:
        moments.append(at)
        at += step
    batch.paced_until_at = at
    current_session().flush()
    return moments


def note_refused(name: str) -> None:
    """Count one more refusal in a row, and hold the batch where they are as many as it bears."""
    session = current_session()
    batch = session.get_one(OutboxBatch, name, with_for_update=True, populate_existing=True)
    batch.refused_in_a_row += 1
    session.flush()
    if batch.hold_after is not None and batch.refused_in_a_row >= batch.hold_after:
        hold(name=name, reason=f"{batch.refused_in_a_row} messages were refused one after the other.")


def note_accepted(name: str) -> None:
    """The receivers take messages on: the next refusal begins a new count."""
    current_session().execute(
        update(OutboxBatch)
        .where(OutboxBatch.name == name, OutboxBatch.refused_in_a_row > 0)
        .values(refused_in_a_row=0)
        .execution_options(synchronize_session=False)
    )


def number_queued(name: str) -> int:
    """How many messages of it no sender has begun."""
    return (
        current_session().scalar(
            select(func.count())
            .select_from(OutboxMessage)
            .where(OutboxMessage.state == State.QUEUED, OutboxMessage.batch == name)
        )
        or 0
    )


def cancel_some(*, name: str, reason: str, at_most: int) -> int:
    """Take messages of it out that no sender has begun, up to so many; say how many that were."""
    some = (
        select(OutboxMessage.id)
        .where(OutboxMessage.state == State.QUEUED, OutboxMessage.batch == name)
        .order_by(OutboxMessage.id)
        .limit(at_most)
        .with_for_update(skip_locked=True)
    )
    message_ids = current_session().scalars(some).all()
    if not message_ids:
        return 0
    done = current_session().execute(
        update(OutboxMessage)
        .where(OutboxMessage.id.in_(message_ids), OutboxMessage.state == State.QUEUED)
        .values(
            state=State.CANCELLED,
            claimed_by=None,
            lease_until=None,
            error=rules.one_line(reason, rules.LONGEST_ERROR),
        )
        .execution_options(synchronize_session=False)
    )
    return int(getattr(done, "rowcount", 0))
