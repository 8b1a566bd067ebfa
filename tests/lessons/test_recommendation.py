"""A recommendation: as the report makes it, the lessons it answers, and the partnership's response."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask

from app.core.database import current_session
from app.lessons.models import Recommendation
from tests.support.client import PageClient
from tests.support.trail import change, entries
from tests.support.world import by_ref, make_action, make_lesson, make_recommendation, make_review

ClientAs = Callable[[str], PageClient]

NEW = {
    "number": "4a",
    "wording": "Check that contingency plans exist.",
    "made_on": ["1", "9", "2016"],
    "lessons": ["L-0001"],
}
PATH = "/sources/R-0001/recommendations/new"
PAGE = "/recommendations/C-0001"


def recommendation() -> Recommendation:
    """The recommendation as the database holds it now."""
    current_session().rollback()
    held: Recommendation = by_ref(Recommendation, "C-0001")
    return held


@pytest.fixture
def review(world: Flask) -> Flask:
    """A review of the SCR Sub-Group with one lesson, and one of the QA Sub-Group with another."""
    make_lesson(make_review(caption="Child Q"))
    make_lesson(make_review(group="qa"))
    current_session().commit()
    return world


def test_a_member_adds_a_recommendation_numbered_as_published(review: Flask, client_as: ClientAs) -> None:
    client_as("scr.member").get(PATH)
    answer = client_as("scr.member").post(PATH, NEW)
    assert answer.headers["Location"] == PAGE
    held = recommendation()
    assert (held.number, held.made_on, held.response) == ("4a", date(2016, 9, 1), None)
    assert [lesson.ref for lesson in held.lessons] == ["L-0001"]
    entry = entries("recommendation.create")[0]
    assert (entry.line, entry.source_ref) == ("Added the recommendation C-0001 to R-0001", "R-0001")
    page = client_as("scr.member").get(PAGE).get_data(as_text=True)
    assert "<title>Recommendation C-0001" in page
    assert "No response yet" in page
    assert 'href="/lessons/L-0001"' in page
    assert entries("recommendation.read")[0].line == "Opened C-0001"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"number": ""}, "Enter the number it has in the report"),
        ({"number": "4b"}, "This review already has a recommendation 4b"),
        ({"wording": ""}, "Enter what is recommended"),
        ({"made_on": ["", "9", "2016"]}, "must include a day"),
        ({"made_on": ["1", "4", "2017"]}, "Enter today’s date or an earlier one"),
        ({"lessons": ["L-0002"]}, "Choose only from this list"),
    ],
)
def test_bad_input_gets_a_sentence_beside_its_field_and_nothing_typed_is_lost(
    review: Flask, client_as: ClientAs, wrong: dict[str, Any], sentence: str
) -> None:
    held = make_recommendation(by_ref(type(make_review()), "R-0001"), number="4b")
    held.withdrawn_on, held.withdrawn_reason = date(2017, 3, 1), "Not in the report"
    current_session().commit()
    page = client_as("scr.member").post(PATH, {**NEW, **wrong}, status=422).get_data(as_text=True)
    assert sentence in page
    if "wording" not in wrong:
        assert "Check that contingency plans exist." in page
    assert not entries("recommendation.create")


def test_a_recommendation_is_changed_and_keeps_its_own_number(review: Flask, client_as: ClientAs) -> None:
    member = client_as("scr.member")
    member.post(PATH, NEW)
    assert "contingency" in member.get(f"{PAGE}/edit").get_data(as_text=True)
    recommendation().provenance = "published"
    current_session().commit()
    member.post(f"{PAGE}/edit", {**NEW, "lessons": []})
    assert recommendation().lessons == []
    assert recommendation().provenance == "published"
    member.post(f"{PAGE}/edit", {**NEW, "wording": "Check every plan."})
    assert recommendation().provenance == "recorded"
    assert change("recommendation.change")[0]["wording"] == "Check that contingency plans exist."


def respond(person: PageClient, response: str, reason: str = "", *, status: int = 302) -> str:
    """Give a response and the page that answers."""
    answer = person.post(f"{PAGE}/response", {"response": response, "response_reason": reason}, status=status)
    return answer.get_data(as_text=True)


def test_the_partnership_responds_and_says_why_where_it_does_not_accept(
    review: Flask, client_as: ClientAs
) -> None:
    client_as("scr.member").post(PATH, NEW)
    chair = client_as("independent.chair")
    chair.get(f"{PAGE}/response")
    assert "Choose the response" in respond(chair, "", status=422)
    for response in ("partly_accepted", "rejected"):
        assert "Say why it is not accepted as it stands" in respond(chair, response, status=422)
    respond(chair, "partly_accepted", "Plans exist for children in care only")
    held = recommendation()
    assert (held.response, held.responded_on) == ("partly_accepted", date(2017, 3, 31))
    assert held.responded_by is not None
    assert held.responded_by.ref == "independent.chair"
    assert entries("recommendation.respond")[0].line == "C-0001 is partly accepted"
    page = client_as("scr.member").get(PAGE).get_data(as_text=True)
    assert "Plans exist for children in care only" in page


def test_another_response_says_why_and_the_trail_keeps_the_first(review: Flask, client_as: ClientAs) -> None:
    client_as("scr.member").post(PATH, NEW)
    chair = client_as("scr.chair")
    respond(chair, "rejected", "No money")
    assert "Say why the response changes" in respond(chair, "accepted", status=422)
    respond(chair, "accepted", "The money was found")
    before, after = change("recommendation.respond")
    assert (before["response"], before["response_reason"]) == ("rejected", "No money")
    assert (after["response"], after["response_reason"]) == ("accepted", "The money was found")


def test_a_member_writes_recommendations_but_does_not_respond(review: Flask, client_as: ClientAs) -> None:
    client_as("scr.member").post(PATH, NEW)
    client_as("scr.member").get(f"{PAGE}/response", status=404)
    for ref in ("qa.chair", "hlt.lead", "staff.reader", "administrator"):
        client_as(ref).get(PAGE, status=404)
        client_as(ref).get(PATH, status=404)


def test_a_recommendation_is_withdrawn_once_no_action_answers_it(review: Flask, client_as: ClientAs) -> None:
    member = client_as("scr.member")
    member.post(PATH, NEW)
    held = recommendation()
    action = make_action(held.lessons[0], recommendations=[held])
    current_session().commit()
    page = member.post(f"{PAGE}/withdraw", {"reason": "x"}, status=422).get_data(as_text=True)
    assert "C-0001 still has 1 action" in page
    by_ref(type(action), action.ref).status = "withdrawn"
    current_session().commit()
    member.get(f"{PAGE}/withdraw")
    member.post(f"{PAGE}/withdraw", {"reason": "Not in the report"})
    assert recommendation().withdrawn_reason == "Not in the report"
    assert "Withdrawn on 31 March 2017: Not in the report" in member.get(PAGE).get_data(as_text=True)
    for path, data in (("edit", NEW), ("withdraw", {"reason": "Again"})):
        kept = member.post(f"{PAGE}/{path}", data, status=422).get_data(as_text=True)
        assert "C-0001 was withdrawn and is kept as it was" in kept
    kept = respond(client_as("scr.chair"), "accepted", status=422)
    assert "C-0001 was withdrawn and is kept as it was" in kept
