"""From a file to rows: what is no list is refused in one sentence, before it costs much."""

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

from app.core.errors import RuleBroken
from app.core.files.kinds import TAKEN

MOST_ROWS = 50_000
MOST_COLUMNS = 50
#: In characters; no address, name or list of topics is longer.
LONGEST_CELL = 2_000
#: Of a CSV file, in bytes.
LARGEST_TEXT = 20_000_000
#: What a workbook may unpack to, and the texts in it, which are held in memory as a whole.
LARGEST_WORKBOOK = 60_000_000
LARGEST_TEXTS = 20_000_000

_DELIMITERS = ",;\t|"
_EXCEL = next(kind for kind, (ending, _) in TAKEN.items() if ending == "xlsx")
_TEXTS = frozenset({"text/csv", "text/plain"})


class NotUsable(RuleBroken):
    """The file cannot be read as a list of addresses."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, "file")


@dataclass(frozen=True)
class Sheet:
    """The names of the columns, and the rows below them; each row with its number from 1."""

    names: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def read(file: IO[bytes], media_type: str) -> Sheet:
    """The rows of a file whose kind was looked at already. Raises NotUsable."""
    if media_type == _EXCEL:
        rows = _of_workbook(file)
    elif media_type in _TEXTS:
        rows = _of_text(file)
    else:
        raise NotUsable("Choose an Excel workbook (.xlsx) or a CSV file")
    names: tuple[str, ...] | None = None
    kept: list[tuple[int, tuple[str, ...]]] = []
    for number, cells in enumerate(rows, start=1):
        if not any(cells):
            continue
        if names is None:
            names = cells
            continue
        if len(kept) == MOST_ROWS:
            raise NotUsable(f"The file has more than {MOST_ROWS:,} rows. Import it in parts")
        kept.append((number, cells))
    if names is None:
        raise NotUsable("The file is empty")
    return Sheet(names, tuple(kept))


def _of_text(file: IO[bytes]) -> Iterator[tuple[str, ...]]:
    content = file.read(LARGEST_TEXT + 1)
    if len(content) > LARGEST_TEXT:
        raise NotUsable(f"The file is larger than {LARGEST_TEXT // 1_000_000} MB. Import it in parts")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotUsable("The file is not written in UTF-8. Save it as “CSV UTF-8” and choose that") from None
    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    number = 0
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            number += 1
            if len(row) > MOST_COLUMNS:
                raise NotUsable(f"Row {number} has more than {MOST_COLUMNS} columns")
            # Not by the library's own limit, which is one for the whole process and all that it reads.
            if any(len(cell) > LONGEST_CELL for cell in row):
                raise _unreadable(number)
            yield tuple(cell.strip() for cell in row)
    except csv.Error:
        raise _unreadable(number + 1) from None


def _unreadable(row: int) -> NotUsable:
    return NotUsable(
        f"Row {row} cannot be read: a quotation mark in it is not closed or stands in the wrong "
        f"place, or a cell is longer than {LONGEST_CELL:,} characters"
    )


def _of_workbook(file: IO[bytes]) -> Iterator[tuple[str, ...]]:
    _check_size(file)
    # Imported here: it takes half a second, and no other page needs it.
    from openpyxl import load_workbook

    try:
        book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except Exception:
        # The library raises whatever the content leads it to; nothing of it is for the person.
        raise NotUsable("The workbook cannot be read. Save it again, or as “CSV UTF-8”") from None
    try:
        if not book.worksheets:
            raise NotUsable("The workbook has no sheet")
        # Rows are filled up with empty cells to as many as are asked for: to as many as have a name.
        first = next((row for row in _rows(book, MOST_COLUMNS) if any(row)), ())
        named = max((place for place, name in enumerate(first, start=1) if name), default=1)
        yield from _rows(book, named)
    finally:
        book.close()


def _rows(book: Any, columns: int) -> Iterator[tuple[str, ...]]:
    rows = book.worksheets[0].iter_rows(max_row=MOST_ROWS + 1_000, max_col=columns, values_only=True)
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except Exception:
            raise NotUsable("The workbook cannot be read. Save it again, or as “CSV UTF-8”") from None
        yield tuple(_cell(value) for value in row)


def _check_size(file: IO[bytes]) -> None:
    """Refuse a workbook that would unpack to more than a list of addresses needs."""
    try:
        with zipfile.ZipFile(file) as package:
            sizes = {part.filename: part.file_size for part in package.infolist()}
    except zipfile.BadZipFile:
        raise NotUsable("The workbook cannot be read. Save it again, or as “CSV UTF-8”") from None
    if sum(sizes.values()) > LARGEST_WORKBOOK or sizes.get("xl/sharedStrings.xml", 0) > LARGEST_TEXTS:
        raise NotUsable(
            "The workbook holds more than a list of addresses needs. Save its list as “CSV UTF-8”"
        )
    file.seek(0)


def _cell(value: Any) -> str:
    return "" if value is None else str(value).strip()[:LONGEST_CELL]
