"""The reminder ladder: what is due on a day, and when nothing is sent."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.working_days import WorkingDays
from app.reminders.rules import (
    DueRung,
    QuietPeriod,
    Rung,
    Tier,
    due_rungs,
    rung_name,
    why_quiet,
)

LADDER = (
    Rung("owner-28", -28, Tier.OWNER),
    Rung("owner-7", -7, Tier.OWNER),
    Rung("owner+0", 0, Tier.OWNER),
    Rung("owner+1", 1, Tier.OWNER, every_days=7),
    Rung("deputy+1", 1, Tier.DEPUTY, every_days=7),
    Rung("agency_lead+7", 7, Tier.AGENCY_LEAD),
    Rung("board_member+14", 14, Tier.BOARD_MEMBER),
    Rung("group_chair+28", 28, Tier.GROUP_CHAIR),
    Rung("independent_chair+56", 56, Tier.INDEPENDENT_CHAIR),
)
DUE = date(2017, 3, 16)
LONG_AGO = DUE - timedelta(days=800)


def after(count: int) -> date:
    return DUE + timedelta(days=count)


def names_due(
    on: date,
    already: Iterable[str] = (),
    *,
    rungs: Iterable[Rung] = LADDER,
    due_on: date = DUE,
    opened_on: date = LONG_AGO,
) -> list[str]:
    return [rung.name for rung in due_rungs(rungs, due_on, on, set(already), opened_on)]


@pytest.mark.parametrize(
    ("day", "due"),
    [
        (-29, []),
        (-28, ["owner-28"]),
        (-8, ["owner-28"]),
        (-7, ["owner-7"]),
        (-1, ["owner-7"]),
        (0, ["owner+0"]),
        (1, ["owner+1", "deputy+1"]),
        (6, ["owner+1", "deputy+1"]),
        (7, ["owner+1", "deputy+1", "agency_lead+7"]),
        (8, ["agency_lead+7", "owner+8", "deputy+8"]),
        (14, ["agency_lead+7", "owner+8", "deputy+8", "board_member+14"]),
        (15, ["agency_lead+7", "board_member+14", "owner+15", "deputy+15"]),
        (28, ["agency_lead+7", "board_member+14", "owner+22", "deputy+22", "group_chair+28"]),
        (
            56,
            [
                "agency_lead+7",
                "board_member+14",
                "group_chair+28",
                "owner+50",
                "deputy+50",
                "independent_chair+56",
            ],
        ),
    ],
)
def test_each_tier_gets_the_latest_rung_it_has_reached(day: int, due: list[str]) -> None:
    assert names_due(after(day)) == due


def test_day_by_day_every_rung_is_sent_on_its_own_day() -> None:
    sent: dict[str, int] = {}
    for day in range(-40, 61):
        sent.update(dict.fromkeys(names_due(after(day), sent), day))
    weekly = range(1, 61, 7)
    assert sent == {
        "owner-28": -28,
        "owner-7": -7,
        "owner+0": 0,
        **{f"owner+{day}": day for day in weekly},
        **{f"deputy+{day}": day for day in weekly},
        "agency_lead+7": 7,
        "board_member+14": 14,
        "group_chair+28": 28,
        "independent_chair+56": 56,
    }


def test_a_week_without_runs_sends_one_message_not_five() -> None:
    assert names_due(after(-8), ["owner-28"]) == []
    assert names_due(after(-6), ["owner-28"]) == ["owner-7"]
    assert names_due(after(2), ["owner-28"]) == ["owner+1", "deputy+1"]
    assert names_due(after(30), ["owner-28", "owner-7"]) == [
        "agency_lead+7",
        "board_member+14",
        "group_chair+28",
        "owner+29",
        "deputy+29",
    ]


def test_what_was_sent_is_not_sent_again() -> None:
    assert names_due(after(3), ["owner+1", "deputy+1"]) == []
    assert names_due(after(3), ["owner+1"]) == ["deputy+1"]
    assert names_due(after(8), ["owner+1", "deputy+1", "agency_lead+7"]) == ["owner+8", "deputy+8"]


def test_no_rung_follows_a_later_one() -> None:
    assert names_due(after(-7), ["owner+1"]) == []
    assert names_due(after(1), ["owner+15"]) == ["deputy+1"]
    assert names_due(after(22), ["owner+15"])[-2:] == ["owner+22", "deputy+22"]


def test_a_rung_since_taken_off_the_ladder_still_counts_as_sent() -> None:
    without = tuple(rung for rung in LADDER if rung.name != "owner-7")
    assert names_due(after(-5), ["owner-7"], rungs=without) == []
    assert names_due(after(0), ["owner-7"], rungs=without) == ["owner+0"]


def test_one_tiers_reminders_say_nothing_about_anothers() -> None:
    lead_and_member = [rung for rung in LADDER if rung.tier in (Tier.AGENCY_LEAD, Tier.BOARD_MEMBER)]
    assert names_due(after(20), ["board_member+14"], rungs=lead_and_member) == ["agency_lead+7"]
    two = (Rung("board_manager+5", 5, Tier.BOARD_MANAGER), Rung("board_member+5", 5, Tier.BOARD_MEMBER))
    assert names_due(after(5), ["board_manager+5"], rungs=two) == ["board_member+5"]


def test_an_action_agreed_late_brings_one_reminder_of_what_has_passed() -> None:
    opened_on = after(-3)
    assert names_due(after(-4), opened_on=opened_on) == []
    due = due_rungs(LADDER, DUE, opened_on, set(), opened_on)
    assert due == [DueRung("owner-7", Tier.OWNER, -7, DUE, opened_on)]
    assert names_due(after(-2), ["owner-7"], opened_on=opened_on) == []
    assert names_due(after(0), ["owner-7"], opened_on=opened_on) == ["owner+0"]


def test_a_new_due_date_begins_the_ladder_again() -> None:
    moved = after(60)
    assert names_due(after(31), due_on=moved) == []
    assert names_due(after(32), due_on=moved) == ["owner-28"]


def test_a_due_rung_says_where_it_stands_and_when_it_fell_due() -> None:
    due = due_rungs(LADDER, DUE, after(10), {"owner+8"}, LONG_AGO)
    assert due == [
        DueRung("agency_lead+7", Tier.AGENCY_LEAD, 7, DUE, after(7)),
        DueRung("deputy+8", Tier.DEPUTY, 8, DUE, after(8)),
    ]


@pytest.mark.parametrize(
    ("due_on", "on"),
    [
        (date(2016, 3, 28), date(2016, 2, 29)),  # 29 February
        (date(2017, 3, 28), date(2017, 2, 28)),
        (date(2017, 4, 23), date(2017, 3, 26)),  # the clocks go forward
        (date(2017, 11, 26), date(2017, 10, 29)),  # and back
        (date(2017, 1, 28), date(2016, 12, 31)),  # over New Year
    ],
)
def test_rungs_are_counted_in_calendar_days(due_on: date, on: date) -> None:
    day_before = on - timedelta(days=1)
    assert names_due(day_before, due_on=due_on) == []
    assert names_due(on, due_on=due_on) == ["owner-28"]


def test_a_rung_is_named_by_its_place() -> None:
    assert rung_name(Tier.OWNER, -28) == "owner-28"
    assert rung_name(Tier.DEPUTY, 8) == "deputy+8"
    assert rung_name(Tier.OWNER, 0) == "owner+0"


def test_a_rung_repeats_every_day_or_less_often() -> None:
    with pytest.raises(ValueError, match="must repeat"):
        Rung("owner+1", 1, Tier.OWNER, every_days=0)
    daily = (Rung("owner+1", 1, Tier.OWNER, every_days=1),)
    assert names_due(after(5), ["owner+4"], rungs=daily) == ["owner+5"]


offsets = st.integers(min_value=-40, max_value=60)
ladders = st.one_of(
    st.just(LADDER),
    st.lists(
        st.builds(
            lambda tier, offset, every: Rung(rung_name(tier, offset), offset, tier, every),
            st.sampled_from(Tier),
            offsets,
            st.none() | st.integers(min_value=1, max_value=10),
        ),
        max_size=8,
        unique_by=lambda rung: rung.name,
    ).map(tuple),
)
run_days = st.sets(st.integers(min_value=-45, max_value=90), max_size=40).map(sorted)
openings = st.integers(min_value=-60, max_value=20).map(after)


def places(rungs: Iterable[Rung], upto: int) -> dict[Tier, set[int]]:
    """Every place of every tier up to a day, counted out one by one."""
    found: dict[Tier, set[int]] = defaultdict(set)
    for rung in rungs:
        place = rung.offset_days
        while place <= upto:
            found[rung.tier].add(place)
            if rung.every_days is None:
                break
            place += rung.every_days
    return found


@given(ladders, run_days, openings)
def test_whichever_days_it_runs_each_tier_gets_each_rung_once_and_never_an_older_one(
    rungs: tuple[Rung, ...], days: list[int], opened_on: date
) -> None:
    sent: list[DueRung] = []
    for day in days:
        due = due_rungs(rungs, DUE, after(day), {rung.name for rung in sent}, opened_on)
        assert len({rung.tier for rung in due}) == len(due)
        assert all(rung.fell_due_on <= after(day) for rung in due)
        assert all(rung.fell_due_on == max(after(rung.offset_days), opened_on) for rung in due)
        sent += due
        # What stands against each tier now is the latest of its rungs: nothing was lost, no tier passed over.
        latest = {rung.tier: rung.offset_days for rung in sent}
        expected = places(rungs, day) if after(day) >= opened_on else {}
        assert latest == {tier: max(reached) for tier, reached in expected.items() if reached}
        # A second run on the same day finds nothing.
        assert due_rungs(rungs, DUE, after(day), {rung.name for rung in sent}, opened_on) == []
    for tier in Tier:
        climbed = [rung.offset_days for rung in sent if rung.tier is tier]
        assert climbed == sorted(set(climbed))
    assert len({rung.name for rung in sent}) == len(sent)


CHRISTMAS = QuietPeriod(12, 24, 1, 1)
ENGLAND = WorkingDays()


@pytest.mark.parametrize(
    ("on", "why"),
    [
        (date(2017, 3, 31), None),
        (date(2017, 4, 1), "Saturday 1 April 2017 is not a working day"),
        (date(2017, 3, 26), "Sunday 26 March 2017 is not a working day"),
        (date(2017, 10, 29), "Sunday 29 October 2017 is not a working day"),
        (date(2017, 4, 14), "Friday 14 April 2017 is not a working day"),
        (date(2017, 4, 17), "Monday 17 April 2017 is not a working day"),
        (date(2016, 2, 29), None),
        (date(2016, 12, 23), None),
        (date(2016, 12, 24), "Saturday 24 December 2016 is not a working day"),
        (
            date(2016, 12, 28),
            "Wednesday 28 December 2016 is in the quiet period from 24 December to 1 January",
        ),
        (
            date(2015, 12, 24),
            "Thursday 24 December 2015 is in the quiet period from 24 December to 1 January",
        ),
        (date(2017, 1, 2), "Monday 2 January 2017 is not a working day"),
        (date(2017, 1, 3), None),
    ],
)
def test_it_says_why_nothing_is_sent_on_a_day(on: date, why: str | None) -> None:
    assert why_quiet(on, ENGLAND, [CHRISTMAS]) == why


def test_days_the_partnership_adds_are_quiet_too() -> None:
    closed = WorkingDays(frozenset({date(2017, 3, 31)}))
    assert why_quiet(date(2017, 3, 31), closed, []) == "Friday 31 March 2017 is not a working day"
    assert why_quiet(date(2016, 12, 28), ENGLAND, []) is None


def test_any_of_several_quiet_periods_counts() -> None:
    summer = QuietPeriod(8, 1, 8, 31)
    assert why_quiet(date(2017, 8, 1), ENGLAND, [CHRISTMAS, summer]) == (
        "Tuesday 1 August 2017 is in the quiet period from 1 August to 31 August"
    )
    assert why_quiet(date(2017, 12, 27), ENGLAND, [summer, CHRISTMAS]) is not None


@pytest.mark.parametrize("year", [2015, 2016, 2017, 2020])
def test_a_quiet_period_covers_both_its_ends_in_every_year(year: int) -> None:
    assert CHRISTMAS.covers(date(year, 12, 24))
    assert CHRISTMAS.covers(date(year, 12, 31))
    assert CHRISTMAS.covers(date(year, 1, 1))
    assert not CHRISTMAS.covers(date(year, 12, 23))
    assert not CHRISTMAS.covers(date(year, 1, 2))
    august = QuietPeriod(8, 1, 8, 31)
    assert august.covers(date(year, 8, 1))
    assert august.covers(date(year, 8, 31))
    assert not august.covers(date(year, 7, 31))
    assert not august.covers(date(year, 9, 1))
    assert not august.covers(date(year, 1, 15))


def test_a_quiet_period_may_end_on_29_february() -> None:
    half_term = QuietPeriod(2, 20, 2, 29)
    assert half_term.covers(date(2016, 2, 29))
    assert half_term.covers(date(2017, 2, 28))
    assert not half_term.covers(date(2017, 3, 1))
    leap_day = QuietPeriod(2, 29, 2, 29)
    assert leap_day.covers(date(2016, 2, 29))
    assert not leap_day.covers(date(2016, 3, 1))


@pytest.mark.parametrize("ends", [(2, 30, 3, 1), (1, 1, 13, 1), (0, 1, 1, 1), (4, 1, 4, 31)])
def test_a_quiet_period_has_days_that_exist(ends: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match=r"must be in|out of range"):
        QuietPeriod(*ends)
