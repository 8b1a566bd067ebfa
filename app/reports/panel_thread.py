"""The thread of a panel: what it taught, what answers that, and what became of it. Told of no death."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.accounts.guard import may, person
from app.actions.models import Action
from app.actions.rules.lifecycle import Status
from app.cdop.models import Panel, PanelStatus
from app.core.clock import today
from app.core.holidays import working_days
from app.reports import happenings, links
from app.reports.briefed import briefings_of
from app.reports.matters import accepted, matters_of
from app.reports.rules import Happening, Mark, Matter, Step, Waiting, band, waiting_on
from app.reports.tree import (
    Grower,
    Leaf,
    LessonBlock,
    RecommendationBlock,
    difference_made,
    next_due,
    signed_off,
    stands,
)


@dataclass(frozen=True)
class PanelThread:
    """Everything the page of a panel says."""

    panel: Panel
    sums: Sequence[tuple[int, str, str | None]]
    band: Sequence[Step]
    lessons: Sequence[LessonBlock]
    strengths: Sequence[LessonBlock]
    recommendations: Sequence[RecommendationBlock]
    #: Actions that answer no lesson that stands.
    loose: Sequence[Leaf]
    waiting: Sequence[Waiting]
    next_due: Action | None
    timeline: Sequence[Happening]
    #: Where to find each record named on the page.
    hrefs: Mapping[str, str]


def panel_thread(panel: Panel) -> PanelThread:
    """Put the page together for the person signed in. Expects what ``queries.panel_thread`` loads."""
    on, facts = today(), person().facts
    shown = [action for action in panel.actions if stands(action) and may("action.read", action)]
    lessons = [lesson for lesson in panel.lessons if lesson.withdrawn_on is None]
    standing = [each for each in panel.recommendations if each.withdrawn_on is None]
    briefings = briefings_of(lessons, shown)
    grower = Grower(panel.actions, shown, on, briefings)
    learned = [grower.lesson_block(lesson) for lesson in lessons if not lesson.is_strength]
    strengths = [grower.lesson_block(lesson) for lesson in lessons if lesson.is_strength]
    recommendations = [grower.recommendation_block(each) for each in standing]
    matters = [matter for action in shown for matter in matters_of(action, facts, on)]
    matters += [
        Matter(panel.group.name, each.made_on, "to respond", each.ref, panel.group_id in facts.member_of)
        for each in standing
        if each.response is None
    ]
    return PanelThread(
        panel=panel,
        sums=[*_sums(len(learned), shown), *briefings.sums()],
        band=band([*_marks(panel, learned, shown), *briefings.marks()], on),
        lessons=learned,
        strengths=strengths,
        recommendations=recommendations,
        loose=grower.rest(),
        waiting=waiting_on(matters, on, working_days()),
        next_due=next_due(shown, on),
        timeline=happenings.of_panel(panel, shown, with_reads=may("audit.see_reads")),
        hrefs={
            **{action.ref: links.action(action) for action in shown},
            **{each.ref: f"#{each.ref}" for each in standing},
        },
    )


def _sums(learned: int, actions: Sequence[Action]) -> list[tuple[int, str, str | None]]:
    confirmed = sum(Status(action.status) is Status.IMPACT_CONFIRMED for action in actions)
    return [
        (learned, "lesson" if learned == 1 else "lessons", "#lessons" if learned else None),
        (len(actions), "action" if len(actions) == 1 else "actions", None),
        (sum(accepted(action) is not None for action in actions), "signed off", None),
        (confirmed, "with impact confirmed", None),
    ]


def _marks(panel: Panel, learned: Sequence[LessonBlock], actions: Sequence[Action]) -> list[Mark]:
    """What the band of a panel passes. Only what has happened has a day."""
    held = panel.status == PanelStatus.HELD
    marks = [Mark("Panel held", panel.meets_on if held else None)]
    cleared = [block.lesson.cleared_on for block in learned if block.lesson.cleared_on]
    if learned:
        marks.append(Mark("Lessons cleared", max(cleared, default=None)))
    agreed = [action.agreed_on for action in actions if action.agreed_on]
    if actions:
        marks.append(Mark("Actions agreed", min(agreed, default=None)))
    return [*marks, *signed_off(actions), *difference_made(actions)]
