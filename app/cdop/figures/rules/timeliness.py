"""How long reviews took from the day the death became known to the panel: median and quartiles.

Outside the compartment they stand in whole months, and only where enough reviews make them: of a few, the
median is the time that one child's review took.
"""

from collections.abc import Sequence
from dataclasses import dataclass

#: From fewer reviews no median or quartile is shown outside the compartment.
LEAST_REVIEWS = 10
_DAYS_IN_A_MONTH = 365.25 / 12


@dataclass(frozen=True)
class Times:
    """How many reviews there are, and how long they took: the lower quartile, the median, the upper."""

    reviews: int
    lower: float
    median: float
    upper: float

    @property
    def is_enough(self) -> bool:
        """Whether there are enough reviews for the times to be shown."""
        return self.reviews >= LEAST_REVIEWS


def times(days: Sequence[int]) -> Times | None:
    """The median and quartiles, in days, each between the two values it falls between; None of nothing."""
    if not days:
        return None
    ordered = sorted(days)
    return Times(len(ordered), *(_at(ordered, share) for share in (0.25, 0.5, 0.75)))


def in_months(days: float) -> int:
    """So many days in whole months, half a month up."""
    return int(days / _DAYS_IN_A_MONTH + 0.5)


def _at(ordered: Sequence[int], share: float) -> float:
    """The value below which a share lies: of the values in order, where that share of the way falls."""
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])
