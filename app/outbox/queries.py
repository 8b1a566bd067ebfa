"""Every question asked of the outbox."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple, cast

from sqlalchemy import Integer, Row, Table, bindparam, func, or_, select
from sqlalchemy.orm import Session

from app.core import hooks
from app.core.clock import machine_now
from app.core.database import UtcDateTime, current_session
from app.core.paging import Page, SortKey, keyset_page
from app.outbox.models import OutboxBatch, OutboxMessage, OutboxPause, State

LEFT = (State.QUEUED, State.SENDING)
#: What a sender or a person still has to do with.
UNDONE = (*LEFT, State.FAILED, State.UNCERTAIN)


def message(message_id: int) -> OutboxMessage:
    """The message with this row number. Raises NoResultFound."""
    return current_session().get_one(OutboxMessage, message_id)


def by_key(dedupe_key: str) -> OutboxMessage | None:
    """The message with this key, where there is one."""
    return current_session().scalar(select(OutboxMessage).where(OutboxMessage.dedupe_key == dedupe_key))


def all_messages(state: State | None = None) -> Iterator[OutboxMessage]:
    """Every message, or every one in a state, in the order in which they were queued."""
    statement = select(OutboxMessage).order_by(OutboxMessage.id).execution_options(yield_per=500)
    if state is not None:
        statement = statement.where(OutboxMessage.state == state)
    yield from current_session().scalars(statement)


def page(
    *,
    state: State | None = None,
    kind: str | None = None,
    address: str | None = None,
    after: str | None = None,
    before: str | None = None,
) -> Page[OutboxMessage]:
    """One page of messages, newest first."""
    statement = select(OutboxMessage)
    if state is not None:
        statement = statement.where(OutboxMessage.state == state)
    if kind is not None:
        statement = statement.where(OutboxMessage.kind == kind)
    if address is not None:
        statement = statement.where(func.lower(OutboxMessage.address) == address.lower())
    return keyset_page(
        current_session(),
        statement,
        keys=[SortKey(OutboxMessage.id, descending=True)],
        reference=OutboxMessage.message_id,
        after=after,
        before=before,
    )


def not_yet_attempted(*, kind: str, recipient_ids: Collection[int]) -> Sequence[OutboxMessage]:
    """The messages of a kind to people that no sender has begun, held still until the transaction ends.

    Whoever changes what such a message will say asks here first: a sender that is about to begin it waits,
    and then tells the changed matter; one that has begun it already is not among the answers. Held in the
    order of the people, so that two who ask at once wait for each other and not crosswise.
    """
    return (
        current_session()
        .scalars(
            select(OutboxMessage)
            .where(
                OutboxMessage.recipient_id.in_(recipient_ids),
                OutboxMessage.kind == kind,
                OutboxMessage.state == State.QUEUED,
                OutboxMessage.attempts == 0,
            )
            .order_by(OutboxMessage.recipient_id, OutboxMessage.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        .all()
    )


def number_queued_to(recipient_id: int, *, kind: str, since: datetime) -> int:
    """How many messages of the kind were queued to a person since then."""
    statement = select(func.count(OutboxMessage.id)).where(
        OutboxMessage.recipient_id == recipient_id,
        OutboxMessage.kind == kind,
        OutboxMessage.queued_at >= since,
    )
    return current_session().scalar(statement) or 0


def kinds() -> Sequence[str]:
    """The kinds of messages that somebody writes, in the order of the alphabet."""
    return sorted(hooks.message_text.kinds)


def counts() -> dict[State, int]:
    """How many messages are in each state that somebody still has to do with; every such state is named.

    Those that are sent or cancelled only grow in number, and so would the time to count them.
    """
    rows = current_session().execute(
        select(OutboxMessage.state, func.count().label("number"))
        .where(OutboxMessage.state.in_(UNDONE))
        .group_by(OutboxMessage.state)
    )
    found = {row.state: row.number for row in rows}
    return {state: found.get(state, 0) for state in UNDONE}


def waiting() -> int:
    """How many messages are still to go: queued, or on their way."""
    return _number_left()


def retrying() -> int:
    """How many of those still to go are not to be tried before a later time."""
    return _number_left(after=machine_now())


def _number_left(after: datetime | None = None) -> int:
    statement = select(func.count()).select_from(OutboxMessage).where(OutboxMessage.state.in_(LEFT))
    if after is not None:
        statement = statement.where(OutboxMessage.next_attempt_at > after)
    return current_session().scalar(statement) or 0


def oldest_queued_at() -> datetime | None:
    """When the message that has waited longest was queued; None when nothing waits."""
    return current_session().scalar(
        select(func.min(OutboxMessage.queued_at)).where(OutboxMessage.state.in_(LEFT))
    )


def pause() -> OutboxPause | None:
    """The trouble with the mail server, while there is some."""
    return current_session().get(OutboxPause, 1)


# What every claim asks is made once and carries parameters: making it anew takes longer than answering it.
_MESSAGE = cast(Table, OutboxMessage.__table__)
_BATCH = cast(Table, OutboxBatch.__table__)
_NOW = bindparam("now", type_=UtcDateTime)
_DUE_AND_FREE = (
    _MESSAGE.c.state == State.QUEUED,
    _MESSAGE.c.next_attempt_at <= _NOW,
    or_(_MESSAGE.c.lease_until.is_(None), _MESSAGE.c.lease_until <= _NOW),
)
_BATCHES_DUE = (
    select(_BATCH.c.name, _BATCH.c.refused_in_a_row)
    .where(
        _BATCH.c.held_at.is_(None),
        select(_MESSAGE.c.id).where(_MESSAGE.c.batch == _BATCH.c.name, *_DUE_AND_FREE).exists(),
    )
    .order_by(_BATCH.c.name)
)
_CLAIMABLE = (
    select(_MESSAGE.c.id)
    .where(*_DUE_AND_FREE)
    .order_by(_MESSAGE.c.next_attempt_at, _MESSAGE.c.id)
    .limit(bindparam("at_most", type_=Integer))
    .with_for_update(skip_locked=True)
)
#: By whether they stand alone, and whether they are in doubt.
_CLAIMABLE_BY = {
    (alone, doubtful): _CLAIMABLE.where(
        _MESSAGE.c.batch.is_(None) if alone else _MESSAGE.c.batch == bindparam("of_batch"),
        _MESSAGE.c.doubtful.is_(doubtful),
    )
    for alone in (True, False)
    for doubtful in (True, False)
}


def batches_due(session: Session, *, now: datetime) -> Sequence[Row[str, int]]:
    """The batches that are not held and have a message that is due and free: name, refusals in a row."""
    return session.connection().execute(_BATCHES_DUE, {"now": now}).all()


def claimable(
    session: Session, *, now: datetime, limit: int, doubtful: bool, batch: str | None = None
) -> Sequence[int]:
    """The numbers of messages that are due and that nobody holds, those due longest first, and locked.

    Of a batch, or of those that stand alone. SQLite knows no row locks and needs none: its one writer at a
    time is this transaction.
    """
    given: dict[str, object] = {"now": now, "at_most": limit}
    if batch is not None:
        given["of_batch"] = batch
    statement = _CLAIMABLE_BY[batch is None, doubtful]
    return session.connection().execute(statement, given).scalars().all()


class Addressed(NamedTuple):
    """A message as it is known before it is begun."""

    id: int
    kind: str
    address: str
    message_id: str
    business_on: date


_DEAD = (
    select(_MESSAGE.c.id, _MESSAGE.c.kind, _MESSAGE.c.doubtful)
    .where(_MESSAGE.c.state == bindparam("in_state"))
    .order_by(_MESSAGE.c.id)
    .with_for_update(skip_locked=True)
)
_RUN_OUT = _MESSAGE.c.lease_until <= _NOW
_DEAD_IN = {
    State.QUEUED: _DEAD.where(_RUN_OUT),
    # A message on its way without a lease has lost its sender just as surely.
    State.SENDING: _DEAD.where(or_(_RUN_OUT, _MESSAGE.c.lease_until.is_(None))),
}


def dead(session: Session, *, now: datetime, state: State) -> Sequence[Row[int, str, bool]]:
    """Number, kind and doubt of every message in a state whose sender let its lease run out, locked.

    One that another transaction holds is not dead: a sender is just marking it, or is frozen while it does,
    and to wait for that would stop everybody else.
    """
    return session.connection().execute(_DEAD_IN[state], {"now": now, "in_state": state}).all()
