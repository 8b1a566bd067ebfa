"""What homes count and list.

What a person may not read is left out of lists and of counts alike. Counts stop at ``MOST_COUNTED``, so that
a home costs the same whatever the tables hold.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, contains_eager, selectinload

from app.accounts.cases import filters
from app.accounts.models import Source
from app.accounts.policy import NOTHING, READS_ALL_CASES, PersonFacts
from app.actions import queries as actions
from app.actions.challenges import queries as challenges
from app.actions.models import Action, Challenge, ExtensionRequest, ImpactLook
from app.actions.rules.impact import LOOK_AFTER_MONTHS
from app.actions.rules.lifecycle import CLOSED, OPEN, Status
from app.core import paging
from app.core.database import current_session
from app.core.paging import MOST_COUNTED
from app.lessons.models import Recommendation, Response
from app.reports.queries.loading import for_the_policy, who_and_where
from app.reports.rules import SOON_DAYS
from app.reviews import queries as reviews
from app.reviews.models import Review

_OPEN = [str(status) for status in OPEN]
_CLOSED = [str(status) for status in CLOSED]

#: What was sent; an agency’s is found by its own index of where actions stand.
_SENT = (Action.status == Status.SUBMITTED,)


@dataclass(frozen=True)
class Scope:
    """Whose actions a home is about: those of some groups, or of all, as far as the person may read them."""

    person: PersonFacts
    #: Row numbers of the groups; None for all groups.
    group_ids: frozenset[int] | None = None

    @classmethod
    def of(cls, person: PersonFacts) -> "Scope":
        """Everything for those who read all cases, and for others what the groups they sit on oversee."""
        return cls(person, None if READS_ALL_CASES(person, NOTHING) else person.member_of)

    def narrowed(self, group_id: int) -> "Scope":
        """The same for one group only."""
        ids = frozenset({group_id})
        return Scope(self.person, ids if self.group_ids is None else ids & self.group_ids)

    def of_actions(self) -> list[ColumnElement[bool]]:
        """The condition that picks the scope's actions."""
        return [*self._of(Action.group_id), actions.in_open_cases(self.person)]

    def of_sources(self) -> list[ColumnElement[bool]]:
        """The condition that picks the scope's sources, of whichever kind they are."""
        return [*self._of(Source.group_id), filters.in_open_cases(self.person)]

    def _of(self, group_id: InstrumentedAttribute[int]) -> list[ColumnElement[bool]]:
        return [] if self.group_ids is None else [group_id.in_(sorted(self.group_ids))]


def capped(statement: Select[Any]) -> int:
    """How many rows there are; one more than ``MOST_COUNTED`` stands for all above it."""
    return paging.capped(current_session(), statement)


def reviews_in_progress(scope: Scope) -> int:
    """How many reviews have not reached the last stage of their pathway."""
    return capped(
        select(Review.id).where(*scope.of_sources(), Review.withdrawn_on.is_(None), reviews.in_progress())
    )


def open_recommendations(scope: Scope, on: date, *, late: bool = False) -> Select[Any]:
    """The recommendations that still ask for something; on request only those with an action that is late."""
    statement = (
        select(Recommendation)
        .join(Recommendation.source)
        .where(
            *scope.of_sources(),
            Source.withdrawn_on.is_(None),
            Recommendation.withdrawn_on.is_(None),
            or_(Recommendation.response.is_(None), Recommendation.response != Response.REJECTED),
        )
    )
    if late:
        return statement.where(Recommendation.actions.any(and_(Action.is_open, Action.sort_due_on < on)))
    unfinished = Recommendation.actions.any(Action.status.not_in(_CLOSED))
    # What was withdrawn answers nothing.
    return statement.where(or_(unfinished, ~Recommendation.actions.any(Action.status != Status.WITHDRAWN)))


def listed_recommendations(scope: Scope, on: date, *, late: bool) -> Sequence[Recommendation]:
    """The open recommendations with their reviews and actions; at most as many as are counted."""
    return (
        current_session()
        .scalars(
            open_recommendations(scope, on, late=late)
            .options(
                contains_eager(Recommendation.source).joinedload(Source.group),
                selectinload(Recommendation.actions).options(*for_the_policy()),
            )
            .order_by(Source.ref, Recommendation.id)
            .limit(MOST_COUNTED)
        )
        .all()
    )


def sign_offs_waiting(scope: Scope) -> tuple[int, date | None]:
    """How many sign-offs wait on the scope's groups, and the day the oldest was sent."""
    some = (
        select(Action.submitted_on)
        .where(*scope.of_actions(), Action.status == Status.SUBMITTED)
        .limit(MOST_COUNTED + 1)
        .subquery()
    )
    count, oldest = current_session().execute(select(func.count(), func.min(some.c.submitted_on))).one()
    return count, oldest


def extensions_waiting(scope: Scope) -> int:
    """How many requests for more time about the scope's actions nobody has decided."""
    return capped(
        select(ExtensionRequest.id)
        .join(ExtensionRequest.action)
        .where(*scope.of_actions(), ExtensionRequest.decision.is_(None), Action.status.in_(_OPEN))
    )


def actions_late(scope: Scope, on: date) -> int:
    """How many actions are past due and not sent for sign-off."""
    return capped(select(Action.id).where(*scope.of_actions(), Action.is_open, Action.sort_due_on < on))


