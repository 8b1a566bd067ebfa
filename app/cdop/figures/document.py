"""The figures of a year as a document: what its page shows, its exports say and its papers print, alike.

Every table names its counting basis. A share stands only where none of the numbers it could be worked back to
is hidden.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.cdop.figures import charts
from app.cdop.figures.queries.kept import Figures
from app.cdop.figures.rules import bases, body, facts, rates
from app.cdop.figures.rules.bases import BASIS_LABELS, BASIS_MEANING, Basis
from app.cdop.figures.rules.body import Numbers
from app.cdop.figures.rules.counts import TOTAL, Mark
from app.cdop.figures.rules.facts import StatedFigures
from app.cdop.figures.rules.percentages import percentage
from app.cdop.figures.rules.tables import without
from app.cdop.figures.rules.timeliness import LEAST_REVIEWS
from app.cdop.figures.rules.year_rates import RATES
from app.core.filters import date_long, plural
from app.core.report_year import ReportYear

SUPPRESSED = (
    "Numbers from 1 to 4 are shown as “<5”. Others are hidden as “*” so that no hidden number can be worked "
    "out from rows, columns, totals, pools of years or earlier issues. Zero is shown. A percentage is hidden "
    "with any number it could be worked back to."
)
NOT_SUPPRESSED = "None: these are the numbers in full. Not for publication."
#: Until they are issued, and in full for ever.
SENSITIVE = "OFFICIAL-SENSITIVE"
ISSUED = "OFFICIAL"

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
_NONE = "–"

#: The words for each value of each dimension.
Labels = Mapping[tuple[str, str], str]


@dataclass(frozen=True)
class FactLine:
    """One fact at the head: what it is, its value, what is counted or said, and where it is from."""

    name: str
    label: str
    value: str
    words: str
    source: str
    is_stated: bool
    provenance: str


@dataclass(frozen=True)
class Line:
    """One row of a table."""

    label: str
    cells: tuple[str, ...]
    #: Whether it is part of the row above it.
    is_part: bool = False


@dataclass(frozen=True)
class Table:
    """One table; all its numbers are of one basis."""

    heading: str
    basis: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    note: str = ""
    #: The name of the chart that stands beside it.
    chart: str | None = None


@dataclass(frozen=True)
class Section:
    """Tables that belong together."""

    heading: str
    meaning: str
    tables: tuple[Table, ...]


@dataclass(frozen=True)
class Document:
    """Everything that is said of a year's figures."""

    year: ReportYear
    about: tuple[tuple[str, str], ...]
    facts: tuple[FactLine, ...]
    sections: tuple[Section, ...]
    is_in_full: bool
    is_issued: bool

    @property
    def marking(self) -> str:
        """What may be done with it."""
        return ISSUED if self.is_issued else SENSITIVE

    @property
    def tables(self) -> Iterator[Table]:
        """Every table, in order."""
        for section in self.sections:
            yield from section.tables


def document(
    figures: Figures,
    year: ReportYear,
    labels: Labels,
    *,
    in_full: bool,
    by_year: bool = False,
    stated: StatedFigures = {},  # noqa: B006 (never changed)
    more: Sequence[Section] = (),
) -> Document:
    """The figures of a year; with ``by_year`` each table follows its numbers over the years instead of pools.

    Of a year without figures, the facts that were ``stated`` of it stand alone; ``more`` comes last.
    """
    held = figures.of(year)
    sections = []
    for basis in Basis:
        if Numbers(held["bases"]).has(basis):
            make = _by_year if by_year else _tables
            tables = tuple(make(basis, figures, year, labels, in_full=in_full))
            sections.append(Section(BASIS_LABELS[basis], BASIS_MEANING[basis], tables))
    if not by_year:
        sections += _rates(held, year, labels)
    return Document(
        year=year,
        about=_about(figures, year, in_full=in_full),
        facts=tuple(_fact_lines(held["facts"] or _only_stated(year, stated))),
        sections=(*sections, *more),
        is_in_full=in_full,
        is_issued=figures.issue is not None and not in_full,
    )


def _about(figures: Figures, year: ReportYear, *, in_full: bool) -> tuple[tuple[str, str], ...]:
    both = " ".join(f"{BASIS_LABELS[basis]}: {BASIS_MEANING[basis]}" for basis in Basis)
    source = figures.issue or figures.kept
    extracted = date_long(source.extracted_on) if source else ""
    status = "Not issued: working figures of the panel"
    if figures.issue is not None:
        status = f"{figures.issue.ref}, issued on {date_long(figures.issue.issued_on)}"
    return (
        ("Basis", both),
        ("Period", _period(year)),
        ("Extracted from the record on", extracted),
        ("Issue", status),
        ("Suppression", NOT_SUPPRESSED if in_full else SUPPRESSED),
    )


def _period(year: ReportYear) -> str:
    first, last = date(year.start_year, 4, 1), date(year.start_year + 1, 3, 31)
    return f"{year}: {date_long(first)} to {date_long(last)}; pools of 3 and 5 years end with it"


def _only_stated(year: ReportYear, stated: StatedFigures) -> dict[str, dict[str, Any]]:
    found = facts.facts(year, lambda *_: None, stated)
    return {name: fact.plain() for name, fact in found.items()}


def _fact_lines(held: Mapping[str, Mapping[str, Any]]) -> Iterator[FactLine]:
    for name, fact in held.items():
        if fact["value"] is not None:
            yield FactLine(
                name=name,
                label=facts.LABELS[name],
                value=facts.written(name, fact["value"]),
                words=fact["words"],
                source=fact["source"],
                is_stated=fact["is_stated"],
                provenance=fact["provenance"],
            )


