"""The pages of the analysis: filled in without a script, refused beside the field, closed to all but few."""

import re
from collections.abc import Callable
from datetime import date
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.cdop.analysis import operations
from app.cdop.models import CaseFactor, ChildDeathCase
from app.core.database import current_session
from tests.cdop.analysis_support import SECRET, drafted, make_panel
from tests.support.cases import make_conflict, make_glass
from tests.support.client import PageClient
from tests.support.deaths import make_death
from tests.support.statements import statements

Sign = Callable[[str], PageClient]
PATH = "/child-deaths/D-0001/analysis"
DAY = {"on": ["28", "3", "2017"]}


def case() -> ChildDeathCase:
    """The case as it stands now."""
    current_session().rollback()
    return current_session().scalars(select(ChildDeathCase).where(ChildDeathCase.ref == "D-0001")).one()


def words_of(page: str) -> str:
    """What a page says, without its marks."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_a_co_ordinator_writes_an_analysis_from_nothing_to_the_panel(world: Flask, client_as: Sign) -> None:
    make_death()
    client = client_as("cdop.coordinator")
    empty = words_of(client.get(PATH).get_data(as_text=True))
    assert "No category of death was considered" in empty
    assert "No factor is recorded in this domain" in empty
    page = client.get(f"{PATH}/domains/B/factors/new").get_data(as_text=True)
    assert "Unsafe sleep" in page
    assert "Prematurity" not in page
    assert "1*: factors identified" in page
    assert "It judges neither whether the death could have been prevented" in page
    client.post(
        f"{PATH}/domains/B/factors/new",
        {"factor": "unsafe_sleep", "relevance": "2", "is_modifiable": "y", "note": SECRET},
    )
    client.post(f"{PATH}/conclusion", {"categories": ["8", "10"], "conclusion": "modifiable"})
    client.post(f"{PATH}/learning", {"learning": "Say it at every visit.", "good_practice": "The call."})
    page = words_of(client.get(PATH).get_data(as_text=True))
    for said in (
        SECRET,
        "Perinatal or neonatal event",
        "It stands above the others that apply, so it is the one that is kept: Sudden unexpected",
        "Modifiable factors identified : 1 factor",
        "Say it at every visit.",
        "Make this a lesson of this death",
        "Domain A (Factors intrinsic to the child) has no factor. Was it looked at?",
    ):
        assert said in page, said
    client.post(f"{PATH}/complete", {"panel": "none", **DAY})
    page = words_of(client.get(PATH).get_data(as_text=True))
    assert "Completed by the panel on 28 March 2017" in page
    assert "Add a factor" not in page
    assert case().reviewed_on == date(2017, 3, 28)


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(world: Flask, client_as: Sign) -> None:
    drafted()
    client = client_as("cdop.chair")
    page = client.post(
        f"{PATH}/domains/D/factors/new",
        {"factor": "delay", "relevance": "1", "is_modifiable": "y", "note": "Twelve hours"},
        status=422,
    ).get_data(as_text=True)
    assert "Only a factor that may have contributed can be modifiable" in page
    assert 'href="#is_modifiable"' in page
    assert "Twelve hours" in page
    page = client.post(
        f"{PATH}/conclusion", {"categories": ["4"], "conclusion": "not_modifiable"}, status=422
    ).get_data(as_text=True)
    assert "A factor is marked as modifiable" in page
    client.post(f"{PATH}/domains/D/factors/new", {"factor": "unsafe_sleep", "relevance": "2"}, status=422)
    client.post(f"{PATH}/conclusion", {"categories": ["11"], "conclusion": "modifiable"}, status=422)
    assert (case().category, len(case().factors)) == ("8", 2)


def test_words_that_may_identify_somebody_are_asked_about(world: Flask, client_as: Sign) -> None:
    make_death()
    client = client_as("cdop.coordinator")
    data = {"learning": "Seen at E8 1DY on 3 March 2016", "good_practice": ""}
    page = client.post(f"{PATH}/learning", data, status=422).get_data(as_text=True)
    assert "What may identify somebody" in page
    assert case().learning == ""


def test_a_factor_is_changed_and_taken_off(world: Flask, client_as: Sign) -> None:
    number = next(each.id for each in drafted().factors if each.is_modifiable)
    client = client_as("cdop.coordinator")
    page = client.get(f"{PATH}/factors/{number}/edit").get_data(as_text=True)
    assert SECRET in page
    client.post(f"{PATH}/factors/{number}/edit", {"relevance": "3", "note": "Other"})
    held = current_session().get(CaseFactor, number)
    assert held is not None
    assert (held.relevance, held.is_modifiable, held.note) == ("3", False, "Other")
    assert case().conclusion is None
    client.get(f"{PATH}/factors/{number}/remove")
    client.post(f"{PATH}/factors/{number}/remove")
    assert len(case().factors) == 1
    client.get(f"{PATH}/factors/{number}/edit", status=404)


def test_a_factor_answers_only_under_its_own_case(world: Flask, client_as: Sign) -> None:
    drafted()
    other = drafted()
    number = other.factors[0].id
    client_as("cdop.coordinator").get(f"{PATH}/factors/{number}/edit", status=404)
    client_as("cdop.coordinator").get(f"{PATH}/domains/E/factors/new", status=404)


def test_somebody_else_s_change_is_not_overwritten_unseen(world: Flask, client_as: Sign) -> None:
    drafted()
    client = client_as("cdop.coordinator")
    page = client.get(f"{PATH}/learning").get_data(as_text=True)
    begun = re.search(r'name="begun_from" value="([^"]*)"', page)
    assert begun is not None
    operations.write_learning(case=case(), learning="By the chair", good_practice="")
    data = {"begun_from": begun[1], "learning": "Mine", "good_practice": ""}
    page = client.post(f"{PATH}/learning", data, status=422).get_data(as_text=True)
    assert "It now reads “By the chair”" in page


def test_a_completed_analysis_is_opened_again_with_a_reason(world: Flask, client_as: Sign) -> None:
    operations.complete_review(case=drafted(), panel=None, on=date(2017, 3, 28))
    client = client_as("cdop.chair")
    page = client.post(f"{PATH}/learning", {"learning": "New"}, status=422).get_data(as_text=True)
    assert "Open the analysis again first" in page
    client.post(f"{PATH}/reopen", {"reason": ""}, status=422)
    client.post(f"{PATH}/reopen", {"reason": "The inquest found otherwise."})
    assert case().reviewed_on is None
    client.post(f"{PATH}/learning", {"learning": "New"})


def test_what_is_missing_stops_the_panel_and_is_said(world: Flask, client_as: Sign) -> None:
    make_death()
    client = client_as("cdop.coordinator")
    assert "The conclusion on modifiable factors is open" in client.get(f"{PATH}/complete").get_data(
        as_text=True
    )
    page = client.post(f"{PATH}/complete", {"panel": "none", **DAY}, status=422).get_data(as_text=True)
    assert "There is a problem" in page
    client.post(f"{PATH}/complete", {"panel": "", **DAY}, status=422)
    assert case().reviewed_on is None


def test_the_panels_offered_are_those_that_can_have_reviewed_it(world: Flask, client_as: Sign) -> None:
    make_death()
    for meets_on, values in (
        (date(2017, 3, 28), {}),
        (date(2017, 1, 3), {}),
        (date(2017, 4, 25), {"status": "planned"}),
        (date(2017, 3, 29), {"status": "cancelled"}),
        (date(2017, 3, 30), {"group": "qa"}),
    ):
        make_panel(meets_on=meets_on, **values)
    page = client_as("cdop.coordinator").get(f"{PATH}/complete").get_data(as_text=True)
    assert re.findall(r'<option value="(P-\d+)"', page) == ["P-0001"]


@pytest.mark.parametrize(
    ("ref", "may_read", "may_write"),
    [
        ("cdop.coordinator", True, True),
        ("cdop.chair", True, True),
        ("board.manager", False, False),
        ("independent.chair", False, False),
        ("administrator", False, False),
        ("scr.chair", False, False),
        ("homerton.lead", False, False),
    ],
)
def test_only_the_compartment_opens_the_analysis(
    world: Flask, client_as: Sign, ref: str, may_read: bool, may_write: bool
) -> None:
    number = drafted().factors[0].id
    client = client_as(ref)
    client.get(PATH, status=200 if may_read else 404)
    for path in (
        "domains/A/factors/new",
        f"factors/{number}/edit",
        f"factors/{number}/remove",
        "conclusion",
        "learning",
        "complete",
        "reopen",
    ):
        client.get(f"{PATH}/{path}", status=200 if may_write else 404)


def test_broken_glass_reads_and_does_not_write_and_an_interest_closes_everything(
    world: Flask, client_as: Sign
) -> None:
    drafted()
    make_glass("D-0001", "board.manager")
    make_conflict("D-0001", "cdop.chair")
    manager = client_as("board.manager")
    assert "Add a factor" not in manager.get(PATH).get_data(as_text=True)
    manager.post(f"{PATH}/learning", {"learning": "Mine"}, status=404)
    client_as("cdop.chair").get(PATH, status=404)


def test_reading_is_recorded_and_titles_carry_the_reference_alone(world: Flask, client_as: Sign) -> None:
    held = drafted()
    number, cdop_number = held.factors[0].id, held.cdop_number
    client = client_as("cdop.coordinator")
    for path in ("", "/domains/A/factors/new", f"/factors/{number}/edit", "/conclusion", "/learning"):
        page = client.get(f"{PATH}{path}").get_data(as_text=True)
        title = re.search(r"<title>(.*?)</title>", page, re.S)
        assert title is not None
        assert "D-0001" in title[1]
        assert cdop_number not in title[1]
        assert "OFFICIAL-SENSITIVE" in page
    lines = current_session().scalars(select(AuditEntry.line).where(AuditEntry.is_read)).all()
    assert lines.count("Opened D-0001") == 1
    assert lines.count("Opened the analysis of D-0001 to change it") == 4


def test_the_page_asks_as_often_for_many_factors_as_for_few(world: Flask, client_as: Sign) -> None:
    few = drafted()
    many = drafted()
    for factor in ("smoking", "poverty", "supervision", "bullying", "domestic_abuse"):
        operations.add_factor(case=many, domain="B", factor=factor, relevance="2")
    client = client_as("cdop.coordinator")
    counts = []
    for ref in (few.ref, many.ref):
        with statements() as made:
            client.get(f"/child-deaths/{ref}/analysis")
        counts.append(len(made))
    assert counts[0] == counts[1]


def test_the_page_of_the_case_says_how_its_analysis_stands(world: Flask, client_as: Sign) -> None:
    drafted()
    page = words_of(client_as("cdop.coordinator").get("/child-deaths/D-0001").get_data(as_text=True))
    for said in ("Draft for the panel", "2, of which 1 modifiable", "Go on with the analysis"):
        assert said in page, said
