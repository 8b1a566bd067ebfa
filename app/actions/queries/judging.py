"""Open actions counted by what their colour depends on, for judging all of them by other thresholds."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, case, func, literal, select

from app.actions.models import Action
from app.actions.rules.brag import BragThresholds, OwnerView, Standing
from app.actions.rules.lifecycle import Status
from app.core.database import current_session


class Alike(NamedTuple):
    """Open actions of one colour under each of the thresholds: one that stands for them, and how many."""

    standing: Standing
    number: int


def open_alike(thresholds: Sequence[BragThresholds], on: date) -> list[Alike]:
    """The open actions in a few hundred rows at most, however many there are.

    The colour changes with the due date, and with the day of the last update, at a few days only: what lies
    between two of them is judged alike.
    """
    heard_on = func.coalesce(Action.last_update_on, Action.agreed_on)
    turns_due = [0, *(each.due_soon_days for each in thresholds)]
    turns_heard = [-each.stale_days for each in thresholds]
    judged = (
        select(
            Action.due_on.label("due_on"),
            heard_on.label("heard_on"),
            Action.owner_view.label("owner_view"),
            Action.extension_count.label("extensions"),
            _place(Action.due_on, turns_due, on).label("due_place"),
            _place(heard_on, turns_heard, on).label("heard_place"),
        )
        .where(Action.is_open)
        .subquery()
    )
    rows = current_session().execute(
        select(
            func.min(judged.c.due_on),
            func.min(judged.c.heard_on),
            judged.c.owner_view,
            judged.c.extensions,
            func.count(),
        ).group_by(judged.c.owner_view, judged.c.extensions, judged.c.due_place, judged.c.heard_place)
    )
    return [
        Alike(
            Standing(
                status=Status.IN_PROGRESS,
                due_on=due_on,
                last_update_on=last_on,
                owner_view=OwnerView(view) if view else None,
                extension_count=extensions,
            ),
            number,
        )
        for due_on, last_on, view, extensions, number in rows
    ]


def _place(day: Any, turns: Iterable[int], on: date) -> ColumnElement[int]:
    """Between which of the days a day lies; each of them, and the day before it, is a place of its own."""
    ends = sorted({on.toordinal() + turn - before for turn in turns for before in (0, 1)})
    known = [date.fromordinal(end) for end in ends if 1 <= end <= date.max.toordinal()]
    place: ColumnElement[int] = literal(0)
    for end in known:
        place = place + case((day <= end, 1), else_=0)
    return place
