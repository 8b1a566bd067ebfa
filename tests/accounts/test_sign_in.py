"""Signing in with a password, and what strangers meet."""

import re
from collections.abc import Callable

from flask import Flask

from app.audit.models import AuditEntry
from app.core.database import current_session
from tests.accounts.support import PASSWORD, give_password
from tests.support.client import PageClient


def _last_entry() -> AuditEntry:
    return current_session().query(AuditEntry).order_by(AuditEntry.id.desc()).limit(1).one()


def test_strangers_at_the_root_are_sent_to_sign_in(world: Flask, stranger: PageClient) -> None:
    assert stranger.get("/", status=302).headers["Location"] == "/sign-in"


def test_the_right_password_signs_in_and_is_on_record(world: Flask, stranger: PageClient) -> None:
    give_password("scr.chair")
    answer = stranger.post("/sign-in", {"email": "SCR.chair@example.org", "password": PASSWORD})
    assert answer.headers["Location"] == "/"
    stranger.get("/")
    entry = _last_entry()
    assert (entry.verb, entry.line, entry.subject_ref) == ("account.sign_in", "Signed in", "scr.chair")


def test_a_stranger_returns_to_the_page_that_was_asked_for(world: Flask, stranger: PageClient) -> None:
    give_password("scr.chair")
    stranger.get("/lessons", status=302)
    answer = stranger.post("/sign-in", {"email": "scr.chair@example.org", "password": PASSWORD})
    assert answer.headers["Location"] == "/lessons"


def test_wrong_password_unknown_address_and_left_account_get_one_answer(
    world: Flask, stranger: PageClient
) -> None:
    for ref in ("scr.chair", "left.owner"):
        give_password(ref)
    pages = []
    for email, password in (
        ("scr.chair@example.org", "not the right phrase"),
        ("nobody@example.org", PASSWORD),
        ("left.owner@example.org", PASSWORD),
    ):
        answer = stranger.post("/sign-in", {"email": email, "password": password}, status=200)
        # The token of a form carries the second it was made in.
        page = re.sub(r'name="csrf_token" value="[^"]*"', "", answer.get_data(as_text=True))
        pages.append(page.replace(email, ""))
        assert _last_entry().line == "Sign-in refused"
        stranger.get("/", status=302)
    assert pages[0] == pages[1] == pages[2]


def test_what_was_typed_into_the_address_is_not_kept(world: Flask, stranger: PageClient) -> None:
    stranger.post("/sign-in", {"email": "my secret phrase", "password": "x"}, status=200)
    assert _last_entry().subject_ref == "unknown"


def test_signing_out_is_by_post_and_ends_the_session(
    world: Flask, client_as: Callable[[str], PageClient]
) -> None:
    client = client_as("scr.chair")
    client.get("/sign-out", status=405)
    client.get("/")
    client.post("/sign-out")
    client.get("/", status=302)
    assert _last_entry().line == "Signed out; all sessions ended"
