"""What the composer's page says of an issue: where it stands, what comes next, how long it takes to read."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.accounts.models import Provenance
from app.audit.models import AuditEntry
from app.briefings import rules as room
from app.briefings.composing import rules
from app.briefings.models import BriefingIssue, BriefingItem, IssueState, Section
from app.briefings.rules import month_in_words
from app.core.filters import date_long

#: The steps of an issue, and what each says of itself once it is reached.
_STEPS = ("Draft", "Checked", "Cleared", "Scheduled", "Sent")
_REACHED = {
    IssueState.DRAFT: 0,
    IssueState.CHECKED: 1,
    IssueState.CLEARED: 2,
    IssueState.SCHEDULED: 3,
    IssueState.SENDING: 3,
    IssueState.PAUSED: 3,
    IssueState.SENT: 4,
}


@dataclass(frozen=True)
class Step:
    """A step on the band: its name, the day it was reached, and whether it is done, now or ahead."""

    name: str
    on: date | None
    state: str
    days: int | None = None
    note: str = ""


def steps(issue: BriefingIssue) -> list[Step]:
    """The way of an issue from draft to sent. One that was cancelled goes no further.

    The days of a published record were made up to put its issues in order, and are not told as if so.
    """
    is_published = issue.provenance == Provenance.PUBLISHED
    days = (issue.prepared_on, issue.checked_on, issue.cleared_on, issue.scheduled_on, issue.sent_on)
    now = _REACHED.get(IssueState(issue.state))
    return [
        Step(
            name,
            day if now is not None and place <= now and not is_published else None,
            "ahead" if now is None or place > now else "now" if place == now else "done",
        )
        for place, (name, day) in enumerate(zip(_STEPS, days, strict=True))
    ]


def says_only_the_month(issue: BriefingIssue) -> bool:
    """Whether the title, and with it the subject of the mail, tells nothing but the month."""
    return issue.period is not None and issue.title == month_in_words(issue.period)


def unsaid(issue: BriefingIssue) -> list[int]:
    """The places of the items about lessons that do not say what happened: not every lesson can say it."""
    return [
        item.position
        for item in issue.items
        if item.section == Section.LEARNING and item.lesson_id is not None and not item.what_happened.strip()
    ]


def words_in(issue: BriefingIssue) -> int:
    """How many words a reader of the issue has before them."""
    texts = [issue.headline, issue.introduction, issue.questions]
    for item in issue.items:
        texts += [item.heading, item.what_happened, item.what_we_learned, item.what_you_should_do]
    return rules.count_words(texts)


@dataclass(frozen=True)
class Part:
    """A standing section with the items in it."""

    section: Section
    title: str
    items: Sequence[BriefingItem]


def parts(issue: BriefingIssue) -> list[Part]:
    """The standing sections in their order, empty ones too: something may be written in each."""
    return [
        Part(section, title, [item for item in issue.items if item.section == section])
        for section, title in rules.SECTION_LABELS.items()
    ]


@dataclass(frozen=True)
class Change:
    """What a change did to one thing."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Happened:
    """Something done to an issue, with what it changed."""

    entry: AuditEntry
    changes: Sequence[Change]


#: What the history shows of a change, and what it is called there.
_LABELS = {
    **room.ISSUE_TEXTS,
    "section": "Section",
    **room.ITEM_TEXTS,
    "audiences": "Whom it concerns most",
    "made_from": "Made from",
    "stopped_reason": "Reason",
    "reason": "Reason",
    "words": "Words",
    "field": "Where they stand",
    "areas": "Areas it is for",
    "agencies": "Agencies it is for",
    "topics": "Topics it is for",
    "scheduled_on": "Day it is to be sent",
    "scheduled_time": "From",
    "corrects": "Puts right",
    "items": "Items",
}


def happened(entries: Sequence[AuditEntry]) -> list[Happened]:
    """What was done, each with what it changed, in words."""
    return [Happened(entry, _changes(entry)) for entry in entries]


def _changes(entry: AuditEntry) -> list[Change]:
    body: Any = json.loads(entry.payload.body) if entry.payload else {}
    before, after = body.get("before") or {}, body.get("after") or {}
    return [
        Change(label, _in_words(name, before.get(name)), _in_words(name, after.get(name)))
        for name, label in _LABELS.items()
        if (before.get(name) or after.get(name)) and before.get(name) != after.get(name)
    ]


def _in_words(name: str, value: Any) -> str:
    match value:
        case None:
            return ""
        case list():
            return "\n".join(_in_words(name, each) for each in value)
        case Mapping():
            return str(value.get("heading", ""))
        case str() if name == "scheduled_on":
            return date_long(date.fromisoformat(value))
        case _ if name == "section" and value in set(Section):
            return rules.SECTION_LABELS[Section(value)]
        case _:
            return str(value)
