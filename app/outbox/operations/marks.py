"""What a sender writes down about one message: that it begins, and what became of it.

Every mark compares and sets: it holds only while the row is still this sender's. A sender that was frozen
past its lease finds its marks refused, and begins nothing it no longer holds. The statements are made once
and carry parameters: making them anew for each message takes longer than executing them.
"""

from datetime import date, datetime
from functools import cache
from random import random
from typing import Any, NamedTuple, cast

from sqlalchemy import String, Table, Update, and_, bindparam, case, literal, null, or_, select, update

from app.audit.operations import Subject, record
from app.core.clock import machine_now
from app.core.database import RowId, UtcDateTime, current_session
from app.core.hooks import wanted_while
from app.core.quick import QuickLine, QuickStatement
from app.outbox import rules
from app.outbox.models import OutboxBatch, OutboxMessage, State, is_in
from app.outbox.operations.forgetting import FORGOTTEN
from app.outbox.queries import Addressed
from app.outbox.rules import Standing, Verdict

_TABLE = cast(Table, OutboxMessage.__table__)
_COLUMN = _TABLE.c


class Begun(NamedTuple):
    """A message as it stands once it is marked as on its way."""

    id: int
    kind: str
    address: str
    message_id: str
    business_on: date
    attempts: int
    doubtful: bool
    lease_until: datetime
    batch: str | None = None
    subject: str | None = None
    text_body: str | None = None
    html_body: str | None = None


_HELD = (
    select(OutboxBatch.name)
    .where(OutboxBatch.name == _COLUMN.batch, OutboxBatch.held_at.is_not(None))
    .correlate(_TABLE)
    .exists()
)
_BEGIN = (
    update(_TABLE)
    .where(
        _COLUMN.id == bindparam("of"),
        or_(is_in(State.QUEUED), is_in(State.SENDING)),
        _COLUMN.claimed_by == bindparam("claimant"),
        _COLUMN.lease_until > bindparam("now"),
        ~_HELD,
    )
    .values(
        state=State.SENDING,
        attempts=_COLUMN.attempts + case((is_in(State.QUEUED), 1), else_=0),
        lease_until=bindparam("until"),
    )
    .returning(*(_COLUMN[name] for name in Begun._fields))
)


def begin(*, message_id: int, claimant: str, lease_until: datetime) -> Begun | None:
    """Mark a held message as on its way, and hold its row; None when it is no longer this sender's.

    It may have been cancelled, swept after a dead lease, or taken by another, or its batch is held. One that
    this sender has marked already, and never heard that it had, begins all the same: it hands over nothing
    that it was not told to.
    """
    row = _execute(
        _BEGIN, {"of": message_id, "claimant": claimant, "now": machine_now(), "until": lease_until}
    ).first()
    return None if row is None else Begun(*row)


_OF = _COLUMN.id == bindparam("of")
_KEEP_WORDS = (
    update(_TABLE)
    .where(_OF)
    .values(subject=bindparam("says"), text_body=bindparam("text"), html_body=bindparam("html"))
)


def keep_words(message_id: int, *, subject: str, text: str, html: str) -> None:
    """Keep what a message says for its next attempts, and for whoever looks it up."""
    _execute(_KEEP_WORDS, {"of": message_id, "says": subject, "text": text, "html": html})


_SET_ASIDE = (
    update(_TABLE)
    .where(_OF)
    .values(
        state=bindparam("becomes"),
        attempts=_COLUMN.attempts - 1,
        error=bindparam("reason"),
        claimed_by=None,
        lease_until=None,
    )
)


def set_aside(message: Begun, *, state: State, reason: str) -> None:
    """End a message that was about to begin, without an attempt: no longer wanted, or without words."""
    said = rules.one_line(reason, rules.LONGEST_ERROR)
    _execute(_SET_ASIDE, {"of": message.id, "becomes": state, "reason": said})
    if state == State.FAILED:
        record_failed(message.id, message.kind)


_OURS = and_(is_in(State.SENDING), _COLUMN.claimed_by == bindparam("claimant"))
#: A sender that woke after its lease may still bring the good news, while nobody else is sending.
_NOT_BEGUN_AGAIN = and_(is_in(State.QUEUED), _COLUMN.doubtful.is_(True))
_MARK_SENT = (
    update(_TABLE)
    .where(_OF, or_(_OURS, _NOT_BEGUN_AGAIN))
    .values(state=State.SENT, sent_at=bindparam("now"), error=None, claimed_by=None, lease_until=None)
    .returning(_COLUMN.kind)
)
_MARK_OTHERWISE = (
    update(_TABLE)
    .where(_OF, _OURS)
    .values(
        state=bindparam("becomes"),
        attempts=bindparam("number"),
        doubtful=bindparam("doubt"),
        next_attempt_at=bindparam("again_at"),
        # What a receiver says names whom it refused, who may have been forgotten meanwhile.
        error=case((_COLUMN.address == FORGOTTEN, null()), else_=bindparam("reason", type_=String)),
        claimed_by=None,
        lease_until=None,
    )
    .returning(_COLUMN.kind)
)


