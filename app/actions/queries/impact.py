"""What difference actions made: the register, and what waits to be ratified."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import Group
from app.accounts.policy import PersonFacts
from app.actions.models import Action, ImpactLook, ImpactStatement, SignOff
from app.actions.queries.lists import SOON_DAYS
from app.actions.queries.places import of_places
from app.actions.queries.visible import visible
from app.actions.rules.impact import STATED_WHILE
from app.core.database import current_session
from app.core.paging import Page, SortKey, capped, keyset_page, whole_list


class Look(StrEnum):
    """What is asked of a closed action, seen from today."""

    DUE = "due"
    LATE = "late"
    SOON = "soon"
    WAITING = "waiting"

    @property
    def label(self) -> str:
        """The filter in words."""
        return _LOOK_LABELS[self]


_LOOK_LABELS = {
    Look.DUE: "A look is late or due in the next 28 days",
    Look.LATE: "A look is late",
    Look.SOON: "A look is due in the next 28 days",
    Look.WAITING: "A statement waits to be confirmed",
}

#: Stands for the actions of which no impact was confirmed yet.
UNCONFIRMED = "none"
_BY_REF = (SortKey(Action.ref),)


@dataclass(frozen=True)
class ImpactFilters:
    """What the register is narrowed to; references as they stand in the address."""

    #: A level, or ``UNCONFIRMED``.
    level: str | None = None
    agency: str | None = None
    group: str | None = None
    look: Look | None = None


def impact_register(
    person: PersonFacts,
    filters: ImpactFilters,
    *,
    on: date,
    after: str | None = None,
    before: str | None = None,
) -> Page[Any]:
    """A page of the closed actions the person may read, by reference, with what is known of their impact."""
    return keyset_page(
        current_session(),
        _listed(person, filters, on),
        keys=_BY_REF,
        reference=Action.ref,
        after=after,
        before=before,
        marks=select(Action).where(visible(person)),
    )


def impact_in_full(person: PersonFacts, filters: ImpactFilters, *, on: date) -> Iterator[Action]:
    """Every action of the register in its order, a few hundred at a time."""
    return whole_list(current_session(), _listed(person, filters, on), _BY_REF)


def _listed(person: PersonFacts, filters: ImpactFilters, on: date) -> Select[Any]:
    return _filtered(select(Action), person, filters, on).options(
        joinedload(Action.agency),
        joinedload(Action.group),
        joinedload(Action.source),
        selectinload(Action.impact_statements),
        selectinload(Action.impact_looks),
    )


def count_impact(person: PersonFacts, filters: ImpactFilters, *, on: date) -> int:
    """How many actions the register holds; one more than ``MOST_COUNTED`` stands for all above it."""
    return capped(current_session(), _filtered(select(Action.id), person, filters, on))


def group_to_ratify(ref: str) -> Group:
    """The group whose delegated sign-offs are ratified. Raises NoResultFound."""
    return current_session().scalars(select(Group).where(Group.ref == ref)).one()


def to_ratify(group: Group, person: PersonFacts) -> Sequence[SignOff]:
    """What was signed off under the group's delegation and waits to be ratified, the oldest first."""
    statement = (
        select(SignOff)
        .join(SignOff.action)
        .where(
            SignOff.is_delegated.is_(True),
            SignOff.ratified_on.is_(None),
            Action.group_id == group.id,
            visible(person),
        )
        .options(
            joinedload(SignOff.decided_by),
            joinedload(SignOff.action).options(
                joinedload(Action.agency), joinedload(Action.source), joinedload(Action.owner)
            ),
        )
        .order_by(SignOff.decided_on, SignOff.id)
    )
    return current_session().scalars(statement).all()


def _filtered(statement: Select[Any], person: PersonFacts, filters: ImpactFilters, on: date) -> Select[Any]:
    conditions: list[ColumnElement[bool]] = [
        visible(person),
        Action.status.in_(sorted(STATED_WHILE)),
        *_look(filters.look, on),
        *of_places(Action, filters.agency, filters.group),
    ]
    if filters.level == UNCONFIRMED:
        conditions.append(Action.impact_level.is_(None))
    elif filters.level:
        level = int(filters.level)
        # By the index of the statements: few of many actions stand on one level.
        confirmed = select(ImpactStatement.action_id).where(
            ImpactStatement.level == level, ImpactStatement.decision == "confirmed"
        )
        conditions += [Action.impact_level == level, Action.id.in_(confirmed)]
    return statement.where(*conditions)


def _look(look: Look | None, on: date) -> list[ColumnElement[bool]]:
    due = select(ImpactLook.action_id).where(ImpactLook.is_open.is_(True))
    match look:
        case Look.DUE:
            return [Action.id.in_(due.where(ImpactLook.due_on <= on + timedelta(days=SOON_DAYS)))]
        case Look.LATE:
            return [Action.id.in_(due.where(ImpactLook.due_on < on))]
        case Look.SOON:
            ahead = ImpactLook.due_on.between(on, on + timedelta(days=SOON_DAYS))
            return [Action.id.in_(due.where(ahead))]
        case Look.WAITING:
            waiting = select(ImpactStatement.action_id).where(ImpactStatement.decision.is_(None))
            return [Action.id.in_(waiting)]
        case None:
            return []
