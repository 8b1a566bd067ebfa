"""What a person has by this room's record, and how each passes to a successor: seats, roles, the lead of
a restricted case's team, and standing in for somebody."""

from collections.abc import Sequence

from sqlalchemy.exc import NoResultFound

from app.accounts.administration import queries, rules
from app.accounts.administration.operations.deputies import check_not_stepping_in, may_stand_in
from app.accounts.cases import queries as cases
from app.accounts.models import CaseTeamMember, Deputy, Person, RoleAssignment, Seat
from app.accounts.policy import ROLE_LABELS, Role
from app.accounts.rules import check_not_for_oneself
from app.audit.operations import Subject, record
from app.core import hooks
from app.core.acting import current_actor
from app.core.clock import now, today
from app.core.database import current_session
from app.core.hooks import Owed


def fill_hooks() -> None:
    """Answer for the kinds of this room."""
    hooks.person_owes.fill("seat", seats_of)
    hooks.person_owes.fill("role", roles_of)
    hooks.person_owes.fill("case_team", teams_of)
    hooks.person_owes.fill("deputy", arrangements_of)
    hooks.left_holding.fill("seat", queries.left_with_seats)
    hooks.left_holding.fill("role", queries.left_with_roles)
    hooks.left_holding.fill("case_team", queries.left_with_teams)
    hooks.left_holding.fill("deputy", queries.left_with_arrangements)
    hooks.hand_over.fill("seat", hand_over_seat)
    hooks.hand_over.fill("role", hand_over_role)
    hooks.hand_over.fill("case_team", hand_over_team)
    hooks.hand_over.fill("deputy", hand_over_arrangement)


def seats_of(person_id: int) -> Sequence[Owed]:
    """The person's seats on groups. A group may be without a member or a chair for a time."""
    return [_seat(seat) for seat in queries.seats_of(person_id)]


def _seat(seat: Seat) -> Owed:
    name = seat.group.short_name
    if not seat.is_chair:
        return Owed(
            "seat",
            seat.group.ref,
            f"Seat on {name}",
            group_id=seat.group_id,
            is_person_needed=False,
            without="The seat stays empty.",
        )
    others = queries.other_chairs(seat)
    decides = "the other chair decides" if others else "the board manager decides what the chair would"
    return Owed(
        "seat",
        seat.group.ref,
        f"Chair of {name}",
        group_id=seat.group_id,
        is_person_needed=False,
        without=f"Until there is a new chair, {decides}.",
    )


def roles_of(person_id: int) -> Sequence[Owed]:
    """The person's roles that somebody else has to take on."""
    found = []
    for held in queries.assignments_of(person_id):
        role = Role(held.role)
        if role in rules.NOT_HANDED_OVER:
            continue
        label = ROLE_LABELS[role] + (f" for {held.agency.name}" if held.agency else "")
        last = role in rules.NEVER_EMPTY and not queries.others_hold(role, person_id)
        without = "The board manager sees what falls to nobody." if held.agency else "The role stays empty."
        found.append(
            Owed(
                "role",
                role_ref(held),
                label,
                agency_id=held.agency_id,
                is_person_needed=last,
                without=None if last else without,
            )
        )
    return found


def role_ref(held: RoleAssignment) -> str:
    """How a role is named: by itself, and by its agency where it is held for one."""
    return f"{held.role}:{held.agency.ref}" if held.agency else held.role


def teams_of(person_id: int) -> Sequence[Owed]:
    """The restricted cases whose team the person leads."""
    return [
        Owed(
            "case_team",
            member.source_ref,
            f"Lead of the team of {member.source_ref}",
            is_person_needed=not queries.others_lead(member),
            without="The other lead goes on." if queries.others_lead(member) else None,
        )
        for member in queries.led_teams(person_id)
    ]


def arrangements_of(person_id: int) -> Sequence[Owed]:
    """Those whom the person stands in for, now or in days to come."""
    return [
        Owed(
            "deputy",
            str(row.id),
            f"Deputy of {row.person.name}",
            agency_id=row.person.agency_id,
            is_person_needed=False,
            without=f"{row.person.name} has no deputy.",
        )
        for row in queries.stands_in_from(person_id, today())
    ]


def hand_over_seat(ref: str, from_person_id: int, to_person_id: int | None, reason: str) -> None:
    """The seat goes to the successor, who chairs where the person did. Raises RuleBroken."""
    seat = next((held for held in queries.seats_of(from_person_id) if held.group.ref == ref), None)
    if seat is None:
        raise rules.NotTheirs("This seat was handed over already.")
    group, was_chair, person = seat.group, seat.is_chair, seat.person
    person.seats.remove(seat)
    successor = _successor(to_person_id, from_person_id)
    if successor is not None:
        check_not_for_oneself(successor.id, current_actor().person_id)
        held = next((other for other in successor.seats if other.group_id == group.id), None)
        if held is None:
            successor.seats.append(Seat(group=group, is_chair=was_chair))
        else:
            held.is_chair = held.is_chair or was_chair
    what = "the chair" if was_chair else "a seat"
    _record(
        f"Handed over {what} of {group.short_name}", Subject("group", group.ref), person, successor, reason
    )


