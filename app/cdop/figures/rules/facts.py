"""The facts at the head of a year's figures: from the record where it counts them, else as published.

They are what ``flask cdop figures`` prints, under the same names. Each says where it is from. A share is
hidden with its parts; a number that is hidden stands as its mark.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from app.cdop.figures.rules.bases import (
    BASIS_LABELS,
    CONCLUSION,
    EXPECTEDNESS,
    MODIFIABLE,
    UNEXPECTED,
    Basis,
)
from app.cdop.figures.rules.counts import TOTAL, Mark
from app.cdop.figures.rules.percentages import percentage
from app.cdop.figures.rules.stated import Code, StatedValue
from app.core.report_year import ReportYear

#: A number of one year, as shown or in full: basis, dimension, value, year. None where it is not counted.
Look = Callable[[Basis, str, str, ReportYear], Mark | None]
#: The stated figures that stand, by code and the year in which the report year begins.
StatedFigures = Mapping[tuple[str, int], StatedValue]

LABELS = {
    "deaths_in_year": "Deaths in the year",
    "deaths_previous_year": "Deaths in the year before",
    "unexpected_deaths": "Unexpected deaths",
    "reviews_completed": "Reviews completed in the year",
    "modifiable": "Of these, with modifiable factors",
    "modifiable_percent": "Share with modifiable factors",
    "modifiable_percent_national": "National share with modifiable factors",
    "reviewed_since_2008": "Deaths reviewed since April 2008",
    "infant_mortality_rate": "Infant mortality, per 1,000 live births",
    "infant_mortality_rate_previous": "Infant mortality in the year before",
    "child_mortality_rate": "Deaths aged 1 to 17, per 100,000",
    "child_mortality_rate_previous": "Deaths aged 1 to 17 in the year before",
    "child_mortality_rate_national": "Deaths aged 1 to 17, national",
}
_PER_CENT = frozenset({"modifiable_percent", "modifiable_percent_national"})


@dataclass(frozen=True)
class Fact:
    """One fact: its value (a number, a mark, or None where nobody has it), and where it is from."""

    value: int | float | str | None
    #: Whether it is as somebody published it, and not counted here.
    is_stated: bool = False
    #: What is counted, or what the source says.
    words: str = ""
    source: str = ""
    provenance: str = "recorded"

    def plain(self) -> dict[str, Any]:
        """As it is kept."""
        return asdict(self)


def written(name: str, value: float | str | None) -> str:
    """A fact as it stands on a page."""
    if value is None:
        return "Not held"
    if isinstance(value, str):
        return value
    number = f"{value:,}"
    return f"{number}%" if name in _PER_CENT else number


def facts(year: ReportYear, look: Look, stated: StatedFigures) -> dict[str, Fact]:
    """Every fact of the year, in the order of ``LABELS``."""

    def counted(basis: Basis, dimension: str, value: str, of: ReportYear) -> Fact | None:
        mark = look(basis, dimension, value, of)
        return None if mark is None else Fact(_plain(mark), words=f"{BASIS_LABELS[basis]} {of}")

    def held(code: Code, of: ReportYear) -> Fact:
        return _stated(stated.get((code, of.start_year)))

    deaths, reviews = Basis.DEATHS, Basis.REVIEWS
    before = year.previous
    found = {
        "deaths_in_year": counted(deaths, TOTAL, "", year) or held(Code.DEATHS_IN_YEAR, year),
        "deaths_previous_year": counted(deaths, TOTAL, "", before) or held(Code.DEATHS_IN_YEAR, before),
        "unexpected_deaths": counted(deaths, EXPECTEDNESS, UNEXPECTED, year),
        "reviews_completed": counted(reviews, TOTAL, "", year) or held(Code.REVIEWS_COMPLETED, year),
        "modifiable": counted(reviews, CONCLUSION, MODIFIABLE, year),
        "modifiable_percent": _share(look, year),
        "modifiable_percent_national": held(Code.MODIFIABLE_PERCENT_NATIONAL, year),
        "reviewed_since_2008": _since_2008(year, look, stated),
        "infant_mortality_rate": held(Code.INFANT_MORTALITY_RATE, year),
        "infant_mortality_rate_previous": held(Code.INFANT_MORTALITY_RATE, before),
        "child_mortality_rate": held(Code.CHILD_MORTALITY_RATE, year),
        "child_mortality_rate_previous": held(Code.CHILD_MORTALITY_RATE, before),
        "child_mortality_rate_national": held(Code.CHILD_MORTALITY_RATE_NATIONAL, year),
    }
    return {name: found[name] or Fact(None) for name in LABELS}


def _plain(mark: Mark) -> int | str:
    return str(mark) if mark.is_hidden else mark.low


def _stated(figure: StatedValue | None) -> Fact:
    if figure is None:
        return Fact(None)
    return Fact(figure.number, True, figure.words, figure.source, figure.provenance)


def _share(look: Look, year: ReportYear) -> Fact | None:
    """The share of the reviews completed in the year that found modifiable factors."""
    part = look(Basis.REVIEWS, CONCLUSION, MODIFIABLE, year)
    whole = look(Basis.REVIEWS, TOTAL, "", year)
    if part is None or whole is None:
        return None
    share = percentage(part, whole)
    return Fact(
        share.value if share.value is not None else str(share),
        words=f"Of {BASIS_LABELS[Basis.REVIEWS].lower()} {year}",
    )


def _since_2008(year: ReportYear, look: Look, stated: StatedFigures) -> Fact | None:
    """The last published cumulative count, and the reviews completed in the years after it.

    Nothing is taken from it and no year before it is added: what it includes is not said.
    """
    starts = [start for code, start in stated if code == Code.REVIEWED_SINCE_2008]
    start = max((start for start in starts if start <= year.start_year), default=None)
    if start is None:
        return None
    base = stated[Code.REVIEWED_SINCE_2008, start]
    if start == year.start_year:
        return _stated(base)
    total = int(base.value)
    for following in range(start + 1, year.start_year + 1):
        mark = look(Basis.REVIEWS, TOTAL, "", ReportYear(following))
        if mark is None:
            return None
        if mark.is_hidden:
            return Fact("*", words="A number that makes it up is hidden")
        total += mark.low
    words = f"{int(base.value):,} as published at the end of {ReportYear(start)}, and the reviews since"
    return Fact(total, words=words, source=base.source)
