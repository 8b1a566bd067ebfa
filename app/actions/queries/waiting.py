"""What waits, on whom, and what is due."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import func, or_, select, tuple_
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app.accounts.models import Person
from app.actions import deciders
from app.actions.models import Action, ExtensionRequest, SignOff
from app.actions.rules.lifecycle import Status
from app.core.database import current_session

#: How many rows one statement fetches where all of a day's are gone through.
BATCH = 2_000


class DueAction(NamedTuple):
    """What the ladder of reminders asks of an action that is chased."""

    ref: str
    due_on: date
    owner_id: int | None
    agency_id: int
    group_id: int
    agreed_on: date | None
    status: str


def dues(on: date, horizon_days: int) -> Iterator[DueAction]:
    """Every chased action due on or before the day so many days ahead, owner by owner.

    Read in batches, each a statement of its own, so that the caller may commit between two rows.
    """
    owner = func.coalesce(Action.owner_id, 0)
    columns = (
        Action.ref, Action.due_on, Action.owner_id, Action.agency_id, Action.group_id, Action.agreed_on,
        Action.status, Action.id,
    )  # fmt: skip
    statement = (
        select(*columns)
        .where(Action.is_chased, Action.due_on <= on + timedelta(days=horizon_days))
        .order_by(owner, Action.id)
        .limit(BATCH)
    )
    mark = (-1, 0)
    while True:
        rows = current_session().execute(statement.where(tuple_(owner, Action.id) > mark)).all()
        for row in rows:
            mark = (row.owner_id or 0, row.id)
            yield DueAction(*row[:-1])  # type: ignore[arg-type]
        if len(rows) < BATCH:
            return


def waiting_sign_offs(group_ids: Iterable[int]) -> Sequence[SignOff]:
    """The sign-offs that wait on these groups, the longest first, each with its action, agency and sender."""
    return (
        current_session()
        .scalars(
            select(SignOff)
            .join(SignOff.action)
            .where(
                Action.group_id.in_(list(group_ids)),
                Action.status == Status.SUBMITTED,
                SignOff.decision.is_(None),
            )
            .order_by(SignOff.sent_on, SignOff.id)
            .options(
                contains_eager(SignOff.action).options(joinedload(Action.agency), joinedload(Action.owner)),
                joinedload(SignOff.sent_by),
            )
        )
        .all()
    )


def waiting_extensions(person: Person) -> Sequence[ExtensionRequest]:
    """The requests for more time that wait on this person, the longest first."""
    waiting = current_session().scalars(
        select(ExtensionRequest)
        .join(ExtensionRequest.action)
        .where(ExtensionRequest.decision.is_(None), Action.is_open)
        .order_by(ExtensionRequest.asked_on, ExtensionRequest.id)
        .options(
            contains_eager(ExtensionRequest.action).options(
                joinedload(Action.agency), joinedload(Action.owner), selectinload(Action.extension_requests)
            ),
            joinedload(ExtensionRequest.asked_by),
        )
    )
    return [
        request
        for request in waiting
        if any(decider.id == person.id for decider in deciders.of_extension(request.action))
    ]


def for_owner(person_id: int, *, limit: int = 100) -> Sequence[Action]:
    """What a person owes or waits for, first what is due first."""
    return _owed(Action.owner_id == person_id, limit)


def for_agency(agency_id: int, *, limit: int = 100) -> Sequence[Action]:
    """What an agency owes or waits for, first what is due first."""
    return _owed(Action.agency_id == agency_id, limit)


def _owed(condition: object, limit: int) -> Sequence[Action]:
    return (
        current_session()
        .scalars(
            select(Action)
            .where(condition, or_(Action.is_open, Action.status == Status.SUBMITTED))  # type: ignore[arg-type]
            .order_by(Action.sort_due_on, Action.ref)
            .limit(limit)
            .options(
                joinedload(Action.agency),
                joinedload(Action.owner),
                joinedload(Action.group),
                selectinload(Action.sign_offs),
                selectinload(Action.extension_requests),
            )
        )
        .all()
    )


def slipping(group_ids: Iterable[int], *, on: date, limit: int = 20) -> Sequence[Action]:
    """What is open and late, or due later than first agreed, first what is due first."""
    return (
        current_session()
        .scalars(
            select(Action)
            .where(
                Action.group_id.in_(list(group_ids)),
                Action.is_open,
                or_(Action.sort_due_on < on, Action.due_on > Action.first_due_on),
            )
            .order_by(Action.sort_due_on, Action.ref)
            .limit(limit)
            .options(joinedload(Action.agency), joinedload(Action.owner), joinedload(Action.group))
        )
        .all()
    )


def to_recolour(on: date) -> Sequence[Action]:
    """A batch of actions whose colour may be another by this day, locked until the commit."""
    return (
        current_session()
        .scalars(
            select(Action)
            .where(Action.colour_changes_on <= on)
            .order_by(Action.colour_changes_on, Action.id)
            .limit(BATCH)
            .with_for_update(of=Action)
            .execution_options(populate_existing=True)
        )
        .all()
    )
