"""Every question asked of the ladder, its ledger and those it reaches."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from app.accounts.models import Agency, Group, Person, RoleAssignment, Seat
from app.accounts.policy import Role
from app.actions.models import Action
from app.audit.models import AuditEntry
from app.core.database import current_session
from app.outbox.models import OutboxMessage, State
from app.reminders.models import LadderRung, QuietPeriod, Reminder
from app.reminders.planning import ACTION, LedgerRow
from app.reminders.rules import QuietPeriod as Quiet
from app.reminders.rules import Rung, Tier
from app.reminders.tiers import Holders
from app.reviews.models import Review

#: The kind of our messages in the outbox.
KIND = "reminder"

#: How the outbox's entries in the audit trail name a message, and one given up or left in doubt.
MESSAGE = "message"
TROUBLES = ("message.fail", "message.doubt")

#: How many values stand in one question; SQLite takes some thirty thousand.
VALUES_AT_ONCE = 1000


@dataclass(frozen=True)
class MessageItem:
    """One item of a message with what there is to say of its subject, as things stand now."""

    reminder_id: int
    recipient_id: int
    ref: str
    tier: Tier
    stands_in: bool
    #: The due date the reminder was for, and the present one.
    due_on: date
    present_due_on: date | None
    is_chased: bool
    owner_id: int | None
    agency: str
    group: str

    @property
    def is_true(self) -> bool:
        """Whether it is still owed, by that date, and by this person where it is the owner's."""
        is_theirs = self.tier is not Tier.OWNER or self.stands_in or self.owner_id == self.recipient_id
        return self.is_chased and self.present_due_on == self.due_on and is_theirs


def ladder() -> list[Rung]:
    """Every rung, from the earliest."""
    rows = current_session().scalars(select(LadderRung).order_by(LadderRung.offset_days, LadderRung.id))
    return [Rung(row.name, row.offset_days, Tier(row.tier), row.every_days) for row in rows]


def quiet_periods() -> list[Quiet]:
    """The days of every year on which nothing is queued."""
    rows = current_session().scalars(select(QuietPeriod).order_by(QuietPeriod.id))
    return [Quiet(row.from_month, row.from_day, row.to_month, row.to_day) for row in rows]


def holders() -> Holders:
    """Everybody who holds a tier of something and has not left."""
    session = current_session()
    leads: dict[int, list[int]] = defaultdict(list)
    board_members: dict[int, list[int]] = defaultdict(list)
    by_role: dict[str, list[int]] = defaultdict(list)
    held = session.execute(
        select(RoleAssignment.role, RoleAssignment.agency_id, Person.id)
        .join(Person, Person.id == RoleAssignment.person_id)
        .where(
            Person.active,
            RoleAssignment.role.in_(
                (Role.AGENCY_LEAD, Role.BOARD_MEMBER, Role.INDEPENDENT_CHAIR, Role.BOARD_MANAGER)
            ),
        )
        .order_by(Person.id)
    )
    for_an_agency: dict[str, dict[int, list[int]]] = {
        Role.AGENCY_LEAD: leads,
        Role.BOARD_MEMBER: board_members,
    }
    for role, agency_id, person_id in held:
        of_agency = for_an_agency.get(role)
        if of_agency is None:
            by_role[role].append(person_id)
        elif agency_id is not None:
            of_agency[agency_id].append(person_id)
    chairs: dict[int, list[int]] = defaultdict(list)
    seats = session.execute(
        select(Seat.group_id, Person.id)
        .join(Person, Person.id == Seat.person_id)
        .where(Person.active, Seat.is_chair)
        .order_by(Person.id)
    )
    for group_id, person_id in seats:
        chairs[group_id].append(person_id)
    return Holders(
        active=frozenset(session.scalars(select(Person.id).where(Person.active))),
        agency_leads={agency_id: tuple(people) for agency_id, people in leads.items()},
        board_members={agency_id: tuple(people) for agency_id, people in board_members.items()},
        group_chairs={group_id: tuple(people) for group_id, people in chairs.items()},
        independent_chairs=tuple(by_role[Role.INDEPENDENT_CHAIR]),
        board_managers=tuple(by_role[Role.BOARD_MANAGER]),
    )


def is_board_manager(person_id: int) -> bool:
    """Whether the person is a board manager."""
    statement = select(RoleAssignment.id).where(
        RoleAssignment.person_id == person_id, RoleAssignment.role == Role.BOARD_MANAGER
    )
    return current_session().scalar(statement.limit(1)) is not None


def ledger(refs: Iterable[str]) -> dict[tuple[str, date, int], dict[str, LedgerRow]]:
    """The rungs on the ledger for these actions: of each action, due date and person, by name."""
    found: dict[tuple[str, date, int], dict[str, LedgerRow]] = defaultdict(dict)
    for some in _in_parts(sorted(set(refs))):
        rows = current_session().execute(
            select(
                Reminder.id,
                Reminder.subject_ref,
                Reminder.due_on,
                Reminder.recipient_id,
                Reminder.rung,
                Reminder.taken_out_at,
            ).where(Reminder.subject_kind == ACTION, Reminder.subject_ref.in_(some))
        )
        for reminder_id, ref, due_on, recipient_id, rung, taken_out_at in rows:
            found[ref, due_on, recipient_id][rung] = LedgerRow(reminder_id, taken_out_at is not None)
    return found


