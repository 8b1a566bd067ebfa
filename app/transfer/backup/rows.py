"""Rows as lines of an archive: one JSON list a row, in the order of the columns, read back by their types."""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import IO, Any

from sqlalchemy import Date, Table

from app.core.database import Base, UtcDateTime

FORMAT = "case-learning-tracker-backup"
VERSION = 1
MANIFEST = "manifest.json"
#: The table of job runs comes last: a backup writes its own run, which ends when it does.
LAST = "job_run"
#: How many rows are read or written at once.
BATCH = 500
#: No row is longer; a line that is comes from no backup of ours.
LONGEST_LINE = 64_000_000


@dataclass
class Outcome:
    """How many rows and files were written, or everything that is wrong: which member or file, and how."""

    rows: int = 0
    files: int = 0
    problems: list[dict[str, str]] = field(default_factory=list)

    def wrong(self, member: str, problem: str) -> None:
        """Add one thing that is wrong."""
        self.problems.append({"file": member, "problem": problem})

    def as_json(self) -> dict[str, Any]:
        """The outcome as commands print it."""
        return {"rows": self.rows, "files": self.files, "problems": self.problems}


def tables() -> list[Table]:
    """Every table, those that others refer to first."""
    return list(Base.metadata.sorted_tables)


def member_of(table: Table) -> str:
    """Where the archive keeps a table."""
    return f"rows/{table.name}.jsonl"


def member_of_file(digest: str) -> str:
    """Where the archive keeps a file."""
    return f"files/{digest}"


def as_line(row: Sequence[Any]) -> bytes:
    """A row as a line. Raises TypeError for a value that no column of ours holds."""
    return json.dumps(list(row), ensure_ascii=False, separators=(",", ":"), default=_written).encode() + b"\n"


def lines(member: IO[bytes]) -> Iterator[bytes]:
    """The lines of a member. Raises ValueError for one that has no end."""
    while line := member.readline(LONGEST_LINE):
        if not line.endswith(b"\n"):
            raise ValueError("a line without an end")
        yield line


def reader_of(table: Table) -> Callable[[bytes], dict[str, Any]]:
    """What makes a row of the table of a line. It raises ValueError for a line that is no row."""
    columns = [(column.name, _read_by(column.type)) for column in table.columns]

    def read(line: bytes) -> dict[str, Any]:
        values = json.loads(line)
        if not isinstance(values, list) or len(values) != len(columns):
            raise ValueError("a row of another table")
        return {
            name: value if value is None or made is None else made(value)
            for (name, made), value in zip(columns, values, strict=True)
        }

    return read


class Counted:
    """A member being written: counts its rows and takes its digest."""

    def __init__(self, member: IO[bytes]) -> None:
        self.member = member
        self.rows = 0
        self._digest = hashlib.sha256()

    def add(self, row: Sequence[Any]) -> None:
        """Write one row."""
        line = as_line(row)
        self.member.write(line)
        self._digest.update(line)
        self.rows += 1

    @property
    def digest(self) -> str:
        """The digest of all rows so far."""
        return self._digest.hexdigest()


def _written(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"a backup does not know how to write a {type(value).__name__}")


def _read_by(column_type: Any) -> Callable[[Any], Any] | None:
    if isinstance(column_type, UtcDateTime):
        return datetime.fromisoformat
    if isinstance(column_type, Date):
        return date.fromisoformat
    return None
