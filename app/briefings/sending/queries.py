"""What the sending of issues asks: how far one is, which are due, what is still to be queued."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple, cast

from sqlalchemy import Row, Table, bindparam, func, select

from app.briefings.checking import queries as checking
from app.briefings.models import (
    BriefingIssue,
    BriefingResult,
    Delivery,
    DeliveryState,
    IssueState,
    Subscriber,
)
from app.core.clock import machine_now
from app.core.database import current_session
from app.outbox.models import OutboxMessage, State

#: Those that the job looks after whatever stands of their deliveries.
UNDER_WAY = (IssueState.SENDING, IssueState.PAUSED)
#: Where a message has come to an end.
ENDS = (State.SENT, State.FAILED, State.UNCERTAIN, State.CANCELLED)
#: Of those, where a person may have a message sent once more.
MAY_GO_AGAIN = (State.FAILED, State.UNCERTAIN)
#: Where a delivery has not come to an end.
OPEN = (DeliveryState.PLANNED, DeliveryState.QUEUED)


def holds(issue: BriefingIssue, *, on: date | None = None) -> Sequence[str]:
    """Why an issue that was cleared must not go after all, on a day or today."""
    return checking.holds(issue, on=on)


def scheduled(*, up_to: date) -> Sequence[BriefingIssue]:
    """The issues that are set to go on the day or before, those due longest first."""
    return (
        current_session()
        .scalars(
            select(BriefingIssue)
            .where(BriefingIssue.state == IssueState.SCHEDULED, BriefingIssue.scheduled_on <= up_to)
            .order_by(BriefingIssue.scheduled_on, BriefingIssue.id)
        )
        .all()
    )


def under_way() -> Sequence[str]:
    """The references of the issues that are sent now, or have deliveries which have not come to an end."""
    unfinished = (
        select(Delivery.id).where(Delivery.issue_id == BriefingIssue.id, Delivery.state.in_(OPEN)).exists()
    )
    return (
        current_session()
        .scalars(
            select(BriefingIssue.ref)
            .where(
                BriefingIssue.state.in_(UNDER_WAY)
                | (BriefingIssue.state.in_((IssueState.SENT, IssueState.CANCELLED)) & unfinished),
            )
            .order_by(BriefingIssue.id)
        )
        .all()
    )


def next_planned(issue_id: int, *, at_most: int) -> Sequence[Row[int, int, str | None]]:
    """The next deliveries that are not in the outbox yet: number, subscriber, address; in their order.

    Nobody erases these readers until the transaction ends, as what is just queued would stay; where somebody
    is at it, that is waited for, and then they have no address.
    """
    return (
        current_session()
        .execute(
            select(Delivery.id, Subscriber.id.label("subscriber_id"), Subscriber.email)
            .join(Subscriber, Subscriber.id == Delivery.subscriber_id)
            .where(Delivery.issue_id == issue_id, Delivery.state == DeliveryState.PLANNED)
            .order_by(Delivery.id)
            .limit(at_most)
            .with_for_update(of=Subscriber, read=True, key_share=True)
        )
        .all()
    )


def keep_readers(delivery_ids: Collection[int]) -> None:
    """Keep the readers of these deliveries from every other writer, before the deliveries themselves."""
    theirs = (
        select(Subscriber.id)
        .join(Delivery, Delivery.subscriber_id == Subscriber.id)
        .where(Delivery.id.in_(delivery_ids))
        .order_by(Subscriber.id)
        .with_for_update(of=Subscriber)
    )
    current_session().execute(theirs).all()


class Ended(NamedTuple):
    """A delivery whose message has come to an end, and how."""

    delivery_id: int
    state: str
    error: str | None


def ended(issue_id: int, *, at_most: int) -> Sequence[Ended]:
    """Deliveries whose messages have come to an end and of which that is not written down yet.

    Messages leave in the order of the deliveries, those apart that are tried again: so only the first that
    were not tried again are looked at, however many wait behind them.
    """
    first = (
        select(Delivery.id, OutboxMessage.state, OutboxMessage.error)
        .join(OutboxMessage, OutboxMessage.id == Delivery.message_id)
        .where(
            Delivery.issue_id == issue_id,
            Delivery.state == DeliveryState.QUEUED,
            (OutboxMessage.state != State.QUEUED) | (OutboxMessage.attempts == 0),
        )
        .order_by(Delivery.id)
        .limit(at_most)
        .subquery()
    )
    rows = current_session().execute(
        select(first.c.id, first.c.state, first.c.error).where(first.c.state.in_(list(ENDS)))
    )
    return [Ended(*row) for row in rows]


def sent_again(delivery_ids: Collection[int]) -> set[int]:
    """Those of the deliveries whose message a person had sent once more since it had come to an end.

    Nobody does so to the others until the transaction ends.
    """
    if not delivery_ids:
        return set()
    ended = (
        select(Delivery.id)
        .join(OutboxMessage, OutboxMessage.id == Delivery.message_id)
        .where(Delivery.id.in_(delivery_ids), OutboxMessage.state.in_(MAY_GO_AGAIN))
        .order_by(OutboxMessage.id)
        .with_for_update(of=OutboxMessage)
    )
    return set(delivery_ids) - set(current_session().scalars(ended))


def has_untried(issue_id: int) -> bool:
    """Whether the issue has a delivery that no receiver was asked to take, or whose end is not written down.

    Those that a receiver put off do not count: they were tried.
    """
    of_issue = select(Delivery.id).where(Delivery.issue_id == issue_id)
    planned = of_issue.where(Delivery.state == DeliveryState.PLANNED)
    under_way = of_issue.join(OutboxMessage, OutboxMessage.id == Delivery.message_id).where(
        Delivery.state == DeliveryState.QUEUED,
        (OutboxMessage.state != State.QUEUED) | (OutboxMessage.attempts == 0),
    )
    return any(current_session().scalar(some.limit(1)) is not None for some in (planned, under_way))


def numbers(issue: BriefingIssue) -> dict[DeliveryState, int]:
    """How many deliveries of the issue stand where; every state is named."""
    rows = current_session().execute(
        select(Delivery.state, func.count().label("number"))
        .where(Delivery.issue_id == issue.id)
        .group_by(Delivery.state)
    )
    found = {row.state: row.number for row in rows}
    if not found:
        found = _as_written_down(issue)
    return {state: found.get(state, 0) for state in DeliveryState}


def _as_written_down(issue: BriefingIssue) -> dict[str, int]:
    """The same of an issue whose deliveries were removed: what the last results say."""
    last = (
        select(BriefingResult.delivered, BriefingResult.bounced, BriefingResult.not_sent)
        .where(
            BriefingResult.issue_id == issue.id,
            BriefingResult.agency_id.is_(None),
            BriefingResult.audience_id.is_(None),
        )
        .order_by(BriefingResult.after_days.desc())
        .limit(1)
    )
    row = current_session().execute(last).one_or_none()
    if row is None or issue.began_at is None:
        return {}
    kept = (DeliveryState.DELIVERED, DeliveryState.BOUNCED, DeliveryState.NOT_SENT)
    return dict(zip(kept, row, strict=True))


_DELIVERY = cast(Table, Delivery.__table__)
_SUBSCRIBER = cast(Table, Subscriber.__table__)
#: Made once: asked for every group of messages that a sender claims.
_READERS = (
    select(_DELIVERY.c.message_id, _DELIVERY.c.id, _DELIVERY.c.issue_id, _SUBSCRIBER.c.key)
    .join(_SUBSCRIBER, _SUBSCRIBER.c.id == _DELIVERY.c.subscriber_id)
    .where(_DELIVERY.c.message_id.in_(bindparam("of", expanding=True)))
)


def readers(message_ids: Collection[int]) -> Sequence[Row[int, int, int, str]]:
    """Of each message, the delivery, its issue, and the key of its reader."""
    return current_session().connection().execute(_READERS, {"of": list(message_ids)}).all()


#: The speed is that of so many deliveries up to now.
LOOKED_BACK = 500


def progress(issue: BriefingIssue) -> "Progress":
    """How far the sending of the issue is, how fast it goes, and when it may end."""
    found = numbers(issue)
    left = sum(found[state] for state in OPEN)
    delivered = found[DeliveryState.DELIVERED]
    if issue.state != IssueState.SENDING or not delivered:
        return Progress(found, None, None)
    looked_at = min(delivered, LOOKED_BACK)
    since = current_session().scalar(
        select(Delivery.delivered_at)
        .where(Delivery.issue_id == issue.id, Delivery.state == DeliveryState.DELIVERED)
        .order_by(Delivery.id.desc())
        .offset(looked_at - 1)
        .limit(1)
    )
    now = machine_now()
    minutes = 0.0 if since is None else (now - since).total_seconds() / 60
    if minutes <= 0:
        return Progress(found, None, None)
    a_minute = looked_at / minutes
    return Progress(
        found, max(1, round(a_minute)), now + timedelta(minutes=left / a_minute) if left else None
    )


@dataclass(frozen=True)
class Progress:
    """How far the sending of an issue is."""

    numbers: dict[DeliveryState, int]
    #: How many leave in a minute, as seen so far; null while nothing has left.
    a_minute: int | None
    #: When it ends if it goes on like that.
    ends_at: datetime | None

    @property
    def whole(self) -> int:
        """How many readers the issue goes to."""
        return sum(self.numbers.values())

    @property
    def left(self) -> int:
        """How many have not come to an end."""
        return sum(self.numbers[state] for state in OPEN)

    @property
    def percent(self) -> int:
        """How much of it is done."""
        return 100 if not self.whole else (self.whole - self.left) * 100 // self.whole
