"""What open actions still use of the partnership's structures, and who left with some."""

from collections.abc import Sequence

from sqlalchemy import func, select

from app.accounts.models import Person
from app.actions.models import Action
from app.actions.rules.lifecycle import CLOSED
from app.core.database import current_session
from app.core.filters import plural

_COLUMNS = {"agency": Action.agency_id, "group": Action.group_id}


def used_by_actions(structure: str, row_id: int) -> str | None:
    """How many open actions an agency is accountable for, or a group oversees; null for none."""
    column = _COLUMNS.get(structure)
    if column is None:
        return None
    statement = select(func.count()).where(column == row_id, Action.status.not_in(list(CLOSED)))
    count = current_session().scalar(statement) or 0
    return plural(count, "open action") if count else None


def left_with_actions() -> Sequence[int]:
    """The people (by row number) who left and still own an action that is not closed."""
    statement = (
        select(Action.owner_id)
        .join(Action.owner)
        .where(~Person.active, Action.status.not_in(list(CLOSED)), Action.owner_id.is_not(None))
        .distinct()
    )
    return [person_id for person_id in current_session().scalars(statement) if person_id is not None]
