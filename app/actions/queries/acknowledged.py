"""Which open actions nobody has acknowledged in time: what the rule says of one action, as a filter."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select

from app.actions.models import Action, ActionStep, OwnerChange
from app.actions.rules.course import late_if_asked_by
from app.actions.rules.lifecycle import Move, Status
from app.core.holidays import working_days


def late_to_acknowledge(on: date) -> ColumnElement[bool]:
    """Whoever owes the action was asked to acknowledge it, and has let the days for that pass.

    1. It is open and not acknowledged.
    2. It was asked for: agreed or reopened and not begun since, or passed on to somebody else.
    3. The last of that was so long ago that the days for it are over.
    4. No update came since, which would say as much.
    """
    anew = Action.status.in_([Status.AGREED, Status.REOPENED])
    passed_on = Action.id.in_(select(OwnerChange.action_id))

    def asked_after(day: Any) -> ColumnElement[bool]:
        again = exists().where(
            ActionStep.action_id == Action.id,
            ActionStep.move.in_([Move.AGREE, Move.REOPEN]),
            ActionStep.taken_on > day,
        )
        passed = exists().where(OwnerChange.action_id == Action.id, OwnerChange.changed_on > day)
        return or_(passed, and_(anew, or_(Action.agreed_on > day, again)))

    return and_(
        Action.is_open,
        Action.acknowledged_on.is_(None),
        or_(anew, passed_on),
        ~asked_after(late_if_asked_by(on, working_days())),
        or_(Action.last_update_on.is_(None), asked_after(Action.last_update_on)),
    )
