"""Working days, held to the official list of bank holidays."""

import subprocess
import sys
from datetime import date, timedelta

import pytest
from govuk_bank_holidays.bank_holidays import BankHolidays
from hypothesis import given
from hypothesis import strategies as st

from app.core.working_days import WorkingDays, bank_holidays

ENGLAND = WorkingDays()
DAY = timedelta(days=1)
days = st.dates(min_value=date(1990, 1, 1), max_value=date(2090, 12, 31))
counts = st.integers(min_value=-300, max_value=300)
calendars = st.frozensets(
    st.dates(min_value=date(2015, 1, 1), max_value=date(2019, 12, 31)), max_size=40
).map(WorkingDays)
near_days = st.dates(min_value=date(2014, 6, 1), max_value=date(2020, 6, 1))


def official_list() -> set[date]:
    source = BankHolidays(use_cached_holidays=True)
    return {holiday["date"] for holiday in source.get_holidays(division=BankHolidays.ENGLAND_AND_WALES)}


def test_the_official_list_covers_the_years_it_is_said_to() -> None:
    assert {day.year for day in official_list()} == set(range(2012, 2029))


@pytest.mark.parametrize("year", range(2012, 2029))
def test_every_day_of_the_year_agrees_with_the_official_list(year: int) -> None:
    official = official_list()
    day = date(year, 1, 1)
    while day.year == year:
        assert ENGLAND.is_working_day(day) == (day.weekday() < 5 and day not in official), day
        day += DAY


@pytest.mark.parametrize(
    "day",
    [
        date(2012, 6, 5),  # the Diamond Jubilee
        date(2016, 3, 25),  # Good Friday, before the clocks change on the same weekend
        date(2017, 4, 17),  # Easter Monday
        date(2018, 1, 1),  # New Year's Day
        date(2020, 5, 8),  # the early May bank holiday, moved for VE Day
        date(2021, 12, 28),  # Boxing Day, in place of a Sunday
        date(2022, 9, 19),  # the state funeral
        date(2023, 1, 2),  # New Year's Day, in place of a Sunday
        date(2023, 5, 8),  # the coronation
        date(2008, 3, 21),  # years before the official list
        date(2035, 3, 26),  # and after it
    ],
)
def test_nobody_works_on_a_bank_holiday(day: date) -> None:
    assert day.weekday() < 5
    assert not ENGLAND.is_working_day(day)


@pytest.mark.parametrize(
    "day",
    [
        date(2016, 2, 29),
        date(2017, 3, 17),  # St Patrick's Day is a holiday elsewhere in the kingdom
        date(2017, 11, 30),  # and so is St Andrew's Day
        date(2018, 1, 2),  # and the day after New Year
        date(2017, 12, 29),
        date(2020, 5, 4),  # where the early May bank holiday would have stood
    ],
)
def test_england_works_on_an_ordinary_weekday(day: date) -> None:
    assert ENGLAND.is_working_day(day)


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2017, 3, 31), 0, date(2017, 3, 31)),
        (date(2017, 4, 1), 0, date(2017, 4, 1)),  # day 0 need not be worked
        (date(2017, 4, 1), 1, date(2017, 4, 3)),
        (date(2017, 3, 31), 1, date(2017, 4, 3)),
        (date(2017, 4, 13), 1, date(2017, 4, 18)),  # over Easter
        (date(2017, 4, 18), -1, date(2017, 4, 13)),
        (date(2016, 12, 23), 4, date(2017, 1, 3)),  # over Christmas and New Year, both with substitutes
        (date(2017, 1, 3), -4, date(2016, 12, 23)),
        (date(2016, 2, 26), 1, date(2016, 2, 29)),
        (date(2016, 2, 29), 1, date(2016, 3, 1)),
        (date(2017, 2, 28), 1, date(2017, 3, 1)),
        (date(2017, 3, 24), 1, date(2017, 3, 27)),  # the clocks go forward on the Sunday
        (date(2017, 10, 27), 1, date(2017, 10, 30)),  # and back on this one
        (date(2017, 3, 31), 15, date(2017, 4, 25)),
    ],
)
def test_it_counts_working_days_from_the_day_after(day: date, count: int, expected: date) -> None:
    assert ENGLAND.add(day, count) == expected


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (date(2017, 3, 16), date(2017, 3, 31), 11),
        (date(2017, 3, 31), date(2017, 3, 31), 0),
        (date(2017, 3, 31), date(2017, 4, 2), 0),
        (date(2017, 3, 31), date(2017, 4, 3), 1),
        (date(2017, 4, 3), date(2017, 3, 31), -1),
        (date(2017, 4, 13), date(2017, 4, 18), 1),
        (date(2016, 12, 23), date(2017, 1, 3), 4),
        (date(2016, 2, 28), date(2016, 3, 1), 2),
        (date(2017, 1, 1), date(2017, 12, 31), 252),
    ],
)
def test_it_counts_the_working_days_between_two_days(start: date, end: date, expected: int) -> None:
    assert ENGLAND.between(start, end) == expected


