"""Every question asked of the ledger, of those whom the ladder reaches, and of what messages carry."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from app.accounts.cases import queries as cases
from app.accounts.dues import Standing
from app.accounts.models import ConflictOfInterest, Deputy, Person, RoleAssignment, Seat
from app.accounts.policy import Role
from app.actions.models import Action
from app.core.database import current_session
from app.outbox.models import OutboxMessage, State
from app.reminders import dues
from app.reminders.models import Reminder
from app.reminders.planning import SIGN_OFF, LedgerRow, matter_of
from app.reminders.rules import Tier, tier_of_rung
from app.reminders.tiers import Holders, StandIn, Team, on_behalf_of
from app.reviews.models import Review

#: The kind of our messages in the outbox.
KIND = "reminder"

#: How many values stand in one question; SQLite takes some thirty thousand.
VALUES_AT_ONCE = 1000


@dataclass(frozen=True)
class MessageItem:
    """One item of a message with what there is to say of its subject, as things stand now."""

    reminder_id: int
    recipient_id: int
    #: The subject, and the record it is about.
    ref: str
    about_ref: str
    kind: str
    tier: Tier
    stands_in: bool
    #: The due date the reminder was for, and the present one.
    due_on: date
    present_due_on: date
    is_owed: bool
    #: Those who owe it.
    owner_ids: tuple[int, ...]
    #: Whether the person has no conflict of interest in the case, and is deputy where they get it as one.
    may_know: bool
    agency: str
    group: str
    #: For whom a deputy gets it: their names.
    on_behalf_of: tuple[str, ...] = ()

    @property
    def is_true(self) -> bool:
        """Whether it is still owed, by that date, and by this person where it is the owner's."""
        is_owners = self.tier is Tier.OWNER and self.kind != SIGN_OFF and not self.stands_in
        is_theirs = self.may_know and (not is_owners or self.recipient_id in self.owner_ids)
        return self.is_owed and self.present_due_on == self.due_on and is_theirs


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
    teams = _teams()
    deciding = {
        *by_role[Role.BOARD_MANAGER],
        *(person_id for people in chairs.values() for person_id in people),
        *(person_id for team in teams.values() for person_id in team.leads),
    }
    return Holders(
        active=frozenset(session.scalars(select(Person.id).where(Person.active))),
        agency_leads={agency_id: tuple(people) for agency_id, people in leads.items()},
        board_members={agency_id: tuple(people) for agency_id, people in board_members.items()},
        group_chairs={group_id: tuple(people) for group_id, people in chairs.items()},
        independent_chairs=tuple(by_role[Role.INDEPENDENT_CHAIR]),
        board_managers=tuple(by_role[Role.BOARD_MANAGER]),
        stand_ins=_stand_ins(),
        conflicts=_conflicts(),
        teams=teams,
        agencies=_agencies(deciding),
    )


def _stand_ins() -> dict[int, tuple[StandIn, ...]]:
    """Who was, is or will be deputy for each person; one called off before it began is left out."""
    rows = current_session().scalars(select(Deputy).order_by(Deputy.person_id, Deputy.id))
    found: dict[int, list[StandIn]] = defaultdict(list)
    for row in rows:
        found[row.person_id].append(
            StandIn(row.deputy_id, row.from_on, row.until_on, row.ended_on, row.is_absence)
        )
    return {person_id: tuple(stand_ins) for person_id, stand_ins in found.items()}


def _conflicts() -> dict[str, frozenset[int]]:
    rows = current_session().execute(
        select(ConflictOfInterest.source_ref, ConflictOfInterest.person_id).where(
            ConflictOfInterest.ended_on.is_(None)
        )
    )
    found: dict[str, set[int]] = defaultdict(set)
    for source_ref, person_id in rows:
        found[source_ref].add(person_id)
    return {source_ref: frozenset(people) for source_ref, people in found.items()}


def _teams() -> dict[str, Team]:
    """The team of each restricted case."""
    members = cases.teams()
    refs = current_session().scalars(select(Review.ref).where(Review.is_restricted))
    return {
        ref: Team(
            leads=tuple(each.person_id for each in members.get(ref, ()) if each.is_lead),
            members=frozenset(each.person_id for each in members.get(ref, ())),
        )
        for ref in refs
    }


