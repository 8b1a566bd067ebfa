"""The words of the room and what can be chosen: terms, stages, regimes, years and groups."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import and_, or_, select

from app.accounts import queries as accounts
from app.accounts.models import Group
from app.accounts.policy import Facts, PersonFacts, can
from app.cdop.models import ChildDeathCase, Term
from app.cdop.models.vocabulary import Vocabulary
from app.cdop.queries.cases import visible
from app.cdop.standing import PATHWAY
from app.clocks.models import Regime, Stage
from app.clocks.queries import stage_orders
from app.core.database import current_session


def terms(vocabulary: Vocabulary, *, on: date, held: str | None = None) -> Sequence[Term]:
    """The terms that are offered on a day, in order; and one that a record holds already."""
    offered = and_(Term.in_force_from <= on, or_(Term.in_force_until.is_(None), Term.in_force_until >= on))
    return (
        current_session()
        .scalars(
            select(Term)
            .where(Term.vocabulary == vocabulary, Term.regime_id.is_(None))
            .where(offered if held is None else or_(offered, Term.code == held))
            .order_by(Term.position, Term.id)
        )
        .all()
    )


def labels(*vocabularies: Vocabulary) -> Mapping[str, Mapping[str, str]]:
    """The words for each code of these vocabularies, retired ones too, in order."""
    rows = current_session().execute(
        select(Term.vocabulary, Term.code, Term.label)
        .where(Term.vocabulary.in_(vocabularies))
        .order_by(Term.position, Term.id)
    )
    found: dict[str, dict[str, str]] = {str(each): {} for each in vocabularies}
    for vocabulary, code, label in rows:
        found[vocabulary][code] = label
    return found


def waiting_on() -> Mapping[str, str]:
    """The words for what a review may wait on, by code."""
    return labels(Vocabulary.WAITING_ON)[Vocabulary.WAITING_ON]


def stage_labels() -> Mapping[tuple[int, str], str]:
    """The words for each stage, by the number of its regime and its code, the oldest regime first."""
    rows = current_session().execute(
        select(Stage.regime_id, Stage.code, Stage.label)
        .join(Stage.regime)
        .where(Stage.pathway == PATHWAY)
        .order_by(Regime.in_force_from, Stage.position)
    )
    return {(row.regime_id, row.code): row.label for row in rows}


def stages_in_words() -> Mapping[str, str]:
    """Each code of a stage with its words, in the order of the way; where regimes differ in them, all."""
    words: dict[str, list[str]] = {}
    for (_, code), label in stage_labels().items():
        if label not in words.setdefault(code, []):
            words[code].append(label)
    orders = stage_orders(PATHWAY)
    return {code: " or ".join(words[code]) for code in sorted(words, key=lambda code: orders[code])}


def regimes_in_use(person: PersonFacts) -> Mapping[str, str]:
    """The regimes under which cases stand that the person may read, code to name."""
    rows = current_session().execute(
        select(Regime.code, Regime.name)
        .where(Regime.id.in_(select(ChildDeathCase.regime_id).where(visible(person))))
        .order_by(Regime.in_force_from)
    )
    return {row[0]: row[1] for row in rows}


def start_years(person: PersonFacts) -> Sequence[int]:
    """The report years in which deaths that the person may read are counted, the latest first."""
    return (
        current_session()
        .scalars(
            select(ChildDeathCase.death_year_start)
            .where(visible(person))
            .distinct()
            .order_by(ChildDeathCase.death_year_start.desc())
        )
        .all()
    )


def choosable_groups(person: PersonFacts) -> Sequence[Group]:
    """The groups a person may log a death for."""

    def may_log(group: Group) -> bool:
        facts = Facts(group_id=group.id, is_restricted=True, is_child_death=True)
        return group.reviews_child_deaths and can(person, "child_death.change", facts)

    return [group for group in accounts.groups() if may_log(group)]


def groups_to_refer_to() -> Sequence[Group]:
    """The groups that could take up a serious incident: all that do not review child deaths."""
    return [group for group in accounts.groups() if not group.reviews_child_deaths]
