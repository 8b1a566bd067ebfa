"""What happens to colours when a day begins."""

from datetime import date

from app.actions import queries
from app.actions.standing import recolour
from app.core.database import current_session


def refresh_colours(*, on: date) -> int:
    """Write the colour of every action that may have another by this day, and say how many were looked at.

    A day that was left out is made up for. Nothing is audited: the record says the same, and lists repeat it.
    """
    refreshed = 0
    while changing := queries.to_recolour(on):
        for action in changing:
            recolour(action, on=on)
        current_session().flush()
        refreshed += len(changing)
    return refreshed
