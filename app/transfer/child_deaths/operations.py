"""Importing child deaths from a file that a national system exports.

Of the file only the cells of columns that are known are looked at, and of those only codes, references, the
quarter of the death and the days of stages are kept. What identifies goes no further than the memory of this
process: neither the database, nor a log, nor a message, nor the answer repeats a cell.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.audit.operations import Subject, record
from app.core.database import current_session
from app.core.errors import RuleBroken
from app.core.intake import Problem
from app.core.references import next_reference
from app.transfer import queries as transfer
from app.transfer.child_deaths import queries
from app.transfer.operations import LoadOutcome, load
from app.transfer.progress import Told as Heard
from app.transfer.rules.child_deaths import sheet
from app.transfer.rules.child_deaths.columns import Column, Left, what_is_left
from app.transfer.rules.child_deaths.merging import Regimes, changed_case, column_of, new_case
from app.transfer.rules.child_deaths.rows import Told, Understood, understand
from app.transfer.rules.format import FORMAT, VERSION

SECTION = "child_deaths"
_TABLE = "child_death_case"


class NoGroup(RuleBroken):
    """It is not clear which group reviews the deaths of the file."""


@dataclass
class Outcome:
    """What a file brought, what is wrong with it, what is to be looked at, and what was left out of it."""

    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: list[dict[str, Any]] = field(default_factory=list)
    doubts: list[dict[str, Any]] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The outcome as commands print it."""
        return {
            "rows": self.rows,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "rejected": self.rejected,
            "doubts": self.doubts,
            "dropped": [
                {"place": each.place, "column": each.what, "values": each.values} for each in self.left
            ],
        }


def import_file(
    path: str | os.PathLike[str],
    *,
    group: str | None = None,
    dry_run: bool = False,
    take_good_rows: bool = False,
    told: Heard | None = None,
) -> Outcome:
    """Import a file and commit; roll back for a trial, and where a row is refused and none is to be taken.

    ``group`` is the reference of the group that reviews the deaths, where several do; ``told`` hears how far
    it is.
    """
    session = current_session()
    try:
        outcome = bring_in(_content(Path(path)), group=group, take_good_rows=take_good_rows, told=told)
        if dry_run or (outcome.rejected and not take_good_rows):
            session.rollback()
        else:
            session.commit()
    except (sheet.NotUsable, NoGroup) as refused:
        session.rollback()
        return Outcome(rejected=[_told(None, Told(None, refused.sentence))])
    except BaseException:
        session.rollback()
        raise
    return outcome


def bring_in(
    content: bytes, *, group: str | None = None, take_good_rows: bool = False, told: Heard | None = None
) -> Outcome:
    """Bring the deaths of a file in, in the caller's transaction. Raises NotUsable, NoGroup.

    1. Its rows are read, and only what is known of them is understood.
    2. Each is matched to the case that has its reference in eCDOP or its CDOP number, else it is new.
    3. The cases they make are loaded as an interchange file is, by the same rules and with the same trail.
    """
    found = sheet.read(content)
    outcome = Outcome(
        rows=len(found.rows),
        left=what_is_left(
            found.names,
            found.places.items(),
            [cells for _, cells in found.rows],
        ),
    )
    reviewed_by = _group(group)
    words = queries.words()
    rows = [_understood(number, cells, found, words) for number, cells in found.rows]
    made = _cases(rows, reviewed_by)
    _tell_of_twins(made)
    loaded = _load(made, take_good_rows=take_good_rows, told=told)
    if loaded is not None:
        outcome.created = loaded.created.get(_TABLE, 0)
        outcome.updated = loaded.updated.get(_TABLE, 0)
        outcome.unchanged = loaded.unchanged.get(_TABLE, 0)
        _record(outcome, reviewed_by)
    outcome.rejected = [_told(row.number, told) for row in rows for told in row.problems]
    if outcome.rejected and not take_good_rows:
        outcome.created = outcome.updated = outcome.unchanged = 0
    outcome.doubts = [_told(row.number, told) for row in rows for told in row.doubts]
    return outcome


@dataclass
class _Made:
    """A row, and the case it makes as an interchange file has it."""

    row: Understood
    case: dict[str, Any]
    is_new: bool


def _content(path: Path) -> bytes:
    """The bytes of a file, and one more than there may be. Raises NotUsable."""
    try:
        with path.open("rb") as file:
            return file.read(sheet.LARGEST_FILE + 1)
    except OSError as error:
        raise sheet.NotUsable(f"The file cannot be read: {error.strerror}") from None


def _group(wanted: str | None) -> str:
    groups = queries.reviewing_groups()
    if wanted is not None and wanted not in groups:
        raise NoGroup("There is no such group that reviews child deaths")
    if not groups:
        raise NoGroup("No group reviews child deaths yet. Mark the one that does, on the page of groups")
    if wanted is None and len(groups) > 1:
        raise NoGroup(f"Several groups review child deaths. Say which: {', '.join(groups)}")
    return wanted or next(iter(groups))


def _understood(number: int, cells: Sequence[str], found: sheet.Sheet, words: Any) -> Understood:
    if len(cells) > len(found.names):
        problem = Told(None, "This row has more cells than the first row has names, so none can be trusted")
        return Understood(number, problems=[problem])
    return understand(number, cells, found.places, words)