def looks_due(scope: Scope, on: date, *, within_days: int) -> int:
    """At how many actions somebody has to look by so many days from today; -1 for those that are late.

    One look answers all that are owed on an action, and the register that this leads to lists actions.
    """
    last = date.fromordinal(on.toordinal() + within_days)
    some = (
        select(ImpactLook.action_id)
        .join(ImpactLook.action)
        .where(ImpactLook.is_open, ImpactLook.due_on <= last, *scope.of_actions())
        # So many rows are of enough actions, as there are no more looks on one.
        .limit(len(LOOK_AFTER_MONTHS) * (MOST_COUNTED + 1))
        .subquery()
    )
    found = current_session().scalar(select(func.count(some.c.action_id.distinct()))) or 0
    return min(found, MOST_COUNTED + 1)


def challenges_open(scope: Scope, *, late_on: date | None = None) -> int:
    """How many challenges are open that the person may read; of those whose answer is late on a day."""
    statement = (
        select(Challenge.id)
        .outerjoin(Challenge.source)
        .where(Challenge.closed_on.is_(None), challenges.visible(scope.person))
    )
    if late_on is not None:
        statement = statement.where(Challenge.answer_by_on < late_on)
    if scope.group_ids is not None:
        statement = statement.where(Challenge.group_id.in_(sorted(scope.group_ids)))
    return capped(statement)


def drafts_waiting(scope: Scope, *, limit: int) -> Sequence[Action]:
    """Actions that nobody has agreed yet, the oldest first."""
    return (
        current_session()
        .scalars(
            select(Action)
            .where(*scope.of_actions(), Action.status == Status.DRAFT)
            .order_by(Action.ref)
            .limit(limit)
            .options(*for_the_policy())
        )
        .all()
    )


def unanswered_recommendations(scope: Scope, *, limit: int) -> Sequence[Recommendation]:
    """Recommendations to which the partnership has not responded, the oldest first."""
    return (
        current_session()
        .scalars(
            select(Recommendation)
            .join(Recommendation.source)
            .where(
                *scope.of_sources(),
                Source.withdrawn_on.is_(None),
                Recommendation.withdrawn_on.is_(None),
                Recommendation.response.is_(None),
            )
            .order_by(Recommendation.made_on, Recommendation.id)
            .limit(limit)
            .options(contains_eager(Recommendation.source).joinedload(Source.group))
        )
        .all()
    )


def slipping(scope: Scope, on: date, *, limit: int) -> Sequence[Action]:
    """What is late, or due later than first agreed, first what is due first."""
    return (
        current_session()
        .scalars(
            select(Action)
            .where(
                *scope.of_actions(),
                Action.is_open,
                or_(Action.sort_due_on < on, Action.due_on > Action.first_due_on),
            )
            .order_by(Action.sort_due_on, Action.ref)
            .limit(limit)
            .options(*who_and_where())
        )
        .all()
    )


def owed(condition: ColumnElement[bool], *, limit: int) -> Sequence[Action]:
    """What an owner or an agency owes, first what is due first."""
    return (
        current_session()
        .scalars(
            select(Action)
            .where(condition, Action.is_open)
            .order_by(Action.sort_due_on, Action.ref)
            .limit(limit)
            .options(*for_the_policy(), selectinload(Action.not_for_us))
        )
        .all()
    )


def sent(condition: ColumnElement[bool], *, limit: int) -> Sequence[Action]:
    """What an owner or an agency has sent for sign-off, the longest wait first."""
    return (
        current_session()
        .scalars(
            select(Action)
            .where(condition, *_SENT)
            .order_by(Action.submitted_on, Action.ref)
            .limit(limit)
            .options(*for_the_policy())
        )
        .all()
    )


#: That an open action is open because its sign-off was returned. Said by what it is not, so that no database
#: walks everything in progress to find it.
IS_RETURNED = and_(Action.status.not_in([Status.AGREED, Status.REOPENED]), Action.return_count > 0)


@dataclass(frozen=True)
class AgencyCounts:
    """How much an agency owes, each counted up to ``MOST_COUNTED``."""

    open: int
    late: int
    #: Due within the days that count as soon.
    soon: int
    sent: int
    #: Not acknowledged in the days there are for it.
    unacknowledged: int


@dataclass(frozen=True)
class OwedCounts:
    """How much an owner owes, each counted up to ``MOST_COUNTED``."""

    open: int
    late: int
    #: Not late, and in the owner's hands again because the sign-off was returned.
    returned: int
    #: Neither late nor returned, and due within the days that count as soon.
    soon: int
    sent: int


def agency_counts(condition: ColumnElement[bool], on: date) -> AgencyCounts:
    """The figures of an agency: as the register counts them, each by an index of the agency's."""
    some = select(Action.id).where(condition, Action.is_open)
    return AgencyCounts(
        open=capped(some),
        late=capped(some.where(Action.sort_due_on < on)),
        soon=capped(some.where(Action.sort_due_on.between(on, _last_soon(on)))),
        sent=capped(select(Action.id).where(condition, *_SENT)),
        unacknowledged=capped(select(Action.id).where(condition, actions.late_to_acknowledge(on))),
    )


def owed_counts(condition: ColumnElement[bool], on: date) -> OwedCounts:
    """The figures of an owner."""
    some = select(Action.id).where(condition, Action.is_open)
    return OwedCounts(
        open=capped(some),
        late=capped(some.where(Action.sort_due_on < on)),
        returned=capped(some.where(Action.sort_due_on >= on, IS_RETURNED)),
        soon=capped(some.where(Action.sort_due_on.between(on, _last_soon(on)), ~IS_RETURNED)),
        sent=capped(select(Action.id).where(condition, *_SENT)),
    )


def _last_soon(on: date) -> date:
    return date.fromordinal(on.toordinal() + SOON_DAYS)
