"""What child death reviews that go on still use of the partnership's structures."""

from sqlalchemy import func, or_, select

from app.cdop.models import AgencyReturn, ChildDeathCase
from app.core.database import current_session
from app.core.filters import plural


def used_by_child_deaths(structure: str, row_id: int) -> str | None:
    """How many open cases a group reviews, an area has, or an agency is part of; null for none."""
    if structure == "group":
        uses = ChildDeathCase.group_id == row_id
    elif structure == "area":
        uses = ChildDeathCase.area_id == row_id
    else:
        owes = AgencyReturn.is_open & (AgencyReturn.agency_id == row_id)
        uses = or_(ChildDeathCase.key_worker_agency_id == row_id, ChildDeathCase.returns.any(owes))
    statement = select(func.count()).select_from(ChildDeathCase).where(uses, ChildDeathCase.is_open)
    count = current_session().scalar(statement) or 0
    return plural(count, "open child death review") if count else None
