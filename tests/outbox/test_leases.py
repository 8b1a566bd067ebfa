"""Who holds which message: claims, renewal, dead leases, and senders that come back too late."""

from datetime import timedelta

import pytest
from flask import Flask

from app.core.clock import machine_now
from app.core.database import current_session
from app.core.transactions import apart
from app.outbox.models import OutboxMessage, State
from app.outbox.operations import cancel, claims, marks
from app.outbox.operations.batches import open_batch
from app.outbox.operations.claims import GROUP_SIZE, Group
from app.outbox.rules import Verdict
from app.outbox.sender import SendOutcome, send
from tests.support import notes
from tests.support.notes import note, numbered_notes, write_notes
from tests.support.smtp_server import RunningServer

LEASE = timedelta(seconds=60)


def claim(name: str = "one", at_most: int = GROUP_SIZE, lease: timedelta = LEASE) -> Group | None:
    with apart():
        claims.sweep()
        return claims.claim(claimant=name, lease=lease, at_most=at_most)


def begin(message_id: int, name: str = "one", lease: timedelta = LEASE) -> bool:
    with apart():
        begun = marks.begin(message_id=message_id, claimant=name, lease_until=machine_now() + lease)
        return begun is not None


def report(message_id: int, outcome: Verdict, *, name: str = "one", attempt: int = 1) -> State | None:
    with apart():
        return marks.mark(
            message_id=message_id,
            claimant=name,
            attempt=attempt,
            doubtful=note_number(message_id).doubtful,
            outcome=outcome,
            said="454 later",
        )


def note_number(message_id: int) -> OutboxMessage:
    return current_session().get_one(OutboxMessage, message_id, populate_existing=True)


def run_out(*keys: str) -> None:
    """Let the leases on these notes run out."""
    current_session().query(OutboxMessage).filter(OutboxMessage.dedupe_key.in_(keys)).update(
        {"lease_until": machine_now() - timedelta(seconds=1)}
    )
    current_session().commit()


def test_two_claims_never_hold_the_same_message(app: Flask) -> None:
    write_notes(*(f"n:{number}" for number in range(GROUP_SIZE + 5)))
    first, second = claim("one"), claim("two")
    assert first is not None
    assert second is not None
    assert len(first.message_ids) == GROUP_SIZE
    assert len(second.message_ids) == 5
    assert not set(first.message_ids) & set(second.message_ids)
    assert claim("three") is None


def test_what_is_only_held_stays_queued_and_is_not_in_doubt_when_its_sender_dies(app: Flask) -> None:
    write_notes("n:1", "n:2")
    group = claim("one")
    assert group is not None
    assert (note("n:1").state, note("n:1").claimed_by) == (State.QUEUED, "one")
    run_out("n:1", "n:2")
    again = claim("two")
    assert again is not None
    assert again.message_ids == group.message_ids
    assert (note("n:1").doubtful, note("n:1").attempts) == (False, 0)


def test_a_message_begun_by_a_dead_sender_goes_once_more_by_itself_after_the_others(app: Flask) -> None:
    first, second, third = numbered_notes("n:1", "n:2", "n:3")
    claim("one")
    assert begin(first)
    assert begin(second)
    run_out("n:1", "n:2", "n:3")
    claimed = [claim(name) for name in ("two", "three", "four", "five")]
    assert [group.message_ids if group else None for group in claimed] == [[third], [first], [second], None]
    interrupted = note("n:1")
    assert (interrupted.state, interrupted.doubtful, interrupted.attempts) == (State.QUEUED, True, 1)


def test_one_in_doubt_that_stands_alone_goes_before_a_briefing_and_after_what_is_not_in_doubt(
    app: Flask,
) -> None:
    alone, doubtful, briefing, doubtful_briefing = numbered_notes("n:1", "n:2", "n:3", "n:4")
    with apart() as session:
        open_batch(name="B-1")
        table = session.query(OutboxMessage)
        table.filter(OutboxMessage.id.in_([briefing, doubtful_briefing])).update({"batch": "B-1"})
        table.filter(OutboxMessage.id.in_([doubtful, doubtful_briefing])).update({"doubtful": True})
    claimed = [claim(name) for name in ("one", "two", "three", "four")]
    order = [alone, doubtful, briefing, doubtful_briefing]
    assert [group.message_ids if group else None for group in claimed] == [[number] for number in order]


def test_a_message_whose_beginning_was_never_confirmed_begins_once_and_not_in_doubt(app: Flask) -> None:
    (message,) = numbered_notes("n:1")
    claim("one")
    assert begin(message)
    assert begin(message), "its sender was not told, so it handed nothing over"
    assert not begin(message, "two")
    assert (note("n:1").attempts, note("n:1").doubtful) == (1, False)


