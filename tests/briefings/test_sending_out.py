"""An issue goes to its frozen audience, once to each, with what is theirs alone in each mail."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from flask import Flask

from app.briefings import queries
from app.briefings.models import BriefingIssue, BriefingSettings, IssueState, Subscriber, SubscriberState
from app.briefings.rules import MoveNotPossible
from app.briefings.sending import feeding, operations, rules
from app.briefings.sending import queries as sending
from app.briefings.subscribers.operations.moving import move
from app.core.clock import machine_now
from app.core.database import current_session
from app.outbox import queries as outbox
from app.outbox.models import OutboxBatch, OutboxMessage, State
from app.outbox.operations import send_again, settle_as_received
from app.outbox.sender import send
from tests.support.briefings import make_subscriber
from tests.support.sendings import cleared_issue, go_on, send_out, states
from tests.support.smtp_server import RunningServer, Script, StubServer, ordinary_server, stub_server
from tests.support.statements import statements


@pytest.fixture
def server(world: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningServer]:
    """An ordinary mail server, which the product sends to."""
    with ordinary_server() as running:
        monkeypatch.setitem(world.config, "MAIL_URL", running.url)
        yield running


@pytest.fixture
def eager_server(world: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[StubServer]:
    """One that hears of the next message before it has answered to the last."""
    with stub_server(pipelining=True) as running:
        monkeypatch.setitem(world.config, "MAIL_URL", running.url)
        yield running


def the_next_reader() -> tuple[int, str]:
    """Number and address of the third, who is announced while the second has theirs; nothing is left open."""
    third = current_session().query(Subscriber).order_by(Subscriber.id).offset(2).first()
    assert third is not None
    assert third.email is not None
    found = third.id, third.email
    current_session().rollback()
    return found


def issue_now() -> BriefingIssue:
    """The one issue as the database has it."""
    current_session().rollback()
    return current_session().query(BriefingIssue).populate_existing().one()


def test_everybody_of_the_audience_gets_it_once_and_the_issue_is_then_sent(server: RunningServer) -> None:
    issue = cleared_issue(readers=5)
    send_out(issue)
    addresses = [reader.email for reader in current_session().query(Subscriber).order_by(Subscriber.id)]
    assert server.received.recipients == addresses
    assert states() == {"delivered": 5}
    sent = issue_now()
    assert (sent.state, sent.ended_at is None) == (IssueState.SENT, False)
    go_on()
    assert len(server.received.recipients) == 5


def test_whoever_joins_or_leaves_after_the_audience_was_frozen_changes_only_their_own_mail(
    server: RunningServer,
) -> None:
    issue = cleared_issue(readers=4)
    make_subscriber(email="late@example.org")
    leaver = current_session().query(Subscriber).order_by(Subscriber.id).first()
    assert leaver is not None
    leaver.state = SubscriberState.LEFT
    current_session().commit()
    send_out(issue)
    assert len(server.received.recipients) == 3
    assert "late@example.org" not in server.received.recipients
    assert leaver.email not in server.received.recipients
    assert states() == {"delivered": 3, "not_sent": 1}
    assert issue_now().state == IssueState.SENT


def test_somebody_who_leaves_while_it_is_sent_gets_it_no_more(eager_server: StubServer) -> None:
    server = eager_server
    issue = cleared_issue(readers=6)
    operations.send_now(issue=issue)
    current_session().commit()
    feeding.run()
    next_id, address = the_next_reader()
    left: list[bool] = []

    def leaves() -> bool:
        """Asked between two messages of a group that is held as a whole."""
        if len(server.received.envelopes) == 2 and not left:
            left.append(True)
            current_session().get_one(Subscriber, next_id).state = SubscriberState.LEFT
            current_session().commit()
        return False

    assert send(until_empty=True, stopping=leaves).sent == 5
    assert left
    assert address not in server.received.recipients
    assert server.received.connections == 2, "what was announced is taken back"
    feeding.run()
    assert states() == {"delivered": 5, "not_sent": 1}


def test_somebody_who_moves_while_it_is_sent_gets_it_at_the_new_address_alone(
    eager_server: StubServer,
) -> None:
    server = eager_server
    issue = cleared_issue(readers=6)
    operations.send_now(issue=issue)
    current_session().commit()
    feeding.run()
    next_id, old = the_next_reader()
    moved: list[str] = []

    def moves() -> bool:
        """Asked between two messages of a group whose words and addresses are made already."""
        if len(server.received.envelopes) == 2 and not moved:
            reader = move(
                subscriber=current_session().get_one(Subscriber, next_id), address="new@example.org"
            )
            moved.append(reader.key)
            current_session().commit()
        return False

    assert send(until_empty=True, stopping=moves).sent == 6
    assert (old in server.received.recipients, server.received.recipients[2]) == (False, "new@example.org")
    keys = [
        moved[0].encode() in content.replace(b"=\r\n", b"") for _, _, content in server.received.envelopes
    ]
    assert keys == [False] * 2 + [True] + [False] * 3, "the new key goes to the new address and nowhere else"


def test_a_pause_stops_every_sender_at_once_and_the_rest_goes_when_it_goes_on(server: RunningServer) -> None:
    issue = cleared_issue(readers=6)
    operations.send_now(issue=issue)
    ref = issue.ref
    current_session().commit()
    feeding.run()
    paused: list[bool] = []

    def pauses() -> bool:
        if len(server.received.envelopes) == 2 and not paused:
            paused.append(True)
            operations.pause(issue=queries.issue(ref), reason="A mistake in the headline")
            current_session().commit()
        return False

    assert send(until_empty=True, stopping=pauses).sent == 2
    feeding.run()
    assert states() == {"delivered": 2, "planned": 4}, "what waited is set out anew when it goes on"
    operations.resume(issue=queries.issue(ref))
    current_session().commit()
    go_on()
    assert len(server.received.recipients) == len(set(server.received.recipients)) == 6
    assert issue_now().state == IssueState.SENT


def test_cancelling_takes_out_what_waits(server: RunningServer) -> None:
    issue = cleared_issue(readers=5)
    operations.send_now(issue=issue)
    current_session().commit()
    feeding.run()
    assert send(until_empty=True, stopping=lambda: len(server.received.envelopes) >= 2).sent == 2
    operations.cancel(issue=issue, reason="The wrong month")
    current_session().commit()
    go_on()
    assert len(server.received.recipients) == 2
    assert states() == {"delivered": 2, "not_sent": 3}
    assert issue_now().state == IssueState.CANCELLED


def test_other_mail_does_not_wait_behind_a_briefing(server: RunningServer) -> None:
    from app.outbox.operations import enqueue
    from tests.support import notes

    issue = cleared_issue(readers=3)
    operations.send_now(issue=issue)
    current_session().commit()
    feeding.run()
    enqueue(kind=notes.KIND, dedupe_key="n:1", address="owner@example.org", business_on=notes.DAY)
    current_session().commit()
    send(until_empty=True)
    assert server.received.recipients[0] == "owner@example.org"


def test_so_many_refused_in_a_row_pause_it_and_the_editor_is_told(
    world: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    queries.settings().failures_before_pause = 3
    issue = cleared_issue(readers=8)
    ref = issue.ref
    refusing = Script(
        "recipient", "550 5.7.1 listed", lambda recipient: not recipient.startswith(("s-0001", "tusk"))
    )
    with stub_server(refusing, pipelining=True) as server:
        monkeypatch.setitem(world.config, "MAIL_URL", server.url)
        send_out(issue)
        assert states() == {"delivered": 1, "bounced": 3, "planned": 4}
        stopped = issue_now()
        assert stopped.state == IssueState.PAUSED
        assert stopped.stopped_reason == "3 messages in a row could not be handed over."
        current_session().rollback()
        send(until_empty=True)
        told = server.received.messages[-1]
        assert told["To"] == "tusk.editor@example.org"
        assert told["Subject"] == f"{ref} paused itself"
        server.scripts.clear()
        operations.resume(issue=queries.issue(ref))
        current_session().commit()
        go_on()
        assert states() == {"delivered": 5, "bounced": 3}


def test_what_is_not_cleared_is_not_sent(world: Flask) -> None:
    issue = cleared_issue(readers=1)
    issue.state = IssueState.CHECKED
    with pytest.raises(rules.NotCleared, match="not cleared"):
        operations.send_now(issue=issue)
    with pytest.raises(rules.NotCleared):
        operations.schedule(issue=issue, on=issue.prepared_on)


def test_only_so_many_are_set_out_in_a_minute(server: RunningServer) -> None:
    queries.settings().rate_per_minute = 60
    issue = cleared_issue(readers=30)
    operations.send_now(issue=issue)
    current_session().commit()
    feeding.run()
    feeding.run()
    messages = current_session().query(OutboxMessage).order_by(OutboxMessage.id).all()
    moments = [message.next_attempt_at for message in messages]
    assert len(moments) == 20, "as many as may leave in the next twenty seconds"
    assert {after - before for before, after in pairwise(moments)} == {timedelta(seconds=1)}
    current_session().rollback()
    assert send(until_empty=True).sent <= 2


def test_a_delay_is_made_up_by_no_rush(server: RunningServer) -> None:
    queries.settings().rate_per_minute = 60
    issue = cleared_issue(readers=30)
    operations.send_now(issue=issue)
    current_session().commit()
    feeding.run()
    session = current_session()
    long_ago = machine_now() - timedelta(hours=1)
    session.query(OutboxMessage).update({"next_attempt_at": long_ago})
    session.query(OutboxBatch).update({"paced_until_at": long_ago})
    session.commit()
    feeding.run()
    assert session.query(OutboxMessage).count() == 20, "what waits counts against the pace"


def begun(*, readers: int, **settings: Any) -> str:
    """The reference of an issue whose sending has begun and whose deliveries are handed over."""
    for name, value in settings.items():
        setattr(queries.settings(), name, value)
    issue = cleared_issue(readers=readers)
    operations.send_now(issue=issue)
    ref = issue.ref
    current_session().commit()
    feeding.run()
    return ref


def change(model: type[Any], *conditions: Any, **values: Any) -> None:
    """Write values to rows, and end the transaction."""
    current_session().query(model).filter(*conditions).update(dict[Any, Any](values))
    current_session().commit()


def moments() -> list[datetime]:
    """When what is in the outbox may leave."""
    rows = current_session().query(OutboxMessage.next_attempt_at).order_by(OutboxMessage.id).all()
    current_session().rollback()
    return [at for (at,) in rows]


def test_what_was_put_off_takes_no_place_of_those_who_wait_for_their_turn(world: Flask) -> None:
    begun(readers=30, rate_per_minute=60)
    change(OutboxMessage, attempts=1, next_attempt_at=machine_now() + timedelta(hours=1))
    change(OutboxBatch, paced_until_at=machine_now())
    assert feeding.run()["queued"] == 10


@pytest.mark.parametrize(("put_back", "ahead"), [(False, 1000), (False, 50), (True, 1000)])
def test_a_rate_that_is_set_later_holds_for_what_waits_already_and_so_does_a_clock_put_back(
    world: Flask, put_back: bool, ahead: int
) -> None:
    ref = begun(readers=60, rate_per_minute=60 if put_back else None)
    change(BriefingSettings, rate_per_minute=60)
    if put_back:
        tomorrow = machine_now() + timedelta(days=1)
        change(OutboxMessage, next_attempt_at=tomorrow)
        change(OutboxBatch, paced_until_at=tomorrow)
    feeding.feed(ref, ahead=ahead)
    assert states()["planned"] >= 40
    found = moments()
    assert found == sorted(found)
    assert {after - before for before, after in pairwise(found)} <= {timedelta(seconds=1)}
    assert not found or found[-1] <= machine_now() + timedelta(seconds=21)


def test_a_rate_that_is_set_in_a_pause_holds_from_the_first_message_on(server: RunningServer) -> None:
    ref = begun(readers=5)
    operations.pause(issue=queries.issue(ref), reason="Too fast")
    queries.settings().rate_per_minute = 1
    with statements() as sent:
        operations.resume(issue=queries.issue(ref))
    first = next(each for each in sent if "outbox_" in each)
    assert "outbox_batch" in first, "senders keep the batch before its messages, and so must this"
    current_session().commit()
    go_on()
    assert states() == {"delivered": 1, "planned": 4}


def test_no_more_wait_in_the_outbox_than_so_many(server: RunningServer) -> None:
    issue = cleared_issue(readers=7)
    operations.send_now(issue=issue)
    ref = issue.ref
    current_session().commit()
    assert [feeding.feed(ref, ahead=5), feeding.feed(ref, ahead=5)] == [5, 0]
    send(until_empty=True)
    assert feeding.feed(ref, ahead=5) == 2


def test_a_run_of_messages_that_are_put_off_pauses_it_but_not_those_that_are_tried_again(
    world: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    putting_off = Script("recipient", "451 4.7.1 too many", lambda recipient: recipient.startswith("s-"))
    with stub_server(putting_off, pipelining=True) as server:
        monkeypatch.setitem(world.config, "MAIL_URL", server.url)
        ref = begun(readers=4, failures_before_pause=3)
        send(until_empty=True)
        feeding.run()
        assert issue_now().state == IssueState.PAUSED
        assert states() == {"queued": 3, "planned": 1}
        server.scripts[:] = [
            Script(
                "recipient",
                "452 full",
                lambda recipient: recipient.startswith("s-") and "4@" not in recipient,
            )
        ]
        operations.resume(issue=queries.issue(ref))
        current_session().commit()
        change(OutboxMessage, next_attempt_at=machine_now() - timedelta(minutes=1))
        go_on()
        assert issue_now().state == IssueState.SENT, "everybody was tried, so nobody waits to hear of it"
        assert states() == {"queued": 3, "delivered": 1}
        server.scripts[:] = [
            Script(
                "recipient",
                "452 full",
                lambda recipient: recipient.startswith("s-") and "1@" not in recipient,
            )
        ]
        change(OutboxMessage, next_attempt_at=machine_now() - timedelta(minutes=1))
        go_on()
        assert states() == {"queued": 2, "delivered": 2}
        operations.stop_trying(issue=queries.issue(ref), reason="It is out of date")
        current_session().commit()
        server.scripts.clear()
        change(OutboxMessage, next_attempt_at=machine_now() - timedelta(minutes=1))
        go_on()
        assert (states(), issue_now().state) == ({"not_sent": 2, "delivered": 2}, IssueState.SENT)
        with pytest.raises(MoveNotPossible, match="Nothing of"):
            operations.stop_trying(issue=queries.issue(ref), reason="It is out of date")


def test_a_tick_with_nothing_to_write_down_keeps_nobody_from_writing_and_one_portion_is_one_step(
    server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[int] = []
    settle_some = feeding._settle_some

    def counted(*args: Any) -> int:
        steps.append(settle_some(*args))
        return steps[-1]

    monkeypatch.setattr(feeding, "_settle_some", counted)
    ref = begun(readers=5)
    assert (feeding.settle(ref), steps) == (0, [])
    assert send(until_empty=True, stopping=lambda: len(server.received.envelopes) >= 2).sent == 2
    assert (feeding.settle(ref), steps) == (2, [2])


def test_words_that_cannot_be_made_pause_it_too(
    server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise ValueError("a place is missing")

    monkeypatch.setattr("app.briefings.sending.mail.FrozenMail.said_to", broken)
    begun(readers=6, failures_before_pause=3)
    send(until_empty=True)
    feeding.run()
    assert states() == {"failed": 3, "planned": 3}
    assert issue_now().state == IssueState.PAUSED


def test_what_a_person_settles_reaches_the_delivery(server: RunningServer) -> None:
    begun(readers=3)
    first, second, third = current_session().query(OutboxMessage).order_by(OutboxMessage.id)
    numbers = [first.id, second.id, third.id]
    change(OutboxMessage, state=State.FAILED, attempts=9, error="450 later")
    change(OutboxMessage, OutboxMessage.id == numbers[0], state=State.UNCERTAIN)
    change(Subscriber, Subscriber.email == third.address, state=SubscriberState.LEFT)
    feeding.run()
    assert (states(), issue_now().state) == ({"failed": 3}, IssueState.SENT)
    settle_as_received(message=outbox.message(numbers[0]))
    for number in numbers[1:]:
        send_again(message=outbox.message(number))
    current_session().commit()
    assert states() == {"delivered": 1, "queued": 1, "failed": 1}, "who left is not written to again"
    go_on()
    assert states() == {"delivered": 2, "failed": 1}
    assert len(server.received.recipients) == 1


def test_a_message_that_a_person_sends_again_while_its_end_is_written_down_goes_on(world: Flask) -> None:
    ref = begun(readers=2)
    numbers = [message.id for message in outbox.all_messages()]
    change(OutboxMessage, state=State.FAILED, attempts=9, error="550 5.1.1 unknown")
    ended = sending.ended(queries.issue(ref).id, at_most=10)
    send_again(message=outbox.message(numbers[0]))
    current_session().commit()
    feeding._settle_some(ref, ended)
    current_session().commit()
    assert states() == {"queued": 1, "bounced": 1}


def test_an_issue_that_cannot_begin_keeps_no_other_from_going_on(
    world: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue = cleared_issue(readers=1)
    operations.schedule(issue=issue, on=issue.prepared_on)
    current_session().commit()
    others: list[str] = []

    def feed(ref: str, **_: Any) -> int:
        others.append(ref)
        return 0

    monkeypatch.setattr(feeding, "_begin_if_due", lambda ref: 1 // 0)
    monkeypatch.setattr(feeding, "feed", feed)
    monkeypatch.setattr(sending, "under_way", lambda: ["B-9999"])
    with pytest.raises(ZeroDivisionError):
        feeding.run()
    assert others == ["B-9999"]


def test_of_a_cancelled_issue_what_may_have_arrived_is_for_a_person_to_settle(world: Flask) -> None:
    ref = begun(readers=2)
    first = current_session().query(OutboxMessage).order_by(OutboxMessage.id).first()
    assert first is not None
    change(OutboxMessage, OutboxMessage.id == first.id, doubtful=True, attempts=1)
    operations.cancel(issue=queries.issue(ref), reason="The wrong month")
    current_session().commit()
    feeding.run()
    assert states() == {"failed": 1, "not_sent": 1}
    assert [message.state for message in outbox.all_messages(State.UNCERTAIN)] == [State.UNCERTAIN]
