"""What is kept: the figures as last computed, the issues, the decisions to show a number.

Pages outside the compartment read issues alone. What is kept moves with every case that is recorded, and
whoever watched it from day to day could tell each of them by the difference; an issue does not move.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from app.accounts.policy import NOTHING, Facts
from app.cdop.figures.models import (
    FiguresIssue,
    FiguresOverride,
    FiguresState,
    FiguresYear,
    KeptFigures,
    Population,
    StatedFigure,
)
from app.cdop.figures.rules.bases import Basis
from app.cdop.figures.rules.tables import without
from app.core.clock import today
from app.core.database import current_session
from app.core.report_year import ReportYear, report_year_of

#: The first report year in which child deaths were reviewed.
FIRST_YEAR = 2008
#: The charts there are of a year, by their names in addresses.
CHARTS = ("by-year", "deaths-age_band", "deaths-ethnicity_group", "reviews-category", "reviews-domain")


@dataclass(frozen=True)
class Figures:
    """Years of figures as one page shows them, and what they are."""

    #: By the year in which each report year begins: what `rules.body` wrote.
    years: Mapping[int, Mapping[str, Any]]
    #: The issue they are of; None where they are kept and not issued.
    issue: FiguresIssue | None = None
    kept: KeptFigures | None = None

    def of(self, year: ReportYear) -> Mapping[str, Any]:
        """The figures of a year; nothing where there are none."""
        return self.years.get(year.start_year, {"bases": {}, "facts": {}, "rates": []})

    @property
    def is_empty(self) -> bool:
        """Whether there are none."""
        return not self.years


NO_FIGURES = Figures({})


def state() -> FiguresState:
    """How far the data have moved on, and whether somebody is computing."""
    return current_session().scalars(select(FiguresState)).one()


def kept() -> KeptFigures | None:
    """The figures as they were last computed."""
    return current_session().scalars(select(KeptFigures)).one_or_none()


def rows_of(figures: KeptFigures) -> Sequence[FiguresYear]:
    """Every year of the kept figures, the earliest first."""
    statement = select(FiguresYear).where(FiguresYear.kept_id == figures.id)
    return current_session().scalars(statement.order_by(FiguresYear.report_year_start)).all()


def _read(column: InstrumentedAttribute[str], owner: Any, year: ReportYear, back: int) -> dict[int, Any]:
    """The years up to one, so many back."""
    statement = select(FiguresYear.report_year_start, column).where(
        owner,
        FiguresYear.report_year_start <= year.start_year,
        FiguresYear.report_year_start > year.start_year - back,
    )
    return {start: json.loads(text) for start, text in current_session().execute(statement)}


def figures_kept(year: ReportYear, *, in_full: bool = False, back: int = 10) -> Figures:
    """The figures of a year and those before it as they were last computed, suppressed or in full."""
    held = kept()
    if held is None:
        return NO_FIGURES
    column = FiguresYear.in_full if in_full else FiguresYear.shown
    return Figures(_read(column, FiguresYear.kept_id == held.id, year, back), kept=held)


def last_issue(year: ReportYear) -> FiguresIssue | None:
    """The last issue that holds a year."""
    last = (
        select(FiguresIssue)
        .options(joinedload(FiguresIssue.issued_by))
        .where(FiguresIssue.years.any(FiguresYear.report_year_start == year.start_year))
        .order_by(FiguresIssue.id.desc())
        .limit(1)
    )
    return current_session().scalars(last).one_or_none()


def figures_issued(year: ReportYear, *, back: int = 10) -> Figures:
    """The figures of a year as the last issue that holds it showed them."""
    issue = last_issue(year)
    return NO_FIGURES if issue is None else figures_of_issue(issue, year, back=back)


def figures_of_issue(issue: FiguresIssue, year: ReportYear, *, back: int = 10) -> Figures:
    """The figures of a year as an issue showed them."""
    years = _read(FiguresYear.shown, FiguresYear.issue_id == issue.id, year, back)
    return Figures(years, issue=issue)


def years_kept() -> list[int]:
    """The years of the kept figures, the latest first."""
    statement = select(FiguresYear.report_year_start).where(FiguresYear.kept_id.is_not(None))
    return sorted(current_session().scalars(statement), reverse=True)


def years_issued() -> list[int]:
    """The years that were issued, the latest first."""
    statement = select(FiguresYear.report_year_start).where(FiguresYear.issue_id.is_not(None)).distinct()
    return sorted(current_session().scalars(statement), reverse=True)


def issues() -> Sequence[FiguresIssue]:
    """Every issue, the latest first."""
    statement = select(FiguresIssue).options(joinedload(FiguresIssue.issued_by))
    return current_session().scalars(statement.order_by(FiguresIssue.id.desc())).all()


def issue(ref: str) -> FiguresIssue:
    """One issue. Raises NoResultFound."""
    return (
        current_session()
        .scalars(
            select(FiguresIssue).options(joinedload(FiguresIssue.issued_by)).where(FiguresIssue.ref == ref)
        )
        .one()
    )


@dataclass(frozen=True)
class ChartOfIssue:
    """An issue and one chart of it."""

    issue: FiguresIssue
    name: str

    @property
    def facts(self) -> Facts:
        """What the policy decides by: the issue's."""
        return self.issue.facts


