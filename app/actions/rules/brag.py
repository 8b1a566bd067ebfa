"""BRAG: the colour of an action, why it has it, and the day on which it changes by itself.

The first that matches wins:

1. Blue    closed and signed off.
2. Grey    draft, on hold, awaiting sign-off, escalated, superseded, not implemented or withdrawn.
3. Red     past due, or the owner says off track, or extended twice.
4. Amber   due within 28 days, or no update for more than 31, or the owner says at risk, or extended once.
5. Green   none of these.

The numbers are the defaults; thresholds are data.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.actions.rules.lifecycle import OPEN, Status


class Colour(StrEnum):
    """The colour, which never stands without its letter and word; grey has X, because green has G."""

    BLUE = "B"
    RED = "R"
    AMBER = "A"
    GREEN = "G"
    GREY = "X"

    @property
    def letter(self) -> str:
        """The letter as screens write it and lists keep it."""
        return self.value

    @property
    def word(self) -> str:
        """The word as screens write it."""
        return self.name.capitalize()


#: The place of each colour in a list, the most urgent first.
URGENCY = {Colour.RED: 1, Colour.AMBER: 2, Colour.GREEN: 3, Colour.GREY: 4, Colour.BLUE: 5}


class OwnerView(StrEnum):
    """How the owner says it is going."""

    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    OFF_TRACK = "off_track"

    @property
    def label(self) -> str:
        """The view as screens write it."""
        return self.value.replace("_", " ").capitalize()


@dataclass(frozen=True)
class BragThresholds:
    """The numbers of the rule, as one partnership has set them."""

    #: Amber when due in this many days or fewer.
    due_soon_days: int = 28
    #: Amber when the last update is more than this many days old.
    stale_days: int = 31
    #: Amber when extended this many times.
    amber_extensions: int = 1
    #: Red when extended this many times.
    red_extensions: int = 2


@dataclass(frozen=True)
class Standing:
    """What the colour of an action depends on.

    Before the first update, the days without one are counted from the day it was agreed.
    Raises ValueError for an open action that nobody could judge.
    """

    status: Status
    due_on: date | None = None
    last_update_on: date | None = None
    owner_view: OwnerView | None = None
    extension_count: int = 0
    agreed_on: date | None = None

    def __post_init__(self) -> None:
        if self.status not in OPEN:
            return
        if self.due_on is None:
            raise ValueError(f"An action that is ‘{self.status.label}’ must have a due date.")
        if self.last_update_on is None and self.agreed_on is None:
            raise ValueError(f"An action that is ‘{self.status.label}’ must have a date it was agreed.")


_REASON_BY_STATUS = {
    Status.DRAFT: "Not agreed yet",
    Status.SUBMITTED: "Sent for sign-off and awaiting the decision",
    Status.COMPLETE: "Complete and signed off",
    Status.IMPACT_CONFIRMED: "Complete and signed off, and its impact confirmed",
    Status.ON_HOLD: "On hold",
    Status.ESCALATED: "Escalated outside the partnership",
    Status.SUPERSEDED: "Superseded by another action",
    Status.NOT_IMPLEMENTED: "Closed without being implemented",
    Status.WITHDRAWN: "Withdrawn",
}

_BLUE_STATUSES = frozenset({Status.COMPLETE, Status.IMPACT_CONFIRMED})


def colour(standing: Standing, thresholds: BragThresholds, on: date) -> Colour:
    """The colour on this day."""
    if standing.status not in OPEN:
        return Colour.BLUE if standing.status in _BLUE_STATUSES else Colour.GREY
    if _reasons_for_red(standing, thresholds, on):
        return Colour.RED
    if _reasons_for_amber(standing, thresholds, on):
        return Colour.AMBER
    return Colour.GREEN


def reason(standing: Standing, thresholds: BragThresholds, on: date) -> str:
    """Why it has that colour on this day, in plain English: every reason for the colour it has."""
    if standing.status not in OPEN:
        return _REASON_BY_STATUS[standing.status]
    reasons = _reasons_for_red(standing, thresholds, on) or _reasons_for_amber(standing, thresholds, on)
    if not reasons:
        reasons = [f"{_due_in(_days_left(standing, on))} and {_heard_of(standing, on)}"]
    return "; ".join([reasons[0], *(later[0].lower() + later[1:] for later in reasons[1:])])


def next_change(standing: Standing, thresholds: BragThresholds, on: date) -> date | None:
    """The first day after this one on which the colour becomes another, if nobody touches the action.

    None when it stays as it is for ever.
    """
    if standing.status not in OPEN:
        return None
    turning_days = (
        _days_after(_due_on(standing), -thresholds.due_soon_days),
        _days_after(_heard_on(standing), thresholds.stale_days + 1),
        _days_after(_due_on(standing), 1),
    )
    now = colour(standing, thresholds, on)
    return min(
        (day for day in turning_days if day and day > on and colour(standing, thresholds, day) != now),
        default=None,
    )


def _reasons_for_red(standing: Standing, thresholds: BragThresholds, on: date) -> list[str]:
    reasons = []
    days_left = _days_left(standing, on)
    if days_left < 0:
        reasons.append(f"Past due by {_days(-days_left)} and not sent for sign-off")
    if standing.owner_view is OwnerView.OFF_TRACK:
        reasons.append("The owner says it is off track")
    if standing.extension_count >= thresholds.red_extensions:
        reasons.append(_extended(standing.extension_count))
    return reasons


def _reasons_for_amber(standing: Standing, thresholds: BragThresholds, on: date) -> list[str]:
    reasons = []
    days_left = _days_left(standing, on)
    if days_left <= thresholds.due_soon_days:
        reasons.append(_due_in(days_left))
    days_silent = (on - _heard_on(standing)).days
    if days_silent > thresholds.stale_days:
        reasons.append(f"No update for {_days(days_silent)}")
    if standing.owner_view is OwnerView.AT_RISK:
        reasons.append("The owner says it is at risk")
    if standing.extension_count >= thresholds.amber_extensions:
        reasons.append(_extended(standing.extension_count))
    return reasons


def _due_on(standing: Standing) -> date:
    assert standing.due_on is not None
    return standing.due_on


def _heard_on(standing: Standing) -> date:
    """The day of the last update, or of agreeing where there has been none."""
    day = standing.last_update_on or standing.agreed_on
    assert day is not None
    return day


def _days_left(standing: Standing, on: date) -> int:
    return (_due_on(standing) - on).days


def _days_after(day: date, count: int) -> date | None:
    """The day so many days later; None where the calendar has no such day."""
    number = day.toordinal() + count
    return date.fromordinal(number) if 1 <= number <= date.max.toordinal() else None


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


def _due_in(days_left: int) -> str:
    if days_left < 2:
        return "Due tomorrow" if days_left else "Due today"
    return f"Due in {_days(days_left)}"


def _heard_of(standing: Standing, on: date) -> str:
    verb = "updated" if standing.last_update_on else "agreed"
    days_ago = (on - _heard_on(standing)).days
    return f"{verb} {_days(days_ago)} ago" if days_ago > 0 else f"{verb} today"


def _extended(count: int) -> str:
    return {1: "Extended once", 2: "Extended twice"}.get(count, f"Extended {count} times")
