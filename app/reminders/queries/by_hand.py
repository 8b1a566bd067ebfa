"""What people have to do with reminders by hand: messages in trouble, refused addresses, nudges."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import case, cast, exists, func, select
from sqlalchemy.orm import contains_eager, joinedload

from app.accounts.models import Person
from app.audit.models import AuditEntry
from app.core.database import RowId, current_session
from app.outbox.models import OutboxMessage, State
from app.reminders.models import Nudge, RefusedAddress
from app.reminders.queries.reached import KIND

#: The kind of a message that somebody asked for by hand.
NUDGE = "nudge"

#: How the outbox's entries in the audit trail name a message, and one given up or left in doubt.
MESSAGE = "message"
TROUBLES = ("message.fail", "message.doubt")

#: No database here counts its rows beyond this.
HIGHEST_ROW = 2**63 - 1


def undelivered_since_last(person_id: int, *, before: datetime | None = None) -> int:
    """How many messages were given up or left in doubt since the last reminder to a person was queued.

    ``before`` is the time at which the message that tells them was queued; without it, now. Of what is sent
    by the thousand some always comes back, which is among the results of what was sent.
    """
    session = current_session()
    last = select(func.max(OutboxMessage.queued_at)).where(
        OutboxMessage.recipient_id == person_id,
        OutboxMessage.kind == KIND,
        OutboxMessage.state != State.CANCELLED,
    )
    is_message = AuditEntry.subject_kind == MESSAGE
    came_back = exists().where(
        # Only of a message is the reference a number.
        OutboxMessage.id == case((is_message, cast(AuditEntry.subject_ref, RowId))),
        OutboxMessage.batch.is_not(None),
        OutboxMessage.state == State.FAILED,
    )
    # The outbox's own entries say when; they are few, and the index on their subject leads to them.
    troubles = select(func.count(AuditEntry.subject_ref.distinct())).where(
        is_message, AuditEntry.verb.in_(TROUBLES), ~came_back
    )
    if before is not None:
        last = last.where(OutboxMessage.queued_at < before)
        troubles = troubles.where(AuditEntry.recorded_at < before)
    since = session.scalar(last)
    if since is not None:
        troubles = troubles.where(AuditEntry.recorded_at >= since)
    return session.scalar(troubles) or 0


def open_refusal_of(person_id: int) -> RefusedAddress | None:
    """The refused mail to a person that nobody dealt with yet."""
    statement = select(RefusedAddress).where(
        RefusedAddress.settled_on.is_(None), RefusedAddress.person_id == person_id
    )
    return current_session().scalar(statement.limit(1))


def refusal(number: int) -> RefusedAddress:
    """The refused mail with this row number. Raises NoResultFound."""
    statement = select(RefusedAddress).where(RefusedAddress.id == min(number, HIGHEST_ROW))
    return current_session().scalars(statement.options(joinedload(RefusedAddress.person))).one()


def open_refusals(agency_ids: Collection[int] | None = None) -> Sequence[RefusedAddress]:
    """Refused mail that nobody dealt with yet, oldest first: to people of these agencies, or to anybody."""
    statement = (
        select(RefusedAddress)
        .join(Person, Person.id == RefusedAddress.person_id)
        .where(RefusedAddress.settled_on.is_(None), Person.active)
        .order_by(RefusedAddress.refused_on, RefusedAddress.id)
        .options(contains_eager(RefusedAddress.person))
    )
    if agency_ids is not None:
        statement = statement.where(Person.agency_id.in_(agency_ids))
    return current_session().scalars(statement.limit(100)).all()


def was_nudged(ref: str, person_id: int, on: date) -> bool:
    """Whether somebody asked the person about an action or a return on that day."""
    statement = select(Nudge.id).where(
        Nudge.subject_ref == ref, Nudge.recipient_id == person_id, Nudge.nudged_on == on
    )
    return current_session().scalar(statement.limit(1)) is not None


def nudges_of(ref: str) -> Sequence[Nudge]:
    """What people were asked about an action or a return by hand, newest first."""
    return (
        current_session()
        .scalars(
            select(Nudge)
            .where(Nudge.subject_ref == ref)
            .order_by(Nudge.nudged_on.desc(), Nudge.id.desc())
            .options(joinedload(Nudge.recipient), joinedload(Nudge.nudged_by))
        )
        .all()
    )


def nudge_of_message(message_id: int) -> Nudge | None:
    """What a message asks about."""
    return current_session().scalar(select(Nudge).where(Nudge.message_id == message_id))
