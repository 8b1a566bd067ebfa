"""Percentages of published figures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cdop.figures.rules.counts import BLANK, number, primary
from app.cdop.figures.rules.percentages import percentage, whole_percent


def shown(part: int, whole: int) -> str:
    return str(percentage(primary(part), primary(whole)))


@pytest.mark.parametrize(
    ("part", "whole", "per_cent"),
    [(5, 18, 28), (590, 787, 75), (1, 8, 13), (1, 40, 3), (1, 200, 1), (1, 201, 0), (0, 9, 0), (9, 9, 100)],
)
def test_percentages_are_whole_and_half_goes_up(part: int, whole: int, per_cent: int) -> None:
    assert whole_percent(part, whole) == per_cent


def test_the_percentage_of_2016_17_is_shown() -> None:
    assert shown(5, 18) == "28%"
    assert shown(16, 27) == "59%"


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        pytest.param(4, 18, id="small part"),
        pytest.param(14, 18, id="small rest"),
        pytest.param(0, 3, id="whole"),
    ],
)
def test_a_percentage_is_hidden_with_its_parts(part: int, whole: int) -> None:
    assert shown(part, whole) == "*"


def test_a_percentage_is_hidden_with_a_part_that_is_hidden_for_others() -> None:
    assert str(percentage(BLANK, number(18))) == "*"
    assert str(percentage(number(9), BLANK)) == "*"
    assert str(percentage(number(9), number(18), BLANK)) == "*"
    assert str(percentage(number(9), number(18), number(9))) == "50%"


def test_none_and_all_are_shown_and_a_share_of_nothing_is_none() -> None:
    assert shown(0, 18) == "0%"
    assert shown(18, 18) == "100%"
    assert shown(0, 0) == "–"


def test_a_part_is_no_more_than_its_whole() -> None:
    with pytest.raises(ValueError, match="no part"):
        percentage(number(19), number(18))


@given(st.integers(0, 10_000), st.integers(1, 10_000))
def test_rounding_is_never_off_by_more_than_half(part: int, whole: int) -> None:
    per_cent = whole_percent(part, whole)
    assert -whole <= 2 * (100 * part - per_cent * whole) < whole
