"""The figures of the published year, line by line, on the page and by command; kept as a recount has them."""

import json
import subprocess
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from app.cdop.figures import operations
from app.cdop.figures.models import KeptFigures, StatedFigure
from app.cdop.figures.operations import computing
from app.cdop.figures.queries import counting, kept
from app.cdop.figures.queries import material as made_of
from app.cdop.figures.rules import bases, body
from app.cdop.figures.rules.bases import Basis
from app.cdop.figures.rules.suppression import suppress
from app.cdop.models import ChildDeathCase
from app.core.clock import machine_now
from app.core.database import current_session
from app.core.report_year import ReportYear
from tests.cdop.support import build_record, compute
from tests.support.client import PageClient
from tests.support.deaths import add_deaths, make_death, many_deaths
from tests.support.statements import statements
from tests.support.trail import entries

ClientAs = Callable[[str], PageClient]
YEAR = ReportYear(2016)
PAGE = "/child-deaths/figures/2016-17"

#: The facts as the record prints them (its lines 3740 to 3790).
PUBLISHED = {
    "deaths_in_year": 27,
    "deaths_previous_year": 21,
    "unexpected_deaths": 16,
    "reviews_completed": 18,
    "modifiable": 5,
    "modifiable_percent": 28,
    "modifiable_percent_national": 27,
    "reviewed_since_2008": 253,
    "infant_mortality_rate": 5.4,
    "infant_mortality_rate_previous": 5.6,
    "child_mortality_rate": 14.4,
    "child_mortality_rate_previous": 15.6,
    "child_mortality_rate_national": 11.9,
}


@pytest.fixture
def record(world: Flask) -> Flask:
    """The cast, with the published year."""
    build_record()
    return world


def text_of(client: PageClient, path: str) -> str:
    """A page."""
    found: str = client.get(path).get_data(as_text=True)
    return found