def open_actions() -> int:
    """How many actions are still owed."""
    return current_session().scalar(select(func.count()).select_from(Action).where(Action.is_open)) or 0


def has_actions() -> bool:
    """Whether there is anything at all to remind of."""
    return current_session().scalar(select(Action.id).limit(1)) is not None


def source_refs(refs: Iterable[str]) -> dict[str, str]:
    """For each action, the reference of the source at the head of its thread."""
    found: dict[str, str] = {}
    for some in _in_parts(sorted(set(refs))):
        rows = current_session().execute(
            select(Action.ref, Review.ref)
            .join(Review, Review.id == Action.review_id)
            .where(Action.ref.in_(some))
        )
        found |= {row[0]: row[1] for row in rows}
    return found


def addresses(person_ids: Iterable[int]) -> dict[int, str]:
    """The address of each person."""
    found: dict[int, str] = {}
    for some in _in_parts(sorted(set(person_ids))):
        rows = current_session().execute(select(Person.id, Person.email).where(Person.id.in_(some)))
        found |= {row[0]: row[1] for row in rows}
    return found


def is_active(person_id: int) -> bool:
    """Whether the person has not left."""
    return current_session().scalar(select(Person.active).where(Person.id == person_id)) is True


def message_items(message_id: int) -> list[MessageItem]:
    """The items a message carries, without those that were taken out; the earliest due date first."""
    rows = current_session().execute(
        select(
            Reminder.id,
            Reminder.recipient_id,
            Reminder.subject_ref,
            Reminder.tier,
            Reminder.stands_in,
            Reminder.due_on,
            Action.due_on,
            Action.is_chased,
            Action.owner_id,
            Agency.name,
            Group.name,
        )
        .join(Action, Action.ref == Reminder.subject_ref)
        .join(Agency, Agency.id == Action.agency_id)
        .join(Group, Group.id == Action.group_id)
        .where(
            Reminder.message_id == message_id,
            Reminder.subject_kind == ACTION,
            Reminder.taken_out_at.is_(None),
        )
        .order_by(Reminder.due_on, Reminder.subject_ref, Reminder.id)
    )
    return [MessageItem(row[0], row[1], row[2], Tier(row[3]), *row[4:]) for row in rows]


def waiting_items(ref: str) -> Sequence[Reminder]:
    """The items about an action in messages that no sender has begun, in the order of their recipients."""
    return (
        current_session()
        .scalars(
            select(Reminder)
            .join(OutboxMessage, OutboxMessage.id == Reminder.message_id)
            .where(
                Reminder.subject_kind == ACTION,
                Reminder.subject_ref == ref,
                Reminder.taken_out_at.is_(None),
                OutboxMessage.state == State.QUEUED,
                OutboxMessage.attempts == 0,
            )
            .order_by(Reminder.recipient_id, Reminder.id)
        )
        .all()
    )


def items_left(message_id: int) -> int:
    """How many items a message still carries."""
    statement = (
        select(func.count())
        .select_from(Reminder)
        .where(Reminder.message_id == message_id, Reminder.taken_out_at.is_(None))
    )
    return current_session().scalar(statement) or 0


def carried(message_id: int) -> Sequence[Reminder]:
    """The ledger's rows of a message, without those that were taken out."""
    statement = (
        select(Reminder)
        .where(Reminder.message_id == message_id, Reminder.taken_out_at.is_(None))
        .order_by(Reminder.id)
    )
    return current_session().scalars(statement).all()


def undelivered_since_last(person_id: int, *, before: datetime | None = None) -> int:
    """How many messages were given up or left in doubt since the last reminder to a person was queued.

    ``before`` is the time at which the message that tells them was queued; without it, now.
    """
    session = current_session()
    last = select(func.max(OutboxMessage.queued_at)).where(
        OutboxMessage.recipient_id == person_id,
        OutboxMessage.kind == KIND,
        OutboxMessage.state != State.CANCELLED,
    )
    # The outbox's own entries say when; they are few, and the index on their subject leads to them.
    troubles = select(func.count(AuditEntry.subject_ref.distinct())).where(
        AuditEntry.subject_kind == MESSAGE, AuditEntry.verb.in_(TROUBLES)
    )
    if before is not None:
        last = last.where(OutboxMessage.queued_at < before)
        troubles = troubles.where(AuditEntry.recorded_at < before)
    since = session.scalar(last)
    if since is not None:
        troubles = troubles.where(AuditEntry.recorded_at >= since)
    return session.scalar(troubles) or 0


def _in_parts(values: Sequence[int] | Sequence[str]) -> Iterator[Sequence[int] | Sequence[str]]:
    for first in range(0, len(values), VALUES_AT_ONCE):
        yield values[first : first + VALUES_AT_ONCE]
