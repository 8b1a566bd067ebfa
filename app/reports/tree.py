"""What hangs under what on a thread: lessons, the actions that answer them, and what became of those."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from app.accounts.guard import person
from app.actions.models import Action
from app.actions.rules.lifecycle import Status
from app.core.filters import days_late
from app.lessons.models import Lesson, Recommendation
from app.outbox.models import State
from app.reminders.models import Reminder
from app.reports import links
from app.reports.briefed import Briefings, Told
from app.reports.matters import accepted, became_of
from app.reports.rules import Mark


@dataclass(frozen=True)
class Leaf:
    """An action under a lesson or recommendation it answers."""

    action: Action
    href: str
    facts: Sequence[str]
    late: str
    #: Whether the action is told in full under another lesson already.
    is_told_above: bool
    #: The issues of the briefing that told of it.
    briefed: Sequence[Told] = ()


@dataclass(frozen=True)
class LessonBlock:
    """A lesson or strength with the recommendations made of it and the actions that answer it."""

    lesson: Lesson
    leaves: Sequence[Leaf]
    recommendations: Sequence[Recommendation]
    #: Whether actions that the person may not open answer it too.
    is_answered_elsewhere: bool
    #: The issues of the briefing that it went out in.
    briefed: Sequence[Told] = ()


@dataclass(frozen=True)
class RecommendationBlock:
    """A recommendation with the actions that answer it."""

    recommendation: Recommendation
    actions: Sequence[Action]


class Grower:
    """Hangs each action under what it answers, and tells it in full only once."""

    def __init__(
        self, answering: Iterable[Action], shown: Sequence[Action], on: date, briefings: Briefings
    ) -> None:
        self.on = on
        self.briefings = briefings
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
        seen = {each.ref for each in shown}
        self.elsewhere = {
            lesson.id
            for action in answering
            if stands(action) and action.ref not in seen
            for lesson in action.lessons
        }

    def lesson_block(self, lesson: Lesson) -> LessonBlock:
        """A lesson with everything that answers it."""
        return LessonBlock(
            lesson=lesson,
            leaves=[self.leaf(action) for action in self.of_lesson[lesson.id]],
            recommendations=[each for each in lesson.recommendations if each.withdrawn_on is None],
            is_answered_elsewhere=lesson.id in self.elsewhere,
            briefed=self.briefings.of_lesson(lesson),
        )

    def recommendation_block(self, recommendation: Recommendation) -> RecommendationBlock:
        """A recommendation with the actions that answer it."""
        return RecommendationBlock(recommendation, self.of_recommendation[recommendation.id])

    def leaf(self, action: Action) -> Leaf:
        """An action on its branch, told in full the first time."""
        is_told = action.ref in self.told
        self.told.add(action.ref)
        return Leaf(
            action=action,
            href=links.action(action),
            facts=[] if is_told else became_of(action, self.facts, self.on),
            late=days_late(action.due_on, self.on) if action.is_open else "",
            is_told_above=is_told,
            briefed=() if is_told else self.briefings.of_action(action),
        )

    def rest(self) -> list[Leaf]:
        """The actions that hang nowhere else."""
        return [self.leaf(action) for action in self.shown if action.ref not in self.told]


def stands(action: Action) -> bool:
    """Whether it was not withdrawn."""
    return Status(action.status) is not Status.WITHDRAWN


def signed_off(actions: Sequence[Action]) -> list[Mark]:
    """When the first and the last of the actions was signed off, or how many are to go."""
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


def difference_made(actions: Sequence[Action]) -> list[Mark]:
    """The last time that a difference was confirmed, and when somebody looks next."""
    confirmed = [
        statement.decided_on
        for action in actions
        for statement in action.impact_statements
        if statement.decision == "confirmed" and statement.decided_on
    ]
    looks = [look.due_on for action in actions for look in action.impact_looks if look.is_open]
    marks = [Mark("Impact confirmed", max(confirmed))] if confirmed else []
    return [*marks, *([Mark("Next look at impact", min(looks))] if looks else [])]


def next_due(actions: Iterable[Action], on: date) -> Action | None:
    """The open action that is due next."""
    ahead = [action for action in actions if action.is_open and action.due_on and action.due_on >= on]
    return min(ahead, key=lambda action: (action.sort_due_on, action.ref), default=None)


def reminders_about(actions: Iterable[Action]) -> list[Reminder]:
    """The reminders that went out or are about to, newest first."""
    found = [
        reminder
        for action in actions
        for reminder in action.reminders
        if reminder.taken_out_at is None and reminder.message.state != State.CANCELLED
    ]
    return sorted(found, key=lambda reminder: (reminder.queued_on, reminder.id), reverse=True)
