"""Rules that every record shares, as pure functions: a reason is given, a day has come, a link opens."""

from datetime import date
from urllib.parse import urlsplit

from app.core.errors import RuleBroken


class WordsMissing(RuleBroken):
    """A text that the record cannot do without is empty."""


class DayToCome(RuleBroken):
    """What is recorded as having happened lies ahead."""


class LinkNotUsable(RuleBroken):
    """The address is not one that a browser can open."""


class NumberNotUsable(RuleBroken):
    """What was entered is not a whole number that counts something."""


#: No report numbers its parts beyond this; a longer number is a slip of the hand.
HIGHEST_NUMBER = 999


def words(text: str | None, sentence: str, field: str) -> str:
    """The text without blanks at its ends. Raises WordsMissing, in the sentence given, for an empty one."""
    kept = (text or "").strip()
    if not kept:
        raise WordsMissing(sentence, field)
    return kept


def day_not_to_come(day: date, *, today: date, field: str) -> None:
    """Check that what is recorded as having happened did not lie ahead. Raises DayToCome."""
    if day > today:
        raise DayToCome("Enter today’s date or an earlier one", field)


def link(address: str | None, *, field: str) -> str | None:
    """The address without blanks at its ends; none where there is none. Raises LinkNotUsable.

    Only the web's own schemes pass: a script in place of an address would run when somebody opens it.
    """
    kept = (address or "").strip()
    if not kept:
        return None
    try:
        parts = urlsplit(kept)
        opens = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        opens = False
    if not opens or any(sign.isspace() for sign in kept):
        raise LinkNotUsable("Enter a link that begins with https:// or http://", field)
    return kept


def whole_number(text: str | None, *, field: str) -> int | None:
    """The number that was written, from 1 up; none where nothing was. Raises NumberNotUsable."""
    kept = (text or "").strip()
    if not kept:
        return None
    number = int(kept.lstrip("0")[:9] or 0) if kept.isascii() and kept.isdecimal() else 0
    if not 1 <= number <= HIGHEST_NUMBER:
        raise NumberNotUsable(f"Enter a number from 1 to {HIGHEST_NUMBER}, for example 4", field)
    return number
