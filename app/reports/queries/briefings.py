"""What homes ask about briefings: the latest issue, those under way, what came of them, and who gets them.

Each answer costs the same however many issues and readers there are, but for the number of readers, which an
index counts.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sqlalchemy import Select, case, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.cases import filters
from app.accounts.models import Source
from app.accounts.policy import PersonFacts, Sharing
from app.actions.models import Action
from app.briefings import rules
from app.briefings.models import (
    BriefingIssue,
    BriefingItem,
    BriefingResult,
    CascadeReceipt,
    Feedback,
    IssueAuthor,
    IssueState,
    LearningEvent,
    Subscriber,
)
from app.briefings.queries import briefed, went_out_first
from app.core.database import current_session
from app.lessons.models import Lesson, LessonKind

#: The states of an issue that is not out, the furthest first.
_ON_ITS_WAY = (
    IssueState.SENDING,
    IssueState.PAUSED,
    IssueState.SCHEDULED,
    IssueState.CLEARED,
    IssueState.CHECKED,
    IssueState.DRAFT,
)


def latest_issue() -> BriefingIssue | None:
    """The issue that went out last, with what stands in it.

    Not one whose sending was stopped for good, nor one that brings an earlier one again to some.
    """
    statement = (
        select(BriefingIssue)
        .where(
            BriefingIssue.state.in_(rules.OUT),
            BriefingIssue.sent_on.is_not(None),
            BriefingIssue.brings_again_id.is_(None),
        )
        .order_by(BriefingIssue.sent_on.desc(), BriefingIssue.id.desc())
        .options(selectinload(BriefingIssue.items).selectinload(BriefingItem.audiences))
    )
    return current_session().scalars(statement.limit(1)).first()


def has_issue_of(period: str) -> bool:
    """Whether the month's own issue was drafted."""
    drafted = select(BriefingIssue.id).where(BriefingIssue.period == period, BriefingIssue.number == 1)
    return current_session().scalar(drafted) is not None


def issues_under_way(*, limit: int) -> Sequence[BriefingIssue]:
    """The issues that are written, wait, or are being sent, the latest first."""
    done = (IssueState.SENT, IssueState.CANCELLED)
    statement = _with_authors().where(BriefingIssue.state.not_in(done))
    return current_session().scalars(statement.order_by(BriefingIssue.id.desc()).limit(limit)).all()


def issues_to_clear(person_id: int, *, limit: int) -> Sequence[BriefingIssue]:
    """The issues that wait for a second person who is not this one, the longest first."""
    wrote = BriefingIssue.authors.any(IssueAuthor.person_id == person_id)
    statement = (
        select(BriefingIssue)
        .where(
            BriefingIssue.state == IssueState.CHECKED,
            ~wrote,
            BriefingIssue.checked_by_id.is_distinct_from(person_id),
        )
        .order_by(BriefingIssue.checked_on, BriefingIssue.id)
        .options(joinedload(BriefingIssue.checked_by))
    )
    return current_session().scalars(statement.limit(limit)).all()


def _with_authors() -> Select[BriefingIssue]:
    return select(BriefingIssue).options(selectinload(BriefingIssue.authors))


def issue_that_follows() -> BriefingIssue | None:
    """The issue that goes out next: what is furthest on its way; of those as far, the month's own first."""
    place = case({str(state): place for place, state in enumerate(_ON_ITS_WAY)}, value=BriefingIssue.state)
    statement = (
        _with_authors()
        .where(BriefingIssue.state.in_(_ON_ITS_WAY))
        .order_by(place, BriefingIssue.number, BriefingIssue.id)
        .options(joinedload(BriefingIssue.corrects))
    )
    return current_session().scalars(statement.limit(1)).first()


def training_ahead(*, on: date, limit: int) -> Sequence[LearningEvent]:
    """The learning events that come next."""
    statement = (
        select(LearningEvent)
        .where(LearningEvent.withdrawn_on.is_(None), LearningEvent.held_on >= on)
        .order_by(LearningEvent.held_on, LearningEvent.id)
        .limit(limit)
    )
    return current_session().scalars(statement).all()


def never_briefed(facts: PersonFacts) -> Select[Lesson]:
    """The lessons that may be told and went out in no issue, the latest cleared first."""
    return (
        select(Lesson)
        .join(Lesson.source)
        .where(
            Lesson.kind == LessonKind.LESSON,
            Lesson.sharing.in_((Sharing.CLEARED, Sharing.PUBLISHED)),
            Lesson.withdrawn_on.is_(None),
            Source.withdrawn_on.is_(None),
            # Of a case they have a conflict of interest in, people read what everybody does.
            or_(filters.without_conflict(facts), Lesson.sharing == Sharing.PUBLISHED),
            ~briefed(BriefingItem.lesson_id, Lesson.id),
        )
        .order_by(Lesson.cleared_on.desc(), Lesson.id.desc())
    )


def listed_never_briefed(facts: PersonFacts, *, limit: int) -> Sequence[Lesson]:
    """The first of those lessons."""
    return current_session().scalars(never_briefed(facts).limit(limit)).all()


def teams_that_discussed(issue_id: int, agency_ids: Collection[int]) -> int:
    """How many teams of these agencies said that they talked about an issue."""
    return (
        current_session().scalar(
            select(func.count(CascadeReceipt.id)).where(
                CascadeReceipt.issue_id == issue_id,
                CascadeReceipt.agency_id.in_(agency_ids),
                CascadeReceipt.withdrawn_on.is_(None),
            )
        )
        or 0
    )


def actions_briefed(action_ids: Collection[int]) -> Mapping[int, Sequence[BriefingIssue]]:
    """The issues that told of each action itself, the latest first."""
    if not action_ids:
        return {}
    rows = current_session().execute(
        select(Action.id, BriefingIssue)
        .join(BriefingItem, BriefingItem.action_id == Action.id)
        .join(BriefingItem.issue)
        .where(Action.id.in_(action_ids), went_out_first())
        .order_by(BriefingIssue.sent_on.desc(), BriefingIssue.id.desc())
    )
    found: dict[int, list[BriefingIssue]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(row[1])
    return found


def results_of(issue_id: int) -> Mapping[int, BriefingResult]:
    """What was written down of an issue for all readers together, by the number of days after it went out."""
    statement = select(BriefingResult).where(
        BriefingResult.issue_id == issue_id,
        BriefingResult.agency_id.is_(None),
        BriefingResult.audience_id.is_(None),
    )
    return {each.after_days: each for each in current_session().scalars(statement)}


def questions_asked(*, limit: int) -> Sequence[Feedback]:
    """What readers wrote and no editor has dealt with, the oldest first."""
    statement = (
        select(Feedback)
        .where(Feedback.words != "", Feedback.settled_on.is_(None))
        .order_by(Feedback.id)
        .limit(limit)
        .options(selectinload(Feedback.issue))
    )
    return current_session().scalars(statement).all()


def readers() -> Mapping[str, int]:
    """How many subscribers there are in each state."""
    rows = current_session().execute(select(Subscriber.state, func.count()).group_by(Subscriber.state))
    return {row[0]: row[1] for row in rows}
