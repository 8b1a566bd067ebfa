"""That a panel was held: who attended, whether it was quorate, and why it decided although it was not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.cdop.models import Panel, PanelStatus
from app.cdop.panels import operations as panels
from app.cdop.panels import rules as panel_rules
from app.core import checks
from app.core.acting import current_actor
from app.core.database import current_session
from app.core.filters import date_long
from app.meetings.models import Attendance, Attendee, Decision, Meeting
from app.meetings.operations.beginning import begin, tell
from app.meetings.operations.people import content, keep_members
from app.meetings.queries.quoracy import judged
from app.meetings.rules import agenda as rules
from app.meetings.rules.quoracy import NotQuorate, check_stood_for


@dataclass(frozen=True)
class Attended:
    """What is recorded of one who was asked: whether they came, and for which professions they stood."""

    attendance: str
    stood_for: Sequence[str] = ()


def key_of(attendee: Attendee) -> str:
    """How a form names one who was asked: by the account, else by the row."""
    return attendee.person.ref if attendee.person else f"row-{attendee.id}"


def record_attendance(*, panel: Panel, attended: Mapping[str, Attended]) -> Meeting:
    """Record who attended, and with it that the panel was held on its day; whether it was quorate follows.

    It may be put right until the first review was completed. Raises MinutesClosed, DayToCome, PanelOver,
    DecidedAlready, WordsMissing, StoodForNobody.
    """
    meeting = begin(panel)
    if panel.status == PanelStatus.CANCELLED:
        panel_rules.check_planned(panel.ref, panel.status)
    if any(item.decision == Decision.COMPLETED for item in meeting.items):
        raise rules.DecidedAlready("The panel completed a review, so who attended stays as it was recorded")
    if meeting.held_on is None:
        panels.hold_panel(panel=panel)
        keep_members(meeting)
    before = [content(each) for each in meeting.attendees]
    for each in meeting.attendees:
        said = attended.get(key_of(each))
        if said is None:
            raise checks.WordsMissing(f"Say whether {each.called} attended", f"who_{key_of(each)}")
        each.attendance = Attendance(said.attendance)
        check_stood_for(said.stood_for, attended=each.attended, field=f"who_{key_of(each)}")
        each.stood_for = "\n".join(said.stood_for)
    lacks = judged(panel, meeting.attendees)
    meeting.held_on, meeting.is_quorate, meeting.quorum_lacks = panel.meets_on, not lacks, "\n".join(lacks)
    if not lacks:
        meeting.without_quorum_reason, meeting.without_quorum_by_id = None, None
    tell(
        "record_attendance",
        panel,
        f"{panel.ref} was held on {date_long(panel.meets_on)} and was {'' if not lacks else 'not '}quorate",
        before={"attendees": before},
        after={"attendees": [content(each) for each in meeting.attendees], "lacks": lacks},
    )
    return meeting


def decide_without_quorum(*, panel: Panel, reason: str) -> Meeting:
    """Let a panel that was not quorate decide, as its chair says and why.

    Raises MinutesClosed, NotQuorate, WordsMissing.
    """
    meeting = begin(panel)
    if meeting.is_quorate is None:
        raise NotQuorate("Record first who attended")
    if meeting.is_quorate:
        raise NotQuorate("The panel was quorate, so it decides as it is")
    meeting.without_quorum_reason = checks.words(reason, "Say why the panel decides", "reason")
    meeting.without_quorum_by_id = current_actor().person_id
    current_session().flush()
    tell(
        "decide_without_quorum",
        panel,
        f"{panel.ref} decides although it was not quorate",
        before={"without_quorum_reason": None},
        after={"without_quorum_reason": meeting.without_quorum_reason},
    )
    return meeting
