"""Refused briefings: noted once, given up by the rule, put back by hand; mail dropped in a folder."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from app.audit.models import AuditEntry
from app.briefings.models import Bounce, Delivery, DeliveryState, Subscriber
from app.briefings.subscribers import bounces, operations, queries, returned, rules
from app.briefings.subscribers.operations import moving
from app.briefings.subscribers.returned import folder, reports
from app.core.clock import machine_now
from app.core.database import current_session
from app.outbox import operations as outbox
from app.outbox.models import OutboxMessage
from tests.accounts.support import letters
from tests.briefings.test_subscribers_rules import report
from tests.support.briefings import make_issue, make_subscriber
from tests.support.client import PageClient
from tests.support.statements import statements
from tests.support.world import DAY

GONE = "550 5.1.1 <gone@example.org>: no such user"


def delivered(reader: Subscriber, number: int = 1, state: str = DeliveryState.DELIVERED) -> Delivery:
    """An issue that went to a reader, with its message."""
    issue = make_issue(period=f"2016-{number:02d}")
    message = outbox.enqueue(
        kind="sign_up",
        dedupe_key=f"sign_up:test-{number}-{reader.id}",
        address=reader.email or "",
        business_on=DAY,
    )
    message.state = "sent"
    made = Delivery(
        issue=issue, subscriber=reader, state=state, message_id=message.id, delivered_at=machine_now()
    )
    current_session().add(made)
    current_session().flush()
    return made


def test_a_hard_refusal_ends_it_at_once_and_counts_once_and_no_trail_names_the_address(world: Flask) -> None:
    reader = make_subscriber(email="gone@example.org")
    delivery = delivered(reader)
    assert bounces.note_refusal(delivery=delivery, code="", said=GONE)
    assert not bounces.note_refusal(delivery=delivery, code="5.1.1", said=GONE)
    assert (reader.state, reader.left_reason) == ("suppressed", "refused 5.1.1")
    assert delivery.state == "bounced"
    (bounce,) = queries.refusals_of(reader.id)
    assert (bounce.kind, bounce.said) == ("hard", "550 5.1.1 <(address)>: no such user")
    assert all("gone@" not in entry.line for entry in current_session().query(AuditEntry))


def test_soft_refusals_in_a_row_end_it_and_one_that_arrives_begins_the_row_anew(
    world: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = make_subscriber()
    for number in range(1, 10):
        day = DAY.replace(month=3, day=number * 3)
        monkeypatch.setattr(bounces, "today", lambda day=day: day)
        if number == 4:
            delivered(reader, number)
            continue
        bounces.note_refusal(delivery=delivered(reader, number), code="4.2.2", said="mailbox full")
        assert (reader.state == "suppressed") == (number == 9), number


def test_a_rule_against_spam_never_ends_it_but_is_shown(world: Flask) -> None:
    reader = make_subscriber()
    for number in range(1, 8):
        bounces.note_refusal(delivery=delivered(reader, number), code="5.7.1", said="looks like spam")
    assert reader.state == "active"
    assert {each.kind for each in queries.refusals_of(reader.id)} == {"policy"}


def test_an_address_that_was_put_back_is_not_given_up_for_what_was_said_before(world: Flask) -> None:
    reader = make_subscriber()
    bounces.note_refusal(delivery=delivered(reader, 1), code="5.1.1", said="gone")
    operations.put_back(subscriber=reader, reason="They wrote to us")
    bounces.note_refusal(delivery=delivered(reader, 2), code="4.2.2", said="full")
    assert reader.state == "active"
    with pytest.raises(operations.NotOnTheList):
        operations.put_back(subscriber=reader, reason="again")


def test_an_address_is_not_given_up_for_what_the_one_before_refused(world: Flask) -> None:
    reader = make_subscriber(email="closing@example.org")
    delivery = delivered(reader)
    moving.move(subscriber=reader, address="new@example.org")
    bounces.note_refusal(delivery=delivery, code="5.1.1", said=GONE, came_by="returned")
    assert (reader.state, delivery.state) == ("active", "bounced")
    assert queries.refusals_of(reader.id) == []


def drop(folder: Path, name: str, content: bytes) -> None:
    """Put a mail into a folder, as a mail server would have some time ago."""
    (folder / name).write_bytes(content)
    os.utime(folder / name, (time.time() - 60,) * 2)


def test_returned_mail_is_read_from_folder_and_maildir_once_and_put_away(
    world: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(world.config, "BOUNCES_DIR", str(tmp_path))
    by_id, by_address = make_subscriber(), make_subscriber(email="ann@example.org")
    first, second = delivered(by_id), delivered(by_address, 2)
    message = current_session().get_one(OutboxMessage, first.message_id)
    ours = report(to=by_id.email).replace(b"<ours@tracker.example.org>", message.message_id.encode())
    (tmp_path / "new").mkdir()
    drop(tmp_path / "new", "1234.V1.host", ours)
    drop(tmp_path, "again.eml", ours)
    drop(tmp_path, "other.eml", report().replace(b"bounce-1", b"bounce-2"))
    drop(tmp_path, "late.eml", report(action="delayed", status="4.4.1").replace(b"bounce-1", b"bounce-3"))
    drop(tmp_path, "away.eml", b"Subject: I am away\n\nTill Monday")
    drop(tmp_path, "huge.eml", b"x" * 3_000_000)
    (tmp_path / "fresh.eml").write_bytes(report())
    os.mkfifo(tmp_path / "pipe.eml")
    (tmp_path / "link.eml").symlink_to("/etc/hostname")
    current_session().commit()
    assert returned.take_in() == {"returned": 1, "unread": 2, "held": 0}
    assert returned.take_in() == {"returned": 0, "unread": 0, "held": 0}
    current_session().expire_all()
    # Whoever knows an address cannot have it given up: a report names the message.
    assert (first.state, second.state) == ("bounced", "delivered")
    assert (by_id.state, by_address.state) == ("suppressed", "active")
    assert {each.came_by for each in current_session().query(Bounce)} == {"returned"}
    assert len(list((tmp_path / "unread").iterdir())) == 2
    left = {place.name for place in tmp_path.iterdir()} - {"new", "unread"}
    assert left == {"fresh.eml", "pipe.eml", "link.eml"}


def test_one_of_those_whom_a_mailbox_passes_on_to_is_not_the_mailbox(world: Flask, tmp_path: Path) -> None:
    reader = make_subscriber(email="team@example.org")
    delivery = delivered(reader)
    sent = current_session().get_one(OutboxMessage, delivery.message_id)
    content = report(to="gone@elsewhere.example.org").replace(
        b"<ours@tracker.example.org>", sent.message_id.encode()
    )
    told = reports.read(content)
    assert told is not None
    assert folder.note(told, may_give_up=True) is bounces.Noted.NOTED
    assert (reader.state, [each.kind for each in queries.refusals_of(reader.id)]) == ("active", ["soft"])


def test_returned_mail_by_the_hundred_asks_an_editor_before_it_empties_the_list(
    world: Flask, client_as: Callable[[str], PageClient], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(world.config, "BOUNCES_DIR", str(tmp_path / "returned"))
    (tmp_path / "returned").mkdir()
    monkeypatch.setattr(rules, "MOST_GIVEN_UP_A_DAY", 2)
    readers = [make_subscriber(email=f"r{number}@{'ab'[number % 2]}.example.org") for number in range(6)]
    for number, reader in enumerate(readers, start=1):
        sent = current_session().get_one(OutboxMessage, delivered(reader, number).message_id)
        content = report(to=reader.email).replace(b"<ours@tracker.example.org>", sent.message_id.encode())
        drop(
            tmp_path / "returned", f"{number}.eml", content.replace(b"bounce-1", f"bounce-{number}".encode())
        )
    current_session().commit()
    with statements() as said:
        assert returned.take_in() == {"returned": 6, "unread": 0, "held": 4}
    assert sum("count(DISTINCT" in each for each in said) == 1, "how many were given up is asked once"
    current_session().expire_all()
    assert [reader.state for reader in readers] == ["suppressed"] * 2 + ["active"] * 4
    ((to, _, text),) = letters(tmp_path)
    assert (to, "4 more wait for you" in text) == ("tusk.editor@example.org", True)
    editor = client_as("tusk.editor")
    assert "wait for you" in editor.get("/subscribers").text
    assert "a.example.org" in editor.get("/subscribers/refused").text
    # A second report of one reader makes no second address of it.
    bounces.note_refusal(
        delivery=delivered(readers[3], 9), code="5.1.1", said="gone", report_id="9", may_give_up=False
    )
    current_session().commit()
    assert list(queries.held().items()) == [("a.example.org", 2), ("b.example.org", 2)]
    with statements() as said:
        editor.post("/subscribers/refused/give-up", {"domain": "a.example.org"})
    assert sum(each.startswith("UPDATE subscriber SET") for each in said) == 1, "in one statement"
    editor.post("/subscribers/refused/let-be", {"domain": "b.example.org"})
    current_session().expire_all()
    assert [reader.state for reader in readers[2:]] == ["suppressed", "active"] * 2
    assert "No address waits" in editor.get("/subscribers/refused").text
    assert "wait for you" not in editor.get("/subscribers").text


def test_mail_that_is_no_report_is_kept_for_a_week_and_what_was_read_before_not_at_all(
    world: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(world.config, "BOUNCES_DIR", str(tmp_path))
    drop(tmp_path, "away.eml", b"Subject: I am away\n\nTill Monday")
    (tmp_path / "done").mkdir()
    drop(tmp_path / "done", "of-an-earlier-version.eml", report())
    returned.take_in()
    assert list((tmp_path / "done").iterdir()) == []
    (kept,) = (tmp_path / "unread").iterdir()
    returned.take_in()
    assert kept.exists()
    os.utime(kept, (time.time() - 8 * 86_400,) * 2)
    returned.take_in()
    assert not kept.exists()
