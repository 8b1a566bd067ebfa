"""What an import of child deaths is held against: the words of this installation, and the cases here."""

from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import select

from app.accounts.models import Area, Group
from app.cdop.models import ChildDeathCase, Term, Vocabulary
from app.cdop.standing import PATHWAY
from app.clocks import queries as clocks
from app.clocks.models import CaseKind
from app.core.clock import today
from app.core.database import current_session
from app.core.intake.section import batches
from app.reviews.rules import Span
from app.transfer.rules.child_deaths.rows import Words
from app.transfer.rules.child_deaths.values import simple


def words() -> Words:
    """The words of this installation that cells are held against."""
    return Words(
        bands=_terms(Vocabulary.AGE_BAND),
        categories=_terms(Vocabulary.CATEGORY),
        areas={simple(name): ref for name, ref in _areas()},
        today=today(),
    )


def reviewing_groups() -> Mapping[str, str]:
    """The groups that review child deaths, reference to name."""
    asked = (
        select(Group.ref, Group.name)
        .where(Group.reviews_child_deaths, Group.withdrawn_on.is_(None))
        .order_by(Group.ref)
    )
    return {row[0]: row[1] for row in current_session().execute(asked)}


def regimes() -> list[tuple[Span, frozenset[str]]]:
    """The guidance for child deaths, each with the codes of the stages that cases pass under it."""
    return [
        (
            Span(regime.code, regime.name, regime.in_force_from, regime.in_force_until),
            frozenset(stage.code for stage in clocks.stages(regime_id=regime.id, pathway=PATHWAY)),
        )
        for regime in clocks.regimes(CaseKind.CHILD_DEATH)
    ]


def by_number(numbers: Collection[str], in_ecdop: Collection[str]) -> tuple[dict[str, str], dict[str, str]]:
    """The references of the cases here, by their CDOP numbers and by their references in eCDOP."""
    found: tuple[dict[str, str], dict[str, str]] = ({}, {})
    for name, wanted, held in (("cdop_number", numbers, found[0]), ("ecdop_ref", in_ecdop, found[1])):
        column = getattr(ChildDeathCase, name)
        for batch in batches(sorted(wanted)):
            asked = select(column, ChildDeathCase.ref).where(column.in_(batch))
            held.update((row[0], row[1]) for row in current_session().execute(asked))
    return found


def alike(quarters: Collection[str]) -> dict[tuple[str, ...], str]:
    """Cases here of these quarters, by the quarter, age band, sex, ethnicity group and area; one of each."""
    columns = (
        ChildDeathCase.death_quarter_on,
        ChildDeathCase.age_band,
        ChildDeathCase.sex,
        ChildDeathCase.ethnicity_group,
        Area.ref,
    )
    found: dict[tuple[str, ...], str] = {}
    for batch in batches(sorted(map(date.fromisoformat, quarters))):
        asked = (
            select(ChildDeathCase.ref, *columns)
            .join(Area, Area.id == ChildDeathCase.area_id)
            .where(ChildDeathCase.death_quarter_on.in_(batch), ChildDeathCase.withdrawn_on.is_(None))
            .order_by(ChildDeathCase.id)
        )
        for row in current_session().execute(asked):
            found.setdefault((row[1].isoformat(), *row[2:]), row[0])
    return found


def _terms(vocabulary: Vocabulary) -> dict[str, str]:
    asked = select(Term.label, Term.code).where(Term.vocabulary == vocabulary, Term.regime_id.is_(None))
    return {simple(label): code for label, code in current_session().execute(asked)}


def _areas() -> list[tuple[str, str]]:
    asked = select(Area.name, Area.ref).where(Area.withdrawn_on.is_(None)).order_by(Area.ref)
    return [(name, ref) for name, ref in current_session().execute(asked)]
