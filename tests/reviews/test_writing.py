"""Entering, changing and withdrawing a review."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask

from app.core.database import current_session
from app.reviews.models import AuditedCase, Review
from tests.support.client import PageClient
from tests.support.trail import change, entries
from tests.support.world import by_ref, make_action, make_lesson, make_recommendation, make_review

ClientAs = Callable[[str], PageClient]

NEW = {
    "review_type": "serious_case_review",
    "started_on": ["5", "9", "2016"],
    "caption": "Child Q",
    "group": "scr",
    "areas": ["hackney"],
    "report_year": "2016/17",
    "circumstances": "Known to two agencies.",
    "report_url": "https://example.org/report.pdf",
}


def only_review() -> Review:
    """The one review there is."""
    current_session().rollback()
    held: Review = current_session().query(Review).one()
    return held


def test_a_chair_enters_a_review_which_keeps_the_guidance_of_its_first_day(
    world: Flask, client_as: ClientAs
) -> None:
    answer = client_as("scr.chair").post("/reviews/new", NEW)
    assert answer.headers["Location"] == "/reviews/R-0001"
    held = only_review()
    assert (held.ref, held.caption, held.group.ref) == ("R-0001", "Child Q", "scr")
    assert (held.regime.code, held.stage_code) == ("WT2015_SCR", "notified")
    assert held.stage_reached_on == date(2016, 9, 5)
    assert [(row.reached_on, row.recorded_by and row.recorded_by.ref) for row in held.stages] == [
        (date(2016, 9, 5), "scr.chair")
    ]
    assert [area.ref for area in held.areas] == ["hackney"]
    assert held.provenance == "recorded"
    entry = entries("review.create")[0]
    assert (entry.line, entry.subject_ref, entry.actor_name) == ("Added R-0001", "R-0001", "Scr chair")
    assert change("review.create")[1]["circumstances"] == "Known to two agencies."


def test_a_review_goes_on_under_the_guidance_that_was_chosen(world: Flask, client_as: ClientAs) -> None:
    client_as("scr.chair").post("/reviews/new", {**NEW, "regime": "WT2013"})
    assert only_review().regime.code == "WT2013"


def test_the_first_stage_is_the_first_of_the_types_own_pathway(world: Flask, client_as: ClientAs) -> None:
    client_as("qa.chair").post(
        "/reviews/new", {**NEW, "review_type": "multi_agency_case_audit", "group": "qa"}
    )
    assert only_review().stage_code == "planned"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"review_type": ""}, "Choose the type of review"),
        ({"review_type": "nonsense"}, "Choose one from the list"),
        ({"caption": "  "}, "Enter what the review is called"),
        ({"group": ""}, "Choose the sub-group that oversees it"),
        ({"group": "qa"}, "Choose one from the list"),
        ({"started_on": ["", "", ""]}, "Enter the date it began, for example 27 3 2017"),
        ({"started_on": ["1", "4", "2017"]}, "Enter today’s date or an earlier one"),
        ({"started_on": ["1", "1", "2012"]}, "No guidance held here was in force on that day"),
        ({"regime": "WT2018"}, "Working Together 2018 was not yet in force on that day"),
        ({"report_url": "javascript:alert(1)"}, "Enter a link that begins with https:// or http://"),
        ({"areas": ["atlantis"]}, "Choose only from this list"),
        ({"report_year": "1850/51"}, "Choose one from the list"),
    ],
)
def test_bad_input_gets_a_sentence_beside_its_field_and_nothing_typed_is_lost(
    world: Flask, client_as: ClientAs, wrong: dict[str, Any], sentence: str
) -> None:
    page = client_as("scr.chair").post("/reviews/new", {**NEW, **wrong}, status=422).get_data(as_text=True)
    assert page.count(sentence) == 2, "once in the summary, once beside the field"
    assert "Known to two agencies." in page
    current_session().rollback()
    assert current_session().query(Review).count() == 0
    assert not entries("review.create")


def test_only_a_chair_or_the_board_manager_enters_reviews_and_each_for_their_own_groups(
    world: Flask, client_as: ClientAs
) -> None:
    client_as("scr.member").get("/reviews/new", status=404)
    client_as("independent.chair").get("/reviews/new", status=404)
    chair = client_as("qa.chair").get("/reviews/new").get_data(as_text=True)
    assert 'value="qa"' in chair
    assert 'value="scr"' not in chair
    manager = client_as("board.manager").get("/reviews/new").get_data(as_text=True)
    assert 'value="qa"' in manager
    assert 'value="scr"' in manager


def test_a_change_keeps_what_was_there_before_in_the_trail(world: Flask, client_as: ClientAs) -> None:
    make_review(caption="Child Q", circumstances="Known to two agencies.", provenance="published")
    current_session().commit()
    changed = {**NEW, "review_type": "joint_scr_dvhr", "circumstances": "Known to three agencies."}
    client_as("scr.chair").post("/reviews/R-0001/edit", changed)
    held = only_review()
    assert (held.review_type, held.circumstances) == ("joint_scr_dvhr", "Known to three agencies.")
    assert held.provenance == "recorded", "words that were changed here do not stand in the published report"
    before, after = change("review.change")
    assert before["circumstances"] == "Known to two agencies."
    assert after["circumstances"] == "Known to three agencies."
    assert "caption" not in before, "what did not change is left out"
    assert "agencies" not in entries("review.change")[0].line


def test_the_page_to_change_a_review_comes_filled_and_its_opening_is_recorded(
    world: Flask, client_as: ClientAs
) -> None:
    make_review(caption="Child Q", circumstances="Known to two agencies.")
    current_session().commit()
    page = client_as("scr.chair").get("/reviews/R-0001/edit").get_data(as_text=True)
    assert 'value="Child Q"' in page
    assert "Known to two agencies." in page
    assert "<title>Change R-0001" in page
    assert [entry.line for entry in entries("review.read")] == ["Opened R-0001 to change it"]


def test_a_review_keeps_its_pathway_and_its_report_year_on_offer(world: Flask, client_as: ClientAs) -> None:
    make_review(report_year_start=1999)
    current_session().commit()
    person = client_as("scr.chair")
    page = person.get("/reviews/R-0001/edit").get_data(as_text=True)
    assert '<option value="1999/00" selected>' in page
    assert "Section 11 audit" not in page
    audit = {**NEW, "review_type": "section_11_audit"}
    person.post("/reviews/R-0001/edit", audit, status=422)


@pytest.mark.parametrize("ref", ["scr.member", "qa.chair", "independent.chair", "staff.reader"])
def test_whoever_does_not_chair_its_group_changes_nothing(
    world: Flask, client_as: ClientAs, ref: str
) -> None:
    make_review()
    current_session().commit()
    for page in ("edit", "stages", "cases", "figures", "withdraw", "stages/1/withdraw"):
        client_as(ref).get(f"/reviews/R-0001/{page}", status=404)


def test_a_review_leaves_the_register_with_a_reason_and_is_then_kept_as_it_was(
    world: Flask, client_as: ClientAs
) -> None:
    review = make_review()
    review.audited_cases.append(AuditedCase(number=1))
    current_session().commit()
    person = client_as("scr.chair")
    person.post("/reviews/R-0001/withdraw", {"reason": " "}, status=422)
    answer = person.post("/reviews/R-0001/withdraw", {"reason": "Entered twice"})
    assert answer.headers["Location"] == "/reviews"
    held = only_review()
    assert (held.withdrawn_on, held.withdrawn_reason) == (date(2017, 3, 31), "Entered twice")
    assert entries("review.withdraw")[0].line == "Withdrew R-0001"
    for path, data in (
        ("edit", NEW),
        ("stages", {"stage": "report", "reached_on": ["1", "3", "2017"]}),
        ("stages/1/withdraw", {"reason": "x"}),
        ("cases", {"number": "4"}),
        ("cases/1/edit", {"summary": "x"}),
        ("cases/1/withdraw", {"reason": "x"}),
        ("figures", {"label": "x", "value": "1", "report_year": "2016/17"}),
        ("withdraw", {"reason": "Again"}),
        ("lessons/new", {"kind": "lesson", "heading": "x", "found_on": ["1", "3", "2017"]}),
        ("recommendations/new", {"number": "1", "wording": "x", "made_on": ["1", "3", "2017"]}),
    ):
        place = "sources" if path.endswith("/new") else "reviews"
        page = person.post(f"/{place}/R-0001/{path}", data, status=422).get_data(as_text=True)
        assert "R-0001 was withdrawn and is kept as it was" in page, path


def test_a_review_is_not_withdrawn_while_its_thread_hangs_on_it(world: Flask, client_as: ClientAs) -> None:
    review = make_review()
    lesson = make_lesson(review)
    recommendation = make_recommendation(review)
    action = make_action(lesson)
    current_session().commit()
    person = client_as("scr.chair")
    page = person.post("/reviews/R-0001/withdraw", {"reason": "Entered twice"}, status=422)
    assert "1 lesson, 1 recommendation and 1 action" in page.get_data(as_text=True)
    gone = {"withdrawn_on": date(2017, 3, 1), "withdrawn_reason": "x"}
    for part in (by_ref(type(lesson), lesson.ref), by_ref(type(recommendation), recommendation.ref)):
        part.withdrawn_on, part.withdrawn_reason = gone["withdrawn_on"], gone["withdrawn_reason"]
    by_ref(type(action), action.ref).status = "withdrawn"
    current_session().commit()
    person.post("/reviews/R-0001/withdraw", {"reason": "Entered twice"})
