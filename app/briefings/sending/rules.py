"""What holds for the sending of an issue, as pure functions on plain values."""

import re
from collections.abc import Sequence
from datetime import date, time, timedelta

from app.briefings.models.issues import IssueState
from app.briefings.rules import BEING_WRITTEN, MoveNotPossible, check_move
from app.core.errors import RuleBroken
from app.core.filters import date_long


class NotCleared(MoveNotPossible):
    """Nobody has cleared the issue, so it goes to nobody."""


class HeldBack(RuleBroken):
    """Something came up since the issue was cleared, and must be settled first."""


class DayGone(RuleBroken):
    """The day on which it was to be sent is over."""


class TooFarAhead(RuleBroken):
    """What is cleared today is out of date by then."""


class TimeNotUsable(RuleBroken):
    """What was written is no time of day."""


class ReasonMissing(RuleBroken):
    """Whoever stops a sending says why."""


#: An issue is set to be sent this far ahead at most.
LONGEST_AHEAD = timedelta(days=92)


def check_may_go(present: IssueState, following: IssueState, *, ref: str) -> None:
    """Raise NotCleared or MoveNotPossible where the sending cannot come to this."""
    if present in BEING_WRITTEN:
        raise NotCleared(f"{ref} is not cleared: a second person must clear it before it is sent")
    check_move(present, following, ref=ref)


def check_holds(holds: Sequence[str], *, ref: str) -> None:
    """Raise HeldBack where there are reasons not to send it."""
    if holds:
        raise HeldBack(f"{ref} cannot be sent: {'; '.join(holds)}")


def check_day(day: date, *, today: date) -> None:
    """Raise DayGone for a day before today, and TooFarAhead for one that is likelier a slip of the year."""
    if day < today:
        raise DayGone("Enter today or a later day", "on")
    if day > today + LONGEST_AHEAD:
        raise TooFarAhead(f"Enter a day up to {date_long(today + LONGEST_AHEAD)}", "on")


_TIME = re.compile(r"([0-9]{1,2})(?:[:.]([0-9]{2}))? ?(am|pm)?", re.IGNORECASE)


def checked_time(words: str) -> time | None:
    """The time of day that was written, such as ``9:30am`` or ``14:00``; null for nothing.

    Raises TimeNotUsable.
    """
    if not words.strip():
        return None
    match = _TIME.fullmatch(words.strip())
    if match is not None and (match[2] or match[3]):
        hour, minute, half = int(match[1]), int(match[2] or 0), (match[3] or "").lower()
        if half and 1 <= hour <= 12:
            hour = hour % 12 + (12 if half == "pm" else 0)
        elif half:
            hour = 99
        if hour < 24 and minute < 60:
            return time(hour, minute)
    raise TimeNotUsable("Enter a time like 9:30am or 14:00", "at")


def checked_reason(reason: str) -> str:
    """The reason without blanks around it. Raises ReasonMissing where there is none."""
    words = reason.strip()
    if not words:
        raise ReasonMissing("Say why, in a few words", "reason")
    return words


def is_due(on: date, at: time | None, *, today: date, clock: time | None) -> bool:
    """Whether a scheduled sending begins; ``clock`` is the time in London, null where only the day counts."""
    if on < today:
        return True
    return on == today and (clock is None or at is None or at <= clock)


_REFUSED_FOR_GOOD = re.compile(r"5[0-9]{2}\b[ -]?(?:(5\.[0-9]{1,3}\.[0-9]{1,3})\b)?")


def refusal_code(reason: str) -> str | None:
    """The code by which the receiver refused a message for good, the enhanced one where it gave one.

    Null where the message failed for another reason: it could not be made, or nobody took it in time.
    """
    match = _REFUSED_FOR_GOOD.match(reason)
    return None if match is None else match[1] or reason[:3]
