"""Every question that administration asks of the partnership's structures, people and deputies."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.administration.rules import NOT_HANDED_OVER
from app.accounts.models import (
    Agency,
    AgencyName,
    Area,
    CaseTeamMember,
    Deputy,
    Group,
    Person,
    RoleAssignment,
    Seat,
    Source,
    SourceKind,
)
from app.accounts.policy import Role
from app.core.clock import today
from app.core.database import current_session
from app.core.paging import Page, SortKey, keyset_page

Structure = TypeVar("Structure", Area, Agency, Group)


@dataclass(frozen=True)
class PeopleFilter:
    """What the list of people is narrowed to; an empty value narrows nothing."""

    text: str = ""
    agency: str | None = None
    role: str | None = None
    left: bool = False
    not_invited: bool = False


@dataclass(frozen=True)
class StructureFilter:
    """What a list of areas, agencies or groups is narrowed to."""

    text: str = ""
    sector: str | None = None
    withdrawn: bool = False


def listed_people(
    narrowed: PeopleFilter, *, after: str | None = None, before: str | None = None
) -> tuple[Page[Person], int]:
    """One page of the people, by name, and how many there are in all."""
    found: Select[Person] = select(Person).where(Person.active.is_(not narrowed.left))
    if narrowed.text:
        texts = (Person.name, Person.email, Person.role_title, Person.ref)
        found = found.where(or_(*(text.icontains(narrowed.text, autoescape=True) for text in texts)))
    if narrowed.agency:
        found = found.where(Person.agency.has(Agency.ref == narrowed.agency))
    if narrowed.role:
        found = found.where(Person.assignments.any(RoleAssignment.role == narrowed.role))
    if narrowed.not_invited:
        found = found.where(Person.invited_at.is_(None), Person.password.is_(None))
    page = keyset_page(
        current_session(),
        found.options(joinedload(Person.agency)),
        keys=[SortKey(Person.name), SortKey(Person.ref)],
        reference=Person.ref,
        after=after,
        before=before,
        marks=select(Person),
    )
    return page, _count(found)


def listed_structures(
    model: type[Structure], narrowed: StructureFilter, *, after: str | None = None, before: str | None = None
) -> tuple[Page[Structure], int]:
    """One page of the areas, agencies or groups, by name, and how many there are in all."""
    kind: Any = model
    gone = kind.withdrawn_on.is_not(None)
    found = select(kind).where(gone if narrowed.withdrawn else ~gone)
    if narrowed.text:
        texts = [kind.name, kind.ref, *([] if kind is Area else [kind.short_name])]
        within = [text.icontains(narrowed.text, autoescape=True) for text in texts]
        if kind is Agency:
            within.append(Agency.other_names.any(AgencyName.name.icontains(narrowed.text, autoescape=True)))
        found = found.where(or_(*within))
    if narrowed.sector and kind is Agency:
        found = found.where(Agency.sector == narrowed.sector)
    with_parts = found
    if kind is Agency:
        with_parts = found.options(selectinload(Agency.other_names))
    elif kind is Group:
        with_parts = found.options(selectinload(Group.seats).joinedload(Seat.person))
    page = keyset_page(
        current_session(),
        with_parts,
        keys=[SortKey(kind.name), SortKey(kind.ref)],
        reference=kind.ref,
        after=after,
        before=before,
        marks=select(kind),
    )
    return page, _count(found)


def _count(found: Select[Any]) -> int:
    return current_session().scalar(select(func.count()).select_from(found.subquery())) or 0


def person(ref: str) -> Person:
    """The person of that account name, left or not. Raises NoResultFound."""
    return current_session().scalars(select(Person).where(Person.ref == ref)).one()


def person_by_id(person_id: int) -> Person:
    """The person with that row number. Raises NoResultFound."""
    return current_session().scalars(select(Person).where(Person.id == person_id)).one()


def area(ref: str) -> Area:
    """The area with that short name. Raises NoResultFound."""
    return current_session().scalars(select(Area).where(Area.ref == ref)).one()


def agency(ref: str) -> Agency:
    """The agency with that short name. Raises NoResultFound."""
    return current_session().scalars(select(Agency).where(Agency.ref == ref)).one()


def group(ref: str) -> Group:
    """The group with that short name, with those who sit on it. Raises NoResultFound."""
    statement = select(Group).where(Group.ref == ref)
    with_seats = statement.options(selectinload(Group.seats).joinedload(Seat.person))
    return current_session().scalars(with_seats).one()


def ref_taken(model: type[Area] | type[Agency] | type[Group], ref: str) -> bool:
    """Whether a structure of the kind has the short name."""
    return current_session().scalar(select(model.id).where(model.ref == ref)) is not None


def role_of(ref: str, number: int) -> RoleAssignment:
    """One role of the person. Raises NoResultFound."""
    statement = (
        select(RoleAssignment)
        .join(RoleAssignment.person)
        .where(Person.ref == ref, RoleAssignment.id == number)
    )
    return current_session().scalars(statement).one()


def seat(ref: str, person_ref: str) -> Seat:
    """The person's seat on the group. Raises NoResultFound."""
    statement = (
        select(Seat).join(Seat.group).join(Seat.person).where(Group.ref == ref, Person.ref == person_ref)
    )
    return current_session().scalars(statement).one()