def test_a_second_interruption_leaves_it_to_a_person(app: Flask) -> None:
    (message,) = numbered_notes("n:1")
    for name in ("one", "two"):
        assert claim(name) is not None
        assert begin(message, name)
        run_out("n:1")
    assert claim("three") is None
    uncertain = note("n:1")
    assert (uncertain.state, uncertain.attempts, uncertain.claimed_by) == (State.UNCERTAIN, 2, None)


def test_a_run_sweeps_everything_dead_first_however_old(app: Flask, server: RunningServer) -> None:
    messages = write_notes(*(f"n:{number}" for number in range(4)))
    long_ago = machine_now() - timedelta(days=400)
    for message, doubtful in zip(messages[:3], (False, True, True), strict=True):
        message.state, message.doubtful, message.lease_until = State.SENDING, doubtful, long_ago
        message.attempts, message.claimed_by = 1, "dead"
    current_session().commit()
    assert send(until_empty=True) == SendOutcome(sent=2, retrying=0, failed=0, uncertain=2, waiting=0)
    assert note("n:0").state == State.SENT
    assert note("n:0").doubtful
    assert server.received.recipients == ["n.3@example.org", "n.0@example.org"]


def test_a_message_under_a_live_lease_is_left_alone_and_counted_as_waiting(
    app: Flask, server: RunningServer
) -> None:
    first, _second = numbered_notes("n:1", "n:2")
    claim("other", at_most=1)
    assert begin(first, "other")
    assert send(until_empty=True) == SendOutcome(sent=1, retrying=0, failed=0, uncertain=0, waiting=1)
    assert note("n:1").claimed_by == "other"


def test_a_sender_that_lost_its_lease_begins_nothing(app: Flask) -> None:
    first, second = numbered_notes("n:1", "n:2")
    claim("one")
    run_out("n:1", "n:2")
    assert not begin(first), "its lease has run out, though nobody took the message"
    assert claim("two") is not None
    assert not begin(second), "another holds it now"
    assert begin(second, "two")


def test_a_cancelled_message_is_not_begun_though_it_was_held(app: Flask) -> None:
    (message,) = numbered_notes("n:1")
    claim("one")
    cancel(message=note_number(message), reason="Closed.")
    current_session().commit()
    assert not begin(message)


def test_late_news_counts_only_until_somebody_begins_again(app: Flask) -> None:
    first, second = numbered_notes("n:1", "n:2")
    for message in (first, second):
        assert claim("one", at_most=1) is not None
        assert begin(message)
    run_out("n:1", "n:2")
    assert claim("two") is not None
    assert claim("three") is not None
    assert begin(second, "three")
    assert report(first, Verdict.ACCEPTED) is State.SENT
    assert report(second, Verdict.ACCEPTED) is None
    assert not begin(first, "two"), "it arrived after all"
    assert note("n:2").claimed_by == "three"


@pytest.mark.parametrize("outcome", [Verdict.REFUSED, Verdict.LATER, Verdict.DOUBT, Verdict.SERVER])
def test_late_bad_news_changes_nothing(app: Flask, outcome: Verdict) -> None:
    (message,) = numbered_notes("n:1")
    claim("one")
    begin(message)
    run_out("n:1")
    claim("two")
    assert report(message, outcome) is None
    assert (note("n:1").state, note("n:1").claimed_by, note("n:1").error) == (
        State.QUEUED,
        "two",
        claims.INTERRUPTED,
    )


def test_every_mark_renews_the_lease_of_what_is_left_and_of_nothing_that_was_lost(app: Flask) -> None:
    first, second, third = numbered_notes("n:1", "n:2", "n:3")
    group = claim("one", lease=timedelta(seconds=5))
    assert group is not None
    run_out("n:3")
    before = note("n:2").lease_until
    assert before is not None
    with apart():
        claims.renew(Group("one", LEASE), [second, third])
    after = note("n:2").lease_until
    assert after is not None
    assert after > before + timedelta(seconds=50)
    lost = note("n:3").lease_until
    assert lost is not None
    assert lost < machine_now()
    assert first == group.message_ids[0]


def test_a_run_keeps_what_it_holds_however_long_the_group_takes(
    app: Flask, server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "OUTBOX_LEASE_SECONDS", 1)
    monkeypatch.setattr(notes, "slowness", 0.2)
    write_notes(*(f"n:{number}" for number in range(8)))
    taken: list[Group | None] = []

    def another_tries() -> bool:
        taken.append(claim("another"))
        return False

    assert send(until_empty=True, stopping=another_tries).sent == 8
    assert taken == [None] * 9
    assert set(server.received.times.values()) == {1}
