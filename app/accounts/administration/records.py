"""What the addresses of administration lead to: a structure or a person, with what the policy decides by."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from app.accounts.administration import queries
from app.accounts.models import Agency, Area, Deputy, Group, Person, RoleAssignment, Seat
from app.accounts.policy import NOTHING, Facts

Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Record(Generic[Thing]):
    """A thing behind an address, and the facts that the policy decides by. None lies in a compartment."""

    thing: Thing
    facts: Facts = NOTHING


def area(ref: str) -> Record[Area]:
    """The area with that short name. Raises NoResultFound."""
    return Record(queries.area(ref))


def agency(ref: str) -> Record[Agency]:
    """The agency with that short name. Raises NoResultFound."""
    return Record(queries.agency(ref))


def group(ref: str) -> Record[Group]:
    """The group with that short name. Raises NoResultFound."""
    return Record(queries.group(ref))


def seat(ref: str, person_ref: str) -> Record[Seat]:
    """The person's seat on the group. Raises NoResultFound."""
    return Record(queries.seat(ref, person_ref))


def person(ref: str) -> Record[Person]:
    """The person of that account name. Raises NoResultFound."""
    found = queries.person(ref)
    return Record(found, about(found))


def role(ref: str, number: int) -> Record[RoleAssignment]:
    """One role of the person. Raises NoResultFound."""
    held = queries.role_of(ref, number)
    return Record(held, about(held.person))


def arrangement(ref: str, number: int) -> Record[Deputy]:
    """One arrangement in which somebody stands in for the person. Raises NoResultFound."""
    found = queries.arrangement(ref, number)
    return Record(found, about(found.person))


def about(person: Person) -> Facts:
    """The facts of a record about this person."""
    return Facts(person_id=person.id, agency_id=person.agency_id)
