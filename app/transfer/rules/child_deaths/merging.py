"""What a row of an export makes of a case: a new one, or the one that is here with what the row adds."""

from collections.abc import Collection, Mapping, Sequence
from copy import deepcopy
from datetime import date
from typing import Any

from app.core.errors import RuleBroken
from app.reviews.rules import Span, regime_for
from app.transfer.rules.child_deaths.columns import Column
from app.transfer.rules.child_deaths.rows import FIELDS, STAGES, UNTOLD, Told, Understood

#: The guidance for child deaths, each with the codes of the stages that cases pass under it.
Regimes = Sequence[tuple[Span, Collection[str]]]

#: What a new case cannot do without, and the column that says it.
_NEEDED = {
    "cdop_number": Column.CDOP_NUMBER,
    "death_quarter_on": Column.DATE_OF_DEATH,
    "age_band": Column.AGE,
    "area": Column.AREA,
    "expectedness": Column.EXPECTEDNESS,
}
_COLUMN_OF = {name: column for column, name in FIELDS.items()} | _NEEDED
#: What the panel decides, and what comes after it.
_DECIDED = ("category", "conclusion")
_AFTER_THE_PANEL = (Column.SUBMITTED, Column.CLOSED)


def column_of(field: str) -> Column | None:
    """The column that says what a field of a case holds."""
    return _COLUMN_OF.get(field)


def new_case(row: Understood, *, ref: str, group: str, regimes: Regimes) -> dict[str, Any] | None:
    """The case that a row makes, as the interchange file has it; None where the row has problems."""
    row.problems += [
        Told(column, f"A death that is new here needs this: {column}")
        for name, column in _NEEDED.items()
        if name not in row.fields and not any(told.column == column for told in row.problems)
    ]
    known_on = row.days.get(Column.KNOWN)
    if known_on is None and Column.NOTIFIED in row.days:
        known_on = row.days[Column.NOTIFIED]
        row.doubts.append(
            Told(Column.KNOWN, "The day it became known is missing; that of notification is taken")
        )
    if known_on is None:
        row.problems.append(
            Told(
                Column.KNOWN,
                "A death that is new here needs the day on which it became known, or was notified",
            )
        )
    if row.problems or known_on is None:
        return None
    try:
        regime = regime_for(known_on, [span for span, _ in regimes])
    except RuleBroken as broken:
        row.problems.append(Told(Column.KNOWN, broken.sentence))
        return None
    case: dict[str, Any] = {
        "ref": ref,
        "group": group,
        "regime": regime,
        **UNTOLD,
        **row.fields,
        "stages": [],
    }
    _add_stages(case, {Column.KNOWN: known_on, **row.days}, row, regimes)
    return case


def changed_case(row: Understood, here: Mapping[str, Any], *, regimes: Regimes) -> dict[str, Any]:
    """The case that is here with what a row adds; what was settled stays, and the row tells of it."""
    case = deepcopy(dict(here))
    standing = _standing(here)
    settled: Collection[str] = ()
    if "withdrawn_on" in here:
        settled, why = tuple(row.fields), "was withdrawn"
    elif "closed" in standing:
        settled, why = tuple(row.fields), "is closed"
    elif "panel" in standing:
        settled, why = _DECIDED, "has been reviewed by the panel"
    for name, value in row.fields.items():
        # A flag that is off is left out of a record, like everything that is as usual.
        if (here.get(name) or False) == (value or False):
            continue
        if name in settled:
            row.doubts.append(
                Told(column_of(name), f"{here['ref']} {why}, and holds something else; it is left")
            )
        else:
            case[name] = value
    if "withdrawn_on" not in here and "closed" not in standing:
        _add_stages(case, row.days, row, regimes)
    return case


def _add_stages(case: dict[str, Any], days: Mapping[Column, date], row: Understood, regimes: Regimes) -> None:
    """Add the stages that the case has not reached yet, on the days that the row gives."""
    passes = next(codes for span, codes in regimes if span.code == case["regime"])
    reached = _standing(case)
    taken_back = {(stage["stage"], stage["reached_on"]) for stage in case["stages"]}
    lacks = [name for name in _DECIDED if name not in case]
    for column, codes in STAGES.items():
        if column not in days:
            continue
        on = days[column].isoformat()
        code = next((each for each in codes if each in passes), None)
        if code is None:
            row.doubts.append(Told(column, "A case under its guidance does not pass this stage; it is left"))
        elif code in reached:
            if reached[code] != on:
                row.doubts.append(Told(column, f"{case['ref']} has another day here; it is left"))
        elif (code, on) in taken_back:
            row.doubts.append(Told(column, f"{case['ref']} had this stage on that day, and it was withdrawn"))
        elif on < reached.get("known", on):
            row.doubts.append(Told(column, "This day lies before the death became known; it is left"))
        elif column is Column.CLOSED and on < max(reached.values()):
            row.doubts.append(Told(column, "A stage was reached after this day; it is left"))
        elif column is Column.PANEL and lacks:
            row.doubts.append(
                Told(column, f"This is left: the row does not give the {' and the '.join(lacks)}")
            )
        elif column in _AFTER_THE_PANEL and "panel" not in reached:
            row.doubts.append(Told(column, "This is left: no day is known on which the panel reviewed it"))
        else:
            case["stages"] = [*case["stages"], {"stage": code, "reached_on": on}]
            reached[code] = on


def _standing(case: Mapping[str, Any]) -> dict[str, str]:
    """The stages a case has reached, each with its day."""
    return {stage["stage"]: stage["reached_on"] for stage in case["stages"] if "withdrawn_on" not in stage}
