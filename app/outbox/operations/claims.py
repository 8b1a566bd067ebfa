"""Who holds which messages: the sweep for dead leases, claims in groups, renewal, release."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Table, bindparam, or_, update

from app.core.clock import machine_now
from app.core.database import current_session
from app.outbox import queries
from app.outbox.models import OutboxMessage, State
from app.outbox.operations.marks import record_uncertain

#: How many messages one claim takes: a sender that dies keeps these from the others for one lease.
GROUP_SIZE = 25

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
    free = {"claimed_by": None, "lease_until": None}
    unsynchronised = {"synchronize_session": False}
    # A row on its way without a lease has lost its sender just as surely.
    dead = or_(OutboxMessage.lease_until <= now, OutboxMessage.lease_until.is_(None))
    interrupted = (
        update(OutboxMessage)
        .where(OutboxMessage.state == State.SENDING, dead)
        .values(error=INTERRUPTED, **free)
        .execution_options(**unsynchronised)
    )
    uncertain = session.execute(
        interrupted.where(OutboxMessage.doubtful.is_(True))
        .values(state=State.UNCERTAIN)
        .returning(OutboxMessage.id, OutboxMessage.kind)
    ).all()
    for message_id, kind in uncertain:
        record_uncertain(message_id, kind)
    session.execute(
        interrupted.where(OutboxMessage.doubtful.is_(False)).values(
            state=State.QUEUED, doubtful=True, next_attempt_at=now
        )
    )
    session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.state == State.QUEUED, OutboxMessage.lease_until <= now)
        .values(**free)
        .execution_options(**unsynchronised)
    )
    return len(uncertain)


def claim(*, claimant: str, lease: timedelta, at_most: int) -> Group | None:
    """Claim the next messages that are due; None when there are none, or while the server is paused.

    A doubtful message is claimed alone: if it is what stops senders, it holds up nobody else.
    """
    session = current_session()
    now = machine_now()
    pause = queries.pause()
    if pause is not None and pause.until_at > now:
        return None
    group = Group(claimant, lease)
    message_ids = queries.claimable(session, now=now, limit=1, doubtful=True) or queries.claimable(
        session, now=now, limit=min(at_most, GROUP_SIZE), doubtful=False
    )
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
