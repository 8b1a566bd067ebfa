"""What became of an issue among some readers, as plain numbers that add up."""

from dataclasses import dataclass, fields, replace
from typing import Any


@dataclass(frozen=True)
class Numbers:
    """What became of an issue among some readers; a null is not counted, which is not the same as none."""

    addressed: int = 0
    delivered: int = 0
    bounced: int = 0
    not_sent: int = 0
    clicked: int | None = None
    opened: int | None = None
    left: int = 0
    receipts: int = 0
    staff: int = 0

    def __add__(self, other: "Numbers") -> "Numbers":
        return self._with(other, 1)

    def __sub__(self, other: "Numbers") -> "Numbers":
        return self._with(other, -1)

    def _with(self, other: "Numbers", sign: int) -> "Numbers":
        values: dict[str, Any] = {}
        for name in NAMES:
            one, two = getattr(self, name), getattr(other, name)
            values[name] = None if one is None and two is None else (one or 0) + sign * (two or 0)
        return Numbers(**values)

    def as_values(self) -> dict[str, Any]:
        """Each number by its name."""
        return {name: getattr(self, name) for name in NAMES}

    def counting(self, *, clicks: bool, opens: bool) -> "Numbers":
        """With a zero where somebody counts and found none, and nothing where nobody counts."""
        return replace(
            self,
            clicked=(self.clicked or 0) if clicks else None,
            opened=(self.opened or 0) if opens else None,
        )

    def with_people_of(self, other: "Numbers") -> "Numbers":
        """The same with what readers did as the other has it."""
        return replace(self, clicked=other.clicked, opened=other.opened)


#: What is counted, by the name it also has in what is written down.
NAMES = tuple(each.name for each in fields(Numbers))
