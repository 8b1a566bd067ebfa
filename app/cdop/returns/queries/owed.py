"""What is owed, for homes, for those who leave and for agencies that are to be withdrawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import joinedload

from app.accounts.models import Person
from app.accounts.policy import PersonFacts
from app.cdop.models import AgencyReturn, ChildDeathCase
from app.cdop.returns.queries.one import in_a_list
from app.core.database import current_session
from app.core.paging import capped


def is_chased() -> ColumnElement[bool]:
    """Which returns the ladder counts for: asked for, not said to be for others, of a review that goes on."""
    return and_(AgencyReturn.is_open, AgencyReturn.not_for_us_on.is_(None), ChildDeathCase.is_open)


@dataclass(frozen=True)
class Counts:
    """How many returns are owed, each counted up to the most that is counted."""

    open: int
    late: int
    #: Not late, and due within the days that count as soon.
    soon: int
    #: With whoever asked, as they were said to be for others.
    waiting: int


def owed(condition: ColumnElement[bool], *, limit: int) -> Sequence[AgencyReturn]:
    """The returns that the condition picks and the review waits for, the first due first."""
    statement = (
        select(AgencyReturn)
        .join(AgencyReturn.case)
        .where(condition, AgencyReturn.is_open, ChildDeathCase.is_open)
        .order_by(AgencyReturn.due_on, AgencyReturn.id)
        .limit(limit)
        .options(*in_a_list())
    )
    return current_session().scalars(statement).all()


def counts(condition: ColumnElement[bool], *, on: date, soon_days: int) -> Counts:
    """How many returns the condition picks, by how pressing they are."""
    some = select(AgencyReturn.id).join(AgencyReturn.case).where(condition)
    chased, session = some.where(is_chased()), current_session()
    last_soon = on + timedelta(days=soon_days)
    return Counts(
        open=capped(session, chased),
        late=capped(session, chased.where(AgencyReturn.due_on < on)),
        soon=capped(session, chased.where(AgencyReturn.due_on.between(on, last_soon))),
        waiting=capped(
            session,
            some.where(AgencyReturn.is_open, AgencyReturn.not_for_us_on.is_not(None), ChildDeathCase.is_open),
        ),
    )


def owes_some(person: PersonFacts) -> bool:
    """Whether the person was asked for a return by name, and still owes it."""
    statement = (
        select(AgencyReturn.id)
        .join(AgencyReturn.case)
        .where(AgencyReturn.owner_id == person.id, AgencyReturn.is_open, ChildDeathCase.is_open)
    )
    return current_session().scalar(statement.limit(1)) is not None


def owned_by(person_id: int) -> Sequence[AgencyReturn]:
    """The returns that somebody was asked for by name and that reviews wait for, by reference."""
    statement = (
        select(AgencyReturn)
        .join(AgencyReturn.case)
        .where(AgencyReturn.owner_id == person_id, AgencyReturn.is_open, ChildDeathCase.is_open)
        .options(joinedload(AgencyReturn.case))
        .order_by(AgencyReturn.ref)
    )
    return current_session().scalars(statement).all()


def left_with_returns() -> Sequence[int]:
    """The people (by row number) who left and are still asked for a return."""
    statement = (
        select(AgencyReturn.owner_id)
        .join(AgencyReturn.owner)
        .join(AgencyReturn.case)
        .where(~Person.active, AgencyReturn.is_open, ChildDeathCase.is_open)
        .distinct()
    )
    return [person_id for person_id in current_session().scalars(statement) if person_id is not None]


def used_by_returns(structure: str, row_id: int) -> str | None:
    """That an agency owes returns; null where it owes none. How many is not said outside the compartment."""
    if structure != "agency":
        return None
    statement = (
        select(AgencyReturn.id)
        .join(AgencyReturn.case)
        .where(AgencyReturn.agency_id == row_id, AgencyReturn.is_open, ChildDeathCase.is_open)
        .limit(1)
    )
    return None if current_session().scalar(statement) is None else "open agency returns"