def label_of(labels: Labels, dimension: str, value: str) -> str:
    """A value in words."""
    if dimension == TOTAL:
        return "All"
    return labels.get((dimension, value)) or bases.WORDS.get(value) or value


def shares_of(numbers: Numbers, basis: Basis, dimension: str, value: str, window: int = 1) -> str:
    """The share of a value in all cases; hidden with its parts."""
    part, whole = numbers.mark(basis, dimension, value, window), numbers.total(basis, window)
    if part is None or whole is None:
        return ""
    rest = numbers.rest(basis, dimension, value, window)
    return str(percentage(part, whole, rest))


def _tables(
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
            own = _cell(numbers.mark(basis, dimension, value))
            share = _share(numbers, basis, dimension, value, in_full=in_full)
            pooled = (_cell(numbers.mark(basis, dimension, value, window)) for window in pools)
            lines.append(_line(labels, dimension, value, (own, share, *pooled)))
        yield Table(
            heading=bases.DIMENSION_LABELS[dimension],
            basis=BASIS_LABELS[basis],
            columns=columns,
            lines=tuple(lines),
            note=bases.DIMENSION_NOTES.get(dimension, ""),
            chart=None if in_full else charted.get((basis, dimension)),
        )
    if basis is Basis.REVIEWS and (times := figures.of(year).get("times")):
        yield _times(times, in_full=in_full)


def _times(times: Sequence[float], *, in_full: bool) -> Table:
    """The median and quartiles: in full in days, elsewhere in whole months."""
    unit = "day" if in_full else "month"
    cells = tuple(plural(int(value + 0.5), unit) for value in times)
    return Table(
        heading="Time from known to panel: median and quartiles",
        basis=BASIS_LABELS[Basis.REVIEWS],
        columns=("Lower quartile", "Median", "Upper quartile"),
        lines=(Line("Reviews completed in the year", cells),),
        note=bases.DIMENSION_NOTES[bases.TIME_TAKEN]
        + ("" if in_full else f" In whole months, and only of {LEAST_REVIEWS} reviews or more."),
    )


def open_reviews(on: date, by_age: Sequence[tuple[str, int]], by_wait: Sequence[tuple[str, int]]) -> Section:
    """The reviews that are open on a day; inside the compartment alone, since they change from day to day."""
    basis = f"Open reviews on {date_long(on)}"

    def table(heading: str, rows: Sequence[tuple[str, int]], note: str = "") -> Table:
        lines = tuple(Line(label, (f"{number:,}",)) for label, number in rows)
        return Table(heading, basis, ("Open reviews",), lines, note)

    waits = "A review may wait on several things, or on nothing."
    return Section(
        "Open reviews",
        "As they stand today, whichever year the death was in. Not part of any issue.",
        (
            table("By age since the death became known", by_age),
            table("By what they wait on", by_wait or [("Nothing", 0)], waits),
        ),
    )


def _by_year(
    basis: Basis, figures: Figures, year: ReportYear, labels: Labels, *, in_full: bool
) -> Iterator[Table]:
    """The tables of a basis over the years, the earliest first."""
    starts = _starts(figures, year, basis)
    of_years = {start: Numbers(figures.years[start]["bases"]) for start in starts}
    for dimension in TABLES[basis]:
        lines = [Line("All", tuple(_cell(of_years[start].total(basis)) for start in starts))]
        values = dict.fromkeys(
            value
            for start in starts
            for value in _values(figures, ReportYear(start), basis, dimension, windows=[1], labels=labels)
        )
        for value in values:
            cells = tuple(_cell(of_years[start].mark(basis, dimension, value)) for start in starts)
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
        cells = [_cell(numbers.mark(basis, dimension, value)) for dimension, value in _FOLLOWED[basis]]
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
    cells = [_cell(numbers.total(basis, window)) for window in windows]
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
    if not in_full:
        return shares_of(numbers, basis, dimension, value)
    part, whole = numbers.mark(basis, dimension, value), numbers.total(basis)
    if part is None or whole is None or not whole.low:
        return _NONE
    return f"{(200 * part.low + whole.low) // (2 * whole.low)}%"


def _cell(mark: Mark | None) -> str:
    if mark is None:
        return ""
    return str(mark) if mark.is_hidden else f"{mark.low:,}"


def _rates(held: Mapping[str, Any], year: ReportYear, labels: Labels) -> list[Section]:
    """The rates that are computed here, each with what must stand beside it."""
    lines = []
    for rate in held["rates"]:
        name = RATES[rate["kind"]][0]
        where = "All areas" if rate["area"] is None else label_of(labels, bases.AREA, rate["area"])
        window = rate["window"]
        when = str(year) if window == 1 else f"{ReportYear(year.start_year - window + 1)} to {year}"
        deaths = _cell(body.read_mark(rate["deaths"]))
        if rate["rate"] is None:
            value, interval, remark = _NONE, _NONE, f"No rate: {rate['why']}"
        else:
            value, interval = f"{rate['rate']:.1f}", f"{rate['low']:.1f} to {rate['high']:.1f}"
            remark = "Unreliable: fewer than 20 deaths" if rate["unreliable"] else ""
        lines.append(
            Line(
                f"{name}; {where}, {when}",
                (deaths, f"{rate['population']:,}", value, interval, remark or _NONE),
            )
        )
    if not lines:
        return []
    table = Table(
        heading="Rates computed here",
        basis=BASIS_LABELS[Basis.DEATHS],
        columns=("Deaths", "Population", "Rate", "95% interval", "Remark"),
        lines=tuple(lines),
        note=f"Crude rates with their {rates.METHOD}. No rate is made of fewer than 3 deaths.",
    )
    meaning = "From the deaths in the year, over the populations held. Published rates stand above."
    return [Section("Rates", meaning, (table,))]
