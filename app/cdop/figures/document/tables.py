"""The tables of a basis: a year with its shares and the pools that end in it, or the years side by side."""

from collections.abc import Iterator, Sequence

from app.cdop.figures import charts
from app.cdop.figures.document.beside import times
from app.cdop.figures.document.parts import NONE, Labels, Line, Table, cell, label_of
from app.cdop.figures.queries.kept import Figures
from app.cdop.figures.rules import bases
from app.cdop.figures.rules.bases import BASIS_LABELS, Basis
from app.cdop.figures.rules.body import Numbers
from app.cdop.figures.rules.counts import BLANK, TOTAL, Mark, number, primary
from app.cdop.figures.rules.percentages import percentage, whole_percent
from app.cdop.figures.rules.tables import without
from app.core.report_year import ReportYear

#: The tables of each basis, in the order in which they stand.
TABLES = {
    Basis.DEATHS: (
        bases.EXPECTEDNESS,
        bases.AGE_BAND,
        bases.SEX,
        bases.ETHNICITY,
        bases.AREA,
        bases.PLACE,
    ),
    Basis.REVIEWS: (
        bases.CONCLUSION,
        bases.CATEGORY,
        bases.DOMAIN,
        bases.FACTOR,
        bases.TIME_TAKEN,
        bases.EXPECTEDNESS,
        bases.AGE_BAND,
        bases.SEX,
        bases.ETHNICITY,
        bases.AREA,
        bases.PLACE,
    ),
}
#: What is followed from year to year beside the totals.
_FOLLOWED = {
    Basis.DEATHS: ((TOTAL, ""), (bases.EXPECTEDNESS, bases.UNEXPECTED)),
    Basis.REVIEWS: ((TOTAL, ""), (bases.CONCLUSION, bases.MODIFIABLE)),
}


def of_a_year(
    basis: Basis, figures: Figures, year: ReportYear, labels: Labels, *, in_full: bool
) -> Iterator[Table]:
    """The tables of a basis: the year with its shares, and the pools that end in it."""
    yield _followed(basis, figures, year, in_full=in_full)
    numbers = Numbers(figures.of(year)["bases"])
    windows = numbers.windows(basis)
    pools = [window for window in windows if window > 1]
    columns = (
        str(year),
        "Share",
        *(f"{ReportYear(year.start_year - window + 1)} to {year}" for window in pools),
    )
    charted = {of: name for name, of in charts.OF_A_DIMENSION.items()}
    for dimension in TABLES[basis]:
        lines = [_all(numbers, basis, windows, has_share=True)]
        for value in _values(figures, year, basis, dimension, windows=windows, labels=labels):
            own = cell(numbers.mark(basis, dimension, value))
            share = _share(numbers, basis, dimension, value, in_full=in_full)
            pooled = (cell(numbers.mark(basis, dimension, value, window)) for window in pools)
            lines.append(_line(labels, dimension, value, (own, share, *pooled)))
        if dimension == bases.TIME_TAKEN:
            lines.append(_within_12(numbers, windows, in_full=in_full))
        yield Table(
            heading=bases.DIMENSION_LABELS[dimension],
            basis=BASIS_LABELS[basis],
            columns=columns,
            lines=tuple(lines),
            note=bases.DIMENSION_NOTES.get(dimension, ""),
            chart=None if in_full else charted.get((basis, dimension)),
        )
    if basis is Basis.REVIEWS:
        yield from times(figures.of(year), in_full=in_full)


def over_years(
    basis: Basis, figures: Figures, year: ReportYear, labels: Labels, *, in_full: bool
) -> Iterator[Table]:
    """The tables of a basis over the years, the earliest first."""
    starts = _starts(figures, year, basis)
    of_years = {start: Numbers(figures.years[start]["bases"]) for start in starts}
    for dimension in TABLES[basis]:
        lines = [Line("All", tuple(cell(of_years[start].total(basis)) for start in starts))]
        values = dict.fromkeys(
            value
            for start in starts
            for value in _values(figures, ReportYear(start), basis, dimension, windows=[1], labels=labels)
        )
        for value in values:
            cells = tuple(cell(of_years[start].mark(basis, dimension, value)) for start in starts)
            lines.append(_line(labels, dimension, value, cells))
        yield Table(
            heading=bases.DIMENSION_LABELS[dimension],
            basis=BASIS_LABELS[basis],
            columns=tuple(str(ReportYear(start)) for start in starts),
            lines=tuple(lines),
            note=bases.DIMENSION_NOTES.get(dimension, ""),
        )


