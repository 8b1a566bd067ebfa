"""How an action passes from hand to hand and into others: pure rules beside the table of its life."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from app.actions.rules.brag import URGENCY, Colour
from app.actions.rules.lifecycle import CLOSED, OPEN, Move, Status
from app.core.errors import RuleBroken
from app.core.working_days import WorkingDays

#: The working days in which whoever owes an action says that they have it.
ACKNOWLEDGE_WITHIN = 5
#: The days for which a declared colour stands.
DECLARED_FOR_DAYS = 31
#: The colours that can be declared: those that an open action can have.
DECLARABLE = (Colour.RED, Colour.AMBER, Colour.GREEN)


class OwnerCause(StrEnum):
    """Why an action has another owner or agency than before."""

    REASSIGNED = "reassigned"
    NOT_FOR_US = "not_for_us"
    LEFT = "left"
    REOPENED = "reopened"

    @property
    def label(self) -> str:
        """The cause as the record writes it."""
        return {
            OwnerCause.REASSIGNED: "Reassigned within the agency",
            OwnerCause.NOT_FOR_US: "Moved to another agency",
            OwnerCause.LEFT: "The owner left",
            OwnerCause.REOPENED: "Reopened",
        }[self]


class SuccessionKind(StrEnum):
    """How an action goes on in another."""

    SPLIT = "split"
    MERGED = "merged"
    SUPERSEDED = "superseded"

    @property
    def label(self) -> str:
        """The words before the reference of the action that goes on."""
        return {
            SuccessionKind.SPLIT: "Split into",
            SuccessionKind.MERGED: "Merged into",
            SuccessionKind.SUPERSEDED: "Superseded by",
        }[self]


class NotForUsDecision(StrEnum):
    """What was decided about an action that an agency says is not for it, or that nothing was left to."""

    MOVED = "moved"
    KEPT = "kept"
    #: The action ended before anybody decided.
    LAPSED = "lapsed"


class ColourNotDeclared(RuleBroken):
    """The colour cannot be declared, or is the one that was calculated."""


def more_time_lapses(move: Move, reached: Status) -> bool:
    """Whether a request for more time that waits is settled by the move.

    While the owner's clock stands still there is no date to move, and whoever starts it again sets one.
    """
    return reached not in OPEN or move is Move.REOPEN


def not_for_us_lapses(move: Move, reached: Status) -> bool:
    """Whether what an agency says is not for it is settled by the move: it ended, or was ended before."""
    return reached in CLOSED or move is Move.REOPEN


def lapsed_because(reached: Status) -> str:
    """Why nobody has to decide any more, as the record keeps it."""
    return f"Nothing is left to decide: the action is ‘{reached.label}’"


@dataclass(frozen=True)
class Acknowledgement:
    """That somebody was asked to say that they have the action, and how that stands on a day."""

    #: Since when it is asked for, and by when.
    asked_on: date
    by_on: date
    #: How many working days after that it is; none while there is time.
    days_late: int


def acknowledgement_owed_since(
    *, status: Status, asked_on: date | None, acknowledged_on: date | None, last_update_on: date | None
) -> date | None:
    """Since when an acknowledgement is owed that nobody has given; None where none is owed.

    It is owed while the owner owes the action, from the day it was agreed or passed on. An update since
    then says as much as an acknowledgement.
    """
    if status not in OPEN or acknowledged_on is not None or asked_on is None:
        return None
    return asked_on if last_update_on is None or last_update_on < asked_on else None


def acknowledged_late(asked_on: date, acknowledged_on: date, calendar: WorkingDays) -> int:
    """By how many working days an acknowledgement came too late; nothing where it came in time."""
    return acknowledgement(asked_on, acknowledged_on, calendar).days_late


def acknowledgement(asked_on: date, on: date, calendar: WorkingDays) -> Acknowledgement:
    """How an acknowledgement that was asked for on one day stands on another."""
    by_on = calendar.add(asked_on, ACKNOWLEDGE_WITHIN)
    return Acknowledgement(asked_on, by_on, max(0, calendar.between(by_on, on)))


def late_if_asked_by(on: date, calendar: WorkingDays) -> date:
    """The last day on which an acknowledgement can have been asked for that is late on this day."""
    day = on
    while not acknowledgement(day, on, calendar).days_late:
        day -= timedelta(days=1)
    return day


def check_declared(calculated: Colour, declared: Colour, status: Status, *, stands: bool) -> None:
    """Check a colour that somebody wants to declare instead of the calculated one.

    The calculated one itself is declared only where another ``stands``, which it ends.
    Raises ColourNotDeclared.
    """
    if status not in OPEN:
        raise ColourNotDeclared(
            f"This action is ‘{status.label}’. A colour is declared only while the owner owes the action"
        )
    if declared not in DECLARABLE:
        raise ColourNotDeclared("Choose red, amber or green", "declared")
    if declared is calculated and not stands:
        raise ColourNotDeclared(f"It is {calculated.word.lower()} already", "declared")


def declared_until(declared_on: date) -> date:
    """The first day on which a colour declared on this day stands no longer."""
    return declared_on + timedelta(days=DECLARED_FOR_DAYS)


def worst(colours: Iterable[Colour]) -> Colour | None:
    """The most urgent colour among what is still owed; None where nothing is owed any more."""
    owed = [colour for colour in colours if colour in DECLARABLE]
    return min(owed, key=URGENCY.__getitem__, default=None)


#: An agency has returned its part once it was sent for sign-off or ended by a decision.
_RETURNED = frozenset({Status.SUBMITTED, Status.COMPLETE, Status.IMPACT_CONFIRMED, Status.NOT_IMPLEMENTED})
#: What is not asked of an agency any more, or goes on elsewhere.
_NOT_ASKED = frozenset({Status.WITHDRAWN, Status.SUPERSEDED})


@dataclass(frozen=True)
class Returns:
    """How many of the agencies that were asked have returned their part."""

    returned: int
    asked: int

    @property
    def missing(self) -> int:
        """How many have not."""
        return self.asked - self.returned

    def __str__(self) -> str:
        return f"{self.returned} of {self.asked} returned"


def returns(statuses: Iterable[Status]) -> Returns:
    """How many of these parts were returned; what was withdrawn or goes on elsewhere does not count."""
    asked = [status for status in statuses if status not in _NOT_ASKED]
    return Returns(sum(status in _RETURNED for status in asked), len(asked))