@pytest.mark.parametrize(
    ("day", "same_or_next", "following"),
    [
        (date(2017, 3, 31), date(2017, 3, 31), date(2017, 4, 3)),
        (date(2017, 4, 1), date(2017, 4, 3), date(2017, 4, 3)),
        (date(2017, 4, 14), date(2017, 4, 18), date(2017, 4, 18)),
        (date(2016, 12, 31), date(2017, 1, 3), date(2017, 1, 3)),
    ],
)
def test_it_finds_the_next_working_day(day: date, same_or_next: date, following: date) -> None:
    assert ENGLAND.on_or_after(day) == same_or_next
    assert ENGLAND.following(day) == following


def test_a_partnership_can_add_days_on_which_it_does_not_work() -> None:
    closed = WorkingDays(frozenset({date(2016, 12, 28), date(2016, 12, 31)}))
    assert not closed.is_working_day(date(2016, 12, 28))
    assert closed.add(date(2016, 12, 23), 1) == date(2016, 12, 29)
    assert closed.between(date(2016, 12, 23), date(2017, 1, 3)) == 3
    assert ENGLAND.is_working_day(date(2016, 12, 28))


def test_it_knows_only_weekends_where_the_library_knows_no_holidays() -> None:
    assert bank_holidays(2100)
    assert not bank_holidays(2101)
    assert not ENGLAND.is_working_day(date(2199, 12, 28))
    assert ENGLAND.is_working_day(date(2199, 12, 25))


@given(calendars, near_days, near_days)
def test_the_count_between_two_days_is_the_count_of_each_day(
    calendar: WorkingDays, start: date, end: date
) -> None:
    first, last = sorted((start, end))
    each = sum(calendar.is_working_day(first + DAY * number) for number in range(1, (last - first).days + 1))
    assert calendar.between(start, end) == (each if start <= end else -each)


@given(calendars, near_days, counts)
def test_adding_lands_on_a_working_day_that_many_away(calendar: WorkingDays, start: date, count: int) -> None:
    start = calendar.on_or_after(start)
    end = calendar.add(start, count)
    assert calendar.is_working_day(end)
    assert calendar.between(start, end) == count
    assert calendar.add(end, -count) == start


@given(days, days, days)
def test_counts_join_end_to_end(first: date, second: date, third: date) -> None:
    joined = ENGLAND.between(first, second) + ENGLAND.between(second, third)
    assert joined == ENGLAND.between(first, third)


@given(calendars, near_days)
def test_no_working_day_is_passed_over(calendar: WorkingDays, day: date) -> None:
    following = calendar.following(day)
    assert calendar.is_working_day(following)
    assert following == calendar.add(day, 1) > day
    between = [day + DAY * number for number in range(1, (following - day).days)]
    assert not any(calendar.is_working_day(passed) for passed in between)
    assert calendar.on_or_after(day) == (day if calendar.is_working_day(day) else following)


def test_the_library_is_not_loaded_before_a_working_day_is_asked_for() -> None:
    program = "import sys, app.core.working_days; sys.exit('holidays' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
