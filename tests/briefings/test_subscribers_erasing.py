"""After an erasure nothing says who it was: no table, no file, nothing that a sender brings home later."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Agency, Area
from app.accounts.queries import person_by_ref
from app.briefings.models import (
    Bounce,
    BriefingIssue,
    Delivery,
    DeliveryState,
    MovedAddress,
    Opening,
    SignUp,
    Subscriber,
    SuppressedAddress,
)
from app.briefings.results.queries import counting
from app.briefings.sending import feeding
from app.briefings.sending import operations as sending
from app.briefings.subscribers import digests, links, operations, queries, returned
from app.briefings.subscribers.operations import signing_up
from app.briefings.subscribers.reconfirming import operations as reconfirming
from app.core.clock import machine_now, now
from app.core.database import Base, current_session, db
from app.core.patience import with_patience
from app.outbox.models import OutboxMessage, State
from app.outbox.operations import marks
from app.outbox.rules import Verdict
from tests.briefings.test_subscribers_bounces import drop
from tests.briefings.test_subscribers_rules import report
from tests.support.briefing_results import click
from tests.support.briefings import make_subscriber
from tests.support.sendings import cleared_issue, go_on, message_of, send_out
from tests.support.smtp_server import ordinary_server
from tests.support.world import DAY, by_ref

ADDRESS, NAME = "xanthe.quill@example.org", "Xanthe Quill"
#: What gives her away, in small letters.
TOLD_BY = ("xanthe", "quill")


def traces(*more: str) -> list[str]:
    """Where something in the database says who it was, as table and row."""
    session, told_by = current_session(), (*TOLD_BY, *more)
    session.expire_all()
    return [
        f"{table.name}: {row}"
        for table in Base.metadata.sorted_tables
        for row in session.execute(table.select())
        if any(word.lower() in repr(tuple(row)).lower() for word in told_by)
    ]


def on_the_disk(*more: str) -> list[str]:
    """Where the database's own files still hold it; of SQLite, whose pages would keep what was deleted."""
    if db.engine.dialect.name != "sqlite":
        return []
    place = str(db.engine.url.database)
    return [
        f"{name}: {word}"
        for name in (place, f"{place}-wal")
        if Path(name).exists()
        for content in [Path(name).read_bytes().lower()]
        for word in (*TOLD_BY, *more)
        if word.lower().encode() in content
    ]


def queue(issue: BriefingIssue) -> None:
    """Begin the sending and hand the deliveries to the outbox, with no transaction left open."""
    sending.send_now(issue=issue)
    ref = issue.ref
    current_session().commit()
    feeding.feed(ref)


