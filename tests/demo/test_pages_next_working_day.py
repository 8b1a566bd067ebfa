"""Stepping to the next working day: the days between begin too, each with its jobs."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.core.clock import today
from app.core.database import current_session
from app.core.installation import Installation
from app.core.job_runs import JobRun
from app.outbox import queries as outbox
from app.outbox.models import State
from app.reminders.models import Reminder
from app.scheduler import DAILY
from tests.support.client import PageClient
from tests.support.world import make_action, make_lesson, make_review

Sign = Callable[[str], PageClient]


def runs() -> list[tuple[str, date, str | None]]:
    """Every run of a day's job: which, for which day, and its outcome."""
    statement = select(JobRun.job, JobRun.business_on, JobRun.outcome).order_by(JobRun.id)
    return [(job, day, outcome) for job, day, outcome in current_session().execute(statement)]


def test_a_weekend_begins_and_passes_and_monday_reminds(world: Flask, client_as: Sign) -> None:
    client = client_as("scr.chair")
    make_action(make_lesson(make_review()), due_on=date(2017, 4, 10))
    answer = client.post("/demo/next-working-day", {"back": "/demo/mailbox"})
    assert answer.headers["Location"] == "/demo/mailbox"
    assert today() == date(2017, 4, 3)
    days = [date(2017, 3, 31), date(2017, 4, 1), date(2017, 4, 2), date(2017, 4, 3)]
    assert runs() == [(job.name, day, "done") for day in days for job in DAILY]
    began = current_session().scalars(select(AuditEntry).where(AuditEntry.verb == "demonstration.use"))
    assert [(entry.actor_name, entry.business_on) for entry in began] == [
        ("Scr chair", day) for day in days[1:]
    ]
    rungs = {row.queued_on: row.rung for row in current_session().scalars(select(Reminder))}
    assert rungs == {date(2017, 3, 31): "owner-28", date(2017, 4, 3): "owner-7"}
    page = client.get("/demo/mailbox").get_data(as_text=True)
    assert "It is now Monday 3 April 2017. 1 message will arrive in the mailbox shortly." in page
    assert "Today is Monday 3 April 2017." in page


def test_a_second_press_on_the_same_page_does_nothing_more(world: Flask, client_as: Sign) -> None:
    client, other = client_as("scr.chair"), client_as("board.manager")
    assert 'name="day" value="2017-03-31"' in client.get("/").get_data(as_text=True)
    for presses in (client, client, other):
        presses.post("/demo/next-working-day", {"day": "2017-03-31"})
    assert today() == date(2017, 4, 3)
    client.post("/demo/next-working-day", {"day": "2017-04-03"})
    assert today() == date(2017, 4, 4)


@pytest.mark.parametrize("day", ["2027-04-04", "", "soon"])
def test_a_day_that_no_page_held_begins_the_next_one(world: Flask, client_as: Sign, day: str) -> None:
    client_as("scr.chair").post("/demo/next-working-day", {"day": day})
    assert today() == date(2017, 4, 3)


def test_easter_is_four_days_long(world: Flask, client_as: Sign) -> None:
    client = client_as("scr.chair")
    current_session().get_one(Installation, 1).demonstration_on = date(2017, 4, 13)
    client.post("/demo/next-working-day")
    assert today() == date(2017, 4, 18)


def test_a_new_day_changes_colours_though_nobody_touches_an_action(world: Flask, client_as: Sign) -> None:
    client = client_as("scr.chair")
    action = make_action(make_lesson(make_review()), due_on=date(2017, 3, 31), agreed_on=date(2017, 3, 20))
    before = action.colour
    client.post("/demo/next-working-day")
    current_session().expire_all()
    assert (before, action.colour) == ("A", "R")


def test_what_yesterday_left_unsent_goes_into_todays_message(world: Flask, client_as: Sign) -> None:
    client = client_as("scr.chair")
    lesson = make_lesson(make_review())
    make_action(lesson, due_on=date(2017, 4, 28))
    make_action(lesson, due_on=date(2017, 4, 10))
    client.post("/demo/next-working-day")
    states = [(message.business_on, message.state) for message in outbox.all_messages()]
    assert states == [(date(2017, 3, 31), State.CANCELLED), (date(2017, 4, 3), State.QUEUED)]


@pytest.mark.parametrize(
    "back", ["//elsewhere.example", "https://elsewhere.example", "/\\elsewhere", "", "/a\nb"]
)
def test_one_is_never_led_elsewhere(world: Flask, client_as: Sign, back: str) -> None:
    answer = client_as("scr.chair").post("/demo/next-working-day", {"back": back})
    assert answer.headers["Location"] == "/"


def test_the_step_asks_for_a_form_and_a_signed_in_person(world: Flask, stranger: PageClient) -> None:
    stranger.post("/demo/next-working-day")
    assert today() == date(2017, 3, 31)
    stranger.get("/demo/next-working-day", status=405)
