"""What threads and dashboards ask: which issues a lesson went out in, and how far it reached."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.briefings import wording
from app.briefings.results.queries import coverage
from app.briefings.results.queries.coverage import Briefed
from app.briefings.results.rules import is_kept_back


@dataclass(frozen=True)
class BriefedIn:
    """One issue that a lesson went out in, and how far it reached."""

    issue_ref: str
    title: str
    #: The month it is of, as ``wording.month`` says it.
    month: str
    #: The day its sending began; of a published record some day of the month, if that is known.
    sent_on: date | None
    knows_day: bool
    #: 0 where they are too few to show.
    delivered: int
    #: Readers who followed a link of the lesson's own item; null where it has none, or that is not shown.
    clicked: int | None
    #: How many teams said that they discussed the issue.
    receipts: int


def briefed(lesson_ids: Collection[int]) -> Mapping[int, Sequence[BriefedIn]]:
    """The issues each lesson went out in, the latest first; in as many queries whatever the number.

    How far it reached is what the coverage says of it.
    """
    if not lesson_ids:
        return {}
    return {
        lesson_id: [_briefed_in(each) for each in several]
        for lesson_id, several in coverage.in_all(lesson_ids).items()
    }


def _briefed_in(each: Briefed) -> BriefedIn:
    issue, knows_day = each.issue, wording.sent_on(each.issue) is not None
    return BriefedIn(
        issue_ref=issue.ref,
        title=issue.title,
        month=wording.month(issue),
        sent_on=issue.sent_on if knows_day or issue.period else None,
        knows_day=knows_day,
        delivered=0 if each.hides_delivered else each.delivered or 0,
        clicked=None if each.is_hidden or not each.delivered else each.clicked,
        receipts=each.receipts or 0,
    )


def shown(number: int | None, *, of: int) -> int | None:
    """How many of those whom an issue reached did something; null where that is kept back."""
    return None if number is None or not of or is_kept_back(number, of=of) else number