def hand_over_role(ref: str, from_person_id: int, to_person_id: int | None, reason: str) -> None:
    """The role goes to the successor, who belongs to the agency it is held for. Raises RuleBroken."""
    held = next((row for row in queries.assignments_of(from_person_id) if role_ref(row) == ref), None)
    if held is None:
        raise rules.NotTheirs("This role was handed over already.")
    role, agency, person = Role(held.role), held.agency, held.person
    successor = _successor(to_person_id, from_person_id)
    if role in rules.NEVER_EMPTY:
        queries.keep_holders(role)
    if successor is None and role in rules.NEVER_EMPTY and not queries.others_hold(role, from_person_id):
        raise rules.SomebodyNeeded(f"Choose who becomes {ROLE_LABELS[role].lower()}: there is no other")
    if successor is not None:
        check_not_for_oneself(successor.id, current_actor().person_id)
    if successor is not None and agency is not None and successor.agency_id != agency.id:
        raise rules.SuccessorUnfit(f"Choose somebody of {agency.name}: the role is held for it")
    person.assignments.remove(held)
    if successor is not None and not any(
        row.role == role and row.agency_id == (agency.id if agency else None) for row in successor.assignments
    ):
        successor.assignments.append(RoleAssignment(role=role, agency=agency))
    label = ROLE_LABELS[role] + (f" for {agency.name}" if agency else "")
    subject = Subject("person", person.ref)
    _record(f"Handed over the role {label}", subject, person, successor, reason)


def hand_over_team(ref: str, from_person_id: int, to_person_id: int | None, reason: str) -> None:
    """The successor leads the restricted case's team, unless a conflict of interest stands against it.

    Nobody lets themselves into a restricted case by closing an account. Raises RuleBroken.
    """
    member = next((row for row in queries.led_teams(from_person_id) if row.source_ref == ref), None)
    if member is None:
        raise rules.NotTheirs("The lead of this team was handed over already.")
    successor = _successor(to_person_id, from_person_id)
    cases.keep_leads(ref)
    if successor is None and not queries.others_lead(member):
        raise rules.SomebodyNeeded(f"Choose who leads the team of {ref}: nobody else could let anyone in")
    if successor is not None and ref in successor.facts.conflicts:
        raise rules.SuccessorUnfit(f"{successor.name} cannot lead the team of {ref}: choose somebody else")
    is_own = successor is not None and successor.id == current_actor().person_id
    if successor is not None and is_own and ref not in successor.facts.teams:
        raise rules.SuccessorUnfit(f"You are not on the team of {ref}: choose somebody else to lead it")
    person, member.ended_on = member.person, today()
    if successor is not None:
        for row in successor.case_teams:
            if row.source_ref == ref and row.ended_on is None:
                row.ended_on = today()
        current_session().add(
            CaseTeamMember(
                source_ref=ref,
                person=successor,
                is_lead=True,
                joined_on=today(),
                added_by_id=current_actor().person_id,
            )
        )
    subject = Subject("case_team", ref, ref)
    _record(f"Handed over the lead of the team of {ref}", subject, person, successor, reason)


def hand_over_arrangement(ref: str, from_person_id: int, to_person_id: int | None, reason: str) -> None:
    """The successor stands in on the days that are left of the arrangement, unless somebody does already.

    Never two of one kind on the same day, however they came to be here. Raises RuleBroken.
    """
    row = next((row for row in queries.stands_in_from(from_person_id, today()) if str(row.id) == ref), None)
    if row is None:
        raise rules.NotTheirs("This arrangement was ended already.")
    successor, person = _successor(to_person_id, from_person_id), row.deputy
    if successor is not None:
        # As where one is arranged: two made at the same moment must see one another.
        current_session().refresh(row.person, with_for_update={"of": Person})
        left = rules.Arrangement(max(row.from_on, today()), row.until_on)
        others = [
            (other.deputy.name, rules.Arrangement(other.from_on, other.until_on))
            for other in queries.deputies_from(row.person_id, today())
            if other.is_absence == row.is_absence and other.id != row.id
        ]
        check_not_stepping_in(row.person, successor)
        rules.check_takes_over(left, others, person_name=row.person.name)
        rules.check_deputy(
            is_same=successor.id == row.person_id,
            is_active=successor.active,
            is_of_agency=may_stand_in(row.person, successor),
            person_name=row.person.name,
            deputy_name=successor.name,
        )
        current_session().add(
            Deputy(
                person=row.person,
                deputy=successor,
                from_on=left.from_on,
                until_on=left.until_on,
                is_absence=row.is_absence,
                arranged_by_id=current_actor().person_id,
                arranged_at=now(),
            )
        )
    row.ended_on = today()
    subject = Subject("person", row.person.ref)
    _record(f"The deputy of {row.person.name} changed", subject, person, successor, reason)


def _successor(to_person_id: int | None, from_person_id: int) -> Person | None:
    """The person who takes on; null for nobody. Raises SuccessorUnfit."""
    if to_person_id is None:
        return None
    try:
        successor = queries.person_by_id(to_person_id)
    except NoResultFound:
        raise rules.SuccessorUnfit("Choose one from the list") from None
    if successor.id == from_person_id or not successor.active:
        raise rules.SuccessorUnfit(f"{successor.name} cannot take this on: choose somebody else")
    return successor


def _record(line: str, subject: Subject, person: Person, successor: Person | None, reason: str) -> None:
    current_session().flush()
    to = f"to {successor.name}" if successor else "to nobody for now"
    record(
        verb="person.hand_over",
        subject=subject,
        line=f"{line} from {person.name} {to}",
        before={"person": person.ref},
        after={"person": successor.ref if successor else None, "reason": reason},
    )
