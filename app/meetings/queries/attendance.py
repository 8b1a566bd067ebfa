"""How agencies attended the panels of a year."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import case, func, select

from app.accounts.models import Agency
from app.accounts.policy import PersonFacts
from app.cdop.models import Panel, PanelStatus
from app.cdop.panels import queries as panels
from app.core.database import current_session
from app.core.report_year import ReportYear, report_year_of
from app.meetings.models import Attendance, Attendee, AttendeeKind, Meeting


@dataclass(frozen=True)
class AgencyAttendance:
    """How often anybody of an agency attended, of the panels to which somebody of it was asked."""

    agency: str
    asked: int
    attended: int

    @property
    def percent(self) -> int:
        """The share in percent, whole, half up."""
        return (self.attended * 200 + self.asked) // (2 * self.asked) if self.asked else 0


def attendance_of_year(person: PersonFacts, year: ReportYear) -> Sequence[AgencyAttendance]:
    """How each agency attended the panels of a year that were held, by name; invited experts are left out.

    A panel counts once for an agency, however many of it were asked or came.
    """
    came = func.max(case((Attendee.attendance == Attendance.ATTENDED, 1), else_=0)).label("came")
    per_panel = (
        select(Attendee.agency_id, Meeting.id.label("meeting_id"), came)
        .join(Attendee.meeting)
        .join(Meeting.panel)
        .where(
            panels.visible(person),
            Panel.status == PanelStatus.HELD,
            Panel.meets_on.between(year.first_day, year.last_day),
            Attendee.kind != AttendeeKind.EXPERT,
            Attendee.attendance.is_not(None),
            Attendee.agency_id.is_not(None),
        )
        .group_by(Attendee.agency_id, Meeting.id)
        .subquery()
    )
    rows = current_session().execute(
        select(Agency.name, func.count(), func.sum(per_panel.c.came))
        .join(per_panel, per_panel.c.agency_id == Agency.id)
        .group_by(Agency.id, Agency.name)
        .order_by(Agency.name, Agency.id)
    )
    return [AgencyAttendance(name, asked, int(attended)) for name, asked, attended in rows]


def years_held(person: PersonFacts) -> Sequence[ReportYear]:
    """The report years in which panels were held that the person may read, the latest first."""
    days = current_session().scalars(
        select(Panel.meets_on).where(panels.visible(person), Panel.status == PanelStatus.HELD).distinct()
    )
    return sorted({report_year_of(day) for day in days}, reverse=True)
