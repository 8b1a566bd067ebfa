"""Every question about the partnership, its agencies, groups and people."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import Agency, Area, Group, Partnership, Person, RoleAssignment, Seat
from app.accounts.policy import Role
from app.core.database import current_session


def partnership() -> Partnership | None:
    """The partnership this database serves; null before it was set up."""
    return current_session().scalars(select(Partnership).order_by(Partnership.id).limit(1)).first()


def areas(*, with_withdrawn: bool = False) -> Sequence[Area]:
    """The areas that may be chosen, by name; on request those withdrawn too."""
    statement = select(Area).order_by(Area.name)
    if not with_withdrawn:
        statement = statement.where(Area.withdrawn_on.is_(None))
    return current_session().scalars(statement).all()


def agencies(*, with_external: bool = True, with_withdrawn: bool = False) -> Sequence[Agency]:
    """The agencies that may be chosen, by name; on request only the partnership's, or those withdrawn too."""
    statement = select(Agency).order_by(Agency.name, Agency.id)
    if not with_withdrawn:
        statement = statement.where(Agency.withdrawn_on.is_(None))
    if not with_external:
        statement = statement.where(Agency.is_external.is_(False))
    return current_session().scalars(statement).all()


def groups(*, with_withdrawn: bool = False) -> Sequence[Group]:
    """The groups that may be chosen, by name; on request those withdrawn too."""
    statement = select(Group).order_by(Group.name)
    if not with_withdrawn:
        statement = statement.where(Group.withdrawn_on.is_(None))
    return current_session().scalars(statement).all()


def person_by_ref(ref: str) -> Person:
    """The person with that account name. Raises NoResultFound."""
    return current_session().scalars(select(Person).where(Person.ref == ref)).one()


def person_by_email(email: str) -> Person | None:
    """The person with that address, however it is capitalised."""
    return (
        current_session()
        .scalars(select(Person).where(func.lower(Person.email) == email.strip().lower()))
        .first()
    )


def people() -> Sequence[Person]:
    """Everybody with an account who has not left, by name."""
    return (
        current_session()
        .scalars(
            select(Person).where(Person.active).options(selectinload(Person.agency)).order_by(Person.name)
        )
        .all()
    )


def people_who_left() -> Sequence[Person]:
    """Everybody whose account was closed, by name: what they did and wrote stays theirs."""
    return current_session().scalars(select(Person).where(~Person.active).order_by(Person.name)).all()


def holders(role: Role, *, agency_id: int | None = None) -> Sequence[Person]:
    """The people who hold a role and have not left; for one agency where one is named."""
    statement = (
        select(Person)
        .join(RoleAssignment, RoleAssignment.person_id == Person.id)
        .where(RoleAssignment.role == role, Person.active)
        .order_by(Person.id)
    )
    if agency_id is not None:
        statement = statement.where(RoleAssignment.agency_id == agency_id)
    return current_session().scalars(statement).unique().all()


def chairs_of(group_id: int) -> Sequence[Person]:
    """The people who chair a group and have not left."""
    return (
        current_session()
        .scalars(
            select(Person)
            .join(Seat, Seat.person_id == Person.id)
            .where(Seat.group_id == group_id, Seat.is_chair, Person.active)
            .order_by(Person.id)
        )
        .all()
    )


def agencies_in_full() -> Sequence[Agency]:
    """Every agency with its other names, by name; those outside the partnership last, none withdrawn."""
    return (
        current_session()
        .scalars(
            select(Agency)
            .where(Agency.withdrawn_on.is_(None))
            .options(selectinload(Agency.other_names))
            .order_by(Agency.is_external, Agency.name, Agency.id)
        )
        .all()
    )


def groups_in_full() -> Sequence[Group]:
    """Every group with those who sit on it, by name; none withdrawn."""
    return (
        current_session()
        .scalars(
            select(Group)
            .where(Group.withdrawn_on.is_(None))
            .options(selectinload(Group.seats).joinedload(Seat.person).joinedload(Person.agency))
            .order_by(Group.name, Group.id)
        )
        .all()
    )


def people_in_full() -> Sequence[Person]:
    """Everybody who has not left, with their agency, roles and seats, by name."""
    return (
        current_session()
        .scalars(
            select(Person)
            .where(Person.active)
            .options(
                joinedload(Person.agency),
                selectinload(Person.assignments).joinedload(RoleAssignment.agency),
                selectinload(Person.seats).joinedload(Seat.group),
            )
            .order_by(Person.name, Person.id)
        )
        .all()
    )
