"""The texts of panels and their meetings, for a redaction; the papers as they were sent are among them.

What a panel said of a death stands at its meeting and on the trail of the death, and its papers repeat what
the analysis said: a redaction of either finds the other.
"""

from collections.abc import Callable
from dataclasses import replace

from app.accounts.cases import queries as cases
from app.audit.redaction.texts import Texts
from app.cdop import redactable as deaths
from app.cdop.models import Panel
from app.cdop.panels import queries as panels
from app.core.acting import current_actor
from app.core.database import keep_for_change
from app.core.hooks import Redactable
from app.meetings import queries
from app.meetings.models import AgendaItem, MeetingPaper
from app.meetings.papers import digest_of

_NOTE = {"source_note": "What a reader must know of the source"}
_THEME = {"theme": "What it is about"}
_PANEL = {"withdrawn_reason": "Why it was cancelled", **_NOTE}
_MEETING = {
    "where_and_when": "Where and when",
    "without_quorum_reason": "Why it decided although it was not quorate",
    **_NOTE,
}
_ITEM = {
    "note": "What was said",
    "deferred_reason": "Why it was deferred",
    "lacked": "What was missing",
    "who_left": "Who left for it",
    **_NOTE,
}


class _Theme:
    """The theme of a panel, by which it is called as well."""

    def __init__(self, panel: Panel) -> None:
        self._panel = panel

    @property
    def theme(self) -> str:
        """The theme as it stands."""
        return self._panel.theme

    @theme.setter
    def theme(self, mark: str) -> None:
        self._panel.caption = self._panel.theme = mark


def panel(ref: str) -> Redactable:
    """The texts of a panel as everybody who may read it sees them. Raises NoResultFound."""
    found = panels.panel(ref)
    return Texts(found).of(_Theme(found), _THEME).of(found, _PANEL).done()


def meeting(ref: str) -> Redactable:
    """The texts of a panel's meeting, and its papers. Raises NoResultFound."""
    held = queries.sitting(ref)
    texts = Texts(held, copies=lambda: [("child_death", item.case.ref) for item in held.items])
    if held.meeting is not None:
        texts.of(held.meeting, _MEETING, under="meeting", called="Meeting")
        for item in held.items:
            texts.of(item, _ITEM, under=_part(item), called=item.case.ref)
        texts.of_each(held.attendees, {"post": "Post"} | _NOTE, under="asked", called="Asked")
        texts.of_each(held.meeting.notes, {"words": "What was said", **_NOTE}, under="note", called="Note")
        for place, paper in enumerate(held.meeting.papers, start=1):
            texts.of_file(
                paper.stored_file, under=f"paper.{place}", called=f"Paper {place}", repeats=_repeats(paper)
            )
    near = cases.conflicted()
    closed = [item for item in held.items if current_actor().person_id in near.get(item.case.ref, ())]
    for item in closed:
        texts.hide(_part(item))
    if closed:
        # Notes of the meeting as a whole may tell of any death on its agenda.
        texts.hide("note")
    return replace(texts.done(), lock=lambda: keep_for_change(held.panel))


def child_death(ref: str) -> Redactable:
    """The texts of a death, which the meetings it was on the agenda of may repeat. Raises NoResultFound."""
    found = deaths.child_death(ref)
    return replace(found, copies=lambda: [("meeting", each) for each in queries.panels_of(ref)])


def _part(item: AgendaItem) -> str:
    """The name of a place on the agenda, without a word of the death: the thread of the panel keeps it."""
    return f"item.{item.id}"


def _repeats(paper: MeetingPaper) -> Callable[[frozenset[str]], bool]:
    """Whether a paper says one of some texts."""
    return lambda texts: not paper.said.isdisjoint(map(digest_of, texts))
