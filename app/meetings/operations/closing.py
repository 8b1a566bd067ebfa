"""The minutes of a panel: what they say beside attendance and decisions, and their end."""

from app.accounts.cases.queries import conflicted
from app.cdop.models import Panel
from app.core import checks
from app.core.acting import current_actor
from app.core.clock import today
from app.core.database import current_session
from app.meetings.models import Meeting, MeetingNote, PaperKind
from app.meetings.operations.beginning import begin, tell
from app.meetings.operations.sending import keep_paper
from app.meetings.queries.sittings import conflicts_in
from app.meetings.rules import agenda as rules


def add_note(*, panel: Panel, words: str) -> MeetingNote:
    """Add to what the minutes say of the meeting as a whole. Raises MinutesClosed, NotHeld, WordsMissing."""
    meeting = begin(panel)
    _check_held(meeting)
    note = MeetingNote(
        words=checks.words(words, "Write what the minutes should say", "words"),
        written_on=today(),
        written_by_id=current_actor().person_id,
    )
    meeting.notes.append(note)
    # Its words stay here: the thread of the panel is read by more than its members.
    tell("add_note", panel, f"Added to the minutes of {panel.ref}")
    return note


def close_minutes(*, panel: Panel) -> Meeting:
    """Close the minutes and keep them as a paper; nothing of the meeting changes after it.

    Raises MinutesClosed, NotHeld, Undecided.
    """
    meeting = begin(panel)
    _check_held(meeting)
    near, person_id = conflicted(), current_actor().person_id
    rules.check_all_decided(
        [
            "one that is closed to you" if person_id in near.get(item.case.ref, ()) else item.case.ref
            for item in meeting.items
            if item.decision is None
        ]
    )
    meeting.closed_on, meeting.closed_by_id = today(), current_actor().person_id
    current_session().flush()
    keep_paper(meeting, PaperKind.MINUTES, person=None, without=frozenset())
    conflicts = conflicts_in(meeting.items)
    for each in meeting.attendees:
        if each.person is not None and (theirs := conflicts.get(each.person.id)):
            keep_paper(meeting, PaperKind.MINUTES, person=each.person, without=theirs)
    tell(
        "close_minutes",
        panel,
        f"Closed the minutes of {panel.ref}",
        before={"closed_on": None},
        after={"closed_on": meeting.closed_on},
    )
    return meeting


def _check_held(meeting: Meeting) -> None:
    if meeting.held_on is None:
        raise rules.NotHeld("Record first who attended and that the panel was held")
