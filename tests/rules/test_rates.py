"""Crude rates, held against published tables and an independent sum."""

import math

import pytest

from app.cdop.figures.rules.counts import BLANK, number, primary
from app.cdop.figures.rules.rates import METHOD, Missing, Rate, at_most, crude_rate, poisson_interval


@pytest.mark.parametrize(
    ("count", "low", "high"),
    # The exact Poisson limits as any table of them prints them.
    [(0, 0.0, 3.689), (1, 0.0253, 5.572), (3, 0.6187, 8.767), (5, 1.6235, 11.668), (10, 4.7954, 18.390),
     (20, 12.217, 30.888), (27, 17.793, 39.283), (100, 81.364, 121.627)],
)  # fmt: skip
def test_the_interval_is_the_exact_one(count: int, low: float, high: float) -> None:
    found_low, found_high = poisson_interval(count)
    assert found_low == pytest.approx(low, abs=6e-4)
    assert found_high == pytest.approx(high, abs=6e-4)


@pytest.mark.parametrize("count", [1, 4, 27, 400, 5000])
def test_each_end_leaves_a_fortieth_outside(count: int) -> None:
    low, high = poisson_interval(count)
    assert low < count < high
    assert at_most(count, high) == pytest.approx(0.025, rel=1e-6)
    assert 1 - at_most(count - 1, low) == pytest.approx(0.025, rel=1e-6)


def test_the_likelihood_is_that_of_the_sum_written_out() -> None:
    assert at_most(2, 1.5) == pytest.approx(math.exp(-1.5) * (1 + 1.5 + 1.5**2 / 2))
    assert at_most(0, 0.0) == 1.0


def test_a_rate_states_its_parts_and_its_method() -> None:
    rate = crude_rate(number(24), 4444, 1000)
    assert isinstance(rate, Rate)
    assert (rate.deaths, rate.population, rate.per) == (24, 4444, 1000)
    assert (round(rate.value, 1), round(rate.low, 1), round(rate.high, 1)) == (5.4, 3.5, 8.0)
    assert rate.method == METHOD
    assert not rate.is_unreliable


@pytest.mark.parametrize(("deaths", "unreliable"), [(5, True), (19, True), (20, False)])
def test_a_rate_from_fewer_than_twenty_deaths_is_flagged(deaths: int, unreliable: bool) -> None:
    rate = crude_rate(number(deaths), 50_000, 100_000)
    assert isinstance(rate, Rate)
    assert rate.is_unreliable is unreliable


def test_there_is_no_rate_from_fewer_than_three_deaths() -> None:
    assert crude_rate(number(2), 50_000, 100_000) is Missing.TOO_FEW
    assert crude_rate(number(0), 50_000, 100_000) is Missing.TOO_FEW
    assert isinstance(crude_rate(number(3), 50_000, 100_000), Rate)


def test_a_rate_is_hidden_with_its_deaths() -> None:
    assert crude_rate(primary(4), 50_000, 100_000) is Missing.HIDDEN
    assert crude_rate(BLANK, 50_000, 100_000) is Missing.HIDDEN


def test_there_is_no_rate_of_nobody() -> None:
    assert crude_rate(number(9), 0, 1000) is Missing.NO_POPULATION


def test_deaths_are_not_below_zero() -> None:
    with pytest.raises(ValueError, match="from 0"):
        poisson_interval(-1)