def mark(
    *, message_id: int, claimant: str, attempt: int, doubtful: bool, outcome: Verdict, said: str | None
) -> State | None:
    """Record what became of an attempt; None when the message is no longer this sender's."""
    now = machine_now()
    ours = {"of": message_id, "claimant": claimant}
    if outcome is Verdict.ACCEPTED:
        marked = _execute(_MARK_SENT, {**ours, "now": now}).scalar()
        return None if marked is None else State.SENT
    standing = rules.standing_after(outcome, attempts=attempt, doubtful=doubtful, now=now, chance=random())
    kind = _execute(_MARK_OTHERWISE, {**ours, **_otherwise(standing, said)}).scalar()
    if kind is None:
        return None
    if standing.state == State.FAILED:
        record_failed(message_id, kind)
    elif standing.state == State.UNCERTAIN:
        record_uncertain(message_id, kind)
    return standing.state


@cache
def _step(kind: str) -> QuickStatement:
    """One statement that records that one message was taken on and begins the next, which is of this kind."""
    last, following = bindparam("last", type_=RowId), bindparam("next", type_=RowId)
    now, until = bindparam("now", type_=UtcDateTime), bindparam("until", type_=UtcDateTime)
    claimant = bindparam("claimant", type_=String)
    is_last = _COLUMN.id == last
    ours = _COLUMN.claimed_by == claimant
    arrived = and_(
        is_last,
        or_(
            and_(is_in(State.SENDING), ours),
            _NOT_BEGUN_AGAIN,
        ),
    )
    begins = and_(
        _COLUMN.id == following,
        # Whoever moved since the group was claimed is written to by the long way, where the row is read anew.
        _COLUMN.address == bindparam("address", type_=String),
        is_in(State.QUEUED),
        ours,
        _COLUMN.lease_until > now,
        ~_HELD,
        wanted_while.ask(kind, _TABLE),
    )
    statement = (
        update(_TABLE)
        .where(_COLUMN.id.in_([last, following]), or_(arrived, begins))
        .values(
            state=case((is_last, literal(State.SENT.value)), else_=literal(State.SENDING.value)),
            attempts=_COLUMN.attempts + case((is_last, 0), else_=1),
            sent_at=case((is_last, now), else_=_COLUMN.sent_at),
            error=case((is_last, null()), else_=_COLUMN.error),
            claimed_by=case((is_last, null()), else_=_COLUMN.claimed_by),
            lease_until=case((is_last, null()), else_=until),
        )
        .returning(_COLUMN.id, _COLUMN.attempts, _COLUMN.doubtful)
    )
    return QuickStatement(statement)


def step(
    line: QuickLine,
    *,
    last: int | None,
    following: Addressed,
    claimant: str,
    now: datetime,
    lease_until: datetime,
) -> tuple[bool, Begun | None]:
    """Record that the last message was taken on and begin the next, in one statement that commits by itself.

    Whether the last was still this sender's; and the next, None where it may not begin or is not wanted.
    """
    values = {
        "last": -1 if last is None else last,
        "next": following.id,
        "address": following.address,
        "claimant": claimant,
        "now": now,
        "until": lease_until,
    }
    begun = None
    recorded = False
    for message_id, attempts, doubtful in line.execute(_step(following.kind), values):
        if message_id == following.id:
            begun = Begun(*following, attempts, bool(doubtful), lease_until)
        else:
            recorded = True
    return recorded, begun


def _otherwise(standing: Standing, said: str | None) -> dict[str, Any]:
    return {
        "becomes": standing.state,
        "number": standing.attempts,
        "doubt": standing.doubtful,
        "again_at": standing.next_attempt_at,
        "reason": rules.one_line(said or "", rules.LONGEST_ERROR),
    }


def record_failed(message_id: int, kind: str) -> None:
    """The audit entry of a message that failed for good."""
    record(
        verb="message.fail",
        subject=audit_subject(message_id),
        line=f"Message {message_id} ({kind}) could not be delivered.",
    )


def record_uncertain(message_id: int, kind: str) -> None:
    """The audit entry of a message that waits for a person's word."""
    record(
        verb="message.doubt",
        subject=audit_subject(message_id),
        line=f"Message {message_id} ({kind}) was interrupted twice; a person must settle it.",
    )


def audit_subject(message_id: int) -> Subject:
    """What an audit entry about a message is about: its number, which says nothing of the matter."""
    return Subject("message", str(message_id))


def _execute(statement: Update, values: dict[str, Any]) -> Any:
    return current_session().connection().execute(statement, values)
