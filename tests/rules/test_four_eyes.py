"""Who decides about an action."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.actions.rules.four_eyes import (
    Candidate,
    MayNotDecide,
    Stake,
    check_may_decide,
    may_decide,
    who_decides,
)

HACKNEY, HOMERTON, BOARD = 1, 2, 3
OWNER = Candidate(10, frozenset({HACKNEY}))
DEPUTY = Candidate(11, frozenset({HOMERTON}))
COLLEAGUE = Candidate(12, frozenset({HACKNEY}))
GROUP_CHAIR = Candidate(13, frozenset({HOMERTON}))
BOARD_MANAGER = Candidate(14)
INDEPENDENT_CHAIR = Candidate(15)
STAKE = Stake(frozenset({10, 11}), frozenset({HACKNEY}))


@pytest.mark.parametrize(
    ("candidate", "may"),
    [
        (OWNER, False),
        (DEPUTY, False),
        (COLLEAGUE, False),
        (Candidate(16, frozenset({HOMERTON, HACKNEY})), False),
        (Candidate(10), False),
        (GROUP_CHAIR, True),
        (BOARD_MANAGER, True),
        (INDEPENDENT_CHAIR, True),
    ],
)
def test_nobody_decides_for_themselves_or_for_their_agency(candidate: Candidate, may: bool) -> None:
    assert may_decide(candidate, STAKE) is may


def test_the_owners_own_agency_counts_beside_the_one_that_leads() -> None:
    seconded = Stake(frozenset({10}), frozenset({HACKNEY, HOMERTON}))
    assert not may_decide(GROUP_CHAIR, seconded)


def test_those_who_may_decide_do() -> None:
    candidates = [COLLEAGUE, GROUP_CHAIR, BOARD_MANAGER]
    assert who_decides(candidates, STAKE, [INDEPENDENT_CHAIR]) == (GROUP_CHAIR, BOARD_MANAGER)


@pytest.mark.parametrize("candidates", [[], [COLLEAGUE], [OWNER, COLLEAGUE], [DEPUTY]])
def test_the_independent_chair_decides_when_nobody_else_may(candidates: list[Candidate]) -> None:
    assert who_decides(candidates, STAKE, [INDEPENDENT_CHAIR]) == (INDEPENDENT_CHAIR,)


def test_the_independent_chair_decides_even_for_the_body_that_employs_them() -> None:
    stake = Stake(frozenset({10}), frozenset({BOARD}))
    chair, manager = Candidate(15, frozenset({BOARD})), Candidate(14, frozenset({BOARD}))
    assert who_decides([manager], stake, [chair]) == (chair,)
    assert who_decides([manager, chair, GROUP_CHAIR], stake, [chair]) == (GROUP_CHAIR,)


def test_nobody_decides_when_the_independent_chair_owns_what_nobody_else_may_decide() -> None:
    stake = Stake(frozenset({INDEPENDENT_CHAIR.person_id}), frozenset({HACKNEY}))
    assert who_decides([COLLEAGUE], stake, [INDEPENDENT_CHAIR]) == ()


@pytest.mark.parametrize(
    ("person", "sentence"),
    [
        (OWNER, "You answer for this action"),
        (DEPUTY, "You answer for this action"),
        (COLLEAGUE, "Your agency answers for this action"),
        (Candidate(99), "not part of your role"),
        (INDEPENDENT_CHAIR, "not part of your role"),
    ],
)
def test_somebody_who_may_not_decide_is_told_why(person: Candidate, sentence: str) -> None:
    with pytest.raises(MayNotDecide, match=sentence):
        check_may_decide(person, [OWNER, DEPUTY, COLLEAGUE, GROUP_CHAIR], STAKE, [INDEPENDENT_CHAIR])


def test_somebody_who_may_decide_is_let_through() -> None:
    check_may_decide(GROUP_CHAIR, [COLLEAGUE, GROUP_CHAIR], STAKE, [INDEPENDENT_CHAIR])
    check_may_decide(INDEPENDENT_CHAIR, [COLLEAGUE], STAKE, [INDEPENDENT_CHAIR])


people = st.builds(
    Candidate, st.integers(min_value=1, max_value=6), st.frozensets(st.integers(min_value=1, max_value=4))
)
stakes = st.builds(
    Stake,
    st.frozensets(st.integers(min_value=1, max_value=6), min_size=1),
    st.frozensets(st.integers(min_value=1, max_value=4), min_size=1),
)


@given(st.lists(people), stakes, st.lists(people, max_size=2))
def test_whoever_decides_has_no_stake_in_it(
    candidates: list[Candidate], stake: Stake, chairs: list[Candidate]
) -> None:
    for decider in who_decides(candidates, stake, chairs):
        assert decider.person_id not in stake.person_ids
        assert decider in chairs or not decider.agency_ids & stake.agency_ids
