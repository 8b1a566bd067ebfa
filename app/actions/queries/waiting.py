"""What changes its colour by itself."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import or_, select

from app.actions.models import Action
from app.core.database import current_session

#: How many rows one statement fetches where all of a day's are gone through.
BATCH = 2_000


def to_recolour(on: date) -> Sequence[Action]:
    """A batch of actions whose colour may be another by this day, locked until the commit.

    Those that every agency returns its part of are left out: theirs follows from their parts.
    """
    return (
        current_session()
        .scalars(
            select(Action)
            .where(Action.colour_changes_on <= on, Action.is_all_agency.is_(False))
            # In the order in which everybody takes several of them.
            .order_by(Action.id)
            .limit(BATCH)
            .with_for_update(of=Action)
            .execution_options(populate_existing=True)
        )
        .all()
    )


def wholes_to_recolour(on: date, parts_of: Collection[int]) -> Sequence[Action]:
    """The actions with a part for every agency whose colour may be another: by the day, or by their parts.

    Locked until the commit, and only once their parts are.
    """
    return (
        current_session()
        .scalars(
            select(Action)
            .where(Action.is_all_agency, or_(Action.colour_changes_on <= on, Action.id.in_(parts_of)))
            .order_by(Action.id)
            .with_for_update(of=Action, key_share=True)
            .execution_options(populate_existing=True)
        )
        .all()
    )
