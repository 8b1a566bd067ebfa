"""What may be recorded of a training."""

from collections.abc import Mapping
from datetime import date
from hashlib import sha256

from app.briefings.models.events import EventKind
from app.core.errors import RuleBroken
from app.core.filters import date_long
from app.outbox.rules import one_line


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


def when(held_on: date | None, where_and_when: str) -> str:
    """When and where it is held, as readers are told it."""
    return ", ".join(words for words in (date_long(held_on), one_line(where_and_when, 200)) if words)


def words_digest(words: Mapping[str, object]) -> str:
    """A digest of what is held of a training, by which a change is noticed."""
    told = [f"{name}={'' if value is None else value}" for name, value in sorted(words.items())]
    return sha256("\0".join(told).encode(errors="replace")).hexdigest()


def check_standing(withdrawn_on: date | None, *, ref: str) -> None:
    """Raise EventWithdrawn for a training that was withdrawn."""
    if withdrawn_on is not None:
        raise EventWithdrawn(f"{ref} was withdrawn, so it changes no more. Add it anew instead")
