"""What changes its colour by itself."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from app.actions.models import Action
from app.core.database import current_session

#: How many rows one statement fetches where all of a day's are gone through.
BATCH = 2_000


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
