"""What open actions still use of the partnership's structures."""

from sqlalchemy import func, select

from app.actions.models import Action
from app.actions.rules.lifecycle import CLOSED
from app.core.database import current_session
from app.core.filters import plural

_COLUMNS = {"agency": Action.agency_id, "group": Action.group_id}


def used_by_actions(structure: str, row_id: int) -> str | None:
    """How many actions that are not closed an agency is accountable for, or a group oversees; null for none."""
    column = _COLUMNS.get(structure)
    if column is None:
        return None
    statement = select(func.count()).where(column == row_id, Action.status.not_in(list(CLOSED)))
    count = current_session().scalar(statement) or 0
    return plural(count, "open action") if count else None
