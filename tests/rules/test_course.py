"""What a move leaves undecided, and since when an acknowledgement is late."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.actions.rules.course import (
    acknowledged_late,
    late_if_asked_by,
    more_time_lapses,
    not_for_us_lapses,
)
from app.actions.rules.lifecycle import CLOSED, OPEN, TRANSITIONS, Move, Transition
from app.core.working_days import WorkingDays

CALENDAR = WorkingDays()


@pytest.mark.parametrize("line", TRANSITIONS, ids=lambda line: f"{line.frm} {line.move}")
def test_more_time_is_settled_where_the_clock_stops_and_what_is_not_for_us_where_it_ends(
    line: Transition,
) -> None:
    is_reopened = line.move is Move.REOPEN
    assert more_time_lapses(line.move, line.to) == (line.to not in OPEN or is_reopened)
    assert not_for_us_lapses(line.move, line.to) == (line.to in CLOSED or is_reopened)


@given(st.integers(0, 3_000))
def test_what_was_asked_for_by_that_day_is_late_and_nothing_that_was_asked_for_later(days: int) -> None:
    on = date(2014, 1, 1) + timedelta(days=days)
    last = late_if_asked_by(on, CALENDAR)
    assert acknowledged_late(last, on, CALENDAR) > 0
    assert acknowledged_late(last + timedelta(days=1), on, CALENDAR) == 0


def test_five_working_days_are_left_to_acknowledge() -> None:
    # Asked for on Friday, it is owed by the Friday after and late on the Monday.
    assert late_if_asked_by(date(2017, 4, 10), CALENDAR) == date(2017, 4, 2)
    assert late_if_asked_by(date(2017, 4, 9), CALENDAR) < date(2017, 3, 31)
