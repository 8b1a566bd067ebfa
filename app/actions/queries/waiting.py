"""What waits, on whom, and what is due."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import func, select, tuple_

from app.actions.models import Action
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
