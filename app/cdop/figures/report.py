"""The facts of a year for the command line: what the page of the year shows, computed now if need be."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.cdop.figures import operations
from app.cdop.figures.document import FactLine, document
from app.cdop.figures.operations.computing import Progress
from app.cdop.figures.queries import kept
from app.cdop.figures.queries import material as made_of
from app.cdop.figures.rules import facts
from app.core.errors import RuleBroken
from app.core.report_year import ReportYear
from app.core.transactions import apart


class NoFigures(RuleBroken):
    """There are no figures of the year, or none that are safe to show."""


@dataclass(frozen=True)
class FactsOfAYear:
    """The facts as a script takes them, and as a person reads them."""

    document: dict[str, Any]
    lines: Sequence[FactLine]


def facts_of(year: ReportYear, *, progress: Progress | None = None) -> FactsOfAYear:
    """The facts of a year. Raises NoFigures, in a sentence that says why."""
    done = operations.compute(progress=progress)
    if done.problem is not None:
        raise NoFigures(done.problem)
    with apart(reading=True):
        if not operations.is_current():
            raise NoFigures(
                kept.state().problem or "The figures are being computed just now; try again in a moment."
            )
        figures = kept.figures_kept(year)
        shown = document(figures, year, {}, in_full=False, stated=made_of.stated())
        held = figures.of(year)["facts"] or {
            name: fact.plain() for name, fact in facts.facts(year, lambda *_: None, made_of.stated()).items()
        }
    if all(fact["value"] is None for fact in held.values()):
        raise NoFigures(f"There are no figures of {year}.")
    return FactsOfAYear({name: fact["value"] for name, fact in held.items()}, shown.facts)
