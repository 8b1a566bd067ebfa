"""From the cell of an export to what is held here: a quarter for a day of death, a band for an age, a code.

Nothing raises with a value in its words: a cell may be what identifies a child.
"""

import re
from collections.abc import Mapping
from datetime import date

from app.core.errors import RuleBroken

_DAYS_TO_28, _DAYS_A_YEAR, _MONTHS_A_YEAR = 28, 365, 12
_ADULT = 18
#: The youngest age in years of each band, the oldest band first.
_BANDS = ((15, "15_17_years"), (10, "10_14_years"), (5, "5_9_years"), (1, "1_4_years"))
_NEWBORN, _INFANT = "0_27_days", "28_364_days"

_EARLIEST, _LATEST = 1980, 2099
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TIME = r"(?:[ T,]+\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:\.\d+)?)?(?: ?[ap]m)?(?:Z|[+-]\d{2}:?\d{2})?)?"
_BIG_ENDIAN = re.compile(rf"(\d{{4}})-(\d{{1,2}})-(\d{{1,2}}){_TIME}", re.IGNORECASE)
_BRITISH = re.compile(rf"(\d{{1,2}})[/.-](\d{{1,2}})[/.-](\d{{4}}){_TIME}", re.IGNORECASE)
_IN_WORDS = re.compile(rf"(\d{{1,2}})(?:st|nd|rd|th)?[ -]([a-z]{{3,9}})[ -,]*(\d{{4}}){_TIME}", re.IGNORECASE)
_AGE = re.compile(r"(\d{1,5})\s*(d|days?|w|weeks?|wks?|m|months?|mths?|y|years?|yrs?)\b", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,5}")
_QUARTER = re.compile(r"(?:q([1-4])\s*(\d{4})(?:/\d{2})?|(\d{4})(/\d{2})?\s*q([1-4]))", re.IGNORECASE)
_NOT_LETTERS = re.compile(r"[^a-z0-9]+")
_LEADING_NUMBER = re.compile(r"\s*(?:category\s*)?(\d{1,2})(?![\d/])", re.IGNORECASE)


class NotUnderstood(RuleBroken):
    """The cell says nothing that is known here."""


class NoChild(NotUnderstood):
    """Whoever the row is about was grown up."""


def day(text: str) -> date:
    """A day as people in Britain write it, with or without the time. Raises NotUnderstood."""
    written = text.strip()
    found: tuple[int, int, int] | None = None
    if match := _BIG_ENDIAN.fullmatch(written):
        found = int(match[1]), int(match[2]), int(match[3])
    elif match := _BRITISH.fullmatch(written):
        found = int(match[3]), int(match[2]), int(match[1])
    elif (match := _IN_WORDS.fullmatch(written)) and match[2][:3].casefold() in _MONTHS:
        found = int(match[3]), _MONTHS.index(match[2][:3].casefold()) + 1, int(match[1])
    if found is not None and _EARLIEST <= found[0] <= _LATEST:
        try:
            return date(*found)
        except ValueError:
            pass
    raise NotUnderstood("This is no day that can be read. Write it like 31/03/2017")


def quarter(text: str) -> date:
    """The first day of a quarter of the calendar year, written like "2016 Q3" or as any day of it.

    Raises NotUnderstood: also for quarters of a financial year, which others count from April.
    """
    match = _QUARTER.fullmatch(text.strip())
    if match is None:
        return day(text)
    if "/" in match[0]:
        raise NotUnderstood("Write the quarter of the calendar year, like 2016 Q3, or as its first day")
    year, number = int(match[2] or match[3]), int(match[1] or match[5])
    return date(year, number * 3 - 2, 1)


def band_of_days(days: int) -> str:
    """The age band of a child who lived so many days, in the first year."""
    return _NEWBORN if days < _DAYS_TO_28 else _INFANT


def band_of_years(years: int) -> str:
    """The age band of a child so many years old, from the first birthday on. Raises NoChild."""
    if years >= _ADULT:
        raise NoChild("Somebody of this age is no child")
    return next(band for youngest, band in _BANDS if years >= youngest)


def band_between(born_on: date, died_on: date) -> str:
    """The age band from two days, neither of which goes any further. Raises NotUnderstood."""
    if died_on < born_on:
        raise NotUnderstood("The death comes before the birth")
    years = died_on.year - born_on.year - ((died_on.month, died_on.day) < (born_on.month, born_on.day))
    return band_of_years(years) if years else band_of_days((died_on - born_on).days)


def band(text: str, labels: Mapping[str, str]) -> str:
    """The age band of an age with its unit, such as "3 months", or of the band's own words.

    ``labels`` gives the codes of bands by their words, as ``simple`` writes them. Raises NotUnderstood.
    """
    written = _shortly(text)
    for label, code in labels.items():
        if _shortly(label) == written:
            return code
    parts = _AGE.findall(text)
    if not parts:
        raise NotUnderstood("This is no age that can be read. Write it with its unit, like 3 months")
    days = weeks = months = years = 0
    for number, unit in parts:
        match unit[0].casefold():
            case "d":
                days += int(number)
            case "w":
                weeks += int(number)
            case "m":
                months += int(number)
            case _:
                years += int(number)
    return band_of(days=days + weeks * 7, months=months, years=years)


def _shortly(label: str) -> str:
    """A band by its two numbers, for "1 to 4 years" is also written "1-4"."""
    return simple(label).replace(" to ", " ").removesuffix(" years").removesuffix(" days")


