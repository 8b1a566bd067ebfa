"""Leaving: one click, twice, without a session; nothing by opening a page; preferences by one's own key."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app.accounts.queries import person_by_ref
from app.briefings.models import Basis, Bounce, Delivery, MovedAddress, Subscriber, SubscriberState
from app.briefings.subscribers import bounces, links, operations, queries, rules
from app.core.database import current_session
from app.outbox.models import OutboxMessage
from tests.accounts.support import letters, lines
from tests.briefings.test_subscribers_signing_up import MORNING, link_in
from tests.support.briefings import make_issue, make_subscriber
from tests.support.client import PageClient
from tests.support.world import DAY

Sign = Callable[[str], PageClient]
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def path_of(url: str) -> str:
    """The path and query of a whole address."""
    return url.removeprefix("http://127.0.0.1:5000")


def test_one_click_needs_neither_session_nor_token_and_works_twice(world: Flask, shared_app: Flask) -> None:
    reader, other = make_subscriber(), make_subscriber()
    issues = [make_issue(period=f"2017-0{month}") for month in (1, 2)]
    current_session().add_all(Delivery(issue_id=issue.id, subscriber_id=reader.id) for issue in issues)
    current_session().commit()
    path = path_of(links.leave_url(reader.key, issues[0].ref))
    for content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
        answer = shared_app.test_client(use_cookies=False).post(
            path, data=ONE_CLICK, content_type=content_type
        )
        assert answer.status_code == 200
    # By a later mail it is no second leaving.
    shared_app.test_client().post(path_of(links.leave_url(reader.key, issues[1].ref)), data=ONE_CLICK)
    current_session().expire_all()
    assert (reader.state, reader.left_reason, other.state) == ("left", "unsubscribed", "active")
    deliveries = current_session().query(Delivery).order_by(Delivery.id).all()
    assert [each.left_on is not None for each in deliveries] == [True, False]
    assert lines("subscriber.leave") == [(reader.ref, f"{reader.ref} left the list: unsubscribed")]


def test_opening_the_link_changes_nothing_and_no_other_key_opens_anything(
    world: Flask, stranger: PageClient
) -> None:
    reader = make_subscriber()
    path = path_of(links.leave_url(reader.key, "B-0001"))
    page = stranger.get(path).get_data(as_text=True)
    assert "Press the button" in page
    assert rules.masked(reader.email or "") in page
    stranger.client.head(path)
    stranger.client.options(path)
    current_session().expire_all()
    assert reader.state == "active"
    current_session().rollback()
    for key in ("", "x", reader.key[:-1], "%00", "é", reader.ref):
        assert stranger.client.post(f"/subscription/leave?key={key}", data=ONE_CLICK).status_code == 404
        stranger.get(f"/subscription/leave?key={key}", status=404)
        stranger.get(f"/subscription?key={key}", status=404)
    for issue in ("%00", "B-9999", "x" * 999):
        stranger.get(f"/subscription/leave?key={reader.key}&issue={issue}")
    stranger.client.post(f"/subscription/leave?key={make_subscriber().key}&issue=%00", data=ONE_CLICK)
    assert "You are off the list" in stranger.post(path, status=200).get_data(as_text=True)


def test_nothing_else_a_stranger_sends_goes_without_its_token(world: Flask, shared_app: Flask) -> None:
    reader = make_subscriber()
    current_session().commit()
    client = shared_app.test_client()
    for path in (
        "/subscribe",
        "/subscribe/confirm",
        f"/subscription?key={reader.key}",
        f"/subscription/address?key={reader.key}",
        f"/subscription/return?key={reader.key}",
    ):
        assert client.post(path, data=ONE_CLICK).status_code == 400, path


def test_a_reader_chooses_and_comes_back_by_their_own_key(world: Flask, stranger: PageClient) -> None:
    reader = make_subscriber()
    path = path_of(links.preferences_url(reader.key))
    page = stranger.get(path).get_data(as_text=True)
    # Whoever a mail was forwarded to does not learn the address.
    assert "s…@example.org" in page
    assert str(reader.email) not in page
    stranger.post(path, {"agency": "homerton", "area": "hackney", "topics": ["neglect"]})
    current_session().expire_all()
    assert [each and each.ref for each in (reader.agency, reader.area)] == ["homerton", "hackney"]
    assert [topic.ref for topic in reader.topics] == ["neglect"]
    stranger.post(path, {"agency": "nobody"}, status=422)
    stranger.post(f"/subscription/leave?key={reader.key}", status=200)
    assert "You left the list" in stranger.get(path).get_data(as_text=True)
    stranger.post(f"/subscription/return?key={reader.key}")
    current_session().expire_all()
    assert (reader.state, reader.left_on) == ("active", None)


@pytest.mark.parametrize(
    ("basis", "stated", "said"),
    [
        (Basis.IMPORTED, "delegates of May 2016", "on this ground: delegates of May 2016"),
        (Basis.SIGNED_UP, "", "You asked for it and confirmed"),
        (Basis.ACCOUNT, rules.HAS_ACCOUNT, "You get it as you have an account"),
    ],
)
def test_a_reader_reads_on_which_ground_they_are_written_to(
    world: Flask, stranger: PageClient, basis: Basis, stated: str, said: str
) -> None:
    reader = make_subscriber(basis=basis, basis_stated=stated)
    assert said in stranger.get(path_of(links.preferences_url(reader.key))).text


def test_another_address_is_confirmed_there_and_ends_the_links_to_the_old_one(
    world: Flask, shared_app: Flask, tmp_path: Path
) -> None:
    reader = make_subscriber(email="old@example.org", state=SubscriberState.SUPPRESSED)
    taken = make_subscriber(email="taken@example.org", state=SubscriberState.LEFT)
    key, client = reader.key, PageClient(shared_app)
    for email in ("new@example.org", "taken@example.org"):
        client.post(f"/subscription/address?key={reader.key}", {"email": email})
        ((to, _, text),) = letters(tmp_path)
        assert to == email
        current_session().expire_all()
        assert reader.email != email
        PageClient(shared_app).post(link_in(text))
        current_session().expire_all()
        assert (reader.email, reader.state) == (email, "active")
    assert (taken.email, taken.state) == (None, "erased")
    # An address that was given up is not written to; the one after it is.
    assert [to for to, _, _ in letters(tmp_path)] == ["new@example.org"]
    assert "nobody’s now" in client.get(f"/subscription?key={key}", status=404).text


def test_who_takes_a_subscription_over_by_a_forwarded_mail_loses_it_again(
    world: Flask, shared_app: Flask, tmp_path: Path
) -> None:
    reader = make_subscriber(email="owner@example.org", basis=Basis.IMPORTED)
    thief = PageClient(shared_app)
    for email in ("thief@example.org", "second@example.org"):
        thief.post(f"/subscription/address?key={reader.key}", {"email": email})
    asked = {to: text for to, _, text in letters(tmp_path)}
    thief.post(link_in(asked["thief@example.org"]))
    current_session().expire_all()
    assert reader.email == "thief@example.org"
    ((to, subject, told),) = letters(tmp_path)
    assert (to, "another address" in subject) == ("owner@example.org", True)
    assert "t…@example.org" in told
    # What else they asked for was undone by what they confirmed.
    thief.post(link_in(asked["second@example.org"]), status=410)
    thief.post(f"/subscription/address?key={reader.key}", {"email": "second@example.org"})
    thief.post(link_in(next(text for _, _, text in letters(tmp_path))))
    letters(tmp_path)
    current_session().expire_all()
    stolen = reader.key
    owner, undoing = PageClient(shared_app), link_in(told)
    for _ in range(2):
        assert "Send it here again" in owner.get(undoing).text
    owner.client.head(undoing)
    current_session().expire_all()
    assert reader.email == "second@example.org"
    page = owner.get(owner.post(undoing).location).text
    assert "o…@example.org" in page
    assert "may have changed your choices too" in page
    current_session().expire_all()
    assert (reader.email, reader.state) == ("owner@example.org", "active")
    thief.get(f"/subscription?key={stolen}", status=404)
    # Who had it changed is told, and has nothing to press but what anybody has.
    ((to, _, told),) = letters(tmp_path)
    assert to == "second@example.org"
    assert [path_of(link) for link in re.findall(r"http\S+", told)] == ["/subscribe"]
    (kept,) = current_session().query(MovedAddress)
    assert (kept.email, kept.may_be_undone) == ("second@example.org", False)
    for no_more in (undoing, path_of(links.undoing_url(kept))):
        current_session().rollback()
        owner.get(no_more, status=410)
        owner.post(no_more, status=410)


def test_an_address_that_was_moved_from_is_forgotten_after_two_weeks_and_with_the_reader(
    world: Flask, tmp_path: Path
) -> None:
    with time_machine.travel(MORNING, tick=False) as clock:
        for name in ("ann", "bob"):
            reader = make_subscriber(email=f"{name}@example.org")
            operations.ask(email=f"{name}@example.com", subscriber=reader)
            asked = {to: text for to, _, text in letters(tmp_path)}
            operations.confirm(link=link_in(asked[f"{name}@example.com"]).partition("link=")[2])
        assert [to for to, _, _ in letters(tmp_path)] == ["bob@example.org"]
        operations.erase(subscriber=reader)
        clock.shift(timedelta(days=14))
        assert operations.forget_moved() == 0
        clock.shift(timedelta(seconds=1))
        assert operations.forget_moved() == 1
    assert set(current_session().scalars(select(OutboxMessage.address))) == {""}


def test_who_left_is_not_moved_and_nobody_they_asked_for_is(
    world: Flask, stranger: PageClient, tmp_path: Path
) -> None:
    reader = make_subscriber(email="ann@example.org")
    operations.ask(email="new@example.org", subscriber=reader)
    ((_, _, text),) = letters(tmp_path)
    operations.leave(subscriber=reader)
    stranger.post(link_in(text), status=410)
    stranger.post(f"/subscription/address?key={reader.key}", {"email": "b@example.org"})
    assert letters(tmp_path) == []
    assert (reader.email, reader.state) == ("ann@example.org", "left")


def test_an_address_that_was_refused_comes_back_only_by_a_mail_confirmed_there(
    world: Flask, stranger: PageClient, client_as: Sign, tmp_path: Path
) -> None:
    reader = make_subscriber(email="ann@example.org", basis=Basis.ACCOUNT)
    session, key = current_session(), reader.key
    session.add(Bounce(subscriber_id=reader.id, kind="hard", came_by="smtp", bounced_on=DAY))
    bounces.give_up(subscriber=reader, code="5.1.1")
    stranger.post(f"/subscription/leave?key={reader.key}", status=200)
    session.expire_all()
    assert (reader.state, reader.left_reason) == ("left", "unsubscribed; refused 5.1.1")
    back = f"/subscription/return?key={reader.key}"
    page = stranger.get(stranger.post(back).location).text
    assert "cannot be tried again now" in page
    with pytest.raises(operations.NotOnTheList):
        operations.come_back(subscriber=reader)
    reader.left_on = DAY - timedelta(days=7)
    page = stranger.get(stranger.post(back).location).text
    assert "once you confirm it there" in page
    session.expire_all()
    assert reader.state == "left"
    ((to, _, text),) = letters(tmp_path)
    assert to == "ann@example.org"
    stranger.post(link_in(text))
    session.expire_all()
    # It is the same address, so the account's reader goes on to be that, and the links in mail go on to work.
    assert (reader.state, reader.basis, reader.key) == ("active", "account", key)
    assert session.query(Bounce).one().settled_on == DAY
    assert letters(tmp_path) == []
    # What an editor took off by hand comes back by an editor alone.
    operations.ask(email="b@example.org", subscriber=reader)
    ((_, _, elsewhere),) = letters(tmp_path)
    reader.state, reader.left_reason, reader.left_on = "suppressed", rules.TAKEN_OFF, DAY - timedelta(days=99)
    session.commit()
    stranger.post(link_in(elsewhere), status=410)
    assert "another address" not in stranger.get(f"/subscription?key={reader.key}").text
    stranger.post(f"/subscription/address?key={reader.key}", {"email": "c@example.org"})
    stranger.post(f"/subscription/leave?key={reader.key}", status=200)
    stranger.post(f"/subscription/return?key={reader.key}")
    operations.ask(email="ann@example.org")
    assert letters(tmp_path) == []
    session.expire_all()
    assert reader.state == "left"


def test_everybody_with_an_account_reads_it_until_they_leave(world: Flask, client_as: Sign) -> None:
    added = operations.keep_in_step()
    assert operations.keep_in_step() == 0
    chair, left = (queries.of_person(person_by_ref(ref).id) for ref in ("scr.chair", "left.owner"))
    assert left is None
    assert chair is not None
    assert added == current_session().query(Subscriber).count()
    assert (chair.state, chair.basis, chair.email) == ("active", "account", "scr.chair@example.org")
    client = client_as("scr.chair")
    assert "at scr.chair@example.org." in client.get("/account").get_data(as_text=True)
    client.post("/account/briefing", {"wanted": "no"})
    assert "you left its list" in client.get("/account").get_data(as_text=True)
    person_by_ref("scr.chair").email = "chair@example.org"
    assert operations.keep_in_step() == 1
    assert (chair.state, chair.email) == ("left", "chair@example.org")
    client.post("/account/briefing", {"wanted": "yes"})
    current_session().expire_all()
    assert chair.state == "active"
    # Whom an editor took off stays off at the account's next address.
    operations.suppress(subscriber=chair, reason="Asked by their manager")
    person_by_ref("scr.chair").email = "chair2@example.org"
    assert operations.keep_in_step() == 1
    assert (chair.state, chair.email) == ("suppressed", "chair2@example.org")


def test_an_account_that_ends_ends_it_and_one_that_begins_again_begins_it_again(world: Flask) -> None:
    mine = make_subscriber(email="csc.lead@example.org")
    operations.keep_in_step()
    chair = queries.by_address("scr.chair@example.org")
    assert chair is not None
    assert mine.person_id == person_by_ref("csc.lead").id
    for ref in ("scr.chair", "csc.lead"):
        person_by_ref(ref).active = False
    operations.keep_in_step()
    # Who signed up by themselves stays; who was added with the account does not.
    assert (chair.state, chair.left_reason, mine.state) == ("left", "account ended", "active")
    person_by_ref("scr.chair").active = True
    operations.keep_in_step()
    assert chair.state == "active"


def test_an_account_whose_address_was_erased_at_its_owners_wish_stays_off(world: Flask) -> None:
    reader = make_subscriber(email="scr.chair@example.org")
    operations.erase(subscriber=reader)
    operations.keep_in_step()
    found = queries.by_address("scr.chair@example.org")
    assert found is not None
    assert found.state == "left"
    with pytest.raises(operations.HasAnAccount):
        operations.erase(subscriber=found)
