"""The list of agency returns, as far as a person may read them, narrowed and paged."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select

from app.accounts.models import Agency
from app.accounts.policy import PersonFacts
from app.cdop.models import AgencyReturn, ChildDeathCase
from app.cdop.returns.queries.one import in_a_list, visible
from app.core.database import current_session
from app.core.paging import Page, SortKey, capped, keyset_page, whole_list

#: What a list of returns shows unless another is asked for, and the others.
OPEN, LATE, NOT_FOR_US, RETURNED, WAIVED, ANY = "open", "late", "not_for_us", "returned", "waived", "any"
SHOWS = {
    OPEN: "Asked for, and not returned",
    LATE: "Late",
    NOT_FOR_US: "Said not to be for them",
    RETURNED: "Returned",
    WAIVED: "Waived",
    ANY: "All",
}

_ORDER = (SortKey(AgencyReturn.due_on), SortKey(AgencyReturn.id))


@dataclass(frozen=True)
class Filters:
    """What a list of returns is narrowed to; references as they stand in the address."""

    show: str = OPEN
    agency: str | None = None
    text: str | None = None


def listing(
    person: PersonFacts,
    filters: Filters,
    *,
    on: date,
    after: str | None = None,
    before: str | None = None,
) -> tuple[Page[AgencyReturn], int]:
    """A page of the returns a person may read, the first due first, and how many there are."""
    found = _filtered(person, filters, on)
    count = capped(current_session(), found.with_only_columns(AgencyReturn.id))
    page = keyset_page(
        current_session(),
        found.options(*in_a_list()),
        keys=_ORDER,
        reference=AgencyReturn.ref,
        after=after,
        before=before,
        marks=select(AgencyReturn).where(visible(person)),
    )
    return page, count


def in_full(person: PersonFacts, filters: Filters, *, on: date) -> Iterator[AgencyReturn]:
    """Every return of the list in its order, a few hundred at a time."""
    return whole_list(current_session(), _filtered(person, filters, on).options(*in_a_list()), _ORDER)


def _filtered(person: PersonFacts, filters: Filters, on: date) -> Select[Any]:
    conditions = [visible(person), *_standing(filters.show, on)]
    if filters.agency:
        agency = select(Agency.id).where(Agency.ref == filters.agency).scalar_subquery()
        conditions.append(AgencyReturn.agency_id == agency)
    if filters.text:
        words = filters.text.strip().upper()
        in_ecdop = select(ChildDeathCase.id).where(ChildDeathCase.ecdop_ref.icontains(words, autoescape=True))
        conditions.append(or_(AgencyReturn.ref == words, AgencyReturn.case_id.in_(in_ecdop.correlate(None))))
    return select(AgencyReturn).where(*conditions)


def agencies_in_sight(person: PersonFacts) -> Mapping[str, str]:
    """The agencies that owe, or owed, a return which the person may read: reference to name."""
    rows = current_session().execute(
        select(Agency.ref, Agency.name)
        .where(Agency.id.in_(select(AgencyReturn.agency_id).where(visible(person))))
        .order_by(Agency.name, Agency.ref)
    )
    return dict(rows.all())


def _standing(show: str, on: date) -> list[ColumnElement[bool]]:
    """The conditions that keep returns to those that stand as asked for."""
    # Of a review that is over nothing is owed.
    goes_on = select(ChildDeathCase.id).where(ChildDeathCase.is_open)
    is_open = and_(AgencyReturn.is_open, AgencyReturn.case_id.in_(goes_on.correlate(None)))
    is_said = AgencyReturn.not_for_us_on.is_not(None)
    stands = AgencyReturn.withdrawn_on.is_(None)
    found: dict[str, list[ColumnElement[bool]]] = {
        LATE: [is_open, ~is_said, AgencyReturn.due_on < on],
        NOT_FOR_US: [is_open, is_said],
        RETURNED: [stands, AgencyReturn.returned_on.is_not(None)],
        WAIVED: [stands, AgencyReturn.waived_on.is_not(None)],
        ANY: [],
    }
    return found.get(show, [is_open])
