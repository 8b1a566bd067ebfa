"""Figures and populations as others published them: added, changed, withdrawn with a reason."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from app.accounts.models import Area, Provenance
from app.audit.operations import record
from app.cdop.figures.models import Population, PopulationKind, StatedFigure
from app.cdop.figures.rules.stated import Code, check_code, check_value
from app.core import checks
from app.core.clock import today
from app.core.database import current_session, keep_for_change
from app.core.errors import RuleBroken
from app.core.references import next_reference
from app.core.report_year import ReportYear


class AlreadyStated(RuleBroken):
    """The figure of that year is held already."""


class NotStanding(RuleBroken):
    """What was withdrawn is kept as it was."""


class NumberNotUsable(RuleBroken):
    """What was entered is no number of people."""


class YearNotUsable(RuleBroken):
    """What was entered is no report year."""


def add_stated(
    *,
    code: str | None,
    report_year: str | None,
    value: str | None,
    words: str = "",
    source_line: str = "",
    source_note: str = "",
) -> StatedFigure:
    """Add a figure as a report published it.

    Raises ValueNotUsable, YearNotUsable, WordsMissing, AlreadyStated.
    """
    which, year = check_code(code), _report_year(report_year)
    kept = check_value(which, value)
    source = checks.words(source_line, "Say where it is published", "source_line")
    _check_not_stated(which, year)
    session = current_session()
    figure = StatedFigure(
        ref=next_reference(session, "SF"),
        code=which,
        report_year_start=year.start_year,
        value=kept,
        words=words,
        source_line=source,
        source_note=source_note or None,
    )
    session.add(figure)
    session.flush()
    record(
        verb="figures.state",
        subject=figure.audit_subject,
        line=f"Stated the figure {figure.ref} of {year}",
        before={},
        after=_stated_content(figure),
    )
    return figure


def change_stated(
    *, figure: StatedFigure, value: str | None, words: str, source_line: str, source_note: str
) -> StatedFigure:
    """Change what is held of a stated figure; one whose number differs no longer counts as published.

    Raises NotStanding, ValueNotUsable, WordsMissing.
    """
    _check_standing(figure)
    kept = check_value(Code(figure.code), value)
    source = checks.words(source_line, "Say where it is published", "source_line")
    before = _stated_content(figure)
    if figure.value != kept:
        figure.provenance = Provenance.RECORDED
    figure.value, figure.words = kept, words
    figure.source_line, figure.source_note = source, source_note or None
    current_session().flush()
    record(
        verb="figures.state",
        subject=figure.audit_subject,
        line=f"Changed the stated figure {figure.ref}",
        before=before,
        after=_stated_content(figure),
    )
    return figure


def add_population(
    *,
    kind: str | None,
    report_year: str | None,
    area: str | None,
    number: str | None,
    source_line: str = "",
    source_note: str = "",
) -> Population:
    """Add a population that rates are counted over.

    Raises WordsMissing, YearNotUsable, NumberNotUsable, AlreadyStated.
    """
    which = PopulationKind(checks.words(kind, "Choose who is counted", "kind"))
    year, count = _report_year(report_year), _number(number)
    source = checks.words(source_line, "Say where it is published", "source_line")
    session = current_session()
    of_area = session.scalars(select(Area).where(Area.ref == area)).one_or_none() if area else None
    same = select(Population.id).where(
        Population.kind == which,
        Population.report_year_start == year.start_year,
        Population.area_id == of_area.id if of_area else Population.area_id.is_(None),
        Population.withdrawn_on.is_(None),
    )
    if session.scalar(same.limit(1)) is not None:
        raise AlreadyStated("That population is held already. Change it, or withdraw it first.", "kind")
    population = Population(
        ref=next_reference(session, "PO"),
        kind=which,
        report_year_start=year.start_year,
        area=of_area,
        number=count,
        source_line=source,
        source_note=source_note or None,
    )
    session.add(population)
    session.flush()
    record(
        verb="figures.state",
        subject=population.audit_subject,
        line=f"Added the population {population.ref} of {year}",
        before={},
        after=_population_content(population),
    )
    return population


def change_population(
    *, population: Population, number: str | None, source_line: str, source_note: str
) -> Population:
    """Change a population. Raises NotStanding, NumberNotUsable, WordsMissing."""
    _check_standing(population)
    count = _number(number)
    source = checks.words(source_line, "Say where it is published", "source_line")
    before = _population_content(population)
    if population.number != count:
        population.provenance = Provenance.RECORDED
    population.number = count
    population.source_line, population.source_note = source, source_note or None
    current_session().flush()
    record(
        verb="figures.state",
        subject=population.audit_subject,
        line=f"Changed the population {population.ref}",
        before=before,
        after=_population_content(population),
    )
    return population


def withdraw_stated(*, held: StatedFigure | Population, reason: str | None) -> None:
    """Withdraw a stated figure or a population with a reason. Raises NotStanding, WordsMissing."""
    _check_standing(held)
    held.withdrawn_reason = checks.words(reason, "Say why it is withdrawn", "reason")
    held.withdrawn_on = today()
    current_session().flush()
    record(
        verb="figures.state",
        subject=held.audit_subject,
        line=f"Withdrew {held.ref}",
        before={"withdrawn_on": None, "withdrawn_reason": None},
        after={"withdrawn_on": held.withdrawn_on, "withdrawn_reason": held.withdrawn_reason},
    )


def _report_year(text: str | None) -> ReportYear:
    try:
        return ReportYear.parse(text or "")
    except ValueError:
        raise YearNotUsable("Choose the report year", "report_year") from None


def _number(text: str | None) -> int:
    kept = (text or "").replace(",", "").strip()
    number = int(kept) if kept.isascii() and kept.isdecimal() and len(kept) < 9 else 0
    if number < 1:
        raise NumberNotUsable("Enter how many there are, for example 4,500", "number")
    return number


def _check_not_stated(code: Code, year: ReportYear) -> None:
    held = select(StatedFigure.id).where(
        StatedFigure.code == code,
        StatedFigure.report_year_start == year.start_year,
        StatedFigure.withdrawn_on.is_(None),
    )
    if current_session().scalar(held) is not None:
        raise AlreadyStated(
            f"That figure of {year} is held already. Change it, or withdraw it first.", "code"
        )


def _check_standing(held: StatedFigure | Population) -> None:
    keep_for_change(held)
    if held.withdrawn_on is not None:
        raise NotStanding("It was withdrawn, and is kept as it was.")


def _stated_content(figure: StatedFigure) -> Mapping[str, Any]:
    return {
        "code": figure.code,
        "report_year": str(figure.report_year),
        "value": figure.value,
        "words": figure.words,
        "source_line": figure.source_line,
        "source_note": figure.source_note,
        "provenance": figure.provenance,
    }


def _population_content(population: Population) -> Mapping[str, Any]:
    return {
        "kind": population.kind,
        "report_year": str(population.report_year),
        "area": population.area.ref if population.area else None,
        "number": population.number,
        "source_line": population.source_line,
        "source_note": population.source_note,
        "provenance": population.provenance,
    }
