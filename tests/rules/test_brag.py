"""The colour of an action, its reason, and the day it changes by itself."""

from datetime import date, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.actions.rules.brag import (
    BragThresholds,
    Colour,
    OwnerView,
    Standing,
    colour,
    next_change,
    reason,
)
from app.actions.rules.lifecycle import OPEN, Status

TODAY = date(2017, 3, 31)
THRESHOLDS = BragThresholds()
HORIZON = 800


def days_from_today(count: int) -> date:
    return TODAY + timedelta(days=count)


def owed(
    *,
    due_in: int = 60,
    silent: int = 0,
    view: OwnerView | None = None,
    extended: int = 0,
    status: Status = Status.IN_PROGRESS,
) -> Standing:
    """An action due in so many days, last updated so many days ago."""
    return Standing(
        status=status,
        due_on=days_from_today(due_in),
        last_update_on=days_from_today(-silent),
        owner_view=view,
        extension_count=extended,
        agreed_on=days_from_today(-400),
    )


RULES = [
    (owed(), Colour.GREEN, "Due in 60 days and updated today"),
    (owed(due_in=29, silent=31), Colour.GREEN, "Due in 29 days and updated 31 days ago"),
    (owed(silent=1, view=OwnerView.ON_TRACK), Colour.GREEN, "Due in 60 days and updated 1 day ago"),
    (owed(due_in=28), Colour.AMBER, "Due in 28 days"),
    (owed(due_in=1), Colour.AMBER, "Due tomorrow"),
    (owed(due_in=0), Colour.AMBER, "Due today"),
    (owed(silent=32), Colour.AMBER, "No update for 32 days"),
    (owed(view=OwnerView.AT_RISK), Colour.AMBER, "The owner says it is at risk"),
    (owed(extended=1), Colour.AMBER, "Extended once"),
    (
        owed(due_in=5, silent=40, view=OwnerView.AT_RISK, extended=1),
        Colour.AMBER,
        "Due in 5 days; no update for 40 days; the owner says it is at risk; extended once",
    ),
    (owed(due_in=-1), Colour.RED, "Past due by 1 day and not sent for sign-off"),
    (owed(due_in=-15), Colour.RED, "Past due by 15 days and not sent for sign-off"),
    (owed(view=OwnerView.OFF_TRACK), Colour.RED, "The owner says it is off track"),
    (owed(extended=2), Colour.RED, "Extended twice"),
    (owed(extended=3), Colour.RED, "Extended 3 times"),
    (
        owed(due_in=-2, silent=40, view=OwnerView.OFF_TRACK, extended=1),
        Colour.RED,
        "Past due by 2 days and not sent for sign-off; the owner says it is off track",
    ),
]


@pytest.mark.parametrize("status", sorted(OPEN))
@pytest.mark.parametrize(("standing", "expected", "why"), RULES)
def test_what_is_owed_is_judged_by_the_rules(
    status: Status, standing: Standing, expected: Colour, why: str
) -> None:
    standing = Standing(**{**vars(standing), "status": status})
    assert colour(standing, THRESHOLDS, TODAY) is expected
    assert reason(standing, THRESHOLDS, TODAY) == why


@pytest.mark.parametrize(
    ("status", "expected", "why"),
    [
        (Status.COMPLETE, Colour.BLUE, "Complete and signed off"),
        (Status.IMPACT_CONFIRMED, Colour.BLUE, "Complete and signed off, and its impact confirmed"),
        (Status.DRAFT, Colour.GREY, "Not agreed yet"),
        (Status.SUBMITTED, Colour.GREY, "Sent for sign-off and awaiting the decision"),
        (Status.ON_HOLD, Colour.GREY, "On hold"),
        (Status.ESCALATED, Colour.GREY, "Escalated outside the partnership"),
        (Status.SUPERSEDED, Colour.GREY, "Superseded by another action"),
        (Status.NOT_IMPLEMENTED, Colour.GREY, "Closed without being implemented"),
        (Status.WITHDRAWN, Colour.GREY, "Withdrawn"),
    ],
)
def test_everything_else_has_its_colour_by_status(status: Status, expected: Colour, why: str) -> None:
    alarming = owed(due_in=-100, silent=300, view=OwnerView.OFF_TRACK, extended=4, status=status)
    for standing in (alarming, Standing(status)):
        assert colour(standing, THRESHOLDS, TODAY) is expected
        assert reason(standing, THRESHOLDS, TODAY) == why
        assert next_change(standing, THRESHOLDS, TODAY) is None


