"""Report years."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.report_year import ReportYear, report_year_of


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (date(2016, 3, 31), "2015/16"),
        (date(2016, 4, 1), "2016/17"),
        (date(2016, 12, 31), "2016/17"),
        (date(2017, 1, 1), "2016/17"),
        (date(2017, 3, 31), "2016/17"),
        (date(2017, 4, 1), "2017/18"),
        (date(2016, 2, 29), "2015/16"),
        (date(2000, 3, 31), "1999/00"),
        (date(2008, 4, 1), "2008/09"),
    ],
)
def test_a_day_falls_in_the_report_year_that_began_last_april(day: date, written: str) -> None:
    assert str(report_year_of(day)) == written


def test_it_runs_from_1_april_to_31_march() -> None:
    year = ReportYear(2016)
    assert (year.first_day, year.last_day) == (date(2016, 4, 1), date(2017, 3, 31))
    assert date(2016, 4, 1) in year
    assert date(2017, 3, 31) in year
    assert date(2016, 3, 31) not in year
    assert date(2017, 4, 1) not in year


def test_years_stand_in_order_with_their_neighbours() -> None:
    year = ReportYear(2016)
    assert (str(year.previous), str(year.following)) == ("2015/16", "2017/18")
    assert year.previous < year < year.following


@given(st.dates(min_value=date(2, 1, 1), max_value=date(9998, 12, 31)))
def test_every_day_is_in_its_own_report_year_and_in_no_other(day: date) -> None:
    year = report_year_of(day)
    assert day in year
    assert year.last_day + timedelta(days=1) == year.following.first_day
    assert day not in year.following
    assert ReportYear.parse(f" {year}\n") == year


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2016",
        "2016-17",
        "2016/2017",
        "16/17",
        "2016/1",
        "2016/17 to",
        "²016/17",
        "\N{FULLWIDTH DIGIT TWO}016/17",
        "2016 /17",
    ],
)
def test_it_says_how_to_write_a_report_year(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a report year\. Write it like 2016/17") as raised:
        ReportYear.parse(text)
    assert f"‘{text}’" in str(raised.value)


@pytest.mark.parametrize(
    ("text", "right"), [("2016/18", "2016/17"), ("2016/16", "2016/17"), ("1999/99", "1999/00")]
)
def test_it_says_which_year_follows(text: str, right: str) -> None:
    with pytest.raises(ValueError, match=f"The one beginning in {text[:4]} is {right}"):
        ReportYear.parse(text)


@pytest.mark.parametrize("text", ["0000/01", "9999/00"])
def test_it_refuses_years_outside_the_calendar(text: str) -> None:
    with pytest.raises(ValueError, match="No report year begins in the year"):
        ReportYear.parse(text)
