"""What is held as others published it: added, changed, withdrawn; and the rates computed beside it."""

from collections.abc import Callable

import pytest
from flask import Flask

from app.cdop.figures.models import Population, StatedFigure
from app.cdop.figures.queries import kept
from app.core.database import current_session
from app.core.report_year import ReportYear
from tests.cdop.support import build_record, compute
from tests.support.client import PageClient
from tests.support.trail import change, entries

ClientAs = Callable[[str], PageClient]
SOURCES = "/child-deaths/figures/sources"
YEAR = ReportYear(2016)
FIGURE = {
    "code": "infant_mortality_rate_national",
    "report_year": "2016/17",
    "value": "3.9",
    "words": "England",
    "source_line": "Child mortality statistics, table 1",
    "source_note": "",
}
BIRTHS = {
    "kind": "live_births",
    "report_year": "2016/17",
    "area": "",
    "number": "4,650",
    "source_line": "Births by area",
    "source_note": "",
}


@pytest.fixture
def coordinator(world: Flask, client_as: ClientAs) -> PageClient:
    """Who states figures."""
    build_record()
    return client_as("cdop.coordinator")


def stated(code: str) -> StatedFigure:
    """The stated figure of 2016/17 with that code."""
    current_session().rollback()
    found: StatedFigure = (
        current_session().query(StatedFigure).filter_by(code=code, report_year_start=2016).one()
    )
    return found


def test_a_figure_is_stated_changed_and_withdrawn_with_a_reason(coordinator: PageClient) -> None:
    coordinator.get(f"{SOURCES}/figures/new")
    coordinator.post(f"{SOURCES}/figures/new", FIGURE)
    ref = stated(FIGURE["code"]).ref
    assert "England" in coordinator.get(SOURCES).get_data(as_text=True)
    coordinator.get(f"{SOURCES}/figures/{ref}/edit")
    coordinator.post(f"{SOURCES}/figures/{ref}/edit", {**FIGURE, "value": "4.0"})
    before, after = change("figures.state")
    assert (before["value"], after["value"]) == ("3.9", "4")
    coordinator.get(f"{SOURCES}/figures/{ref}/withdraw")
    coordinator.post(f"{SOURCES}/figures/{ref}/withdraw", {"reason": "Revised by its publisher"})
    assert stated(FIGURE["code"]).withdrawn_reason == "Revised by its publisher"
    assert entries("figures.state")[0].line == f"Withdrew {ref}"
    refused = coordinator.post(f"{SOURCES}/figures/{ref}/edit", FIGURE, status=422)
    assert "It was withdrawn" in refused.get_data(as_text=True)
    coordinator.post(f"{SOURCES}/figures/new", FIGURE)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"value": ""}, "Enter the number as it is printed"),
        ({"value": "about 4"}, "Enter the number as it is printed"),
        ({"value": "nan"}, "Enter the number as it is printed"),
        ({"value": "1e3"}, "Enter the number as it is printed"),
        ({"code": "deaths_in_year", "value": "2.5"}, "Enter a whole number"),
        ({"code": "modifiable_percent_national", "report_year": "2015/16", "value": "101"}, "from 0 to 100"),
        ({"code": "other"}, "Choose one from the list"),
        ({"report_year": "2031/32"}, "Choose one from the list"),
        ({"source_line": ""}, "Say where it is published"),
        ({"code": "infant_mortality_rate"}, "is held already"),
    ],
)
def test_what_is_no_figure_is_refused_beside_its_field_and_comes_back(
    coordinator: PageClient, values: dict[str, str], sentence: str
) -> None:
    page = coordinator.post(f"{SOURCES}/figures/new", {**FIGURE, **values}, status=422).get_data(as_text=True)
    assert sentence in page
    assert 'value="England"' in page


def test_a_stated_figure_that_differs_no_longer_counts_as_published(coordinator: PageClient) -> None:
    figure = stated("infant_mortality_rate")
    figure.provenance = "published"
    current_session().commit()
    ref = figure.ref
    same = {"value": "5.40", "words": "Hackney", "source_line": "L3762", "source_note": ""}
    coordinator.post(f"{SOURCES}/figures/{ref}/edit", same)
    assert stated("infant_mortality_rate").provenance == "published"
    coordinator.post(f"{SOURCES}/figures/{ref}/edit", {**same, "value": "5.5"})
    assert stated("infant_mortality_rate").provenance == "recorded"
    compute()
    assert kept.figures_kept(YEAR).of(YEAR)["facts"]["infant_mortality_rate"]["value"] == 5.5


def test_rates_state_deaths_population_interval_and_how_far_they_can_be_relied_on(
    coordinator: PageClient,
) -> None:
    coordinator.get(f"{SOURCES}/populations/new")
    coordinator.post(f"{SOURCES}/populations/new", BIRTHS)
    children = {**BIRTHS, "kind": "aged_1_to_17", "area": "hackney", "number": "55000"}
    coordinator.post(f"{SOURCES}/populations/new", children)
    nobody = {**BIRTHS, "area": "city-of-london", "number": "60"}
    coordinator.post(f"{SOURCES}/populations/new", nobody)
    compute()
    page = coordinator.get("/child-deaths/figures/2016-17").get_data(as_text=True)
    # 15 deaths under one year in 4,650 live births; exact Poisson 8.4 to 24.7 deaths.
    for words in ("4,650", ">3.2</div>", ">1.8 to 5.3</div>", "Unreliable: fewer than 20 deaths"):
        assert words in page, words
    assert "exact Poisson method" in page
    assert "No rate: fewer than 3 deaths" in page
    listed = coordinator.client.get("/child-deaths/figures/2016-17/export?format=csv").get_data(as_text=True)
    interval = next(line for line in listed.splitlines() if "1.8 to 5.3" in line)
    assert "exact Poisson method" in interval
    held: Population = current_session().query(Population).filter_by(number=4650).one()
    ref = held.ref
    coordinator.get(f"{SOURCES}/populations/{ref}/edit")
    coordinator.post(f"{SOURCES}/populations/{ref}/edit", {**BIRTHS, "number": "4700"})
    refused = coordinator.post(f"{SOURCES}/populations/new", BIRTHS, status=422)
    assert "held already" in refused.get_data(as_text=True)
    for wrong in ("0", "-1", "many", ""):
        answer = coordinator.post(
            f"{SOURCES}/populations/{ref}/edit", {**BIRTHS, "number": wrong}, status=422
        )
        assert "Enter how many there are" in answer.get_data(as_text=True)
    coordinator.get(f"{SOURCES}/populations/{ref}/withdraw")
    coordinator.post(f"{SOURCES}/populations/{ref}/withdraw", {"reason": "Counted anew"})
    compute()
    assert "4,700" not in coordinator.get("/child-deaths/figures/2016-17").get_data(as_text=True)


def test_the_board_reads_sources_and_changes_none(coordinator: PageClient, client_as: ClientAs) -> None:
    board = client_as("board.manager")
    page = board.get(SOURCES).get_data(as_text=True)
    assert "Add a figure" not in page
    board.get(f"{SOURCES}/figures/new", status=404)
    client_as("staff.reader").get(SOURCES, status=404)
