"""What may happen to an agency return, and when it is due."""

from datetime import date

import pytest

from app.cdop.returns.rules import (
    OPEN,
    Answer,
    DueTooEarly,
    FormsMissing,
    NoLimit,
    ReturnedTooEarly,
    ReturnSettled,
    ReturnState,
    check_asking,
    check_first_due,
    check_forms,
    check_new_due,
    check_open,
    check_returned,
    check_settled,
    due_by,
    is_on_time,
    state_of,
)
from app.clocks.rules import Limit, Unit
from app.core.checks import DayToCome
from app.core.working_days import WorkingDays

DAY = date(2017, 3, 31)
ASKED = date(2017, 3, 1)


def limit(code: str, amount: int | None, unit: Unit) -> Limit:
    return Limit(code, "Forms", "information", "returned", amount, unit, False, date(2000, 1, 1))


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (Answer(), ReturnState.OWED),
        (Answer(not_for_us_on=DAY), ReturnState.NOT_FOR_US),
        (Answer(returned_on=DAY), ReturnState.RETURNED),
        (Answer(waived_on=DAY), ReturnState.WAIVED),
        (Answer(returned_on=DAY, withdrawn_on=DAY), ReturnState.WITHDRAWN),
        (Answer(waived_on=DAY, withdrawn_on=DAY), ReturnState.WITHDRAWN),
    ],
)
def test_what_became_of_a_return_says_where_it_stands(answer: Answer, state: ReturnState) -> None:
    assert state_of(answer) is state


def test_a_return_is_due_by_the_limit_of_its_guidance_from_the_day_it_is_asked() -> None:
    limits = [limit("panel", 6, Unit.MONTHS), limit("returns", 3, Unit.WEEKS)]
    assert due_by(limits, ASKED, WorkingDays()) == date(2017, 3, 22)
    assert due_by([limit("returns", 15, Unit.WORKING_DAYS)], ASKED, WorkingDays()) == date(2017, 3, 22)
    # Good Friday and Easter Monday lie between.
    of_easter = due_by([limit("returns", 10, Unit.WORKING_DAYS)], date(2017, 4, 10), WorkingDays())
    assert of_easter == date(2017, 4, 26)
    assert due_by(limits[:1], ASKED, WorkingDays()) is None


def test_without_a_limit_somebody_has_to_say_when_it_is_due() -> None:
    with pytest.raises(NoLimit, match="Enter the day it is due") as refusal:
        check_first_due(None, ASKED)
    assert refusal.value.field == "due_on"
    with pytest.raises(DueTooEarly):
        check_first_due(date(2017, 2, 28), ASKED)
    assert check_first_due(ASKED, ASKED) == ASKED


def test_nobody_was_asked_before_the_death_was_known_or_after_today() -> None:
    check_asking(asked_on=ASKED, known_on=ASKED, today=DAY)
    with pytest.raises(DueTooEarly):
        check_asking(asked_on=ASKED, known_on=date(2017, 3, 2), today=DAY)
    with pytest.raises(DayToCome):
        check_asking(asked_on=date(2017, 4, 1), known_on=ASKED, today=DAY)


def test_forms_are_those_of_the_guidance_and_at_least_one_is_new() -> None:
    check_forms(["reporting", "b4"], ["reporting", "b4"])
    for forms, held in (([], []), (["reporting"], ["reporting"]), (["of another regime"], [])):
        with pytest.raises(FormsMissing):
            check_forms(forms, ["reporting", "b4"], held=held)


@pytest.mark.parametrize("state", ReturnState)
def test_only_what_is_asked_for_can_be_returned_or_let_off_and_only_the_rest_asked_again(
    state: ReturnState,
) -> None:
    days = {"returned_on": DAY, "asked_on": ASKED, "today": DAY}
    if state in OPEN:
        check_open(state)
        check_returned(state, **days)
        with pytest.raises(ReturnSettled):
            check_settled(state)
        with pytest.raises(ReturnSettled, match="The review is over"):
            check_open(state, goes_on=False)
        return
    check_settled(state)
    with pytest.raises(ReturnSettled):
        check_open(state)
    with pytest.raises(ReturnSettled):
        check_returned(state, **days)


def test_a_return_came_between_the_day_it_was_asked_and_today() -> None:
    check_returned(ReturnState.OWED, returned_on=ASKED, asked_on=ASKED, today=DAY)
    with pytest.raises(ReturnedTooEarly):
        check_returned(ReturnState.OWED, returned_on=date(2017, 2, 28), asked_on=ASKED, today=DAY)
    with pytest.raises(DayToCome):
        check_returned(ReturnState.OWED, returned_on=date(2017, 4, 1), asked_on=ASKED, today=DAY)


def test_a_date_moves_to_another_day_that_is_not_past() -> None:
    check_new_due(DAY, present=ASKED, today=DAY)
    for due_on in (date(2017, 3, 30), date(2017, 4, 7)):
        with pytest.raises(DueTooEarly):
            check_new_due(due_on, present=date(2017, 4, 7), today=DAY)


def test_on_time_is_by_the_day_first_set() -> None:
    assert is_on_time(date(2017, 3, 22), date(2017, 3, 22))
    assert not is_on_time(date(2017, 3, 22), date(2017, 3, 23))
