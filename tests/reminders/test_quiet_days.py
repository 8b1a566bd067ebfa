"""Days on which nothing is queued, and the days of the year that calendars stumble over."""

from datetime import date, timedelta

import pytest
from flask import Flask

from app.outbox import sender
from app.reminders import operations
from tests.reminders.support import action, messages, queued


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (date(2017, 4, 1), "Saturday 1 April 2017 is not a working day"),
        (date(2017, 4, 14), "Friday 14 April 2017 is not a working day"),
        (date(2017, 4, 17), "Monday 17 April 2017 is not a working day"),
        (
            date(2017, 12, 27),
            "Wednesday 27 December 2017 is in the quiet period from 24 December to 1 January",
        ),
        (date(2018, 1, 1), "Monday 1 January 2018 is not a working day"),
    ],
)
def test_a_quiet_day_queues_nothing_and_says_why(world: Flask, day: date, reason: str) -> None:
    action(day - timedelta(days=3))
    outcome = operations.run(on=day)
    assert outcome.skipped == reason
    assert (outcome.open_actions, outcome.queued) == (1, 0)
    assert messages() == []


def test_what_fell_due_over_easter_comes_on_the_tuesday(world: Flask) -> None:
    action(date(2017, 4, 14))
    for day in range(14, 18):
        assert operations.run(on=date(2017, 4, day)).queued == 0
    operations.run(on=date(2017, 4, 18))
    assert queued(date(2017, 4, 18)) == {"homerton.owner": ["A-0001 owner+1"]}


def test_what_fell_due_over_new_year_comes_once_on_the_first_working_day(world: Flask) -> None:
    action(date(2017, 12, 20))
    operations.run(on=date(2017, 12, 22))
    sender.send(until_empty=True)
    for number in range(11):
        operations.run(on=date(2017, 12, 23) + timedelta(days=number))
    assert [(ref, on) for ref, on, _state in messages()] == [
        ("homerton.owner", date(2017, 12, 22)),
        ("homerton.lead", date(2018, 1, 2)),
        ("homerton.owner", date(2018, 1, 2)),
    ]
    assert queued(date(2018, 1, 2)) == {
        "homerton.lead": ["A-0001 agency_lead+7"],
        "homerton.owner": ["A-0001 owner+8"],
    }


@pytest.mark.parametrize(
    ("due_on", "on", "rung"),
    [
        # 29 February is a day like any other, and seven days before 7 March in a leap year.
        (date(2016, 2, 29), date(2016, 2, 29), "owner+0"),
        (date(2016, 3, 7), date(2016, 2, 29), "owner-7"),
        (date(2016, 2, 28), date(2016, 2, 29), "owner+1"),
        (date(2017, 2, 28), date(2017, 3, 1), "owner+1"),
        # The Mondays after the clocks change: calendar days, not hours, are counted.
        (date(2017, 3, 26), date(2017, 3, 27), "owner+1"),
        (date(2017, 10, 29), date(2017, 10, 30), "owner+1"),
        (date(2017, 11, 6), date(2017, 10, 30), "owner-7"),
        # Year's end.
        (date(2018, 1, 8), date(2018, 1, 2), "owner-7"),
    ],
)
def test_rungs_fall_on_calendar_days(world: Flask, due_on: date, on: date, rung: str) -> None:
    action(due_on, agreed_on=date(2015, 1, 5))
    operations.run(on=on)
    assert queued(on) == {"homerton.owner": [f"A-0001 {rung}"]}