def chart_of_issue(ref: str, name: str) -> ChartOfIssue:
    """A chart of an issue. Raises NoResultFound, also for a chart that there is not."""
    if name not in CHARTS:
        raise NoResultFound
    return ChartOfIssue(issue(ref), name)


def overrides() -> Sequence[FiguresOverride]:
    """Every decision to show a number, taken back or not, the latest first."""
    statement = select(FiguresOverride).options(joinedload(FiguresOverride.decided_by))
    return current_session().scalars(statement.order_by(FiguresOverride.id.desc())).all()


def override(ref: str) -> FiguresOverride:
    """One decision. Raises NoResultFound."""
    return current_session().scalars(select(FiguresOverride).where(FiguresOverride.ref == ref)).one()


def stated_figure(ref: str) -> StatedFigure:
    """One stated figure. Raises NoResultFound."""
    return current_session().scalars(select(StatedFigure).where(StatedFigure.ref == ref)).one()


def population(ref: str) -> Population:
    """One population. Raises NoResultFound."""
    return current_session().scalars(select(Population).where(Population.ref == ref)).one()


@dataclass(frozen=True)
class YearOfFigures:
    """A report year as an address names it, and one chart of it where the address names one."""

    year: ReportYear
    chart: str = ""

    @property
    def facts(self) -> Facts:
        """What the policy decides by: figures lie in no compartment of a case."""
        return NOTHING


def year_of_figures(year: str, name: str = "") -> YearOfFigures:
    """The report year as an address writes it, ``2016-17``.

    Raises NoResultFound for any other writing, a year to come and a chart that there is not.
    """
    try:
        found = ReportYear.parse(year.replace("-", "/"))
    except ValueError:
        raise NoResultFound from None
    if found.start_year < FIRST_YEAR or found > report_year_of(today()) or (name and name not in CHARTS):
        raise NoResultFound
    return YearOfFigures(found, name)


def in_address(year: ReportYear) -> str:
    """A report year as an address writes it."""
    return str(year).replace("/", "-")


def hidden_statistics(start: int) -> list[str]:
    """The names of the hidden numbers of a year and of its pools, as they are kept.

    One that is to be shown by a decision, and waits to be computed, is none of them.
    """
    year = ReportYear(start)
    shown = figures_kept(year, back=1).of(year)
    decided = {each.statistic for each in overrides() if each.withdrawn_on is None}
    names = (
        _name(basis, dimension, value, year, int(length))
        for basis in Basis
        for length, dimensions in shown["bases"].get(basis, {}).items()
        for dimension, values in dimensions.items()
        for value, written in values.items()
        if not isinstance(written, int) and not value.startswith(without(""))
    )
    return [name for name in names if name not in decided]


def _name(basis: Basis, dimension: str, value: str, year: ReportYear, window: int) -> str:
    """What `rules.tables` calls a number."""
    first = ReportYear(year.start_year - window + 1)
    years = str(year) if window == 1 else f"{first} to {year}"
    return " · ".join(part for part in (basis, dimension, value, years) if part)


def held_back(figures: Figures) -> list[str]:
    """The published years whose newer counts wait, as they would change some number by too few."""
    if figures.kept is None:
        return []
    return sorted({year for years in json.loads(figures.kept.held_back).values() for year in years})
