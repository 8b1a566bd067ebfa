"""What is exported: columns, rows, and what the file says of itself."""

from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from app.core.errors import RuleBroken

Row = TypeVar("Row")

#: A page makes a file of at most this many rows, so that nobody's waiting keeps a web worker from others.
LONGEST = 20_000

#: What spreadsheets take for the beginning of a formula, at the start of a cell.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class TooMany(RuleBroken):
    """The list is longer than a page can make a file of."""

    def __init__(self) -> None:
        super().__init__(
            f"This list holds more than {LONGEST:,} rows. Narrow it with a filter, then export it."
        )


@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column: its heading, what stands in it, and how wide it is in characters.

    A cell holds a text, a whole number, a day, or nothing.
    """

    heading: str
    value: Callable[[Row], str | int | date | None]
    width: int = 16


@dataclass(frozen=True)
class Sheet(Generic[Row]):
    """A list to be written as a file."""

    #: Plain words for the sheet and the file's name; never anything of a case.
    name: str
    columns: tuple[Column[Row], ...]
    rows: Iterable[Row]
    #: What may be done with it, for example ``OFFICIAL-SENSITIVE``.
    marking: str
    #: Who made it and when, as written.
    made_by: str
    made_at: str
    #: What the list was narrowed to, in words.
    narrowed_to: str
    suppressed: str = "Nothing was suppressed: no figures of small groups are in it."

    def about(self) -> list[tuple[str, str]]:
        """What the file says of itself, label and words."""
        return [
            ("Marking", self.marking),
            ("List", self.name),
            ("Exported by", self.made_by),
            ("Exported at", self.made_at),
            ("Narrowed to", self.narrowed_to),
            ("Suppression", self.suppressed),
        ]

    def cells(self) -> Iterator[list[str | int | date | None]]:
        """The rows as cells. Raises TooMany once there are more than LONGEST."""
        rows = iter(self.rows)
        try:
            for number, row in enumerate(rows, start=1):
                if number > LONGEST:
                    raise TooMany
                yield [column.value(row) for column in self.columns]
        finally:
            # Rows that are read as they are written hold a cursor of the database until they are closed.
            if isinstance(rows, Generator):
                rows.close()


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula: one that begins like one gets an apostrophe first."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def clean(cell: Any) -> Any:
    """A cell without the characters that no file of either kind may hold."""
    if not isinstance(cell, str):
        return cell
    return "".join(sign for sign in cell if sign in "\n\t" or sign.isprintable())
