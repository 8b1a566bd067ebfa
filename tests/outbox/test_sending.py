"""One sender and a server that is well: what it sends, what it does not, and what it keeps."""

from datetime import timedelta

import pytest
from flask import Flask

from app.audit.models import AuditEntry
from app.core.acting import Actor, acting_as
from app.core.clock import machine_now
from app.core.database import current_session
from app.core.hooks import MessageText
from app.outbox.models import OutboxMessage, State
from app.outbox.operations import send_again
from app.outbox.sender import ROUND, SendOutcome, send
from tests.support import notes
from tests.support.notes import note, write_notes
from tests.support.smtp_server import RunningServer


def test_every_message_that_is_due_is_sent_once(app: Flask, server: RunningServer) -> None:
    write_notes(*(f"n:{number}" for number in range(60)))
    assert send(until_empty=True) == SendOutcome(sent=60, retrying=0, failed=0, uncertain=0, waiting=0)
    assert server.received.recipients == [f"n.{number}@example.org" for number in range(60)]
    assert set(server.received.times.values()) == {1}
    assert send(until_empty=True) == SendOutcome(sent=0, retrying=0, failed=0, uncertain=0, waiting=0)
    sent = note("n:3")
    assert (sent.state, sent.attempts, sent.doubtful, sent.error) == (State.SENT, 1, False, None)
    assert (sent.claimed_by, sent.lease_until) == (None, None)
    assert server.received.times[sent.message_id] == 1


def test_the_words_arrive_as_they_were_written(app: Flask, server: RunningServer) -> None:
    notes.words = MessageText(subject="Three – things", text="Näive\n.\n..dots\n", html="<p>Näive</p>\n")
    write_notes("n:1")
    send(until_empty=True)
    (message,) = server.received.messages
    assert message["Subject"] == "Three – things"
    assert message["To"] == "n.1@example.org"
    plain = message.get_body(("plain",))
    assert plain is not None
    assert plain.get_content().replace("\r\n", "\n") == "Näive\n.\n..dots\n"


def test_without_being_asked_for_all_a_run_sends_one_round(app: Flask, server: RunningServer) -> None:
    write_notes(*(f"n:{number}" for number in range(ROUND + 30)))
    assert send(until_empty=False) == SendOutcome(sent=ROUND, retrying=0, failed=0, uncertain=0, waiting=30)
    assert send(until_empty=False).waiting == 0


def test_a_message_for_later_waits(app: Flask, server: RunningServer) -> None:
    write_notes("n:1", "n:2")
    current_session().query(OutboxMessage).filter_by(dedupe_key="n:2").update(
        {"next_attempt_at": machine_now() + timedelta(hours=1)}
    )
    current_session().commit()
    assert send(until_empty=True) == SendOutcome(sent=1, retrying=1, failed=0, uncertain=0, waiting=1)


def test_what_is_no_longer_wanted_is_cancelled_unsent(app: Flask, server: RunningServer) -> None:
    write_notes("n:1", "n:unwanted", "n:2")
    assert send(until_empty=True).sent == 2
    assert server.received.recipients == ["n.1@example.org", "n.2@example.org"]
    unwanted = note("n:unwanted")
    assert (unwanted.state, unwanted.attempts, unwanted.claimed_by) == (State.CANCELLED, 0, None)
    assert notes.asked == ["n:1", "n:2"]


@pytest.mark.parametrize("key", ["n:wordless", "n:breaking", "n:doubtable"])
def test_a_message_without_words_steps_aside_and_the_others_go_on(
    app: Flask, server: RunningServer, key: str
) -> None:
    write_notes("n:1", key, "n:2")
    assert send(until_empty=True) == SendOutcome(sent=2, retrying=0, failed=1, uncertain=0, waiting=0)
    broken = note(key)
    assert broken.state == State.FAILED
    assert broken.error is not None
    assert broken.error.startswith("Its words could not be made (")
    assert "child" not in broken.error
    assert notes.told == [(key, broken.error)]
    entry = current_session().query(AuditEntry).one()
    assert (entry.verb, entry.line) == ("message.fail", f"Message {broken.id} (note) could not be delivered.")


