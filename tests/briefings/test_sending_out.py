"""An issue goes to its frozen audience, once to each, with what is theirs alone in each mail."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

import pytest
from flask import Flask

from app.briefings import queries
from app.briefings.models import BriefingIssue, IssueState, Subscriber, SubscriberState
from app.briefings.sending import feeding, operations, rules
from app.briefings.subscribers.operations.changing import move
from app.core.clock import machine_now
from app.core.database import current_session
from app.outbox.models import OutboxBatch, OutboxMessage
from app.outbox.sender import send
from tests.support.briefings import make_subscriber
from tests.support.sendings import cleared_issue, go_on, send_out, states
from tests.support.smtp_server import RunningServer, Script, ordinary_server, stub_server


@pytest.fixture
def server(world: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningServer]:
    """An ordinary mail server, which the product sends to."""
    with ordinary_server() as running:
        monkeypatch.setitem(world.config, "MAIL_URL", running.url)
        yield running


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


def test_somebody_who_leaves_while_it_is_sent_gets_it_no_more(server: RunningServer) -> None:
    issue = cleared_issue(readers=6)
    operations.send_now(issue=issue)
    current_session().commit()
    feeding.run()
    last = current_session().query(Subscriber).order_by(Subscriber.id.desc()).first()
    assert last is not None
    address, last_id = last.email, last.id
    current_session().rollback()
    left: list[bool] = []

    def leaves() -> bool:
        """Asked between two messages of a group that is held as a whole."""
        if len(server.received.envelopes) == 2 and not left:
            left.append(True)
            current_session().get_one(Subscriber, last_id).state = SubscriberState.LEFT
            current_session().commit()
        return False

    assert send(until_empty=True, stopping=leaves).sent == 5
    assert left
    assert address not in server.received.recipients
    feeding.run()
    assert states() == {"delivered": 5, "not_sent": 1}


def test_somebody_who_moves_while_it_is_sent_gets_it_at_the_new_address_alone(server: RunningServer) -> None:
    issue = cleared_issue(readers=6)
    operations.send_now(issue=issue)
    current_session().commit()
    feeding.run()
    last = current_session().query(Subscriber).order_by(Subscriber.id.desc()).first()
    assert last is not None
    old, last_id = last.email, last.id
    current_session().rollback()
    moved: list[str] = []

    def moves() -> bool:
        """Asked between two messages of a group whose words and addresses are made already."""
        if len(server.received.envelopes) == 2 and not moved:
            reader = move(
                subscriber=current_session().get_one(Subscriber, last_id), address="new@example.org"
            )
            moved.append(reader.key)
            current_session().commit()
        return False

    assert send(until_empty=True, stopping=moves).sent == 6
    assert (old in server.received.recipients, server.received.recipients[-1]) == (False, "new@example.org")
    keys = [
        moved[0].encode() in content.replace(b"=\r\n", b"") for _, _, content in server.received.envelopes
    ]
    assert keys == [False] * 5 + [True], "the new key goes to the new address and nowhere else"


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
    assert states() == {"delivered": 2, "queued": 4}
    assert {message.claimed_by for message in current_session().query(OutboxMessage)} == {None}
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
        assert states() == {"delivered": 1, "bounced": 3, "queued": 4}
        stopped = issue_now()
        assert stopped.state == IssueState.PAUSED
        assert stopped.stopped_reason == "3 messages were refused one after the other."
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
