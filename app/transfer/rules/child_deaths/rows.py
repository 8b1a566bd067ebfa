"""One row of an export, as far as it is understood: what is taken over, and what is to be looked at."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from app.cdop.rules.cases import kept, quarter_of
from app.cdop.rules.references import identifies
from app.transfer.rules.child_deaths import values
from app.transfer.rules.child_deaths.columns import Column
from app.transfer.rules.child_deaths.values import NoChild, NotUnderstood

#: The field of a case that each column fills, as the interchange file calls it.
FIELDS: dict[Column, str] = {
    Column.CDOP_NUMBER: "cdop_number",
    Column.ECDOP_REF: "ecdop_ref",
    Column.SEX: "sex",
    Column.ETHNICITY: "ethnicity_group",
    Column.PLACE: "place",
    Column.AREA: "area",
    Column.EXPECTEDNESS: "expectedness",
    Column.IS_UNEXPECTED: "expectedness",
    Column.JOINT_RESPONSE: "joint_agency_response",
    Column.CATEGORY: "category",
    Column.CONCLUSION: "conclusion",
}
#: The stages whose days are read, in their order; which of the codes is meant, the regime tells.
STAGES: dict[Column, tuple[str, ...]] = {
    Column.KNOWN: ("known",),
    Column.NOTIFIED: ("notified",),
    Column.INFORMATION: ("information",),
    Column.RESPONSE_MEETING: ("rapid_response", "joint_agency_response"),
    Column.CDRM: ("cdrm",),
    Column.PANEL: ("panel",),
    Column.SUBMITTED: ("submitted",),
    Column.CLOSED: ("closed",),
}
#: What a new case is recorded with where the row does not say it in words that are known.
UNTOLD = {"sex": "not_known", "ethnicity_group": "not_known", "place": "other"}

#: References are of letters, figures and what stands between them; one without a figure may be a name.
_REFERENCE = re.compile(r"(?=.*[0-9])[A-Z0-9][A-Z0-9 /._:#()-]*")
_LONGEST = {Column.CDOP_NUMBER: 40, Column.ECDOP_REF: 60}


@dataclass(frozen=True)
class Told:
    """What is wrong with a cell, or to be looked at; never with the value, which may identify a child."""

    column: Column | None
    sentence: str


@dataclass(frozen=True)
class Words:
    """The words of this installation that cells are held against, as ``values.simple`` writes them."""

    bands: Mapping[str, str]
    categories: Mapping[str, str]
    areas: Mapping[str, str]
    today: date


@dataclass
class Understood:
    """What one row says of a death."""

    number: int
    fields: dict[str, str | bool] = field(default_factory=dict)
    days: dict[Column, date] = field(default_factory=dict)
    problems: list[Told] = field(default_factory=list)
    doubts: list[Told] = field(default_factory=list)


def understand(number: int, cells: Sequence[str], places: Mapping[Column, int], words: Words) -> Understood:
    """What a row says, in the terms of this installation."""
    row = Understood(number)
    said = {
        column: cells[place].strip()
        for column, place in places.items()
        if place < len(cells) and cells[place].strip()
    }
    for column in (Column.CDOP_NUMBER, Column.ECDOP_REF):
        if column in said:
            _take(row, column, said[column], partial(_reference, column, words.areas))
    readings: dict[Column, Callable[[str], str | bool]] = {
        Column.SEX: values.sex,
        Column.ETHNICITY: values.ethnicity,
        Column.PLACE: values.place,
        Column.EXPECTEDNESS: values.expectedness,
        Column.IS_UNEXPECTED: lambda text: "unexpected" if values.yes(text) else "expected",
        Column.JOINT_RESPONSE: values.yes,
        Column.CATEGORY: lambda text: values.category(text, words.categories),
        Column.CONCLUSION: values.conclusion,
        Column.AREA: lambda text: values.area(text, words.areas),
    }
    for column, reading in readings.items():
        if column in said:
            _take(row, column, said[column], reading, is_doubt=column is not Column.AREA)
    _take_death(row, said, words)
    for column in STAGES:
        if column in said:
            _take_day(row, column, said[column], words.today)
    return row


def _take(
    row: Understood,
    column: Column,
    text: str,
    reading: Callable[[str], str | bool],
    *,
    is_doubt: bool = False,
) -> None:
    """Take a cell over, or say why not."""
    try:
        row.fields.setdefault(FIELDS[column], reading(text))
    except NotUnderstood as refused:
        (row.doubts if is_doubt else row.problems).append(Told(column, refused.sentence))


def _reference(column: Column, areas: Mapping[str, str], text: str) -> str:
    """A number or reference as it is kept. Raises NotUnderstood for what looks as if it were none."""
    written = kept(text)
    if (
        not _REFERENCE.fullmatch(written)
        or len(written) > _LONGEST[column]
        or identifies(written, known=areas)
    ):
        raise NotUnderstood("This does not look like a reference, so it is not taken over")
    return written


def _take_day(row: Understood, column: Column, text: str, today: date) -> None:
    try:
        day = values.day(text)
    except NotUnderstood as refused:
        row.doubts.append(Told(column, refused.sentence))
        return
    if day > today:
        row.doubts.append(Told(column, "This day is still to come, so it is not taken over"))
    else:
        row.days[column] = day


def _take_death(row: Understood, said: Mapping[Column, str], words: Words) -> None:
    """The quarter of the death and the age band; the days and the age they come from go no further."""
    died_on = _day_of(row, Column.DATE_OF_DEATH, said)
    if died_on is not None and died_on > words.today:
        row.problems.append(Told(Column.DATE_OF_DEATH, "This day is still to come"))
    elif died_on is not None:
        row.fields["death_quarter_on"] = quarter_of(died_on).isoformat()
    elif Column.QUARTER in said:
        try:
            row.fields["death_quarter_on"] = quarter_of(values.quarter(said[Column.QUARTER])).isoformat()
        except NotUnderstood as refused:
            row.problems.append(Told(Column.QUARTER, refused.sentence))
    try:
        band = _band(said, words)
        if band is None and died_on is not None and Column.DATE_OF_BIRTH in said:
            band = values.band_between(values.day(said[Column.DATE_OF_BIRTH]), died_on)
    except NotUnderstood as refused:
        told = next((column for column in _AGES if column in said), Column.DATE_OF_BIRTH)
        row.problems.append(Told(told, refused.sentence))
    else:
        if band is not None:
            row.fields["age_band"] = band


def _day_of(row: Understood, column: Column, said: Mapping[Column, str]) -> date | None:
    if column not in said:
        return None
    try:
        return values.day(said[column])
    except NotUnderstood as refused:
        row.problems.append(Told(column, refused.sentence))
        return None


_AGES = (Column.AGE, Column.AGE_IN_YEARS, Column.AGE_IN_MONTHS, Column.AGE_IN_DAYS)


def _band(said: Mapping[Column, str], words: Words) -> str | None:
    """The age band from the columns of ages; None where none says anything. Raises NotUnderstood."""
    if Column.AGE in said:
        try:
            return values.band(said[Column.AGE], words.bands)
        except NoChild:
            raise
        except NotUnderstood:
            # A bare number is years to some and months to others; two days leave no doubt.
            if Column.DATE_OF_BIRTH in said and Column.DATE_OF_DEATH in said:
                return None
            raise
    parts = {
        name: values.number(said[column])
        for name, column in (
            ("years", Column.AGE_IN_YEARS),
            ("months", Column.AGE_IN_MONTHS),
            ("days", Column.AGE_IN_DAYS),
        )
        if column in said
    }
    if set(parts) == {"years"} and not parts["years"]:
        raise NotUnderstood("An age in years alone does not tell a newborn from an infant")
    return values.band_of(**parts) if parts else None
