"""Moments that a file tells by their day alone."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from typing import Any

from app.core.clock import london

#: The time that stands in for the one a file does not hold.
_MIDDAY = time(12)


def told_by_day(rows: Iterable[dict[str, Any]], name: str) -> None:
    """Write a moment, as a reader puts it in words, as the day it was in London."""
    for row in rows:
        row[name] = london(datetime.fromisoformat(row[name])).date().isoformat()


def at_midday(day: str) -> datetime:
    """A moment of the day."""
    return datetime.combine(date.fromisoformat(day), _MIDDAY, UTC)
