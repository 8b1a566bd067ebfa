"""Issuing the figures: frozen for good, held against each other, corrected in steps, overridden on record."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from app.cdop.figures import operations
from app.cdop.figures.models import FiguresIssue, FiguresOverride, FiguresYear
from app.cdop.figures.operations import computing
from app.cdop.figures.queries import kept
from app.cdop.figures.queries import material as made_of
from app.cdop.figures.rules import bases, body, facts
from app.cdop.figures.rules.bases import Basis
from app.cdop.figures.rules.counts import Unprotected
from app.cdop.models import ChildDeathCase
from app.core.clock import now
from app.core.database import current_session
from app.core.installation import Installation
from app.core.report_year import ReportYear
from tests.cdop.support import build_record, compute
from tests.support.attacker import Attacker, Sight, Table
from tests.support.client import PageClient
from tests.support.deaths import add_deaths
from tests.support.trail import change, entries

ClientAs = Callable[[str], PageClient]
YEAR = ReportYear(2016)
PAGE = "/child-deaths/figures/2016-17"
STATEMENT = {"statement": "For the annual report 2016/17."}


@pytest.fixture
def record(world: Flask) -> Flask:
    """The published year, the day after it is over."""
    build_record()
    move_to(date(2017, 4, 3))
    compute()
    return world


def move_to(day: date) -> None:
    """Let it be another day."""
    current_session().query(Installation).one().demonstration_on = day
    current_session().commit()


def seen() -> str:
    """The digest of what stands on the page now."""
    held = kept.kept()
    assert held is not None
    digest: str = held.digest
    current_session().rollback()
    return digest


def issue(client: PageClient, address: str = PAGE) -> None:
    """Issue what is kept."""
    client.get(f"{address}/issue")
    client.post(f"{address}/issue", {**STATEMENT, "seen": seen()})


def main_of(client: PageClient, path: str) -> str:
    """What a page shows below its frame."""
    page: str = client.get(path).get_data(as_text=True)
    return page.split("<main")[1].split("</main>")[0]


def shown_of(year: ReportYear = YEAR) -> Any:
    """The numbers of a year as they are kept."""
    found = body.Numbers(kept.figures_kept(year).of(year)["bases"])
    current_session().rollback()
    return found


def test_outside_the_compartment_a_year_is_read_once_it_is_issued(record: Flask, client_as: ClientAs) -> None:
    board, coordinator = client_as("board.manager"), client_as("cdop.coordinator")
    before = board.get(PAGE).get_data(as_text=True)
    assert "have not been issued yet" in before
    assert ">253</div>" in before, "what is published is read by everybody"
    assert ">16</div>" not in before
    assert "Working figures" not in before
    index = board.get("/child-deaths/figures").get_data(as_text=True)
    assert 'href="/child-deaths/figures/2017-18">2017/18</a> <span class="quiet">not issued yet' in index
    issue(coordinator)
    after = board.get(PAGE).get_data(as_text=True)
    for words in ("27", "16", "18", "28%", "253"):
        assert f">{words}</div>" in after, words
    assert "FI-0001, issued on 3 April 2017" in after
    assert "FI-0001" in board.get("/child-deaths/figures/issues").get_data(as_text=True)
    assert "FI-0001, issued" not in main_of(board, "/child-deaths/figures/2015-16"), "it holds no such year"
    assert ">27</div>" in board.get("/child-deaths/figures/issues/FI-0001").get_data(as_text=True)
    board.get(f"{PAGE}/in-full", status=404)
    before_change, after_change = change("figures.publish")
    assert before_change == {}
    assert after_change["report_year"] == "2016/17"


def test_an_issue_is_exported_with_its_charts_by_those_who_work_on_the_next(
    record: Flask, client_as: ClientAs
) -> None:
    coordinator = client_as("cdop.coordinator")
    issue(coordinator)
    add_deaths([{"sex": "male", "known_on": date(2017, 3, 30)}] * 6)
    current_session().commit()
    compute()
    assert "Issued last as" in main_of(coordinator, PAGE)
    page = "/child-deaths/figures/issues/FI-0001"
    assert f"{page}/charts/by-year.svg" in main_of(coordinator, page)
    text = coordinator.client.get(f"{page}/export?format=csv").get_data().decode("utf-8-sig")
    assert "FI-0001, issued on 3 April 2017" in text
    assert "OFFICIAL-SENSITIVE" not in text
    assert "Deaths in the year,Year by year,2016/17,All,27" in text
    chart = coordinator.client.get(f"{page}/charts/by-year.svg").get_data(as_text=True)
    assert ">27</text>" in chart
    coordinator.get(f"{page}/charts/other.svg", status=404)
    client_as("staff.reader").get(f"{page}/export", status=404)


def test_a_year_that_only_an_earlier_issue_holds_is_read_and_exported_as_that_showed_it(
    record: Flask, client_as: ClientAs
) -> None:
    """Of a year before the record began there may be facts, and no tables."""
    earlier = FiguresIssue(
        ref="FI-0900",
        report_year_start=2015,
        statement="As the report printed it.",
        issued_on=date(2016, 12, 1),
        issued_at=now(),
        extracted_on=date(2016, 3, 31),
    )
    stated = facts.facts(ReportYear(2015), lambda *_: None, made_of.stated())
    shown = {"bases": {}, "facts": {name: fact.plain() for name, fact in stated.items()}, "rates": []}
    earlier.years = [
        FiguresYear(report_year_start=2015, shown=json.dumps(shown), in_full=json.dumps({"bases": {}}))
    ]
    current_session().add(earlier)
    current_session().commit()
    compute()
    issue(client_as("cdop.coordinator"))
    board = client_as("board.manager")
    page = board.get("/child-deaths/figures/2015-16").get_data(as_text=True)
    assert "FI-0900, issued on 1 December 2016: As the report printed it." in page
    assert ">21</div>" in page
    assert "not been issued" not in page
    file = board.client.get("/child-deaths/figures/2015-16/export?format=csv").get_data(as_text=True)
    assert "As the report printed it." in file
    assert "L3759" in file


def test_what_was_issued_does_not_move_when_the_record_does(record: Flask, client_as: ClientAs) -> None:
    board = client_as("board.manager")
    issue(client_as("cdop.coordinator"))
    frozen = main_of(board, f"{PAGE}/by-year")
    assert "made up to show how the tracker works" in frozen
    add_deaths([{"sex": "male", "known_on": date(2017, 3, 30)}])
    current_session().commit()
    compute()
    assert main_of(board, f"{PAGE}/by-year") == frozen


def test_a_correction_by_one_waits_and_one_by_five_is_issued(record: Flask, client_as: ClientAs) -> None:
    coordinator = client_as("cdop.coordinator")
    issue(coordinator)
    late = {
        "age_band": "0_27_days",
        "sex": "male",
        "place": "hospital",
        "expectedness": "expected",
        "known_on": date(2017, 3, 30),
    }
    add_deaths([late])
    current_session().commit()
    compute()
    assert str(shown_of().total(Basis.DEATHS)) == "27"
    page = coordinator.get(PAGE).get_data(as_text=True)
    assert "Newer counts of 2016/17 wait" in page
    assert ">28</div>" in coordinator.get(f"{PAGE}/in-full").get_data(as_text=True)
    add_deaths([late] * 4)
    current_session().commit()
    compute()
    assert str(shown_of().total(Basis.DEATHS)) == "32"
    assert "Newer counts" not in coordinator.get(PAGE).get_data(as_text=True)
    issue(coordinator)
    assert ">32</div>" in client_as("board.manager").get(PAGE).get_data(as_text=True)
    assert ">27</div>" in client_as("board.manager").get("/child-deaths/figures/issues/FI-0001").get_data(
        as_text=True
    ), "the first issue stays as it was"
    # And on from there: both issues are held against the next.
    add_deaths([late] * 6)
    current_session().commit()
    compute()
    assert str(shown_of().total(Basis.DEATHS)) == "38"


def test_every_issue_together_tells_no_hidden_number(record: Flask, client_as: ClientAs) -> None:
    """An attacker of the tests' own, who holds two issues with all their tables, years and pools."""
    coordinator = client_as("cdop.coordinator")
    issue(coordinator)
    for start in (2017, 2018):
        day = date(start, 6, 1)
        add_deaths(
            [
                {
                    "age_band": ("0_27_days", "1_4_years", "15_17_years")[place % 3 and place % 2],
                    "sex": ("male", "female")[place % 4 == 0],
                    "ethnicity_group": ("black", "white", "mixed")[place % 5 % 3],
                    "area": ("hackney", "city-of-london")[place == 7],
                    "expectedness": ("expected", "unexpected")[place % 2],
                    "known_on": day + timedelta(days=place),
                }
                for place in range(11 + 2 * (start - 2017))
            ]
        )
        move_to(date(start + 1, 4, 2))
        compute()
        issue(coordinator, f"/child-deaths/figures/{start}-{start + 1 - 2000}")
    issues = made_of.material().issues[Basis.DEATHS]
    assert len(issues) == 3
    material = made_of.material()
    shape = [
        each
        for each in material.shape(Basis.DEATHS)
        if each.name in {bases.AGE_BAND, bases.SEX, bases.ETHNICITY}
    ]
    names = {"total", *(each.name for each in shape)}
    sights = [
        Sight(
            frozenset(
                ("" if part.dimension == "total" else part.dimension, part.value, part.year)
                for part in item.statistic.parts
            ),
            item.mark.low,
            item.mark.high,
        )
        for issued in issues
        for item in issued.shown
        if item.statistic.parts[0].dimension in names
    ]
    hidden = [sight for sight in sights if not sight.tells_all]
    assert len(hidden) > 20, "there is something to find"
    tables = [Table(each.name, each.values, each.partition, dict(each.part_of)) for each in shape]
    attacker = Attacker(tables, ["2016/17", "2017/18", "2018/19"], sights, 90)
    for sight in hidden[::3]:
        assert attacker.extreme(sight.cells, 1) != attacker.extreme(sight.cells, -1), sight


