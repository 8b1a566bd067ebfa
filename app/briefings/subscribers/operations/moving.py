"""Writing to a reader at another address; who is on the list there is the same reader, and ends."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import select

from app.audit.operations import record
from app.briefings.models import Basis, Delivery, DeliveryState, Subscriber, SubscriberState
from app.briefings.models.subscribers import new_key
from app.briefings.subscribers import queries
from app.briefings.subscribers.operations.changing import settle_refusals
from app.briefings.subscribers.operations.forgetting import forget_reader
from app.core.clock import today
from app.core.database import current_session, keep_for_change
from app.outbox import operations as outbox
from app.outbox.models import OutboxMessage, State

#: Why a reader ended who turned out to be on the list once more.
SAME_READER = "same reader"


def keep_readers(*readers: Subscriber | None) -> None:
    """Keep several readers from every other writer, in the order of the list, as everybody keeps them."""
    some = {reader.id: reader for reader in readers if reader is not None}
    keep_for_change(*(some[number] for number in sorted(some)))


def move(*, subscriber: Subscriber, address: str) -> Subscriber:
    """Write to a reader at another address, which its owner confirmed; whoever calls keeps the list.

    The key changes with it: links in mail to the old address open nothing of the new one. So what has not
    left goes to the new address too, or the new key would go to the old one.
    """
    other = queries.by_address(address)
    keep_readers(subscriber, other)
    is_theirs = other is not None and other.email == address
    shared = _shared(subscriber, other) if other is not None and is_theirs else _Shared()
    waiting = select(Delivery.message_id).where(
        Delivery.subscriber_id == subscriber.id, Delivery.state == DeliveryState.QUEUED
    )
    numbers = [number for number in current_session().scalars(waiting) if number is not None]
    # In the outbox first, and then in the deliveries: so does whoever takes them back out of it.
    outbox.send_elsewhere(numbers=[*numbers, *_numbers(shared.would_be_lost)], address=address)
    outbox.forget(numbers=_numbers(shared.come_twice))
    if other is not None and is_theirs:
        _become_one(subscriber, other, shared)
    subscriber.email, subscriber.key = address, new_key()
    _write_to(subscriber)
    if subscriber.basis == Basis.ACCOUNT:
        # It follows the account no longer.
        subscriber.basis, subscriber.basis_stated = Basis.SIGNED_UP, ""
    settle_refusals(subscriber)
    record(
        verb="subscriber.change",
        subject=subscriber.audit_subject,
        line=f"{subscriber.ref} gets the briefing at another address, which was confirmed",
    )
    return subscriber


def works_again(*, subscriber: Subscriber) -> Subscriber:
    """Write to a reader again, who confirmed a message at their own address; the rest stays as it is."""
    _write_to(subscriber)
    settle_refusals(subscriber)
    record(
        verb="subscriber.change",
        subject=subscriber.audit_subject,
        line=f"The address of {subscriber.ref} was confirmed",
    )
    return subscriber


def _write_to(subscriber: Subscriber) -> None:
    subscriber.state, subscriber.confirmed_on = SubscriberState.ACTIVE, today()
    subscriber.left_on, subscriber.left_reason = None, ""


@dataclass(frozen=True)
class _Shared:
    """What becomes of issues that two readers were to get who are one and the same."""

    #: Their own that wait, though the issue reached them as the other.
    come_twice: list[Delivery] = field(default_factory=list)
    #: Their own that ended without arriving, though it waits for the other.
    came_to_nothing: list[Delivery] = field(default_factory=list)
    #: The other's that wait, and reach them in no other way.
    would_be_lost: list[Delivery] = field(default_factory=list)


def _shared(subscriber: Subscriber, other: Subscriber) -> _Shared:
    shared, of_both = _Shared(), _of_both(subscriber.id, other.id)
    for issue_id, theirs in of_both[other.id].items():
        own = of_both[subscriber.id].get(issue_id)
        if own is not None and own.is_open and theirs.has_left:
            shared.come_twice.append(own.delivery)
        elif theirs.is_open and other.state == SubscriberState.ACTIVE and (own is None or own.is_nothing):
            shared.would_be_lost.append(theirs.delivery)
            if own is not None:
                shared.came_to_nothing.append(own.delivery)
    return shared


def _become_one(subscriber: Subscriber, other: Subscriber, shared: _Shared) -> None:
    """End another reader whose address is theirs too; no issue comes twice, and none is lost."""
    for each in shared.come_twice:
        if each.message_id is None:
            # The job of the sending follows the others' messages.
            each.state = DeliveryState.NOT_SENT
    for each in shared.came_to_nothing:
        # It stays counted, and hangs on nobody: a reader has one delivery of an issue.
        each.subscriber_id = None
    current_session().flush()
    for each in shared.would_be_lost:
        each.subscriber_id = subscriber.id
    current_session().flush()
    # What is asked for the address is what is just being done.
    forget_reader(other, reason=SAME_READER, with_what_was_asked=False)
    record(
        verb="subscriber.erase",
        subject=other.audit_subject,
        line=f"{other.ref} was ended: the same reader is on the list once more",
    )


def _numbers(deliveries: Sequence[Delivery]) -> list[int]:
    """The row numbers of their messages."""
    return [each.message_id for each in deliveries if each.message_id is not None]


class _Sent(NamedTuple):
    """A delivery, and where its message stands; null where it has none."""

    delivery: Delivery
    message_state: str | None

    @property
    def has_left(self) -> bool:
        """Whether it arrived or is on its way, written down or not."""
        left = self.message_state in {State.SENT, State.SENDING}
        return self.delivery.state == DeliveryState.DELIVERED or (self._is_under_way and left)

    @property
    def is_open(self) -> bool:
        """Whether it waits."""
        return self._is_under_way and not self.has_left

    @property
    def is_nothing(self) -> bool:
        """Whether it ended and did not arrive."""
        return not self._is_under_way and self.delivery.state != DeliveryState.DELIVERED

    @property
    def _is_under_way(self) -> bool:
        return self.delivery.state in {DeliveryState.PLANNED, DeliveryState.QUEUED}


def _of_both(*subscriber_ids: int) -> dict[int, dict[int, _Sent]]:
    """Of each of the readers, by the issue, what was planned for them or sent."""
    rows = current_session().execute(
        select(Delivery, OutboxMessage.state)
        .outerjoin(OutboxMessage, OutboxMessage.id == Delivery.message_id)
        .where(Delivery.subscriber_id.in_(subscriber_ids))
        .order_by(Delivery.id)
        .execution_options(populate_existing=True)
    )
    found: dict[int, dict[int, _Sent]] = {number: {} for number in subscriber_ids}
    for delivery, state in rows:
        assert delivery.subscriber_id is not None, "asked for by it"
        found[delivery.subscriber_id][delivery.issue_id] = _Sent(delivery, state)
    return found
