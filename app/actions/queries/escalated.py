"""Actions that the ladder of reminders took to a group's chair or to the independent chair.

The first asks the group to put them on its agenda; the second asks whether they are a risk to the
partnership, and for a letter of challenge. Both stand until the action is owed no more or due on another day.
"""

from collections.abc import Collection, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from app.accounts.policy import PersonFacts
from app.actions.models import Action
from app.actions.queries.visible import visible
from app.core.database import current_session


class Ask(StrEnum):
    """What the ladder asks for where it reached so far, by the tier that it reached."""

    AGENDA_ITEM = "group_chair"
    RISK_PROMPT = "independent_chair"


class Escalated(NamedTuple):
    """An action that was escalated, and the day on which the ladder reached that far."""

    action: Action
    reached_on: date


def escalated(
    ask: Ask, person: PersonFacts, *, limit: int, group_ids: Collection[int] | None = None
) -> Sequence[Escalated]:
    """The actions for which this is asked, of some groups or of all, the longest waiting first.

    Only those the person may read, and only while they are owed and due on the day the reminder was about.
    """
    reminder = Action.reminders.property.mapper.class_
    reached = func.min(reminder.queued_on)
    statement: Select[Any] = (
        select(Action.id, reached)
        .join(reminder, (reminder.subject_kind == "action") & (reminder.subject_ref == Action.ref))
        .where(
            Action.is_chased,
            reminder.tier == ask.value,
            reminder.taken_out_at.is_(None),
            reminder.due_on == Action.due_on,
            visible(person),
        )
        .group_by(Action.id)
        .order_by(reached, Action.id)
        .limit(limit)
    )
    if group_ids is not None:
        statement = statement.where(Action.group_id.in_(group_ids))
    found = {row[0]: row[1] for row in current_session().execute(statement)}
    rows = current_session().scalars(
        select(Action)
        .where(Action.id.in_(found))
        .options(
            joinedload(Action.agency),
            joinedload(Action.owner),
            joinedload(Action.group),
            joinedload(Action.source),
        )
    )
    by_id = {action.id: action for action in rows}
    return [Escalated(by_id[number], reached_on) for number, reached_on in found.items()]


def reached_on(action: Action, ask: Ask) -> date | None:
    """Since when the ladder has reached that far about the present due date; None where it has not."""
    if not action.is_chased:
        return None
    days = [
        reminder.queued_on
        for reminder in action.reminders
        if reminder.tier == ask and reminder.taken_out_at is None and reminder.due_on == action.due_on
    ]
    return min(days, default=None)