def test_a_kind_nobody_answers_for_fails_alone(app: Flask, server: RunningServer) -> None:
    write_notes("n:deaf", "n:1")
    current_session().query(OutboxMessage).filter_by(dedupe_key="n:deaf").update({"kind": "unknown"})
    current_session().commit()
    outcome = send(until_empty=True)
    assert (outcome.sent, outcome.failed) == (1, 1)
    assert note("n:deaf").state == State.FAILED


def test_a_room_that_fails_at_the_news_stops_nothing(app: Flask, server: RunningServer) -> None:
    write_notes("n:deaf:wordless", "n:1")
    assert send(until_empty=True) == SendOutcome(sent=1, retrying=0, failed=1, uncertain=0, waiting=0)
    assert note("n:deaf:wordless").state == State.FAILED


def test_words_are_made_once_and_kept_but_never_secrets(app: Flask, server: RunningServer) -> None:
    write_notes("n:1", "n:secret")
    send(until_empty=True)
    assert note("n:1").text_body == "Words – plain"
    assert (note("n:secret").subject, note("n:secret").text_body, note("n:secret").html_body) == (None,) * 3
    current_session().query(OutboxMessage).update({"state": State.FAILED})
    for message in current_session().query(OutboxMessage).order_by(OutboxMessage.id):
        send_again(message=message)
    current_session().commit()
    notes.words = MessageText(subject="Another", text="Another", html="Another")
    assert send(until_empty=True).sent == 2
    assert notes.asked == ["n:1", "n:secret", "n:secret"]
    assert [message["Subject"] for message in server.received.messages] == [
        "A note",
        "A note",
        "A note",
        "Another",
    ]


def test_words_with_control_characters_are_kept_and_sent_clean(app: Flask, server: RunningServer) -> None:
    notes.words = MessageText(
        subject="A\r\nBcc: b@example.org\x00" + "x" * 9000, text="a\x00b", html="c\x00d"
    )
    write_notes("n:1")
    assert send(until_empty=True).sent == 1
    (message,) = server.received.messages
    assert message["Bcc"] is None
    assert str(message["Subject"]).startswith("A Bcc: b@example.org")
    assert server.received.recipients == ["n.1@example.org"]
    assert note("n:1").text_body == "ab"


def test_a_failure_is_the_outboxs_deed_not_that_of_whoever_started_the_run(
    app: Flask, server: RunningServer
) -> None:
    write_notes("n:wordless")
    with acting_as(Actor(None, "Somebody")):
        send(until_empty=True)
    assert current_session().query(AuditEntry).one().actor_name == "Outbox"


def test_sending_inside_an_open_transaction_is_refused(app: Flask, server: RunningServer) -> None:
    write_notes("n:1")
    current_session().query(OutboxMessage).all()
    with pytest.raises(RuntimeError, match="transaction"):
        send(until_empty=True)
    assert server.received.envelopes == []


def test_a_run_that_is_asked_to_stop_finishes_its_message_and_lets_go_of_the_rest(
    app: Flask, server: RunningServer
) -> None:
    write_notes(*(f"n:{number}" for number in range(10)))
    outcome = send(until_empty=True, stopping=lambda: len(server.received.envelopes) >= 3)
    assert (outcome.sent, outcome.waiting) == (3, 7)
    left = current_session().query(OutboxMessage).filter_by(state=State.QUEUED).all()
    assert {message.claimed_by for message in left} == {None}
    current_session().rollback()
    assert send(until_empty=True).sent == 7
    assert set(server.received.times.values()) == {1}


def test_one_connection_serves_a_batch(app: Flask, server: RunningServer) -> None:
    write_notes(*(f"n:{number}" for number in range(40)))
    send(until_empty=True)
    assert server.received.connections == 1
