"""One case with what belongs to it, and cases that may be the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import joinedload, lazyload, selectinload

from app.accounts.cases import filters
from app.accounts.models import Person
from app.accounts.policy import Facts, PersonFacts
from app.cdop.models import AgencyReturn, CaseStage, ChildDeathCase, Referral, Wait
from app.clocks.models import ClockPause
from app.core.access import behind
from app.core.checks import HIGHEST_NUMBER
from app.core.database import current_session

#: What is recorded of a case row by row, each numbered in the order it was recorded.
Numbered = TypeVar("Numbered", CaseStage, Wait)


def visible(person: PersonFacts) -> ColumnElement[bool]:
    """The condition that picks the child deaths a person may read: what the policy says, as a filter."""
    return and_(filters.open_though_restricted(person), filters.without_conflict(person))


def may_know_of(person: PersonFacts, *, ref: str, **of_it: object) -> bool:
    """Whether a death of that reference is there and open to the person: one question, whichever it is."""
    known = select(ChildDeathCase.id).where(ChildDeathCase.ref == ref, visible(person))
    return current_session().scalar(known) is not None


@behind(may_know_of)
def case(ref: str) -> ChildDeathCase:
    """The child death review with that reference. Raises NoResultFound."""
    return (
        current_session()
        .scalars(
            select(ChildDeathCase)
            .where(ChildDeathCase.ref == ref)
            .options(
                joinedload(ChildDeathCase.group),
                joinedload(ChildDeathCase.area),
                joinedload(ChildDeathCase.regime),
                *what_clocks_need(),
            )
        )
        .one()
    )


@behind(may_know_of)
def case_in_full(ref: str) -> ChildDeathCase:
    """A case with everything its page shows, however much that is. Raises NoResultFound."""
    lesson, action = _downstream()
    learned, answering = selectinload(ChildDeathCase.lessons), selectinload(ChildDeathCase.actions)
    return (
        current_session()
        .scalars(
            select(ChildDeathCase)
            .where(ChildDeathCase.ref == ref)
            .options(
                joinedload(ChildDeathCase.group),
                joinedload(ChildDeathCase.area),
                joinedload(ChildDeathCase.regime),
                joinedload(ChildDeathCase.panel),
                joinedload(ChildDeathCase.key_worker_agency),
                _named(ChildDeathCase.created_by),
                joinedload(ChildDeathCase.referral).joinedload(Referral.review),
                selectinload(ChildDeathCase.stages).options(
                    joinedload(CaseStage.stage), _named(CaseStage.recorded_by)
                ),
                selectinload(ChildDeathCase.waits).options(_named(Wait.recorded_by)),
                selectinload(ChildDeathCase.returns).options(
                    joinedload(AgencyReturn.agency),
                    _named(AgencyReturn.owner),
                    selectinload(AgencyReturn.forms),
                ),
                selectinload(ChildDeathCase.factors),
                learned.options(selectinload(lesson.themes)),
                answering.options(
                    joinedload(action.source),
                    joinedload(action.agency),
                    joinedload(action.group),
                    _named(action.owner),
                    selectinload(action.lessons),
                    selectinload(action.reminders),
                    selectinload(action.sign_offs),
                    selectinload(action.extension_requests),
                ),
            )
        )
        .one()
    )


def _named(relationship: Any) -> Any:
    """Load the person a row names; what they may do is not asked."""
    return joinedload(relationship).options(lazyload(Person.assignments), lazyload(Person.seats))


def _downstream() -> tuple[Any, Any]:
    """The classes of lessons and actions, by the relationships: this room stands below theirs."""
    return (
        ChildDeathCase.lessons.property.entity.class_,
        ChildDeathCase.actions.property.entity.class_,
    )


def what_clocks_need() -> list[Any]:
    """Load what the clocks of a case and its row on the board are made from."""
    return [
        selectinload(ChildDeathCase.stages).joinedload(CaseStage.stage),
        selectinload(ChildDeathCase.waits),
        selectinload(ChildDeathCase.returns).joinedload(AgencyReturn.agency),
    ]


def same_number(*, cdop_number: str, ecdop_ref: str | None, but: ChildDeathCase | None) -> tuple[bool, bool]:
    """Whether another case has this CDOP number, and whether one has this reference in eCDOP."""
    others = [] if but is None else [ChildDeathCase.id != but.id]
    session = current_session()

    def is_held(condition: ColumnElement[bool]) -> bool:
        return session.scalar(select(ChildDeathCase.id).where(condition, *others).limit(1)) is not None

    return (
        is_held(ChildDeathCase.cdop_number == cdop_number),
        ecdop_ref is not None and is_held(ChildDeathCase.ecdop_ref == ecdop_ref),
    )


def alike(person: PersonFacts, **shared: Any) -> Sequence[ChildDeathCase]:
    """The cases a person may read of deaths in the same quarter, age band, sex, ethnicity group and area."""
    return (
        current_session()
        .scalars(
            select(ChildDeathCase)
            .where(
                visible(person),
                ChildDeathCase.withdrawn_on.is_(None),
                *(getattr(ChildDeathCase, name) == value for name, value in shared.items()),
            )
            .order_by(ChildDeathCase.id)
        )
        .all()
    )


@behind(may_know_of)
def stage_row(ref: str, number: int) -> CaseStage:
    """The stage that was recorded of a case as its first, second … one. Raises NoResultFound."""
    return _numbered(CaseStage, ref, number)


@behind(may_know_of)
def wait(ref: str, number: int) -> Wait:
    """What a case was said to wait on first, second … . Raises NoResultFound."""
    return _numbered(Wait, ref, number)


def _numbered(kind: type[Numbered], ref: str, number: int) -> Numbered:
    if not 1 <= number <= HIGHEST_NUMBER:
        raise NoResultFound
    return (
        current_session()
        .scalars(
            select(kind)
            .join(kind.case)
            .where(ChildDeathCase.ref == ref)
            .order_by(kind.id)
            .offset(number - 1)
            .limit(1)
            .options(joinedload(kind.case))
        )
        .one()
    )


@dataclass(frozen=True)
class PauseOf:
    """A pause of a clock, with the case it belongs to."""

    case: ChildDeathCase
    pause: ClockPause
    number: int

    @property
    def facts(self) -> Facts:
        """What the policy decides by: the compartment of the case."""
        return self.case.facts


@behind(may_know_of)
def pause(ref: str, number: int) -> PauseOf:
    """The pause of a case's clocks that was recorded first, second … . Raises NoResultFound."""
    if not 1 <= number <= HIGHEST_NUMBER:
        raise NoResultFound
    row = (
        current_session()
        .scalars(
            select(ClockPause)
            .where(ClockPause.source_ref == ref)
            .order_by(ClockPause.id)
            .offset(number - 1)
            .limit(1)
        )
        .one()
    )
    return PauseOf(case(ref), row, number)


def referral_of_review(review_id: int) -> Referral | None:
    """The referral that a review was opened by, with its case; null for every other review."""
    return (
        current_session()
        .scalars(select(Referral).where(Referral.review_id == review_id).options(joinedload(Referral.case)))
        .first()
    )


def open_cases(*, after_id: int, limit: int) -> Sequence[ChildDeathCase]:
    """The next so many open cases past a row number, kept from every other writer, for the day's job."""
    return (
        current_session()
        .scalars(
            select(ChildDeathCase)
            .where(ChildDeathCase.is_open, ChildDeathCase.id > after_id)
            .options(*what_clocks_need())
            .order_by(ChildDeathCase.id)
            .limit(limit)
            .with_for_update(of=ChildDeathCase)
        )
        .all()
    )
