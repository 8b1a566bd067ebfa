"""The agenda as it is drawn up: what is on it, in which order, for how long, and where the panel meets."""

from collections.abc import Sequence

from app.audit.operations import record
from app.cdop.models import ChildDeathCase, Panel
from app.cdop.panels import operations as panels
from app.cdop.panels import rules as panel_rules
from app.core import checks
from app.core.acting import current_actor
from app.core.clock import today
from app.core.database import current_session
from app.meetings.models import AgendaItem, Meeting, MeetingNote
from app.meetings.operations.beginning import begin, begin_while_open, tell
from app.meetings.rules import agenda as rules


def add_cases(
    *, panel: Panel, cases: Sequence[ChildDeathCase], minutes: int = rules.USUAL_MINUTES
) -> list[AgendaItem]:
    """Put deaths on the agenda, after what is there; each is before this panel from now on.

    Raises MinutesClosed, AgendaFrozen, AlreadyHeld, PanelOver, NotBeforeThisPanel, WordsMissing.
    """
    meeting = begin_while_open(panel)
    panel_rules.check_planned(panel.ref, panel.status)
    if not cases:
        raise checks.WordsMissing("Choose at least one death", "cases")
    held = {item.case_id for item in meeting.items}
    added = []
    for case in cases:
        panels.put_before(case=case, panel=panel)
        if case.id in held:
            continue
        item = AgendaItem(case=case, position=len(meeting.items) + 1, minutes=minutes)
        meeting.items.append(item)
        added.append(item)
    _number(meeting.items)
    current_session().flush()
    return added


def move_item(*, item: AgendaItem, up: bool) -> AgendaItem:
    """Move a death a place up or down the agenda. Raises MinutesClosed, AgendaFrozen, AlreadyHeld."""
    meeting = begin_while_open(item.meeting.panel)
    before = item.position
    _number(rules.moved(meeting.items, item, up=up))
    current_session().flush()
    if item.position != before:
        _tell(
            item,
            "move_item",
            f"Moved {item.case.ref} {'up' if up else 'down'} the agenda of {meeting.panel.ref}",
            before={"position": before},
            after={"position": item.position},
        )
    return item


def set_minutes(*, item: AgendaItem, minutes: str) -> AgendaItem:
    """Set how long a death is given.

    Raises MinutesClosed, AgendaFrozen, AlreadyHeld, NumberNotUsable, WordsMissing.
    """
    meeting = begin_while_open(item.meeting.panel)
    number = rules.minutes_for(minutes)
    before, item.minutes = item.minutes, number
    current_session().flush()
    _tell(
        item,
        "set_minutes",
        f"{item.case.ref} is given {rules.in_hours(number)} at {meeting.panel.ref}",
        before={"minutes": before},
        after={"minutes": number},
    )
    return item


def remove_item(*, item: AgendaItem) -> None:
    """Take a death off an agenda that is still drawn up; it waits for another panel.

    Raises MinutesClosed, AgendaFrozen, AlreadyHeld.
    """
    meeting, case = begin_while_open(item.meeting.panel), item.case
    meeting.items.remove(item)
    _number(meeting.items)
    current_session().flush()
    panels.take_from(case=case, panel=meeting.panel)


def set_where(*, panel: Panel, where_and_when: str) -> Meeting:
    """Set where and at what time the panel meets. Raises MinutesClosed."""
    meeting = begin(panel)
    before, meeting.where_and_when = meeting.where_and_when, where_and_when
    if before != where_and_when:
        tell(
            "set_where",
            panel,
            f"Changed where and when {panel.ref} meets",
            before={"where_and_when": before},
            after={"where_and_when": where_and_when},
        )
    return meeting


def reopen_agenda(*, panel: Panel, reason: str) -> Meeting:
    """Let an agenda that was sent change again; what was sent is kept, and the papers are to be sent anew.

    Raises MinutesClosed, AlreadyHeld, NotSent, WordsMissing.
    """
    meeting = begin(panel)
    if meeting.held_on is not None:
        raise rules.AlreadyHeld("The panel was held: its agenda stays as it was")
    if meeting.sent_on is None:
        raise rules.NotSent("The papers were not sent, so the agenda is open")
    reason = checks.words(reason, "Say why the agenda changes", "reason")
    before, meeting.sent_on = meeting.sent_on, None
    for item in meeting.items:
        item.lacked = ""
    # The reason may name a death, so it stands in the minutes and not on the thread of the panel.
    meeting.notes.append(
        MeetingNote(
            words=f"The agenda was reopened after the papers were sent: {reason}",
            written_on=today(),
            written_by_id=current_actor().person_id,
        )
    )
    tell(
        "reopen_agenda",
        panel,
        f"Reopened the agenda of {panel.ref}",
        before={"sent_on": before},
        after={"sent_on": None},
    )
    return meeting


def _number(items: Sequence[AgendaItem]) -> None:
    for position, item in enumerate(items, start=1):
        item.position = position


def _tell(
    item: AgendaItem, deed: str, line: str, *, before: dict[str, object], after: dict[str, object]
) -> None:
    record(verb=f"child_death.{deed}", subject=item.case.audit_subject, line=line, before=before, after=after)
