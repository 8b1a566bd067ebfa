"""The figures on people's homes. They count what their page's lists show, no more."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select

from app.actions.models import Action, ExtensionRequest
from app.actions.queries.lists import SOON_DAYS
from app.actions.rules.lifecycle import Status
from app.core.database import current_session


@dataclass(frozen=True)
class AgencyCounts:
    """What an agency, or one owner, owes."""

    open: int
    late: int
    due_soon: int
    #: Sent for sign-off and waiting on the group.
    awaiting: int
    #: Open again because their sign-off was returned.
    returned: int


@dataclass(frozen=True)
class GroupCounts:
    """What a group oversees."""

    open: int
    late: int
    due_soon: int
    #: Sign-offs that wait on the group, and the day the first of them was sent.
    awaiting: int
    oldest_sent_on: date | None
    drafts: int
    #: Requests for more time that nobody has decided.
    more_time: int


def counts_for_agency(agency_id: int, on: date) -> AgencyCounts:
    """The figures of one agency."""
    return _owed(Action.agency_id == agency_id, on)


def counts_for_owner(person_id: int, on: date) -> AgencyCounts:
    """The figures of one owner."""
    return _owed(Action.owner_id == person_id, on)


def counts_for_group(group_ids: Iterable[int], on: date) -> GroupCounts:
    """The figures of the groups together."""
    groups = list(group_ids)
    late, soon = _late(on), _soon(on)
    owed = (
        current_session()
        .execute(
            select(_number(Action.is_open), _number(late), _number(soon)).where(
                Action.group_id.in_(groups), Action.is_open
            )
        )
        .one()
    )
    by_status = {
        status: (number, oldest)
        for status, number, oldest in current_session().execute(
            select(Action.status, func.count(), func.min(Action.submitted_on))
            .where(Action.group_id.in_(groups), Action.status.in_([Status.SUBMITTED, Status.DRAFT]))
            .group_by(Action.status)
        )
    }
    awaiting, oldest = by_status.get(Status.SUBMITTED, (0, None))
    more_time = current_session().scalar(
        select(func.count())
        .select_from(ExtensionRequest)
        .join(ExtensionRequest.action)
        .where(ExtensionRequest.decision.is_(None), Action.group_id.in_(groups), Action.is_open)
    )
    is_open, late_now, due_soon = (int(number or 0) for number in owed)
    return GroupCounts(
        open=is_open,
        late=late_now,
        due_soon=due_soon,
        awaiting=awaiting,
        oldest_sent_on=oldest,
        drafts=by_status.get(Status.DRAFT, (0, None))[0],
        more_time=more_time or 0,
    )


def _owed(condition: ColumnElement[bool], on: date) -> AgencyCounts:
    session = current_session()
    returned = and_(Action.is_open, Action.return_count > 0)
    owed = session.execute(
        select(_number(Action.is_open), _number(_late(on)), _number(_soon(on)), _number(returned)).where(
            condition, Action.is_open
        )
    ).one()
    awaiting = session.scalar(
        select(func.count()).select_from(Action).where(condition, Action.status == Status.SUBMITTED)
    )
    is_open, late, soon, again = (int(number or 0) for number in owed)
    return AgencyCounts(is_open, late, soon, awaiting or 0, again)


def _number(condition: Any) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _late(on: date) -> ColumnElement[bool]:
    return and_(Action.is_open, Action.sort_due_on < on)


def _soon(on: date) -> ColumnElement[bool]:
    return and_(Action.is_open, Action.sort_due_on.between(on, on + timedelta(days=SOON_DAYS)))