def holder_of_name(name: str) -> Agency | None:
    """The agency that the name leads to: its own, its short one or another it goes by."""
    folded = name.strip().lower()
    names = (Agency.name, Agency.short_name)
    return (
        current_session()
        .scalars(
            select(Agency).where(
                or_(
                    *(func.lower(column) == folded for column in names),
                    Agency.other_names.any(func.lower(AgencyName.name) == folded),
                )
            )
        )
        .first()
    )


def name_taken(model: type[Area] | type[Group], name: str, *, but: int | None = None) -> bool:
    """Whether another structure of the kind, not withdrawn, has the name."""
    return (
        current_session().scalar(
            select(model.id).where(
                func.lower(model.name) == name.strip().lower(),
                model.withdrawn_on.is_(None),
                model.id != (but or 0),
            )
        )
        is not None
    )


def people_of(agency_id: int) -> int:
    """How many people of the agency have not left."""
    statement = select(func.count(Person.id)).where(Person.agency_id == agency_id, Person.active)
    return current_session().scalar(statement) or 0


def people_to_choose(*, agency_id: int | None = None) -> Sequence[Person]:
    """Everybody who has not left, or those of one agency, by name."""
    statement = select(Person).where(Person.active).options(joinedload(Person.agency))
    if agency_id is not None:
        statement = statement.where(Person.agency_id == agency_id)
    return current_session().scalars(statement.order_by(Person.name, Person.id)).all()


# What a person has


def seats_of(person_id: int) -> Sequence[Seat]:
    """The person's seats, by group."""
    statement = select(Seat).join(Seat.group).where(Seat.person_id == person_id).order_by(Group.name)
    return current_session().scalars(statement).all()


def other_chairs(seat: Seat) -> bool:
    """Whether somebody else who has not left chairs the group of this seat."""
    statement = (
        select(Seat.id)
        .join(Seat.person)
        .where(Seat.group_id == seat.group_id, Seat.is_chair, Seat.id != seat.id, Person.active)
    )
    return current_session().scalars(statement.limit(1)).first() is not None


def assignments_of(person_id: int) -> Sequence[RoleAssignment]:
    """The person's roles."""
    statement = (
        select(RoleAssignment).where(RoleAssignment.person_id == person_id).order_by(RoleAssignment.id)
    )
    return current_session().scalars(statement).all()


def others_hold(role: Role, person_id: int) -> bool:
    """Whether somebody else who has not left holds the role."""
    statement = (
        select(RoleAssignment.id)
        .join(RoleAssignment.person)
        .where(RoleAssignment.role == role, RoleAssignment.person_id != person_id, Person.active)
    )
    return current_session().scalars(statement.limit(1)).first() is not None


def keep_holders(role: Role) -> None:
    """Keep who holds a role from every other writer: of two who go at once, the second is the last."""
    statement = select(RoleAssignment.id).where(RoleAssignment.role == role).order_by(RoleAssignment.id)
    current_session().execute(statement.with_for_update()).all()


def led_teams(person_id: int) -> Sequence[CaseTeamMember]:
    """The person's places as lead of the teams of restricted cases."""
    statement = select(CaseTeamMember).where(
        CaseTeamMember.person_id == person_id, CaseTeamMember.is_lead, CaseTeamMember.ended_on.is_(None)
    )
    return current_session().scalars(statement.order_by(CaseTeamMember.source_ref)).all()


