"""Which columns of an export are read, by the names they go by, and which are left because they identify.

Only columns named here are read; every other is left, whatever it holds. Those that are known to identify a
child or a family, or to hold free text, are named as well, so that the report can say what was left.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Column(StrEnum):
    """What is read of a row; the value is how it is called in reports."""

    CDOP_NUMBER = "CDOP number"
    ECDOP_REF = "eCDOP reference"
    DATE_OF_DEATH = "date of death"
    QUARTER = "quarter of death"
    DATE_OF_BIRTH = "date of birth"
    AGE = "age"
    AGE_IN_DAYS = "age in days"
    AGE_IN_MONTHS = "age in months"
    AGE_IN_YEARS = "age in years"
    SEX = "sex"
    ETHNICITY = "ethnicity"
    PLACE = "place of death"
    AREA = "area"
    EXPECTEDNESS = "expected or unexpected"
    IS_UNEXPECTED = "whether unexpected"
    JOINT_RESPONSE = "joint agency response"
    KNOWN = "day known"
    NOTIFIED = "day notified"
    INFORMATION = "day forms were asked for"
    RESPONSE_MEETING = "day of the response meeting"
    CDRM = "day of the child death review meeting"
    PANEL = "day of the panel"
    SUBMITTED = "day submitted"
    CLOSED = "day closed"
    CATEGORY = "category"
    CONCLUSION = "conclusion on modifiable factors"


#: The names that each column goes by in exports, as ``plain`` writes them.
SYNONYMS: dict[Column, tuple[str, ...]] = {
    Column.CDOP_NUMBER: (
        "cdop number",
        "cdop no",
        "cdop case number",
        "cdop ref",
        "cdop reference",
        "cdop reference number",
        "cdop id",
        "unique cdop number",
        "local case number",
        "local cdop number",
        "local reference",
    ),
    Column.ECDOP_REF: (
        "ecdop reference",
        "ecdop ref",
        "ecdop number",
        "ecdop id",
        "ecdop case id",
        "ncmd reference",
        "ncmd ref",
        "ncmd number",
        "ncmd id",
        "ncmd case id",
        "case id",
        "case reference",
        "case ref",
    ),
    Column.DATE_OF_DEATH: (
        "date of death",
        "death date",
        "dod",
        "date and time of death",
        "date time of death",
        "datetime of death",
        "date of child death",
    ),
    Column.QUARTER: ("quarter of death", "death quarter"),
    Column.DATE_OF_BIRTH: (
        "date of birth",
        "birth date",
        "dob",
        "date time of birth",
        "child date of birth",
    ),
    Column.AGE: ("age", "age at death", "age group", "age band", "age range", "age category"),
    Column.AGE_IN_DAYS: ("age days", "age in days", "age at death days", "age at death in days"),
    Column.AGE_IN_MONTHS: ("age months", "age in months", "age at death months", "age at death in months"),
    Column.AGE_IN_YEARS: ("age years", "age in years", "age at death years", "age at death in years"),
    Column.SEX: ("sex", "gender", "sex at birth", "child sex", "child gender"),
    Column.ETHNICITY: ("ethnicity", "ethnic group", "ethnicity group", "ethnic category", "child ethnicity"),
    Column.PLACE: ("place of death", "location of death", "type of place of death", "place of death type"),
    Column.AREA: (
        "area",
        "local authority",
        "local authority of residence",
        "la of residence",
        "borough",
        "borough of residence",
        "council",
    ),
    Column.EXPECTEDNESS: (
        "expected unexpected",
        "expected or unexpected",
        "expectedness",
        "type of death",
        "death type",
    ),
    Column.IS_UNEXPECTED: (
        "unexpected",
        "unexpected death",
        "was the death unexpected",
        "was death unexpected",
        "is unexpected",
    ),
    Column.JOINT_RESPONSE: (
        "joint agency response",
        "jar",
        "jar triggered",
        "joint agency response triggered",
        "was a jar triggered",
        "rapid response",
        "rapid response triggered",
    ),
    Column.KNOWN: (
        "date known",
        "date death known",
        "date cdop aware",
        "date aware",
        "date of awareness",
        "date cdop became aware",
    ),
    Column.NOTIFIED: (
        "date notified",
        "date of notification",
        "notification date",
        "date of notification to cdop",
        "date cdop notified",
        "notification received",
        "date notification received",
        "form a received",
        "date form a received",
    ),
    Column.INFORMATION: (
        "date reporting forms requested",
        "reporting forms requested",
        "form b requested",
        "date form b requested",
        "date form b sent",
        "date information requested",
    ),
    Column.RESPONSE_MEETING: (
        "date of jar meeting",
        "jar meeting date",
        "date of joint agency response meeting",
        "initial jar meeting",
        "rapid response meeting",
        "rapid response meeting date",
        "date of rapid response meeting",
    ),
    Column.CDRM: (
        "date of cdrm",
        "cdrm date",
        "child death review meeting",
        "child death review meeting date",
        "date of child death review meeting",
    ),
    Column.PANEL: (
        "date of cdop",
        "cdop date",
        "date of cdop meeting",
        "cdop meeting date",
        "date of panel",
        "panel date",
        "date of cdop review",
        "date reviewed by cdop",
        "date reviewed at cdop",
        "date review completed",
    ),
    Column.SUBMITTED: ("date submitted", "date submitted to ncmd", "submitted to ncmd", "date sent to ncmd"),
    Column.CLOSED: ("date closed", "closed date", "date case closed", "case closed"),
    Column.CATEGORY: (
        "category",
        "category of death",
        "death category",
        "final category",
        "final category of death",
        "primary category",
        "primary category of death",
    ),
    Column.CONCLUSION: (
        "modifiable factors",
        "modifiable factors identified",
        "modifiability",
        "modifiable",
        "conclusion on modifiable factors",
        "were modifiable factors identified",
    ),
}

#: Read to make something coarser of, and then left like every other that identifies.
ONLY_MADE_COARSER = frozenset(
    {
        Column.DATE_OF_DEATH,
        Column.DATE_OF_BIRTH,
        Column.AGE,
        Column.AGE_IN_DAYS,
        Column.AGE_IN_MONTHS,
        Column.AGE_IN_YEARS,
    }
)

#: By what a column identifies, and the words that give it away, wherever they stand in its name. The first
#: that fits is told.
IDENTIFYING: dict[str, tuple[str, ...]] = {
    "NHS number": ("nhs",),
    "date of birth": ("birth", "born", "dob"),
    "date or time of death": ("date of death", "time of death", "dod"),
    "postcode": ("postcode", "post code", "postal code", "zip"),
    "address": ("address", "street", "house", "town", "city", "uprn", "residence", "ward", "lsoa"),
    "GP": ("gp", "general practitioner", "practice", "surgery", "doctor"),
    "school or nursery": ("school", "nursery", "college", "childminder", "upn", "education"),
    "hospital or service": ("hospital", "trust", "mrn", "coroner", "police", "social worker", "consultant"),
    "family": (
        "mother",
        "father",
        "parent",
        "parents",
        "carer",
        "sibling",
        "siblings",
        "brother",
        "sister",
        "family",
        "guardian",
        "household",
        "next of kin",
    ),
    "phone or e-mail": ("phone", "telephone", "mobile", "email", "e mail", "contact"),
    "name": (
        "name",
        "names",
        "forename",
        "forenames",
        "surname",
        "firstname",
        "lastname",
        "alias",
        "initials",
        "notifier",
        "child",
        "patient",
    ),
}

#: Words that give away free text.
FREE_TEXT = (
    "summary",
    "narrative",
    "circumstances",
    "comment",
    "comments",
    "note",
    "notes",
    "description",
    "details",
    "cause",
    "history",
    "learning",
    "issues",
    "recommendations",
    "actions",
    "diagnosis",
    "text",
)

#: How a column is called that nothing is known of; its own name is not repeated, for it may be a value.
NOT_KNOWN = "not known"

_OTHER_THAN_WORDS = re.compile(r"[^a-z0-9]+")
_NEW_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_OF_SOMEBODY = re.compile(r"['’]s\b")


@dataclass(frozen=True)
class Left:
    """A column that is not taken over: its place from 1, what it is called here, how many values it held."""

    place: int
    what: str
    values: int


def plain(name: str) -> str:
    """The name of a column in small letters and single blanks, for example ``DateOfDeath`` and
    ``Date_of_death*`` both as "date of death".
    """
    apart = _NEW_WORD.sub(" ", _OF_SOMEBODY.sub("", name.replace("eCDOP", "ecdop")))
    return _OTHER_THAN_WORDS.sub(" ", apart.casefold()).strip()


_READ = {name: column for column, names in SYNONYMS.items() for name in names}


def read_as(names: Sequence[str]) -> dict[Column, int]:
    """Where each column that is read stands; of two that go by names of the same one, the first."""
    found: dict[Column, int] = {}
    for place, name in enumerate(names):
        column = _READ.get(plain(name))
        if column is not None:
            found.setdefault(column, place)
    return found


def what_is_left(
    names: Sequence[str], read: Iterable[tuple[Column, int]], rows: Sequence[Sequence[str]]
) -> list[Left]:
    """Every column that is not taken over as it is, with how many values it held."""
    taken = {place: column for column, place in read}
    left = []
    for place, name in enumerate(names):
        column = taken.get(place)
        if column is not None and column not in ONLY_MADE_COARSER:
            continue
        what = column.value if column is not None else _what(name)
        values = sum(1 for row in rows if place < len(row) and row[place].strip())
        left.append(Left(place + 1, what, values))
    return left


def _what(name: str) -> str:
    """What a column is that is not read, in our words."""
    words = f" {plain(name)} "
    for what, signs in IDENTIFYING.items():
        if any(f" {sign} " in words for sign in signs):
            return what
    return "free text" if any(f" {sign} " in words for sign in FREE_TEXT) else NOT_KNOWN
