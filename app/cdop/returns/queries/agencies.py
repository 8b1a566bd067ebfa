"""Which agencies are late, and how many return on time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from app.accounts.models import Agency
from app.accounts.policy import PersonFacts
from app.cdop.models import AgencyReturn, ChildDeathCase
from app.cdop.returns.queries.one import visible
from app.cdop.returns.queries.owed import is_chased
from app.core.database import current_session
from app.core.paging import capped


@dataclass(frozen=True)
class LateAgency:
    """An agency that owes returns late: how many, the first of them, and since when it is due."""

    ref: str
    name: str
    count: int
    first_ref: str
    first_due_on: date


def late_by_agency(person: PersonFacts, *, on: date, most: int) -> Sequence[LateAgency]:
    """The agencies that owe a return late on a review which the person may read, the longest late first.

    No more than so many of them.
    """
    rows = (
        current_session()
        .execute(
            select(
                Agency.ref,
                Agency.short_name,
                func.count(),
                func.min(AgencyReturn.due_on),
            )
            .select_from(AgencyReturn)
            .join(AgencyReturn.case)
            .join(AgencyReturn.agency)
            .where(visible(person), is_chased(), AgencyReturn.due_on < on)
            .group_by(Agency.ref, Agency.short_name)
            .order_by(func.min(AgencyReturn.due_on), Agency.ref)
            .limit(most)
        )
        .all()
    )
    firsts = _first_due({ref: due_on for ref, _, _, due_on in rows}, person)
    return [LateAgency(ref, name, count, firsts[ref], due_on) for ref, name, count, due_on in rows]


def _first_due(days: Mapping[str, date], person: PersonFacts) -> dict[str, str]:
    """Of each agency the reference of a return that is due on its day, the lowest."""
    if not days:
        return {}
    found = current_session().execute(
        select(Agency.ref, func.min(AgencyReturn.ref))
        .select_from(AgencyReturn)
        .join(AgencyReturn.case)
        .join(AgencyReturn.agency)
        .where(
            visible(person),
            is_chased(),
            or_(*(and_(Agency.ref == ref, AgencyReturn.due_on == day) for ref, day in days.items())),
        )
        .group_by(Agency.ref)
    )
    return dict(found.all())


def undecided(person: PersonFacts) -> int:
    """How many returns were said to be for others, and wait for whoever asked."""
    return capped(
        current_session(),
        select(AgencyReturn.id)
        .join(AgencyReturn.case)
        .where(
            visible(person),
            AgencyReturn.is_open,
            AgencyReturn.not_for_us_on.is_not(None),
            ChildDeathCase.is_open,
        ),
    )


@dataclass(frozen=True)
class OnTime:
    """Of the returns of one agency first due in a span of days: how many came, on time, or were waived."""

    ref: str
    name: str
    #: All that were asked for; what was asked by mistake is none of them.
    asked: int
    returned: int
    on_time: int
    waived: int


def on_time_by_agency(person: PersonFacts, *, first_on: date, last_on: date) -> Sequence[OnTime]:
    """How agencies returned what was first due between two days, of deaths the person may read, by name.

    On time is measured against the day first set, whatever became of it.
    """

    def how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    came = AgencyReturn.returned_on.is_not(None)
    rows = current_session().execute(
        select(
            Agency.ref,
            Agency.short_name,
            func.count(),
            how_many(came),
            how_many(and_(came, AgencyReturn.returned_on <= AgencyReturn.first_due_on)),
            how_many(AgencyReturn.waived_on.is_not(None)),
        )
        .select_from(AgencyReturn)
        .join(AgencyReturn.agency)
        .join(AgencyReturn.case)
        .where(
            visible(person),
            AgencyReturn.withdrawn_on.is_(None),
            ChildDeathCase.withdrawn_on.is_(None),
            AgencyReturn.first_due_on.between(first_on, last_on),
        )
        .group_by(Agency.ref, Agency.short_name)
        .order_by(Agency.short_name, Agency.ref)
    )
    return [OnTime(*row) for row in rows]
