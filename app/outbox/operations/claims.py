"""Who holds which messages: the sweep for dead leases, claims in groups, renewal, release."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import product
from typing import Any, cast

from sqlalchemy import Table, bindparam, update

from app.core.clock import machine_now
from app.core.database import current_session
from app.outbox import queries
from app.outbox.models import OutboxMessage, State, is_in
from app.outbox.operations.marks import record_uncertain
from app.outbox.queries import Addressed

#: How many messages one claim takes: a sender that dies keeps these from the others for one lease.
GROUP_SIZE = 25
#: The same of what is sent by the thousand.
GROUP_SIZE_IN_A_BATCH = 250

#: How many rows one statement names, well below what a database takes as parameters.
ROWS_A_STATEMENT = 500

_TABLE = cast(Table, OutboxMessage.__table__)

INTERRUPTED = "The sending was interrupted; it cannot be told whether the message arrived."


@dataclass
class Group:
    """The messages a sender holds and has not begun yet, the next one first."""

    claimant: str
    lease: timedelta
    message_ids: list[int] = field(default_factory=list)
    #: What they belong to, and how many of that were refused one after the other up to now.
    batch: str | None = None
    refused_in_a_row: int = 0
    #: Until when all of them are held at least.
    held_until: datetime | None = None
    #: All of them, the first claimed first or not.
    messages: list[Addressed] = field(default_factory=list)

    def lease_until(self, now: datetime) -> datetime:
        """Until when what is marked or renewed now is held."""
        return now + self.lease

    def count(self, *, accepted: bool = False, refused: int = 0) -> None:
        """Note how many were refused one after the other, the last ones included."""
        self.refused_in_a_row = (0 if accepted else self.refused_in_a_row) + refused


def sweep() -> int:
    """Take back everything whose sender has let its lease run out; say how many became uncertain.

    1. What was on its way for the second time in doubt becomes uncertain: a person must tell.
    2. What was on its way goes once more, marked as doubtful.

    What was only held is free by itself, and nothing about it is in doubt: whoever claims next takes it.
    """
    session = current_session()
    now = machine_now()
    interrupted = queries.dead(session, now=now)
    uncertain = [row for row in interrupted if row.doubtful]
    _take_back([row.id for row in uncertain], state=State.UNCERTAIN, error=INTERRUPTED)
    for row in uncertain:
        record_uncertain(row.id, row.kind)
    once_more = [row.id for row in interrupted if not row.doubtful]
    _take_back(once_more, state=State.QUEUED, error=INTERRUPTED, doubtful=True, next_attempt_at=now)
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

    Those that stand alone go before what is sent by the thousand, and a group is of one batch. A doubtful
    message goes by itself, and after what is not in doubt: if it is what stops senders, it holds up nobody
    else. One that stands alone still goes before a briefing: somebody may wait for it.
    """
    session = current_session()
    now = machine_now()
    pause = queries.pause()
    if pause is not None and pause.until_at > now:
        return None
    alone: list[tuple[str | None, int, int]] = [(None, 0, GROUP_SIZE)]
    together = [
        (row.name, row.refused_in_a_row, GROUP_SIZE_IN_A_BATCH)
        for row in queries.batches_due(session, now=now)
    ]
    for several, doubtful in product((alone, together), (False, True)):
        for batch, refused, size in several:
            limit = 1 if doubtful else min(at_most, size)
            found = queries.claimable(session, now=now, limit=limit, doubtful=doubtful, batch=batch)
            if found:
                until = now + lease
                held = _hold(found, claimant, until)
                return Group(claimant, lease, list(found), batch, refused, until, held)
    return None


_HOLD = (
    update(_TABLE)
    .where(_TABLE.c.id.in_(bindparam("of", expanding=True)))
    .values(claimed_by=bindparam("claimant"), lease_until=bindparam("until"))
    .returning(*(_TABLE.c[name] for name in Addressed._fields))
)


def _hold(message_ids: Sequence[int], claimant: str, until: datetime) -> list[Addressed]:
    given = {"of": list(message_ids), "claimant": claimant, "until": until}
    return [Addressed(*row) for row in current_session().connection().execute(_HOLD, given)]


_RENEW = (
    update(cast(Table, OutboxMessage.__table__))
    .where(
        OutboxMessage.id.in_(bindparam("of", expanding=True)),
        is_in(State.QUEUED),
        OutboxMessage.claimed_by == bindparam("claimant"),
        OutboxMessage.lease_until > bindparam("now"),
    )
    .values(lease_until=bindparam("until"))
)


def renew(group: Group, message_ids: Sequence[int]) -> datetime | None:
    """Give what is left of the group a whole lease from now, and say until when; what was lost stays lost."""
    if not message_ids:
        return None
    now = machine_now()
    until = group.lease_until(now)
    current_session().connection().execute(
        _RENEW, {"of": list(message_ids), "claimant": group.claimant, "now": now, "until": until}
    )
    return until


def release(group: Group) -> None:
    """Let go of whatever the sender holds and has not begun."""
    free(group.message_ids, claimant=group.claimant)


def free(message_ids: Sequence[int], *, claimant: str) -> None:
    """Let go of those of the messages that the sender still holds and has not begun."""
    current_session().execute(
        update(OutboxMessage)
        .where(
            OutboxMessage.id.in_(message_ids),
            is_in(State.QUEUED),
            OutboxMessage.claimed_by == claimant,
        )
        .values(claimed_by=None, lease_until=None)
        .execution_options(synchronize_session=False)
    )
