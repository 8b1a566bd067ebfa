"""Another address: what is on its way follows, and of two readers who are one nobody gets an issue twice."""

import pytest
from flask import Flask

from app.briefings.models import Delivery, Subscriber
from app.briefings.sending import feeding, operations
from app.briefings.subscribers.operations import moving
from app.core.clock import machine_now
from app.core.database import current_session
from app.outbox.models import OutboxMessage, State
from app.outbox.operations import marks
from app.outbox.rules import Verdict
from tests.support.briefings import make_subscriber
from tests.support.sendings import cleared_issue, go_on, message_of
from tests.support.smtp_server import ordinary_server


def queued_issue() -> None:
    """An issue to everybody who is on the list now, handed to the outbox."""
    issue = cleared_issue()
    operations.send_now(issue=issue)
    ref = issue.ref
    current_session().commit()
    feeding.feed(ref)


def delivery_of(reader: Subscriber) -> Delivery:
    """The one delivery of a reader."""
    return current_session().query(Delivery).filter_by(subscriber_id=reader.id).one()


def recipients(world: Flask, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Who gets what waits."""
    current_session().commit()
    with ordinary_server() as server:
        monkeypatch.setitem(world.config, "MAIL_URL", server.url)
        go_on()
        return sorted(server.received.recipients)


def test_two_readers_who_are_one_get_an_issue_once_and_lose_none(
    world: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = {name: make_subscriber() for name in ("got", "both", "bounced", "planned")}
    other = {name: make_subscriber(email=f"{name}@example.com") for name in (*mine, "alone", "left")}
    queued_issue()
    mine |= {name: make_subscriber() for name in ("alone", "left")}
    got = delivery_of(other["got"])
    message_of(got).state = State.SENT
    delivery_of(mine["bounced"]).state = "bounced"
    planned = delivery_of(mine["planned"])
    current_session().delete(message_of(planned))
    planned.state, planned.message_id = "planned", None
    got_planned = delivery_of(other["planned"])
    got_planned.state, message_of(got_planned).state = "delivered", State.SENT
    other["left"].state = "left"
    for name, reader in mine.items():
        moving.move(subscriber=reader, address=f"{name}@example.com")
    assert recipients(world, monkeypatch) == [f"{name}@example.com" for name in ("alone", "both", "bounced")]
    current_session().expire_all()
    ended = {name: delivery_of(mine[name]).state for name in ("got", "both", "bounced", "planned", "alone")}
    assert list(ended.values()) == ["not_sent", "delivered", "delivered", "not_sent", "delivered"]
    assert got.state == "delivered"


def test_a_message_that_was_put_off_goes_to_the_address_the_reader_has_since(
    world: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = make_subscriber()
    queued_issue()
    message = message_of(delivery_of(reader))
    message.state, message.claimed_by, message.attempts = State.SENDING, "me", 1
    current_session().commit()
    moving.move(subscriber=reader, address="new@example.com")
    marks.mark(
        message_id=message.id,
        claimant="me",
        attempt=1,
        doubtful=False,
        outcome=Verdict.LATER,
        said="451 4.3.0 Later",
    )
    current_session().query(OutboxMessage).update({"next_attempt_at": machine_now()})
    assert recipients(world, monkeypatch) == ["new@example.com"]
    assert delivery_of(reader).state == "delivered"
