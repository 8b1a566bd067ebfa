"""Changes of what is known of a reader: preferences, address; leaving and coming back."""

from collections.abc import Sequence

from sqlalchemy import select, update

from app.accounts.models import Agency, Area
from app.audit.operations import record, record_many
from app.briefings.models import (
    Audience,
    Basis,
    Bounce,
    BriefingIssue,
    Delivery,
    Subscriber,
    SubscriberState,
)
from app.briefings.subscribers import digests, queries, rules
from app.briefings.subscribers.operations.forgetting import forget_moves_asked
from app.core.clock import machine_now, today
from app.core.database import current_session, keep_for_change
from app.core.errors import RuleBroken
from app.core.references import next_reference, next_references
from app.lessons.models import Theme


class AddressNotTaken(RuleBroken):
    """The address is on the list already, or must not be added by anybody but its owner."""


class NotOnTheList(RuleBroken):
    """What was asked for does not fit where the reader stands."""


def keep_the_list() -> None:
    """Keep others from adding to the list until the transaction ends, before looking who is on it.

    Whoever adds takes a number first, and waits here: so nobody finds an address free that another just adds.
    """
    next_references(current_session(), "S", 0)


def add(
    *,
    email: str,
    basis_stated: str,
    name: str = "",
    agency: Agency | None = None,
    area: Area | None = None,
    audience: Audience | None = None,
    topics: Sequence[Theme] = (),
) -> Subscriber:
    """Add somebody on a stated basis. Raises WrongAddress or AddressNotTaken."""
    address = rules.typed_address(email)
    keep_the_list()
    _check_free(address)
    subscriber = Subscriber(
        ref=next_reference(current_session(), "S"),
        email=address,
        name=rules.name_of(name),
        agency=agency,
        area=area,
        audience=audience,
        topics=list(topics),
        state=SubscriberState.ACTIVE,
        basis=Basis.IMPORTED,
        basis_stated=basis_stated,
        signed_up_on=today(),
        created_at=machine_now(),
    )
    current_session().add(subscriber)
    current_session().flush()
    record(
        verb="subscriber.change",
        subject=subscriber.audit_subject,
        # Without the basis: it may name who it was, and the trail cannot forget.
        line=f"{subscriber.ref} was added by hand, on a stated basis",
    )
    return subscriber


def _check_free(address: str) -> None:
    other = queries.by_address(address, for_change=True)
    if other is not None and other.state == SubscriberState.ACTIVE:
        raise AddressNotTaken(f"{other.ref} gets the briefing at this address already", "email")
    if other is not None and other.state == SubscriberState.SUPPRESSED:
        raise AddressNotTaken(
            f"This address was refused by its mail server. Put {other.ref} back with a reason instead",
            "email",
        )
    if other is not None or digests.suppressed([address]):
        # The same words whatever lies behind it: of who was erased nobody learns that they were here.
        raise AddressNotTaken(
            "This address cannot be added by hand. Whoever has it can sign up by themselves", "email"
        )


def change(
    *,
    subscriber: Subscriber,
    agency: Agency | None,
    area: Area | None,
    audience: Audience | None,
    topics: Sequence[Theme],
    name: str | None = None,
) -> Subscriber:
    """Change what is known of a reader; the agency of one with an account is that of the account.

    Raises NotOnTheList for one who was erased: nothing is known of them again.
    """
    keep_for_change(subscriber)
    if subscriber.state == SubscriberState.ERASED:
        raise NotOnTheList(f"{subscriber.ref} was erased, and nothing is kept of them again")
    before = _told(subscriber)
    if name is not None:
        subscriber.name = rules.name_of(name)
    if subscriber.basis != Basis.ACCOUNT:
        subscriber.agency = agency
    subscriber.area, subscriber.audience, subscriber.topics = area, audience, list(topics)
    current_session().flush()
    record(
        verb="subscriber.change",
        subject=subscriber.audit_subject,
        line=f"What is known of {subscriber.ref} was changed",
        before=before,
        after=_told(subscriber),
    )
    return subscriber


def _told(subscriber: Subscriber) -> dict[str, object]:
    """What the trail keeps of a reader: neither name nor address, which can be erased elsewhere."""
    return {
        "agency": subscriber.agency and subscriber.agency.ref,
        "area": subscriber.area and subscriber.area.ref,
        "kind of work": subscriber.audience and subscriber.audience.ref,
        "topics": [topic.ref for topic in subscriber.topics],
    }


