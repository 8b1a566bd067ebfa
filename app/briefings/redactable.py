"""The texts of briefings, for a redaction; the mail as it was frozen is made anew without them.

An issue carries the words of lessons and of what became of actions: a redaction of either finds the other.
The frozen words keep the key and the links they went out with, so that links that were sent go on to work.
"""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, or_, select

from app.actions import redactable as actions
from app.audit.redaction.texts import Texts
from app.briefings.models import BriefingIssue, BriefingItem, CascadeReceipt, Feedback, LearningEvent
from app.briefings.reading.freezing import freeze_again
from app.briefings.rules import ISSUE_TEXTS, ITEM_TEXTS
from app.core.database import current_session
from app.core.hooks import Redactable
from app.lessons import redactable as lessons

_NOTE = {"source_note": "What a reader must know of the source"}
_ISSUE = {
    **ISSUE_TEXTS,
    "stopped_reason": "Why it was stopped",
    "returned_reason": "Why it came back to draft",
    **_NOTE,
}
_ITEM = {
    # A link that was sent goes on to lead where it led.
    **{name: label for name, label in ITEM_TEXTS.items() if name != "url"},
    "event_where": "Where and when its training was held",
    **_NOTE,
}
_RECEIPT = {
    "team": "Team",
    "one_thing": "The one thing it will do",
    "withdrawn_reason": "Why it was withdrawn",
    **_NOTE,
}
_EVENT = {
    "title": "Title",
    "about": "What it is about",
    "where_and_when": "Where and when",
    "withdrawn_reason": "Why it was withdrawn",
    **_NOTE,
}
#: The field of the frozen mail, which is made anew and has no text of its own to ask for.
_FROZEN = "frozen"


def issue(ref: str) -> Redactable:
    """The texts of an issue, of what stands in it and of what readers said of it. Raises NoResultFound."""
    session = current_session()
    found = session.scalars(select(BriefingIssue).where(BriefingIssue.ref == ref)).one()
    texts = Texts(found, copies=lambda: _copies_of(found)).of(found, _ISSUE)
    texts.of_each(found.items, _ITEM, under="item", called="Item")
    texts.of_each(found.findings_kept, {"reason": "Why it stays"}, under="kept", called="Finding")
    said = session.scalars(select(Feedback).where(Feedback.issue_id == found.id)).all()
    texts.of_each(said, {"words": "What a reader said"}, under="feedback", called="Feedback")
    return _with_frozen(found, texts.done())


def _with_frozen(found: BriefingIssue, made: Redactable) -> Redactable:
    """The issue with its frozen mail, which goes with any text of it."""
    if found.frozen is None:
        return made
    gone: list[str] = []

    def empty(field: str, left: str) -> None:
        if field == _FROZEN:
            freeze_again(found)
        else:
            gone.append(field)
            made.empty(field, left)

    def repeats(field: str, texts: frozenset[str]) -> bool:
        return bool(gone) if field == _FROZEN else made.repeats(field, texts)

    # Last, so that it is made of what is left of everything else.
    return replace(
        made, texts={**made.texts, _FROZEN: ("The mail as it was frozen", "")}, empty=empty, repeats=repeats
    )


def _copies_of(found: BriefingIssue) -> Sequence[tuple[str, str]]:
    """The records that its items were made from, and the issues that have its words or lent it theirs."""
    pairs = []
    for item in found.items:
        pairs += [
            (kind, record.ref)
            for kind, record in (("lesson", item.lesson), ("action", item.action), ("event", item.event))
            if record is not None
        ]
    others = select(BriefingIssue.ref).where(
        or_(
            BriefingIssue.corrects_id == found.id,
            BriefingIssue.brings_again_id == found.id,
            BriefingIssue.id.in_([found.corrects_id, found.brings_again_id]),
        )
    )
    pairs += [("briefing", ref) for ref in current_session().scalars(others.order_by(BriefingIssue.id))]
    return list(dict.fromkeys(pairs))


def receipt(ref: str) -> Redactable:
    """The texts of a receipt. Raises NoResultFound."""
    found = current_session().scalars(select(CascadeReceipt).where(CascadeReceipt.ref == ref)).one()
    return Texts(found).of(found, _RECEIPT).done()


def event(ref: str) -> Redactable:
    """The texts of a learning event, which issues may repeat. Raises NoResultFound."""
    found = current_session().scalars(select(LearningEvent).where(LearningEvent.ref == ref)).one()
    return _with_issues(Texts(found).of(found, _EVENT).done(), BriefingItem.event.has(ref=ref))


def lesson(ref: str) -> Redactable:
    """The texts of a lesson, which issues may repeat. Raises NoResultFound."""
    return _with_issues(lessons.lesson(ref), BriefingItem.lesson.has(ref=ref))


def action(ref: str) -> Redactable:
    """The texts of an action, which issues may repeat. Raises NoResultFound."""
    return _with_issues(actions.action(ref), BriefingItem.action.has(ref=ref))


def _with_issues(made: Redactable, told: ColumnElement[bool]) -> Redactable:
    """The record, and the issues with an item of it among what may hold copies."""

    def copies() -> Sequence[tuple[str, str]]:
        issues = select(BriefingIssue.ref).join(BriefingIssue.items).where(told).distinct()
        found = current_session().scalars(issues.order_by(BriefingIssue.ref))
        return [*made.copies(), *(("briefing", ref) for ref in found)]

    return replace(made, copies=copies)
