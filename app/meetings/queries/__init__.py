"""Every question about the meetings of panels, each answered with no more than the person may see."""

from app.meetings.queries.attendance import AgencyAttendance, attendance_of_year, years_held
from app.meetings.queries.planning import (
    MOST_LOOKED_AT,
    Candidate,
    NextPanel,
    candidates,
    next_panel,
    readiness,
    suggested,
)
from app.meetings.queries.quoracy import judged, quorum_for, quorum_rules
from app.meetings.queries.sittings import (
    Line,
    PaperOf,
    Sitting,
    attendee,
    conflicts_in,
    item,
    lines,
    member_names,
    paper,
    paper_of,
    papers_for,
    sitting,
    without_papers,
)

__all__ = [
    "MOST_LOOKED_AT",
    "AgencyAttendance",
    "Candidate",
    "Line",
    "NextPanel",
    "PaperOf",
    "Sitting",
    "attendance_of_year",
    "attendee",
    "candidates",
    "conflicts_in",
    "item",
    "judged",
    "lines",
    "member_names",
    "next_panel",
    "paper",
    "paper_of",
    "papers_for",
    "quorum_for",
    "quorum_rules",
    "readiness",
    "sitting",
    "suggested",
    "without_papers",
    "years_held",
]
