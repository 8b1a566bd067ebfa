"""Erasing: on request at once, and after somebody left when thirty days are over.

What is left of a reader is the number, what agency and kind of work figures count, and the digest of the
address, so that no import and no editor adds it again; its owner may sign up again.
"""

from contextlib import suppress
from datetime import date

from sqlalchemy import or_, select, update

from app.accounts.models import Person
from app.audit.operations import record
from app.briefings.models import Bounce, Delivery, SignUp, Subscriber, SubscriberState
from app.briefings.subscribers import digests, rules
from app.briefings.subscribers.operations import signing_up
from app.core.clock import machine_now
from app.core.database import current_session, fold_in_once_committed, keep_for_change
from app.core.errors import RuleBroken
from app.outbox import operations as outbox

#: How many readers one transaction of the job erases.
BATCH = 100


class HasAnAccount(RuleBroken):
    """The reader has an account, which holds the address by itself."""


class StillOnItsWay(RuleBroken):
    """A message is just going to the reader, whose address nobody can empty meanwhile."""


def erase(
    *, subscriber: Subscriber, reason: str = rules.ERASED_ON_REQUEST, why: str | None = None
) -> Subscriber:
    """Erase a reader now; ``why`` is what an editor wrote about it. Raises HasAnAccount or StillOnItsWay."""
    keep_for_change(subscriber)
    if subscriber.state == SubscriberState.ERASED:
        return subscriber
    if subscriber.person is not None and subscriber.person.active:
        raise HasAnAccount(
            "This reader has an account, which holds the address too. Take them off the list instead, or "
            "have the account ended first"
        )
    session, address = current_session(), subscriber.email or ""
    sent = select(Delivery.message_id).where(
        Delivery.subscriber_id == subscriber.id, Delivery.message_id.is_not(None)
    )
    numbers = [number for number in session.scalars(sent) if number is not None]
    if outbox.is_on_its_way(numbers):
        raise StillOnItsWay("An issue is just on its way to this reader. Wait a minute, then try again")
    # An account that ended is no objection: who comes back gets the briefing again.
    if subscriber.left_reason != rules.ACCOUNT_ENDED or reason == rules.ERASED_ON_REQUEST:
        digests.suppress(address, reason=reason)
    asked = select(SignUp).where(or_(SignUp.email == address, SignUp.subscriber_id == subscriber.id))
    for each in session.scalars(asked).all():
        signing_up.forget(each)
    outbox.forget(numbers=numbers)
    session.execute(
        update(Bounce)
        .where(Bounce.subscriber_id == subscriber.id)
        .values(said="")
        .execution_options(synchronize_session=False)
    )
    subscriber.topics = []
    subscriber.email, subscriber.name, subscriber.person_id = None, "", None
    subscriber.state, subscriber.left_reason = SubscriberState.ERASED, reason
    session.flush()
    fold_in_once_committed()
    record(
        verb="subscriber.erase",
        subject=subscriber.audit_subject,
        line=f"Name and address of {subscriber.ref} were erased: {reason}",
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
    erased = 0
    for subscriber in current_session().scalars(due).all():
        # Who is just being written to waits for tomorrow.
        with suppress(StillOnItsWay):
            erase(subscriber=subscriber, reason=subscriber.left_reason or rules.UNSUBSCRIBED)
            erased += 1
    return erased


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
        signing_up.forget(each)
    return len(found)