def test_silence_is_counted_from_agreeing_until_the_first_update() -> None:
    agreed = Standing(Status.AGREED, due_on=days_from_today(90), agreed_on=days_from_today(-31))
    assert colour(agreed, THRESHOLDS, TODAY) is Colour.GREEN
    assert reason(agreed, THRESHOLDS, TODAY) == "Due in 90 days and agreed 31 days ago"
    assert colour(agreed, THRESHOLDS, days_from_today(1)) is Colour.AMBER
    assert reason(agreed, THRESHOLDS, days_from_today(1)) == "No update for 32 days"


@pytest.mark.parametrize("status", sorted(OPEN))
def test_what_is_owed_has_a_due_date_and_was_agreed(status: Status) -> None:
    with pytest.raises(ValueError, match="must have a due date"):
        Standing(status, agreed_on=TODAY)
    with pytest.raises(ValueError, match="must have a date it was agreed"):
        Standing(status, due_on=TODAY)
    Standing(status, due_on=TODAY, last_update_on=TODAY)


def test_a_colour_is_a_letter_and_a_word() -> None:
    assert [(shade.letter, shade.word) for shade in Colour] == [
        ("B", "Blue"),
        ("R", "Red"),
        ("A", "Amber"),
        ("G", "Green"),
        ("X", "Grey"),
    ]
    assert [view.label for view in OwnerView] == ["On track", "At risk", "Off track"]


@pytest.mark.parametrize(
    ("standing", "on"),
    [
        # Green until the shorter of the two counts runs out, then amber until it is past due.
        (owed(due_in=60), 32),
        (owed(due_in=30), 2),
        (owed(due_in=28), 29),
        (owed(due_in=0), 1),
        (owed(view=OwnerView.AT_RISK), 61),
        (owed(extended=1, due_in=5), 6),
    ],
)
def test_it_says_when_the_colour_changes_by_itself(standing: Standing, on: int) -> None:
    assert next_change(standing, THRESHOLDS, TODAY) == days_from_today(on)


@pytest.mark.parametrize(
    "standing", [owed(due_in=-1), owed(view=OwnerView.OFF_TRACK, due_in=10), owed(extended=2)]
)
def test_what_is_red_stays_red_until_somebody_acts(standing: Standing) -> None:
    assert next_change(standing, THRESHOLDS, TODAY) is None


def test_it_turns_amber_on_a_leap_day_and_red_on_new_years_day() -> None:
    leap = Standing(Status.AGREED, due_on=date(2016, 3, 28), agreed_on=date(2016, 2, 20))
    assert next_change(leap, THRESHOLDS, date(2016, 2, 28)) == date(2016, 2, 29)
    year_end = Standing(Status.AGREED, due_on=date(2016, 12, 31), last_update_on=date(2016, 12, 20))
    assert next_change(year_end, THRESHOLDS, date(2016, 12, 31)) == date(2017, 1, 1)


@pytest.mark.parametrize("due_on", [date(2017, 3, 26), date(2017, 10, 29)])
def test_it_turns_red_the_day_after_the_clocks_change(due_on: date) -> None:
    standing = Standing(Status.AGREED, due_on=due_on, last_update_on=due_on)
    assert colour(standing, THRESHOLDS, due_on) is Colour.AMBER
    assert next_change(standing, THRESHOLDS, due_on) == due_on + timedelta(days=1)