def _agencies(person_ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """The agencies that people belong to or stand for."""
    found: dict[int, set[int]] = defaultdict(set)
    wanted = sorted(set(person_ids))
    session = current_session()
    for some in _in_parts(wanted):
        own = session.execute(select(Person.id, Person.agency_id).where(Person.id.in_(some)))
        held = session.execute(
            select(RoleAssignment.person_id, RoleAssignment.agency_id).where(
                RoleAssignment.person_id.in_(some),
                RoleAssignment.role.in_((Role.AGENCY_LEAD, Role.BOARD_MEMBER)),
            )
        )
        for person_id, agency_id in (*own, *held):
            if agency_id is not None:
                found[person_id].add(agency_id)
    return {person_id: frozenset(agencies) for person_id, agencies in found.items()}


def conflicts_of(person_id: int) -> frozenset[str]:
    """The cases, by the references of their sources, that a person has a conflict of interest in."""
    statement = select(ConflictOfInterest.source_ref).where(
        ConflictOfInterest.person_id == person_id, ConflictOfInterest.ended_on.is_(None)
    )
    return frozenset(current_session().scalars(statement))


def is_board_manager(person_id: int) -> bool:
    """Whether the person is a board manager."""
    statement = select(RoleAssignment.id).where(
        RoleAssignment.person_id == person_id, RoleAssignment.role == Role.BOARD_MANAGER
    )
    return current_session().scalar(statement.limit(1)) is not None


def ledger(refs: Iterable[str]) -> dict[tuple[str, date, int], dict[str, LedgerRow]]:
    """The rungs on the ledger for these subjects: of each subject, due date and person, by name."""
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
            ).where(Reminder.subject_ref.in_(some))
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
    rows = sorted(carried(message_id), key=lambda row: (row.due_on, row.subject_ref, row.id))
    if not rows:
        return []
    standing = dues.standing(row.subject_ref for row in rows)
    conflicts = conflicts_of(rows[0].recipient_id)
    # Whoever gets things as a deputy is rare, and what it takes to judge that is more than all the rest.
    held = holders() if any(row.tier == Tier.DEPUTY for row in rows) else None
    principals = {row.id: _principals(row, standing, held) for row in rows}
    called = names({each for found in principals.values() for each in found})
    return [
        _message_item(
            row, standing[row.subject_ref], conflicts, [called[each] for each in principals[row.id]]
        )
        for row in rows
        if row.subject_ref in standing
    ]


def _principals(row: Reminder, standing: Mapping[str, Standing], held: Holders | None) -> tuple[int, ...]:
    if held is None or row.tier != Tier.DEPUTY or row.subject_ref not in standing:
        return ()
    matter = matter_of(standing[row.subject_ref].due)
    return on_behalf_of(row.recipient_id, tier_of_rung(row.rung), matter, held, row.queued_on)


def names(person_ids: Iterable[int]) -> dict[int, str]:
    """The name of each person."""
    rows = current_session().execute(select(Person.id, Person.name).where(Person.id.in_(set(person_ids))))
    return {row[0]: row[1] for row in rows}


def _message_item(
    row: Reminder, now: Standing, conflicts: frozenset[str], on_behalf_of: Sequence[str]
) -> MessageItem:
    tier = Tier(row.tier)
    return MessageItem(
        reminder_id=row.id,
        recipient_id=row.recipient_id,
        ref=row.subject_ref,
        about_ref=now.due.about_ref,
        kind=row.subject_kind,
        tier=tier,
        stands_in=row.stands_in,
        due_on=row.due_on,
        present_due_on=now.due.due_on,
        is_owed=now.is_owed,
        owner_ids=now.owner_ids,
        may_know=now.due.source_ref not in conflicts and (tier is not Tier.DEPUTY or bool(on_behalf_of)),
        agency=now.agency,
        group=now.group,
        on_behalf_of=tuple(on_behalf_of),
    )


def waiting_items(refs: Sequence[str]) -> Sequence[Reminder]:
    """The items about these subjects in messages that no sender has begun, recipient by recipient."""
    return (
        current_session()
        .scalars(
            select(Reminder)
            .join(OutboxMessage, OutboxMessage.id == Reminder.message_id)
            .where(
                Reminder.subject_ref.in_(refs),
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


def _in_parts(values: Sequence[int] | Sequence[str]) -> Iterator[Sequence[int] | Sequence[str]]:
    for first in range(0, len(values), VALUES_AT_ONCE):
        yield values[first : first + VALUES_AT_ONCE]
