"""How long reviews took from the day the death became known to the panel: median and quartiles.

Outside the compartment they stand in whole months, and only where enough reviews make them: of a few, the
median is the time that one child's review took. Nor do they stand where they would tell of a hidden number
what its mark does not: of 13 reviews a lower quartile of five months says that four took no longer than six.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor

from app.cdop.figures.rules.counts import Mark

#: From fewer reviews no median or quartile is shown outside the compartment.
LEAST_REVIEWS = 10
_DAYS_IN_A_MONTH = 365.25 / 12
_QUARTILES = (0.25, 0.5, 0.75)
#: After how many months the classes of the times end that reviews are counted in.
_SIX, _TWELVE = 6, 12


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

    @property
    def months(self) -> tuple[int, ...]:
        """The three in whole months, as they stand outside the compartment."""
        return tuple(in_months(days) for days in (self.lower, self.median, self.upper))

    def tells_of_hidden(self, within_6: Mark, over_12: Mark) -> bool:
        """Whether the months leave less possible than these marks, of how many reviews took how long.

        They leave all of it where each may lie between two reviews of one class, whatever the marks admit.
        """
        most = [self.reviews if mark.high is None else mark.high for mark in (within_6, over_12)]
        no_later = (
            (_SIX, within_6.low, most[0]),
            (_TWELVE, self.reviews - most[1], self.reviews - over_12.low),
        )
        return any(
            not _leaves_all(self.reviews, share, months, end, fewest, greatest)
            for end, fewest, greatest in no_later
            if fewest != greatest
            for share, months in zip(_QUARTILES, self.months, strict=True)
        )


def times(days: Sequence[int]) -> Times | None:
    """The median and quartiles, in days, each between the two values it falls between; None of nothing."""
    if not days:
        return None
    ordered = sorted(days)
    return Times(len(ordered), *(_at(ordered, share) for share in _QUARTILES))


def in_months(days: float) -> int:
    """So many days in whole months, half a month up."""
    return int(days / _DAYS_IN_A_MONTH + 0.5)


def _leaves_all(reviews: int, share: float, months: int, end: int, fewest: int, greatest: int) -> bool:
    """Whether any number of reviews from fewest to greatest may have ended by then, for all a quartile says.

    One of just as many months may lie on either side.
    """
    place = share * (reviews - 1)
    if months < end:
        return fewest > ceil(place)
    return months == end or greatest <= floor(place)


def _at(ordered: Sequence[int], share: float) -> float:
    """The value below which a share lies: of the values in order, where that share of the way falls."""
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])
