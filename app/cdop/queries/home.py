"""What the home of those who review child deaths counts and lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from app.accounts.policy import PersonFacts
from app.cdop.models import AgencyReturn, ChildDeathCase
from app.cdop.queries.cases import visible, what_clocks_need
from app.cdop.returns.queries import is_chased
from app.cdop.returns.queries.one import named
from app.cdop.rules.cases import READY
from app.clocks.models import ClockPause
from app.core.database import current_session
from app.core.paging import capped


@dataclass(frozen=True)
class Tally:
    """The figures of the co-ordinator's home."""

    open_cases: int
    ready: int
    returns_late: int
    late: int
    oldest: ChildDeathCase | None


def tally(person: PersonFacts, *, on: date) -> Tally:
    """What stands open for those who review child deaths."""
    session = current_session()
    mine = select(ChildDeathCase.id).where(visible(person), ChildDeathCase.is_open)
    oldest = session.scalars(
        select(ChildDeathCase)
        .where(visible(person), ChildDeathCase.is_open)
        .order_by(ChildDeathCase.known_on, ChildDeathCase.id)
        .limit(1)
    ).first()
    return Tally(
        open_cases=capped(session, mine),
        ready=capped(session, mine.where(ChildDeathCase.stage_code == READY)),
        returns_late=capped(session, _late_returns(person, on).with_only_columns(AgencyReturn.id)),
        late=capped(session, mine.where(ChildDeathCase.sort_due_on < on)),
        oldest=oldest,
    )


def _late_returns(person: PersonFacts, on: date) -> Select[Any]:
    """What agencies owe late to the reviews that the person may read."""
    return (
        select(AgencyReturn)
        .join(AgencyReturn.case)
        .where(visible(person), is_chased(), AgencyReturn.due_on < on)
    )


def pauses_asked_for(person: PersonFacts) -> Sequence[tuple[ChildDeathCase, ClockPause]]:
    """The pauses that wait for the chair, of open cases that the person may read, the oldest first."""
    rows = current_session().execute(
        select(ChildDeathCase, ClockPause)
        .join(ClockPause, ClockPause.source_ref == ChildDeathCase.ref)
        .where(
            visible(person),
            ChildDeathCase.is_open,
            ClockPause.approved_by_id.is_(None),
            ClockPause.declined_on.is_(None),
        )
        .options(named(ClockPause.recorded_by))
        .order_by(ClockPause.id)
    )
    return [(case, pause) for case, pause in rows]


def first_of_each_stage(person: PersonFacts, *, most: int) -> Sequence[ChildDeathCase]:
    """Of the open cases at each stage those whose clock ends first, up to so many, in the board's order."""
    place = func.row_number().over(
        partition_by=ChildDeathCase.stage_code,
        order_by=(ChildDeathCase.sort_due_on, ChildDeathCase.id),
    )
    placed = (
        select(ChildDeathCase.id.label("id"), place.label("place"))
        .where(visible(person), ChildDeathCase.is_open)
        .subquery()
    )
    statement = (
        select(ChildDeathCase)
        .join(placed, placed.c.id == ChildDeathCase.id)
        .where(placed.c.place <= most)
        .order_by(
            ChildDeathCase.stage_order,
            ChildDeathCase.stage_code,
            ChildDeathCase.sort_due_on,
            ChildDeathCase.id,
        )
        .options(joinedload(ChildDeathCase.area), joinedload(ChildDeathCase.regime), *what_clocks_need())
    )
    return current_session().scalars(statement).all()
