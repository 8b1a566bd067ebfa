"""How an issue is looked at before it goes out, and to whom it may go as a test."""

import re
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from html import unescape

import pytest
from flask import Flask

from app.briefings.reading import mail
from app.briefings.reading.freezing import freeze
from app.briefings.reading.operations import TESTS_AN_HOUR
from app.core.database import current_session
from app.outbox import queries as outbox
from app.outbox import sender
from tests.support.briefings import make_issue
from tests.support.client import PageClient
from tests.support.world import DAY

Sign = Callable[[str], PageClient]


def send_test(client: PageClient, address: str, *, status: int = 302) -> str:
    """What the page says after a test was asked for."""
    return client.post("/briefings/B-0001/test", {"address": address}, status=status).get_data(as_text=True)


@pytest.mark.parametrize("view", ["desktop", "phone", "dark", "text", "team", "nonsense"])
def test_an_issue_is_seen_in_each_way_its_readers_see_it(world: Flask, client_as: Sign, view: str) -> None:
    make_issue(items=2)
    page = client_as("tusk.editor").get(f"/briefings/B-0001/preview?as={view}").get_data(as_text=True)
    assert "TUSK: What we learned this month" in page


def test_drafts_are_for_those_who_write_or_oversee(world: Flask, client_as: Sign) -> None:
    make_issue(items=1)
    for path in ("preview", "preview/mail", "preview/team.pdf", "preview/team.docx"):
        client_as("staff.reader").get(f"/briefings/B-0001/{path}", status=404)


def test_a_long_subject_is_pointed_out(world: Flask, client_as: Sign) -> None:
    make_issue(title="x" * 90)
    page = client_as("tusk.editor").get("/briefings/B-0001/preview").get_data(as_text=True)
    assert "The subject has 96 characters" in page


@pytest.mark.parametrize("screen", ["", "?screen=dark"])
def test_the_frame_allows_the_styles_of_the_mail_and_nothing_else(
    world: Flask, client_as: Sign, screen: str
) -> None:
    make_issue(items=2)
    answer = client_as("tusk.editor").client.get(f"/briefings/B-0001/preview/mail{screen}")
    policy, html = answer.headers["Content-Security-Policy"], answer.get_data(as_text=True)
    rules = dict(rule.partition(" ")[::2] for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["frame-ancestors"] == "'self'"
    assert "unsafe-inline" not in policy
    assert "sandbox" in rules
    shown = re.sub(r"<!--.*?-->", "", html, flags=re.S)
    for style in re.findall(r'\bstyle="([^"]*)"', shown):
        digest = b64encode(sha256(unescape(style).encode()).digest()).decode()
        assert f"'sha256-{digest}'" in rules["style-src"]
    # What stands before a server holds back answers with headers of more than four kilobytes.
    assert len(policy) < 3500
    assert ("@media all" in html) == bool(screen)


def test_a_test_goes_through_the_outbox_and_says_that_it_is_one(world: Flask, client_as: Sign) -> None:
    make_issue(items=1)
    send_test(client_as("tusk.editor"), "Board.Manager@example.org")
    sender.send(until_empty=True)
    (message,) = outbox.all_messages()
    assert (message.kind, message.state, message.address) == (
        "briefing_test",
        "sent",
        "board.manager@example.org",
    )
    said = mail.message_text(message.id, DAY)
    assert said.subject == "Test: TUSK: What we learned this month"
    assert "Item 1" in said.text
    for words in (said.text, said.html):
        assert "This is a test of B-0001." in words
        assert "not cleared" in words
    assert said.html.count('<div role="article"') == 1


@pytest.mark.parametrize("address", ["somebody@elsewhere.example.org", "staff.reader@example.org", "", "x"])
def test_a_test_goes_to_nobody_who_may_not_read_drafts(world: Flask, client_as: Sign, address: str) -> None:
    make_issue(items=1)
    page = send_test(client_as("tusk.editor"), address, status=422)
    assert "There is a problem" in page
    assert list(outbox.all_messages()) == []


def test_so_many_tests_an_hour_go_to_one_address(world: Flask, client_as: Sign) -> None:
    make_issue(items=1)
    client = client_as("tusk.editor")
    for _ in range(TESTS_AN_HOUR):
        send_test(client, "tusk.editor@example.org")
    assert "Try again later" in send_test(client, "tusk.editor@example.org", status=422)
    send_test(client, "board.manager@example.org")


def test_the_words_of_a_test_are_kept_nowhere_but_in_the_issue(world: Flask, client_as: Sign) -> None:
    make_issue(items=1)
    send_test(client_as("tusk.editor"), "tusk.editor@example.org")
    sender.send(until_empty=True)
    (message,) = outbox.all_messages()
    assert "Item 1" not in f"{message.subject} {message.text_body} {message.html_body}"


def test_the_mailbox_of_the_demonstration_shows_a_test_all_the_same(world: Flask, client_as: Sign) -> None:
    make_issue(items=1)
    client = client_as("tusk.editor")
    send_test(client, "tusk.editor@example.org")
    sender.send(until_empty=True)
    (message,) = outbox.all_messages()
    listed = client.get("/demo/mailbox").get_data(as_text=True)
    assert "Test: TUSK: What we learned this month" in listed
    page = client.get(f"/demo/mailbox/{message.id}").get_data(as_text=True)
    assert "Test: TUSK: What we learned this month" in page
    assert "Item 1" in client.client.get(f"/demo/mailbox/{message.id}/html").get_data(as_text=True)


def test_once_it_is_frozen_the_preview_shows_what_readers_get(world: Flask, client_as: Sign) -> None:
    issue = make_issue(items=1)
    freeze(issue)
    assert issue.frozen is not None
    issue.frozen.text = issue.frozen.text.replace("Item 1", "Item as frozen")
    current_session().commit()
    page = client_as("tusk.editor").get("/briefings/B-0001/preview?as=text").get_data(as_text=True)
    assert "Item as frozen" in page
    assert issue.link_key not in page
