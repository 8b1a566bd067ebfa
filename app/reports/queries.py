"""Every question that threads and homes ask, each in as many queries however much it finds.

What a person may not read is left out of lists and of counts alike. Counts stop at ``MOST_COUNTED``, so that a
home costs the same whatever the tables hold.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, contains_eager, joinedload, lazyload, selectinload

from app.accounts.models import Agency, Group, Person
from app.accounts.policy import Sharing
from app.actions.models import Action, ActionStep, ActionUpdate, DateChange, Evidence, ExtensionRequest, SignOff
from app.actions.rules.lifecycle import CLOSED, OPEN, Status
from app.audit.models import AuditEntry
from app.clocks.models import Stage
from app.core.database import current_session
from app.lessons.models import Lesson, LessonKind, Recommendation, Response, Theme, lesson_theme
from app.outbox.models import OutboxMessage, State
from app.reminders.models import Reminder
from app.reports.rules import SOON_DAYS
from app.reviews.models import Review, ReviewStage

#: A figure counts up to this many and then says that there are more.
MOST_COUNTED = 1_000

_CLOSED = [str(status) for status in CLOSED]


def review_thread(ref: str) -> Review:
    """A review with everything on its thread. Raises NoResultFound."""
    answering = selectinload(Review.actions)
    learned = selectinload(Review.lessons)
    return current_session().scalars(
        select(Review)
        .where(Review.ref == ref)
        .options(
            joinedload(Review.group),
            joinedload(Review.regime),
            selectinload(Review.areas),
            selectinload(Review.stages).options(
                joinedload(ReviewStage.stage), named(ReviewStage.recorded_by)
            ),
            selectinload(Review.audited_cases),
            selectinload(Review.figures),
            learned.selectinload(Lesson.themes),
            learned.selectinload(Lesson.recommendations),
            learned.options(named(Lesson.cleared_by)),
            selectinload(Review.recommendations).options(named(Recommendation.responded_by)),
            answering.options(
                *_who_and_where(),
                selectinload(Action.lessons),
                selectinload(Action.recommendations),
                selectinload(Action.evidence),
                *_what_happened(),
            ),
        )
    ).one()


def action_thread(ref: str) -> Action:
    """An action with everything that ever happened to it. Raises NoResultFound."""
    return current_session().scalars(
        select(Action)
        .where(Action.ref == ref)
        .options(
            joinedload(Action.review).joinedload(Review.group),
            *_who_and_where(),
            selectinload(Action.lessons).selectinload(Lesson.themes),
            selectinload(Action.recommendations),
            selectinload(Action.evidence).options(named(Evidence.added_by)),
            *_what_happened(),
        )
    ).one()


def named(relationship: InstrumentedAttribute[Any]) -> Any:
    """Load the person a row names; what they may do is not asked."""
    return joinedload(relationship).options(lazyload(Person.assignments), lazyload(Person.seats))


def _who_and_where() -> list[Any]:
    return [joinedload(Action.agency), named(Action.owner), joinedload(Action.group)]


def _what_happened() -> list[Any]:
    """The steps of an action with the people who made them, and the reminders sent about it."""
    return [
        selectinload(Action.steps).options(named(ActionStep.taken_by)),
        selectinload(Action.updates).options(named(ActionUpdate.written_by)),
        selectinload(Action.sign_offs).options(named(SignOff.sent_by), named(SignOff.decided_by)),
        selectinload(Action.extension_requests).options(
            named(ExtensionRequest.asked_by), named(ExtensionRequest.decided_by)
        ),
        selectinload(Action.date_changes).options(named(DateChange.decided_by)),
        selectinload(Action.reminders).options(
            named(Reminder.recipient),
            joinedload(Reminder.message).load_only(OutboxMessage.state, OutboxMessage.sent_at),
        ),
    ]


def first_entry_on(kind: str, ref: str) -> date | None:
    """The day of the first audit entry about a record or its thread; before it, only the record itself speaks."""
    own = and_(AuditEntry.subject_kind == kind, AuditEntry.subject_ref == ref)
    # Asked apart, so that each follows its own index to its first entry.
    days = [
        current_session().scalar(
            select(AuditEntry.business_on)
            .where(condition, AuditEntry.is_read.is_(False))
            .order_by(AuditEntry.id)
            .limit(1)
        )
        for condition in (own, AuditEntry.source_ref == ref)
    ]
    return min((day for day in days if day is not None), default=None)


# What homes show


@dataclass(frozen=True)
class Scope:
    """Whose actions a home is about: those of some groups, or of all."""

    #: Row numbers of the groups; None for all groups.
    group_ids: frozenset[int] | None

    def of_actions(self) -> list[ColumnElement[bool]]:
        """The condition that picks the scope's actions."""
        return [] if self.group_ids is None else [Action.group_id.in_(sorted(self.group_ids))]

    def of_reviews(self) -> list[ColumnElement[bool]]:
        """The condition that picks the scope's reviews."""
        return [] if self.group_ids is None else [Review.group_id.in_(sorted(self.group_ids))]


