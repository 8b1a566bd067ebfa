"""What a sender writes down about one message: that it begins, and what became of it.

Every mark compares and sets: it holds only while the row is still this sender's. A sender that was frozen
past its lease finds its marks refused, and begins nothing it no longer holds.
"""

from datetime import datetime
from random import random

from sqlalchemy import and_, or_, update

from app.audit.operations import record
from app.core.clock import machine_now
from app.core.database import current_session
from app.outbox import rules
from app.outbox.models import OutboxMessage, State
from app.outbox.operations.messages import audit_subject
from app.outbox.rules import Standing, Verdict


def begin(*, message_id: int, claimant: str, lease_until: datetime) -> OutboxMessage | None:
    """Mark a held message as on its way, and hold its row; None when it is no longer this sender's.

    It may have been cancelled, swept after a dead lease, or taken by another.
    """
    return current_session().scalar(
        update(OutboxMessage)
        .where(
            OutboxMessage.id == message_id,
            OutboxMessage.state == State.QUEUED,
            OutboxMessage.claimed_by == claimant,
            OutboxMessage.lease_until > machine_now(),
        )
        .values(state=State.SENDING, attempts=OutboxMessage.attempts + 1, lease_until=lease_until)
        .returning(OutboxMessage)
        .execution_options(synchronize_session=False, populate_existing=True)
    )


def set_aside(message: OutboxMessage, *, state: State, reason: str) -> None:
    """End a message that was about to begin, without an attempt: no longer wanted, or without words."""
    message.attempts -= 1
    message.state = state
    message.error = rules.one_line(reason, rules.LONGEST_ERROR)
    message.claimed_by = None
    message.lease_until = None
    if state == State.FAILED:
        record_failed(message)
    current_session().flush()


def keep_words(message: OutboxMessage, *, subject: str, text: str, html: str) -> None:
    """Keep what the message says for its next attempts, and for whoever looks it up."""
    message.subject = subject
    message.text_body = text
    message.html_body = html
    current_session().flush()


def mark(
    *, message_id: int, claimant: str, attempt: int, doubtful: bool, outcome: Verdict, said: str | None
) -> State | None:
    """Record what became of an attempt; None when the message is no longer this sender's."""
    standing = rules.standing_after(
        outcome, attempts=attempt, doubtful=doubtful, now=machine_now(), chance=random()
    )
    ours = and_(OutboxMessage.state == State.SENDING, OutboxMessage.claimed_by == claimant)
    if outcome is Verdict.ACCEPTED:
        # A sender that woke after its lease may still bring the good news, until somebody begins again.
        ours = or_(
            ours,
            and_(
                OutboxMessage.state == State.QUEUED,
                OutboxMessage.doubtful.is_(True),
                OutboxMessage.attempts == attempt,
            ),
        )
    statement = (
        update(OutboxMessage)
        .where(OutboxMessage.id == message_id, ours)
        .values(**_values(standing, outcome, said))
        .execution_options(synchronize_session=False)
    )
    session = current_session()
    if standing.state not in {State.FAILED, State.UNCERTAIN}:
        marked = session.scalar(statement.returning(OutboxMessage.id))
        return None if marked is None else standing.state
    message = session.scalar(statement.returning(OutboxMessage))
    if message is None:
        return None
    if standing.state == State.FAILED:
        record_failed(message)
    else:
        record_uncertain(message)
    return standing.state


def _values(standing: Standing, outcome: Verdict, said: str | None) -> dict[str, object]:
    values: dict[str, object] = {
        "state": standing.state,
        "attempts": standing.attempts,
        "claimed_by": None,
        "lease_until": None,
    }
    if standing.state == State.SENT:
        values |= {"sent_at": machine_now(), "error": None}
        return values
    values["next_attempt_at"] = standing.next_attempt_at
    values["doubtful"] = standing.doubtful
    if outcome is not Verdict.HELD_BACK:
        values["error"] = rules.one_line(said or "", rules.LONGEST_ERROR)
    return values


def record_failed(message: OutboxMessage) -> None:
    """The audit entry of a message that failed for good."""
    record(
        verb="message.fail",
        subject=audit_subject(message),
        line=f"Message {message.id} ({message.kind}) could not be delivered.",
    )


def record_uncertain(message: OutboxMessage) -> None:
    """The audit entry of a message that waits for a person's word."""
    record(
        verb="message.doubt",
        subject=audit_subject(message),
        line=f"Message {message.id} ({message.kind}) was interrupted twice; a person must settle it.",
    )
