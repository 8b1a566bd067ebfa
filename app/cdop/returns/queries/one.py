"""Which returns a person may read, and one of them with what its page shows."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select, true
from sqlalchemy.orm import joinedload, lazyload, selectinload

from app.accounts.models import Person
from app.accounts.policy import PersonFacts, Role
from app.cdop.models import AgencyReturn, AgencyReturnStep, ChildDeathCase
from app.core.access import behind
from app.core.database import current_session


def visible(person: PersonFacts) -> ColumnElement[bool]:
    """Which returns a person may read: those they owe, and those of deaths that they review."""
    found = [owed_by(person)]
    if Role.CDOP_COORDINATOR in person.roles:
        found.append(true())
    elif person.child_death_groups:
        theirs = select(ChildDeathCase.id).where(
            ChildDeathCase.group_id.in_(sorted(person.child_death_groups))
        )
        found.append(AgencyReturn.case_id.in_(theirs.correlate(None)))
    return and_(or_(*found), without_conflict(person))


def owed_by(person: PersonFacts) -> ColumnElement[bool]:
    """Which returns a person was asked for, stands in for, or answers for as lead of the agency."""
    owners = sorted({person.id} | person.deputises_for)
    led = AgencyReturn.agency_id.in_(sorted(person.leads)) if person.leads else false()
    return or_(AgencyReturn.owner_id.in_(owners), led)


def asked_of(person_id: int, leads: Collection[int] = ()) -> ColumnElement[bool]:
    """Which returns one person was asked for: as the person named, or as lead where nobody was."""
    named = AgencyReturn.owner_id == person_id
    if not leads:
        return named
    return or_(named, and_(AgencyReturn.owner_id.is_(None), AgencyReturn.agency_id.in_(sorted(leads))))


def without_conflict(person: PersonFacts) -> ColumnElement[bool]:
    """Which returns belong to no case in which the person has a conflict of interest."""
    if not person.conflicts:
        return true()
    cases = select(ChildDeathCase.id).where(ChildDeathCase.ref.in_(sorted(person.conflicts)))
    return AgencyReturn.case_id.not_in(cases.correlate(None))


def may_know_of(person: PersonFacts, *, ref: str) -> bool:
    """Whether a return of that reference is there and open to the person: one question, whichever it is."""
    known = select(AgencyReturn.id).where(AgencyReturn.ref == ref, visible(person))
    return current_session().scalar(known) is not None


@behind(may_know_of)
def agency_return(ref: str) -> AgencyReturn:
    """The return with that reference, with what its page shows. Raises NoResultFound."""
    statement = select(AgencyReturn).where(AgencyReturn.ref == ref)
    options = (
        *in_a_list(),
        joinedload(AgencyReturn.case).joinedload(ChildDeathCase.regime),
        named(AgencyReturn.asked_by),
        named(AgencyReturn.returned_by),
        named(AgencyReturn.waived_by),
        selectinload(AgencyReturn.steps).options(named(AgencyReturnStep.taken_by)),
    )
    return current_session().scalars(statement.options(*options)).one()


def of_case(of: ChildDeathCase) -> Sequence[AgencyReturn]:
    """The returns of a case with what a list says of them, in their order."""
    statement = select(AgencyReturn).where(AgencyReturn.case_id == of.id).order_by(AgencyReturn.ref)
    return (
        current_session()
        .scalars(statement.options(*in_a_list()).execution_options(populate_existing=True))
        .all()
    )


def asked_agencies(of: ChildDeathCase) -> frozenset[int]:
    """The agencies (by row number) that were asked about a death, those asked by mistake too."""
    statement = select(AgencyReturn.agency_id).where(AgencyReturn.case_id == of.id)
    return frozenset(current_session().scalars(statement))


def in_a_list() -> list[Any]:
    """Load what a line says of a return."""
    return [
        joinedload(AgencyReturn.case),
        joinedload(AgencyReturn.agency),
        named(AgencyReturn.owner),
        selectinload(AgencyReturn.forms),
    ]


def named(relationship: Any) -> Any:
    """Load the person a row names; what they may do is not asked."""
    return joinedload(relationship).options(lazyload(Person.assignments), lazyload(Person.seats))
