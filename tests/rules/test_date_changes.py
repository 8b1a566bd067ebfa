"""How a due date moves."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.accounts.policy import ExtensionDecider
from app.actions.rules.date_changes import (
    CAUSE_OF_MOVE,
    DECIDER_LABELS,
    Cause,
    ExtensionTier,
    NewDateTooEarly,
    NotOwed,
    Reason,
    ReasonMissing,
    SafeguardMissing,
    carried_extensions,
    check_extension_request,
    check_new_date,
    decider_after_move,
    on_time,
    on_time_present,
    total_slip,
    who_decides_extension,
)
from app.actions.rules.lifecycle import OPEN, TRANSITIONS, DateTooFar, Move, Need, Status

DUE = date(2017, 4, 28)
TODAY = date(2017, 3, 31)
MANAGER = ExtensionDecider.BOARD_MANAGER
GROUP_CHAIR = ExtensionDecider.GROUP_CHAIR
INDEPENDENT = ExtensionDecider.INDEPENDENT_CHAIR
TIERS = (
    ExtensionTier(1, 28, MANAGER),
    ExtensionTier(2, None, GROUP_CHAIR),
    ExtensionTier(3, None, INDEPENDENT),
)


@pytest.mark.parametrize("tiers", [TIERS, TIERS[::-1]])
@pytest.mark.parametrize(
    ("granted", "days", "decider"),
    [
        (0, 1, MANAGER),
        (0, 28, MANAGER),
        (0, 29, GROUP_CHAIR),
        (0, 400, GROUP_CHAIR),
        (1, 1, GROUP_CHAIR),
        (1, 400, GROUP_CHAIR),
        (2, 1, INDEPENDENT),
        (2, 400, INDEPENDENT),
        (3, 1, INDEPENDENT),
        (9, 28, INDEPENDENT),
    ],
)
def test_who_decides_rises_with_the_number_and_the_length(
    tiers: tuple[ExtensionTier, ...], granted: int, days: int, decider: ExtensionDecider
) -> None:
    assert who_decides_extension(tiers, granted, DUE, DUE + timedelta(days=days)) is decider


def test_the_highest_decides_what_no_tier_reaches() -> None:
    short = (ExtensionTier(1, 14, MANAGER), ExtensionTier(2, 28, GROUP_CHAIR))
    assert who_decides_extension(short, 0, DUE, DUE + timedelta(days=14)) is MANAGER
    assert who_decides_extension(short, 0, DUE, DUE + timedelta(days=28)) is GROUP_CHAIR
    assert who_decides_extension(short, 0, DUE, DUE + timedelta(days=29)) is GROUP_CHAIR


def test_one_number_may_have_several_lengths_and_numbers_may_be_left_out() -> None:
    tiers = (
        ExtensionTier(1, None, GROUP_CHAIR),
        ExtensionTier(1, 28, MANAGER),
        ExtensionTier(4, None, INDEPENDENT),
    )
    assert who_decides_extension(tiers, 0, DUE, DUE + timedelta(days=28)) is MANAGER
    assert who_decides_extension(tiers, 2, DUE, DUE + timedelta(days=29)) is GROUP_CHAIR
    assert who_decides_extension(tiers, 3, DUE, DUE + timedelta(days=1)) is INDEPENDENT
    by_length = (ExtensionTier(1, 28, GROUP_CHAIR), ExtensionTier(1, 14, MANAGER))
    assert who_decides_extension(by_length, 0, DUE, DUE + timedelta(days=14)) is MANAGER
    assert who_decides_extension(by_length, 0, DUE, DUE + timedelta(days=15)) is GROUP_CHAIR
    later_only = (ExtensionTier(2, None, GROUP_CHAIR), ExtensionTier(3, None, INDEPENDENT))
    assert who_decides_extension(later_only, 0, DUE, DUE + timedelta(days=1)) is GROUP_CHAIR


def test_twenty_eight_days_are_counted_over_a_leap_day_and_a_change_of_clocks() -> None:
    assert who_decides_extension(TIERS, 0, date(2016, 2, 15), date(2016, 3, 14)) is MANAGER
    assert who_decides_extension(TIERS, 0, date(2016, 2, 15), date(2016, 3, 15)) is GROUP_CHAIR
    assert who_decides_extension(TIERS, 0, date(2017, 3, 20), date(2017, 4, 17)) is MANAGER
    assert who_decides_extension(TIERS, 0, date(2016, 12, 20), date(2017, 1, 18)) is GROUP_CHAIR


def test_without_tiers_nobody_decides() -> None:
    with pytest.raises(ValueError, match="Nobody is set"):
        who_decides_extension((), 0, DUE, DUE + timedelta(days=1))


@pytest.mark.parametrize("days", [0, -1])
def test_an_extension_must_give_more_time(days: int) -> None:
    with pytest.raises(NewDateTooEarly, match="after the date it is due now"):
        who_decides_extension(TIERS, 0, DUE, DUE + timedelta(days=days))


@given(st.integers(min_value=0, max_value=6), st.integers(min_value=1, max_value=400))
def test_more_extensions_or_more_days_never_bring_a_lower_decider(granted: int, days: int) -> None:
    order = [MANAGER, GROUP_CHAIR, INDEPENDENT]

    def rank(number: int, length: int) -> int:
        return order.index(who_decides_extension(TIERS, number, DUE, DUE + timedelta(days=length)))

    assert rank(granted, days) <= rank(granted, days + 1)
    assert rank(granted, days) <= rank(granted + 1, days)


def ask(
    *,
    status: Status = Status.IN_PROGRESS,
    due_on: date = DUE,
    new_due_on: date = DUE + timedelta(days=14),
    reason_code: Reason = Reason.FUNDING,
    reason: str | None = None,
    interim_safeguard: str | None = "Duty manager checks each new referral by hand",
    on: date = TODAY,
) -> None:
    check_extension_request(
        status=status,
        due_on=due_on,
        new_due_on=new_due_on,
        reason_code=reason_code,
        reason=reason,
        interim_safeguard=interim_safeguard,
        on=on,
    )


@pytest.mark.parametrize("status", Status)
def test_more_time_is_asked_for_while_it_is_owed(status: Status) -> None:
    if status in OPEN:
        ask(status=status)
    else:
        with pytest.raises(NotOwed, match="needs no more time"):
            ask(status=status)


@pytest.mark.parametrize("new_due_on", [DUE, DUE - timedelta(days=1)])
def test_the_new_date_is_after_the_present_one(new_due_on: date) -> None:
    with pytest.raises(NewDateTooEarly, match="after the date it is due now") as raised:
        ask(new_due_on=new_due_on)
    assert raised.value.field == "new_due_on"


@pytest.mark.parametrize("late_by", [14, 15])
def test_the_new_date_of_something_late_is_after_today(late_by: int) -> None:
    with pytest.raises(NewDateTooEarly, match="after today") as raised:
        ask(on=DUE + timedelta(days=late_by))
    assert raised.value.field == "new_due_on"
    ask(on=DUE + timedelta(days=13))


def test_the_new_date_need_not_be_a_working_day() -> None:
    ask(new_due_on=date(2017, 4, 30))
    check_new_date(DUE, date(2017, 12, 25))


@pytest.mark.parametrize("nothing", [None, "", " \n"])
def test_it_must_be_said_what_keeps_children_safe(nothing: str | None) -> None:
    with pytest.raises(SafeguardMissing) as raised:
        ask(interim_safeguard=nothing)
    assert raised.value.field == "interim_safeguard"


@pytest.mark.parametrize("code", Reason)
@pytest.mark.parametrize("nothing", [None, "", " "])
def test_only_another_reason_needs_words(code: Reason, nothing: str | None) -> None:
    if code is not Reason.OTHER:
        ask(reason_code=code, reason=nothing)
        return
    with pytest.raises(ReasonMissing) as raised:
        ask(reason_code=code, reason=nothing)
    assert raised.value.field == "reason"
    ask(reason_code=code, reason="The training room flooded")


def test_the_words_on_screen_are_there() -> None:
    assert [code.label for code in Reason] == [
        "Awaiting another agency",
        "Policy or approval cycle",
        "Funding or procurement",
        "Staff vacancy or capacity",
        "Parallel proceedings",
        "Scope changed",
        "Inspection or incident pressure",
        "External body",
        "Other",
    ]
    assert [cause.label for cause in Cause] == [
        "More time given",
        "Returned, to be sent again",
        "Reopened",
        "Resumed",
        "Taken over from the action it was split from",
    ]
    assert list(DECIDER_LABELS) == list(ExtensionDecider)


def test_every_move_that_asks_for_a_new_date_has_its_cause() -> None:
    assert set(CAUSE_OF_MOVE) == {line.move for line in TRANSITIONS if Need.NEW_DATE in line.needs}
    assert CAUSE_OF_MOVE[Move.RETURN_TO_OWNER] is Cause.RETURNED
    assert CAUSE_OF_MOVE[Move.ACCEPT_IN_PART] is Cause.RETURNED
    assert CAUSE_OF_MOVE[Move.REOPEN] is Cause.REOPENED
    assert CAUSE_OF_MOVE[Move.RESUME] is CAUSE_OF_MOVE[Move.BRING_BACK] is Cause.RESUMED


@pytest.mark.parametrize(
    ("first", "present", "slip"),
    [
        (DUE, DUE, 0),
        (date(2017, 3, 31), date(2017, 4, 28), 28),
        (date(2016, 2, 28), date(2016, 3, 1), 2),
        (date(2017, 2, 28), date(2017, 3, 1), 1),
        (date(2016, 12, 31), date(2017, 1, 1), 1),
    ],
)
def test_slip_is_counted_from_the_first_date(first: date, present: date, slip: int) -> None:
    assert total_slip(first, present) == slip


def test_on_time_is_measured_against_the_first_date_with_the_present_one_beside_it() -> None:
    first, present = DUE, DUE + timedelta(days=28)
    assert on_time(first, first)
    assert not on_time(first + timedelta(days=1), first)
    assert on_time_present(present, present)
    assert not on_time_present(present + timedelta(days=1), present)


@pytest.mark.parametrize(
    ("asked", "due_on", "decider"),
    [
        # The date came back: what was four weeks more is two months more by now.
        (MANAGER, DUE - timedelta(days=28), GROUP_CHAIR),
        # It moved on, so less is asked for, and whoever was asked still decides.
        (GROUP_CHAIR, DUE + timedelta(days=14), GROUP_CHAIR),
        (MANAGER, DUE + timedelta(days=14), MANAGER),
        # Nothing is left of what was asked for.
        (MANAGER, DUE + timedelta(days=28), MANAGER),
        (INDEPENDENT, DUE - timedelta(days=28), INDEPENDENT),
    ],
)
def test_after_the_date_moved_the_higher_of_the_two_tiers_decides(
    asked: ExtensionDecider, due_on: date, decider: ExtensionDecider
) -> None:
    assert decider_after_move(asked, TIERS, 0, due_on, DUE + timedelta(days=28)) is decider


@given(
    st.sampled_from(list(ExtensionDecider)),
    st.integers(min_value=0, max_value=4),
    st.integers(min_value=-400, max_value=400),
)
def test_a_date_that_moves_never_brings_a_lower_tier(
    asked: ExtensionDecider, granted: int, moved: int
) -> None:
    order = list(ExtensionDecider)
    found = decider_after_move(asked, TIERS, granted, DUE + timedelta(days=moved), DUE + timedelta(days=28))
    assert order.index(found) >= order.index(asked)


def test_a_part_carries_on_the_extensions_of_the_whole_and_nothing_else_that_moved_its_date() -> None:
    extended, again = (Cause.SPLIT, Reason.FUNDING), (Cause.SPLIT, Reason.OTHER)
    others = [(Cause.SPLIT, Cause.RESUMED), (Cause.SPLIT, "returned"), (Cause.SPLIT, Cause.SPLIT)]
    own = (Cause.EXTENSION, Reason.FUNDING)
    assert carried_extensions([extended, *others, again, own]) == 2
    assert carried_extensions([]) == 0


def test_a_year_that_must_be_a_slip_is_refused() -> None:
    ask(new_due_on=date(2027, 3, 31))
    with pytest.raises(DateTooFar, match="must be 31 March 2027 or earlier") as raised:
        ask(new_due_on=date(2027, 4, 1))
    assert raised.value.field == "new_due_on"
