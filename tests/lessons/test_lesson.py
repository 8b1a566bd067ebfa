"""A lesson or strength: adding, reading, changing, sharing and withdrawing it."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask

from app.core.database import current_session
from app.lessons.models import Lesson, Theme
from app.reviews.models import AuditedCase
from tests.support.client import PageClient
from tests.support.trail import change, entries
from tests.support.world import by_ref, make_action, make_lesson, make_review

ClientAs = Callable[[str], PageClient]

NEW = {
    "kind": "lesson",
    "heading": "Think Family",
    "what_we_learned": "Adult services hold what children’s services need.",
    "what_you_should_do": "Ask who else lives in the home.",
    "found_on": ["1", "9", "2016"],
    "number": "2",
    "themes": ["think-family"],
}
PATH = "/sources/R-0001/lessons/new"


def lesson(ref: str = "L-0001") -> Lesson:
    """The lesson as the database holds it now."""
    current_session().rollback()
    held: Lesson = by_ref(Lesson, ref)
    return held


@pytest.fixture
def review(world: Flask) -> Flask:
    """A review of the SCR Sub-Group with one audited case, and one of the QA Sub-Group."""
    held = make_review(caption="Child Q")
    held.audited_cases.append(AuditedCase(number=1))
    make_review(group="qa", caption="Round of audits").audited_cases.append(AuditedCase(number=7))
    current_session().commit()
    return world


def test_a_member_adds_a_lesson_which_begins_as_a_draft(review: Flask, client_as: ClientAs) -> None:
    answer = client_as("scr.member").post(PATH, {**NEW, "audited_case": "1"})
    assert answer.headers["Location"] == "/reviews/R-0001"
    held = lesson()
    assert (held.ref, held.kind, held.number, held.sharing) == ("L-0001", "lesson", 2, "draft")
    assert held.audited_case is not None
    assert held.audited_case.number == 1
    assert [theme.ref for theme in held.themes] == ["think-family"]
    assert held.found_on == date(2016, 9, 1)
    entry = entries("lesson.create")[0]
    assert (entry.line, entry.source_ref) == ("Added the lesson L-0001 to R-0001", "R-0001")
    assert change("lesson.create")[1]["heading"] == "Think Family"


def test_the_page_can_begin_with_a_strength_of_a_case(review: Flask, client_as: ClientAs) -> None:
    page = client_as("scr.member").get(f"{PATH}?kind=strength&case=1").get_data(as_text=True)
    assert '<option value="1" selected>' in page
    assert 'value="strength" checked' in page
    client_as("scr.member").get(f"{PATH}?kind=nonsense&case=9")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"heading": " "}, "Enter the heading"),
        ({"kind": ""}, "Choose whether it is a lesson or a strength"),
        ({"found_on": ["31", "2", "2017"]}, "must be a real date"),
        ({"found_on": ["1", "4", "2017"]}, "Enter today’s date or an earlier one"),
        ({"number": "x"}, "Enter a number from 1 to 999"),
        ({"audited_case": "7"}, "Choose one from the list"),
        ({"themes": ["nonsense"]}, "Choose only from this list"),
    ],
)
def test_bad_input_gets_a_sentence_beside_its_field_and_nothing_typed_is_lost(
    review: Flask, client_as: ClientAs, wrong: dict[str, Any], sentence: str
) -> None:
    page = client_as("scr.member").post(PATH, {**NEW, **wrong}, status=422).get_data(as_text=True)
    assert sentence in page
    assert "Ask who else lives in the home." in page
    assert not entries("lesson.create")


def test_a_lesson_has_three_themes_at_most(review: Flask, client_as: ClientAs) -> None:
    current_session().add(Theme(ref="transition", name="Transition"))
    current_session().commit()
    four = ["think-family", "neglect", "case-recording", "transition"]
    page = client_as("scr.member").post(PATH, {**NEW, "themes": four}, status=422).get_data(as_text=True)
    assert "Choose 3 at most" in page
    client_as("scr.member").post(PATH, {**NEW, "themes": four[:3]})


def test_a_number_is_given_once_among_lessons_and_once_among_strengths(
    review: Flask, client_as: ClientAs
) -> None:
    person = client_as("scr.member")
    person.post(PATH, NEW)
    assert "This review already has a lesson 2" in person.post(PATH, NEW, status=422).get_data(as_text=True)
    person.post(PATH, {**NEW, "kind": "strength"})
    person.post("/lessons/L-0001/edit", {**NEW, "what_we_learned": "Something else."})
    assert lesson().what_we_learned == "Something else.", "its own number is no other's"


def test_inside_the_compartment_a_lesson_stands_with_its_case_and_its_timeline(
    review: Flask, client_as: ClientAs
) -> None:
    client_as("scr.member").post(PATH, {**NEW, "audited_case": "1"})
    page = client_as("scr.member").get("/lessons/L-0001").get_data(as_text=True)
    assert "<title>Lesson L-0001" in page
    assert "Child Q" in page
    assert "Case 1" in page
    assert "Added the lesson L-0001 to R-0001" in page
    assert "Opened L-0001" not in page
    assert "Opened L-0001" in client_as("board.manager").get("/lessons/L-0001").get_data(as_text=True)
    assert [entry.line for entry in entries("lesson.read")] == ["Opened L-0001"] * 2


@pytest.mark.parametrize("provenance", ["published", "recorded"])
@pytest.mark.parametrize("ref", ["staff.reader", "administrator", "hlt.lead", "qa.chair"])
def test_outside_it_only_the_wording_the_themes_and_the_source_s_reference_are_seen(
    review: Flask, client_as: ClientAs, ref: str, provenance: str
) -> None:
    case = current_session().query(AuditedCase).filter_by(number=1).one()
    make_lesson(
        case.review,
        sharing="published",
        audited_case=case,
        themes=[by_ref(Theme, "neglect")],
        provenance=provenance,
        source_line="L3388",
        source_note="The report names another day.",
    )
    current_session().commit()
    page = client_as(ref).get("/lessons/L-0001").get_data(as_text=True)
    for seen in ("Think about the whole family", "Ask who else", "Neglect", "R-0001"):
        assert seen in page
    assert ("Published, L3388" in page) == (provenance == "published")
    assert ("another day" in page) == (provenance == "published"), "a note on a published source is public"
    for hidden in ("Child Q", "Case 1", "SCR Sub-Group", "/reviews/R-0001", "September 2016"):
        assert hidden not in page
    for page_of in ("edit", "sharing", "withdraw"):
        client_as(ref).get(f"/lessons/L-0001/{page_of}", status=404)


def test_a_draft_is_not_there_for_those_outside(review: Flask, client_as: ClientAs) -> None:
    client_as("scr.member").post(PATH, NEW)
    for ref in ("staff.reader", "hlt.lead", "qa.chair", "administrator", "tusk.editor"):
        client_as(ref).get("/lessons/L-0001", status=404)


def share(person: PageClient, sharing: str, *, status: int = 302, **data: str) -> str:
    """Read the words, ask for a sharing status and give the page that answers."""
    page = person.get("/lessons/L-0001/sharing").get_data(as_text=True)
    data = {"words_read": page.partition('name="words_read" value="')[2].partition('"')[0], **data}
    answer = person.post("/lessons/L-0001/sharing", {"sharing": sharing, **data}, status=status)
    return answer.get_data(as_text=True)


def test_wording_travels_from_draft_to_cleared_to_published_and_back_with_a_reason(
    review: Flask, client_as: ClientAs
) -> None:
    client_as("scr.member").post(PATH, NEW)
    chair = client_as("scr.chair")
    chair.get("/lessons/L-0001/sharing")
    assert "tick to say that they identify nobody" in share(chair, "cleared", status=422)
    assert "Choose one of these" in share(chair, "published", status=422, checked="y")
    share(chair, "cleared", checked="y")
    held = lesson()
    assert (held.sharing, held.cleared_on, held.published_on) == ("cleared", date(2017, 3, 31), None)
    assert held.cleared_by is not None
    assert held.cleared_by.ref == "scr.chair"
    client_as("hlt.lead").get("/lessons/L-0001")
    client_as("staff.reader").get("/lessons/L-0001", status=404)
    share(chair, "published", checked="y")
    assert (lesson().sharing, lesson().published_on) == ("published", date(2017, 3, 31))
    client_as("staff.reader").get("/lessons/L-0001")
    assert "Say why the wording is taken back" in share(chair, "cleared", status=422)
    share(chair, "cleared", reason="A street can be told from it")
    held = lesson()
    assert (held.sharing, held.published_on, held.cleared_on) == ("cleared", None, date(2017, 3, 31))
    share(chair, "draft", reason="A street can be told from it")
    held = lesson()
    assert (held.sharing, held.cleared_on, held.cleared_by_id) == ("draft", None, None)
    client_as("hlt.lead").get("/lessons/L-0001", status=404)
    assert [entry.line for entry in entries("lesson.share")] == [
        "Took L-0001 back from cleared to draft",
        "Took L-0001 back from published to cleared",
        "L-0001 is now published",
        "L-0001 is now cleared",
    ]
    assert change("lesson.share")[1]["reason"] == "A street can be told from it"


def test_words_that_changed_since_they_were_read_are_not_cleared(review: Flask, client_as: ClientAs) -> None:
    member, chair = client_as("scr.member"), client_as("scr.chair")
    member.post(PATH, NEW)
    read = chair.get("/lessons/L-0001/sharing").get_data(as_text=True)
    digest = read.partition('name="words_read" value="')[2].partition('"')[0]
    member.post("/lessons/L-0001/edit", {**NEW, "what_we_learned": "The mother in Mare Street said so."})
    page = share(chair, "cleared", status=422, checked="y", words_read=digest)
    assert "The words were changed meanwhile" in page
    assert 'name="checked" type="checkbox" value="y" checked' not in page
    assert "The mother in Mare Street said so." in page
    assert lesson().sharing == "draft"
    assert not entries("lesson.share")
    share(chair, "cleared", checked="y")
    assert lesson().sharing == "cleared"


def test_a_member_does_not_decide_on_sharing(review: Flask, client_as: ClientAs) -> None:
    member = client_as("scr.member")
    member.post(PATH, NEW)
    member.get("/lessons/L-0001/sharing", status=404)
    assert "/lessons/L-0001/sharing" not in member.get("/lessons/L-0001").get_data(as_text=True)


def test_a_draft_is_changed_freely_and_the_trail_keeps_both_wordings(
    review: Flask, client_as: ClientAs
) -> None:
    member = client_as("scr.member")
    member.post(PATH, NEW)
    page = member.get("/lessons/L-0001/edit").get_data(as_text=True)
    assert 'value="Think Family"' in page
    member.post("/lessons/L-0001/edit", {**NEW, "heading": "Think about fathers", "themes": ["neglect"]})
    assert lesson().heading == "Think about fathers"
    before, after = change("lesson.change")
    assert (before["heading"], after["heading"]) == ("Think Family", "Think about fathers")
    assert (before["themes"], after["themes"]) == (["think-family"], ["neglect"])


def test_a_member_changes_themes_but_not_the_words_that_were_cleared(
    review: Flask, client_as: ClientAs
) -> None:
    member = client_as("scr.member")
    member.post(PATH, NEW)
    share(client_as("scr.chair"), "cleared", checked="y")
    assert 'name="heading"' not in member.get("/lessons/L-0001/edit").get_data(as_text=True)
    member.post("/lessons/L-0001/edit", {**NEW, "heading": "Other words", "themes": ["neglect"]})
    held = lesson()
    assert (held.heading, held.sharing) == ("Think Family", "cleared")
    assert [theme.ref for theme in held.themes] == ["neglect"]


def test_words_that_were_cleared_and_change_are_a_draft_again_with_a_reason(
    review: Flask, client_as: ClientAs
) -> None:
    chair = client_as("scr.chair")
    chair.post(PATH, NEW)
    share(chair, "cleared", checked="y")
    share(chair, "published", checked="y")
    changed = {**NEW, "heading": "Think about the whole family"}
    page = chair.post("/lessons/L-0001/edit", changed, status=422).get_data(as_text=True)
    assert "Say why the wording changes" in page
    chair.post("/lessons/L-0001/edit", {**changed, "reason": "As the report now heads it"})
    held = lesson()
    assert (held.sharing, held.published_on, held.cleared_on) == ("draft", None, None)
    assert entries("lesson.change")[0].line == "Changed L-0001, which is a draft again"
    client_as("staff.reader").get("/lessons/L-0001", status=404)


def test_words_that_were_changed_here_are_no_longer_marked_as_published(
    review: Flask, client_as: ClientAs
) -> None:
    chair = client_as("scr.chair")
    chair.post(PATH, NEW)
    lesson().provenance = "published"
    current_session().commit()
    chair.post("/lessons/L-0001/edit", {**NEW, "themes": ["neglect"]})
    assert lesson().provenance == "published"
    chair.post("/lessons/L-0001/edit", {**NEW, "heading": "Other words"})
    assert lesson().provenance == "recorded"


def test_a_lesson_is_withdrawn_with_a_reason_and_travels_no_further(
    review: Flask, client_as: ClientAs
) -> None:
    chair = client_as("scr.chair")
    chair.post(PATH, NEW)
    share(chair, "cleared", checked="y")
    share(chair, "published", checked="y")
    client_as("scr.member").get("/lessons/L-0001/withdraw", status=404)
    chair.get("/lessons/L-0001/withdraw")
    chair.post("/lessons/L-0001/withdraw", {"reason": ""}, status=422)
    chair.post("/lessons/L-0001/withdraw", {"reason": "Found twice"})
    client_as("staff.reader").get("/lessons/L-0001", status=404)
    page = chair.get("/lessons/L-0001").get_data(as_text=True)
    assert "Withdrawn on 31 March 2017: Found twice" in page
    assert "/lessons/L-0001/edit" not in page
    for path, data in (("edit", NEW), ("withdraw", {"reason": "Again"}), ("sharing", {"sharing": "draft"})):
        kept = chair.post(f"/lessons/L-0001/{path}", {**data, "reason": "x"}, status=422)
        assert "L-0001 was withdrawn and is kept as it was" in kept.get_data(as_text=True)


def test_a_lesson_that_an_action_answers_is_not_withdrawn(review: Flask, client_as: ClientAs) -> None:
    client_as("scr.member").post(PATH, NEW)
    action = make_action(lesson())
    current_session().commit()
    member = client_as("scr.member")
    page = member.post("/lessons/L-0001/withdraw", {"reason": "x"}, status=422).get_data(as_text=True)
    assert "L-0001 still has 1 action" in page
    by_ref(type(action), action.ref).status = "withdrawn"
    current_session().commit()
    member.post("/lessons/L-0001/withdraw", {"reason": "Found twice"})
    assert lesson().withdrawn_reason == "Found twice"
