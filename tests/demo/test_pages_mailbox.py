"""The mailbox: what the demonstration sent, for everybody to look at."""

import re
from collections.abc import Callable
from datetime import date

from flask import Flask

from app.core.database import current_session
from app.outbox import queries as outbox
from app.outbox import sender
from app.reminders import operations as reminders
from tests.support.client import PageClient
from tests.support.world import DAY, make_action, make_lesson, make_review

Sign = Callable[[str], PageClient]


def remind() -> None:
    """Send one owner one reminder of two actions."""
    lesson = make_lesson(make_review())
    make_action(lesson, due_on=date(2017, 4, 7))
    make_action(lesson, due_on=date(2017, 3, 27))
    current_session().commit()
    reminders.run(on=DAY)


def test_an_empty_mailbox_says_how_it_fills(world: Flask, client_as: Sign) -> None:
    page = client_as("scr.chair").get("/demo/mailbox").get_data(as_text=True)
    assert "No messages yet." in page
    assert "Mailbox (0)" in page


def test_what_waits_is_announced_and_what_was_sent_is_listed(world: Flask, client_as: Sign) -> None:
    remind()
    client = client_as("staff.reader")
    page = client.get("/demo/mailbox").get_data(as_text=True)
    assert "1 message on the way" in page
    assert "2 actions need you" not in page
    sender.send(until_empty=True)
    page = client.get("/demo/mailbox").get_data(as_text=True)
    assert "2 actions need you: 1 overdue" in page
    assert "Homerton owner" in page
    assert "on the way" not in page
    assert "Mailbox (1)" in page


def test_a_message_is_shown_as_text_and_in_a_frame_that_runs_nothing(world: Flask, client_as: Sign) -> None:
    client = client_as("staff.reader")
    remind()
    sender.send(until_empty=True)
    (message,) = outbox.all_messages()
    answer = client.get(f"/demo/mailbox/{message.id}")
    page = answer.get_data(as_text=True)
    assert "A-0002   due 27 March 2017 (4 working days late)" in page
    assert f'src="/demo/mailbox/{message.id}/html"' in page
    assert re.search(r"Kind</dt>\s*<dd[^>]*>\s*Reminder\s*<", page)
    assert "sandbox" in page
    assert answer.headers["Content-Security-Policy"].split("; ").count("frame-src 'self'") == 1
    framed = client.client.get(f"/demo/mailbox/{message.id}/html")
    assert "due 27 March 2017 (4 working days late)" in framed.get_data(as_text=True)
    policy = framed.headers["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "sandbox", "frame-ancestors 'self'"} <= set(policy)
    # Of pictures the one that tells of an opening, as a mail program would fetch it, and no other.
    assert [each for each in policy if "img" in each] == ["img-src http://127.0.0.1:5000/opened"]
    assert not [rule for rule in policy if rule.startswith("script-src")]
    assert framed.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_a_message_that_was_not_sent_is_not_shown(world: Flask, client_as: Sign) -> None:
    client = client_as("staff.reader")
    remind()
    (message,) = outbox.all_messages()
    client.get(f"/demo/mailbox/{message.id}", status=404)
    client.get(f"/demo/mailbox/{message.id}/html", status=404)


def test_an_address_with_more_digits_than_any_message_leads_nowhere(world: Flask, client_as: Sign) -> None:
    client_as("staff.reader").get(f"/demo/mailbox/{'9' * 40}", status=404)
