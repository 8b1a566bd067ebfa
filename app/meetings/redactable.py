"""The texts of panels and their meetings, for a redaction; the papers as they were sent are among them."""

from app.audit.redaction.texts import Texts
from app.cdop.panels import queries as panels
from app.core.hooks import Redactable
from app.meetings import queries

_NOTE = {"source_note": "What a reader must know of the source"}
_PANEL = {"theme": "What it is about", "withdrawn_reason": "Why it was cancelled", **_NOTE}
_MEETING = {"without_quorum_reason": "Why it decided although it was not quorate", **_NOTE}
_ITEM = {
    "note": "What was said",
    "deferred_reason": "Why it was deferred",
    "lacked": "What was missing",
    "who_left": "Who left for it",
    **_NOTE,
}


def panel(ref: str) -> Redactable:
    """The texts of a panel as everybody who may read it sees them. Raises NoResultFound."""
    found = panels.panel(ref)
    return Texts(found).of(found, _PANEL).done()


def meeting(ref: str) -> Redactable:
    """The texts of a panel's meeting, and its papers. Raises NoResultFound."""
    held = queries.sitting(ref)
    texts = Texts(held)
    if held.meeting is None:
        return texts.done()
    texts.of(held.meeting, _MEETING, under="meeting", called="Meeting")
    for item in held.items:
        texts.of(item, _ITEM, under=f"item.{item.case.ref}", called=item.case.ref)
    texts.of_each(held.attendees, {"post": "Post"} | _NOTE, under="asked", called="Asked")
    texts.of_each(held.meeting.notes, {"words": "What was said", **_NOTE}, under="note", called="Note")
    for place, paper in enumerate(held.meeting.papers, start=1):
        texts.of_file(paper.stored_file, under=f"paper.{place}", called=f"Paper {place}")
    return texts.done()
