"""What may be written into the challenge log, and when; pure functions on plain values."""

from datetime import date
from enum import StrEnum

from app.actions.rules.lifecycle import check_not_too_far
from app.core.errors import RuleBroken
from app.core.filters import date_long
from app.core.working_days import WorkingDays

#: The working days within which a drafted letter asks for an answer.
ANSWER_WITHIN_DAYS = 10


class ChallengeKind(StrEnum):
    """What it is: a challenge of somebody's practice, or a matter taken to a body outside."""

    CHALLENGE = "challenge"
    ESCALATION = "escalation"

    @property
    def label(self) -> str:
        """The kind as screens write it."""
        return {ChallengeKind.CHALLENGE: "Challenge", ChallengeKind.ESCALATION: "Escalation outside"}[self]


class EntryKind(StrEnum):
    """What a line of the log says."""

    WRITTEN = "written"
    ANSWERED = "answered"
    MET = "met"
    NOTED = "noted"

    @property
    def label(self) -> str:
        """The line's beginning, before the name of whom it concerns."""
        return _ENTRY_LABELS[self]


_ENTRY_LABELS = {
    EntryKind.WRITTEN: "Written to",
    EntryKind.ANSWERED: "Answered by",
    EntryKind.MET: "Met",
    EntryKind.NOTED: "Noted about",
}


class Outcome(StrEnum):
    """What came of it."""

    RESOLVED = "resolved"
    PARTLY_RESOLVED = "partly_resolved"
    NOT_RESOLVED = "not_resolved"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """The outcome as screens write it."""
        return self.value.replace("_", " ").capitalize()


class ChallengeClosed(RuleBroken):
    """Its outcome is recorded, so nothing is added to it."""


class WordsLacking(RuleBroken):
    """A text that the log cannot do without is empty."""


class DayImpossible(RuleBroken):
    """A date lies where it cannot be."""


def check_raised(*, raised_on: date, answer_by_on: date | None, on: date) -> None:
    """Check the days of a challenge: raised by today, and an answer asked for not before that.

    Raises DayImpossible, DateTooFar.
    """
    if raised_on > on:
        raise DayImpossible("Enter the day it was raised, which must be today or earlier", "raised_on")
    if answer_by_on is not None and answer_by_on < raised_on:
        raise DayImpossible(
            f"Enter a day to answer by on or after {date_long(raised_on)}, when it was raised", "answer_by_on"
        )
    check_not_too_far(answer_by_on, on, "answer_by_on")


def check_entry(*, raised_on: date, closed_on: date | None, happened_on: date, on: date) -> None:
    """Check a line of the log: it happened between the raising and today, and the challenge is open.

    Raises ChallengeClosed, DayImpossible.
    """
    check_open(closed_on)
    if not raised_on <= happened_on <= on:
        raise DayImpossible(
            f"Enter a day between {date_long(raised_on)}, when it was raised, and today", "happened_on"
        )


def check_open(closed_on: date | None) -> None:
    """Raise ChallengeClosed once the outcome is recorded."""
    if closed_on is not None:
        raise ChallengeClosed(f"Its outcome was recorded on {date_long(closed_on)}; nothing is added")


def answer_by(on: date, calendar: WorkingDays) -> date:
    """By when a letter of this day asks for an answer."""
    return calendar.add(on, ANSWER_WITHIN_DAYS)