def test_the_thresholds_are_data() -> None:
    strict = BragThresholds(due_soon_days=60, stale_days=7, amber_extensions=2, red_extensions=3)
    assert colour(owed(due_in=60), strict, TODAY) is Colour.AMBER
    assert colour(owed(due_in=61, silent=7), strict, TODAY) is Colour.GREEN
    assert colour(owed(due_in=61, silent=8), strict, TODAY) is Colour.AMBER
    assert colour(owed(due_in=61, extended=1), strict, TODAY) is Colour.GREEN
    assert colour(owed(due_in=61, extended=2), strict, TODAY) is Colour.AMBER
    assert colour(owed(due_in=61, extended=3), strict, TODAY) is Colour.RED
    assert next_change(owed(due_in=61), strict, TODAY) == days_from_today(1)


@pytest.mark.parametrize("due_on", [date.min, date.max])
def test_dates_at_the_ends_of_the_calendar_are_judged_too(due_on: date) -> None:
    standing = Standing(Status.AGREED, due_on=due_on, last_update_on=date.max)
    assert colour(standing, THRESHOLDS, date.max) in (Colour.RED, Colour.AMBER)
    assert next_change(standing, THRESHOLDS, date.max) is None
    assert next_change(standing, THRESHOLDS, TODAY) in (None, date.max - timedelta(days=28))


near_days = st.integers(min_value=-120, max_value=700).map(days_from_today)
standings = st.builds(
    Standing,
    status=st.one_of(st.sampled_from(sorted(OPEN)), st.sampled_from(Status)),
    due_on=near_days,
    last_update_on=st.none() | near_days,
    owner_view=st.none() | st.sampled_from(OwnerView),
    extension_count=st.integers(min_value=0, max_value=3),
    agreed_on=near_days,
)
thresholds_of_all_kinds = st.one_of(
    st.just(THRESHOLDS),
    st.builds(
        BragThresholds,
        due_soon_days=st.integers(min_value=0, max_value=90),
        stale_days=st.integers(min_value=0, max_value=90),
        amber_extensions=st.integers(min_value=1, max_value=2),
        red_extensions=st.integers(min_value=2, max_value=3),
    ),
)


@given(standings, thresholds_of_all_kinds)
@example(owed(due_in=60), THRESHOLDS)
@example(owed(due_in=-1), THRESHOLDS)
@example(owed(due_in=28, silent=0), THRESHOLDS)
@settings(max_examples=300, deadline=None)
def test_the_colour_holds_until_the_day_it_is_said_to_change(
    standing: Standing, thresholds: BragThresholds
) -> None:
    now = colour(standing, thresholds, TODAY)
    changes_on = next_change(standing, thresholds, TODAY)
    later_days = [days_from_today(count) for count in range(1, HORIZON + 1)]
    other = [day for day in later_days if colour(standing, thresholds, day) is not now]
    assert changes_on == (other[0] if other else None)


@given(standings, thresholds_of_all_kinds, near_days)
def test_there_is_always_a_reason_and_it_fits_the_colour(
    standing: Standing, thresholds: BragThresholds, on: date
) -> None:
    why = reason(standing, thresholds, on)
    assert why
    assert why[0].isupper()
    past_due = standing.status in OPEN and standing.due_on is not None and standing.due_on < on
    assert why.startswith("Past due by ") is past_due
    assert not past_due or colour(standing, thresholds, on) is Colour.RED


@given(standings, near_days)
def test_time_alone_never_improves_what_is_owed(standing: Standing, on: date) -> None:
    order = [Colour.BLUE, Colour.GREY, Colour.GREEN, Colour.AMBER, Colour.RED]
    today, tomorrow = (colour(standing, THRESHOLDS, day) for day in (on, on + timedelta(days=1)))
    assert order.index(today) <= order.index(tomorrow)
