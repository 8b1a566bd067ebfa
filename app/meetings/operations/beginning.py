"""What every operation begins with: the panel is held still, and its meeting is there."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from app.audit.operations import Subject, record
from app.cdop.models import Panel
from app.core.clock import now
from app.core.database import current_session, keep_for_change
from app.core.references import next_reference
from app.meetings.models import Meeting
from app.meetings.rules import agenda as rules


def begin(panel: Panel) -> Meeting:
    """Keep every other writer from the meeting of a panel; one is made where nothing of it was recorded.

    Raises MinutesClosed.
    """
    keep_for_change(panel)
    session = current_session()
    meeting = session.scalars(
        select(Meeting).where(Meeting.panel_id == panel.id).execution_options(populate_existing=True)
    ).first()
    if meeting is None:
        meeting = Meeting(ref=next_reference(session, "M"), panel=panel, papers_version=0, created_at=now())
        session.add(meeting)
        session.flush()
    else:
        session.expire(meeting)
    rules.check_not_closed(meeting.closed_on)
    return meeting


def begin_while_open(panel: Panel) -> Meeting:
    """The same of a meeting whose agenda may change. Raises MinutesClosed, AgendaFrozen, AlreadyHeld."""
    meeting = begin(panel)
    rules.check_open(sent_on=meeting.sent_on, held_on=meeting.held_on)
    return meeting


def tell(
    deed: str,
    panel: Panel,
    line: str,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Write what was done on the thread of the panel, which others than its members read.

    Neither the line nor what it was before and after names a death, or counts any: that is told on the
    thread of the death.
    """
    current_session().flush()
    record(
        verb=f"meeting.{deed}",
        subject=Subject("meeting", panel.ref, panel.ref),
        line=line,
        before=before,
        after=after,
    )
