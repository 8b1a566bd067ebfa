"""What is noted of a briefing that its receiver refused, on the line or by returned mail."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from datetime import date
from enum import IntEnum
from typing import Any

from sqlalchemy import select, update

from app.accounts import queries as accounts
from app.accounts.policy import Role
from app.audit.operations import record, record_many
from app.briefings.models import Bounce, BounceKind, Delivery, DeliveryState, Subscriber, SubscriberState
from app.briefings.subscribers import queries, rules
from app.briefings.subscribers.operations import changing
from app.core.clock import today
from app.core.database import current_session, keep_for_change
from app.core.upsert import insert_new
from app.outbox.models import OutboxMessage
from app.outbox.operations import Envelope, enqueue_all
from app.outbox.rules import is_usable

#: The kind of the message to the editors that addresses wait for them.
HELD = "returned_held"


class Noted(IntEnum):
    """What came of a refusal."""

    #: It was noted before.
    KNOWN = 0
    NOTED = 1
    GIVEN_UP = 2
    #: The address would have been given up, and waits for an editor.
    HELD = 3


def note_refusal(
    *,
    delivery: Delivery,
    code: str,
    said: str,
    came_by: str = "smtp",
    report_id: str | None = None,
    named: Collection[str] | None = None,
    may_give_up: bool = True,
) -> Noted:
    """Note that a receiver refused a briefing, and give the address up where the rule says so.

    ``code`` is the enhanced status code where the caller knows it; else it is looked for in what was said.
    ``named`` are the addresses that a report says it is about; null where it is the one that was written to.
    One refusal counts once: on the line once for each delivery, by mail once for each report. The delivery is
    bounced from now on. Of a reader who was erased nothing more is noted, nor of an address that a reader
    moved from: it says nothing of the one they have. Unless one ``may_give_up`` just now, an editor is asked
    first.
    """
    session = current_session()
    subscriber = delivery.subscriber
    if subscriber is not None:
        keep_for_change(subscriber)
    if subscriber is None or subscriber.state == SubscriberState.ERASED or _went_elsewhere(delivery):
        delivery.state = DeliveryState.BOUNCED
        session.flush()
        return Noted.KNOWN
    code = rules.enhanced_code(code, said)
    bounce_id = _noted(
        subscriber,
        code,
        said,
        came_by,
        report_id or f"smtp:{delivery.id}",
        delivery_id=delivery.id,
        names_it=named is None or subscriber.email in named,
    )
    if bounce_id is None:
        return Noted.KNOWN
    delivery.state = DeliveryState.BOUNCED
    session.flush()
    if subscriber.state != SubscriberState.ACTIVE or not rules.is_to_be_given_up(
        queries.refusals_since_delivered(subscriber.id)
    ):
        return Noted.NOTED
    if may_give_up:
        give_up(subscriber=subscriber, code=code)
        return Noted.GIVEN_UP
    session.get_one(Bounce, bounce_id).is_held = True
    session.flush()
    return Noted.HELD


def _went_elsewhere(delivery: Delivery) -> bool:
    """Whether it went to another address than its reader has now."""
    message = select(OutboxMessage.address).where(OutboxMessage.id == delivery.message_id)
    address = current_session().scalar(message)
    return address is not None and delivery.subscriber is not None and address != delivery.subscriber.email


def note_gone(*, subscriber: Subscriber, code: str, said: str, report_id: str) -> None:
    """Note of a reader, whom the caller holds, that a mail server said of other mail: the address is gone.

    What else it may say of other mail counts towards nothing: no issue that arrives would end that count.
    """
    if subscriber.state == SubscriberState.ERASED or rules.kind_of(code) != BounceKind.HARD:
        return
    is_new = _noted(subscriber, code, said, "smtp", report_id, delivery_id=None) is not None
    if is_new and subscriber.state == SubscriberState.ACTIVE:
        give_up(subscriber=subscriber, code=code)


def _noted(
    subscriber: Subscriber,
    code: str,
    said: str,
    came_by: str,
    report_id: str,
    *,
    delivery_id: int | None,
    names_it: bool = True,
) -> int | None:
    """The row number of a refusal that was written down; null where it was before."""
    new = insert_new(
        current_session(),
        Bounce.metadata.tables[Bounce.__tablename__],
        [
            {
                "subscriber_id": subscriber.id,
                "delivery_id": delivery_id,
                "kind": rules.kind_of(code, names_it=names_it),
                "code": code,
                "said": rules.without_addresses(said),
                "came_by": came_by,
                "bounced_on": today(),
                "report_id": report_id,
            }
        ],
        returning=["id"],
    )
    return new[0]["id"] if new else None


def give_up(*, subscriber: Subscriber, code: str) -> Subscriber:
    """Write no more to an address that is refused for good; an editor can put it back."""
    for name, value in _given_up(code).items():
        setattr(subscriber, name, value)
    record(
        verb="subscriber.suppress",
        subject=subscriber.audit_subject,
        line=_given_up_line(subscriber, code),
    )
    return subscriber


def _given_up(code: str) -> dict[str, Any]:
    return {
        "state": SubscriberState.SUPPRESSED,
        "left_on": today(),
        "left_reason": f"refused {code}".strip(),
    }


def _given_up_line(subscriber: Subscriber, code: str) -> str:
    because = f" ({code})" if code else ""
    return f"{subscriber.ref} is written to no more: its mail server refused it for good{because}"


def give_up_held(*, domain: str) -> int:
    """Give up the addresses at a domain that wait for an editor; how many they are."""
    return _each_portion(domain, _give_up_together)


def let_held_be(*, domain: str) -> int:
    """Go on writing to the addresses at a domain that wait for an editor: its server was in disorder."""
    return _each_portion(domain, _let_be_together)


def _each_portion(domain: str, deed: Callable[[Sequence[Subscriber]], None]) -> int:
    """Do something to the readers at a domain that wait, as many as a statement names; how many they are."""
    number = 0
    while readers := queries.next_held_at(domain, at_most=queries.AT_ONCE):
        deed(readers)
        number += len(readers)
    return number


def _give_up_together(readers: Sequence[Subscriber]) -> None:
    codes = queries.codes_held_for([each.id for each in readers])
    by_code: dict[str, list[Subscriber]] = defaultdict(list)
    for each in readers:
        by_code[codes.get(each.id, "")].append(each)
    for code, those in by_code.items():
        _set(Subscriber, Subscriber.id, those, **_given_up(code))
    _set(Bounce, Bounce.subscriber_id, readers, is_held=False)
    record_many(
        verb="subscriber.suppress",
        lines=[
            (each.audit_subject, _given_up_line(each, code))
            for code, those in by_code.items()
            for each in those
        ],
    )


def _let_be_together(readers: Sequence[Subscriber]) -> None:
    changing.settle_refusals(*readers)
    record_many(
        verb="subscriber.suppress",
        lines=[
            (each.audit_subject, f"{each.ref} is written to still, though it was refused") for each in readers
        ],
    )


def _set(kind: Any, whose: Any, readers: Sequence[Subscriber], **values: Any) -> None:
    current_session().execute(
        update(kind)
        .where(whose.in_([each.id for each in readers]))
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def tell_of_held(*, on: date) -> None:
    """Write to the editors, once a day, that addresses wait for them."""
    people = accounts.holders(Role.BRIEFING_EDITOR) or accounts.holders(Role.BOARD_MANAGER)
    enqueue_all(
        kind=HELD,
        business_on=on,
        envelopes=[
            Envelope(f"{HELD}:{on.isoformat()}:{person.id}", person.email, person.id)
            for person in people
            if is_usable(person.email)
        ],
    )
