"""What may go into an issue: the candidates, and the words that an item is made of.

Nothing of a candidate is read but wording that may travel: what was cleared or published, training, and of an
action how far its impact reaches. Each question is answered by an index, however long the record is.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, true, union_all
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import contains_eager, selectinload

from app.accounts.cases import filters
from app.accounts.models import Source
from app.accounts.policy import PersonFacts, Sharing
from app.actions.models import Action, ImpactStatement, action_lesson
from app.actions.rules.impact import ImpactDecision, Level
from app.actions.rules.lifecycle import Status
from app.briefings.composing import rules
from app.briefings.composing.rules import Candidate, Kind
from app.briefings.models import (
    BriefingIssue,
    BriefingItem,
    EventKind,
    LearningEvent,
)
from app.briefings.queries import briefed, waits_in_an_issue
from app.core.database import current_session
from app.lessons.models import Lesson, LessonKind, lesson_theme
from app.reviews.models import Review, ReviewType

#: So many of each kind are shown; any other is added by its reference.
MOST_SHOWN = {Kind.LESSON: 40, Kind.ACTION: 20, Kind.EVENT: 20, Kind.SOURCE: 10}
#: So many of the lessons shown are those that have waited longest.
MOST_WAITING = 10
#: So many of the latest statements of impact are looked at.
MOST_CONFIRMED = 500
#: Of a theme so many of its latest lessons are looked at, to say how many reviews found it.
MOST_ABOUT = 60

#: Wording that may travel.
SHARED = (Sharing.CLEARED, Sharing.PUBLISHED)


@dataclass(frozen=True)
class Proposal:
    """A candidate with the record behind it and the words that an item is made of."""

    candidate: Candidate
    record: Lesson | Action | LearningEvent | Review
    #: What it is called on the editors' page.
    title: str
    why: str
    words: Mapping[str, Any]


def proposals(person: PersonFacts | None, *, on: date, issue: BriefingIssue | None = None) -> list[Proposal]:
    """What may go into an issue, in the order of the rules; without a person, what the system may take."""
    lessons = _lessons(person)
    found = [
        *_of_lessons(lessons, _finders(lessons)),
        *(_of_action(action) for action in _actions(person)),
        *(_of_event(event, told) for event, told in _events(on, issue)),
        *(_of_source(source) for source in _sources(person)),
    ]
    by_candidate = {proposal[0]: proposal for proposal in found}
    return [
        Proposal(candidate, record, title, rules.why(candidate, on=on), words)
        for candidate, record, title, words in (
            by_candidate[each] for each in rules.ranked(by_candidate, on=on)
        )
    ]


def proposal(person: PersonFacts, ref: str, *, on: date) -> Proposal:
    """What an item about the record of a reference would be made of. Raises NoResultFound.

    Also for what is not among those shown: an older lesson, or one that was briefed before.
    """
    session = current_session()
    lesson = session.scalars(_shared_lessons(person).where(Lesson.ref == ref)).one_or_none()
    if lesson is not None:
        found = next(_of_lessons([lesson], _finders([lesson])))
    elif (action := session.scalars(_closed_actions(person).where(Action.ref == ref)).first()) is not None:
        found = _of_action(action)
    elif (event := session.scalars(_coming_events(on).where(LearningEvent.ref == ref)).first()) is not None:
        found = _of_event(event, was_briefed=False)
    elif (source := session.scalars(_open_sources(person).where(Review.ref == ref)).first()) is not None:
        found = _of_source(source)
    else:
        raise NoResultFound
    candidate, record, title, words = found
    column = {
        Kind.LESSON: BriefingItem.lesson_id,
        Kind.ACTION: BriefingItem.action_id,
        Kind.EVENT: BriefingItem.event_id,
        Kind.SOURCE: BriefingItem.review_id,
    }[candidate.kind]
    told = select(briefed(column, record.id), waits_in_an_issue(column, record.id))
    was_briefed, waits = session.execute(told).one()
    candidate = replace(candidate, was_briefed=bool(was_briefed), waits=bool(waits))
    return Proposal(candidate, record, title, rules.why(candidate, on=on), words)


_Found = tuple[Candidate, Any, str, Mapping[str, Any]]


def _of_lessons(lessons: Sequence[Lesson], finders: Mapping[int, int]) -> Iterator[_Found]:
    for lesson in lessons:
        yield (
            Candidate(
                Kind.LESSON,
                lesson.ref,
                lesson.cleared_on,
                about=lesson.ref,
                finders=finders[lesson.id],
            ),
            lesson,
            lesson.heading,
            {
                "lesson": lesson,
                "provenance": rules.carried(lesson.provenance),
                "heading": lesson.heading,
                "what_we_learned": lesson.what_we_learned,
                "what_you_should_do": lesson.what_you_should_do,
            },
        )


def _of_action(action: Action) -> _Found:
    """Of the action itself only how far its impact reaches: its words were never cleared."""
    lesson = min((each for each in action.lessons if _travels(each)), key=lambda each: each.ref)
    level = Level(action.impact_level or 0)
    return (
        Candidate(Kind.ACTION, action.ref, action.closed_on, about=lesson.ref, level=level),
        action,
        lesson.heading,
        {
            "action": action,
            "provenance": rules.carried(action.provenance, lesson.provenance),
            "heading": f"What came of it: {lesson.heading}"[: BriefingItem.heading.type.length],
            # What came of a lesson is no lesson.
            "what_happened": rules.CAME_OF_IT[level],
            "what_you_should_do": lesson.what_you_should_do,
        },
    )


def _of_event(event: LearningEvent, was_briefed: bool) -> _Found:
    return (
        Candidate(Kind.EVENT, event.ref, event.held_on, was_briefed=was_briefed),
        event,
        event.title,
        {
            "event": event,
            "provenance": rules.carried(event.provenance),
            "heading": event.title,
            # Readers get the day and the place from the event itself, as they stand on the day of clearing.
            "what_you_should_do": event.about,
            "url": event.url,
            "url_words": "Find out more and book" if event.url else "",
        },
    )


def _of_source(source: Review) -> _Found:
    """By the name of what others published, which is no case of ours; nothing that was recorded of it."""
    return (
        Candidate(Kind.SOURCE, source.ref, source.stage_reached_on),
        source,
        source.caption,
        {
            "review": source,
            "provenance": rules.carried(source.provenance),
            "heading": source.caption[: BriefingItem.heading.type.length],
            "url": source.report_url,
            "url_words": "Read it" if source.report_url else "",
        },
    )


def _travels(lesson: Lesson) -> bool:
    return lesson.sharing in SHARED and lesson.withdrawn_on is None


def _is_told(column: Any, record_id: Any) -> ColumnElement[bool]:
    """Whether it is on offer no more: it was briefed, or stands in an issue that is to go out."""
    return or_(briefed(column, record_id), waits_in_an_issue(column, record_id))


def _lessons(person: PersonFacts | None) -> list[Lesson]:
    """Lessons that no issue tells of: the latest cleared, and those that have waited longest."""
    untold = _shared_lessons(person).where(~_is_told(BriefingItem.lesson_id, Lesson.id))
    session, most = current_session(), MOST_SHOWN[Kind.LESSON]
    latest = session.scalars(untold.order_by(Lesson.cleared_on.desc(), Lesson.id.desc()).limit(most)).all()
    found = list(latest)
    if len(found) == most:
        waiting = untold.order_by(Lesson.cleared_on, Lesson.id).limit(MOST_WAITING)
        found += [lesson for lesson in session.scalars(waiting) if lesson not in found]
    return found


def _shared_lessons(person: PersonFacts | None) -> Select[Lesson]:
    conditions = [
        Lesson.kind == LessonKind.LESSON,
        Lesson.sharing.in_(SHARED),
        Lesson.withdrawn_on.is_(None),
        Lesson.cleared_on.is_not(None),
        Source.withdrawn_on.is_(None),
    ]
    if person is not None and person.conflicts:
        # Of a case they have a conflict of interest in, people read what everybody does.
        conditions.append(or_(filters.without_conflict(person), Lesson.sharing == Sharing.PUBLISHED))
    return (
        select(Lesson)
        .join(Lesson.source)
        .where(*conditions)
        .options(contains_eager(Lesson.source), selectinload(Lesson.themes))
    )


def _finders(lessons: Sequence[Lesson]) -> Mapping[int, int]:
    """For each lesson, how many reviews had found one of its themes by the day it was found.

    Only wording that travels counts: a number must not tell of what nobody cleared. Of each theme the latest
    lessons are looked at, enough to say whether several reviews found it.
    """
    themes = sorted({theme.id for lesson in lessons for theme in lesson.themes})
    found: dict[int, list[tuple[int, date]]] = {}
    if themes:
        about = [_about(theme_id) for theme_id in themes]
        for theme_id, source_id, found_on in current_session().execute(union_all(*about)):
            found.setdefault(theme_id, []).append((source_id, found_on))
    return {
        lesson.id: max(
            (
                len(
                    {
                        source_id
                        for source_id, found_on in found.get(theme.id, ())
                        if found_on <= lesson.found_on
                    }
                    | {lesson.source_id}
                )
                for theme in lesson.themes
            ),
            default=1,
        )
        for lesson in lessons
    }


def _about(theme_id: int) -> Select[Any]:
    latest = (
        select(lesson_theme.c.theme_id, Lesson.source_id, Lesson.found_on)
        .join(Lesson, Lesson.id == lesson_theme.c.lesson_id)
        .where(
            lesson_theme.c.theme_id == theme_id,
            Lesson.kind == LessonKind.LESSON,
            Lesson.sharing.in_(SHARED),
            Lesson.withdrawn_on.is_(None),
        )
        .order_by(lesson_theme.c.lesson_id.desc())
        .limit(MOST_ABOUT)
        .subquery()
    )
    return select(latest)


def _actions(person: PersonFacts | None) -> Sequence[Action]:
    """Closed actions with impact shown, of lessons that were cleared, that no issue tells of, or is to."""
    session = current_session()
    # The numbers first, so that the actions are found by them: many are closed, and few were closed of late.
    latest = session.scalars(
        select(ImpactStatement.action_id)
        .where(ImpactStatement.decision == ImpactDecision.CONFIRMED)
        .order_by(ImpactStatement.stated_on.desc(), ImpactStatement.id.desc())
        .limit(MOST_CONFIRMED)
    ).all()
    untold = _closed_actions(person).where(
        Action.id.in_(set(latest)), ~_is_told(BriefingItem.action_id, Action.id)
    )
    proposed = set(session.scalars(untold.with_only_columns(Action.id)))
    chosen = [number for number in dict.fromkeys(latest) if number in proposed][: MOST_SHOWN[Kind.ACTION]]
    statement = select(Action).where(Action.id.in_(chosen)).options(selectinload(Action.lessons))
    return session.scalars(statement).all()


def _closed_actions(person: PersonFacts | None) -> Select[Action]:
    cleared = exists(
        select(action_lesson.c.action_id)
        .join(Lesson, Lesson.id == action_lesson.c.lesson_id)
        .where(
            action_lesson.c.action_id == Action.id,
            Lesson.sharing.in_(SHARED),
            Lesson.withdrawn_on.is_(None),
        )
    )
    return (
        select(Action)
        .join(Source, Source.id == Action.source_id)
        .where(
            Action.status == Status.IMPACT_CONFIRMED,
            Action.impact_level > Level.NOT_KNOWN,
            _is_open_to(person),
            cleared,
        )
        .options(selectinload(Action.lessons))
    )


def _is_open_to(person: PersonFacts | None) -> ColumnElement[bool]:
    """What may be told of a source beside its cleared wording: nothing of a restricted one."""
    without_conflict = true() if person is None else filters.without_conflict(person)
    return and_(Source.is_restricted.is_(False), Source.withdrawn_on.is_(None), without_conflict)


def _events(on: date, issue: BriefingIssue | None) -> list[tuple[LearningEvent, bool]]:
    """Training in the weeks ahead, and what is there any day; with whether an earlier issue told of it."""
    told = briefed(BriefingItem.event_id, LearningEvent.id).label("told")
    ahead = and_(LearningEvent.held_on >= on, LearningEvent.held_on <= on + timedelta(days=rules.AHEAD_DAYS))
    any_day = and_(LearningEvent.held_on.is_(None), LearningEvent.kind == EventKind.E_LEARNING)
    here = {item.event_id for item in issue.items} if issue is not None else set()
    statement = (
        _standing_events()
        .add_columns(told)
        .where(or_(ahead, any_day))
        .order_by(LearningEvent.held_on.is_(None), LearningEvent.held_on, LearningEvent.id.desc())
        .limit(MOST_SHOWN[Kind.EVENT] + len(here))
    )
    rows = current_session().execute(statement)
    return [(event, bool(was_told)) for event, was_told in rows if event.id not in here]


def _standing_events() -> Select[LearningEvent]:
    return select(LearningEvent).where(LearningEvent.withdrawn_on.is_(None))


def _coming_events(on: date) -> Select[LearningEvent]:
    """What somebody can still go to, however far ahead it is."""
    coming = or_(LearningEvent.held_on.is_(None), LearningEvent.held_on >= on)
    return _standing_events().where(coming)


def _sources(person: PersonFacts | None) -> Sequence[Review]:
    """What was learned elsewhere and no issue points to; the system takes only what readers can open."""
    statement = (
        _open_sources(person)
        .where(~_is_told(BriefingItem.review_id, Review.id))
        .order_by(Review.id.desc())
        .limit(MOST_SHOWN[Kind.SOURCE])
    )
    if person is None:
        statement = statement.where(Review.report_url.is_not(None))
    return current_session().scalars(statement).all()


def _open_sources(person: PersonFacts | None) -> Select[Review]:
    return select(Review).where(Review.review_type == ReviewType.EXTERNAL_SOURCE, _is_open_to(person))
