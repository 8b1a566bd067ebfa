"""Who is asked to a panel: its members by their seats, those in a member's place, and experts."""

from sqlalchemy import select

from app.accounts.models import Agency
from app.cdop.models import Panel
from app.core import checks
from app.core.database import current_session
from app.meetings.models import Attendee, AttendeeKind, Meeting
from app.meetings.operations.beginning import begin, tell
from app.meetings.queries.sittings import members
from app.meetings.rules import agenda as rules


def keep_members(meeting: Meeting) -> None:
    """Let those who have a seat be asked, with the post and agency they have now; called before each use.

    Whoever lost the seat before the meeting is asked no longer.
    """
    session = current_session()
    seated = {person.id: person for person in members(meeting.panel)}
    held = {each.person_id: each for each in meeting.attendees if each.person_id is not None}
    for person_id, row in held.items():
        if row.kind == AttendeeKind.MEMBER and row.attendance is None and person_id not in seated:
            meeting.attendees.remove(row)
    for person_id, person in seated.items():
        member = held.get(person_id)
        if member is None:
            meeting.attendees.append(
                Attendee(
                    kind=AttendeeKind.MEMBER,
                    person=person,
                    post=person.role_title,
                    agency=person.agency,
                )
            )
        elif member.attendance is None:
            member.post, member.agency = person.role_title, person.agency
    session.flush()
    # In the order they were asked, by which pages number them.
    session.expire(meeting, ["attendees"])
    session.scalars(select(Attendee).where(Attendee.meeting_id == meeting.id)).all()


def invite(*, panel: Panel, kind: str, post: str, agency: Agency | None = None) -> Attendee:
    """Ask somebody without a seat to the panel: in a member's place, or as an expert.

    Only the post and agency are held, no name. Raises MinutesClosed, AlreadyHeld, WordsMissing, NotAsked.
    """
    meeting = begin(panel)
    _check_not_held(meeting)
    post = checks.words(post, "Enter the post, for example Consultant neonatologist", "post")
    invited = AttendeeKind(kind)
    if invited is AttendeeKind.MEMBER:
        raise rules.NotAsked("A member is asked by the seat on the group", "kind")
    if any(
        each.person_id is None and each.post.casefold() == post.casefold() and each.agency is agency
        for each in meeting.attendees
    ):
        raise rules.NotAsked("Somebody of this post and agency is asked already", "post")
    keep_members(meeting)
    row = Attendee(kind=invited, post=post, agency=agency)
    meeting.attendees.append(row)
    current_session().flush()
    tell(
        "invite",
        panel,
        f"Asked {_whom(invited)} to {panel.ref}",
        before={},
        after=content(row),
    )
    return row


def uninvite(*, attendee: Attendee) -> None:
    """Ask somebody without a seat no longer. Raises MinutesClosed, AlreadyHeld, NotAsked."""
    meeting = begin(attendee.meeting.panel)
    _check_not_held(meeting)
    if attendee.kind == AttendeeKind.MEMBER:
        raise rules.NotAsked("A member is asked while they have a seat on the group")
    before, whom = content(attendee), _whom(AttendeeKind(attendee.kind))
    meeting.attendees.remove(attendee)
    tell(
        "uninvite",
        meeting.panel,
        f"No longer asked {whom} to {meeting.panel.ref}",
        before=before,
        after={},
    )


def _whom(kind: AttendeeKind) -> str:
    """Whom a line tells of: an expert's post would say what kind of death the panel looks at."""
    return "an expert" if kind is AttendeeKind.EXPERT else "somebody in a member’s place"


def content(row: Attendee) -> dict[str, object]:
    """What is held of somebody who is asked, for the before and after of the audit trail.

    The thread of the panel is read outside the compartment: an expert's post and agency stay in the record.
    """
    is_expert = row.kind == AttendeeKind.EXPERT
    return {
        "kind": str(row.kind),
        "person": row.person.ref if row.person else None,
        "post": None if is_expert else row.post,
        "agency": row.agency.ref if row.agency and not is_expert else None,
        "attendance": row.attendance,
        "stood_for": row.stood_for.splitlines(),
    }


def _check_not_held(meeting: Meeting) -> None:
    if meeting.held_on is not None:
        raise rules.AlreadyHeld("The panel was held: who was asked stays as it was")
