"""Which issues a day's job has to do with."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, or_, select

from app.briefings.models import (
    BriefingIssue,
    BriefingLink,
    BriefingResult,
    Click,
    Delivery,
    DeliveryState,
    IssueState,
    Opening,
)
from app.briefings.results import rules
from app.core.database import current_session

#: Where no more becomes of an issue's deliveries; and deliveries that something is still to become of.
ENDED = (IssueState.SENT, IssueState.CANCELLED)
OPEN = (DeliveryState.PLANNED, DeliveryState.QUEUED)


def issues_sent(*, up_to: date) -> Sequence[tuple[int, date, set[int], bool]]:
    """The issues sent here long enough ago to have results, which of those were written down, and whether the
    sending has ended.

    What came from a file was sent elsewhere, and its results are those that stand in it.
    """
    session = current_session()
    taken: dict[int, set[int]] = defaultdict(set)
    for issue_id, days in session.execute(
        select(BriefingResult.issue_id, BriefingResult.after_days).where(
            BriefingResult.agency_id.is_(None), BriefingResult.audience_id.is_(None)
        )
    ):
        taken[issue_id].add(days)
    sent = session.execute(
        select(BriefingIssue.id, BriefingIssue.sent_on, BriefingIssue.ended_at)
        .where(
            BriefingIssue.sent_on <= up_to - timedelta(days=min(rules.SNAPSHOTS)),
            BriefingIssue.began_at.is_not(None),
        )
        .order_by(BriefingIssue.sent_on, BriefingIssue.id)
    )
    return [
        (issue_id, sent_on, taken[issue_id], ended_at is not None)
        for issue_id, sent_on, ended_at in sent
        if sent_on is not None
    ]


def issues_that_keep_people() -> Sequence[tuple[int, date]]:
    """The issues of whose readers something is kept, and when each was sent."""
    clicked = (
        select(Click.id)
        .join(BriefingLink, BriefingLink.id == Click.link_id)
        .where(BriefingLink.issue_id == BriefingIssue.id)
        .exists()
    )
    opened = select(Opening.id).where(Opening.issue_id == BriefingIssue.id).exists()
    rows = current_session().execute(
        select(BriefingIssue.id, BriefingIssue.sent_on).where(or_(clicked, opened)).order_by(BriefingIssue.id)
    )
    return [(issue_id, sent_on) for issue_id, sent_on in rows if sent_on is not None]


def issues_whose_readers_are_known() -> Sequence[tuple[int, date]]:
    """The issues of which it is still kept to whom they went, and when each was sent."""
    known = (
        select(Delivery.id).where(Delivery.issue_id == BriefingIssue.id, Delivery.state.not_in(OPEN)).exists()
    )
    rows = current_session().execute(
        select(BriefingIssue.id, BriefingIssue.sent_on)
        .where(BriefingIssue.state.in_(ENDED), BriefingIssue.began_at.is_not(None), known)
        .order_by(BriefingIssue.id)
    )
    return [(issue_id, sent_on) for issue_id, sent_on in rows if sent_on is not None]


@dataclass(frozen=True)
class ToSumUp:
    """The issues of which what readers followed, and to whom they went, is kept no longer."""

    followed: Sequence[int]
    sent: Sequence[int]


def to_sum_up(*, keeps: bool, months: int, on: date) -> ToSumUp:
    """What is no longer kept where so many months are, and what people follow or nothing of it."""

    def is_over(sent_on: date) -> bool:
        return rules.people_kept_until(sent_on, months) <= on

    return ToSumUp(
        [issue_id for issue_id, sent_on in issues_that_keep_people() if not keeps or is_over(sent_on)],
        [issue_id for issue_id, sent_on in issues_whose_readers_are_known() if is_over(sent_on)],
    )


def deliveries_between(issue_id: int) -> tuple[int, int]:
    """The number before the first delivery of an issue, and that of its last."""
    first, last = (
        current_session()
        .execute(select(func.min(Delivery.id), func.max(Delivery.id)).where(Delivery.issue_id == issue_id))
        .one()
    )
    return (first or 1) - 1, last or 0


def readers_by_agency(issue_id: int) -> dict[int | None, int]:
    """How many readers of each agency an issue had, as last written down; under null those of none."""
    rows = current_session().execute(
        select(BriefingResult.agency_id, BriefingResult.addressed).where(
            BriefingResult.issue_id == issue_id,
            BriefingResult.after_days == rules.LAST_SNAPSHOT,
            BriefingResult.audience_id.is_(None),
        )
    )
    found: dict[int | None, int] = dict(rows.all())
    whole = found.pop(None, 0)
    return {**found, None: whole - sum(found.values())}
