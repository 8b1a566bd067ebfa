"""The register of actions: what a person may see of it, filtered, sorted and paged by keyset."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import Person, Source
from app.accounts.policy import PersonFacts
from app.actions.models import Action
from app.actions.queries.places import of_places, row_of
from app.actions.queries.visible import visible
from app.actions.rules.brag import URGENCY, Colour
from app.actions.rules.course import late_if_asked_by
from app.actions.rules.lifecycle import Status
from app.core.database import current_session
from app.core.holidays import working_days
from app.core.paging import Page, SortKey, capped, keyset_page, whole_list

#: A name that is looked for may be this many people's.
_MOST_NAMED = 100


class Show(StrEnum):
    """What a list shows where no single status was asked for."""

    OPEN = "open"
    ANY = "any"


class Due(StrEnum):
    """When it is due, or was to be acknowledged, seen from today."""

    LATE = "late"
    SOON = "soon"
    UNACKNOWLEDGED = "unacknowledged"

    @property
    def label(self) -> str:
        """The filter in words."""
        return {
            Due.LATE: "Late",
            Due.SOON: "Due in the next 28 days",
            Due.UNACKNOWLEDGED: "Not acknowledged in time",
        }[self]


#: How many days ahead is soon, for the filter of that name.
SOON_DAYS = 28

#: Every order offered; each has an index, and ends in the reference, so that no two rows stand on one place.
SORTS: Mapping[str, tuple[SortKey, ...]] = {
    "due": (SortKey(Action.sort_due_on), SortKey(Action.ref)),
    "colour": (SortKey(Action.urgency), SortKey(Action.sort_due_on), SortKey(Action.ref)),
    "ref": (SortKey(Action.ref),),
}


@dataclass(frozen=True)
class Filters:
    """What a list of actions is narrowed to; references as they stand in the address."""

    status: str = Show.OPEN
    colour: Colour | None = None
    agency: str | None = None
    group: str | None = None
    #: The owner's account, or words of their name.
    owner: str | None = None
    due: Due | None = None
    source: str | None = None
    text: str | None = None


def listing(
    person: PersonFacts,
    filters: Filters,
    *,
    on: date,
    sort: str = "due",
    after: str | None = None,
    before: str | None = None,
) -> Page[Action]:
    """A page of the actions the person may read, in one of ``SORTS``; ``-due`` turns the order round."""
    name, keys = _order(sort)
    statement = _filtered(select(Action), person, filters, on=on, sort=name).options(
        joinedload(Action.agency),
        joinedload(Action.owner),
        joinedload(Action.group),
        joinedload(Action.source),
    )
    return keyset_page(
        current_session(),
        statement,
        keys=keys,
        reference=Action.ref,
        after=after,
        before=before,
        marks=select(Action).where(visible(person)),
    )


def in_full(person: PersonFacts, filters: Filters, *, on: date, sort: str = "due") -> Iterator[Action]:
    """Every action of the list in its order, a few hundred at a time, with what a file says of each."""
    name, keys = _order(sort)
    statement = _filtered(select(Action), person, filters, on=on, sort=name).options(
        joinedload(Action.agency),
        joinedload(Action.owner),
        joinedload(Action.group),
        joinedload(Action.source),
        selectinload(Action.lessons),
        selectinload(Action.recommendations),
    )
    return whole_list(current_session(), statement, keys)


def _order(sort: str) -> tuple[str, tuple[SortKey, ...]]:
    """The name and the keys of an order; by due date where there is no such order."""
    name = sort.removeprefix("-") if sort.removeprefix("-") in SORTS else "due"
    keys = SORTS[name]
    if sort.startswith("-"):
        keys = tuple(SortKey(key.column, descending=True) for key in keys)
    return name, keys


def count(person: PersonFacts, filters: Filters, *, on: date) -> int:
    """How many actions the list holds; one more than ``MOST_COUNTED`` stands for all above it."""
    return capped(current_session(), _filtered(select(Action.id), person, filters, on=on))


def owners_called(words: str) -> Sequence[tuple[int, str]]:
    """Row numbers and names of the people whose account or name is meant; nobody where nobody is.

    The account's short name stands for one person; any other words for all whose names hold them.
    """
    named = select(Person.id, Person.name)
    exactly = current_session().execute(named.where(Person.ref == words)).all()
    if exactly:
        return [(row[0], row[1]) for row in exactly]
    like = named.where(Person.name.icontains(words, autoescape=True))
    rows = current_session().execute(like.order_by(Person.name, Person.id).limit(_MOST_NAMED))
    return [(row[0], row[1]) for row in rows]


def _filtered(
    statement: Select[Any], person: PersonFacts, filters: Filters, *, on: date, sort: str = "due"
) -> Select[Any]:
    conditions = [
        visible(person),
        *_standing(filters, sort),
        *_due(filters.due, on),
        *of_places(Action, filters.agency, filters.group),
    ]
    if filters.owner:
        numbers = [number for number, _ in owners_called(filters.owner)]
        conditions.append(
            Action.owner_id == numbers[0] if len(numbers) == 1 else Action.owner_id.in_(numbers)
        )
    if filters.source:
        conditions.append(Action.source_id == row_of(Source, filters.source.strip().upper()))
    if filters.text:
        conditions.append(
            or_(
                Action.title.icontains(filters.text, autoescape=True),
                Action.ref == filters.text.strip().upper(),
            )
        )
    return statement.where(*conditions)


def _standing(filters: Filters, sort: str) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.status == Show.OPEN:
        # What is open is never grey or blue; said like that, the index of the colours gives the order too.
        by_colour = Action.urgency < URGENCY[Colour.GREY]
        is_said = filters.colour is not None and URGENCY[filters.colour] < URGENCY[Colour.GREY]
        if not is_said:
            conditions.append(by_colour if sort == "colour" else Action.is_open.is_(True))
    elif filters.status in set(Status):
        conditions.append(Action.status == filters.status)
    if filters.colour:
        conditions.append(Action.urgency == URGENCY[filters.colour])
    return conditions


def late_to_acknowledge(on: date) -> ColumnElement[bool]:
    """Whoever owes the action was asked to acknowledge it, and has let the days for that pass."""
    return Action.unacknowledged_since <= late_if_asked_by(on, working_days())


def _due(due: Due | None, on: date) -> list[ColumnElement[bool]]:
    match due:
        case Due.LATE:
            return [Action.is_open.is_(True), Action.sort_due_on < on]
        case Due.SOON:
            return [Action.is_open.is_(True), Action.sort_due_on.between(on, on + timedelta(days=SOON_DAYS))]
        case Due.UNACKNOWLEDGED:
            return [late_to_acknowledge(on)]
        case None:
            return []
