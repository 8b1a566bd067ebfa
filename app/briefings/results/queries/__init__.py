"""What threads and dashboards ask: which issues a lesson went out in, and how far it reached."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, case, func, select

from app.briefings import wording
from app.briefings.models import (
    BriefingIssue,
    BriefingItem,
    BriefingLink,
    BriefingResult,
    CascadeReceipt,
    Click,
    Delivery,
    DeliveryState,
    LinkTotal,
)
from app.briefings.queries import went_out_first
from app.briefings.results.rules import SMALLEST_GROUP, is_kept_back
from app.core.database import current_session


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
    """The issues each lesson went out in, the latest first; in as many queries whatever the number."""
    if not lesson_ids:
        return {}
    rows = (
        current_session()
        .execute(
            select(BriefingItem.lesson_id, BriefingItem.id, BriefingIssue)
            .join(BriefingItem.issue)
            .where(BriefingItem.lesson_id.in_(lesson_ids), went_out_first())
            .order_by(BriefingIssue.sent_on.desc(), BriefingIssue.id.desc())
        )
        .all()
    )
    issues = {issue.id for _, _, issue in rows}
    delivered, receipts = delivered_of(issues), receipts_of(issues)
    clicked = _clicked_of({item_id for _, item_id, _ in rows})
    found: dict[int, list[BriefedIn]] = defaultdict(list)
    for lesson_id, item_id, issue in rows:
        assert lesson_id is not None
        found[lesson_id].append(
            BriefedIn(
                issue_ref=issue.ref,
                title=issue.title,
                month=wording.month(issue),
                sent_on=issue.sent_on if wording.sent_on(issue) or issue.period else None,
                knows_day=wording.sent_on(issue) is not None,
                delivered=delivered.get(issue.id, 0),
                clicked=shown(clicked.get(item_id), of=delivered.get(issue.id, 0)),
                receipts=receipts.get(issue.id, 0),
            )
        )
    return found


def shown(number: int | None, *, of: int) -> int | None:
    """How many of those whom an issue reached did something; null where that is kept back."""
    return None if number is None or not of or is_kept_back(number, of=of) else number


def delivered_of(issue_ids: Collection[int]) -> dict[int, int]:
    """How many readers each issue reached: as last written down, else counted now; not of too few."""
    if not issue_ids:
        return {}
    session = current_session()
    kept = session.execute(
        select(BriefingResult.issue_id, BriefingResult.addressed, BriefingResult.delivered)
        .where(
            BriefingResult.issue_id.in_(issue_ids),
            BriefingResult.agency_id.is_(None),
            BriefingResult.audience_id.is_(None),
        )
        .order_by(BriefingResult.after_days)
    ).all()
    found = {each.issue_id: (max(each.addressed, each.delivered), each.delivered) for each in kept}
    fresh = set(issue_ids) - set(found)
    if fresh:
        counted = session.execute(
            select(
                Delivery.issue_id,
                func.count(),
                func.sum(case((Delivery.state == DeliveryState.DELIVERED, 1), else_=0)),
            )
            .where(Delivery.issue_id.in_(fresh))
            .group_by(Delivery.issue_id)
        )
        found |= {issue_id: (went, int(arrived)) for issue_id, went, arrived in counted}
    return {issue_id: arrived for issue_id, (went, arrived) in found.items() if went >= SMALLEST_GROUP}


def receipts_of(issue_ids: Collection[int]) -> dict[int, int]:
    """How many teams said that they discussed each issue."""
    rows = current_session().execute(
        select(CascadeReceipt.issue_id, func.count())
        .where(CascadeReceipt.issue_id.in_(issue_ids), CascadeReceipt.withdrawn_on.is_(None))
        .group_by(CascadeReceipt.issue_id)
    )
    return dict(rows.all())


def _clicked_of(item_ids: Collection[int]) -> dict[int, int]:
    """How many readers followed a link of each item: those still kept, and those summed up.

    An item of whose links only the clicks were counted is left out.
    """
    session = current_session()
    kept = session.execute(
        select(BriefingLink.item_id, func.count(Click.delivery_id.distinct()))
        .outerjoin(Click, and_(Click.link_id == BriefingLink.id, Click.scanner.is_(None)))
        .where(BriefingLink.item_id.in_(item_ids))
        .group_by(BriefingLink.item_id)
    ).all()
    summed = session.execute(
        select(BriefingLink.item_id, func.sum(LinkTotal.readers), func.sum(LinkTotal.clicks))
        .join(LinkTotal, LinkTotal.link_id == BriefingLink.id)
        .where(BriefingLink.item_id.in_(item_ids))
        .group_by(BriefingLink.item_id)
    ).all()
    found = {item_id: readers for item_id, readers in kept if item_id is not None}
    for item_id, readers, clicks in summed:
        if item_id is None:
            continue
        found[item_id] += int(readers)
        if clicks and not found[item_id]:
            del found[item_id]
    return found
