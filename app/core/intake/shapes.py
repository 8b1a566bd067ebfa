"""What a record looks like in a file: its fields, the rows of its history, and what may still change.

A shape is declared once, beside the tables it fills. The published schema, the reading of a file, the
comparison with what is recorded and the writing of a dump all follow it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

#: ``Field.settled`` of what never changes once it is recorded.
ALWAYS = "*"

#: More of a value than this is not repeated in a problem: it may be somebody's story.
LONGEST_VALUE_SHOWN = 80


class Kind(Enum):
    """What a field holds."""

    TEXT = auto()
    NUMBER = auto()
    FLAG = auto()
    DAY = auto()
    YEAR = auto()
    REFERENCE = auto()
    REFERENCES = auto()
    TEXTS = auto()


@dataclass(frozen=True)
class Field:
    """One field of a record.

    ``settled`` says when a file may no longer change it: ``ALWAYS``, or the name of the field of the same
    record whose presence settles it (a decision settles its own date, author and reason).
    """

    name: str
    kind: Kind = Kind.TEXT
    required: bool = False
    default: Any = None
    #: The most characters of a text.
    longest: int | None = None
    #: The least and the most a number may be.
    least: int = 0
    most: int = 1_000_000
    #: The codes a text is chosen from.
    choices: tuple[str, ...] = ()
    #: What a text must look like, as a regular expression over the whole of it, and in words.
    pattern: str | None = None
    said: str = ""
    #: The section of the file that a reference leads to.
    leads_to: str = ""
    #: The column it is kept in, where that has another name.
    column: str = ""
    settled: str | None = None
    description: str = ""


@dataclass(frozen=True)
class Rows:
    """The rows that belong to a record: its history, or what is set anew as a whole.

    Rows of history are told apart by ``key``; without one, by their order. ``dated`` is the day on which a
    row came about: what is added later must not lie before what is there.
    """

    name: str
    fields: tuple[Field, ...]
    is_history: bool = True
    key: tuple[str, ...] = ()
    dated: str | None = None
    #: Fields by which rows are put in order; none leaves them in the order in which they stand.
    order: tuple[str, ...] = ()
    required: bool = False
    description: str = ""


@dataclass(frozen=True)
class Shape:
    """A kind of record."""

    fields: tuple[Field, ...]
    rows: tuple[Rows, ...] = ()
    description: str = ""


@dataclass(frozen=True)
class Problem:
    """One fault of a file: where, the value found there in short, and what is wrong with it."""

    path: str
    value: str | None
    problem: str

    def as_json(self) -> dict[str, str | None]:
        """The fault as commands print it."""
        return {"path": self.path, "value": self.value, "problem": self.problem}


class Record(dict[str, Any]):
    """A record, or a row of one, as a file holds it: what is empty or as usual is left out.

    ``path`` is its place in the file, empty for what comes from the database; ``row_id`` is its row there.
    """

    __slots__ = ("path", "row_id")

    def __init__(self, values: Mapping[str, Any], *, path: str = "", row_id: int | None = None) -> None:
        super().__init__(values)
        self.path = path
        self.row_id = row_id

    @property
    def ref(self) -> str:
        """The record's reference."""
        ref: str = self["ref"]
        return ref

    def problem(self, field: str, sentence: str, value: Any = None) -> Problem:
        """A fault of one field; ``value`` where it is not the whole of the field that is wrong."""
        shown = self.get(field) if value is None else value
        named = f"{self['ref']}: {sentence}" if "ref" in self else sentence
        return Problem(f"{self.path}.{field}", shown_briefly(shown), named)


def shown_briefly(value: Any) -> str | None:
    """A value as a problem repeats it: never more than a line, and of a list or a record only what it is."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, dict):
        return "an object"
    text = str(value).encode("ascii", "backslashreplace").decode() if _unprintable(value) else str(value)
    return text if len(text) <= LONGEST_VALUE_SHOWN else f"{text[: LONGEST_VALUE_SHOWN - 1]}…"


def _unprintable(value: Any) -> bool:
    return isinstance(value, str) and any("\ud800" <= sign <= "\udfff" for sign in value)


def canonical(shape: Shape, values: Mapping[str, Any], path: str = "") -> Record:
    """The record in the one form in which two of them can be compared and dumped."""
    record = _plain(shape.fields, values, path)
    for rows in shape.rows:
        found = [
            _plain(rows.fields, row, f"{path}.{rows.name}[{index}]")
            for index, row in enumerate(values.get(rows.name) or ())
        ]
        if found:
            record[rows.name] = in_order(rows, found)
    return record


def in_order(rows: Rows, found: list[Record]) -> list[Record]:
    """The rows in the order in which a dump has them."""
    if not rows.order:
        return found
    return sorted(found, key=lambda row: tuple(_sort_key(row.get(name)) for name in rows.order))


def _sort_key(value: Any) -> tuple[int, str]:
    """Numbers by size, references by the number they end in, everything else as text, and nothing first."""
    if value is None:
        return (-1, "")
    if isinstance(value, int):
        return (value, "")
    text = str(value)
    digits = text[len(text.rstrip("0123456789")) :]
    return (int(digits) if "-" in text and digits and not _is_day(text) else 0, text)


def _is_day(text: str) -> bool:
    return len(text) == 10 and text[4] == text[7] == "-"


def _plain(fields: tuple[Field, ...], values: Mapping[str, Any], path: str) -> Record:
    record = Record({}, path=path)
    for field in fields:
        value = values.get(field.name)
        if value is None or value == "" or value == [] or value == field.default:
            continue
        record[field.name] = sorted(value) if isinstance(value, list) else value
    return record


def references(shape: Shape, record: Record) -> Iterator[tuple[Record, Field, str]]:
    """Every reference a record makes, with the record or row and the field that make it."""
    yield from _references_of(shape.fields, record)
    for rows in shape.rows:
        for row in record.get(rows.name, ()):
            yield from _references_of(rows.fields, row)


def _references_of(fields: tuple[Field, ...], record: Record) -> Iterator[tuple[Record, Field, str]]:
    for field in fields:
        if field.name not in record:
            continue
        if field.kind is Kind.REFERENCE:
            yield record, field, record[field.name]
        elif field.kind is Kind.REFERENCES:
            for ref in record[field.name]:
                yield record, field, ref
