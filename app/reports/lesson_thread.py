"""The thread of a lesson: its source, what answers it, what became of that, and where else it was found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.accounts.guard import may, person
from app.actions.models import Action
from app.actions.rules.lifecycle import Status
from app.core.clock import today
from app.core.holidays import working_days
from app.lessons.models import Lesson
from app.reports import happenings, links, queries
from app.reports.briefed import briefings_of
from app.reports.matters import accepted, matters_of
from app.reports.rules import Happening, Mark, Matter, Step, Waiting, band, waiting_on
from app.reports.tree import Grower, LessonBlock, difference_made, next_due, signed_off, stands

#: How many lessons of other sources are named.
_MOST_ELSEWHERE = 5


@dataclass(frozen=True)
class LessonThread:
    """Everything the page of a lesson says."""

    lesson: Lesson
    #: Whether the person is inside the compartment; outside it only wording and themes are said.
    is_inside: bool
    block: LessonBlock
    sums: Sequence[tuple[int, str, str | None]]
    band: Sequence[Step]
    waiting: Sequence[Waiting]
    next_due: Action | None
    #: Lessons of other sources about the same themes.
    elsewhere: Sequence[Lesson]
    timeline: Sequence[Happening]
    hrefs: Mapping[str, str]


def lesson_thread(lesson: Lesson) -> LessonThread:
    """Put the page together for the person signed in. Expects what ``queries.lesson_thread`` loads.

    Somebody outside the compartment sees of the actions those they may open, and nothing that tells of the
    others or of the case.
    """
    on, facts = today(), person().facts
    is_inside = may(lesson.source.read_verb, lesson.source)
    shown = [action for action in lesson.actions if stands(action) and may("action.read", action)]
    briefings = briefings_of([lesson], shown)
    block = Grower(lesson.actions if is_inside else shown, shown, on, briefings).lesson_block(lesson)
    matters: list[Matter] = []
    for action in shown:
        matters += matters_of(action, facts, on)
    return LessonThread(
        lesson=lesson,
        is_inside=is_inside,
        block=block,
        sums=[*_sums(shown), *briefings.sums()],
        band=band([*_marks(lesson, shown), *briefings.marks()], on) if is_inside else [],
        waiting=waiting_on(matters, on, working_days()),
        next_due=next_due(shown, on),
        elsewhere=queries.found_before(lesson, facts, limit=_MOST_ELSEWHERE),
        timeline=happenings.of_lesson(lesson, with_reads=may("audit.see_reads")) if is_inside else [],
        hrefs={action.ref: links.action(action) for action in shown},
    )


def _sums(actions: Sequence[Action]) -> list[tuple[int, str, str | None]]:
    confirmed = sum(Status(action.status) is Status.IMPACT_CONFIRMED for action in actions)
    return [
        (len(actions), "action" if len(actions) == 1 else "actions", None),
        (sum(accepted(action) is not None for action in actions), "signed off", None),
        (confirmed, "with impact confirmed", None),
    ]


def _marks(lesson: Lesson, actions: Sequence[Action]) -> list[Mark]:
    """What the band of a lesson passes."""
    agreed = [action.agreed_on for action in actions if action.agreed_on]
    marks = [Mark("Found", lesson.found_on), Mark("Cleared", lesson.cleared_on)]
    if lesson.published_on:
        marks.append(Mark("Published", lesson.published_on))
    marks.append(Mark("Actions agreed", min(agreed, default=None)))
    return [*marks, *signed_off(actions), *difference_made(actions)]
