"""Actions that every agency returns its part of, and what else an action passes on to."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.accounts.policy import PersonFacts
from app.actions.models import Action
from app.actions.queries.visible import visible
from app.actions.rules.course import Returns, returns
from app.actions.rules.lifecycle import CLOSED, Status
from app.core.database import current_session


def colours_of_returns(of: Action) -> Sequence[str]:
    """The letters of the colours of its parts."""
    return current_session().scalars(select(Action.colour).where(Action.parent_id == of.id)).all()


def returns_of(of: Action) -> Returns:
    """How many of its parts were returned."""
    return returns_by_id([of.id]).get(of.id, Returns(0, 0))


def returns_by_id(ids: Collection[int]) -> dict[int, Returns]:
    """How many parts of each of these actions were returned, asked at once for a list."""
    if not ids:
        return {}
    rows = current_session().execute(select(Action.parent_id, Action.status).where(Action.parent_id.in_(ids)))
    statuses: dict[int, list[Status]] = defaultdict(list)
    for parent_id, status in rows:
        if parent_id is not None:
            statuses[parent_id].append(Status(status))
    return {parent_id: returns(found) for parent_id, found in statuses.items()}


def parts_of(of: Action) -> Sequence[Action]:
    """Its parts with what a list names of them, in their order."""
    statement = (
        select(Action)
        .where(Action.parent_id == of.id)
        .options(joinedload(Action.agency), joinedload(Action.owner))
        .order_by(Action.ref)
    )
    return current_session().scalars(statement).all()


def parts_shown(of: Action, person: PersonFacts) -> Sequence[Action]:
    """Those of its parts that the person may read, with what a list names of them, in their order."""
    statement = (
        select(Action)
        .where(Action.parent_id == of.id, visible(person))
        .options(joinedload(Action.agency), joinedload(Action.owner))
        .order_by(Action.ref)
    )
    return current_session().scalars(statement).all()


def count_of_parts(of: Action) -> int:
    """How many parts it has, whoever may read them."""
    return current_session().scalars(select(func.count(Action.id)).where(Action.parent_id == of.id)).one()


def readable(refs: Collection[str], person: PersonFacts) -> frozenset[str]:
    """Those of the references that belong to actions which the person may read."""
    if not refs:
        return frozenset()
    statement = select(Action.ref).where(Action.ref.in_(refs), visible(person))
    return frozenset(current_session().scalars(statement))


def drafts_of(of: Action) -> Sequence[Action]:
    """Its parts that nobody has agreed yet, kept from other writers; asked before the whole is locked."""
    statement = (
        select(Action)
        .where(Action.parent_id == of.id, Action.status == Status.DRAFT)
        .order_by(Action.id)
        .with_for_update(of=Action)
        .execution_options(populate_existing=True)
    )
    return current_session().scalars(statement).all()


def open_parts(of: Action) -> Sequence[str]:
    """The references of its parts that are not closed."""
    statement = (
        select(Action.ref).where(Action.parent_id == of.id, Action.status.not_in(CLOSED)).order_by(Action.ref)
    )
    return current_session().scalars(statement).all()


def to_merge(of: Action) -> Sequence[Action]:
    """The other actions of its source that could go on in it, by reference."""
    statement = (
        select(Action)
        .where(
            Action.source_id == of.source_id,
            Action.id != of.id,
            Action.status.not_in({*CLOSED, Status.DRAFT}),
            Action.parent_id.is_(None),
            Action.is_all_agency.is_(False),
        )
        .options(joinedload(Action.agency), joinedload(Action.owner), joinedload(Action.source))
        .order_by(Action.ref)
    )
    return current_session().scalars(statement).all()


def action_by_ref(ref: str) -> Action | None:
    """The action with this reference, where there is one."""
    return current_session().scalars(select(Action).where(Action.ref == ref)).one_or_none()


def owned_by(person_id: int) -> Sequence[Action]:
    """The actions that somebody owns and that are not closed, by reference."""
    statement = (
        select(Action).where(Action.owner_id == person_id, Action.status.not_in(CLOSED)).order_by(Action.ref)
    )
    return current_session().scalars(statement).all()
