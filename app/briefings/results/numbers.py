"""What became of an issue among some readers, as plain numbers that add up."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from app.briefings.results.rules import carrier, hidden_groups


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

    @property
    def readers(self) -> int:
        """How many readers they are; as many as it reached, where the record does not say to how many."""
        return max(self.addressed, self.delivered)

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

    def with_clicks_of(self, other: "Numbers") -> "Numbers":
        """The same with what was followed and opened as the other has it."""
        return replace(self, clicked=other.clicked, opened=other.opened)

    def with_teams_of(self, other: "Numbers") -> "Numbers":
        """The same with what teams discussed as the other has it."""
        return replace(self, receipts=other.receipts, staff=other.staff)

    def without_deeds(self) -> "Numbers":
        """The same as if no reader had done anything."""
        return replace(
            self,
            clicked=None if self.clicked is None else 0,
            opened=None if self.opened is None else 0,
            left=0,
        )

    def deeds(self) -> "Numbers":
        """What readers did, and nothing else."""
        return Numbers(clicked=self.clicked, opened=self.opened, left=self.left)


#: What is counted, by the name it also has in what is written down.
NAMES = tuple(each.name for each in fields(Numbers))


def summed_with_the_largest(groups: Mapping[int | None, Numbers]) -> dict[int | None, Numbers]:
    """The groups, with what the readers of those not shown did summed up with the largest of these."""
    readers = {key: each.readers for key, each in groups.items()}
    hidden = hidden_groups(readers)
    bearer = carrier(hidden, readers)
    summed = sum((groups[key].deeds() for key in hidden), Numbers())
    return {
        key: each
        if key not in hidden
        else each.without_deeds() + summed
        if key == bearer
        else each.without_deeds()
        for key, each in groups.items()
    }