ALL = Scope(None)


def capped(statement: Select[Any]) -> int:
    """How many rows there are; one more than ``MOST_COUNTED`` stands for all above it."""
    some = statement.limit(MOST_COUNTED + 1).subquery()
    return current_session().scalar(select(func.count()).select_from(some)) or 0


def reviews_in_progress(scope: Scope) -> int:
    """How many reviews have not reached the last stage of their pathway."""
    return capped(_in_progress(select(Review.id), scope))


def _in_progress(statement: Select[Any], scope: Scope) -> Select[Any]:
    over = select(Stage.id).where(
        Stage.regime_id == Review.regime_id, Stage.code == Review.stage_code, Stage.is_final
    )
    return statement.where(*scope.of_reviews(), Review.withdrawn_on.is_(None), ~over.exists())


def open_recommendations(scope: Scope, on: date, *, late: bool = False) -> Select[tuple[Recommendation]]:
    """The recommendations that still ask for something; on request only those with an action that is late."""
    statement = (
        select(Recommendation)
        .join(Recommendation.review)
        .where(
            *scope.of_reviews(),
            Review.withdrawn_on.is_(None),
            Recommendation.withdrawn_on.is_(None),
            or_(Recommendation.response.is_(None), Recommendation.response != Response.REJECTED),
        )
    )
    if late:
        return statement.where(Recommendation.actions.any(and_(Action.is_open, Action.sort_due_on < on)))
    unfinished = Recommendation.actions.any(Action.status.not_in(_CLOSED))
    return statement.where(or_(unfinished, ~Recommendation.actions.any()))


def listed_recommendations(scope: Scope, on: date, *, late: bool) -> Sequence[Recommendation]:
    """The open recommendations with their reviews and actions, by review and number; at most as many as counted."""
    return current_session().scalars(
        open_recommendations(scope, on, late=late)
        .options(
            contains_eager(Recommendation.review).joinedload(Review.group),
            selectinload(Recommendation.actions).options(*_for_the_policy()),
        )
        .order_by(Review.ref, Recommendation.id)
        .limit(MOST_COUNTED)
    ).all()


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


_OPEN = [str(status) for status in OPEN]


def actions_late(scope: Scope, on: date) -> int:
    """How many actions are past due and not sent for sign-off."""
    return capped(
        select(Action.id).where(*scope.of_actions(), Action.is_open, Action.sort_due_on < on)
    )


def drafts_waiting(scope: Scope, *, limit: int) -> Sequence[Action]:
    """Actions that nobody has agreed yet, the oldest first."""
    return current_session().scalars(
        select(Action)
        .where(*scope.of_actions(), Action.status == Status.DRAFT)
        .order_by(Action.ref)
        .limit(limit)
        .options(*_for_the_policy())
    ).all()


def waiting_sign_offs(scope: Scope, *, limit: int) -> Sequence[SignOff]:
    """The sign-offs that wait, the longest first."""
    return current_session().scalars(
        select(SignOff)
        .join(SignOff.action)
        .where(*scope.of_actions(), Action.status == Status.SUBMITTED, SignOff.decision.is_(None))
        .order_by(SignOff.sent_on, SignOff.id)
        .limit(limit)
        .options(contains_eager(SignOff.action).options(*_for_the_policy()), named(SignOff.sent_by))
    ).all()


def waiting_extensions(scope: Scope, *, limit: int) -> Sequence[ExtensionRequest]:
    """The requests for more time that wait, the longest first."""
    return current_session().scalars(
        select(ExtensionRequest)
        .join(ExtensionRequest.action)
        .where(*scope.of_actions(), ExtensionRequest.decision.is_(None), Action.status.in_(_OPEN))
        .order_by(ExtensionRequest.asked_on, ExtensionRequest.id)
        .limit(limit)
        .options(
            contains_eager(ExtensionRequest.action).options(*_for_the_policy()),
            named(ExtensionRequest.asked_by),
        )
    ).all()


def unanswered_recommendations(scope: Scope, *, limit: int) -> Sequence[Recommendation]:
    """Recommendations to which the partnership has not responded, the oldest first."""
    return current_session().scalars(
        select(Recommendation)
        .join(Recommendation.review)
        .where(
            *scope.of_reviews(),
            Review.withdrawn_on.is_(None),
            Recommendation.withdrawn_on.is_(None),
            Recommendation.response.is_(None),
        )
        .order_by(Recommendation.made_on, Recommendation.id)
        .limit(limit)
        .options(contains_eager(Recommendation.review).joinedload(Review.group))
    ).all()


