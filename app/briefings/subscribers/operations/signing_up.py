"""Signing up: an address is asked for, and nothing comes of it until its owner confirms.

Whoever asks learns nothing of the address: the same is written, whether it is on the list, left it or was
never heard of. What the message says is decided when it is sent.
"""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import or_, select, update

from app.audit.operations import record
from app.briefings.models import Basis, MovedAddress, SignUp, Subscriber, SubscriberState
from app.briefings.subscribers import digests, links, queries, rules
from app.briefings.subscribers.operations import changing, moving
from app.briefings.subscribers.operations.forgetting import (
    ASKED,
    MOVED,
    forget_moves,
    forget_moves_asked,
    forget_sign_up,
    key_of,
)
from app.core.clock import machine_now, today
from app.core.database import current_session, keep_for_change
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
    """Have a message with a link sent to an address, unless one was sent just before. Raises WrongAddress.

    ``topics`` are references of themes; ``subscriber`` is who wants the briefing there instead. A second is
    sent after an hour and further ones a day apart; until then what was asked for first stands: nobody
    changes what a message on its way would confirm.
    """
    if subscriber is not None:
        # Before what is asked for them, as whoever erases one does.
        keep_for_change(subscriber)
        if subscriber.state == SubscriberState.ERASED:
            return
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
        outbox.forget(keys=[key_of(ASKED, before)])
    outbox.enqueue(
        kind=ASKED,
        dedupe_key=key_of(ASKED, values["token"]),
        address=address,
        business_on=today(),
    )


def _asked_again(values: Mapping[str, Any]) -> bool:
    return (
        current_session().scalar(
            update(SignUp)
            .where(
                SignUp.email == values["email"],
                or_(
                    (SignUp.times == 1) & (SignUp.asked_at <= values["asked_at"] - rules.ASKED_AGAIN_AFTER),
                    SignUp.asked_at <= values["asked_at"] - rules.ASKED_ONCE_MORE_AFTER,
                ),
            )
            .values(**values, times=SignUp.times + 1)
            .returning(SignUp.id)
            .execution_options(synchronize_session=False)
        )
        is not None
    )


def try_again(*, subscriber: Subscriber) -> None:
    """Have a reader whose address was given up asked there whether it works. Raises NotOnTheList."""
    if not rules.may_be_tried_again(subscriber.left_reason, subscriber.left_on, today=today()):
        raise changing.NotOnTheList(
            "This address cannot be tried again now. A week after it was refused it can, unless an editor "
            "took it off"
        )
    ask(email=subscriber.email or "", subscriber=subscriber)


def confirm(*, link: str) -> Subscriber:
    """Do what the owner of an address confirms. Raises LinkNoLongerWorks."""
    asked = links.opened(link)
    if asked is None:
        raise LinkNoLongerWorks("This link no longer works")
    # Readers are kept before what was asked for them: so does whoever erases one.
    changing.keep_the_list()
    holder = queries.by_address(asked.email)
    mover = None if asked.subscriber_id is None else current_session().get(Subscriber, asked.subscriber_id)
    moving.keep_readers(holder, mover)
    asked = links.opened(link, for_change=True)
    if asked is None:
        raise LinkNoLongerWorks("This link no longer works")
    subscriber = _signed_up(asked, holder) if mover is None else _moved(asked, mover)
    digests.allow(asked.email)
    forget_sign_up(asked)
    # What else was asked for would take the reader away from the address that was confirmed last.
    forget_moves_asked(subscriber)
    return subscriber


def undo(*, link: str) -> Subscriber:
    """Write to a reader at the address before again, as its owner asks. Raises LinkNoLongerWorks."""
    moved = links.opened_undoing(link)
    if moved is None:
        raise LinkNoLongerWorks("This link no longer works")
    changing.keep_the_list()
    moving.keep_readers(moved.subscriber, queries.by_address(moved.email))
    moved = links.opened_undoing(link, for_change=True)
    if moved is None:
        raise LinkNoLongerWorks("This link no longer works")
    subscriber, email, had_account = moved.subscriber, moved.email, moved.had_account
    elsewhere = subscriber.email if subscriber.state == SubscriberState.ACTIVE else None
    # Whoever changed the address must have no second way, nor undo this in turn.
    forget_moves(subscriber)
    _move(subscriber, email)
    digests.allow(email)
    if had_account and subscriber.person is not None:
        subscriber.basis, subscriber.basis_stated = Basis.ACCOUNT, rules.HAS_ACCOUNT
    if elsewhere:
        _tell_before(subscriber, elsewhere, may_be_undone=False)
    current_session().flush()
    return subscriber


def _signed_up(asked: SignUp, holder: Subscriber | None) -> Subscriber:
    subscriber = holder
    if subscriber is None:
        subscriber = Subscriber(
            ref=next_reference(current_session(), "S"),
            email=asked.email,
            basis=Basis.SIGNED_UP,
            signed_up_on=today(),
            created_at=machine_now(),
        )
        current_session().add(subscriber)
    elif rules.is_given_up(subscriber.state, subscriber.left_reason):
        _check_may_be_tried(subscriber)
        changing.settle_refusals(subscriber)
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


def _check_may_be_tried(subscriber: Subscriber) -> None:
    if not rules.may_be_tried_again(subscriber.left_reason, subscriber.left_on, today=today()):
        raise LinkNoLongerWorks("This link no longer works")


def _moved(asked: SignUp, subscriber: Subscriber) -> Subscriber:
    if subscriber.email == asked.email:
        # The reader's own address, which shows that it works again.
        if rules.is_given_up(subscriber.state, subscriber.left_reason):
            _check_may_be_tried(subscriber)
        return moving.works_again(subscriber=subscriber)
    if subscriber.state == SubscriberState.LEFT:
        # Who left stays off the list wherever it was to be sent.
        raise LinkNoLongerWorks("This link no longer works")
    before, is_read = subscriber.email, subscriber.state == SubscriberState.ACTIVE
    had_account = subscriber.basis == Basis.ACCOUNT
    _move(subscriber, asked.email)
    if before and is_read:
        _tell_before(subscriber, before, had_account=had_account)
    return subscriber


def _move(subscriber: Subscriber, address: str) -> None:
    # Whom an editor took off is back by an editor alone, at whatever address.
    there = [each for each in (subscriber, queries.by_address(address)) if each is not None]
    is_taken_off = any(rules.is_taken_off(each.state, each.left_reason) for each in there)
    if is_taken_off or subscriber.state == SubscriberState.ERASED:
        raise LinkNoLongerWorks("This link no longer works")
    moving.move(subscriber=subscriber, address=address)


def _tell_before(
    subscriber: Subscriber, address: str, *, had_account: bool = False, may_be_undone: bool = True
) -> None:
    """Tell the owner of the address before, who can undo it: they need not be who had it changed.

    Where that was an undoing itself, they are told and no more.
    """
    token = secrets.token_hex(16)
    current_session().add(
        MovedAddress(
            subscriber_id=subscriber.id,
            email=address,
            had_account=had_account,
            may_be_undone=may_be_undone,
            moved_at=machine_now(),
            token=token,
        )
    )
    key = key_of(MOVED, token)
    outbox.enqueue(kind=MOVED, dedupe_key=key, address=address, business_on=today())
