"""What difference an action made: its ladder, what each claim asks for, and when somebody looks again."""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum, StrEnum

from app.actions.rules.entry import Nature
from app.actions.rules.lifecycle import Status
from app.core.errors import RuleBroken


class Level(IntEnum):
    """How far a difference reaches, from nothing known to the lives of children."""

    NOT_KNOWN = 0
    ACTIVITY = 1
    REACTION = 2
    CONFIDENCE = 3
    PRACTICE = 4
    OUTCOME = 5

    @property
    def label(self) -> str:
        """The level as screens and reports write it."""
        return _LABELS[self]

    @property
    def meaning(self) -> str:
        """What has to be true for it."""
        return _MEANINGS[self]


_LABELS = {
    Level.NOT_KNOWN: "Not known",
    Level.ACTIVITY: "Activity",
    Level.REACTION: "Reaction",
    Level.CONFIDENCE: "Knowledge or confidence",
    Level.PRACTICE: "Practice or system change",
    Level.OUTCOME: "Outcome for children",
}
_MEANINGS = {
    Level.NOT_KNOWN: "Nobody can say yet what difference it made",
    Level.ACTIVITY: "Something was done: a briefing went out, a seminar was held",
    Level.REACTION: "People say that it helps them",
    Level.CONFIDENCE: "People know more, or are surer of what to do",
    Level.PRACTICE: "What people or systems do has changed, and an audit or figures show it",
    Level.OUTCOME: "Something is different for children or families, and it can be shown",
}


class ImpactDecision(StrEnum):
    """What was decided about a statement of impact."""

    CONFIRMED = "confirmed"
    RETURNED = "returned"


#: Kinds that show more than what the owner alone says.
BEYOND_THE_OWNER = frozenset({Nature.AUDIT, Nature.DATA, Nature.OBSERVATION, Nature.VOICE})
#: From this level on a claim needs evidence that was not supplied by the owner alone.
LEAST_TO_BE_SHOWN = Level.PRACTICE

#: After how many months somebody looks again at what difference a closed action made.
LOOK_AFTER_MONTHS = (3, 6, 12)
#: A statement answers a look that is due by so many days after it, which is when the first reminder goes out.
ANSWERS_AHEAD_DAYS = 28

#: Where a difference may be stated: the work was done and accepted.
STATED_WHILE = frozenset({Status.COMPLETE, Status.IMPACT_CONFIRMED})


class NotClosedYet(RuleBroken):
    """A difference is stated once the work was accepted as complete."""


class StatementIncomplete(RuleBroken):
    """The statement lacks something that it cannot be judged without."""


class NotShown(RuleBroken):
    """A change of practice or an outcome for children is claimed on the owner's word alone."""


@dataclass(frozen=True)
class Shown:
    """A piece of evidence, as far as the rule asks: what kind it is, and who added it for which agency."""

    nature: str
    added_by_id: int | None = None
    added_by_agency_id: int | None = None


@dataclass(frozen=True)
class Claim:
    """What is stated."""

    level: Level
    statement: str | None
    measure: str | None = None
    baseline: str | None = None
    target: str | None = None
    actual: str | None = None
    measured_by: str | None = None
    measured_on: date | None = None


def check_claim(
    claim: Claim,
    *,
    status: Status,
    evidence: Iterable[Shown],
    owner_id: int | None,
    agency_ids: frozenset[int],
    on: date,
) -> None:
    """Check a statement of impact on the day it is made.

    1. The action was accepted as complete.
    2. There are words; a figure says what is measured, and where it stands now says whence and of when.
    3. From level 4 on, some evidence is not the owner's alone: an audit, figures, an observation, the voice
       of children or families, or something that somebody outside the owner's agencies added.

    Raises NotClosedYet, StatementIncomplete, NotShown.
    """
    if status not in STATED_WHILE:
        raise NotClosedYet(
            f"This action is ‘{status.label}’. What difference it made is stated once it is signed off"
        )
    if not _has_words(claim.statement):
        raise StatementIncomplete("Say what difference it made", "statement")
    _check_figures(claim, on)
    if claim.level >= LEAST_TO_BE_SHOWN and not any(
        is_beyond_the_owner(piece, owner_id=owner_id, agency_ids=agency_ids) for piece in evidence
    ):
        raise NotShown(
            f"Level {claim.level} needs evidence that is not the owner's word alone: an audit, figures, an "
            "observation, what children or families say, or something added from outside the agency",
            "evidence",
        )


def is_beyond_the_owner(piece: Shown, *, owner_id: int | None, agency_ids: frozenset[int]) -> bool:
    """Whether the evidence shows more than what the owner and their agency say of themselves."""
    if piece.nature in BEYOND_THE_OWNER:
        return True
    return (
        piece.added_by_id is not None
        and piece.added_by_id != owner_id
        and piece.added_by_agency_id not in agency_ids
    )


def _check_figures(claim: Claim, on: date) -> None:
    figures = (claim.baseline, claim.target, claim.actual)
    if any(map(_has_words, figures)) and not _has_words(claim.measure):
        raise StatementIncomplete("Say what is measured", "measure")
    if _has_words(claim.actual):
        if not _has_words(claim.measured_by):
            raise StatementIncomplete("Say where the figure comes from", "measured_by")
        if claim.measured_on is None:
            raise StatementIncomplete("Enter the day the figure was taken", "measured_on")
    if claim.measured_on is not None and claim.measured_on > on:
        raise StatementIncomplete("Enter a day that has come, on which it was measured", "measured_on")


def makes_confirmed(level: Level) -> bool:
    """Whether a confirmed statement of this level makes the action ‘Impact confirmed’.

    That nothing is known yet can be confirmed too, but it is no impact.
    """
    return level > Level.NOT_KNOWN


def add_months(day: date, months: int) -> date:
    """The same day so many months later; where that month is shorter, its last day.

    Counted from the day itself, never from an earlier result: three months after 30 November is the last of
    February, and six months after it is 30 May again.
    """
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def looks_after(closed_on: date) -> tuple[tuple[int, date], ...]:
    """The looks that are owed after an action closed: months, and the day by which each is due."""
    return tuple((months, add_months(closed_on, months)) for months in LOOK_AFTER_MONTHS)


def answers(stated_on: date, due_on: date) -> bool:
    """Whether a statement of this day answers a look that is due on that day.

    It does from 28 days before, when the first reminder asks for it, and however late; a statement answers
    every look it reaches. An earlier one answers none: a look is there so that somebody looks again.
    """
    return due_on <= stated_on + timedelta(days=ANSWERS_AHEAD_DAYS)


def highest(levels: Iterable[int]) -> int | None:
    """The highest of the levels confirmed; None while none is."""
    return max(levels, default=None)


def _has_words(text: str | None) -> bool:
    return bool(text and text.strip())
