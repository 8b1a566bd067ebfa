"""The demonstration's record as its tests read it."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "app" / "demo"
FIRST_DAY = date(2017, 3, 31)

Row = dict[str, Any]


def _read() -> dict[str, list[Row]]:
    sections: dict[str, list[Row]] = {}
    for path in sorted(FOLDER.glob("*.json")):
        for name, value in json.loads(path.read_text(encoding="utf-8")).items():
            if isinstance(value, list):
                sections.setdefault(name, []).extend(value)
    return sections


RECORD = _read()
OWED = [row for row in RECORD["actions"] if row["status"] in {"agreed", "in_progress", "reopened"}]
BY_REF = {name: {row["ref"]: row for row in rows} for name, rows in RECORD.items()}


def review_called(caption: str) -> Row:
    """The review with that caption."""
    (found,) = [row for row in RECORD["reviews"] if row["caption"] == caption]
    return found


def of_review(section: str, review: Row) -> list[Row]:
    """The rows of a section that belong to a review."""
    return [row for row in RECORD[section] if row.get("source", row.get("review")) == review["ref"]]


def lessons_of(review: Row, kind: str = "lesson") -> list[Row]:
    """The lessons of a review in their order."""
    return sorted(
        (row for row in of_review("lessons", review) if row.get("kind", "lesson") == kind), key=number_of
    )


def number_of(row: Row) -> int:
    """The number a row has in its report."""
    return int(row["number"])


def figure(ref: str) -> str:
    """The value of a figure, as printed."""
    return str(BY_REF["figures"][ref]["value"])


def everything_in(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value below a value, with its path."""
    yield path, value
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from everything_in(inner, f"{path}.{name}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from everything_in(inner, f"{path}[{index}]")


def days_late(action: Row) -> int:
    """How many days an action is past due on the first day."""
    return (FIRST_DAY - date.fromisoformat(action["due_on"])).days
