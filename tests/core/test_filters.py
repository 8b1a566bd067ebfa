"""How dates, counts and texts are written."""

from datetime import UTC, date, datetime

import pytest

from app.core.filters import (
    date_long,
    date_short,
    datetime_london,
    days_late,
    due_in_words,
    month_and_year,
    paragraphs,
    plural,
    time_london,
    weekday,
)
from app.core.working_days import WorkingDays

FRIDAY = date(2017, 3, 31)


def test_a_day_is_written_long_in_prose_and_short_in_tables() -> None:
    assert date_long(date(2018, 2, 15)) == "15 February 2018"
    assert date_short(date(2018, 2, 15)) == "15 Feb 2018"
    assert date_short(date(2017, 9, 1)) == "1 Sep 2017"


def test_no_day_is_written_as_nothing() -> None:
    assert (date_long(None), date_short(None), datetime_london(None)) == ("", "", "")


def test_a_moment_is_shown_on_the_day_it_falls_on_in_london() -> None:
    just_after_midnight_in_summer = datetime(2017, 6, 30, 23, 15, tzinfo=UTC)
    assert date_long(just_after_midnight_in_summer) == "1 July 2017"
    assert datetime_london(just_after_midnight_in_summer) == "12:15am on 1 July 2017"


@pytest.mark.parametrize(
    ("hour", "minute", "written"),
    [(0, 0, "midnight"), (9, 0, "9am"), (12, 0, "midday"), (12, 5, "12:05pm"), (15, 30, "3:30pm")],
)
def test_a_time_is_written_as_people_say_it(hour: int, minute: int, written: str) -> None:
    assert time_london(datetime(2018, 2, 15, hour, minute, tzinfo=UTC)) == written


def test_a_day_gives_its_weekday_and_its_month() -> None:
    assert weekday(FRIDAY) == "Friday"
    assert month_and_year(FRIDAY) == "March 2017"


def test_lateness_is_counted_in_working_days() -> None:
    assert days_late(date(2017, 3, 16), FRIDAY) == "11 working days late"
    assert days_late(date(2017, 3, 30), FRIDAY) == "1 working day late"


def test_nothing_is_late_on_its_due_date_or_without_one() -> None:
    assert days_late(FRIDAY, FRIDAY) == ""
    assert days_late(None, FRIDAY) == ""


def test_what_fell_due_at_the_weekend_is_not_yet_a_working_day_late_on_it() -> None:
    saturday, sunday = date(2017, 4, 1), date(2017, 4, 2)
    assert days_late(saturday, sunday) == "due before today, no working day late"


def test_lateness_leaves_out_the_days_a_partnership_adds() -> None:
    closed_on_thursday = WorkingDays(frozenset({date(2017, 3, 30)}))
    assert days_late(date(2017, 3, 29), FRIDAY, closed_on_thursday) == "1 working day late"


@pytest.mark.parametrize(
    ("due_on", "written"),
    [
        (date(2017, 3, 16), "11 working days late"),
        (FRIDAY, "due today"),
        (date(2017, 4, 1), "due tomorrow"),
        (date(2017, 4, 7), "due in 5 working days"),
        (None, ""),
    ],
)
def test_a_due_date_is_seen_from_today(due_on: date | None, written: str) -> None:
    assert due_in_words(due_on, FRIDAY) == written


def test_a_number_agrees_with_its_noun() -> None:
    assert plural(1, "action") == "1 action"
    assert plural(0, "action") == "0 actions"
    assert plural(1220, "subscriber") == "1,220 subscribers"
    assert plural(3, "agency", "agencies") == "3 agencies"


def test_a_text_keeps_its_breaks_and_loses_its_markup() -> None:
    assert paragraphs("One\r\ntwo\n\n\n\n<b>three</b> & four") == (
        "<p>One<br>two</p><p>&lt;b&gt;three&lt;/b&gt; &amp; four</p>"
    )


def test_an_empty_text_makes_no_paragraph() -> None:
    assert paragraphs(None) == ""
    assert paragraphs(" \n\n ") == ""
