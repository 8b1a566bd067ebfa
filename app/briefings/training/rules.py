"""What may be recorded of a training."""

from datetime import date

from app.briefings.models.events import EventKind
from app.core.errors import RuleBroken


class DayMissing(RuleBroken):
    """What is not e-learning is held on a day."""


class EventWithdrawn(RuleBroken):
    """A training that was withdrawn is kept as it was."""


KIND_LABELS = {
    EventKind.COURSE: "Course",
    EventKind.SEMINAR: "Seminar",
    EventKind.CONFERENCE: "Conference",
    EventKind.E_LEARNING: "E-learning",
}


def check_day(kind: EventKind, held_on: date | None) -> date | None:
    """The day it is held; none for e-learning, which is there any day. Raises DayMissing."""
    if kind is EventKind.E_LEARNING:
        return None
    if held_on is None:
        raise DayMissing("Enter the day it is held, for example 20 4 2017", "held_on")
    return held_on


def check_standing(withdrawn_on: date | None, *, ref: str) -> None:
    """Raise EventWithdrawn for a training that was withdrawn."""
    if withdrawn_on is not None:
        raise EventWithdrawn(f"{ref} was withdrawn, so it changes no more. Add it anew instead")
