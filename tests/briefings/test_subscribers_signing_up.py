"""Signing up: a message to every address that may be written to, and nothing before its owner confirms."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from app.briefings.models import (
    Audience,
    BriefingSettings,
    SignUp,
    Subscriber,
    SubscriberState,
    SuppressedAddress,
)
from app.briefings.subscribers import digests, links, operations, queries
from app.core.database import current_session
from app.outbox.models import OutboxMessage
from app.outbox.rules import WrongAddress
from tests.accounts.support import letters, lines
from tests.support.briefings import make_subscriber
from tests.support.client import PageClient
from tests.support.statements import statements

Sign = Callable[[str], PageClient]
MORNING = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def sign_up(client: PageClient, email: str, *, status: int = 302, wait: float = 5, **values: Any) -> str:
    """Fill in the form in so many seconds, and give back where the answer leads or what it says."""
    with time_machine.travel(datetime.now(UTC) - timedelta(seconds=wait), tick=False) as clock:
        page = client.get("/subscribe").get_data(as_text=True)
        made = re.search(r'name="made" value="([^"]+)"', page)
        assert made is not None
        clock.shift(timedelta(seconds=wait))
        answer = client.post("/subscribe", {"email": email, "made": made[1], **values}, status=status)
        return answer.headers.get("Location") or answer.get_data(as_text=True)


def link_in(text: str) -> str:
    """The path and query of the link that a letter carries."""
    found = re.search(r"http://127\.0\.0\.1:5000(/subscri\S+)", text)
    assert found, text
    return found[1]


def test_who_signs_up_gets_the_briefing_once_they_confirm_and_not_before(
    world: Flask, shared_app: Flask, tmp_path: Path
) -> None:
    kind = current_session().scalars(select(Audience.ref).order_by(Audience.position)).first() or ""
    form: dict[str, Any] = {
        "name": "Ann",
        "agency": "homerton",
        "audience": kind,
        "area": "hackney",
        "topics": "neglect",
    }
    assert sign_up(PageClient(shared_app), "Ann@Example.org ", **form) == "/subscribe/asked"
    assert queries.by_address("ann@example.org") is None
    ((to, subject, text),) = letters(tmp_path)
    assert to == "ann@example.org"
    assert subject.startswith("Confirm that you want")
    link, scanner = link_in(text), PageClient(shared_app)
    for _ in range(3):
        scanner.get(link)
        scanner.client.head(link)
    assert queries.by_address("ann@example.org") is None
    current_session().rollback()
    reader = PageClient(shared_app)
    # Pressed twice at once: the second waits for the first, and then finds the link used.
    opened = links.opened
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(links, "opened", lambda link, for_change=False: None if for_change else opened(link))
        reader.post(link, status=410)
    answer = reader.post(link)
    reader.get(answer.headers["Location"])
    found = queries.by_address("ann@example.org")
    assert found is not None
    assert (found.state, found.basis, found.name) == ("active", "signed_up", "Ann")
    assert found.agency is not None
    assert found.agency.ref == "homerton"
    assert [topic.ref for topic in found.topics] == ["neglect"]
    assert lines("subscriber.sign_up") == [(found.ref, f"{found.ref} signed up and confirmed the address")]
    # The link works once, and nothing is kept of what it confirmed.
    reader.get(link, status=410)
    reader.post(link, status=410)
    assert current_session().scalar(select(func.count()).select_from(SignUp)) == 0
    assert current_session().scalars(select(OutboxMessage.address)).all() == [""]


def test_every_address_gets_one_answer_for_one_work_and_only_some_a_message(
    world: Flask, shared_app: Flask, tmp_path: Path
) -> None:
    make_subscriber(email="reads@example.org")
    make_subscriber(email="left@example.org", state=SubscriberState.LEFT)
    make_subscriber(email="refused@example.org", state=SubscriberState.SUPPRESSED)
    digests.suppress("erased@example.org", reason="unsubscribed")
    current_session().commit()
    work, pages, client = [], set(), PageClient(shared_app)
    for name in ("unknown", "reads", "left", "refused", "erased"):
        with statements() as sent:
            pages.add(sign_up(client, f"{name}@example.org"))
        work.append([re.sub(r"\W+", " ", str(each))[:60] for each in sent])
        pages.add(re.sub(r'"csrf_token" value="[^"]*"', "", client.get("/subscribe/asked").text))
    assert len(pages) == 2
    assert all(each == work[0] for each in work)
    sent_to = {to: subject for to, subject, _ in letters(tmp_path)}
    assert set(sent_to) == {f"{name}@example.org" for name in ("unknown", "reads", "left", "erased")}
    assert "already" in sent_to["reads@example.org"]
    assert all("Confirm" in sent_to[f"{name}@example.org"] for name in ("unknown", "left", "erased"))


def test_an_address_is_written_to_again_after_an_hour_and_then_once_a_day_at_most(
    world: Flask, shared_app: Flask, tmp_path: Path
) -> None:
    with time_machine.travel(MORNING, tick=False) as clock:
        operations.ask(email="ann@example.org", name="Ann")
        ((_, _, first),) = letters(tmp_path)
        clock.shift(timedelta(minutes=59))
        operations.ask(email="ann@example.org", name="Somebody else")
        assert letters(tmp_path) == []
        clock.shift(timedelta(minutes=1))
        operations.ask(email="ann@example.org", name="Ann B")
        ((_, _, second),) = letters(tmp_path)
        # A third and further ones a day apart: it need not be the owner who asks over and over.
        clock.shift(timedelta(hours=23))
        operations.ask(email="ann@example.org", name="Somebody else")
        assert letters(tmp_path) == []
        client = PageClient(shared_app)
        client.get(link_in(first), status=410)
        client.post(link_in(second))
    assert getattr(queries.by_address("ann@example.org"), "name", "") == "Ann B"


def test_a_link_works_for_seven_days_and_then_what_was_asked_for_is_forgotten(
    world: Flask, stranger: PageClient, tmp_path: Path
) -> None:
    with time_machine.travel(MORNING, tick=False) as clock:
        operations.ask(email="ann@example.org")
        ((_, _, text),) = letters(tmp_path)
        clock.shift(timedelta(days=7))
        stranger.get(link_in(text))
        assert operations.forget_sign_ups() == 0
        clock.shift(timedelta(seconds=1))
        stranger.get(link_in(text), status=410)
        assert operations.forget_sign_ups() == 1
    current_session().commit()
    assert current_session().scalars(select(OutboxMessage.address)).all() == [""]
    for other in ("/subscribe/confirm", "/subscribe/confirm?link=x", "/subscribe/confirm?link=%00"):
        stranger.get(other, status=410)


@pytest.mark.parametrize("sign", ["\r\n", "\n", "\r", "\0", "\u2028", "\x85", "\x0b"])
def test_no_name_and_no_address_begins_a_header_or_reaches_another(world: Flask, sign: str) -> None:
    operations.ask(email="ann@example.org", name=f"Eve{sign}Bcc: all@example.org")
    (asked,) = current_session().scalars(select(SignUp)).all()
    assert asked.name == "Eve Bcc: all@example.org"
    for email in (f"ann{sign}@example.org", f"ann@example.org{sign}Bcc: b@example.org", "a@b.org,c@d.org"):
        with pytest.raises(WrongAddress):
            operations.ask(email=email)


def test_the_link_stands_in_no_stored_words(world: Flask, tmp_path: Path) -> None:
    operations.ask(email="ann@example.org")
    letters(tmp_path)
    (message,) = current_session().scalars(select(OutboxMessage)).all()
    assert (message.state, message.subject, message.text_body, message.html_body) == (
        "sent",
        None,
        None,
        None,
    )


def test_what_a_machine_fills_in_or_sends_too_quickly_comes_to_nothing(
    world: Flask, shared_app: Flask
) -> None:
    client = PageClient(shared_app)
    assert "quicker than people are" in sign_up(client, "ann@example.org", wait=1, status=422)
    client.post("/subscribe", {"email": "ann@example.org", "made": "x"}, status=422)
    assert sign_up(client, "ann@example.org", website="https://example.org") == "/subscribe/asked"
    assert current_session().scalar(select(func.count()).select_from(SignUp)) == 0
    current_session().rollback()
    assert "Enter an e-mail address in the form" in sign_up(client, "ann@", status=422)


def test_too_many_tries_are_answered_alike_and_do_nothing_and_keep_nobody_from_signing_in(
    world: Flask, shared_app: Flask
) -> None:
    from app.accounts.signing_in import throttle

    client = PageClient(shared_app)
    with time_machine.travel(MORNING, tick=False) as clock:
        for _ in range(11):
            clock.shift(timedelta(seconds=10))
            assert sign_up(client, "scr.chair@example.org") == "/subscribe/asked"
        with shared_app.test_request_context("/sign-in", method="POST"):
            assert not throttle.may_write_to("scr.chair@example.org", "subscribe")
            assert throttle.may_try("scr.chair@example.org")


def test_nobody_signs_up_where_the_partnership_keeps_the_list_itself(
    world: Flask, stranger: PageClient, tmp_path: Path
) -> None:
    operations.ask(email="ann@example.org")
    current_session().get_one(BriefingSettings, 1).sign_up_is_open = False
    stranger.get("/subscribe", status=404)
    stranger.get("/subscribe/asked", status=404)
    stranger.post("/subscribe", {"email": "ann@example.org"}, status=404)
    assert letters(tmp_path) == []


def test_who_left_or_was_erased_comes_back_only_by_signing_up(
    world: Flask, stranger: PageClient, tmp_path: Path
) -> None:
    reader = make_subscriber(email="ann@example.org", name="Ann")
    operations.leave(subscriber=reader)
    operations.erase(subscriber=reader)
    with pytest.raises(operations.AddressNotTaken):
        operations.add(email="ann@example.org", basis_stated="A list")
    operations.ask(email="ann@example.org")
    ((_, _, text),) = letters(tmp_path)
    stranger.post(link_in(text))
    again = queries.by_address("ann@example.org")
    assert again is not None
    assert again.ref != reader.ref
    assert current_session().scalar(select(func.count()).select_from(SuppressedAddress)) == 0
    assert current_session().scalar(select(func.count()).select_from(Subscriber)) == 2
