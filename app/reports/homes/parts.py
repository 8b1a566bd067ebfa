"""What the sections of homes share."""

from dataclasses import dataclass

from app.reports.queries import MOST_COUNTED

#: How many rows of a list a home shows; the rest is a link away.
MOST_ROWS = 10


@dataclass(frozen=True)
class Tile:
    """A figure that leads to what it counts."""

    value: str
    label: str
    href: str
    note: str = ""
    is_loud: bool = False


def figure(count: int) -> str:
    """A count as a home writes it: at most ``MOST_COUNTED``, and then that there are more."""
    return f"{count:,}" if count <= MOST_COUNTED else f"over {MOST_COUNTED:,}"