def test_a_year_that_is_not_over_is_not_issued(record: Flask, client_as: ClientAs) -> None:
    coordinator = client_as("cdop.coordinator")
    answer = coordinator.post(
        "/child-deaths/figures/2017-18/issue", {**STATEMENT, "seen": seen()}, status=422
    )
    assert "The year 2017/18 is not over" in answer.get_data(as_text=True)
    assert current_session().query(FiguresIssue).count() == 0


def test_what_nobody_has_seen_is_not_issued(record: Flask, client_as: ClientAs) -> None:
    coordinator = client_as("cdop.coordinator")
    old = seen()
    add_deaths([{"sex": "male"}])
    current_session().commit()
    case = current_session().query(ChildDeathCase).first()
    assert case is not None
    case.place = "home"
    current_session().commit()
    waiting = coordinator.post(f"{PAGE}/issue", {**STATEMENT, "seen": old}, status=422)
    assert "Newer data wait" in waiting.get_data(as_text=True)
    compute()
    unseen = coordinator.post(f"{PAGE}/issue", {**STATEMENT, "seen": old}, status=422)
    assert "computed again since you opened this page" in unseen.get_data(as_text=True)
    assert "For the annual report 2016/17." in unseen.get_data(as_text=True), "nothing typed is lost"


def test_only_those_who_run_child_death_reviews_issue(record: Flask, client_as: ClientAs) -> None:
    for ref in ("board.manager", "scr.chair", "administrator"):
        client_as(ref).post(f"{PAGE}/issue", {**STATEMENT, "seen": seen()}, status=404)
    assert current_session().query(FiguresIssue).count() == 0


