"""The thread of a review: each lesson, what answers it, what became of that, and what waits on whom."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from app.accounts.guard import may, person
from app.actions.models import Action
from app.actions.rules.lifecycle import Status
from app.core.clock import today
from app.core.filters import days_late
from app.lessons.models import Lesson, Recommendation
from app.outbox.models import State
from app.reminders.models import Reminder
from app.reports import happenings, links
from app.reports.matters import CALENDAR, accepted, became_of, matters_of
from app.reports.rules import Happening, Mark, Matter, Step, Waiting, band, waiting_on
from app.reviews.models import AuditedCase, PublishedFigure, Review, ReviewStage


@dataclass(frozen=True)
class Leaf:
    """An action under a lesson or recommendation it answers."""

    action: Action
    href: str
    facts: Sequence[str]
    late: str
    #: Whether the action is told in full under another lesson already.
    is_told_above: bool


@dataclass(frozen=True)
class LessonBlock:
    """A lesson or strength with the recommendations made of it and the actions that answer it."""

    lesson: Lesson
    leaves: Sequence[Leaf]
    recommendations: Sequence[Recommendation]
    #: Whether actions that the person may not open answer it too.
    is_answered_elsewhere: bool


@dataclass(frozen=True)
class LessonGroup:
    """The lessons found in one audited case, or in the review as a whole."""

    case: AuditedCase | None
    blocks: Sequence[LessonBlock]

    @property
    def size(self) -> int:
        """How many lessons there are."""
        return len(self.blocks)


@dataclass(frozen=True)
class RecommendationBlock:
    """A recommendation with the actions that answer it."""

    recommendation: Recommendation
    actions: Sequence[Action]


@dataclass(frozen=True)
class ReviewThread:
    """Everything the page of a review says."""

    review: Review
    stage_label: str
    sums: Sequence[tuple[int, str, str | None]]
    band: Sequence[Step]
    groups: Sequence[LessonGroup]
    strengths: Sequence[LessonBlock]
    recommendations: Sequence[RecommendationBlock]
    #: Actions that answer no lesson that stands.
    loose: Sequence[Leaf]
    figures: Sequence[tuple[str, Sequence[PublishedFigure]]]
    waiting: Sequence[Waiting]
    next_due: Action | None
    reminders: Sequence[Reminder]
    stages: Sequence[ReviewStage]
    timeline: Sequence[Happening]
    #: Where to find each record named on the page.
    hrefs: Mapping[str, str]


def review_thread(review: Review) -> ReviewThread:
    """Put the page together for the person signed in. Expects what ``queries.review_thread`` loads."""
    on = today()
    shown = [action for action in review.actions if _stands(action) and may("action.read", action)]
    grower = _Grower(review, shown, on)
    lessons = [lesson for lesson in review.lessons if lesson.withdrawn_on is None]
    groups = _by_case(lessons, grower)
    strengths = [grower.lesson_block(lesson) for lesson in lessons if lesson.is_strength]
    standing = [each for each in review.recommendations if each.withdrawn_on is None]
    recommendations = [grower.recommendation_block(each) for each in standing]
    stages = [row for row in review.stages if row.withdrawn_on is None]
    return ReviewThread(
        review=review,
        stage_label=stages[-1].stage.label if stages else review.stage_code,
        sums=_sums(lessons, standing, shown),
        band=band(_marks(stages, lessons, shown), on),
        groups=groups,
        strengths=strengths,
        recommendations=recommendations,
        loose=grower.rest(),
        figures=_figures(review),
        waiting=waiting_on(_matters(review, standing, shown, on), on, CALENDAR),
        next_due=_next_due(shown, on),
        reminders=_reminders(shown),
        stages=list(reversed(review.stages)),
        timeline=happenings.of_review(review, shown, with_reads=may("audit.see_reads")),
        hrefs={
            **{action.ref: links.action(action) for action in shown},
            **{each.ref: f"#{each.ref}" for each in standing},
        },
    )


def _stands(action: Action) -> bool:
    return Status(action.status) is not Status.WITHDRAWN


class _Grower:
    """Hangs each action under what it answers, and tells it in full only once."""

    def __init__(self, review: Review, shown: Sequence[Action], on: date) -> None:
        self.on = on
        self.facts = person().facts
        self.shown = shown
        self.told: set[str] = set()
        self.of_lesson: dict[int, list[Action]] = defaultdict(list)
        self.of_recommendation: dict[int, list[Action]] = defaultdict(list)
        for action in shown:
            for lesson in action.lessons:
                self.of_lesson[lesson.id].append(action)
            for recommendation in action.recommendations:
                self.of_recommendation[recommendation.id].append(action)
        hidden = {action.ref for action in review.actions if _stands(action)} - {each.ref for each in shown}
        self.elsewhere = {
            lesson.id for action in review.actions if action.ref in hidden for lesson in action.lessons
        }

    def lesson_block(self, lesson: Lesson) -> LessonBlock:
        return LessonBlock(
            lesson=lesson,
            leaves=[self.leaf(action) for action in self.of_lesson[lesson.id]],
            recommendations=[each for each in lesson.recommendations if each.withdrawn_on is None],
            is_answered_elsewhere=lesson.id in self.elsewhere,
        )

    def recommendation_block(self, recommendation: Recommendation) -> RecommendationBlock:
        return RecommendationBlock(recommendation, self.of_recommendation[recommendation.id])

    def leaf(self, action: Action) -> Leaf:
        is_told = action.ref in self.told
        self.told.add(action.ref)
        return Leaf(
            action=action,
            href=links.action(action),
            facts=[] if is_told else became_of(action, self.facts, self.on),
            late=days_late(action.due_on, self.on) if action.is_open else "",
            is_told_above=is_told,
        )

    def rest(self) -> list[Leaf]:
        return [self.leaf(action) for action in self.shown if action.ref not in self.told]


def _by_case(lessons: Iterable[Lesson], grower: _Grower) -> list[LessonGroup]:
    """The lessons of the review as a whole, then those of each audited case."""
    found = sorted(
        (lesson for lesson in lessons if not lesson.is_strength),
        key=lambda lesson: lesson.audited_case.number if lesson.audited_case else 0,
    )
    return [
        LessonGroup(case, [grower.lesson_block(lesson) for lesson in theirs])
        for case, theirs in groupby(found, key=lambda lesson: lesson.audited_case)
    ]


def _sums(
    lessons: Sequence[Lesson], recommendations: Sequence[Recommendation], actions: Sequence[Action]
) -> list[tuple[int, str, str | None]]:
    learned = sum(not lesson.is_strength for lesson in lessons)
    good = len(lessons) - learned
    signed_off = sum(accepted(action) is not None for action in actions)
    confirmed = sum(Status(action.status) is Status.IMPACT_CONFIRMED for action in actions)
    sums: list[tuple[int, str, str | None]] = []
    if good:
        sums.append((good, _noun(good, "strength"), "#strengths"))
    sums.append((learned, _noun(learned, "lesson"), "#lessons" if learned else None))
    if recommendations:
        count = len(recommendations)
        sums.append((count, _noun(count, "recommendation"), "#recommendations"))
    sums.append((len(actions), _noun(len(actions), "action"), None))
    sums.append((signed_off, "signed off", None))
    sums.append((confirmed, "with impact confirmed", None))
    return sums


def _noun(count: int, one: str) -> str:
    return one if count == 1 else f"{one}s"


#: The stages a band shows, of whichever pathway; the others stand in the history of stages.
_ON_THE_BAND = {
    "decided": "Decision to review",
    "planned": "Planned",
    "received": "Received",
    "meeting": "Agencies met",
    "report": "Report agreed",
    "findings": "Findings agreed",
    "considered": "Considered",
    "published": "Published",
}


def _marks(stages: Sequence[ReviewStage], lessons: Sequence[Lesson], actions: Sequence[Action]) -> list[Mark]:
    """What the band of a review passes. Only what has happened has a day."""
    marks = [
        Mark(_ON_THE_BAND[row.stage.code], row.reached_on) for row in stages if row.stage.code in _ON_THE_BAND
    ]
    cleared = [lesson.cleared_on for lesson in lessons]
    if any(cleared):
        marks.append(Mark("Lessons cleared", max(day for day in cleared if day)))
    elif lessons:
        marks.append(Mark("Lessons cleared"))
    owed = [action for action in actions if Status(action.status) is not Status.DRAFT]
    agreed = [action.agreed_on for action in owed if action.agreed_on]
    if agreed:
        marks.append(Mark("Actions agreed", min(agreed)))
    elif actions:
        marks.append(Mark("Actions agreed"))
    return [*marks, *_signed_off(actions)]


def _signed_off(actions: Sequence[Action]) -> list[Mark]:
    asked = [action for action in actions if Status(action.status) not in _ENDED_OTHERWISE]
    if not asked:
        return []
    days = [sign_off.decided_on for action in asked if (sign_off := accepted(action)) and sign_off.decided_on]
    if len(days) == len(asked):
        return [Mark("All signed off", max(days))]
    left = f"{len(asked) - len(days)} to go"
    first = [Mark("First signed off", min(days))] if days else []
    return [*first, Mark("All signed off", None, left)]


_ENDED_OTHERWISE = frozenset({Status.SUPERSEDED, Status.NOT_IMPLEMENTED, Status.WITHDRAWN})


def _matters(
    review: Review, recommendations: Iterable[Recommendation], actions: Iterable[Action], on: date
) -> list[Matter]:
    facts = person().facts
    group, is_us = review.group.name, review.group_id in facts.member_of
    found = [
        Matter(group, each.made_on, "to respond", each.ref, is_us)
        for each in recommendations
        if each.response is None
    ]
    for action in actions:
        found += matters_of(action, facts, on)
    return found


def _next_due(actions: Iterable[Action], on: date) -> Action | None:
    ahead = [action for action in actions if action.is_open and action.due_on and action.due_on >= on]
    return min(ahead, key=lambda action: (action.sort_due_on, action.ref), default=None)


def _reminders(actions: Iterable[Action]) -> list[Reminder]:
    """The reminders that went out or are about to, newest first."""
    found = [
        reminder
        for action in actions
        for reminder in action.reminders
        if reminder.taken_out_at is None and reminder.message.state != State.CANCELLED
    ]
    return sorted(found, key=lambda reminder: (reminder.queued_on, reminder.id), reverse=True)


def _figures(review: Review) -> list[tuple[str, Sequence[PublishedFigure]]]:
    """The published figures, those under one heading together."""
    standing = [figure for figure in review.figures if figure.withdrawn_on is None]
    return [(heading, list(rows)) for heading, rows in groupby(standing, key=lambda figure: figure.heading)]
