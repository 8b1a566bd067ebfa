"""What stands where a reference should, and may say whose death it was instead: a slip of columns does that.

A word with figures may be a prefix or a surname, and is taken for a prefix; several words are a name.
"""

import re
from collections.abc import Iterable
from datetime import date

from app.core.screening.rules import find, is_nhs_number

#: Words that stand in references and are no names.
_NO_NAMES = frozenset(
    {"AND", "CASE", "CDOP", "CHILD", "DEATH", "ECDOP", "ID", "NCMD", "NO", "NUMBER", "REF", "REFERENCE"}
)
_APART = re.compile(r"[^A-Z0-9@+]+")
_TEN_FIGURES = re.compile(r"(?<!\d)\d{3}\W{0,2}\d{3}\W{0,2}\d{4}(?!\d)")
_DAY_FIRST = re.compile(r"(?<!\d)(\d{1,2})\W(\d{1,2})\W(\d{4}|\d{2})(?!\d)")
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})\W(\d{1,2})\W(\d{1,2})(?!\d)")
_MONTH_IN_WORDS = re.compile(
    r"(?<!\d)\d{1,2}(?:ST|ND|RD|TH)?\W?(?:JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)[A-Z]*\W?\d{2,4}(?!\d)"
)
_EIGHT_FIGURES = re.compile(r"\d{8}")
#: A number that a program made up, such as 3F2504E0-4F89-41D3-9A0C-0305E82C3301.
_MADE_UP = re.compile(r"[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}")


def identifies(written: str, *, known: Iterable[str]) -> bool:
    """Whether a reference in capitals looks like a number, day, place or name of somebody.

    ``known`` are names of areas, whose words are no names of people.
    """
    if _MADE_UP.fullmatch(written):
        return False
    apart = _APART.sub(" ", written)
    return bool(
        find(written) or find(apart) or _is_number(written) or tells_day(written) or _is_name(apart, known)
    )


def _is_number(written: str) -> bool:
    return any(is_nhs_number(match.group()) for match in _TEN_FIGURES.finditer(written))


def tells_day(written: str) -> bool:
    """Whether a whole date stands in a reference in capitals, in figures or with its month in words."""
    days = [(match[3], match[2], match[1]) for match in _DAY_FIRST.finditer(written)]
    days += [(match[1], match[2], match[3]) for match in _YEAR_FIRST.finditer(written)]
    if _EIGHT_FIGURES.fullmatch(written):
        days += [(written[4:], written[2:4], written[:2]), (written[:4], written[4:6], written[6:])]
    return any(map(_stands_in_calendar, days)) or _MONTH_IN_WORDS.search(written) is not None


def _stands_in_calendar(day: tuple[str, str, str]) -> bool:
    year, month, number = map(int, day)
    try:
        date(year if year > 99 else year + 2000, month, number)
    except ValueError:
        return False
    return year <= 99 or 1980 <= year <= 2099


def _is_name(apart: str, known: Iterable[str]) -> bool:
    no_names = _NO_NAMES.union(*(name.upper().split() for name in known))
    words = [word for word in apart.split() if word.isalpha() and word not in no_names]
    return len(words) > 1 and max(map(len, words)) > 2