def test_the_command_gives_the_published_year_line_by_line(
    record: Flask, flask_command: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    current_session().close()
    done = flask_command("cdop", "figures", "2016/17", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == PUBLISHED
    assert list(json.loads(done.stdout)) == list(PUBLISHED), "in the order of the design"
    assert flask_command("cdop", "figures", "2016-17").returncode == 2
    assert flask_command("cdop", "figures", "2009/10", "--json").returncode == 1


def test_the_page_gives_the_published_year_with_basis_and_source(record: Flask, client_as: ClientAs) -> None:
    page = text_of(client_as("cdop.coordinator"), PAGE)
    for words in ("27", "21", "16", "18", "28%", "27%", "253", "5.4", "5.6", "14.4", "15.6", "11.9"):
        assert f">{words}</div>" in page, words
    assert "Deaths in the year 2016/17" in page
    assert "Reviews completed in the year 2016/17" in page
    assert "As published, L3764" in page
    assert page.count("Basis: deaths in the year.") >= 6
    assert page.count("Basis: reviews completed in the year.") >= 10


def test_what_is_kept_equals_a_recount(record: Flask) -> None:
    held = kept.figures_kept(YEAR, in_full=True).of(YEAR)
    cases = (
        current_session()
        .query(ChildDeathCase)
        .filter(ChildDeathCase.withdrawn_on.is_(None), ChildDeathCase.exclusion.is_(None))
        .all()
    )
    in_year = {
        Basis.DEATHS: [case for case in cases if case.death_year_start == 2016],
        Basis.REVIEWS: [case for case in cases if case.reviewed_on and case.reviewed_on in YEAR],
    }
    for basis, expected in in_year.items():
        numbers = body.Numbers(held["bases"])
        total = numbers.total(basis)
        assert total is not None
        assert total.low == len(expected)
        for dimension, values in held["bases"][basis]["1"].items():
            if dimension in {"age_band", "sex", "ethnicity_group", "place", "expectedness"}:
                for value, number in values.items():
                    assert number == sum(getattr(case, dimension) == value for case in expected)
    assert body.Numbers(held["bases"]).mark(Basis.REVIEWS, bases.FACTOR, "domain B") == body.read_mark(5)


def test_excluded_and_withdrawn_deaths_count_nowhere(record: Flask) -> None:
    add_deaths([{"exclusion": "stillbirth"}, {"withdrawn_on": date(2017, 1, 5)}])
    current_session().commit()
    compute()
    facts = kept.figures_kept(YEAR).of(YEAR)["facts"]
    assert facts["deaths_in_year"]["value"] == 27


def test_the_hidden_stays_hidden_outside_the_full_page(record: Flask, client_as: ClientAs) -> None:
    page = text_of(client_as("cdop.coordinator"), PAGE)
    assert ">&lt;5</div>" in page
    full = text_of(client_as("cdop.coordinator"), f"{PAGE}/in-full")
    assert "&lt;5" not in full.split("Facts of the year")[1]
    assert "OFFICIAL-SENSITIVE" in full
    assert entries("figures.read")[-1].line == "Opened the figures of child deaths 2016/17 in full"


def test_a_year_held_as_a_published_number_is_not_counted_from_the_few_cases_there_are(
    record: Flask, client_as: ClientAs
) -> None:
    # Seven of the deaths of 2015/16 are in the record, as their reviews ended in 2016/17; 21 were published.
    assert "deaths" not in kept.figures_kept(ReportYear(2015)).of(ReportYear(2015))["bases"]
    assert ">21</div>" in text_of(client_as("cdop.coordinator"), "/child-deaths/figures/2015-16")


def test_reviews_since_2008_go_on_from_the_published_number(record: Flask) -> None:
    from app.core.installation import Installation

    current_session().query(Installation).one().demonstration_on = date(2018, 3, 31)
    add_deaths([{"known_on": date(2017, 5, 2), "reviewed_on": date(2018, 1, 9)}] * 6)
    current_session().commit()
    compute()
    later = ReportYear(2017)
    assert kept.figures_kept(later).of(later)["facts"]["reviewed_since_2008"]["value"] == 259


def test_every_change_of_a_case_waits_until_the_job_has_computed_it(
    record: Flask, client_as: ClientAs
) -> None:
    client = client_as("cdop.coordinator")
    assert "Newer data wait" not in text_of(client, PAGE)
    case = current_session().query(ChildDeathCase).first()
    assert case is not None
    case.sex = "not_known"
    current_session().commit()
    assert "Newer data wait" in text_of(client, PAGE)
    compute()
    assert "Newer data wait" not in text_of(client, PAGE)
    assert not operations.compute().computed, "nothing has changed"


def test_a_load_that_goes_past_the_models_is_seen(record: Flask) -> None:
    add_deaths([{"sex": "male"}])
    current_session().commit()
    assert operations.compute().computed
    current_session().rollback()
    assert kept.figures_kept(YEAR).of(YEAR)["facts"]["deaths_in_year"]["value"] == 28


def test_a_change_that_counts_nowhere_leaves_what_is_kept(record: Flask) -> None:
    before = current_session().query(KeptFigures).one().computed_at
    case = current_session().query(ChildDeathCase).first()
    assert case is not None
    case.learning = "Something was learned."
    current_session().commit()
    assert not operations.is_current()
    current_session().rollback()
    assert not operations.compute().computed
    current_session().rollback()
    assert operations.is_current()
    assert current_session().query(KeptFigures).one().computed_at == before


def test_two_who_compute_at_once_do_it_once(record: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    add_deaths([{"sex": "male"}])
    current_session().commit()
    tried: list[operations.Computed] = []
    shares: list[float] = []

    def meanwhile(*given: Any, **named: Any) -> Any:
        tried.append(operations.compute())
        return suppress(*given, **named)

    monkeypatch.setattr(computing, "suppress", meanwhile)
    assert operations.compute(progress=shares.append).computed
    assert [each.computed for each in tried] == [False, False]
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_a_claim_of_one_who_died_lapses(record: Flask) -> None:
    add_deaths([{"sex": "male"}])
    state = kept.state()
    state.claim, state.claimed_at = "somebody who died", machine_now() - computing.LEASE / 2
    current_session().commit()
    assert not operations.compute().computed
    state = kept.state()
    state.claimed_at = machine_now() - computing.LEASE * 2
    current_session().commit()
    assert operations.compute().computed


def test_the_questions_are_as_many_for_ten_cases_as_for_a_thousand(world: Flask, client_as: ClientAs) -> None:
    add_deaths(many_deaths(10, first=2015, years=2))
    current_session().commit()
    compute()
    client = client_as("cdop.coordinator")
    with statements() as few:
        client.get(PAGE)
    with statements() as few_to_count:
        made_of.material()
    current_session().rollback()
    add_deaths(many_deaths(1000, first=2015, years=2, seed=8))
    current_session().commit()
    compute()
    with statements() as many:
        client.get(PAGE)
    with statements() as many_to_count:
        made_of.material()
    assert (len(few), len(few_to_count)) == (len(many), len(many_to_count))


def test_timeliness_stands_in_months_outside_and_in_days_inside(record: Flask, client_as: ClientAs) -> None:
    page = text_of(client_as("cdop.coordinator"), PAGE)
    assert "Time from known to panel: median and quartiles" in page
    assert "Within 12 months in all" in page
    assert "months</div>" in page
    full = text_of(client_as("cdop.coordinator"), f"{PAGE}/in-full")
    assert "days</div>" in full
    assert "By age since the death became known" in full
    assert "By age since the death became known" not in page


def test_labels_speak_of_every_value(record: Flask) -> None:
    labels = counting.labels()
    assert labels[bases.FACTOR, "domain B"].startswith("B: Social environment")
    assert labels[bases.AREA, "hackney"] == "Hackney"


def after(days: int) -> dict[str, date]:
    """A review that took so many days."""
    return {"known_on": date(2016, 5, 2), "reviewed_on": date(2016, 5, 2) + timedelta(days=days)}


@pytest.mark.parametrize(
    "reviews",
    [
        pytest.param([after(213)] * 9, id="few"),
        # The lower quartile of 13 is the fourth: five months would say that “<5” is four.
        pytest.param([after(150)] * 4 + [after(245)] * 9, id="telling of a hidden number"),
    ],
)
def test_times_of_few_reviews_or_that_tell_of_others_stand_inside_alone(
    world: Flask, client_as: ClientAs, reviews: list[dict[str, date]]
) -> None:
    add_deaths(reviews)
    current_session().commit()
    compute()
    client = client_as("cdop.coordinator")
    heading = "Time from known to panel: median and quartiles"
    assert heading not in text_of(client, PAGE)
    assert heading in text_of(client, f"{PAGE}/in-full")


def test_a_total_that_was_published_elsewhere_is_no_secret(world: Flask) -> None:
    add_deaths([{"sex": "male"}] * 3)
    current_session().commit()
    compute()
    assert kept.figures_kept(YEAR).of(YEAR)["facts"]["deaths_in_year"]["value"] == "<5"
    current_session().rollback()
    operations.add_stated(code="deaths_in_year", report_year="2016/17", value="3", source_line="page 1")
    current_session().commit()
    compute()
    assert kept.figures_kept(YEAR).of(YEAR)["facts"]["deaths_in_year"]["value"] == 3


def test_what_two_published_numbers_of_reviews_differ_by_is_no_secret(world: Flask) -> None:
    add_deaths([after(60)] * 3)
    for year, value in (("2015/16", "250"), ("2016/17", "253")):
        operations.add_stated(code="reviewed_since_2008", report_year=year, value=value, source_line="page 1")
    current_session().commit()
    compute()
    assert kept.figures_kept(YEAR).of(YEAR)["facts"]["reviews_completed"]["value"] == 3


def test_reviews_with_modifiable_factors_are_no_more_than_their_domains_together_tell(world: Flask) -> None:
    """Of eight reviews that name a domain, two domains of “<5” can only have four each."""
    reviewed = {**after(60), "conclusion": "modifiable"}
    smoking, housing = (("B", "smoking", "2", True),), (("C", "housing", "2", True),)
    add_deaths(
        [{**reviewed, "factors": smoking}] * 4
        + [{**reviewed, "factors": housing}] * 4
        + [{**after(60), "conclusion": "not_modifiable"}] * 12
    )
    current_session().commit()
    compute()
    numbers = body.Numbers(kept.figures_kept(YEAR).of(YEAR)["bases"])
    shown = [
        str(numbers.mark(Basis.REVIEWS, dimension, value))
        for dimension, value in (
            (bases.CONCLUSION, bases.MODIFIABLE),
            (bases.FACTOR, "domain B"),
            (bases.FACTOR, "domain C"),
        )
    ]
    assert shown != ["8", "<5", "<5"]


def test_the_way_to_the_child_death_review_meeting_stands_in_full(world: Flask, client_as: ClientAs) -> None:
    from app.core.installation import Installation

    current_session().query(Installation).one().demonstration_on = date(2020, 3, 31)
    known_on = date(2019, 5, 1)
    stages = {"cdrm": date(2019, 7, 30), "panel": date(2019, 9, 2)}
    make_death(known_on=known_on, reviewed_on=stages["panel"], is_open=False, stages=stages)
    current_session().commit()
    compute()
    client = client_as("cdop.coordinator")
    heading = "Time from known to child death review meeting: median and quartiles"
    full = text_of(client, "/child-deaths/figures/2019-20/in-full").split(heading, 1)[1]
    assert full.count(">90 days</div>") == 3
    assert heading not in text_of(client, "/child-deaths/figures/2019-20")


def test_what_is_said_of_a_published_figure_stands_on_the_page_once_it_is_computed(
    record: Flask, client_as: ClientAs
) -> None:
    figure = current_session().query(StatedFigure).filter_by(code="reviewed_since_2008").one()
    operations.change_stated(
        figure=figure, value="253", words="", source_line="Annual report, page 97", source_note=""
    )
    current_session().commit()
    compute()
    assert "As published, Annual report, page 97" in text_of(client_as("cdop.coordinator"), PAGE)
