"""Putting a message in, taking it out, and settling one that waits for a person."""

import pytest
from flask import Flask

from app.audit.models import AuditEntry
from app.core.database import current_session
from app.outbox import queries
from app.outbox.models import OutboxMessage, State
from app.outbox.operations import (
    NotInDoubt,
    TooLateToCancel,
    cancel,
    enqueue,
    send_again,
    settle_as_received,
)
from app.outbox.rules import WrongAddress
from tests.support.notes import DAY, KIND, note, write_notes


def test_a_message_exists_exactly_when_its_cause_does(app: Flask) -> None:
    enqueue(kind=KIND, dedupe_key="n:1", address="a@example.org", business_on=DAY)
    current_session().rollback()
    assert queries.by_key("n:1") is None
    (message,) = write_notes("n:1")
    assert (message.state, message.attempts, message.doubtful) == (State.QUEUED, 0, False)
    assert message.business_on == DAY


def test_the_same_key_gives_the_same_message_and_the_rest_of_the_transaction_stands(app: Flask) -> None:
    (first,) = write_notes("n:1")
    other = enqueue(kind=KIND, dedupe_key="n:2", address="b@example.org", business_on=DAY)
    again = enqueue(kind=KIND, dedupe_key="n:1", address="else@example.org", business_on=DAY)
    current_session().commit()
    assert again.id == first.id
    assert again.address == "n.1@example.org"
    assert other.id is not None
    assert queries.counts()[State.QUEUED] == 2


def test_only_what_somebody_still_has_to_do_with_is_counted(app: Flask) -> None:
    states = list(State)
    for number, message in enumerate(write_notes(*(f"n:{number}" for number in range(len(states))))):
        message.state = states[number]
    current_session().commit()
    assert queries.counts() == {State.QUEUED: 1, State.SENDING: 1, State.FAILED: 1, State.UNCERTAIN: 1}


def test_an_address_that_forges_headers_is_refused(app: Flask) -> None:
    with pytest.raises(WrongAddress):
        enqueue(kind=KIND, dedupe_key="n:1", address="a@example.org\r\nBcc: b@example.org", business_on=DAY)
    assert not list(queries.all_messages())


def test_a_queued_message_can_be_cancelled_with_a_reason(app: Flask) -> None:
    (message,) = write_notes("n:1")
    cancel(message=message, reason="Taken over by the message of the next day.")
    current_session().commit()
    assert note("n:1").state == State.CANCELLED
    assert note("n:1").error == "Taken over by the message of the next day."


@pytest.mark.parametrize("state", [state for state in State if state != State.QUEUED])
def test_any_other_message_can_not_be_cancelled(app: Flask, state: State) -> None:
    (message,) = write_notes("n:1")
    message.state = state
    current_session().commit()
    said = "taken out already" if state == State.CANCELLED else "already on its way"
    with pytest.raises(TooLateToCancel, match=said):
        cancel(message=message, reason="Too late.")
    assert note("n:1").state == state


def test_a_person_settles_a_message_in_doubt(app: Flask) -> None:
    first, second = write_notes("n:1", "n:2")
    for message in (first, second):
        message.state, message.doubtful, message.attempts = State.UNCERTAIN, True, 2
    current_session().commit()
    settle_as_received(message=first)
    send_again(message=second)
    current_session().commit()
    assert note("n:1").state == State.SENT
    assert note("n:1").sent_at is not None
    assert (note("n:2").state, note("n:2").attempts, note("n:2").doubtful) == (State.QUEUED, 0, True)
    lines = [entry.line for entry in current_session().query(AuditEntry).order_by(AuditEntry.id)]
    assert lines == [
        f"Message {first.id} was settled: it had arrived.",
        f"Message {second.id} was queued to be sent again.",
    ]


def test_nothing_else_can_be_settled(app: Flask) -> None:
    (message,) = write_notes("n:1")
    for settle in (settle_as_received, send_again):
        with pytest.raises(NotInDoubt):
            settle(message=message)
    message.state = State.FAILED
    current_session().commit()
    with pytest.raises(NotInDoubt):
        settle_as_received(message=message)
    assert send_again(message=message).state == State.QUEUED


def test_the_list_is_whole_ordered_and_filtered_by_state(app: Flask) -> None:
    write_notes(*(f"n:{number}" for number in range(60)))
    current_session().query(OutboxMessage).filter_by(dedupe_key="n:7").one().state = State.FAILED
    current_session().commit()
    assert [message.dedupe_key for message in queries.all_messages()] == [
        f"n:{number}" for number in range(60)
    ]
    assert [message.dedupe_key for message in queries.all_messages(State.FAILED)] == ["n:7"]
    first = queries.page()
    assert len(first.rows) == 50
    assert first.rows[0].dedupe_key == "n:59"
    second = queries.page(after=first.after)
    assert [message.dedupe_key for message in second.rows][-1] == "n:0"
    assert len(second.rows) == 10


def test_what_waits_longest_is_known_and_what_no_sender_has_begun(app: Flask) -> None:
    assert queries.oldest_queued_at() is None
    enqueue(kind=KIND, dedupe_key="n:1", address="a@example.org", business_on=DAY, recipient_id=4)
    enqueue(kind=KIND, dedupe_key="n:2", address="b@example.org", business_on=DAY, recipient_id=5)
    current_session().commit()
    assert queries.oldest_queued_at() == note("n:1").queued_at
    assert [message.dedupe_key for message in queries.not_yet_attempted(kind=KIND, recipient_ids=[5])] == [
        "n:2"
    ]
    current_session().query(OutboxMessage).update({"attempts": 1})
    assert not queries.not_yet_attempted(kind=KIND, recipient_ids=[5])
