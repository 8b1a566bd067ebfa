"""From bytes to rows: what is no list of child deaths is refused in one sentence, never by a traceback.

No sentence repeats anything of the file, which may be what identifies a child.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from app.core.errors import RuleBroken
from app.transfer.rules.child_deaths.columns import Column, read_as

#: Thirty years of a large panel, with everything that an export holds, stay below it.
LARGEST_FILE = 20 * 1024 * 1024
MOST_ROWS = 20_000
MOST_COLUMNS = 1_000
#: In characters; an export's longest narrative is some pages.
LONGEST_CELL = 100_000

_DELIMITERS = (",", ";", "\t", "|")
#: How the packages of office programs begin.
_PACKAGE = b"PK\x03\x04"


class NotUsable(RuleBroken):
    """The file cannot be read as a list of child deaths."""


@dataclass(frozen=True)
class Sheet:
    """The rows of a file below its first, which names the columns; each with its number from 1."""

    names: tuple[str, ...]
    places: dict[Column, int]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def read(content: bytes) -> Sheet:
    """The rows in these bytes. Raises NotUsable."""
    text = _text(content)
    held = csv.field_size_limit(LONGEST_CELL)
    try:
        return _sheet(text)
    finally:
        csv.field_size_limit(held)


def _sheet(text: str) -> Sheet:
    names, delimiter = _first_row(text)
    places = read_as(names)
    if not places.keys() & {Column.CDOP_NUMBER, Column.ECDOP_REF}:
        raise NotUsable(
            "The first row names neither a CDOP number nor an eCDOP reference, so no death could be told "
            "from another. Export the columns with their names in the first row"
        )
    return Sheet(tuple(names), places, tuple(_rows(text, delimiter)))


def _text(content: bytes) -> str:
    if len(content) > LARGEST_FILE:
        raise NotUsable(
            f"The file is larger than {LARGEST_FILE // 1024 // 1024} MB. Export fewer years at a time"
        )
    if not content.strip():
        raise NotUsable("The file is empty")
    if content.startswith(_PACKAGE):
        raise NotUsable("The file is a workbook. Save it as “CSV UTF-8” and import that")
    if b"\0" in content:
        raise NotUsable("The file holds bytes that no text holds. Save it as “CSV UTF-8” and import that")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotUsable("The file is not written in UTF-8. Save it as “CSV UTF-8” and import that") from None


def _first_row(text: str) -> tuple[list[str], str]:
    """The names of the columns, and what stands between them: whatever makes most of them known."""
    best: tuple[int, list[str], str] = (0, [], ",")
    for delimiter in _DELIMITERS:
        try:
            names = next(_split(text, delimiter), [])
        except NotUsable:
            # Quotation marks are in the wrong places where another sign stands between the cells.
            continue
        found = len(read_as(names[:MOST_COLUMNS]))
        if found > best[0]:
            best = (found, names, delimiter)
    known, names, delimiter = best
    if not known:
        raise NotUsable(
            "The first row names no column that is known here. Export the columns with their names in the "
            "first row, with commas between them"
        )
    if len(names) > MOST_COLUMNS:
        raise NotUsable(f"The file has more than {MOST_COLUMNS:,} columns")
    return names, delimiter


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    for number, row in enumerate(_split(text, delimiter), start=1):
        if number - 1 > MOST_ROWS:
            raise NotUsable(f"The file has more than {MOST_ROWS:,} rows. Export fewer years at a time")
        if number > 1 and any(cell.strip() for cell in row):
            yield number, tuple(row)


def _split(text: str, delimiter: str) -> Iterator[list[str]]:
    """The rows of a text, each a list of cells. Raises NotUsable."""
    number = 0
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            number += 1
            yield row
    except csv.Error:
        # The library's own words are of its settings.
        raise NotUsable(
            f"Row {number + 1} cannot be read: a quotation mark in it is not closed or stands in the wrong "
            f"place, or a cell is longer than {LONGEST_CELL:,} characters"
        ) from None
