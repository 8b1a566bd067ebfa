"""The thread of a review: each lesson, what answers it, what became of that, and what waits on whom."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from app.accounts.guard import may, person
from app.actions.models import Action
from app.actions.rules.lifecycle import Status
from app.cdop.queries import referral_of_review
from app.core.clock import today
from app.core.holidays import working_days
from app.lessons.models import Lesson, Recommendation
from app.reminders.models import Reminder
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
    reminders_about,
    signed_off,
    stands,
)
from app.reviews.models import AuditedCase, PublishedFigure, Review, ReviewStage


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
    #: Where the child death review is that it was referred from, for those who may open that one.
    referred_from: tuple[str, str] | None
    timeline: Sequence[Happening]
    #: Where to find each record named on the page.
    hrefs: Mapping[str, str]


def review_thread(review: Review) -> ReviewThread:
    """Put the page together for the person signed in. Expects what ``queries.review_thread`` loads."""
    on = today()
    shown = [action for action in review.actions if stands(action) and may("action.read", action)]
    lessons = [lesson for lesson in review.lessons if lesson.withdrawn_on is None]
    briefings = briefings_of(lessons, shown)
    grower = Grower(review.actions, shown, on, briefings)
    groups = _by_case(lessons, grower)
    strengths = [grower.lesson_block(lesson) for lesson in lessons if lesson.is_strength]
    standing = [each for each in review.recommendations if each.withdrawn_on is None]
    recommendations = [grower.recommendation_block(each) for each in standing]
    stages = [row for row in review.stages if row.withdrawn_on is None]
    return ReviewThread(
        review=review,
        stage_label=stages[-1].stage.label if stages else review.stage_code,
        sums=[*_sums(lessons, standing, shown), *briefings.sums()],
        band=band([*_marks(stages, lessons, shown), *briefings.marks()], on),
        groups=groups,
        strengths=strengths,
        recommendations=recommendations,
        loose=grower.rest(),
        figures=_figures(review),
        waiting=waiting_on(_matters(review, standing, shown, on), on, working_days()),
        next_due=next_due(shown, on),
        reminders=reminders_about(shown),
        stages=list(reversed(review.stages)),
        referred_from=_referred_from(review),
        timeline=happenings.of_review(review, shown, with_reads=may("audit.see_reads")),
        hrefs={
            **{action.ref: links.action(action) for action in shown},
            **{each.ref: f"#{each.ref}" for each in standing},
        },
    )


def _referred_from(review: Review) -> tuple[str, str] | None:
    """The reference and the address of the case a review came of; none for those outside its compartment."""
    referral = referral_of_review(review.id) if review.is_referred else None
    if referral is None or not may("child_death.read", referral.case):
        return None
    return referral.case.ref, links.source(referral.case)


def _by_case(lessons: Iterable[Lesson], grower: Grower) -> list[LessonGroup]:
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
    return [*marks, *signed_off(actions), *difference_made(actions)]


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


def _figures(review: Review) -> list[tuple[str, Sequence[PublishedFigure]]]:
    """The published figures, those under one heading together."""
    standing = [figure for figure in review.figures if figure.withdrawn_on is None]
    return [(heading, list(rows)) for heading, rows in groupby(standing, key=lambda figure: figure.heading)]
