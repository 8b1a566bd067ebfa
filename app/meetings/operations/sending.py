"""The papers as they are sent: made, kept under their digest, and told of to everybody who was asked."""

import io

from app.accounts.models import Person
from app.cdop.models import Panel
from app.cdop.panels import rules as panel_rules
from app.core.acting import current_actor
from app.core.clock import today
from app.core.database import current_session
from app.core.files.operations import stored_file
from app.core.files.receiving import receive
from app.meetings.models import Meeting, MeetingPaper, PaperKind
from app.meetings.operations.beginning import begin, begin_while_open, tell
from app.meetings.operations.people import keep_members
from app.meetings.papers import as_pdf, content, digest_of, texts_of
from app.meetings.queries.planning import lacks_of
from app.meetings.queries.sittings import Sitting, conflicts_in
from app.meetings.rules import agenda as rules
from app.outbox.operations import enqueue

#: The kind of the notices that papers are ready, in the outbox.
NOTICE = "panel_papers"


def send_papers(*, panel: Panel) -> Meeting:
    """Freeze the agenda, make its papers and tell everybody asked, who has an account, that they are ready.

    One paper is for everybody; whoever has a conflict of interest in a death on the agenda gets one without
    it, and the other never opens to them. Raises MinutesClosed, AgendaFrozen, AlreadyHeld, PanelOver,
    AgendaEmpty.
    """
    meeting = begin_while_open(panel)
    panel_rules.check_planned(panel.ref, panel.status)
    if not meeting.items:
        raise rules.AgendaEmpty("Put at least one death on the agenda first")
    keep_members(meeting)
    for item in meeting.items:
        item.lacked = "\n".join(lacks_of(item.case))
    meeting.papers_version += 1
    meeting.sent_on, meeting.sent_by_id = today(), current_actor().person_id
    conflicts = conflicts_in(meeting.items)
    keep_paper(meeting, PaperKind.PAPERS, person=None, without=frozenset())
    people = [each.person for each in meeting.attendees if each.person is not None]
    for person in people:
        if theirs := conflicts.get(person.id):
            keep_paper(meeting, PaperKind.PAPERS, person=person, without=theirs)
    for person in people:
        if person.active:
            _notify(meeting, person)
    tell(
        "send_papers",
        panel,
        f"Sent the papers of {panel.ref}, version {meeting.papers_version}",
        before={"sent_on": None},
        after={"sent_on": meeting.sent_on, "version": meeting.papers_version},
    )
    return meeting


def make_paper_for(*, panel: Panel, person: Person) -> MeetingPaper:
    """Make the papers for somebody whose conflict of interest was declared after they were sent.

    Raises MinutesClosed, NotSent, NotAsked.
    """
    meeting = begin(panel)
    if meeting.sent_on is None:
        raise rules.NotSent("The papers were not sent yet: they are made for everybody when they are")
    if all(each.person_id != person.id for each in meeting.attendees):
        raise rules.NotAsked("This person was not asked to the panel")
    theirs = conflicts_in(meeting.items).get(person.id, frozenset())
    paper = keep_paper(meeting, PaperKind.PAPERS, person=person, without=theirs)
    tell("make_paper", panel, f"Made the papers of {panel.ref} for {person.name}", before={}, after={})
    return paper


def keep_paper(
    meeting: Meeting, kind: PaperKind, *, person: Person | None, without: frozenset[str]
) -> MeetingPaper:
    """Make one paper and keep it under its digest, for everybody or for one person."""
    said = content(Sitting(meeting.panel, meeting), kind, without=without, person=person)
    file = stored_file(receive(io.BytesIO(as_pdf(said)), f"{meeting.panel.ref}.pdf"))
    paper = MeetingPaper(
        kind=kind,
        version=meeting.papers_version,
        person=person,
        stored_file=file,
        case_refs=" ".join(item.case.ref for item in meeting.items if item.case.ref not in without),
        text_digests=" ".join(sorted(map(digest_of, texts_of(said)))),
        made_on=today(),
        made_by_id=current_actor().person_id,
    )
    meeting.papers.append(paper)
    current_session().flush()
    return paper


def _notify(meeting: Meeting, person: Person) -> None:
    enqueue(
        kind=NOTICE,
        dedupe_key=f"{NOTICE}:{meeting.panel.ref}:{meeting.papers_version}:{person.id}",
        address=person.email,
        business_on=today(),
        recipient_id=person.id,
    )
