"""Versions of time limits: a case keeps the one in force on the day it began, to the day."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from app.clocks.rules import (
    Limit,
    RegimeNotUsable,
    Unit,
    VersionInUse,
    VersionNotUsable,
    check_regime_begins,
    check_unused,
    check_version,
    limits_of_a_case,
)
from app.core.hooks import Begun

FIRST = date(2000, 1, 1)
LIMIT = Limit("panel", "Review by the panel", "known", "panel", 6, Unit.MONTHS, False, FIRST)

days = some.dates(date(2010, 1, 1), date(2020, 12, 31))


def then(amount: int | None, on: date) -> Limit:
    """Another version from a day on."""
    return replace(LIMIT, amount=amount, in_force_from=on)


@given(some.dictionaries(days, some.integers(1, 99), max_size=5), days)
def test_a_case_keeps_what_was_in_force_on_its_first_day_whatever_came_later(
    changes: dict[date, int], began_on: date
) -> None:
    versions = [LIMIT, *(then(amount, on) for on, amount in changes.items())]
    # Said in another way: day by day backwards from the first day of the case until a change is met.
    day, amount = began_on, LIMIT.amount
    while day >= min(changes, default=began_on + timedelta(days=1)):
        if day in changes:
            amount = changes[day]
            break
        day -= timedelta(days=1)
    for order in (versions, versions[::-1]):
        assert [held.amount for held in limits_of_a_case(order, began_on)] == [amount]
    later = then(7, began_on + timedelta(days=1))
    assert [held.amount for held in limits_of_a_case([*versions, later], began_on)] == [amount]


def test_a_limit_that_was_given_up_holds_for_those_who_began_before() -> None:
    versions = [LIMIT, then(None, date(2017, 4, 3)), then(4, date(2018, 1, 1))]
    assert [len(limits_of_a_case(versions, date(2017, 4, day))) for day in (2, 3)] == [1, 0]
    assert limits_of_a_case(versions, date(2018, 1, 1))[0].amount == 4


def refused(new: Limit, *standing: Limit, begun: Sequence[Begun] = ()) -> str:
    """Why a version is refused."""
    with pytest.raises(VersionNotUsable) as error:
        check_version(new, standing, begun)
    return error.value.sentence


def test_a_version_comes_after_those_that_stand_and_says_something_new() -> None:
    on = date(2017, 4, 3)
    check_version(then(3, on), [LIMIT], [])
    check_version(replace(then(6, on), is_statutory=True), [LIMIT], [])
    assert "says what is in force already" in refused(then(6, on), LIMIT)
    for earlier in (on, on - timedelta(days=1)):
        assert "a day after it" in refused(then(4, earlier), LIMIT, then(3, on))
    assert "no time limit to give up" in refused(then(None, on))
    for amount in (0, -1, 1001):
        assert "from 1 to 1000" in refused(then(amount, on), LIMIT)


def test_what_is_over_stays_as_it_ended() -> None:
    on = date(2017, 3, 1)
    over_before = Begun(on - timedelta(days=1), has_ended=True)
    open_since = Begun(on)
    check_version(then(3, on), [LIMIT], [over_before, open_since])
    over_since = Begun(on, has_ended=True)
    assert "is over" in refused(then(3, on), LIMIT, begun=[over_before, over_since])


def test_only_a_version_that_nothing_keeps_is_taken_off() -> None:
    on = date(2017, 4, 3)
    new = then(3, on)
    check_unused(new, [LIMIT, new], [Begun(on - timedelta(days=1))])
    with pytest.raises(VersionInUse, match="Cases began"):
        check_unused(new, [LIMIT, new], [Begun(on)])
    with pytest.raises(VersionInUse, match="follows"):
        check_unused(LIMIT, [LIMIT, new], [])


def test_guidance_takes_the_place_of_what_is_in_force_and_of_no_case() -> None:
    on, from_day = date(2020, 1, 1), date(2018, 1, 1)

    def check(day: date, *, until: date | None = None, begun: Sequence[Begun] = ()) -> None:
        check_regime_begins(day, follows_from=from_day, follows_until=until, begun=begun)

    check(on, begun=[Begun(on - timedelta(days=1))])
    with pytest.raises(RegimeNotUsable, match="took its place"):
        check(on, until=date(2019, 1, 1))
    with pytest.raises(RegimeNotUsable, match="after the one"):
        check(from_day)
    with pytest.raises(RegimeNotUsable, match="keep the guidance"):
        check(on, begun=[Begun(on)])
