"""A forgotten password: a link by mail that works once, for an hour, and only when it is confirmed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import time_machine
from flask import Flask

from app.accounts.queries import person_by_ref
from app.core.database import current_session
from app.outbox.models import OutboxMessage
from tests.accounts.support import OTHER_PASSWORD, PASSWORD, give_password, letters, lines, link_in, token_of
from tests.support.client import PageClient

Sign = Callable[[str], PageClient]
MORNING = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def asked(client: PageClient, email: str) -> str:
    """Ask for a link, and give back what the next page says."""
    answer = client.post("/forgotten-password", {"email": email})
    assert answer.headers["Location"] == "/sign-in"
    return client.get("/sign-in").get_data(as_text=True)


def sent_link(client: PageClient, folder: Path, email: str = "scr.chair@example.org") -> str:
    """The link of the one letter that is sent when a link is asked for."""
    asked(client, email)
    ((_, _, text),) = letters(folder)
    return link_in(text)


def test_the_sign_in_page_leads_to_the_form(world: Flask, stranger: PageClient) -> None:
    assert 'href="/forgotten-password"' in stranger.get("/sign-in").get_data(as_text=True)
    stranger.get("/forgotten-password")
    page = stranger.post("/forgotten-password", {"email": ""}, status=422).get_data(as_text=True)
    assert "Enter your email address" in page


def test_known_unknown_and_left_get_one_answer_and_only_the_known_a_letter(
    world: Flask, shared_app: Flask, tmp_path: Path
) -> None:
    words = "If that address has an account, look for our message there"
    for email in ("scr.chair@example.org", "nobody@example.org", "left.owner@example.org", "nonsense"):
        assert words in asked(PageClient(shared_app), email)
    ((to, subject, text),) = letters(tmp_path)
    assert (to, subject) == ("scr.chair@example.org", "Choose a new password")
    assert "works for one hour" in text
    line = "A link to choose a new password was asked for"
    assert [ref for ref, said in lines("account.ask_for_reset") if said == line] == [
        "scr.chair",
        "unknown",
        "left.owner",
        "unknown",
    ]


def test_opening_a_link_changes_nothing_and_confirming_it_works_once(
    world: Flask, shared_app: Flask, client_as: Sign, tmp_path: Path
) -> None:
    give_password("scr.chair")
    elsewhere = client_as("scr.chair")
    stranger = PageClient(shared_app)
    link = sent_link(stranger, tmp_path)
    for _ in range(2):
        assert "scr.chair@example.org" in stranger.get(link).get_data(as_text=True)
    elsewhere.get("/")
    form = {"link": token_of(link), "password": OTHER_PASSWORD}
    assert stranger.post("/choose-password", form).headers["Location"] == "/sign-in"
    # Whoever had the old password is out, and the link is used.
    elsewhere.get("/", status=302)
    stranger.get(link, status=410)
    stranger.post("/choose-password", form | {"password": PASSWORD}, status=410)
    sign_in = {"email": "scr.chair@example.org", "password": OTHER_PASSWORD}
    stranger.post("/sign-in", sign_in)
    assert lines("account.set_password") == [("scr.chair", "Password chosen by a link sent by mail")]


def test_a_weak_password_is_refused_beside_its_field_and_the_link_still_works(
    world: Flask, stranger: PageClient, tmp_path: Path
) -> None:
    link = sent_link(stranger, tmp_path)
    for password, problem in (
        ("", "Enter a new password"),
        ("too short", "Use a password of at least 12 characters"),
        ("aaaaaaaaaaaaaaaa", "harder to guess"),
        ("scr.chair@example.org", "harder to guess"),
        ("Scr.Chair-20172018", "harder to guess"),
        ("Password1234!", "harder to guess"),
        ("passwordpassword", "harder to guess"),
        ("123456789012", "harder to guess"),
        ("Scr.chair@example.org1", "harder to guess"),
    ):
        form = {"link": token_of(link), "password": password}
        page = stranger.post("/choose-password", form, status=422).get_data(as_text=True)
        assert problem in page
        assert token_of(link) in page
    assert person_by_ref("scr.chair").password is None


def test_a_link_works_for_an_hour(world: Flask, stranger: PageClient, tmp_path: Path) -> None:
    with time_machine.travel(MORNING, tick=False) as clock:
        link = sent_link(stranger, tmp_path)
        clock.shift(timedelta(minutes=60))
        stranger.get(link)
        clock.shift(timedelta(seconds=1))
        page = stranger.get(link, status=410).get_data(as_text=True)
    assert "This link no longer works" in page
    assert 'href="/forgotten-password"' in page


def test_no_other_word_opens_the_page(world: Flask, stranger: PageClient, tmp_path: Path) -> None:
    link = sent_link(stranger, tmp_path)
    for other in (
        "/choose-password",
        f"{link}x",
        link.replace("link=", "link=x"),
        "/choose-password?link=%00",
    ):
        stranger.get(other, status=410)


def test_who_left_meanwhile_or_has_another_address_cannot_use_the_link(
    world: Flask, stranger: PageClient, tmp_path: Path
) -> None:
    link = sent_link(stranger, tmp_path)
    person = person_by_ref("scr.chair")
    person.email = "elsewhere@example.org"
    current_session().commit()
    stranger.get(link, status=410)
    person_by_ref("scr.chair").email = "scr.chair@example.org"
    current_session().commit()
    stranger.get(link)
    person_by_ref("scr.chair").active = False
    current_session().commit()
    stranger.get(link, status=410)


def test_the_link_stands_in_no_stored_words_and_the_mailbox_says_so(
    world: Flask, stranger: PageClient, client_as: Sign, tmp_path: Path
) -> None:
    sent_link(stranger, tmp_path)
    message = current_session().query(OutboxMessage).one()
    assert (message.state, message.subject, message.text_body, message.html_body) == (
        "sent",
        None,
        None,
        None,
    )
    client = client_as("scr.chair")
    assert "A new password was asked for" in client.get("/demo/mailbox").get_data(as_text=True)
    page = client.get(f"/demo/mailbox/{message.id}").get_data(as_text=True)
    assert "made while the message is sent, so no page can show it" in page
    assert "<iframe" not in page


def test_someone_who_left_before_the_letter_went_out_gets_none(
    world: Flask, stranger: PageClient, tmp_path: Path
) -> None:
    asked(stranger, "scr.chair@example.org")
    person_by_ref("scr.chair").active = False
    assert letters(tmp_path) == []