def test_after_an_erasure_nothing_says_who_it_was_and_every_number_stays(
    world: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "returned"
    folder.mkdir()
    monkeypatch.setitem(world.config, "BOUNCES_DIR", str(folder))
    hackney = current_session().scalars(select(Area).where(Area.ref == "hackney")).one()
    reader = operations.add(
        email=ADDRESS,
        basis_stated=f"{NAME} asked at the door",
        name=NAME,
        agency=by_ref(Agency, "homerton"),
        area=hackney,
    )
    operations.ask(email=ADDRESS, name=NAME)
    operations.ask(email="new.of.quill@example.org", subscriber=reader)
    before = {"email": "quill.before@example.org", "had_account": False, "token": "before"}
    current_session().add(MovedAddress(subscriber_id=reader.id, moved_at=machine_now(), **before))
    with ordinary_server() as server:
        monkeypatch.setitem(world.config, "MAIL_URL", server.url)
        first = cleared_issue(readers=5)
        send_out(first)
    second, _ = (cleared_issue(period=f"2017-0{month}") for month in (4, 5))
    queue(second)
    mine = current_session().query(Delivery).filter_by(subscriber_id=reader.id).order_by(Delivery.id).all()
    assert [each.state for each in mine] == ["delivered", "queued", "planned"]
    click(mine[0])
    current_session().add(Opening(issue_id=first.id, delivery_id=mine[0].id, opened_at=now()))
    ours = report().replace(b"<ours@tracker.example.org>", message_of(mine[0]).message_id.encode())
    ours = ours.replace(b"5.1.1", b"4.2.2")
    drop(folder, "back.eml", ours.replace(b"Ann@Example.org", ADDRESS.encode()))
    current_session().commit()
    assert returned.take_in()["returned"] == 1
    current_session().expire_all()
    operations.leave(subscriber=reader, issue_ref=first.ref)
    current_session().commit()
    key, digest, counted = reader.key, digests.digest_of(ADDRESS), counting.counted(first)
    assert (len(traces(key)) > 5, counted.total.clicked, counted.total.left) == (True, 1, 1)
    operations.erase(subscriber=reader)
    current_session().commit()
    assert traces(key) == []
    assert on_the_disk(key) == []
    assert [file for file in folder.rglob("*") if file.is_file()] == []
    assert [each.digest for each in current_session().query(SuppressedAddress)] == [digest]
    assert (reader.agency_id, reader.area_id, reader.confirmed_on) == (None, None, None)
    assert [each.state for each in mine] == ["bounced", "queued", "not_sent"]
    assert {each.subscriber_id for each in mine} == {None}
    assert counting.counted(first) == counted
    # The others get theirs, and the issue comes to its end without her.
    with ordinary_server() as server:
        monkeypatch.setitem(world.config, "MAIL_URL", server.url)
        go_on()
        assert len(server.received.recipients) == 5
    assert current_session().get_one(BriefingIssue, second.id, populate_existing=True).state == "sent"
    assert current_session().get_one(Delivery, mine[1].id).state == "not_sent"


@pytest.mark.parametrize("outcome", [Verdict.REFUSED, Verdict.LATER])
def test_what_is_just_on_its_way_says_nothing_when_it_has_ended(world: Flask, outcome: Verdict) -> None:
    reader = make_subscriber(email=ADDRESS, name=NAME)
    operations.ask(email=ADDRESS, name=NAME)
    issue = cleared_issue()
    queue(issue)
    session = current_session()
    for message in session.query(OutboxMessage):
        message.state, message.claimed_by, message.attempts = State.SENDING, "me", 1
    session.commit()
    operations.erase(subscriber=reader)
    session.commit()
    for message in session.query(OutboxMessage).all():
        assert message.state == State.SENDING
        marks.mark(
            message_id=message.id,
            claimant="me",
            attempt=1,
            doubtful=False,
            outcome=outcome,
            said=f"550 5.1.1 {ADDRESS}: {NAME} is gone",
        )
        session.refresh(message)
        message.next_attempt_at = machine_now()
    session.commit()
    assert traces() == []
    go_on()
    assert {message.state for message in session.query(OutboxMessage)} <= {State.FAILED, State.CANCELLED}
    ended = DeliveryState.FAILED if outcome is Verdict.REFUSED else DeliveryState.NOT_SENT
    assert {each.state for each in session.query(Delivery)} == {ended}
    assert traces() == []
    assert (session.query(Bounce).count(), session.query(SignUp).count()) == (0, 0)


def while_it_writes(
    world: Flask, patch: pytest.MonkeyPatch, module: Any, name: str, deed: Callable[[], object]
) -> Callable[[], list[type[Exception]]]:
    """Have a deed begin in a thread of its own once a function is called; what waits for its end and says
    what went wrong with it.
    """
    went_wrong: list[type[Exception]] = []

    def elsewhere() -> None:
        with world.app_context():
            try:
                with_patience(deed)
            except Exception as error:
                went_wrong.append(type(error))

    function, other = getattr(module, name), Thread(target=elsewhere)

    def meanwhile(*args: Any, **values: Any) -> Any:
        if other.ident is None:
            other.start()
            other.join(0.2)
        return function(*args, **values)

    def ended() -> list[type[Exception]]:
        other.join()
        return went_wrong

    patch.setattr(module, name, meanwhile)
    return ended


def erase_her() -> None:
    """Erase the reader, in a transaction of one's own."""
    reader = queries.by_address(ADDRESS)
    assert reader is not None
    operations.erase(subscriber=reader)


@pytest.mark.parametrize(
    ("deed", "left"),
    [(erase_her, ("", "cancelled")), (operations.keep_in_step, ("scr.chair@example.org", "queued"))],
    ids=["erasure", "move"],
)
def test_what_changes_a_reader_while_mail_is_queued_waits_for_that_and_finds_it(
    world: Flask, monkeypatch: pytest.MonkeyPatch, deed: Callable[[], object], left: tuple[str, str]
) -> None:
    if deed is erase_her:
        make_subscriber(email=ADDRESS, name=NAME)
    else:
        chair = person_by_ref("scr.chair")
        of_account = {"person_id": chair.id, "name": chair.name, "agency_id": chair.agency_id}
        make_subscriber(email=ADDRESS, basis="account", **of_account)
    issue = cleared_issue()
    current_session().rollback()
    ended = while_it_writes(world, monkeypatch, feeding, "enqueue_batch", deed)
    queue(issue)
    assert ended() == []
    queued = current_session().query(OutboxMessage.address, OutboxMessage.state)
    assert [tuple(each) for each in queued] == [left]
    assert traces() == []


def test_who_is_being_erased_is_not_asked_to_confirm_again(
    world: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_subscriber(email=ADDRESS, name=NAME, basis="imported", confirmed_on=None)
    reconfirming.begin(asks_imported=True, confirmed_before=None, answer_by=DAY + timedelta(days=28))
    current_session().commit()
    ask = partial(reconfirming._ask_some, DAY)
    ended = while_it_writes(world, monkeypatch, digests, "suppress", ask)
    erase_her()
    current_session().commit()
    assert (ended(), traces(), current_session().query(OutboxMessage).count()) == ([], [], 0)


def test_who_is_erased_while_they_ask_for_a_message_is_gone_and_neither_waits_for_the_other(
    world: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_subscriber(email=ADDRESS, name=NAME)
    operations.ask(email=ADDRESS)
    current_session().query(SignUp).update({"asked_at": machine_now() - timedelta(hours=2)})
    current_session().commit()
    tries: list[Subscriber | None] = []

    def ask() -> None:
        tries.append(queries.by_address(ADDRESS))
        if tries[-1] is not None:
            operations.ask(email=ADDRESS, subscriber=tries[-1])

    ended = while_it_writes(world, monkeypatch, digests, "suppress", ask)
    erase_her()
    current_session().commit()
    assert (ended(), traces(), len(tries)) == ([], [], 1)


def test_a_reader_who_proves_to_be_another_once_more_is_forgotten_as_well(world: Flask) -> None:
    other = make_subscriber(email=ADDRESS, name=NAME, basis_stated=f"{NAME} asked")
    reader = make_subscriber(email="old@example.org")
    issue = cleared_issue()
    queue(issue)
    key = other.key
    operations.ask(email=ADDRESS, subscriber=reader)
    asked = current_session().query(SignUp).one()
    operations.confirm(link=links.confirm_url(asked).partition("link=")[2])
    current_session().commit()
    assert (reader.email, other.state, other.email) == (ADDRESS, "erased", None)
    # She is on the list, and what was queued for her goes to this address; of the other nothing is left.
    assert [each.partition(":")[0] for each in traces(key)] == ["outbox_message", "subscriber"]


def test_an_address_that_two_add_at_once_is_on_the_list_once(
    world: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    operations.ask(email=ADDRESS)
    link = links.confirm_url(current_session().query(SignUp).one()).partition("link=")[2]
    current_session().commit()
    adding = partial(operations.add, email=ADDRESS, basis_stated="Asked")
    ended = while_it_writes(world, monkeypatch, signing_up, "_take_details", adding)
    with_patience(partial(operations.confirm, link=link))
    assert ended() == [operations.AddressNotTaken]
    assert [each.basis for each in current_session().query(Subscriber)] == ["signed_up"]


def test_what_an_earlier_version_left_of_an_erased_reader_goes_with_the_next_run(world: Flask) -> None:
    reader = make_subscriber(email=ADDRESS, name=NAME, basis_stated=f"{NAME} asked")
    queue(cleared_issue())
    reader.email, reader.name, reader.state = None, "", "erased"
    current_session().flush()
    assert len(traces()) == 2
    assert (operations.forget_leftovers(), operations.forget_leftovers()) == (1, 0)
    assert traces() == []


def test_the_job_erases_thirty_days_after_somebody_left(world: Flask) -> None:
    reader = make_subscriber(email=ADDRESS, name=NAME)
    operations.leave(subscriber=reader)
    assert operations.erase_due(on=DAY + timedelta(days=29)) == 0
    assert operations.erase_due(on=DAY + timedelta(days=30)) == 1
    assert (reader.state, traces()) == ("erased", [])
