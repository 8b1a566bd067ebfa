"""The audited cases and published figures of a review, and the figures of the partnership's year."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask

from app.core.database import current_session
from app.reviews.models import AuditedCase, PublishedFigure, Review, ReviewType
from tests.support.client import PageClient
from tests.support.statements import statements
from tests.support.trail import change, entries
from tests.support.world import by_ref, make_lesson, make_review

ClientAs = Callable[[str], PageClient]
CASES, FIGURES = "/reviews/R-0001/cases", "/reviews/R-0001/figures"
FIGURE = {"label": "Attendees at seminars", "value": "64", "report_year": "2016/17", "heading": "Learning"}


@pytest.fixture
def chair(world: Flask, client_as: ClientAs) -> PageClient:
    """The chair of the group of an audit."""
    make_review(review_type=ReviewType.MULTI_AGENCY_CASE_AUDIT, group="qa")
    current_session().commit()
    return client_as("qa.chair")


def case() -> AuditedCase:
    """The one audited case there is."""
    current_session().rollback()
    held: AuditedCase = current_session().query(AuditedCase).one()
    return held


def figure() -> PublishedFigure:
    """The one figure there is."""
    current_session().rollback()
    held: PublishedFigure = current_session().query(PublishedFigure).one()
    return held


def test_a_case_is_added_under_its_number_changed_and_withdrawn(chair: PageClient) -> None:
    assert 'name="number"' in chair.get(CASES).get_data(as_text=True)
    chair.post(CASES, {"number": "1", "summary": "Seen by three agencies."})
    assert "Seen by three agencies." in chair.get(CASES).get_data(as_text=True)
    assert 'value="2"' in chair.get(CASES).get_data(as_text=True), "the next number is proposed"
    chair.get(f"{CASES}/1/edit")
    chair.post(f"{CASES}/1/edit", {"summary": "Seen by four agencies."})
    before, after = change("review.change_case")
    assert (before, after) == (
        {"summary": "Seen by three agencies."},
        {"summary": "Seen by four agencies."},
    )
    chair.get(f"{CASES}/1/withdraw")
    chair.post(f"{CASES}/1/withdraw", {"reason": "Not part of this audit"})
    assert (case().withdrawn_on, case().withdrawn_reason) == (date(2017, 3, 31), "Not part of this audit")
    assert "Not part of this audit" in chair.get(CASES).get_data(as_text=True)
    assert entries("review.withdraw_case")[0].line == "Withdrew case 1 of R-0001"


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("", "Enter the number of the case, for example 4"),
        ("four", "Enter a number from 1 to 999"),
        ("0", "Enter a number from 1 to 999"),
        ("1", "This review already has a case 1"),
    ],
)
def test_the_number_of_a_case_counts_from_one_and_is_given_once(
    chair: PageClient, number: str, sentence: str
) -> None:
    chair.post(CASES, {"number": "1"})
    page = chair.post(CASES, {"number": number, "summary": "Kept"}, status=422).get_data(as_text=True)
    assert sentence in page
    assert "Kept" in page


def test_a_case_with_lessons_is_not_withdrawn(chair: PageClient) -> None:
    chair.post(CASES, {"number": "1"})
    make_lesson(case().review, audited_case=case())
    current_session().commit()
    page = chair.post(f"{CASES}/1/withdraw", {"reason": "x"}, status=422).get_data(as_text=True)
    assert "Case 1 still has 1 lesson" in page


def test_a_figure_of_a_review_is_added_changed_and_withdrawn(chair: PageClient) -> None:
    chair.get(FIGURES)
    chair.post(FIGURES, {**FIGURE, "source_note": "Another page says 58."})
    held = figure()
    assert (held.ref, held.position, held.review) == ("F-0001", 1, by_ref(Review, "R-0001"))
    assert "Another page says 58." in chair.get(FIGURES).get_data(as_text=True)
    figure().provenance = "published"
    current_session().commit()
    chair.get("/reviews/figures/F-0001/edit")
    chair.post("/reviews/figures/F-0001/edit", {**FIGURE, "heading": "Reach"})
    assert figure().provenance == "published"
    chair.post("/reviews/figures/F-0001/edit", {**FIGURE, "value": "58"})
    assert figure().provenance == "recorded", "a figure that was changed here is not the published one"
    assert change("figure.change")[0]["value"] == "64"
    chair.get("/reviews/figures/F-0001/withdraw")
    chair.post("/reviews/figures/F-0001/withdraw", {"reason": "Counted twice"})
    assert "Counted twice" in chair.get(FIGURES).get_data(as_text=True)
    page = chair.post("/reviews/figures/F-0001/edit", FIGURE, status=422).get_data(as_text=True)
    assert "This figure was withdrawn" in page


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"label": ""}, "Enter what is counted"),
        ({"value": " "}, "Enter the figure as it was printed"),
        ({"report_year": ""}, "Choose the report year"),
    ],
)
def test_a_figure_says_what_it_counts_and_when(
    chair: PageClient, wrong: dict[str, str], sentence: str
) -> None:
    assert sentence in chair.post(FIGURES, {**FIGURE, **wrong}, status=422).get_data(as_text=True)


def test_the_figures_of_a_year_stand_by_heading_with_source_and_note(
    world: Flask, client_as: ClientAs
) -> None:
    manager = client_as("board.manager")
    empty = manager.get("/reviews/figures").get_data(as_text=True)
    assert "No figures of 2016/17 yet." in empty
    manager.get("/reviews/figures/new")
    answer = manager.post("/reviews/figures/new", {**FIGURE, "source_line": "page 40"})
    assert answer.headers["Location"] == "/reviews/figures?year=2016"
    manager.post("/reviews/figures/new", {**FIGURE, "report_year": "2015/16", "label": "Earlier seminars"})
    page = manager.get("/reviews/figures").get_data(as_text=True)
    assert "Attendees at seminars" in page
    assert "page 40" in page
    assert "Earlier seminars" not in page
    assert 'href="/reviews/figures?year=2015"' in page
    assert "Earlier seminars" in manager.get("/reviews/figures?year=2015").get_data(as_text=True)
    manager.get("/reviews/figures?year=nonsense")
    manager.get("/reviews/figures/F-0001/edit")
    manager.post("/reviews/figures/F-0001/withdraw", {"reason": "Not ours"})
    assert "Attendees at seminars" not in manager.get("/reviews/figures?year=2016").get_data(as_text=True)


def test_only_the_board_manager_changes_the_figures_of_the_year(world: Flask, client_as: ClientAs) -> None:
    client_as("board.manager").post("/reviews/figures/new", FIGURE)
    chair = client_as("scr.chair")
    assert "/reviews/figures/new" not in chair.get("/reviews/figures").get_data(as_text=True)
    chair.get("/reviews/figures/new", status=404)
    chair.get("/reviews/figures/F-0001/edit", status=404)
    chair.post("/reviews/figures/F-0001/withdraw", {"reason": "x"}, status=404)


def test_illustrative_and_published_figures_are_marked(world: Flask, client_as: ClientAs) -> None:
    for number, provenance in enumerate(("published", "illustrative", "recorded"), start=1):
        current_session().add(
            PublishedFigure(
                ref=f"F-000{number}",
                report_year_start=2016,
                position=number,
                label=f"Label {number}",
                value="1",
                provenance=provenance,
                source_line="L12" if provenance == "published" else None,
            )
        )
    current_session().commit()
    page = client_as("board.manager").get("/reviews/figures").get_data(as_text=True)
    assert "Published, L12" in page
    assert page.count(">Illustrative<") == 1


def test_the_figures_ask_no_more_of_the_database_for_more_rows(world: Flask, client_as: ClientAs) -> None:
    manager, counted = client_as("board.manager"), []
    for more in (5, 30):
        for number in range(more):
            current_session().add(
                PublishedFigure(
                    ref=f"f-{more}-{number}",
                    report_year_start=2016,
                    position=number,
                    heading=f"Heading {number % 4}",
                    label="Counted",
                    value="1",
                )
            )
        current_session().commit()
        with statements() as sent:
            manager.get("/reviews/figures")
        counted.append(len(sent))
    assert counted[0] == counted[1]