def band_of(*, days: int = 0, months: int = 0, years: int = 0) -> str:
    """The age band of an age in years, months and days. Raises NotUnderstood."""
    years += months // _MONTHS_A_YEAR + days // _DAYS_A_YEAR
    months %= _MONTHS_A_YEAR
    if years:
        return band_of_years(years)
    return _INFANT if months else band_of_days(days)


def number(text: str) -> int:
    """A whole number. Raises NotUnderstood."""
    if not _NUMBER.fullmatch(text.strip()):
        raise NotUnderstood("This is no whole number")
    return int(text)


def simple(text: str) -> str:
    """A text in small letters and figures, with single blanks, so that spellings can be compared."""
    return _NOT_LETTERS.sub(" ", text.casefold()).strip()


_YES = frozenset({"yes", "y", "true", "1"})
_NO = frozenset({"no", "n", "false", "0"})


def yes(text: str) -> bool:
    """Whether a cell says yes. Raises NotUnderstood."""
    written = simple(text)
    if written in _YES:
        return True
    if written in _NO:
        return False
    raise NotUnderstood("This is neither yes nor no")


#: How cells spell what is held here; what stands first among several that fit is taken.
_SEX = {
    "female": ("female", "f", "girl", "2"),
    "male": ("male", "m", "boy", "1"),
    "not_known": (
        "not known",
        "unknown",
        "indeterminate",
        "not specified",
        "intersex",
        "u",
        "i",
        "x",
        "9",
        "0",
    ),
}
#: Words of a group, wherever they stand; mixed groups name two others, so they come first.
_ETHNICITY = {
    "mixed": ("mixed", "multiple", "white and black", "white and asian"),
    "not_known": ("not known", "unknown", "not stated", "not given", "not recorded", "refused"),
    "asian": ("asian", "indian", "pakistani", "bangladeshi", "chinese"),
    "black": ("black", "african", "caribbean"),
    "white": ("white", "irish", "gypsy", "traveller", "roma"),
    "other": ("other", "arab"),
}
_PLACE = {
    "hospice": ("hospice",),
    "hospital": (
        "hospital",
        "infirmary",
        "emergency department",
        "a e",
        "nicu",
        "picu",
        "neonatal unit",
        "ward",
    ),
    "abroad": ("abroad", "overseas", "outside the uk", "outside uk"),
}
_PLACE_IN_FULL = {
    "home": ("home", "own home", "home address", "home of normal residence", "usual residence"),
    "other_residence": (
        "other residence",
        "other private residence",
        "another home",
        "home of relative",
        "home of a relative",
        "foster home",
        "residential home",
    ),
    "public_place": ("public place", "road", "public road", "highway", "street", "park", "public area"),
    "other": ("other", "elsewhere", "not known", "unknown"),
}
_CONCLUSION = {
    "not_modifiable": (
        "no modifiable factors identified",
        "no modifiable factors",
        "no factors identified",
        "not modifiable",
        "non modifiable",
        "no",
        "n",
    ),
    "modifiable": ("modifiable factors identified", "modifiable factors", "modifiable", "yes", "y"),
    "inadequate": ("inadequate information", "inadequate information to judge", "insufficient information"),
}


def sex(text: str) -> str:
    """The code of a sex. Raises NotUnderstood."""
    return _in_full(text, _SEX)


def ethnicity(text: str) -> str:
    """The code of an ethnicity group. Raises NotUnderstood."""
    return _by_words(text, _ETHNICITY)


def place(text: str) -> str:
    """The code of a place of death: by its kind where that is said, else by a word for it.

    A road may be an address, and is one only as the whole of the cell. Raises NotUnderstood.
    """
    try:
        return _in_full(text, _PLACE_IN_FULL)
    except NotUnderstood:
        return _by_words(text, _PLACE)


def expectedness(text: str) -> str:
    """Whether a death was expected, by its code. Raises NotUnderstood."""
    return _in_full(text, {"unexpected": ("unexpected", "u"), "expected": ("expected", "e")})


def conclusion(text: str) -> str:
    """The code of a conclusion on modifiable factors. Raises NotUnderstood."""
    return _in_full(text, _CONCLUSION)


def category(text: str, labels: Mapping[str, str]) -> str:
    """The code of a category of death: its number, or its words as ``simple`` writes them.

    Raises NotUnderstood.
    """
    written = simple(text)
    if written in labels:
        return labels[written]
    match = _LEADING_NUMBER.match(text)
    if match and match[1].lstrip("0") in labels.values():
        return match[1].lstrip("0")
    raise NotUnderstood("This is no category that is known here")


def area(text: str, names: Mapping[str, str]) -> str:
    """The reference of an area by its name, with or without what it is. Raises NotUnderstood."""
    written = simple(text)
    for begin in ("london borough of ", "royal borough of ", "lb of ", "lb ", "borough of "):
        written = written.removeprefix(begin)
    for end in (" council", " borough council", " london borough", " corporation"):
        written = written.removesuffix(end)
    found = names.get(written)
    if found is None:
        raise NotUnderstood("This is no area of the partnership")
    return found


def _in_full(text: str, spellings: Mapping[str, tuple[str, ...]]) -> str:
    written = simple(text)
    for code, known in spellings.items():
        if written in known:
            return code
    raise NotUnderstood("This is no word that is known here")


def _by_words(text: str, spellings: Mapping[str, tuple[str, ...]]) -> str:
    written = f" {simple(text)} "
    for code, known in spellings.items():
        if any(f" {word} " in written for word in known):
            return code
    raise NotUnderstood("This is no word that is known here")
