"""A server that misbehaves: whose the trouble is, and how everything goes on."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic

import pytest
from flask import Flask

from app.core.clock import machine_now
from app.core.database import current_session
from app.outbox import queries
from app.outbox.models import OutboxMessage, OutboxPause, State
from app.outbox.rules import RETRY_MINUTES
from app.outbox.sender import SendOutcome, send
from tests.support import notes
from tests.support.notes import note, write_notes
from tests.support.smtp_server import Script, StubServer, free_port, stub_server

NOTES = ("n:1", "n:2", "n:3")


@contextmanager
def server_that(app: Flask, *scripts: Script, pipelining: bool = False) -> Iterator[StubServer]:
    """The product pointed at a misbehaving server, with a short patience."""
    with stub_server(*scripts, pipelining=pipelining) as server:
        before = app.config["MAIL_URL"], app.config["SMTP_TIMEOUT_SECONDS"]
        app.config.update(MAIL_URL=server.url, SMTP_TIMEOUT_SECONDS=1)
        try:
            yield server
        finally:
            app.config["MAIL_URL"], app.config["SMTP_TIMEOUT_SECONDS"] = before


def second(recipient: str) -> bool:
    return recipient.startswith("n.2@")


def let_time_pass() -> None:
    """Let every delay and every pause run out."""
    long_ago = machine_now() - timedelta(seconds=1)
    session = current_session()
    session.query(OutboxMessage).update({"next_attempt_at": long_ago})
    session.query(OutboxPause).update({"until_at": long_ago})
    session.commit()


def pause() -> OutboxPause | None:
    current_session().rollback()
    found = queries.pause()
    if found is not None:
        current_session().expunge(found)
    current_session().rollback()
    return found


@pytest.mark.parametrize("pipelining", [False, True])
@pytest.mark.parametrize("place", ["recipient", "data", "end"])
def test_what_the_receiver_puts_off_waits_and_the_others_go_on(
    app: Flask, place: str, pipelining: bool
) -> None:
    with server_that(app, Script(place, "451 later", second, times=1), pipelining=pipelining) as server:
        write_notes(*NOTES)
        assert send(until_empty=True) == SendOutcome(sent=2, retrying=1, failed=0, uncertain=0, waiting=1)
        put_off = note("n:2")
        assert (put_off.state, put_off.attempts, put_off.doubtful) == (State.QUEUED, 1, False)
        assert put_off.error == "451 later"
        assert (
            timedelta(0)
            < put_off.next_attempt_at - machine_now()
            <= timedelta(minutes=RETRY_MINUTES[0] * 1.2)
        )
        assert pause() is None
        assert send(until_empty=True).sent == 0
        let_time_pass()
        assert send(until_empty=True) == SendOutcome(sent=1, retrying=0, failed=0, uncertain=0, waiting=0)
        assert len(server.received.times) == 3
        assert set(server.received.times.values()) == {1}


def test_each_delay_is_longer_and_after_the_last_the_message_fails(app: Flask) -> None:
    with server_that(app, Script("recipient", "450 full")):
        write_notes("n:1")
        waits = []
        for _attempt in RETRY_MINUTES:
            send(until_empty=True)
            waits.append(note("n:1").next_attempt_at - machine_now())
            let_time_pass()
        assert waits == sorted(waits)
        assert send(until_empty=True) == SendOutcome(sent=0, retrying=0, failed=1, uncertain=0, waiting=0)
        assert notes.told == [("n:1", "450 full")]
        assert note("n:1").attempts == len(RETRY_MINUTES) + 1


@pytest.mark.parametrize("pipelining", [False, True])
@pytest.mark.parametrize("place", ["recipient", "data", "end"])
def test_what_the_receiver_refuses_fails_with_its_reason_and_is_never_tried_again(
    app: Flask, place: str, pipelining: bool
) -> None:
    with server_that(app, Script(place, "550 no such person", second), pipelining=pipelining) as server:
        write_notes(*NOTES)
        assert send(until_empty=True) == SendOutcome(sent=2, retrying=0, failed=1, uncertain=0, waiting=0)
        refused = note("n:2")
        assert (refused.state, refused.error) == (State.FAILED, "550 no such person")
        assert notes.told == [("n:2", "550 no such person")]
        let_time_pass()
        assert send(until_empty=True).sent == 0
        assert server.received.recipients == ["n.1@example.org", "n.3@example.org"]


@pytest.mark.parametrize("pipelining", [False, True])
@pytest.mark.parametrize("does", ["450 busy", "554 go away", "421 closing", "hang", "reset", "close"])
@pytest.mark.parametrize("place", ["connect", "hello", "sender"])
def test_trouble_of_the_server_stops_the_run_and_counts_no_attempt(
    app: Flask, place: str, does: str, pipelining: bool
) -> None:
    with server_that(app, Script(place, does), pipelining=pipelining) as server:
        write_notes(*NOTES)
        began = monotonic()
        assert send(until_empty=True) == SendOutcome(sent=0, retrying=0, failed=0, uncertain=0, waiting=3)
        assert monotonic() - began < 5
        for key in NOTES:
            waiting = note(key)
            assert (waiting.state, waiting.attempts, waiting.doubtful) == (State.QUEUED, 0, False)
            assert (waiting.claimed_by, waiting.lease_until) == (None, None)
        paused = pause()
        assert paused is not None
        assert paused.until_at - machine_now() > timedelta(seconds=55)
        connections = server.received.connections
        assert send(until_empty=True).waiting == 3
        assert server.received.connections == connections, "nobody tries while the pause runs"
        server.scripts.clear()
        let_time_pass()
        assert send(until_empty=True).sent == 3
        assert set(server.received.times.values()) == {1}
        assert pause() is None


def test_a_server_that_is_not_there_is_trouble_of_the_server_and_the_pause_grows(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "MAIL_URL", f"smtp://127.0.0.1:{free_port()}")
    write_notes(*NOTES)
    lengths = []
    for _run in range(4):
        assert send(until_empty=True).waiting == 3
        paused = pause()
        assert paused is not None
        assert "could not be reached" in paused.error
        lengths.append(paused.until_at - machine_now())
        let_time_pass()
    assert lengths == sorted(lengths)
    assert lengths[-1] > 5 * lengths[0] / 1.2
    assert note("n:1").attempts == 0


@pytest.mark.parametrize(
    ("place", "does"), [("recipient", "hang"), ("data", "hang"), ("data", "reset"), ("recipient", "421 bye")]
)
def test_a_line_that_breaks_before_the_message_stops_the_run_and_counts_the_attempt(
    app: Flask, place: str, does: str
) -> None:
    with server_that(app, Script(place, does, second, times=1)) as server:
        write_notes(*NOTES)
        assert send(until_empty=True) == SendOutcome(sent=1, retrying=1, failed=0, uncertain=0, waiting=2)
        broken = note("n:2")
        assert (broken.state, broken.attempts, broken.doubtful) == (State.QUEUED, 1, False)
        assert note("n:3").attempts == 0
        let_time_pass()
        assert send(until_empty=True).sent == 2
        assert set(server.received.times.values()) == {1}


def test_one_message_that_always_breaks_the_line_does_not_hold_up_the_others_for_ever(app: Flask) -> None:
    with server_that(app, Script("data", "reset", second)):
        write_notes(*NOTES)
        for _run in range(2):
            send(until_empty=True)
            current_session().query(OutboxPause).update({"until_at": machine_now()})
            current_session().commit()
        assert (note("n:1").state, note("n:3").state) == (State.SENT, State.SENT)


@pytest.mark.parametrize("taken_on", [False, True])
@pytest.mark.parametrize(("place", "does"), [("end", "hang"), ("end", "reset"), ("end", "close")])
def test_silence_after_the_whole_message_is_doubt_and_it_goes_once_more(
    app: Flask, place: str, does: str, taken_on: bool
) -> None:
    with server_that(app, Script(place, does, second, times=1, takes_on=taken_on)) as server:
        write_notes(*NOTES)
        began = monotonic()
        assert send(until_empty=True) == SendOutcome(sent=1, retrying=1, failed=0, uncertain=0, waiting=2)
        assert monotonic() - began < 5
        doubted = note("n:2")
        assert (doubted.state, doubted.attempts, doubted.doubtful) == (State.QUEUED, 1, True)
        let_time_pass()
        assert send(until_empty=True) == SendOutcome(sent=2, retrying=0, failed=0, uncertain=0, waiting=0)
        assert server.received.times[doubted.message_id] == (2 if taken_on else 1)
        assert note("n:2").doubtful, "the mark stays for whoever looks"


def test_silence_twice_leaves_it_to_a_person(app: Flask) -> None:
    with server_that(app, Script("end", "hang", second)):
        write_notes(*NOTES)
        send(until_empty=True)
        let_time_pass()
        assert send(until_empty=True) == SendOutcome(sent=1, retrying=0, failed=0, uncertain=1, waiting=0)
        assert note("n:2").state == State.UNCERTAIN


def test_a_line_reset_within_the_message_loses_nothing(app: Flask) -> None:
    with server_that(app, Script("body", "reset", second, times=1)) as server:
        write_notes(*NOTES)
        outcome = send(until_empty=True)
        assert (outcome.sent, outcome.waiting, outcome.uncertain) == (1, 2, 0)
        let_time_pass()
        assert send(until_empty=True).sent == 2
        assert len(server.received.times) == 3


@pytest.mark.parametrize("does", ["421 enough for one connection", "close"])
def test_a_server_that_closes_after_some_messages_gets_a_new_connection(app: Flask, does: str) -> None:
    with server_that(app, Script("sender", does, times=0)) as server:
        script = server.scripts[0]
        # Closes at the third MAIL only: the first two pass because nothing is left to do.
        script.when = lambda recipient: len(server.received.envelopes) == 2
        script.times = 1
        write_notes(*NOTES)
        assert send(until_empty=True) == SendOutcome(sent=3, retrying=0, failed=0, uncertain=0, waiting=0)
        assert server.received.connections == 2
        assert pause() is None
