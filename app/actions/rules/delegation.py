"""What the board manager may sign off without a meeting of the group, and how the group ratifies it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.actions.rules.sign_off import Decision
from app.core.errors import RuleBroken
from app.core.filters import date_long


class Priority(StrEnum):
    """How much depends on an action."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"

    @property
    def label(self) -> str:
        """The priority as screens write it."""
        return self.value.capitalize()


class MeetingMissing(RuleBroken):
    """The group decides this, so the decision belongs to one of its meetings."""


class NothingToRatify(RuleBroken):
    """The decision was the group's own, or was ratified already."""


class WrongMeeting(RuleBroken):
    """No meeting of that day can have ratified the decision."""


@dataclass(frozen=True)
class Work:
    """What was sent for sign-off, as far as delegation asks."""

    priority: str
    #: Whether one agency alone does it: neither an all-agency action nor a return of one.
    is_of_one_agency: bool
    #: Whether somebody who chairs the group could ratify it: a chair who does not answer for it.
    can_be_ratified: bool


def is_delegable(work: Work) -> bool:
    """Whether the board manager may sign it off before a meeting of the group ratifies that."""
    return work.priority == Priority.LOW and work.is_of_one_agency and work.can_be_ratified


def decides_under_delegation(
    work: Work, decision: Decision, *, for_the_group: bool, meeting_on: date | None
) -> bool:
    """Whether the decision is made under the group's delegation, and has to be ratified.

    1. The chair decides for the group, at a meeting or between two.
    2. Anybody else records what a meeting decided, and says which.
    3. Without a meeting only complete work of low priority by one agency is signed off.

    Raises MeetingMissing.
    """
    if for_the_group or meeting_on is not None:
        return False
    if decision is Decision.ACCEPTED and is_delegable(work):
        return True
    if is_delegable(work):
        raise MeetingMissing(
            "Without a meeting this can only be accepted. Enter the date of the meeting that decided",
            "meeting_on",
        )
    raise MeetingMissing("Enter the date of the meeting that decided", "meeting_on")


def check_ratification(
    *, is_delegated: bool, decided_on: date | None, ratified_on: date | None, meeting_on: date, on: date
) -> None:
    """Check that a decision is ratified at a meeting between the decision and today.

    Raises NothingToRatify, WrongMeeting.
    """
    if not is_delegated or decided_on is None:
        raise NothingToRatify("The group decided this itself, so there is nothing to ratify")
    if ratified_on is not None:
        raise NothingToRatify(f"This was ratified already on {date_long(ratified_on)}")
    if not decided_on <= meeting_on <= on:
        raise WrongMeeting(
            f"Enter a meeting between {date_long(decided_on)}, when it was signed off, and today",
            "meeting_on",
        )