def places_on_teams(person_id: int) -> Sequence[CaseTeamMember]:
    """The person's places on teams of restricted cases, as lead or not."""
    statement = select(CaseTeamMember).where(
        CaseTeamMember.person_id == person_id, CaseTeamMember.ended_on.is_(None)
    )
    return current_session().scalars(statement).all()


def others_lead(member: CaseTeamMember) -> bool:
    """Whether somebody else who has not left leads the team of the case."""
    statement = (
        select(CaseTeamMember.id)
        .join(CaseTeamMember.person)
        .where(
            CaseTeamMember.source_ref == member.source_ref,
            CaseTeamMember.is_lead,
            CaseTeamMember.ended_on.is_(None),
            CaseTeamMember.person_id != member.person_id,
            Person.active,
        )
    )
    return current_session().scalars(statement.limit(1)).first() is not None


def stands_in_from(person_id: int, day: date) -> Sequence[Deputy]:
    """The arrangements in which the person is the deputy, on this day or later."""
    return current_session().scalars(_open_on(day).where(Deputy.deputy_id == person_id)).all()


def deputies_from(person_id: int, day: date) -> Sequence[Deputy]:
    """The arrangements in which somebody stands in for the person, on this day or later."""
    return current_session().scalars(_open_on(day).where(Deputy.person_id == person_id)).all()


def deputies_of(person_id: int) -> Sequence[Deputy]:
    """Every arrangement in which somebody stood, stands or will stand in for the person, the latest first."""
    statement = select(Deputy).where(Deputy.person_id == person_id).options(joinedload(Deputy.deputy))
    return current_session().scalars(statement.order_by(Deputy.from_on.desc(), Deputy.id.desc())).all()


def arrangement(ref: str, number: int) -> Deputy:
    """One arrangement of the person. Raises NoResultFound."""
    statement = select(Deputy).join(Deputy.person).where(Person.ref == ref, Deputy.id == number)
    return current_session().scalars(statement).one()


def arrangements_of(people: Sequence[Person], day: date) -> Sequence[Deputy]:
    """The arrangements in which somebody stands in for one of these people, on this day or later."""
    ids = [person.id for person in people]
    statement = _open_on(day).where(Deputy.person_id.in_(ids))
    return current_session().scalars(statement.options(joinedload(Deputy.deputy))).all()


def _open_on(day: date) -> Select[Deputy]:
    return (
        select(Deputy)
        .where(
            or_(Deputy.until_on.is_(None), Deputy.until_on >= day),
            or_(Deputy.ended_on.is_(None), Deputy.ended_on > day),
        )
        .options(joinedload(Deputy.person))
        .order_by(Deputy.from_on, Deputy.id)
    )


# What those who left still have


def left_with_seats() -> Sequence[int]:
    """The people who left and still have a seat."""
    statement = select(Seat.person_id).join(Seat.person).where(~Person.active)
    return current_session().scalars(statement.distinct()).all()


def left_with_roles() -> Sequence[int]:
    """The people who left and still hold a role that somebody has to take on."""
    statement = (
        select(RoleAssignment.person_id)
        .join(RoleAssignment.person)
        .where(~Person.active, RoleAssignment.role.not_in(list(NOT_HANDED_OVER)))
    )
    return current_session().scalars(statement.distinct()).all()


def left_with_teams() -> Sequence[int]:
    """The people who left and still lead the team of a restricted case."""
    statement = (
        select(CaseTeamMember.person_id)
        .join(CaseTeamMember.person)
        .where(~Person.active, CaseTeamMember.is_lead, CaseTeamMember.ended_on.is_(None))
    )
    return current_session().scalars(statement.distinct()).all()


def left_with_arrangements() -> Sequence[int]:
    """The people who left and still stand in for somebody."""
    statement = _open_on(today()).with_only_columns(Deputy.deputy_id).join(Deputy.deputy)
    return list(set(current_session().scalars(statement.where(~Person.active).order_by(None))))


def people_by_ids(ids: Sequence[int]) -> Sequence[Person]:
    """These people, by name."""
    statement = select(Person).where(Person.id.in_(ids)).options(joinedload(Person.agency))
    return current_session().scalars(statement.order_by(Person.name, Person.id)).all()


def has_child_deaths(group_id: int) -> bool:
    """Whether a group holds any review of a child's death."""
    held = select(Source.id).where(Source.group_id == group_id, Source.kind == SourceKind.CHILD_DEATH)
    return current_session().scalar(held.limit(1)) is not None
