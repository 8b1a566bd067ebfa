"""Clocks of time limits, held against counting day by day over ten years of dates."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.clocks.rules import (
    Clock,
    ClockState,
    Limit,
    Pause,
    Unit,
    clock,
    limits_of_a_case,
    months_after,
    next_clock,
    target_of,
)
from app.core.working_days import WorkingDays

DAY = timedelta(days=1)
BEGINS = date(2008, 4, 1)
TEN_YEARS = st.dates(min_value=BEGINS, max_value=date(2020, 3, 31))
#: Three working days that this partnership adds to England's days off.
CALENDAR = WorkingDays(frozenset({date(2012, 6, 6), date(2015, 10, 2), date(2018, 3, 1)}))
SHORT_MONTHS = {4: 30, 6: 30, 9: 30, 11: 30}


def limit(amount: int, unit: Unit, *, is_statutory: bool = False, code: str = "panel") -> Limit:
    """A limit from the day a death became known to the panel."""
    return Limit(code, "Review by the panel", "known", "panel", amount, unit, is_statutory, BEGINS)


# Written from the definitions, in another way than the rules: one day after the other.


def length_of(month: int, year: int) -> int:
    """How many days a month has."""
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return SHORT_MONTHS.get(month, 31)


def day_by_day(start: date, count: int, unit: Unit) -> date:
    """The last day of a time limit, the day that starts it being day 0."""
    if unit is Unit.MONTHS:
        month, year = start.month, start.year
        for _ in range(count):
            month, year = (1, year + 1) if month == 12 else (month + 1, year)
        return date(year, month, min(start.day, length_of(month, year)))
    day, left = start, count
    if unit is Unit.WEEKS:
        left = 7 * count
    if unit is Unit.HOURS:
        left = len(range(0, count, 24))
    while left:
        day += DAY
        if unit is not Unit.WORKING_DAYS or CALENDAR.is_working_day(day):
            left -= 1
    return day


def each_day(first: date, last: date) -> Iterator[date]:
    """The days after the first up to the last."""
    day = first
    while day < last:
        day += DAY
        yield day


def counts(day: date, unit: Unit) -> bool:
    """Whether the limit counts this day."""
    return unit is not Unit.WORKING_DAYS or CALENDAR.is_working_day(day)


def stands_still(day: date, pauses: Sequence[Pause]) -> bool:
    """Whether the clock does not count this day: it stopped before it, and does not run again until later.

    The day a clock was stopped on was counted; the day it runs again on is the last that is not.
    """
    return any(
        pause.paused_on < day and (pause.resumed_on is None or day <= pause.resumed_on) for pause in pauses
    )


def days_used(start: date, until: date, unit: Unit, pauses: Sequence[Pause]) -> int:
    """How many days the clock has counted by a day."""
    return sum(counts(day, unit) and not stands_still(day, pauses) for day in each_day(start, until))


def last_day(start: date, amount: int, unit: Unit, pauses: Sequence[Pause]) -> date:
    """The last day that the limit counts in and on which it has not passed."""
    day, found, used = start, start, 0
    while True:
        day += DAY
        used += counts(day, unit) and not stands_still(day, pauses)
        if used > amount:
            return found
        found = day if counts(day, unit) else found


units = st.sampled_from((Unit.WORKING_DAYS, Unit.CALENDAR_DAYS, Unit.WEEKS, Unit.HOURS, Unit.MONTHS))


@given(start=TEN_YEARS, amount=st.integers(1, 200), unit=units)
def test_a_target_is_where_counting_day_by_day_ends(start: date, amount: int, unit: Unit) -> None:
    amount = min(amount, 30) if unit in (Unit.MONTHS, Unit.WEEKS) else amount
    assert target_of(limit(amount, unit), start, CALENDAR) == day_by_day(start, amount, unit)


def test_every_day_of_ten_years_has_the_targets_of_the_two_regimes() -> None:
    regimes = [(48, Unit.HOURS), (3, Unit.WEEKS), (6, Unit.MONTHS), (3, Unit.MONTHS), (6, Unit.WEEKS)]
    for start in each_day(BEGINS - DAY, date(2018, 3, 31)):
        for amount, unit in regimes:
            assert target_of(limit(amount, unit), start, CALENDAR) == day_by_day(start, amount, unit), start


@pytest.mark.parametrize(
    ("start", "months", "ends"),
    [
        (date(2016, 11, 30), 3, date(2017, 2, 28)),
        (date(2015, 11, 30), 3, date(2016, 2, 29)),
        (date(2017, 8, 31), 6, date(2018, 2, 28)),
        (date(2016, 2, 29), 12, date(2017, 2, 28)),
        (date(2016, 12, 15), 1, date(2017, 1, 15)),
    ],
)
def test_a_month_ends_on_the_same_day_or_the_last_there_is(start: date, months: int, ends: date) -> None:
    assert months_after(start, months) == ends


@given(
    start=TEN_YEARS,
    later=st.integers(0, 400),
    amount=st.integers(1, 120),
    unit=st.sampled_from((Unit.WORKING_DAYS, Unit.CALENDAR_DAYS)),
    is_met=st.booleans(),
)
def test_days_late_and_left_are_counted_as_the_limit_counts(
    start: date, later: int, amount: int, unit: Unit, is_met: bool
) -> None:
    until = start + later * DAY
    dates = {"known": start, **({"panel": until} if is_met else {})}
    found = clock(limit(amount, unit), dates, on=until, working_days=CALENDAR)
    target = day_by_day(start, amount, unit)
    late = sum(counts(day, unit) for day in each_day(target, until))
    left = sum(counts(day, unit) for day in each_day(until, target))
    assert (found.days_late, found.target_on) == (late, target)
    if is_met:
        assert found.state is (ClockState.MET_LATE if late else ClockState.MET)
    else:
        assert found.days_left == left
        assert found.state is (ClockState.LATE if late else ClockState.RUNNING)


spans = st.lists(st.tuples(st.integers(0, 200), st.integers(0, 60)), max_size=4)


@example(date(2008, 4, 1), 35, 22, Unit.WORKING_DAYS, [(30, 2), (30, 5)])  # two that share days
@given(
    start=TEN_YEARS,
    later=st.integers(0, 300),
    amount=st.integers(1, 100),
    unit=st.sampled_from((Unit.WORKING_DAYS, Unit.CALENDAR_DAYS)),
    dealt=spans,
)
def test_a_local_clock_that_stood_still_counts_the_other_days(
    start: date, later: int, amount: int, unit: Unit, dealt: list[tuple[int, int]]
) -> None:
    until = start + later * DAY
    pauses = [Pause(start + from_ * DAY, start + (from_ + length) * DAY) for from_, length in dealt]
    # Those that rules let through: none begins after the last day, were it only a Saturday; none lies ahead.
    kept: list[Pause] = []
    for pause in sorted(pauses, key=lambda each: (each.paused_on, each.resumed_on)):
        is_over = pause.resumed_on is not None and pause.resumed_on <= until
        if is_over and pause.paused_on <= last_day(start, amount, unit, kept):
            kept.append(pause)
    found = clock(limit(amount, unit), {"known": start}, on=until, working_days=CALENDAR, pauses=kept)
    used = days_used(start, until, unit, kept)
    assert found.days_late == max(0, used - amount)
    if used <= amount:
        assert found.days_left == amount - used
    statutory = clock(
        limit(amount, unit, is_statutory=True),
        {"known": start},
        on=until,
        working_days=CALENDAR,
        pauses=kept,
    )
    assert statutory.target_on == day_by_day(start, amount, unit), "what guidance sets never pauses"


def test_a_clock_that_stands_still_has_no_target_and_is_never_late() -> None:
    pause = Pause(date(2017, 1, 20))
    found = clock(
        limit(3, Unit.WEEKS),
        {"known": date(2017, 1, 9)},
        on=date(2017, 12, 31),
        working_days=CALENDAR,
        pauses=[pause],
    )
    assert found == Clock(limit(3, Unit.WEEKS), ClockState.PAUSED, date(2017, 1, 9))


def test_what_was_late_when_it_stopped_stays_late() -> None:
    found = clock(
        limit(3, Unit.WEEKS),
        {"known": date(2017, 1, 9)},
        on=date(2017, 3, 1),
        working_days=CALENDAR,
        pauses=[Pause(date(2017, 2, 1))],
    )
    assert (found.state, found.target_on, found.days_late) == (ClockState.LATE, date(2017, 1, 30), 30)


def test_a_clock_that_stops_on_its_last_day_is_not_late_when_it_runs_again() -> None:
    found = clock(
        limit(3, Unit.WEEKS),
        {"known": date(2017, 1, 9)},
        on=date(2017, 3, 2),
        working_days=CALENDAR,
        pauses=[Pause(date(2017, 1, 30), date(2017, 3, 1))],
    )
    assert (found.state, found.target_on, found.days_late) == (ClockState.LATE, date(2017, 3, 1), 1)


def test_a_step_taken_before_its_clock_starts_is_in_time() -> None:
    dates = {"known": date(2017, 1, 9), "panel": date(2017, 1, 2)}
    found = clock(limit(1, Unit.MONTHS), dates, on=date(2018, 1, 1), working_days=CALENDAR)
    assert (found.state, found.days_late) == (ClockState.MET, 0)


def test_a_case_keeps_the_version_of_a_limit_it_began_under() -> None:
    old = limit(6, Unit.MONTHS)
    new = Limit("panel", "Review by the panel", "known", "panel", 4, Unit.MONTHS, False, date(2017, 4, 1))
    gone = Limit("panel", "Review by the panel", "known", "panel", None, Unit.MONTHS, False, date(2018, 4, 1))
    assert limits_of_a_case([old, new, gone], date(2017, 3, 31)) == [old]
    assert limits_of_a_case([old, new, gone], date(2017, 4, 1)) == [new]
    assert limits_of_a_case([old, new, gone], date(2018, 4, 1)) == []
    assert limits_of_a_case([new], date(2017, 3, 31)) == []


def test_the_clock_to_look_at_first_is_the_one_that_ends_first() -> None:
    dates = {"known": date(2017, 1, 9)}
    days = [limit(amount, Unit.CALENDAR_DAYS, code=str(amount)) for amount in (40, 20, 30)]
    clocks = [clock(each, dates, on=date(2017, 3, 1), working_days=CALENDAR) for each in days]
    first = next_clock(clocks)
    assert first is not None
    assert first.limit.code == "20"
    assert next_clock([]) is None
