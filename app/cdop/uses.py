"""What child death reviews that go on still use of the partnership's structures."""

from sqlalchemy import or_, select

from app.cdop.models import AgencyReturn, ChildDeathCase
from app.core.database import current_session


def used_by_child_deaths(structure: str, row_id: int) -> str | None:
    """That a group reviews open cases, an area has some, or an agency is part of some; null for none.

    How many is not said: whoever asks is outside the compartment.
    """
    if structure == "group":
        uses = ChildDeathCase.group_id == row_id
    elif structure == "area":
        uses = ChildDeathCase.area_id == row_id
    else:
        owes = AgencyReturn.is_open & (AgencyReturn.agency_id == row_id)
        uses = or_(ChildDeathCase.key_worker_agency_id == row_id, ChildDeathCase.returns.any(owes))
    statement = select(ChildDeathCase.id).where(uses, ChildDeathCase.is_open).limit(1)
    return None if current_session().scalar(statement) is None else "open child death reviews"
