"""The days on which this partnership does not work although England does."""

from datetime import date

from flask import g, has_request_context
from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified, current_session
from app.core.working_days import WorkingDays


class ExtraHoliday(Identified, Base):
    """A day the partnership has added to England's bank holidays."""

    __tablename__ = "extra_holiday"

    day_on: Mapped[date] = mapped_column(unique=True)
    #: Why nobody works, for example "Town hall closed".
    name: Mapped[str] = mapped_column(String(100))


def working_days() -> WorkingDays:
    """The calendar of this partnership: England's working days less the days it added; asked once a page."""
    if not has_request_context():
        return _asked()
    if "working_days" not in g:
        g.working_days = _asked()
    calendar: WorkingDays = g.working_days
    return calendar


def _asked() -> WorkingDays:
    return WorkingDays(frozenset(current_session().scalars(select(ExtraHoliday.day_on))))
