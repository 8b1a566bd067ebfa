"""What other rooms and people ask of the outbox: put a message in, take it out, settle one in doubt.

Putting in and taking out are part of a larger change, whose own audit entry tells them; what a person
settles has an entry of its own.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple, cast

from flask import current_app
from sqlalchemy import Table, update
from sqlalchemy.exc import IntegrityError

from app.audit.operations import record
from app.core.clock import machine_now
from app.core.database import current_session
from app.core.errors import RuleBroken
from app.core.hooks import message_settled
from app.core.upsert import insert_many_new, insert_new
from app.outbox import queries, rules
from app.outbox.composing import Mailbox
from app.outbox.models import OutboxMessage, State, is_in
from app.outbox.operations.marks import audit_subject


class TooLateToCancel(RuleBroken):
    """The message is already on its way, or was dealt with."""


class NotInDoubt(RuleBroken):
    """The message is not one that waits for a person's word."""


def enqueue(
    *, kind: str, dedupe_key: str, address: str, business_on: date, recipient_id: int | None = None
) -> OutboxMessage:
    """Queue a message in the transaction at hand, so that it exists exactly when its cause does.

    The key makes it exist once: where a message with it is there already, in whatever state, that one is
    returned as it stands, and nothing is queued. Its words are asked for when it is sent. Raises
    WrongAddress.
    """
    session = current_session()
    now = machine_now()
    message = OutboxMessage(
        kind=kind,
        dedupe_key=dedupe_key,
        message_id=_message_ids().of(dedupe_key),
        address=rules.checked_address(address),
        business_on=business_on,
        recipient_id=recipient_id,
        state=State.QUEUED,
        attempts=0,
        doubtful=False,
        queued_at=now,
        next_attempt_at=now,
    )
    try:
        with session.begin_nested():
            session.add(message)
    except IntegrityError:
        existing = queries.by_key(dedupe_key)
        if existing is None:
            raise
        return existing
    return message


def _message_ids() -> rules.MessageIds:
    config = current_app.config
    return rules.MessageIds(Mailbox.parse(config["MAIL_FROM"]).domain, secret=config["SECRET_KEY"])


class Envelope(NamedTuple):
    """One of many messages: the key that makes it exist once, and to whom it goes."""

    dedupe_key: str
    address: str
    recipient_id: int | None = None
    #: Where it is not to leave at once.
    not_before: datetime | None = None


def enqueue_all(*, kind: str, business_on: date, envelopes: Sequence[Envelope]) -> set[str]:
    """Queue many messages in the transaction at hand; the keys of those that were not there before.

    As ``enqueue`` does, in one statement. Raises WrongAddress.
    """
    alike = _alike(kind, business_on, batch=None)
    rows = [{**alike, **row} for row in _rows(envelopes)]
    return {
        row["dedupe_key"] for row in insert_new(current_session(), _table(), rows, returning=["dedupe_key"])
    }


def enqueue_batch(*, kind: str, business_on: date, envelopes: Sequence[Envelope], batch: str) -> None:
    """Queue messages of a batch by the thousand in the transaction at hand; see ``batches.open_batch``.

    One whose key is there already stays as it is. Raises WrongAddress.
    """
    alike = _alike(kind, business_on, batch=batch)
    insert_many_new(current_session(), _table(), _rows(envelopes), alike=alike)


def _table() -> Table:
    return cast(Table, OutboxMessage.__table__)


def _alike(kind: str, business_on: date, *, batch: str | None) -> dict[str, Any]:
    """What the rows of messages that are queued together have in common."""
    return {
        "kind": kind,
        "business_on": business_on,
        "batch": batch,
        "state": State.QUEUED,
        "attempts": 0,
        "doubtful": False,
        "queued_at": machine_now(),
    }


def _rows(envelopes: Sequence[Envelope]) -> list[dict[str, Any]]:
    now, message_ids = machine_now(), _message_ids()
    return [
        {
            "dedupe_key": envelope.dedupe_key,
            "message_id": message_ids.of(envelope.dedupe_key),
            "address": rules.checked_address(envelope.address),
            "recipient_id": envelope.recipient_id,
            "next_attempt_at": envelope.not_before or now,
        }
        for envelope in envelopes
    ]


def cancel(*, message: OutboxMessage, reason: str) -> OutboxMessage:
    """Take a message out before a sender begins it. Raises TooLateToCancel.

    Compares and sets in one statement: a sender that begins at the same moment wins or loses whole.
    """
    session = current_session()
    cancelled = session.scalar(
        update(OutboxMessage)
        .where(OutboxMessage.id == message.id, is_in(State.QUEUED))
        .values(
            state=State.CANCELLED,
            claimed_by=None,
            lease_until=None,
            error=rules.one_line(reason, rules.LONGEST_ERROR),
        )
        .returning(OutboxMessage.id)
        .execution_options(synchronize_session=False)
    )
    session.refresh(message)
    if cancelled is None:
        if message.state == State.CANCELLED:
            raise TooLateToCancel("This message was taken out already.")
        raise TooLateToCancel("This message is already on its way and can no longer be taken out.")
    return message


def withdraw(*, message: OutboxMessage) -> OutboxMessage:
    """Take a message out on a person's word, before a sender begins it. Raises TooLateToCancel."""
    cancel(message=message, reason="Taken out by hand.")
    record(
        verb="message.settle",
        subject=audit_subject(message.id),
        line=f"Message {message.id} was taken out by hand.",
    )
    return message


def change_words(*, message: OutboxMessage) -> OutboxMessage:
    """Have a message that no sender has begun say something else: its words are made anew when it is sent.

    The caller holds it still; see ``queries.not_yet_attempted``.
    """
    message.subject = message.text_body = message.html_body = None
    current_session().flush()
    return message


def settle_as_received(*, message: OutboxMessage) -> OutboxMessage:
    """Record a person's word that a message in doubt did arrive. Raises NotInDoubt."""
    _move(message, State.SENT, frozenset({State.UNCERTAIN}))
    message.sent_at = machine_now()
    record(
        verb="message.settle",
        subject=audit_subject(message.id),
        line=f"Message {message.id} was settled: it had arrived.",
    )
    _tell_room(message)
    return message


def send_again(*, message: OutboxMessage) -> OutboxMessage:
    """Queue a failed message, or one in doubt, once more on a person's word. Raises NotInDoubt.

    It keeps its Message-ID and its doubt: should it be interrupted again, it comes back to a person.
    """
    _move(message, State.QUEUED, frozenset({State.FAILED, State.UNCERTAIN}))
    message.attempts = 0
    message.next_attempt_at = machine_now()
    # It stands alone from now on: what it was sent with may be over, and held for good.
    message.batch = None
    record(
        verb="message.settle",
        subject=audit_subject(message.id),
        line=f"Message {message.id} was queued to be sent again.",
    )
    _tell_room(message)
    return message


def _tell_room(message: OutboxMessage) -> None:
    """Tell the room of a message what a person settled, where it keeps what becomes of its messages."""
    current_session().flush()
    if message.kind in message_settled.kinds:
        message_settled.ask(message.kind, message.id)


def _move(message: OutboxMessage, following: State, allowed: frozenset[State]) -> None:
    session = current_session()
    session.refresh(message, with_for_update=True)
    present = State(message.state)
    if present not in allowed or not rules.may_move(present, following):
        raise NotInDoubt("This message does not wait for a decision; it may have been settled already.")
    message.state = following
    message.claimed_by = None
    message.lease_until = None
    session.flush()