def test_the_chair_shows_a_number_with_a_reason_and_takes_it_back(record: Flask, client_as: ClientAs) -> None:
    statistic = "reviews · age_band · 28_364_days · 2016/17"
    assert shown_of().mark(Basis.REVIEWS, bases.AGE_BAND, "28_364_days").is_hidden
    client_as("cdop.coordinator").get(f"{PAGE}/show-a-number", status=404)
    chair = client_as("cdop.chair")
    assert "28 to 364 days" in chair.get(f"{PAGE}/show-a-number").get_data(as_text=True)
    refused = chair.post(f"{PAGE}/show-a-number", {"statistic": statistic, "reason": ""}, status=422)
    assert "Say why it is shown" in refused.get_data(as_text=True)
    decided = {"statistic": statistic, "reason": "It is public already."}
    chair.post(f"{PAGE}/show-a-number", decided)
    twice = chair.post(f"{PAGE}/show-a-number", decided, status=422).get_data(as_text=True)
    assert "Choose one from the list" in twice, "decided already, though not computed yet"
    compute()
    assert str(shown_of().mark(Basis.REVIEWS, bases.AGE_BAND, "28_364_days")) == "2"
    assert (
        entries("figures.override")[0].line
        == "Decided as FO-0001 to show a hidden number of the figures of 2016/17"
    )
    assert "shown by decision of the panel’s chair" in main_of(chair, PAGE)
    page = chair.get("/child-deaths/figures/overrides").get_data(as_text=True)
    assert "Reviews completed in the year, Age band, 28 to 364 days, 2016/17" in page
    chair.get("/child-deaths/figures/overrides/FO-0001/take-back")
    chair.post("/child-deaths/figures/overrides/FO-0001/take-back", {"reason": "Not agreed after all."})
    compute()
    assert shown_of().mark(Basis.REVIEWS, bases.AGE_BAND, "28_364_days").is_hidden
    assert current_session().query(FiguresOverride).one().withdrawn_reason == "Not agreed after all."


def test_figures_that_cannot_be_made_safe_are_not_made_and_say_why(
    record: Flask, client_as: ClientAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise Unprotected("deaths · sex · male · 2016/17", "no certificate shows a second value.")

    add_deaths([{"sex": "male"}])
    current_session().commit()
    with monkeypatch.context() as patched:
        patched.setattr(computing, "suppress", refuse)
        problem = str(operations.compute().problem)
    assert "“Deaths in the year, Sex, Male, 2016/17” is not protected" in problem
    assert not operations.compute().computed, "it is not tried again for the same data"
    current_session().rollback()
    page = client_as("cdop.coordinator").get(PAGE).get_data(as_text=True)
    assert "The figures cannot be computed" in page
    assert ">27</div>" in page, "the figures from before stand"
    assert str(shown_of().total(Basis.DEATHS)) == "27"
    refused = client_as("cdop.coordinator").post(f"{PAGE}/issue", {**STATEMENT, "seen": seen()}, status=422)
    assert "The figures cannot be computed" in refused.get_data(as_text=True)
