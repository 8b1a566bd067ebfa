"""Asking readers to confirm again: whom, once, what they answer, and what silence means."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from app.accounts.queries import person_by_ref
from app.briefings import queries as briefings
from app.briefings.models import AskedAgain, Basis, Reconfirmation, Subscriber, SubscriberState
from app.briefings.sending import feeding
from app.briefings.sending import operations as sending
from app.briefings.subscribers import operations as readers
from app.briefings.subscribers.reconfirming import operations, queries, rules
from app.core.database import current_session
from app.outbox.models import OutboxMessage
from app.outbox.operations import batches
from tests.accounts.support import letters, lines
from tests.briefings.test_subscribers_signing_up import link_in
from tests.support.briefings import make_subscriber
from tests.support.client import PageClient
from tests.support.sendings import cleared_issue
from tests.support.statements import statements
from tests.support.world import DAY

Sign = Callable[[str], PageClient]
UNTIL = DAY + timedelta(days=28)


def make_readers() -> dict[str, Subscriber]:
    """Two who were imported, one who confirmed long ago, and those whom nobody asks."""
    imported = {"basis": Basis.IMPORTED, "basis_stated": "A list", "confirmed_on": None}
    long_ago = DAY.replace(year=2014)
    return {
        "ann": make_subscriber(email="ann@example.org", **imported),
        "bob": make_subscriber(email="bob@example.org", **imported),
        "old": make_subscriber(email="old@example.org", confirmed_on=long_ago),
        "new": make_subscriber(email="new@example.org"),
        "gone": make_subscriber(email="gone@example.org", state=SubscriberState.LEFT, **imported),
        "staff": make_subscriber(email="x@example.org", basis=Basis.ACCOUNT, confirmed_on=None),
        "both": make_subscriber(email="y@example.org", person_id=person_by_ref("scr.chair").id, **imported),
    }


def test_a_round_asks_once_keeps_who_answers_and_takes_off_who_is_silent(
    world: Flask, client_as: Sign, stranger: PageClient, tmp_path: Path
) -> None:
    everybody = make_readers()
    editor, page = client_as("tusk.editor"), "/subscribers/confirm-again"
    form = {"asks_imported": "y", "confirmed_before": ["1", "1", "2016"], "answer_by": ["28", "4", "2017"]}
    editor.get(page)
    assert "tick the box" in editor.post(page, {"answer_by": form["answer_by"]}, status=422).text
    assert (
        "Enter a day from 14 April"
        in editor.post(page, {**form, "answer_by": ["13", "4", "2017"]}, status=422).text
    )
    assert "3 readers are written to" in editor.post(page, form, status=200).text
    assert queries.running() is None
    current_session().rollback()
    editor.post(page, {**form, "counted": "3"})
    with pytest.raises(operations.OneRunsAlready):
        operations.begin(asks_imported=True, confirmed_before=None, answer_by=UNTIL)
    current_session().rollback()
    assert [operations.run(on=DAY) for _ in range(2)] == [{"asked": 3, "ended": 0}, {"asked": 0, "ended": 0}]
    asked = {to.partition("@")[0]: text for to, _, text in letters(tmp_path)}
    assert set(asked) == {"ann", "bob", "old"}
    # Opened by a scanner it changes nothing; sent, it is done, as often as it is.
    link = link_in(asked["ann"])
    assert "still want it" in stranger.get(link).text
    stranger.client.head(link)
    current_session().expire_all()
    assert everybody["ann"].confirmed_on is None
    for _ in range(2):
        assert "Your subscription" in stranger.get(stranger.post(link).location).text
    current_session().expire_all()
    ann = everybody["ann"]
    assert (ann.confirmed_on, ann.basis, ann.basis_stated) == (DAY, "signed_up", "A list")
    assert "3 readers were asked" in editor.get("/subscribers").text
    # One whom the message did not reach is not silent.
    bob = current_session().query(AskedAgain).filter_by(subscriber_id=everybody["bob"].id).one()
    current_session().query(OutboxMessage).filter_by(dedupe_key=f"confirm_again:{bob.token}").update(
        {"state": "failed", "sent_at": None}
    )
    current_session().commit()
    assert operations.run(on=UNTIL) == {"asked": 0, "ended": 0}
    assert operations.run(on=UNTIL + timedelta(days=1)) == {"asked": 0, "ended": 2}
    current_session().expire_all()
    assert {name: str(each.state) for name, each in everybody.items()} == {
        **dict.fromkeys(("ann", "bob", "new", "staff", "both"), "active"),
        **dict.fromkeys(("old", "gone"), "left"),
    }
    assert everybody["old"].left_reason == "did not confirm again"
    (over,) = queries.over()
    assert (over.asked, over.confirmed, over.taken_off, over.not_reached) == (3, 1, 1, 1)
    assert queries.running() is None
    assert len(lines("subscriber.change")) == 2
    assert {address for (address,) in current_session().query(OutboxMessage.address)} == {""}
    # Who answers late is back.
    stranger.post(link_in(asked["old"]))
    current_session().expire_all()
    assert (everybody["old"].state, over.confirmed, over.taken_off) == ("active", 2, 0)
    assert "What came of it before" in editor.get(page).text


def test_a_round_that_is_stopped_writes_to_nobody_more_and_takes_nobody_off(
    world: Flask, client_as: Sign, stranger: PageClient, tmp_path: Path
) -> None:
    ann = make_readers()["ann"]
    operations.begin(asks_imported=True, confirmed_before=None, answer_by=UNTIL)
    current_session().commit()
    operations.run(on=DAY)
    client_as("tusk.editor").post("/subscribers/confirm-again/stop")
    assert letters(tmp_path) == []
    assert operations.run(on=UNTIL + timedelta(days=1)) == {"asked": 0, "ended": 2}
    current_session().expire_all()
    assert ann.state == "active"
    readers.erase(subscriber=ann)
    current_session().commit()
    waited = [(each.address, each.state) for each in current_session().query(OutboxMessage)]
    assert waited == [("", "cancelled")] * 2
    current_session().rollback()
    stranger.get("/subscription/confirm?link=x", status=410)
    client_as("staff.reader").get("/subscribers/confirm-again", status=404)


def test_a_question_opens_nothing_for_who_has_the_mail_of_an_address_before(
    world: Flask, stranger: PageClient, tmp_path: Path
) -> None:
    everybody = make_readers()
    operations.begin(asks_imported=True, confirmed_before=None, answer_by=UNTIL)
    current_session().commit()
    operations.run(on=DAY)
    asked = {to.partition("@")[0]: link_in(text) for to, _, text in letters(tmp_path)}
    readers.ask(email="elsewhere@example.org", subscriber=everybody["ann"])
    ((_, _, text),) = letters(tmp_path)
    readers.confirm(link=link_in(text).partition("link=")[2])
    readers.leave(subscriber=everybody["bob"])
    current_session().commit()
    for link in asked.values():
        stranger.get(link, status=410)
        stranger.post(link, status=410)
    operations.run(on=UNTIL + timedelta(days=1))
    assert [each.confirmed for each in queries.over()] == [1]


def test_a_message_counts_a_week_before_the_day_and_not_later() -> None:
    early = UNTIL - timedelta(days=8)
    assert rules.was_reached(early, timedelta(hours=23), answer_by=UNTIL)
    assert not rules.was_reached(early, timedelta(days=2), answer_by=UNTIL)
    assert not rules.was_reached(early, None, answer_by=UNTIL)


def begun(*, readers: int, **settings: int) -> None:
    """A round whose messages to so many readers are in the outbox."""
    for number in range(readers):
        make_subscriber(email=f"r{number}@example.org", basis=Basis.IMPORTED, confirmed_on=None)
    for name, value in settings.items():
        setattr(briefings.settings(), name, value)
    operations.begin(asks_imported=True, confirmed_before=None, answer_by=UNTIL)
    current_session().commit()
    operations.run(on=DAY)


def test_a_round_is_held_where_none_is_taken_and_whose_address_is_gone_is_written_to_no_more(
    world: Flask, client_as: Sign
) -> None:
    begun(readers=4, failures_before_pause=2)
    first, second, third, moved = current_session().query(OutboxMessage).order_by(OutboxMessage.id)
    first.state, first.error = "failed", "550 5.1.1 no such user"
    second.state, second.error = "failed", "550 5.7.1 listed"
    moved.state, moved.error, moved.address = "failed", "550 5.1.1 no such user", "before@example.org"
    for _ in range(2):
        batches.note_refused(third.batch or "")
    current_session().commit()
    editor = client_as("tusk.editor")
    assert "2 messages in a row" in editor.get("/subscribers/confirm-again").text
    assert operations.run(on=DAY) == {"asked": 0, "ended": 3}
    assert operations.run(on=DAY) == {"asked": 0, "ended": 0}
    current_session().expire_all()
    assert [each.state for each in current_session().query(Subscriber).order_by(Subscriber.id)] == [
        "suppressed",
        "active",
        "active",
        "active",
    ]
    assert (first.address, second.address) == ("", "")
    assert [each.not_reached for each in current_session().query(Reconfirmation)] == [3]
    editor.post("/subscribers/confirm-again/go-on")
    assert "Nobody is written to just now" not in editor.get("/subscribers/confirm-again").text


def test_a_rate_holds_for_everything_that_goes_and_a_round_follows_one_that_is_set_later(
    world: Flask,
) -> None:
    begun(readers=50)
    briefings.settings().rate_per_minute = 60
    current_session().commit()
    operations.run(on=DAY)
    asked = [each.next_attempt_at for each in current_session().query(OutboxMessage)]
    assert len(asked) == current_session().query(AskedAgain).count() == 20
    assert [each.asked for each in current_session().query(Reconfirmation)] == [20]
    assert max(asked) - min(asked) == timedelta(seconds=19)
    issue = cleared_issue(readers=0)
    sending.send_now(issue=issue)
    current_session().commit()
    feeding.run()
    assert current_session().query(OutboxMessage).count() <= 21, "one line for all"


def test_a_round_is_ended_in_as_many_statements_whatever_the_number_of_readers(
    world: Flask, tmp_path: Path
) -> None:
    begun(readers=6)
    letters(tmp_path)
    current_session().rollback()
    with statements() as sent:
        assert operations.run(on=UNTIL + timedelta(days=1)) == {"asked": 0, "ended": 6}
    assert {each.state for each in current_session().query(Subscriber)} == {"left"}
    assert len(lines("subscriber.leave")) == 6
    theirs = [each for each in sent if "subscriber" in each or "asked_again" in each]
    assert len(theirs) <= 8
