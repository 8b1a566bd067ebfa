"""Which issues a day's job has to do with."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import func, or_, select

from app.briefings.models import BriefingIssue, BriefingLink, BriefingResult, Click, Delivery, Opening
from app.briefings.results import rules
from app.core.database import current_session


def issues_sent(*, up_to: date) -> Sequence[tuple[int, date, set[int]]]:
    """The issues sent here long enough ago to have results, and which of those were written down.

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
        select(BriefingIssue.id, BriefingIssue.sent_on)
        .where(
            BriefingIssue.sent_on <= up_to - timedelta(days=min(rules.SNAPSHOTS)),
            BriefingIssue.began_at.is_not(None),
        )
        .order_by(BriefingIssue.sent_on, BriefingIssue.id)
    )
    return [(issue_id, sent_on, taken[issue_id]) for issue_id, sent_on in sent if sent_on is not None]


def issues_to_sum_up(*, on: date) -> Sequence[int]:
    """The issues of which something is kept of people that no longer may be.

    Only once their last results are written down: those say what the sums do not.
    """
    last = select(BriefingResult.issue_id).where(BriefingResult.after_days == rules.LAST_SNAPSHOT)
    clicked = (
        select(Click.id)
        .join(BriefingLink, BriefingLink.id == Click.link_id)
        .where(BriefingLink.issue_id == BriefingIssue.id)
        .exists()
    )
    opened = select(Opening.id).where(Opening.issue_id == BriefingIssue.id).exists()
    rows = current_session().execute(
        select(BriefingIssue.id, BriefingIssue.sent_on)
        .where(BriefingIssue.id.in_(last), or_(clicked, opened))
        .order_by(BriefingIssue.id)
    )
    return [
        issue_id
        for issue_id, sent_on in rows
        if sent_on is not None and rules.people_kept_until(sent_on) <= on
    ]


def deliveries_between(issue_id: int) -> tuple[int, int]:
    """The number before the first delivery of an issue, and that of its last."""
    first, last = (
        current_session()
        .execute(select(func.min(Delivery.id), func.max(Delivery.id)).where(Delivery.issue_id == issue_id))
        .one()
    )
    return (first or 1) - 1, last or 0
