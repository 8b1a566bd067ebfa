"""Assurance by agency: for the meeting at which the board asks each agency how it keeps its word."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import exports
from app.accounts.guard import note_read, person
from app.audit.operations import Subject
from app.core.access import access
from app.core.clock import today
from app.core.export import Column
from app.core.report_year import ReportYear, report_year_of
from app.reports import links
from app.reports.queries import Scope, groups
from app.reports.queries.assurance import AgencyCounts, agencies_with, agency_counts
from app.reports.rules import median_slip, percent

blueprint = Blueprint("assurance", __name__)

#: How the audit trail names the page.
PAGE = Subject("register", "assurance")
MARKING = "OFFICIAL-SENSITIVE"
#: How many report years back the page offers.
_YEARS = 5


@dataclass(frozen=True)
class AssuranceRow:
    """How one agency stands."""

    agency: str
    href: str
    counts: AgencyCounts
    #: Of what was signed off in the year, in whole percent; null where nothing was.
    on_time_percent: int | None
    on_time_present_percent: int | None
    #: The middle slip of its open actions, in days; null where none is open.
    slip: int | None
    oldest_on: date | None


@blueprint.get("/assurance")
@access("review.list")
def index() -> str:
    """Each agency: what is open and late, what was finished in a year and on time, how far dates moved."""
    year = _year()
    rows = _rows(year)
    note_read(PAGE, f"Opened the assurance by agency for {year}")
    present = report_year_of(today())
    years = [ReportYear(present.start_year - back) for back in range(_YEARS)]
    return render_template("reports/assurance.html", rows=rows, year=year, years=years, only=_only())


@blueprint.get("/assurance/export")
@access("review.list")
def export() -> ResponseReturnValue:
    """The same as a file."""
    year = _year()
    return exports.export(
        name="Assurance by agency",
        file_name="assurance",
        columns=COLUMNS,
        rows=_rows(year),
        applied=[("Report year", str(year), "year")] + [("Actions of", name, "") for name in _only()],
        marking=MARKING,
        list_url=url_for("assurance.index"),
    )


COLUMNS: tuple[Column[AssuranceRow], ...] = (
    Column("Agency", lambda row: row.agency, 40),
    Column("Open", lambda row: row.counts.open),
    Column("Late", lambda row: row.counts.late),
    Column("Oldest first due", lambda row: row.oldest_on),
    Column("Median slip in days", lambda row: row.slip),
    Column("Extensions of open actions", lambda row: row.counts.extensions),
    Column("Signed off in the year", lambda row: row.counts.closed),
    Column("On time by the first date, percent", lambda row: row.on_time_percent),
    Column("On time by the present date, percent", lambda row: row.on_time_present_percent),
)


def _year() -> ReportYear:
    """The report year the address asks for; the present one where it asks for none that is."""
    try:
        return ReportYear.parse(request.args.get("year", ""))
    except ValueError:
        return report_year_of(today())


def _only() -> Sequence[str]:
    """The groups whose actions alone are counted; none where those of all are."""
    scope = Scope.of(person().facts)
    return () if scope.group_ids is None else [group.name for group in groups(scope.group_ids)]


def _rows(year: ReportYear) -> Sequence[AssuranceRow]:
    found = agency_counts(Scope.of(person().facts), today(), year)
    return [
        AssuranceRow(
            agency=agency.name,
            href=links.actions(agency=agency.ref),
            counts=found[agency.id],
            on_time_percent=percent(found[agency.id].on_time, found[agency.id].closed),
            on_time_present_percent=percent(found[agency.id].on_time_present, found[agency.id].closed),
            slip=median_slip(found[agency.id].slips, found[agency.id].open)
            if found[agency.id].open
            else None,
            oldest_on=found[agency.id].oldest_first_due_on,
        )
        for agency in agencies_with(sorted(found))
    ]
