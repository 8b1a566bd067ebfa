"""Who holds which messages: the sweep for dead leases, claims in groups, renewal, release."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, bindparam, update

from app.core.clock import machine_now
from app.core.database import current_session
from app.outbox import queries
from app.outbox.models import OutboxMessage, State
from app.outbox.operations.marks import record_uncertain

#: How many messages one claim takes: a sender that dies keeps these from the others for one lease.
GROUP_SIZE = 25

#: How many rows one statement names, well below what a database takes as parameters.
ROWS_A_STATEMENT = 500

INTERRUPTED = "The sending was interrupted; it cannot be told whether the message arrived."


@dataclass
class Group:
    """The messages a sender holds and has not begun yet, the next one first."""

    claimant: str
    lease: timedelta
    message_ids: list[int] = field(default_factory=list)

    def lease_until(self, now: datetime) -> datetime:
        """Until when what is marked or renewed now is held."""
        return now + self.lease


def sweep() -> int:
    """Take back everything whose sender has let its lease run out; say how many became uncertain.

    1. What was on its way for the second time in doubt becomes uncertain: a person must tell.
    2. What was on its way goes once more, marked as doubtful.
    3. What was only held is free again, and nothing about it is in doubt.
    """
    session = current_session()
    now = machine_now()
    interrupted = queries.dead(session, now=now, state=State.SENDING)
    uncertain = [row for row in interrupted if row.doubtful]
    _take_back([row.id for row in uncertain], state=State.UNCERTAIN, error=INTERRUPTED)
    for row in uncertain:
        record_uncertain(row.id, row.kind)
    once_more = [row.id for row in interrupted if not row.doubtful]
    _take_back(once_more, state=State.QUEUED, error=INTERRUPTED, doubtful=True, next_attempt_at=now)
    _take_back([row.id for row in queries.dead(session, now=now, state=State.QUEUED)])
    return len(uncertain)


def _take_back(message_ids: Sequence[int], **values: Any) -> None:
    """Free messages of their sender, and set what else is to be set."""
    for begin in range(0, len(message_ids), ROWS_A_STATEMENT):
        current_session().execute(
            update(OutboxMessage)
            .where(OutboxMessage.id.in_(message_ids[begin : begin + ROWS_A_STATEMENT]))
            .values(claimed_by=None, lease_until=None, **values)
            .execution_options(synchronize_session=False)
        )


def claim(*, claimant: str, lease: timedelta, at_most: int) -> Group | None:
    """Claim the next messages that are due; None when there are none, or while the server is paused.

    A doubtful message goes by itself, and when nothing else is due: if it is what stops senders, it holds up
    nobody else.
    """
    session = current_session()
    now = machine_now()
    pause = queries.pause()
    if pause is not None and pause.until_at > now:
        return None
    group = Group(claimant, lease)
    message_ids = queries.claimable(
        session, now=now, limit=min(at_most, GROUP_SIZE), doubtful=False
    ) or queries.claimable(session, now=now, limit=1, doubtful=True)
    if not message_ids:
        return None
    _hold(message_ids, claimant, group.lease_until(now))
    group.message_ids = list(message_ids)
    return group


def _hold(message_ids: Sequence[int], claimant: str, until: datetime) -> None:
    current_session().execute(
        update(OutboxMessage)
        .where(OutboxMessage.id.in_(message_ids))
        .values(claimed_by=claimant, lease_until=until)
        .execution_options(synchronize_session=False)
    )


_RENEW = (
    update(cast(Table, OutboxMessage.__table__))
    .where(
        OutboxMessage.id.in_(bindparam("of", expanding=True)),
        OutboxMessage.state == State.QUEUED,
        OutboxMessage.claimed_by == bindparam("claimant"),
        OutboxMessage.lease_until > bindparam("now"),
    )
    .values(lease_until=bindparam("until"))
)


def renew(group: Group, message_ids: Sequence[int]) -> None:
    """Give what is left of the group a whole lease from now; what is no longer held stays lost."""
    if not message_ids:
        return
    now = machine_now()
    current_session().connection().execute(
        _RENEW,
        {"of": list(message_ids), "claimant": group.claimant, "now": now, "until": group.lease_until(now)},
    )


def release(group: Group) -> None:
    """Let go of whatever the sender holds and has not begun."""
    current_session().execute(
        update(OutboxMessage)
        .where(
            OutboxMessage.id.in_(group.message_ids),
            OutboxMessage.state == State.QUEUED,
            OutboxMessage.claimed_by == group.claimant,
        )
        .values(claimed_by=None, lease_until=None)
        .execution_options(synchronize_session=False)
    )