def slipping(scope: Scope, on: date, *, limit: int) -> Sequence[Action]:
    """What is late, or due later than first agreed, first what is due first."""
    return current_session().scalars(
        select(Action)
        .where(
            *scope.of_actions(),
            Action.is_open,
            or_(Action.sort_due_on < on, Action.due_on > Action.first_due_on),
        )
        .order_by(Action.sort_due_on, Action.ref)
        .limit(limit)
        .options(*_who_and_where())
    ).all()


def owed(condition: ColumnElement[bool], *, limit: int) -> Sequence[Action]:
    """What an owner or an agency owes, first what is due first."""
    return current_session().scalars(
        select(Action)
        .where(condition, Action.is_open)
        .order_by(Action.sort_due_on, Action.ref)
        .limit(limit)
        .options(*_for_the_policy())
    ).all()


def sent(condition: ColumnElement[bool], *, limit: int) -> Sequence[Action]:
    """What an owner or an agency has sent for sign-off, the longest wait first."""
    return current_session().scalars(
        select(Action)
        .where(condition, Action.status == Status.SUBMITTED)
        .order_by(Action.submitted_on, Action.ref)
        .limit(limit)
        .options(*_for_the_policy())
    ).all()


def _for_the_policy() -> list[Any]:
    """What rows about an action name, and what the policy asks for."""
    return [
        *_who_and_where(),
        selectinload(Action.reminders),
        selectinload(Action.sign_offs),
        selectinload(Action.extension_requests),
    ]


#: That an action is open again because its sign-off was returned.
IS_RETURNED = and_(Action.status == Status.IN_PROGRESS, Action.return_count > 0)


@dataclass(frozen=True)
class OwedCounts:
    """How much an owner or an agency owes, each counted up to ``MOST_COUNTED``."""

    open: int
    late: int
    #: Not late, and in the owner's hands again because the sign-off was returned.
    returned: int
    #: Neither late nor returned, and due within the days that count as soon.
    soon: int
    sent: int


def owed_counts(condition: ColumnElement[bool], on: date) -> OwedCounts:
    """The figures of an owner or an agency."""
    some = select(Action.id).where(condition, Action.is_open)
    last = date.fromordinal(on.toordinal() + SOON_DAYS)
    return OwedCounts(
        open=capped(some),
        late=capped(some.where(Action.sort_due_on < on)),
        returned=capped(some.where(Action.sort_due_on >= on, IS_RETURNED)),
        soon=capped(some.where(Action.sort_due_on.between(on, last), ~IS_RETURNED)),
        sent=capped(select(Action.id).where(condition, Action.status == Status.SUBMITTED)),
    )


def agencies(ids: Collection[int]) -> Sequence[Agency]:
    """The agencies with these row numbers, by name."""
    return current_session().scalars(
        select(Agency).where(Agency.id.in_(sorted(ids))).order_by(Agency.name, Agency.id)
    ).all()


def groups(ids: Collection[int]) -> Sequence[Group]:
    """The groups with these row numbers, by name."""
    return current_session().scalars(
        select(Group).where(Group.id.in_(sorted(ids))).order_by(Group.name, Group.id)
    ).all()


def groups_by_ref(ref: str | None) -> Sequence[Group]:
    """The group of that name; nothing for no name, and for one that no group has."""
    return current_session().scalars(select(Group).where(Group.ref == ref)).all() if ref else ()


def newest_lessons(*, limit: int) -> Sequence[Lesson]:
    """The lessons published last."""
    return current_session().scalars(
        select(Lesson)
        .where(
            Lesson.sharing == Sharing.PUBLISHED,
            Lesson.withdrawn_on.is_(None),
            Lesson.kind == LessonKind.LESSON,
        )
        .order_by(Lesson.published_on.desc(), Lesson.ref)
        .limit(limit)
        .options(selectinload(Lesson.themes), joinedload(Lesson.review))
    ).all()


def themes_of_published_lessons(*, limit: int) -> Sequence[tuple[Theme, int]]:
    """The themes that most published lessons are about, each with their number."""
    number = func.count(Lesson.id)
    rows = current_session().execute(
        select(Theme, number)
        .join(lesson_theme, lesson_theme.c.theme_id == Theme.id)
        .join(Lesson, Lesson.id == lesson_theme.c.lesson_id)
        .where(Lesson.sharing == Sharing.PUBLISHED, Lesson.withdrawn_on.is_(None))
        .group_by(Theme.id)
        .order_by(number.desc(), Theme.name)
        .limit(limit)
    )
    return [(theme, count) for theme, count in rows]


def messages_in_trouble() -> dict[str, int]:
    """How many messages failed, and how many nobody knows to have arrived."""
    rows = current_session().execute(
        select(OutboxMessage.state, func.count())
        .where(OutboxMessage.state.in_([State.FAILED, State.UNCERTAIN]))
        .group_by(OutboxMessage.state)
    )
    return {state: count for state, count in rows}