def _cases(rows: Sequence[Understood], group: str) -> list[_Made]:
    """The case that each good row makes; each death once."""
    numbers = {str(row.fields["cdop_number"]) for row in rows if "cdop_number" in row.fields}
    in_ecdop = {str(row.fields["ecdop_ref"]) for row in rows if "ecdop_ref" in row.fields}
    by_cdop, by_ecdop = queries.by_number(numbers, in_ecdop)
    refs = {*by_cdop.values(), *by_ecdop.values()}
    section = next(each for each in transfer.sections() if each.name == SECTION)
    here = section.present(refs, transfer.everything_referred_to()) if refs else {}
    regimes: Regimes = queries.regimes()
    made: list[_Made] = []
    seen: dict[tuple[str, object], int] = {}
    matched: dict[str, int] = {}
    for row in rows:
        if row.problems or not _is_first(row, seen):
            continue
        ref = _match(row, by_cdop, by_ecdop)
        if row.problems:
            continue
        if ref is not None:
            if matched.setdefault(ref, row.number) == row.number:
                made.append(_Made(row, changed_case(row, here[ref], regimes=regimes), is_new=False))
            else:
                row.problems.append(Told(None, f"Row {matched[ref]} is about {ref} already"))
            continue
        # A number is given out only once the row is known to be good.
        case = new_case(row, ref="", group=group, regimes=regimes)
        if case is not None:
            ref = next_reference(current_session(), "D")
            made.append(_Made(row, case | {"ref": ref}, is_new=True))
    return made


def _is_first(row: Understood, seen: dict[tuple[str, object], int]) -> bool:
    """Whether no row above has its number or reference; a row without either cannot be told from others."""
    keys = {
        column: (name, row.fields[name])
        for name, column in (("ecdop_ref", Column.ECDOP_REF), ("cdop_number", Column.CDOP_NUMBER))
        if name in row.fields
    }
    if not keys:
        row.problems.append(Told(None, "This row has neither a CDOP number nor an eCDOP reference"))
    for column, key in keys.items():
        if key in seen:
            row.problems.append(Told(column, f"Row {seen[key]} has this already"))
    for key in keys.values():
        seen.setdefault(key, row.number)
    return not row.problems


def _match(row: Understood, by_cdop: Mapping[str, str], by_ecdop: Mapping[str, str]) -> str | None:
    """The case here that a row is about; a problem of the row where two references lead to two cases."""
    first = by_ecdop.get(str(row.fields.get("ecdop_ref")))
    second = by_cdop.get(str(row.fields.get("cdop_number")))
    if first is not None and second is not None and first != second:
        sentence = f"This is {second}, and the eCDOP reference is that of {first}. Look which is right"
        row.problems.append(Told(Column.CDOP_NUMBER, sentence))
    return first or second


def _tell_of_twins(made: Sequence[_Made]) -> None:
    """Say of each new case that looks like another what to look at; it may be the same death."""
    shared = ("death_quarter_on", "age_band", "sex", "ethnicity_group", "area")
    new = {each.case["ref"]: tuple(each.case[name] for name in shared) for each in made if each.is_new}
    found = queries.alike({key[0] for key in new.values()})
    for each in made:
        if not each.is_new:
            continue
        key = new[each.case["ref"]]
        if key in found:
            sentence = f"This looks like {found[key]}. Look whether it is the same death"
            each.row.doubts.append(Told(None, sentence))


def _load(made: Sequence[_Made], *, take_good_rows: bool, told: Heard | None) -> LoadOutcome | None:
    """Load the cases; what the rules refuse is a problem of its row, and the rest is loaded if wanted."""
    good = list(made)
    while good:
        document = {"format": FORMAT, "version": VERSION, SECTION: [each.case for each in good]}
        outcome = load(document, told=told)
        if not outcome.problems:
            return outcome
        for problem in outcome.problems:
            _give_back(problem, good)
        if not take_good_rows:
            return None
        good = [each for each in good if not each.row.problems]
    return LoadOutcome()


def _give_back(problem: Problem, made: Sequence[_Made]) -> None:
    """Tell a fault of the document at its row; one that is of no row is told at the first."""
    index = problem.path.removeprefix(f"{SECTION}[").partition("]")[0]
    each = made[int(index)] if index.isdecimal() and int(index) < len(made) else made[0]
    name = problem.path.rpartition(".")[2]
    sentence = problem.problem.removeprefix(f"{each.case['ref']}: ")
    each.row.problems.append(Told(column_of(name), sentence))


def _told(number: int | None, told: Told) -> dict[str, Any]:
    """A fault as commands print it; the value is never repeated, for it may be what identifies a child."""
    return {
        "sheet": None,
        "row": number,
        "column": told.column and told.column.value,
        "value": None,
        "problem": told.sentence,
    }


def _record(outcome: Outcome, group: str) -> None:
    """Put on the trail that a file was imported, and by name what was left out of it.

    How many deaths it held stands on the thread of each alone: this entry is read outside the compartment.
    """
    record(
        verb="child_death.import",
        subject=Subject("group", group),
        line="Imported child deaths from a file",
        before={},
        after={"left_out": sorted({each.what for each in outcome.left if each.values})},
    )
