"""What panels that are still to be held use of the partnership's structures."""

from sqlalchemy import func, select

from app.cdop.models import Panel, PanelStatus
from app.core.database import current_session
from app.core.filters import plural


def used_by_panels(structure: str, row_id: int) -> str | None:
    """How many panels of a group are planned; null for none."""
    if structure != "group":
        return None
    statement = (
        select(func.count())
        .select_from(Panel)
        .where(Panel.group_id == row_id, Panel.status == PanelStatus.PLANNED)
    )
    count = current_session().scalar(statement) or 0
    return plural(count, "planned panel") if count else None
