"""Crude rates: deaths in a population, with the interval that chance leaves around them.

The rules are those of the Office for National Statistics for rates from few deaths: no crude rate from fewer
than three, and a rate from fewer than twenty is unreliable and says so. A rate is not shown either where its
deaths are hidden, for whoever knows the population could work them out.

The interval is the *exact Poisson* one (Garwood 1936): its ends are the rates under which so many deaths or
more, and so many or fewer, would each be seen in one of forty years. It holds for the smallest numbers,
unlike the approximations, and is a little wider than 95 % for them.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from app.cdop.figures.rules.counts import Mark

#: From fewer deaths there is no crude rate.
LEAST = 3
#: A rate from fewer deaths is unreliable.
RELIABLE = 20
#: How the interval is made, in the words that stand beside it.
METHOD = "95% confidence interval, exact Poisson method"

_TAIL = 0.025


class Missing(StrEnum):
    """Why there is no rate."""

    HIDDEN = "the number of deaths is hidden"
    TOO_FEW = "fewer than 3 deaths"
    NO_POPULATION = "no population"


@dataclass(frozen=True)
class Rate:
    """A crude rate with what must stand beside it: deaths, population, per how many, the interval."""

    deaths: int
    population: int
    per: int
    value: float
    low: float
    high: float

    @property
    def is_unreliable(self) -> bool:
        """Whether it comes from so few deaths that it must be flagged."""
        return self.deaths < RELIABLE

    @property
    def method(self) -> str:
        """What the interval is and how it was made."""
        return METHOD


def crude_rate(deaths: Mark, population: int, per: int) -> Rate | Missing:
    """The rate per so many of the population (live births, or children), or why there is none."""
    if deaths.is_hidden:
        return Missing.HIDDEN
    if population <= 0:
        return Missing.NO_POPULATION
    count = deaths.low
    if count < LEAST:
        return Missing.TOO_FEW
    low, high = poisson_interval(count)
    scale = per / population
    return Rate(count, population, per, count * scale, low * scale, high * scale)


def poisson_interval(count: int) -> tuple[float, float]:
    """The exact 95 % interval around a number of deaths.

    Its ends are found by halving: under ``low`` as the mean, ``count`` or more come in 2.5 % of cases; under
    ``high``, ``count`` or fewer.
    """
    if count < 0:
        raise ValueError("Deaths are counted from 0.")
    ceiling = count + 10 * math.sqrt(count + 1) + 10
    low = 0.0 if count == 0 else _solve(lambda mean: 1 - at_most(count - 1, mean) < _TAIL, float(count))
    return low, _solve(lambda mean: at_most(count, mean) > _TAIL, ceiling)


def at_most(count: int, mean: float) -> float:
    """How likely a Poisson number with this mean is no greater than ``count``."""
    if mean == 0:
        return 1.0
    # What is twelve standard deviations and more below the mean adds nothing that a float could hold.
    first = max(0, math.floor(mean - 12 * math.sqrt(mean) - 20))
    terms = (each * math.log(mean) - mean - math.lgamma(each + 1) for each in range(first, count + 1))
    return min(1.0, math.fsum(math.exp(term) for term in terms))


def _solve(is_below: Callable[[float], bool], high: float) -> float:
    """The mean from 0 to ``high`` at which ``is_below`` ceases to hold."""
    low = 0.0
    for _ in range(60):
        middle = (low + high) / 2
        if is_below(middle):
            low = middle
        else:
            high = middle
    return (low + high) / 2
