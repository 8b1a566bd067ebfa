"""One action, and what hangs on it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, joinedload, selectinload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from app.accounts.models import Group, Seat, Source
from app.accounts.policy import PersonFacts, Sharing, can
from app.actions.models import (
    Action,
    ActionStep,
    ActionUpdate,
    DateChange,
    Evidence,
    ExtensionRequest,
    ImpactStatement,
    SignOff,
)
from app.actions.models.evidence import EvidenceFile, EvidenceReturn
from app.actions.queries.visible import may_know_of
from app.core.access import behind
from app.core.database import current_session
from app.lessons.models import Lesson, Recommendation


def who_and_where() -> list[_AbstractLoad]:
    """What every page about an action names: agency, owner, source, and what the policy asks for."""
    return [
        joinedload(Action.source),
        joinedload(Action.agency),
        joinedload(Action.owner),
        joinedload(Action.group),
        selectinload(Action.reminders),
        selectinload(Action.sign_offs),
        selectinload(Action.extension_requests),
    ]


@behind(may_know_of)
def action(ref: str) -> Action:
    """The action by its reference, with what its pages name. Raises NoResultFound."""
    statement = select(Action).where(Action.ref == ref).options(*who_and_where())
    return current_session().scalars(statement).one()


@behind(may_know_of)
def action_in_full(ref: str) -> Action:
    """The action with everything that ever happened to it, in as many queries however much that is.

    Raises NoResultFound.
    """
    statement = (
        select(Action)
        .where(Action.ref == ref)
        .options(
            *who_and_where(),
            selectinload(Action.lessons).selectinload(Lesson.themes),
            selectinload(Action.recommendations),
            selectinload(Action.steps).joinedload(ActionStep.taken_by),
            selectinload(Action.updates).joinedload(ActionUpdate.written_by),
            selectinload(Action.evidence).options(
                joinedload(Evidence.added_by),
                selectinload(Evidence.files).joinedload(EvidenceFile.stored_file),
                selectinload(Evidence.returns).joinedload(EvidenceReturn.returned_by),
            ),
            selectinload(Action.date_changes).joinedload(DateChange.decided_by),
            selectinload(Action.impact_statements).options(
                joinedload(ImpactStatement.stated_by),
                joinedload(ImpactStatement.decided_by),
                selectinload(ImpactStatement.evidence),
            ),
            selectinload(Action.impact_looks),
            selectinload(Action.sign_offs).options(
                joinedload(SignOff.sent_by), joinedload(SignOff.decided_by)
            ),
            selectinload(Action.extension_requests).options(
                joinedload(ExtensionRequest.asked_by), joinedload(ExtensionRequest.decided_by)
            ),
            joinedload(Action.group).selectinload(Group.seats).joinedload(Seat.person),
        )
    )
    return current_session().scalars(statement).one()


def action_for_change(ref: str) -> Action:
    """The action with its rows as they stand now, kept from every other writer until the transaction ends.

    Whoever waited here for another decision sees what was decided. Raises NoResultFound.
    """
    session = current_session()
    session.flush()
    # The row first: what else belongs to the action is read only once nobody else can change it.
    locked = session.scalars(
        select(Action)
        .where(Action.ref == ref)
        .with_for_update(of=Action)
        .execution_options(populate_existing=True)
    ).one()
    for rows in (
        Action.sign_offs,
        Action.extension_requests,
        Action.date_changes,
        Action.evidence,
        Action.updates,
        Action.impact_statements,
        Action.impact_looks,
        Action.not_for_us,
        Action.colour_overrides,
        Action.successions,
    ):
        _read_again(locked, rows)
    return locked


def lock(refs: Collection[str]) -> None:
    """Keep several actions from every other writer, in the one order in which everybody takes them.

    Whoever waited here for another decision sees what was decided.
    """
    session = current_session()
    session.flush()
    session.scalars(
        select(Action)
        .where(Action.ref.in_(refs))
        .order_by(Action.id)
        .with_for_update(of=Action)
        .execution_options(populate_existing=True)
    ).all()


def whole_for_change(action_id: int) -> Action:
    """The action that a part belongs to, kept from every other writer. Expects the part to be locked.

    Not from those who only make sure that it is there: PostgreSQL does that by itself, for the reference,
    when a transaction changes its part twice, and two that did would wait for each other.
    """
    session = current_session()
    session.flush()
    return session.scalars(
        select(Action)
        .where(Action.id == action_id)
        .with_for_update(of=Action, key_share=True)
        .execution_options(populate_existing=True)
    ).one()


def _read_again(locked: Action, rows: InstrumentedAttribute[Any]) -> None:
    kind = rows.property.mapper.class_
    current_session().scalars(
        select(kind).where(kind.action_id == locked.id).execution_options(populate_existing=True)
    ).all()
    current_session().expire(locked, [rows.key])


@behind(may_know_of)
def evidence(ref: str, evidence_ref: str) -> Evidence:
    """A piece of evidence of an action. Raises NoResultFound."""
    return (
        current_session()
        .scalars(
            select(Evidence)
            .join(Evidence.action)
            .where(Evidence.ref == evidence_ref, Action.ref == ref)
            .options(joinedload(Evidence.action).options(*who_and_where()))
        )
        .one()
    )


def next_reference_of(of: Action, rows: InstrumentedAttribute[Any], letter: str) -> str:
    """The reference of the next row of an action, for example ``A-0107-U3``.

    The action is locked while it is given out, so no two rows get the same.
    """
    kind = rows.property.mapper.class_
    refs = current_session().scalars(select(kind.ref).where(kind.action_id == of.id))
    numbers = [int(ref.rpartition(f"-{letter}")[2]) for ref in refs]
    return f"{of.ref}-{letter}{max(numbers, default=0) + 1}"


def last_update_of(of: Action) -> ActionUpdate | None:
    """The newest update of an action as the database holds it now; the action is locked while it is asked."""
    statement = select(ActionUpdate).where(ActionUpdate.action_id == of.id).order_by(ActionUpdate.id.desc())
    return current_session().scalars(statement.limit(1)).first()


def evidence_added(of: Action, *, on: date, by_id: int | None) -> Sequence[Evidence]:
    """The evidence somebody added to an action on a day, without what was withdrawn."""
    statement = select(Evidence).where(
        Evidence.action_id == of.id,
        Evidence.withdrawn_on.is_(None),
        Evidence.added_on == on,
        Evidence.added_by_id == by_id,
    )
    return current_session().scalars(statement).all()


def lesson_to_answer(ref: str) -> Lesson:
    """The lesson an action is to be added to. Raises NoResultFound, also when it was withdrawn."""
    return (
        current_session()
        .scalars(
            select(Lesson)
            .where(Lesson.ref == ref, Lesson.withdrawn_on.is_(None))
            .options(joinedload(Lesson.source).joinedload(Source.group))
        )
        .one()
    )


def recommendation_to_answer(ref: str) -> Recommendation:
    """The recommendation an action is to be added to. Raises NoResultFound, also when it was withdrawn."""
    return (
        current_session()
        .scalars(
            select(Recommendation)
            .where(Recommendation.ref == ref, Recommendation.withdrawn_on.is_(None))
            .options(joinedload(Recommendation.source).joinedload(Source.group))
        )
        .one()
    )


@dataclass(frozen=True)
class LessonsShown:
    """What a person who may open an action sees of what stands above it."""

    #: The reference of the source; never what the case is called.
    source_ref: str
    #: What the source is called, for those who may open it.
    caption: str | None
    #: The lessons in words that were cleared, or whose compartment the person shares.
    lessons: tuple[Lesson, ...]
    #: Those of them that the person may open.
    opens: frozenset[str]
    #: How many lessons are kept back until their wording is cleared.
    kept_back: int
    #: The recommendations, for those who may read them.
    recommendations: tuple[Recommendation, ...]


def lessons_shown(of: Action, person: PersonFacts) -> LessonsShown:
    """What the action answers, as far as the person may see it.

    Outside the source's compartment that is cleared or published wording and the source's reference.
    """
    shown, opens, kept_back = [], set(), 0
    for lesson in of.lessons:
        facts = lesson.facts
        may_open = can(person, "lesson.read", facts)
        if may_open:
            opens.add(lesson.ref)
        if may_open or facts.sharing in {Sharing.CLEARED, Sharing.PUBLISHED}:
            shown.append(lesson)
        else:
            kept_back += 1
    return LessonsShown(
        source_ref=of.source.ref,
        caption=of.source.caption if can(person, of.source.read_verb, of.source.facts) else None,
        lessons=tuple(shown),
        opens=frozenset(opens),
        kept_back=kept_back,
        recommendations=tuple(
            recommendation
            for recommendation in of.recommendations
            if can(person, "recommendation.read", recommendation.facts)
        ),
    )