def _starts(figures: Figures, year: ReportYear, basis: Basis) -> list[int]:
    return [
        start
        for start in sorted(figures.years)
        if start <= year.start_year and Numbers(figures.years[start]["bases"]).has(basis)
    ]


def _followed(basis: Basis, figures: Figures, year: ReportYear, *, in_full: bool) -> Table:
    """The total and what matters most of a basis, year by year."""
    lines = []
    for start in _starts(figures, year, basis):
        numbers = Numbers(figures.years[start]["bases"])
        cells = [cell(numbers.mark(basis, dimension, value)) for dimension, value in _FOLLOWED[basis]]
        dimension, value = _FOLLOWED[basis][-1]
        share = _share(numbers, basis, dimension, value, in_full=in_full)
        lines.append(Line(str(ReportYear(start)), (*cells, share)))
    second = "Unexpected" if basis is Basis.DEATHS else "With modifiable factors"
    return Table(
        heading="Year by year",
        basis=BASIS_LABELS[basis],
        columns=("All", second, "Share"),
        lines=tuple(lines),
        chart=charts.BY_YEAR if basis is Basis.DEATHS and not in_full else None,
    )


def _all(numbers: Numbers, basis: Basis, windows: Sequence[int], *, has_share: bool) -> Line:
    cells = [cell(numbers.total(basis, window)) for window in windows]
    if has_share:
        cells.insert(1, "")
    return Line("All", tuple(cells))


def _line(labels: Labels, dimension: str, value: str, cells: tuple[str, ...]) -> Line:
    is_part = dimension == bases.FACTOR and not value.startswith(bases.domain_value(""))
    return Line(label_of(labels, dimension, value), cells, is_part)


def _values(
    figures: Figures,
    year: ReportYear,
    basis: Basis,
    dimension: str,
    *,
    windows: Sequence[int],
    labels: Labels,
) -> list[str]:
    """The values of a table. Factors that no review had stay out, and so does what is always recorded."""
    held = figures.of(year)["bases"].get(basis, {})
    values = list(held.get("1", {}).get(dimension, {}))
    if dimension == bases.FACTOR:
        values = _by_domain(values, labels)
    kept = []
    for value in values:
        if value.startswith(without("")):
            continue
        written = [held[str(window)][dimension].get(value, 0) for window in windows]
        is_quiet = value == bases.NOT_RECORDED or (
            dimension == bases.FACTOR and not value.startswith(bases.domain_value(""))
        )
        if not is_quiet or any(each != 0 for each in written):
            kept.append(value)
    return kept


def _by_domain(values: Sequence[str], labels: Labels) -> list[str]:
    """Each domain with its factors under it, as the vocabulary has them."""
    domains = [value for value in values if value.startswith(bases.domain_value(""))]
    parts = [value for value in values if value not in domains]
    return [
        value
        for domain in domains
        for value in (domain, *(part for part in parts if labels.get((bases.PART_OF, part)) == domain))
    ]


def _share(numbers: Numbers, basis: Basis, dimension: str, value: str, *, in_full: bool) -> str:
    """The share of a value in all cases."""
    part, whole = numbers.mark(basis, dimension, value), numbers.total(basis)
    if part is None or whole is None:
        return ""
    return _percent(part, whole, numbers.rest(basis, dimension, value), in_full=in_full)


def _percent(part: Mark, whole: Mark, rest: Mark | None, *, in_full: bool) -> str:
    """A share, hidden with its parts unless all is told in full."""
    if in_full:
        return f"{whole_percent(part.low, whole.low)}%" if whole.low else NONE
    return str(percentage(part, whole, rest))


def _within_12(numbers: Numbers, windows: Sequence[int], *, in_full: bool) -> Line:
    """How many reviews took no longer than twelve months: all but those that did, where both stand."""
    cells = []
    for window in windows:
        total = numbers.total(Basis.REVIEWS, window)
        longer = numbers.mark(Basis.REVIEWS, bases.TIME_TAKEN, bases.OVER_12, window)
        assert total is not None
        assert longer is not None
        is_known = not total.is_hidden and not longer.is_hidden
        shown = number if in_full else primary
        within = shown(total.low - longer.low) if is_known else BLANK
        cells.append(cell(within))
        if window == 1:
            cells.append(_percent(within, total, longer, in_full=in_full))
    return Line("Within 12 months in all", tuple(cells))
