"""What stands beside the tables of counts: times, open reviews, and the rates that are computed here."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from app.cdop.figures.document.parts import NONE, Labels, Line, Section, Table, cell, label_of
from app.cdop.figures.rules import bases, body
from app.cdop.figures.rules.bases import BASIS_LABELS, Basis
from app.cdop.figures.rules.rates import METHOD
from app.cdop.figures.rules.timeliness import LEAST_REVIEWS
from app.cdop.figures.rules.year_rates import RATES
from app.core.filters import date_long, plural
from app.core.report_year import ReportYear

_QUARTILES = ("Lower quartile", "Median", "Upper quartile")


def times(held: Mapping[str, Any], *, in_full: bool) -> Iterator[Table]:
    """The medians and quartiles: in full in days, elsewhere in whole months and to the panel alone."""
    unit = "day" if in_full else "month"
    to_panel = bases.DIMENSION_NOTES[bases.TIME_TAKEN]
    if not in_full:
        to_panel += (
            f" In whole months, of {LEAST_REVIEWS} reviews or more, where they tell of no hidden number."
        )
    kinds = (
        ("times", "panel", to_panel),
        ("meeting_times", "child death review meeting", "Of those reviews that had the meeting."),
    )
    for kind, end, note in kinds:
        if found := held.get(kind):
            yield Table(
                heading=f"Time from known to {end}: median and quartiles",
                basis=BASIS_LABELS[Basis.REVIEWS],
                columns=_QUARTILES,
                lines=(
                    Line(
                        "Reviews completed in the year",
                        tuple(plural(int(value + 0.5), unit) for value in found),
                    ),
                ),
                note=note,
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


def computed_rates(held: Mapping[str, Any], year: ReportYear, labels: Labels) -> list[Section]:
    """The rates that are computed here, each with what must stand beside it."""
    lines = []
    for rate in held["rates"]:
        name = RATES[rate["kind"]][0]
        where = "All areas" if rate["area"] is None else label_of(labels, bases.AREA, rate["area"])
        window = rate["window"]
        when = str(year) if window == 1 else f"{ReportYear(year.start_year - window + 1)} to {year}"
        deaths = cell(body.read_mark(rate["deaths"]))
        if rate["rate"] is None:
            value, interval, remark = NONE, NONE, f"No rate: {rate['why']}"
        else:
            value, interval = f"{rate['rate']:.1f}", f"{rate['low']:.1f} to {rate['high']:.1f}"
            remark = "Unreliable: fewer than 20 deaths" if rate["unreliable"] else ""
        lines.append(
            Line(
                f"{name}; {where}, {when}",
                (deaths, f"{rate['population']:,}", value, interval, remark or NONE),
            )
        )
    if not lines:
        return []
    table = Table(
        heading="Rates computed here",
        basis=BASIS_LABELS[Basis.DEATHS],
        columns=("Deaths", "Population", "Rate", "95% interval", "Remark"),
        lines=tuple(lines),
        note=f"Crude rates with their {METHOD}. No rate is made of fewer than 3 deaths.",
    )
    meaning = "From the deaths in the year, over the populations held. Published rates stand above."
    return [Section("Rates", meaning, (table,))]
