"""How agencies attended the panels of a year, on the page and as a file."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import exports
from app.accounts.guard import person
from app.core.access import access
from app.core.clock import today
from app.core.export import Column
from app.core.report_year import ReportYear, report_year_of
from app.meetings import queries
from app.meetings.queries import AgencyAttendance
from app.meetings.views.blueprint import blueprint

COLUMNS: tuple[Column[AgencyAttendance], ...] = (
    Column("Agency", lambda row: row.agency, 40),
    Column("Panels it was asked to", lambda row: row.asked, 14),
    Column("Panels it attended", lambda row: row.attended, 14),
    Column("Percent", lambda row: row.percent, 10),
)


@blueprint.get("/panels/attendance")
@access("child_death.list")
def attending() -> str:
    """How each agency attended the panels of a year."""
    years, year = _year()
    return render_template(
        "panels/attending.html",
        years=years,
        year=year,
        rows=queries.attendance_of_year(person().facts, year),
    )


@blueprint.get("/panels/attendance/export")
@access("child_death.list")
def export_attending() -> ResponseReturnValue:
    """The same as a file."""
    _, year = _year()
    return exports.export(
        name="Attendance at panels",
        file_name="panel-attendance",
        columns=COLUMNS,
        rows=queries.attendance_of_year(person().facts, year),
        applied=[("Report year", str(year), "year")],
        marking="OFFICIAL",
        list_url=url_for("meetings.attending", year=year.start_year),
    )


def _year() -> tuple[list[ReportYear], ReportYear]:
    years = list(queries.years_held(person().facts))
    asked = request.args.get("year", "")
    present = years[0] if years else report_year_of(today())
    return years, next((year for year in years if str(year.start_year) == asked), present)
