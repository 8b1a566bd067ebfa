"""How a due date moves: more time asked for and decided, and how late an action was in the end.

The first due date is kept for ever; every later one stands on a decision with a coded reason.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.accounts.policy import ExtensionDecider
from app.actions.rules.lifecycle import OPEN, Move, Status, check_not_too_far
from app.core.errors import RuleBroken


class Cause(StrEnum):
    """What moved the date."""

    EXTENSION = "extension"
    RETURNED = "returned"
    REOPENED = "reopened"
    RESUMED = "resumed"
    SPLIT = "split"

    @property
    def label(self) -> str:
        """The cause as screens write it."""
        return _CAUSE_LABELS[self]


_CAUSE_LABELS = {
    Cause.EXTENSION: "More time given",
    Cause.RETURNED: "Returned, to be sent again",
    Cause.REOPENED: "Reopened",
    Cause.RESUMED: "Resumed",
    Cause.SPLIT: "Taken over from the action it was split from",
}

#: The cause that a move which asks for a new date records.
CAUSE_OF_MOVE = {
    Move.RETURN_TO_OWNER: Cause.RETURNED,
    Move.ACCEPT_IN_PART: Cause.RETURNED,
    Move.REOPEN: Cause.REOPENED,
    Move.RESUME: Cause.RESUMED,
    Move.BRING_BACK: Cause.RESUMED,
}


class Reason(StrEnum):
    """Why more time is needed."""

    AWAITING_AGENCY = "awaiting_agency"
    APPROVAL_CYCLE = "approval_cycle"
    FUNDING = "funding"
    STAFFING = "staffing"
    PARALLEL_PROCEEDINGS = "parallel_proceedings"
    SCOPE_CHANGED = "scope_changed"
    INSPECTION_OR_INCIDENT = "inspection_or_incident"
    EXTERNAL_BODY = "external_body"
    OTHER = "other"

    @property
    def label(self) -> str:
        """The reason as screens and reports write it."""
        return _REASON_LABELS[self]


_REASON_LABELS = {
    Reason.AWAITING_AGENCY: "Awaiting another agency",
    Reason.APPROVAL_CYCLE: "Policy or approval cycle",
    Reason.FUNDING: "Funding or procurement",
    Reason.STAFFING: "Staff vacancy or capacity",
    Reason.PARALLEL_PROCEEDINGS: "Parallel proceedings",
    Reason.SCOPE_CHANGED: "Scope changed",
    Reason.INSPECTION_OR_INCIDENT: "Inspection or incident pressure",
    Reason.EXTERNAL_BODY: "External body",
    Reason.OTHER: "Other",
}


DECIDER_LABELS = {
    ExtensionDecider.BOARD_MANAGER: "Board manager",
    ExtensionDecider.GROUP_CHAIR: "Sub-group chair",
    ExtensionDecider.INDEPENDENT_CHAIR: "Independent chair",
}


@dataclass(frozen=True)
class ExtensionTier:
    """Who decides the extension of this number, up to this many days (None: however long)."""

    number: int
    longest_days: int | None
    decider: ExtensionDecider


class NotOwed(RuleBroken):
    """The owner owes nothing at present, so there is no date to move."""


class NewDateTooEarly(RuleBroken):
    """The new date gives no more time."""


class ReasonMissing(RuleBroken):
    """Other was chosen and nothing said."""


class SafeguardMissing(RuleBroken):
    """Nothing says how children are kept safe in the meantime."""


def who_decides_extension(
    tiers: Iterable[ExtensionTier], granted_so_far: int, from_due_on: date, new_due_on: date
) -> ExtensionDecider:
    """Whose decision the next extension is, by its number and by how long it is.

    1. Begin at the tier of the extension's own number, or the highest below it.
    2. Go up while the tier does not reach that far; whoever is highest decides what no tier reaches.

    Only extensions granted before count; dates moved by a return, a reopening or a resumption do not.
    Raises NewDateTooEarly, and ValueError when no tiers are set.
    """
    check_new_date(from_due_on, new_due_on)
    ladder = sorted(tiers, key=lambda tier: (tier.number, tier.longest_days or date.max.toordinal()))
    if not ladder:
        raise ValueError("Nobody is set to decide extensions.")
    number = granted_so_far + 1
    begun = max((tier.number for tier in ladder if tier.number <= number), default=0)
    days = (new_due_on - from_due_on).days
    for tier in ladder:
        if tier.number >= begun and (tier.longest_days is None or days <= tier.longest_days):
            return tier.decider
    return ladder[-1].decider


def decider_after_move(
    decider: ExtensionDecider,
    tiers: Iterable[ExtensionTier],
    granted_so_far: int,
    due_on: date,
    new_due_on: date,
) -> ExtensionDecider:
    """Whose decision a request is after the date it was asked from has moved: the higher of two.

    That is whoever decided it before, and whoever decides so long a slip from the present date. Otherwise a
    date that moved meanwhile would let a lower tier grant what it may not. A request that asks for no more
    than there is by now stays where it was.
    """
    if new_due_on <= due_on:
        return decider
    anew = who_decides_extension(tiers, granted_so_far, due_on, new_due_on)
    return max(decider, anew, key=list(ExtensionDecider).index)


def carried_extensions(changes: Iterable[tuple[str, str]]) -> int:
    """How many extensions an action took over from the one it was split from.

    ``changes`` are the cause and the coded reason of each change of its date. A part takes over how the date
    of the whole had moved; what was moved there for a reason of an extension was one. So nobody begins the
    ladder of extensions anew by splitting.
    """
    return sum(cause == Cause.SPLIT and is_extension(cause, code) for cause, code in changes)


def is_extension(cause: str, reason_code: str) -> bool:
    """Whether a change of a date gave more time: here, or to the action that this one was split from."""
    return cause == Cause.EXTENSION or (cause == Cause.SPLIT and reason_code in _REASON_LABELS)


def check_new_date(due_on: date, new_due_on: date, *, on: date | None = None) -> None:
    """Check that the new date gives more time than there is, and lies after ``on`` and not too far from it.

    Raises NewDateTooEarly, DateTooFar.
    """
    if new_due_on <= due_on:
        raise NewDateTooEarly("The new date must be after the date it is due now", "new_due_on")
    if on is not None and new_due_on <= on:
        raise NewDateTooEarly("The new date must be after today", "new_due_on")
    if on is not None:
        check_not_too_far(new_due_on, on, "new_due_on")


def check_extension_request(
    *,
    status: Status,
    due_on: date,
    new_due_on: date,
    reason_code: Reason,
    reason: str | None,
    interim_safeguard: str | None,
    on: date,
) -> None:
    """Check what somebody asks for when they need more time.

    The new date need not be a working day. Raises NotOwed, NewDateTooEarly, DateTooFar, ReasonMissing,
    SafeguardMissing.
    """
    if status not in OPEN:
        raise NotOwed(f"This action is ‘{status.label}’, so it needs no more time")
    check_new_date(due_on, new_due_on, on=on)
    if reason_code is Reason.OTHER and not (reason or "").strip():
        raise ReasonMissing("Say why more time is needed", "reason")
    if not (interim_safeguard or "").strip():
        raise SafeguardMissing("Say what keeps children safe until then", "interim_safeguard")


def total_slip(first_due_on: date, due_on: date) -> int:
    """How many days the due date has moved since it was first agreed."""
    return (due_on - first_due_on).days


def on_time(finished_on: date, first_due_on: date) -> bool:
    """Whether it was done by the date first agreed, whatever was granted later.

    An action is finished on the day it was sent for the sign-off that accepted it: waiting for the decision
    is the sub-group's time, not the owner's.
    """
    return finished_on <= first_due_on


def on_time_present(finished_on: date, due_on: date) -> bool:
    """Whether it was done by the date that held in the end; shown beside ``on_time``, never instead."""
    return finished_on <= due_on
