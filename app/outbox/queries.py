"""Every question asked of the outbox."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple, cast

from sqlalchemy import ColumnElement, Integer, Row, ScalarSelect, Table, bindparam, func, or_, select
from sqlalchemy.orm import Session

from app.core import hooks
from app.core.clock import machine_now
from app.core.database import UtcDateTime, current_session
from app.core.paging import Page, SortKey, keyset_page
from app.outbox.models import OutboxBatch, OutboxMessage, OutboxPause, State, is_in

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
        statement = statement.where(is_in(state))
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
        statement = statement.where(is_in(state))
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
    return _numbers_in(UNDONE)


def in_trouble() -> dict[State, int]:
    """How many messages failed, and how many nobody knows to have arrived.

    Of what is sent by the thousand some always comes back: that is among the results of what was sent.
    """
    failed = _number(is_in(State.FAILED), OutboxMessage.batch.is_(None))
    numbers = current_session().execute(select(failed, _number(is_in(State.UNCERTAIN)))).one()
    return dict(zip((State.FAILED, State.UNCERTAIN), numbers, strict=True))


def number_sent() -> int:
    """How many messages were sent: all but those that are in another state."""
    others = [_number(is_in(state)) for state in State if state != State.SENT]
    return current_session().scalar(select(_number() - sum(others[1:], others[0]))) or 0


def waiting() -> int:
    """How many messages are still to go: queued, or on their way."""
    return sum(_numbers_in(LEFT).values())


def retrying() -> int:
    """How many of those still to go are not to be tried before a later time."""
    return sum(_numbers_in(LEFT, OutboxMessage.next_attempt_at > machine_now()).values())


def _numbers_in(states: Collection[State], *conditions: ColumnElement[bool]) -> dict[State, int]:
    """How many messages that meet the conditions are in each of the states, each counted by its own index."""
    numbers = [_number(is_in(state), *conditions) for state in states]
    return dict(zip(states, current_session().execute(select(*numbers)).one(), strict=True))


def _number(*conditions: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count()).select_from(OutboxMessage).where(*conditions).scalar_subquery()


def oldest_queued_at() -> datetime | None:
    """When the message that has waited longest was queued; None when nothing waits."""
    oldest = [select(func.min(OutboxMessage.queued_at)).where(is_in(state)) for state in LEFT]
    found = [moment for moment in map(current_session().scalar, oldest) if moment is not None]
    return min(found, default=None)


def pause() -> OutboxPause | None:
    """The trouble with the mail server, while there is some."""
    return current_session().get(OutboxPause, 1)


# What every claim asks is made once and carries parameters: making it anew takes longer than answering it.
_MESSAGE = cast(Table, OutboxMessage.__table__)
_BATCH = cast(Table, OutboxBatch.__table__)
_NOW = bindparam("now", type_=UtcDateTime)
_DUE_AND_FREE = (
    is_in(State.QUEUED),
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


def held_reason(name: str) -> str | None:
    """Why nothing of a batch is begun; null while it goes, or nothing was ever sent under this name."""
    batch = current_session().get(OutboxBatch, name)
    return None if batch is None or batch.held_at is None else batch.held_reason or "Held"


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
    .where(
        is_in(State.SENDING),
        # A message on its way without a lease has lost its sender just as surely.
        or_(_MESSAGE.c.lease_until <= _NOW, _MESSAGE.c.lease_until.is_(None)),
    )
    .order_by(_MESSAGE.c.id)
    .with_for_update(skip_locked=True)
)


def dead(session: Session, *, now: datetime) -> Sequence[Row[int, str, bool]]:
    """Number, kind and doubt of every message on its way whose sender let its lease run out, locked.

    One that another transaction holds is not dead: a sender is just marking it, or is frozen while it does,
    and to wait for that would stop everybody else.
    """
    return session.connection().execute(_DEAD, {"now": now}).all()
