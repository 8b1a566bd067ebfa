"""The rates of a year that are computed here: which deaths, over which population, in which area."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from app.cdop.figures.rules import bases
from app.cdop.figures.rules.body import WINDOWS, write_mark
from app.cdop.figures.rules.counts import Mark
from app.cdop.figures.rules.rates import Missing, Rate, crude_rate
from app.core.report_year import ReportYear

#: Kind of rate: its words, the age group that died, the population, and per how many.
RATES = {
    "infant": ("Infant mortality, per 1,000 live births", bases.UNDER_1, "live_births", 1_000),
    "child": ("Deaths aged 1 to 17, per 100,000", bases.AGED_1_TO_17, "aged_1_to_17", 100_000),
}
#: Kind of population, area (null for all) and year, and how many there are.
Populations = Mapping[tuple[str, str | None, int], int]
#: The deaths of an age group in an area (null for all) over so many years; None where they are not counted.
Deaths = Callable[[str, str | None, int], Mark | None]


def year_rates(
    year: ReportYear, deaths: Deaths, populations: Populations, areas: Sequence[str]
) -> list[dict[str, Any]]:
    """Every rate of the year and its pools for which a population is held, as plain values."""
    return list(_rates(year, deaths, populations, areas))


def _rates(
    year: ReportYear, deaths: Deaths, populations: Populations, areas: Sequence[str]
) -> Iterator[dict[str, Any]]:
    for kind, (_, group, population_kind, per) in RATES.items():
        for area in (None, *areas):
            for window in WINDOWS:
                starts = range(year.start_year - window + 1, year.start_year + 1)
                numbers = [populations.get((population_kind, area, start)) for start in starts]
                mark = deaths(group, area, window)
                if mark is None or None in numbers:
                    continue
                population = sum(number for number in numbers if number is not None)
                yield {
                    "kind": kind,
                    "area": area,
                    "window": window,
                    "deaths": write_mark(mark),
                    "population": population,
                    **_outcome(crude_rate(mark, population, per)),
                }


def _outcome(found: Rate | Missing) -> dict[str, Any]:
    if isinstance(found, Missing):
        return {"rate": None, "why": found.value}
    return {
        "rate": round(found.value, 1),
        "low": round(found.low, 1),
        "high": round(found.high, 1),
        "unreliable": found.is_unreliable,
    }
