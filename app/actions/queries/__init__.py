"""Every question about actions."""

from app.actions.queries.owed import DueAction, DueKind, Standing, all_dues, dues, refs_about, standing
from app.actions.queries.lists import (
    MOST_COUNTED,
    SORTS,
    Due,
    Filters,
    Show,
    count,
    in_full,
    listing,
    owners,
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
from app.actions.queries.visible import in_open_cases, visible, without_conflict
from app.actions.queries.waiting import to_recolour

__all__ = [
    "MOST_COUNTED",
    "SORTS",
    "Due",
    "DueAction",
    "DueKind",
    "Filters",
    "LessonsShown",
    "Show",
    "Standing",
    "action",
    "action_for_change",
    "action_in_full",
    "all_dues",
    "count",
    "dues",
    "evidence",
    "in_full",
    "in_open_cases",
    "lesson_to_answer",
    "lessons_shown",
    "listing",
    "next_reference_of",
    "next_thresholds_on",
    "owners",
    "recommendation_to_answer",
    "refs_about",
    "standing",
    "thresholds",
    "tiers",
    "to_recolour",
    "visible",
    "without_conflict",
]
