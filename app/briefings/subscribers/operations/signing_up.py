"""Signing up: an address is asked for, and nothing comes of it until its owner confirms.

Whoever asks learns nothing of the address: the same is written, whether it is on the list, left it or was
never heard of. What the message says is decided when it is sent.
"""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select, update

from app.audit.operations import record
from app.briefings.models import Basis, SignUp, Subscriber, SubscriberState
from app.briefings.subscribers import digests, links, queries, rules
from app.briefings.subscribers.operations import changing
from app.briefings.subscribers.operations.forgetting import KIND, forget_sign_up, key_of
from app.core.clock import machine_now, today
from app.core.database import current_session
from app.core.errors import RuleBroken
from app.core.references import next_reference
from app.core.upsert import insert_new
from app.lessons.models import Theme
from app.outbox import operations as outbox


class LinkNoLongerWorks(RuleBroken):
    """The link is too old, was used, or a newer one took its place."""


def ask(
    *,
    email: str,
    name: str = "",
    agency_id: int | None = None,
    area_id: int | None = None,
    audience_id: int | None = None,
    topics: Sequence[str] = (),
    subscriber: Subscriber | None = None,
) -> None:
    """Have a message with a link sent to an address, at most once an hour. Raises WrongAddress.

    ``topics`` are references of themes; ``subscriber`` is who wants the briefing there instead. While the
    hour runs, what was asked for first stands: nobody changes what a message on its way would confirm.
    """
    now = machine_now()
    values: dict[str, Any] = {
        "email": rules.address_of(email),
        "subscriber_id": subscriber.id if subscriber else None,
        "name": rules.name_of(name),
        "agency_id": agency_id,
        "area_id": area_id,
        "audience_id": audience_id,
        "topics": " ".join(topics),
        "asked_at": now,
        "token": secrets.token_hex(16),
    }
    session, address = current_session(), values["email"]
    before = session.scalar(select(SignUp.token).where(SignUp.email == address))
    written = insert_new(session, SignUp.metadata.tables[SignUp.__tablename__], [values], returning=["id"])
    if not written and not _asked_again(values):
        return
    if before is not None:
        outbox.forget(keys=[key_of(before)])
    outbox.enqueue(kind=KIND, dedupe_key=key_of(values["token"]), address=address, business_on=today())


def _asked_again(values: Mapping[str, Any]) -> bool:
    return (
        current_session().scalar(
            update(SignUp)
            .where(
                SignUp.email == values["email"],
                SignUp.asked_at <= values["asked_at"] - rules.ASKED_AGAIN_AFTER,
            )
            .values(**values)
            .returning(SignUp.id)
            .execution_options(synchronize_session=False)
        )
        is not None
    )


def confirm(*, link: str) -> Subscriber:
    """Do what the owner of an address confirms. Raises LinkNoLongerWorks."""
    asked = links.opened(link, for_change=True)
    if asked is None:
        raise LinkNoLongerWorks("This link no longer works")
    if asked.subscriber_id is None:
        subscriber = _signed_up(asked)
    else:
        subscriber = _moved(asked, current_session().get_one(Subscriber, asked.subscriber_id))
    digests.allow(asked.email)
    forget_sign_up(asked)
    return subscriber


def _signed_up(asked: SignUp) -> Subscriber:
    subscriber = queries.by_address(asked.email, for_change=True)
    if subscriber is None:
        subscriber = Subscriber(
            ref=next_reference(current_session(), "S"),
            email=asked.email,
            basis=Basis.SIGNED_UP,
            signed_up_on=today(),
            created_at=machine_now(),
        )
        current_session().add(subscriber)
    elif subscriber.state == SubscriberState.SUPPRESSED:
        raise LinkNoLongerWorks("This link no longer works")
    subscriber.state, subscriber.confirmed_on = SubscriberState.ACTIVE, today()
    subscriber.left_on, subscriber.left_reason = None, ""
    if subscriber.basis != Basis.ACCOUNT:
        subscriber.basis, subscriber.basis_stated = Basis.SIGNED_UP, ""
    _take_details(subscriber, asked)
    current_session().flush()
    record(
        verb="subscriber.sign_up",
        subject=subscriber.audit_subject,
        line=f"{subscriber.ref} signed up and confirmed the address",
    )
    return subscriber


def _take_details(subscriber: Subscriber, asked: SignUp) -> None:
    """What the form said, where it said something."""
    subscriber.name = asked.name or subscriber.name
    subscriber.agency_id = asked.agency_id or subscriber.agency_id
    subscriber.area_id = asked.area_id or subscriber.area_id
    subscriber.audience_id = asked.audience_id or subscriber.audience_id
    if asked.topics:
        wanted = select(Theme).where(Theme.ref.in_(asked.topics.split())).order_by(Theme.name)
        subscriber.topics = list(current_session().scalars(wanted))


def _moved(asked: SignUp, subscriber: Subscriber) -> Subscriber:
    other = queries.by_address(asked.email, for_change=True)
    if subscriber.state == SubscriberState.ERASED:
        raise LinkNoLongerWorks("This link no longer works")
    if other is not None and other.id != subscriber.id:
        changing.make_room(other)
    changing.move(subscriber=subscriber, address=asked.email)
    return subscriber
