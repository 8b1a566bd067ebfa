"""The figures of the assurance by agency."""

import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.reports.rules import median_slip, percent


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [(0, 0, None), (0, 3, 0), (3, 3, 100), (5, 18, 28), (1, 8, 13), (1, 3, 33), (2, 3, 67)],
)
def test_a_share_is_whole_percent_half_up(part: int, whole: int, shown: int | None) -> None:
    assert percent(part, whole) == shown


@given(st.lists(st.integers(1, 400), max_size=30), st.integers(0, 30))
def test_the_middle_slip_counts_those_that_never_moved(moved: list[int], still: int) -> None:
    everything = [*moved, *[0] * still]
    exact = statistics.median(everything) if everything else 0
    assert median_slip(moved, len(everything)) == int(exact + 0.5)
