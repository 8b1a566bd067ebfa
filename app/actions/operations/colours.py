"""What happens to colours when a day begins."""

from datetime import date

from app.actions import queries
from app.actions.standing import recolour
from app.core.database import current_session


def refresh_colours(*, on: date) -> int:
    """Write the colour of every action that may have another by this day, and say how many were looked at.

    A day that was left out is made up for. A declared colour lapses on its day. Nothing is audited: the
    record says the same, and lists repeat it.
    """
    refreshed = 0
    wholes: set[int] = set()
    while changing := queries.to_recolour(on):
        for action in changing:
            recolour(action, on=on)
        wholes |= {action.parent_id for action in changing if action.parent_id is not None}
        current_session().flush()
        refreshed += len(changing)
    for action in queries.wholes_to_recolour(on, wholes):
        recolour(action, on=on)
        refreshed += 1
    current_session().flush()
    return refreshed
