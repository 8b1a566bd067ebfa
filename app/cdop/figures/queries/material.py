"""Everything that figures are made of, as it is at one moment, and its digest."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import Area
from app.cdop.figures.models import (
    FiguresIssue,
    FiguresOverride,
    FiguresState,
    Population,
    StatedFigure,
)
from app.cdop.figures.queries import counting
from app.cdop.figures.queries.counting import Counted
from app.cdop.figures.rules import bases, body
from app.cdop.figures.rules.bases import Basis, Words
from app.cdop.figures.rules.editions import Issue
from app.cdop.figures.rules.facts import StatedFigures
from app.cdop.figures.rules.spans import span
from app.cdop.figures.rules.stated import Code, StatedValue
from app.cdop.figures.rules.tables import Dimension
from app.cdop.figures.rules.year_rates import Populations
from app.core.clock import today
from app.core.database import current_session
from app.core.report_year import ReportYear, report_year_of

#: The stated figure that says how many there were in a year, for each basis.
_STATED_TOTAL = {Basis.DEATHS: Code.DEATHS_IN_YEAR, Basis.REVIEWS: Code.REVIEWS_COMPLETED}


@dataclass(frozen=True)
class Material:
    """What the figures of a moment are made of."""

    version: int
    stamp: str
    on: date
    words: Words
    counted: Mapping[Basis, Counted]
    issues: Mapping[Basis, Sequence[Issue]]
    overridden: frozenset[str]
    stated: StatedFigures
    populations: Populations
    labels: Mapping[tuple[str, str], str]
    digest: str

    def shape(self, basis: Basis) -> tuple[Dimension, ...]:
        """What the basis is divided by."""
        return bases.dimensions(basis, self.words)

    def span(self, basis: Basis) -> Sequence[ReportYear]:
        """The report years that the basis counts."""
        counted = self.counted[basis]
        any_dimension = self.shape(basis)[0]

        def number_in(start: int) -> int:
            return bases.totals(counted.counts, any_dimension, basis, str(ReportYear(start)))

        totals = self._stated(_STATED_TOTAL[basis])
        return span(counted.start_years, totals, number_in, report_year_of(self.on))

    def stated_totals(self, basis: Basis) -> Iterator[tuple[int, int, int]]:
        """How many there were in a year, or from one to another, as others published it.

        Two cumulative counts tell how many reviews were completed between them.
        """
        for start, number in self._stated(_STATED_TOTAL[basis]):
            yield start, start, number
        if basis is Basis.REVIEWS:
            for (before, less), (last, more) in pairwise(self._stated(Code.REVIEWED_SINCE_2008)):
                yield before + 1, last, more - less

    def _stated(self, code: Code) -> list[tuple[int, int]]:
        """The numbers of a stated figure, by the year in which each report year begins."""
        return sorted((start, int(figure.value)) for (of, start), figure in self.stated.items() if of == code)


def version() -> int:
    """How far the data have moved on."""
    return current_session().scalar(select(FiguresState.version)) or 0


def material() -> Material:
    """Count the record and read what is held beside it. The version first: what comes later is seen again."""
    present = version()
    counted = {basis: counting.count(basis) for basis in Basis}
    words = counting.words(list(counted.values()))
    issues = _issues()
    overridden = frozenset(
        current_session().scalars(
            select(FiguresOverride.statistic).where(FiguresOverride.withdrawn_on.is_(None))
        )
    )
    held, populations, on = stated(), _populations(), today()
    labels = counting.labels()
    return Material(
        version=present,
        stamp=counting.stamp(),
        on=on,
        words=words,
        counted=counted,
        issues=issues,
        overridden=overridden,
        stated=held,
        populations=populations,
        labels=labels,
        digest=_digest(on, words, labels, counted, issues, overridden, held, populations),
    )


def stated() -> StatedFigures:
    """The stated figures that stand."""
    rows = current_session().scalars(
        select(StatedFigure)
        .where(StatedFigure.withdrawn_on.is_(None))
        .order_by(StatedFigure.report_year_start, StatedFigure.id)
    )
    return {
        (row.code, row.report_year_start): StatedValue(
            row.value, row.words, row.source_line or "", row.provenance
        )
        for row in rows
    }


def _populations() -> Populations:
    statement = (
        select(Population.kind, Area.ref, Population.report_year_start, Population.number)
        .outerjoin(Population.area)
        .where(Population.withdrawn_on.is_(None))
        .order_by(Population.id)
    )
    return {(kind, area, start): number for kind, area, start, number in current_session().execute(statement)}


def _issues() -> dict[Basis, list[Issue]]:
    """Every issue there was, the oldest first: what it showed, and the counts it was made of."""
    issues = current_session().scalars(
        select(FiguresIssue).options(selectinload(FiguresIssue.years)).order_by(FiguresIssue.id)
    )
    found: dict[Basis, list[Issue]] = {basis: [] for basis in Basis}
    for issue in issues:
        shown = {str(row.report_year_start): json.loads(row.shown)["bases"] for row in issue.years}
        in_full = {str(row.report_year_start): json.loads(row.in_full)["bases"] for row in issue.years}
        for basis in Basis:
            starts = [start for start in shown if basis in shown[start]]
            years = [str(ReportYear(int(start))) for start in starts]
            marks = [
                item
                for start, year in zip(starts, years, strict=True)
                for item in body.read_shown(shown[start], basis, years, year)
            ]
            counts = {
                atom: number
                for start, year in zip(starts, years, strict=True)
                for atom, number in body.read_counts(in_full[start], basis, year)
            }
            if marks:
                found[basis].append(Issue(counts, tuple(marks)))
    return found


def _digest(
    on: date,
    words: Words,
    labels: Mapping[tuple[str, str], str],
    counted: Mapping[Basis, Counted],
    issues: Mapping[Basis, Sequence[Issue]],
    overridden: frozenset[str],
    held: StatedFigures,
    populations: Populations,
) -> str:
    """Tells whether anything is different from what was computed before."""
    everything = [
        str(report_year_of(on)),
        sorted((name, list(codes)) for name, codes in words.codes.items()),
        list(words.areas),
        sorted((*value, label) for value, label in labels.items()),
        [sorted((*atom, count) for atom, count in each.counts.items()) for each in counted.values()],
        [
            sorted((year, sorted(days)) for year, days in by_year.items())
            for each in counted.values()
            for by_year in (each.days, each.meeting_days)
        ],
        [sorted(each.illustrative) for each in counted.values()],
        [len(each) for each in issues.values()],
        sorted(overridden),
        sorted((code, start, *astuple(figure)) for (code, start), figure in held.items()),
        sorted((kind, area or "", start, number) for (kind, area, start), number in populations.items()),
    ]
    return hashlib.sha256(json.dumps(everything).encode()).hexdigest()


def figures_stated() -> Sequence[StatedFigure]:
    """Every stated figure, withdrawn ones too: the latest year first."""
    statement = select(StatedFigure).order_by(
        StatedFigure.report_year_start.desc(), StatedFigure.code, StatedFigure.id
    )
    return current_session().scalars(statement).all()


def populations_held() -> Sequence[Population]:
    """Every population, withdrawn ones too: the latest year first."""
    statement = (
        select(Population)
        .options(joinedload(Population.area))
        .order_by(Population.report_year_start.desc(), Population.kind, Population.id)
    )
    return current_session().scalars(statement).all()
