"""The terms of each vocabulary, as an administrator sees them: nothing of a case but whether there is one."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import joinedload

from app.cdop.models import ChildDeathCase, Term, Vocabulary
from app.clocks import queries as clocks
from app.clocks.models import CaseKind, Regime
from app.core.database import current_session


def counts(on: date) -> Mapping[str, tuple[int, int]]:
    """How many terms each vocabulary offers on a day, and how many it has in all."""
    offered = func.count().filter(
        Term.in_force_from <= on, or_(Term.in_force_until.is_(None), Term.in_force_until >= on)
    )
    rows = current_session().execute(select(Term.vocabulary, offered, func.count()).group_by(Term.vocabulary))
    return {vocabulary: (some, all_of_them) for vocabulary, some, all_of_them in rows}


def terms(vocabulary: Vocabulary) -> Sequence[Term]:
    """Every term of a vocabulary, retired ones too: those of every regime first, each list in its order."""
    return (
        current_session()
        .scalars(
            select(Term)
            .outerjoin(Term.regime)
            .where(Term.vocabulary == vocabulary)
            .options(joinedload(Term.regime))
            .order_by(
                Regime.in_force_from.is_not(None),
                Regime.in_force_from.desc(),
                Regime.code,
                Term.position,
                Term.id,
            )
        )
        .all()
    )


def term(number: int) -> Term:
    """A term by its row. Raises NoResultFound."""
    return (
        current_session()
        .scalars(select(Term).where(Term.id == number).options(joinedload(Term.regime)))
        .one()
    )


def beside(held: Term) -> list[Term]:
    """The terms of the list that a term stands in, itself too, in their order."""
    return list_of(Vocabulary(held.vocabulary), held.regime_id)


def list_of(vocabulary: Vocabulary, regime_id: int | None) -> list[Term]:
    """The terms of a vocabulary for one regime, or of those for every regime, in their order."""
    return list(
        current_session().scalars(
            select(Term)
            .where(
                Term.vocabulary == vocabulary,
                Term.regime_id.is_(None) if regime_id is None else Term.regime_id == regime_id,
            )
            .order_by(Term.position, Term.id)
        )
    )


def domains() -> Mapping[str, str]:
    """The domains that factors belong to, code to words."""
    return {row.code: row.label for row in list_of(Vocabulary.DOMAIN, None)}


def regimes() -> Mapping[str, str]:
    """The regimes of child deaths, code to name, the latest first."""
    return {row.code: row.name for row in reversed(clocks.regimes(CaseKind.CHILD_DEATH))}


def regime(code: str | None) -> Regime | None:
    """A regime of child deaths; none without a code. Raises NoResultFound."""
    if code is None:
        return None
    found = next((row for row in clocks.regimes(CaseKind.CHILD_DEATH) if row.code == code), None)
    if found is None:
        raise NoResultFound
    return found


def is_order_used(vocabulary: Vocabulary) -> bool:
    """Whether some case went by the order of a vocabulary: that of categories picks the one that is kept."""
    if vocabulary is not Vocabulary.CATEGORY:
        return False
    went = or_(ChildDeathCase.categories_considered != "", ChildDeathCase.category.is_not(None))
    return current_session().scalar(select(ChildDeathCase.id).where(went).limit(1)) is not None
