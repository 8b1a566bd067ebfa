"""The whole document: what the figures are, the facts of the year, and its tables."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from app.cdop.figures.document.beside import computed_rates
from app.cdop.figures.document.parts import Document, FactLine, Labels, Section
from app.cdop.figures.document.tables import of_a_year, over_years
from app.cdop.figures.queries.kept import Figures
from app.cdop.figures.rules import body, facts
from app.cdop.figures.rules.bases import BASIS_LABELS, BASIS_MEANING, Basis
from app.cdop.figures.rules.body import Numbers
from app.cdop.figures.rules.facts import StatedFigures
from app.core.filters import date_long
from app.core.report_year import ReportYear

SUPPRESSED = (
    "Numbers from 1 to 4 are shown as “<5”. Others are hidden as “*” so that no hidden number can be worked "
    "out from rows, columns, totals, pools of years or earlier issues. A percentage is hidden with any "
    "number it could be worked back to."
)
_ZERO = " Zero is shown."
_ZERO_TOO = " Zero is shown, unless what is public already would then tell a hidden number: “*” may be zero."
NOT_SUPPRESSED = "None: these are the numbers in full. Not for publication."
ILLUSTRATIVE = (
    "Illustrative: some or all of the cases counted here were made up to show how the tracker works, and no "
    "child is behind them."
)
#: What is added where it is so.
_SMALL = (
    " A number from 1 to 4 that stands here was public before, or is shown by decision of the panel’s chair."
)
_LEFT_OUT = " A sum that earlier issues tell already is left out, as “–”."


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
            make = over_years if by_year else of_a_year
            tables = tuple(make(basis, figures, year, labels, in_full=in_full))
            sections.append(Section(BASIS_LABELS[basis], BASIS_MEANING[basis], tables))
    if not by_year:
        sections += computed_rates(held, year, labels)
    return Document(
        year=year,
        about=_about(figures, year, figures.years.values() if by_year else [held], in_full=in_full),
        facts=tuple(_fact_lines(held["facts"] or _only_stated(year, stated))),
        sections=(*sections, *more),
        is_in_full=in_full,
        is_issued=figures.issue is not None and not in_full,
        is_illustrative=_is_illustrative(figures),
    )


def _about(
    figures: Figures, year: ReportYear, years: Iterable[Mapping[str, Any]], *, in_full: bool
) -> tuple[tuple[str, str], ...]:
    both = " ".join(f"{BASIS_LABELS[basis]}: {BASIS_MEANING[basis]}" for basis in Basis)
    source = figures.issue or figures.kept
    extracted = date_long(source.extracted_on) if source else ""
    status = "Not issued: working figures of the panel"
    if figures.issue is not None:
        issued = f"{figures.issue.ref}, issued on {date_long(figures.issue.issued_on)}"
        status = f"{issued}: {figures.issue.statement}"
    made_up = (("Provenance", ILLUSTRATIVE),) if _is_illustrative(figures) else ()
    return (
        *made_up,
        ("Basis", both),
        ("Period", _period(year)),
        ("Extracted from the record on", extracted),
        ("Issue", status),
        ("Suppression", NOT_SUPPRESSED if in_full else _suppressed(years)),
    )


def _suppressed(years: Iterable[Mapping[str, Any]]) -> str:
    """What was suppressed in the years that stand here, and what is an exception."""
    found = body.exceptions(held["bases"] for held in years)
    exceptions = (_ZERO_TOO if found.hides_zeros else _ZERO), _SMALL * found.shows_small
    return "".join((SUPPRESSED, *exceptions, _LEFT_OUT * found.leaves_out))


def _is_illustrative(figures: Figures) -> bool:
    return any(held.get("illustrative") for held in figures.years.values())


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