def leave(
    *, subscriber: Subscriber, reason: str = rules.UNSUBSCRIBED, issue_ref: str | None = None
) -> Subscriber:
    """Take a reader off the list; who is off already stays as they are.

    The issue whose mail they left by, where one is named, keeps that they did.
    """
    keep_for_change(subscriber)
    if subscriber.state not in {SubscriberState.ACTIVE, SubscriberState.SUPPRESSED}:
        return subscriber
    given_up_for = subscriber.left_reason if subscriber.state == SubscriberState.SUPPRESSED else None
    subscriber.state, subscriber.left_on = SubscriberState.LEFT, today()
    subscriber.left_reason = rules.left_reason(reason, given_up_for=given_up_for)
    # Nobody who was asked for at another address goes on there after leaving.
    forget_moves_asked(subscriber)
    if issue_ref:
        current_session().execute(
            update(Delivery)
            .where(
                Delivery.subscriber_id == subscriber.id,
                Delivery.issue_id
                == select(BriefingIssue.id).where(BriefingIssue.ref == issue_ref).scalar_subquery(),
                Delivery.left_on.is_(None),
            )
            .values(left_on=today())
            .execution_options(synchronize_session=False)
        )
    current_session().flush()
    record(
        verb="subscriber.leave",
        subject=subscriber.audit_subject,
        line=f"{subscriber.ref} left the list: {reason}",
    )
    return subscriber


def leave_together(*, readers: Sequence[Subscriber], reason: str) -> None:
    """Take readers off the list who are on it, and whom the caller holds: in a few statements."""
    if not readers:
        return
    current_session().execute(
        update(Subscriber)
        .where(Subscriber.id.in_([each.id for each in readers]))
        .values(state=SubscriberState.LEFT, left_on=today(), left_reason=reason)
        .execution_options(synchronize_session="fetch")
    )
    forget_moves_asked(*readers)
    record_many(
        verb="subscriber.leave",
        lines=[(each.audit_subject, f"{each.ref} left the list: {reason}") for each in readers],
    )


def take_off(*, subscriber: Subscriber, reason: str) -> Subscriber:
    """Take off a reader who asked for it otherwise than by the link. Raises NotOnTheList or TellsWhoItIs."""
    rules.check_tells_nobody(reason, address=subscriber.email, name=subscriber.name)
    if subscriber.state not in {SubscriberState.ACTIVE, SubscriberState.SUPPRESSED}:
        raise NotOnTheList(f"{subscriber.ref} is not on the list")
    leave(subscriber=subscriber, reason=rules.TAKEN_OFF)
    record(
        verb="subscriber.leave",
        subject=subscriber.audit_subject,
        line=f"Why {subscriber.ref} was taken off was written down",
        after={"reason": reason},
    )
    return subscriber


def come_back(*, subscriber: Subscriber) -> Subscriber:
    """Put somebody who left back on the list, at their own wish. Raises NotOnTheList.

    Not one whose address had been given up: that it works again shows a message which is confirmed.
    """
    keep_for_change(subscriber)
    if subscriber.state == SubscriberState.ACTIVE:
        return subscriber
    is_given_up = rules.is_given_up(subscriber.state, subscriber.left_reason)
    if is_given_up or subscriber.state != SubscriberState.LEFT:
        raise NotOnTheList("This cannot be done here. Sign up again with your e-mail address instead")
    subscriber.state, subscriber.confirmed_on = SubscriberState.ACTIVE, today()
    subscriber.left_on, subscriber.left_reason = None, ""
    current_session().flush()
    record(
        verb="subscriber.sign_up",
        subject=subscriber.audit_subject,
        line=f"{subscriber.ref} came back to the list",
    )
    return subscriber


def put_back(*, subscriber: Subscriber, reason: str) -> Subscriber:
    """Write again to an address that was refused, for a reason. Raises NotOnTheList or TellsWhoItIs."""
    keep_for_change(subscriber)
    rules.check_tells_nobody(reason, address=subscriber.email, name=subscriber.name)
    if subscriber.state != SubscriberState.SUPPRESSED:
        raise NotOnTheList(f"{subscriber.ref} is not among the addresses that were refused")
    subscriber.state, subscriber.left_on, subscriber.left_reason = SubscriberState.ACTIVE, None, ""
    settle_refusals(subscriber)
    record(
        verb="subscriber.suppress",
        subject=subscriber.audit_subject,
        line=f"{subscriber.ref} is written to again, after its address was refused",
        after={"reason": reason},
    )
    return subscriber


def suppress(*, subscriber: Subscriber, reason: str) -> Subscriber:
    """Write no more to an address, for a reason that an editor gives. Raises NotOnTheList or TellsWhoItIs."""
    keep_for_change(subscriber)
    rules.check_tells_nobody(reason, address=subscriber.email, name=subscriber.name)
    if subscriber.state != SubscriberState.ACTIVE:
        raise NotOnTheList(f"{subscriber.ref} does not get the briefing now")
    subscriber.state, subscriber.left_on = SubscriberState.SUPPRESSED, today()
    subscriber.left_reason = rules.TAKEN_OFF
    record(
        verb="subscriber.suppress",
        subject=subscriber.audit_subject,
        line=f"{subscriber.ref} is written to no more, by hand",
        after={"reason": reason},
    )
    return subscriber


def settle_refusals(*readers: Subscriber) -> None:
    """Count what was refused before of readers no more: the address works, or is another."""
    current_session().execute(
        update(Bounce)
        .where(Bounce.subscriber_id.in_([each.id for each in readers]), Bounce.settled_on.is_(None))
        .values(settled_on=today(), is_held=False)
        .execution_options(synchronize_session=False)
    )
    current_session().flush()
