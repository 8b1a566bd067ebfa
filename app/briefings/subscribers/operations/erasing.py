"""Erasing: on request at once, and after somebody left when thirty days are over.

What is left is a number, and the digest of the address, so that no import and no editor adds it again; its
owner may sign up again.
"""

from datetime import date

from sqlalchemy import or_, select

from app.accounts.models import Person
from app.audit.operations import record
from app.briefings.models import Delivery, MovedAddress, SignUp, Subscriber, SubscriberState
from app.briefings.subscribers import digests, rules
from app.briefings.subscribers.operations.forgetting import (
    forget_moved_address,
    forget_reader,
    forget_sign_up,
)
from app.core.clock import machine_now
from app.core.database import current_session, keep_for_change
from app.core.errors import RuleBroken

#: How many readers one transaction of the job erases.
BATCH = 100


class HasAnAccount(RuleBroken):
    """The reader has an account, which holds the address by itself."""


def erase(
    *, subscriber: Subscriber, reason: str = rules.ERASED_ON_REQUEST, why: str | None = None
) -> Subscriber:
    """Erase a reader now; ``why`` is what an editor wrote about it. Raises HasAnAccount or TellsWhoItIs.

    A mail that is just on its way to them arrives, and nothing says afterwards that it did.
    """
    keep_for_change(subscriber)
    if subscriber.state == SubscriberState.ERASED:
        return subscriber
    rules.check_tells_nobody(why or "", address=subscriber.email, name=subscriber.name)
    if subscriber.person is not None and subscriber.person.active:
        raise HasAnAccount(
            "This reader has an account, which holds the address too. Take them off the list instead, or "
            "have the account ended first"
        )
    # An account that ended is no objection: who comes back gets the briefing again.
    if subscriber.left_reason != rules.ACCOUNT_ENDED or reason == rules.ERASED_ON_REQUEST:
        digests.suppress(subscriber.email or "", reason=reason)
    forget_reader(subscriber, reason=reason, with_what_was_asked=True)
    record(
        verb="subscriber.erase",
        subject=subscriber.audit_subject,
        line=f"Everything held of {subscriber.ref} was erased: {reason}",
        after=None if why is None else {"reason": why},
    )
    return subscriber


def erase_due(*, on: date) -> int:
    """Erase a batch of those who left thirty days ago or more, and say how many; who has an account stays."""
    due = (
        select(Subscriber)
        .outerjoin(Person, Person.id == Subscriber.person_id)
        .where(
            Subscriber.state == SubscriberState.LEFT,
            Subscriber.left_on <= on - rules.FORGOTTEN_AFTER,
            or_(Person.id.is_(None), Person.active.is_(False)),
        )
        .order_by(Subscriber.id)
        .limit(BATCH)
    )
    found = current_session().scalars(due).all()
    for subscriber in found:
        erase(subscriber=subscriber, reason=subscriber.left_reason or rules.UNSUBSCRIBED)
    return len(found)


def forget_leftovers() -> int:
    """Forget a batch of what is still held of readers who were erased, by an earlier version or a file."""
    still_sent = select(Delivery.id).where(Delivery.subscriber_id == Subscriber.id).exists()
    found = current_session().scalars(
        select(Subscriber)
        .where(
            Subscriber.state == SubscriberState.ERASED,
            or_(
                Subscriber.basis_stated != "",
                Subscriber.agency_id.is_not(None),
                Subscriber.area_id.is_not(None),
                Subscriber.audience_id.is_not(None),
                still_sent,
            ),
        )
        .order_by(Subscriber.id)
        .limit(BATCH)
    )
    some = found.all()
    for subscriber in some:
        keep_for_change(subscriber)
        forget_reader(subscriber, reason=subscriber.left_reason, with_what_was_asked=False)
    return len(some)


def forget_sign_ups() -> int:
    """Forget a batch of what nobody confirmed while its link worked, and say how many."""
    over = (
        select(SignUp)
        .where(SignUp.asked_at < machine_now() - rules.LINK_WORKS_FOR)
        .order_by(SignUp.asked_at)
        .limit(BATCH)
    )
    found = current_session().scalars(over).all()
    for each in found:
        forget_sign_up(each)
    return len(found)


def forget_moved() -> int:
    """Forget a batch of the addresses that nobody moves back to any more, and say how many."""
    over = (
        select(MovedAddress)
        .where(MovedAddress.moved_at < machine_now() - rules.UNDONE_WITHIN)
        .order_by(MovedAddress.moved_at)
        .limit(BATCH)
    )
    found = current_session().scalars(over).all()
    for each in found:
        forget_moved_address(each)
    return len(found)
