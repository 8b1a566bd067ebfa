"""Every question about actions."""

from app.actions.queries.lists import (
    MOST_COUNTED,
    SORTS,
    Due,
    Filters,
    Show,
    count,
    listing,
    owners,
    visible,
)
from app.actions.queries.one import (
    LessonsShown,
    action,
    action_for_change,
    action_in_full,
    evidence,
    lesson_to_answer,
    lessons_shown,
    next_reference_of,
    recommendation_to_answer,
)
from app.actions.queries.settings import next_thresholds_on, thresholds, tiers
from app.actions.queries.waiting import (
    DueAction,
    dues,
    to_recolour,
)

__all__ = [
    "MOST_COUNTED",
    "SORTS",
    "Due",
    "DueAction",
    "Filters",
    "LessonsShown",
    "Show",
    "action",
    "action_for_change",
    "action_in_full",
    "count",
    "dues",
    "evidence",
    "lesson_to_answer",
    "lessons_shown",
    "listing",
    "next_reference_of",
    "next_thresholds_on",
    "owners",
    "recommendation_to_answer",
    "thresholds",
    "tiers",
    "to_recolour",
    "visible",
]
