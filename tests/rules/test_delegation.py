"""What the board manager may sign off without a meeting, and what the group ratifies."""

from datetime import date, timedelta
from itertools import product

import pytest

from app.actions.rules.delegation import (
    MeetingMissing,
    NothingToRatify,
    Priority,
    Work,
    WrongMeeting,
    check_ratification,
    decides_under_delegation,
    is_delegable,
)
from app.actions.rules.sign_off import Decision

DAY = date(2017, 3, 31)
SMALL = Work(Priority.LOW, is_of_one_agency=True, can_be_ratified=True)


def test_only_low_priority_work_of_one_agency_that_a_chair_can_ratify_is_delegable() -> None:
    all_work = [Work(*each) for each in product(Priority, (True, False), (True, False))]
    assert [work for work in all_work if is_delegable(work)] == [SMALL]


def test_the_board_manager_accepts_small_work_under_delegation() -> None:
    assert decides_under_delegation(SMALL, Decision.ACCEPTED, for_the_group=False, meeting_on=None)


@pytest.mark.parametrize("decision", [Decision.RETURNED, Decision.ACCEPTED_IN_PART])
def test_nothing_is_returned_under_delegation(decision: Decision) -> None:
    with pytest.raises(MeetingMissing, match="only be accepted"):
        decides_under_delegation(SMALL, decision, for_the_group=False, meeting_on=None)


@pytest.mark.parametrize("decision", list(Decision))
def test_other_work_needs_the_day_of_the_meeting(decision: Decision) -> None:
    large = Work(Priority.NORMAL, is_of_one_agency=True, can_be_ratified=True)
    with pytest.raises(MeetingMissing) as refused:
        decides_under_delegation(large, decision, for_the_group=False, meeting_on=None)
    assert refused.value.field == "meeting_on"
    assert not decides_under_delegation(large, decision, for_the_group=False, meeting_on=DAY)


@pytest.mark.parametrize("decision", list(Decision))
def test_the_chair_decides_for_the_group_with_or_without_a_meeting(decision: Decision) -> None:
    for meeting_on in (None, DAY):
        assert not decides_under_delegation(SMALL, decision, for_the_group=True, meeting_on=meeting_on)


def _ratify(*, is_delegated: bool = True, ratified_on: date | None = None, meeting_on: date = DAY) -> None:
    check_ratification(
        is_delegated=is_delegated,
        decided_on=DAY - timedelta(days=7),
        ratified_on=ratified_on,
        meeting_on=meeting_on,
        on=DAY,
    )


def test_a_meeting_ratifies_between_the_decision_and_today() -> None:
    for days in (0, 7):
        _ratify(meeting_on=DAY - timedelta(days=days))
    for days in (-1, 8):
        with pytest.raises(WrongMeeting):
            _ratify(meeting_on=DAY - timedelta(days=days))


def test_nothing_is_ratified_twice_or_without_need() -> None:
    with pytest.raises(NothingToRatify, match="already on 31 March 2017"):
        _ratify(ratified_on=DAY)
    with pytest.raises(NothingToRatify, match="itself"):
        _ratify(is_delegated=False)
