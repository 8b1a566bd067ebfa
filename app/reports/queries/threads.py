"""Reviews and actions with everything on their threads, in as many queries however much that is."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app.accounts.models import Source
from app.accounts.policy import PersonFacts
from app.actions.models import (
    Action,
    ActionStep,
    ActionUpdate,
    ColourOverride,
    DateChange,
    Evidence,
    ExtensionRequest,
    ImpactLook,
    ImpactStatement,
    NotForUs,
    OwnerChange,
    SignOff,
    Succession,
)
from app.actions.models.evidence import EvidenceFile, EvidenceReturn
from app.actions.queries.visible import may_know_of
from app.audit.models import AuditEntry
from app.cdop.models import Panel
from app.core.access import behind
from app.core.database import current_session
from app.lessons.models import Lesson, Recommendation, lesson_theme
from app.lessons.queries import visible
from app.outbox.models import OutboxMessage
from app.reminders.models import Reminder
from app.reports.queries.loading import named, who_and_where
from app.reviews import queries as reviews
from app.reviews.models import Review, ReviewStage


def _may_know_of_review(person: PersonFacts, *, ref: str) -> bool:
    known = select(Review.id).where(Review.ref == ref, reviews.visible(person))
    return current_session().scalar(known) is not None


def _may_know_of_lesson(person: PersonFacts, *, ref: str) -> bool:
    known = select(Lesson.id).join(Lesson.source).where(Lesson.ref == ref, visible(person))
    return current_session().scalar(known) is not None


@behind(_may_know_of_review)
def review_thread(ref: str) -> Review:
    """A review with everything on its thread. Raises NoResultFound."""
    return (
        current_session()
        .scalars(
            select(Review)
            .where(Review.ref == ref)
            .options(
                joinedload(Source.group),
                joinedload(Review.regime),
                selectinload(Review.areas),
                selectinload(Review.stages).options(
                    joinedload(ReviewStage.stage), named(ReviewStage.recorded_by)
                ),
                selectinload(Review.audited_cases),
                selectinload(Review.figures),
                *on_the_thread_of(Review),
            )
        )
        .one()
    )


@behind(may_know_of)
def action_thread(ref: str) -> Action:
    """An action with everything that ever happened to it. Raises NoResultFound."""
    return (
        current_session()
        .scalars(
            select(Action)
            .where(Action.ref == ref)
            .options(
                joinedload(Action.source).joinedload(Source.group),
                *who_and_where(),
                selectinload(Action.lessons).selectinload(Lesson.themes),
                selectinload(Action.recommendations),
                selectinload(Action.evidence).options(
                    named(Evidence.added_by),
                    selectinload(Evidence.files).joinedload(EvidenceFile.stored_file),
                    selectinload(Evidence.returns).options(named(EvidenceReturn.returned_by)),
                ),
                selectinload(Action.impact_statements).options(
                    named(ImpactStatement.stated_by),
                    named(ImpactStatement.decided_by),
                    selectinload(ImpactStatement.evidence),
                ),
                selectinload(Action.impact_looks).joinedload(ImpactLook.statement),
                *_course(),
                *_what_happened(),
            )
        )
        .one()
    )


def _course() -> list[Any]:
    """Who had an action, what it goes on in and came from, and the colours declared for it."""
    return [
        joinedload(Action.parent).options(joinedload(Action.source), selectinload(Action.reminders)),
        selectinload(Action.owner_changes).options(
            joinedload(OwnerChange.from_agency),
            joinedload(OwnerChange.to_agency),
            named(OwnerChange.from_owner),
            named(OwnerChange.to_owner),
            named(OwnerChange.changed_by),
        ),
        selectinload(Action.not_for_us).options(
            named(NotForUs.said_by), joinedload(NotForUs.suggested_agency), named(NotForUs.decided_by)
        ),
        selectinload(Action.successions).joinedload(Succession.successor),
        selectinload(Action.predecessors).joinedload(Succession.action),
        selectinload(Action.colour_overrides).options(named(ColourOverride.declared_by)),
    ]


@behind(_may_know_of_lesson)
def lesson_thread(ref: str) -> Lesson:
    """A lesson with everything that answers it. Raises NoResultFound."""
    return (
        current_session()
        .scalars(
            select(Lesson)
            .where(Lesson.ref == ref)
            .options(
                joinedload(Lesson.source).joinedload(Source.group),
                joinedload(Lesson.audited_case),
                named(Lesson.cleared_by),
                selectinload(Lesson.themes),
                selectinload(Lesson.recommendations),
                selectinload(Lesson.actions).options(*_with_an_action()),
            )
        )
        .one()
    )


def found_before(lesson: Lesson, person: PersonFacts, *, limit: int) -> Sequence[Lesson]:
    """Lessons of other sources about a theme of this one that the person may read, the latest first."""
    themes = [theme.id for theme in lesson.themes]
    if not themes:
        return []
    about = select(lesson_theme.c.lesson_id).where(lesson_theme.c.theme_id.in_(themes)).scalar_subquery()
    statement = (
        select(Lesson)
        .join(Lesson.source)
        .where(
            visible(person),
            Lesson.id.in_(about),
            Lesson.source_id != lesson.source_id,
            Lesson.withdrawn_on.is_(None),
            Lesson.kind == lesson.kind,
        )
        .options(contains_eager(Lesson.source), selectinload(Lesson.themes))
        .order_by(Lesson.found_on.desc(), Lesson.ref)
        .limit(limit)
    )
    return current_session().scalars(statement).all()


def on_the_thread_of(source: type[Review | Panel]) -> list[Any]:
    """What a source of either kind taught, what was recommended, and the actions that answer these."""
    learned = selectinload(source.lessons)
    return [
        learned.selectinload(Lesson.themes),
        learned.selectinload(Lesson.recommendations),
        learned.options(named(Lesson.cleared_by)),
        selectinload(source.recommendations).options(named(Recommendation.responded_by)),
        selectinload(source.actions).options(*_with_an_action()),
    ]


def _with_an_action() -> list[Any]:
    """What the thread of something else tells of an action that answers it."""
    return [
        *who_and_where(),
        selectinload(Action.lessons),
        selectinload(Action.recommendations),
        selectinload(Action.evidence),
        selectinload(Action.impact_statements),
        selectinload(Action.impact_looks),
        *_what_happened(),
    ]


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
    """The day of the first audit entry about a record or its thread; before it, only records speak."""
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
