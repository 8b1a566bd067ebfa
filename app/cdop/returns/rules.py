"""What may happen to an agency return, and how it stands: plain values only."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.clocks.rules import Limit, target_of
from app.core import checks
from app.core.errors import RuleBroken
from app.core.working_days import WorkingDays

#: The time limit that says how long agencies have, from the day they are asked.
LIMIT = "returns"
#: The stage that a case reaches once the first agency is asked.
ASKED_STAGE = "information"
#: The form that every agency is asked for; the others supplement it.
REPORTING = "reporting"


class ReturnState(StrEnum):
    """Where a return stands."""

    OWED = "owed"
    NOT_FOR_US = "not_for_us"
    RETURNED = "returned"
    WAIVED = "waived"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """The state in words."""
        return {
            ReturnState.OWED: "Asked for",
            ReturnState.NOT_FOR_US: "Said not to be for them",
            ReturnState.RETURNED: "Returned",
            ReturnState.WAIVED: "Waived",
            ReturnState.WITHDRAWN: "Asked by mistake",
        }[self]


#: The states in which the review still waits for the agency.
OPEN = frozenset({ReturnState.OWED, ReturnState.NOT_FOR_US})


class AskedAlready(RuleBroken):
    """The agency was asked about this death before."""


class FormsMissing(RuleBroken):
    """No form was chosen, or one that the case's guidance does not have."""


class NobodyChosen(RuleBroken):
    """No agency was chosen, or a person who cannot answer for it."""


class DueTooEarly(RuleBroken):
    """The return would be due before it was asked for, or before today."""


class NoLimit(RuleBroken):
    """The guidance of the case says nothing of how long agencies have."""


class ReturnSettled(RuleBroken):
    """The return stands where this cannot happen to it."""


class ReturnedTooEarly(RuleBroken):
    """The return would have come before it was asked for."""


@dataclass(frozen=True)
class Answer:
    """What became of a return, by days; null for what did not happen."""

    returned_on: date | None = None
    waived_on: date | None = None
    withdrawn_on: date | None = None
    not_for_us_on: date | None = None


def state_of(answer: Answer) -> ReturnState:
    """Where a return stands."""
    if answer.withdrawn_on is not None:
        return ReturnState.WITHDRAWN
    if answer.returned_on is not None:
        return ReturnState.RETURNED
    if answer.waived_on is not None:
        return ReturnState.WAIVED
    return ReturnState.NOT_FOR_US if answer.not_for_us_on is not None else ReturnState.OWED


def due_by(limits: Iterable[Limit], asked_on: date, working_days: WorkingDays) -> date | None:
    """The day a return is due by the limits that its case keeps; null where they set none for it."""
    limit = next((each for each in limits if each.code == LIMIT), None)
    return target_of(limit, asked_on, working_days) if limit is not None else None


def is_on_time(first_due_on: date, returned_on: date) -> bool:
    """Whether a return came by the day first set, which no later change of date moves."""
    return returned_on <= first_due_on


def check_asking(*, asked_on: date, known_on: date, today: date) -> None:
    """Check that agencies can have been asked on a day. Raises DayToCome, DueTooEarly."""
    checks.day_not_to_come(asked_on, today=today, field="asked_on")
    if asked_on < known_on:
        raise DueTooEarly("Enter a day on or after the one on which the death became known", "asked_on")


def check_first_due(due_on: date | None, asked_on: date) -> date:
    """The day a return is first due. Raises NoLimit, DueTooEarly."""
    if due_on is None:
        raise NoLimit("The guidance of this case sets no limit. Enter the day it is due", "due_on")
    if due_on < asked_on:
        raise DueTooEarly("Enter a day on or after the one on which they are asked", "due_on")
    return due_on


def check_forms(forms: Collection[str], offered: Collection[str], *, held: Collection[str] = ()) -> None:
    """Check that forms can be asked for, of those that the case's guidance has. Raises FormsMissing."""
    if not set(forms) - set(held):
        raise FormsMissing(
            "Choose at least one form" + (" that was not asked for yet" if held else ""), "forms"
        )
    if not set(forms) <= set(offered) | set(held):
        raise FormsMissing("Choose only from this list", "forms")


def check_not_asked(names: Collection[str]) -> None:
    """Check that none of these agencies was asked before. Raises AskedAlready."""
    if names:
        listed = ", ".join(sorted(names))
        raise AskedAlready(
            f"Asked already: {listed}. Add a form to what they owe, or ask again from there", "agencies"
        )


def check_open(state: ReturnState, *, goes_on: bool = True) -> None:
    """Check that the return is still asked for. Raises ReturnSettled."""
    if state not in OPEN:
        raise ReturnSettled(f"This stands at “{state.label}”, so nothing is owed on it now")
    if not goes_on:
        raise ReturnSettled("The review is over, so nothing is owed on this now")


def check_returned(state: ReturnState, *, returned_on: date, asked_on: date, today: date) -> None:
    """Check that a return can have come on a day. Raises ReturnSettled, DayToCome, ReturnedTooEarly."""
    if state not in OPEN:
        raise ReturnSettled(f"This stands at “{state.label}” already, so nothing has to be said")
    checks.day_not_to_come(returned_on, today=today, field="returned_on")
    if returned_on < asked_on:
        raise ReturnedTooEarly("Enter a day on or after the one on which you were asked", "returned_on")


def check_not_said(state: ReturnState) -> None:
    """Check that nobody said yet that it is not for them. Raises ReturnSettled."""
    if state is ReturnState.NOT_FOR_US:
        raise ReturnSettled("This was said already, and waits for whoever asked")


def check_said(state: ReturnState) -> None:
    """Check that somebody says that it is not for them. Raises ReturnSettled."""
    if state is not ReturnState.NOT_FOR_US:
        raise ReturnSettled("Nobody says that this is not for them, so there is nothing to answer")


def check_settled(state: ReturnState) -> None:
    """Check that it can be asked for again: it is not asked for now. Raises ReturnSettled."""
    if state in OPEN:
        raise ReturnSettled("This is still asked for. Move its date, if it needs another")


def check_new_due(due_on: date, *, present: date | None, today: date) -> None:
    """Check that a return may be due on another day from now on. Raises DueTooEarly."""
    if due_on == present:
        raise DueTooEarly("It is due on this day already. Enter another", "due_on")
    if due_on < today:
        raise DueTooEarly("Enter today’s date or a later one", "due_on")
