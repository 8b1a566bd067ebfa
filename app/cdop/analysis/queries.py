"""What the analysis of a death is recorded in, and what it says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.policy import Facts
from app.cdop.analysis.rules import Analysis, Factor
from app.cdop.models import (
    CaseFactor,
    CaseStage,
    ChildDeathCase,
    Panel,
    PanelStatus,
    Term,
    Vocabulary,
)
from app.cdop.queries import may_know_of
from app.core.access import behind
from app.core.asking import asked_once
from app.core.clock import today
from app.core.database import current_session

_VOCABULARIES = (
    Vocabulary.CATEGORY,
    Vocabulary.DOMAIN,
    Vocabulary.FACTOR,
    Vocabulary.RELEVANCE,
    Vocabulary.CONCLUSION,
)
#: How many panels are offered.
_PANELS = 20


@dataclass(frozen=True)
class Words:
    """The terms that an analysis uses under one regime, retired ones too, each vocabulary in its order."""

    terms: Mapping[str, Mapping[str, Term]]

    def of(self, vocabulary: Vocabulary) -> Mapping[str, Term]:
        """The terms of a vocabulary, by code."""
        return self.terms.get(vocabulary, {})

    def label(self, vocabulary: Vocabulary, code: str | None) -> str:
        """The words for a code, which speaks for itself where its term is not known."""
        term = self.of(vocabulary).get(code or "")
        return term.label if term else code or ""

    def offered(self, vocabulary: Vocabulary, *, held: Sequence[str | None] = ()) -> dict[str, Term]:
        """The terms that may be chosen today, and those a record holds already."""
        on = today()
        return {
            code: term
            for code, term in self.of(vocabulary).items()
            if code in held
            or (term.in_force_from <= on and (term.in_force_until is None or on <= term.in_force_until))
        }

    @property
    def precedence(self) -> list[str]:
        """The codes of the categories, the highest first."""
        return list(self.of(Vocabulary.CATEGORY))

    @property
    def domains(self) -> dict[str, str]:
        """The domains, code to words, in their order."""
        return {code: term.label for code, term in self.of(Vocabulary.DOMAIN).items()}


def words(regime_id: int) -> Words:
    """The words of an analysis under a regime; a term of its own goes before one of every regime."""
    return asked_once(f"analysis_words_{regime_id}", lambda: _words(regime_id))


def _words(regime_id: int) -> Words:
    rows = current_session().scalars(
        select(Term)
        .where(
            Term.vocabulary.in_(_VOCABULARIES),
            or_(Term.regime_id.is_(None), Term.regime_id == regime_id),
        )
        .order_by(Term.vocabulary, Term.position, Term.id)
    )
    found: dict[str, dict[str, Term]] = {}
    for row in rows:
        held = found.setdefault(row.vocabulary, {}).get(row.code)
        if held is None or held.regime_id is None:
            found[row.vocabulary][row.code] = row
    return Words(found)


@behind(may_know_of)
def case(ref: str) -> ChildDeathCase:
    """A case with its analysis. Raises NoResultFound."""
    return (
        current_session()
        .scalars(
            select(ChildDeathCase)
            .where(ChildDeathCase.ref == ref)
            .options(
                joinedload(ChildDeathCase.group),
                joinedload(ChildDeathCase.regime),
                joinedload(ChildDeathCase.panel),
                selectinload(ChildDeathCase.factors),
                selectinload(ChildDeathCase.stages).joinedload(CaseStage.stage),
            )
        )
        .one()
    )


@behind(may_know_of)
def factor(ref: str, number: int) -> CaseFactor:
    """A factor of a case by its row, for whoever opened it before others changed. Raises NoResultFound."""
    return (
        current_session()
        .scalars(
            select(CaseFactor)
            .join(CaseFactor.case)
            .where(ChildDeathCase.ref == ref, CaseFactor.id == number)
            .options(joinedload(CaseFactor.case))
        )
        .one()
    )


@dataclass(frozen=True)
class InDomain:
    """A domain of a case's analysis: where a factor is added to it."""

    case: ChildDeathCase
    code: str
    label: str

    @property
    def facts(self) -> Facts:
        """What the policy decides by: the compartment of the case."""
        return self.case.facts


@behind(may_know_of)
def in_domain(ref: str, domain: str) -> InDomain:
    """A domain of the analysis of a case. Raises NoResultFound."""
    found = case(ref)
    domains = words(found.regime_id).domains
    if domain not in domains:
        raise NoResultFound
    return InDomain(found, domain, domains[domain])


def considered(held: ChildDeathCase) -> list[str]:
    """The categories that were considered, the highest first."""
    return held.categories_considered.split()


def analysis_of(held: ChildDeathCase) -> Analysis:
    """The analysis of a case as its rules ask for it."""
    return Analysis(
        factors=[
            Factor(
                domain=each.domain_code,
                code=each.factor,
                relevance=each.relevance,
                is_modifiable=each.is_modifiable,
                has_note=bool(each.note),
            )
            for each in held.factors
        ],
        considered=considered(held),
        conclusion=held.conclusion,
        learning=held.learning,
        domains=words(held.regime_id).domains,
    )


def panels_for(held: ChildDeathCase) -> Sequence[Panel]:
    """The latest panels that can have reviewed a case, the last one first, and the one it is on."""
    latest = (
        select(Panel.id)
        .where(
            Panel.group_id == held.group_id,
            Panel.status == PanelStatus.HELD,
            Panel.meets_on >= held.known_on,
        )
        .order_by(Panel.meets_on.desc(), Panel.id.desc())
        .limit(_PANELS)
        .correlate(None)
    )
    return (
        current_session()
        .scalars(
            select(Panel)
            .where(or_(Panel.id.in_(latest), Panel.id == held.panel_id))
            .order_by(Panel.meets_on.desc(), Panel.id.desc())
        )
        .all()
    )
