"""Themes are added, renamed, merged and retired; lessons follow, and the trail says who did it."""

from collections.abc import Callable

from flask import Flask
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.core.database import current_session
from app.lessons.models import Theme
from tests.support.client import PageClient
from tests.support.deaths import make_death
from tests.support.world import by_ref, make_lesson, make_review

ClientAs = Callable[[str], PageClient]


def last_line() -> str:
    """What was done last."""
    statement = select(AuditEntry.line).where(~AuditEntry.is_read).order_by(AuditEntry.id.desc()).limit(1)
    return current_session().scalars(statement).one()


def test_a_theme_is_added_and_renamed_under_a_name_of_its_own(world: Flask, client_as: ClientAs) -> None:
    client = client_as("board.manager")
    client.get("/themes/new")
    client.post("/themes/new", {"name": "neglect"}, status=422)
    client.post("/themes/new", {"name": "Fathers", "synonyms": "hidden men,  hidden men\nmale carers"})
    assert by_ref(Theme, "fathers").synonyms == "hidden men, male carers"
    client.get("/themes/fathers/edit")
    client.post("/themes/fathers/edit", {"name": "Fathers and hidden adults"})
    assert last_line() == "Changed the theme fathers"
    assert "Fathers and hidden adults" in client.get("/themes").get_data(as_text=True)
    client_as("scr.chair").get("/themes/new", status=404)


def test_lessons_of_a_merged_theme_stand_under_the_one_that_took_its_place(
    world: Flask, client_as: ClientAs
) -> None:
    neglect, family = by_ref(Theme, "neglect"), by_ref(Theme, "think-family")
    one = make_lesson(make_review(), themes=[neglect])
    both = make_lesson(one.source, themes=[neglect, family])
    make_lesson(make_death(), themes=[neglect])
    client = client_as("board.manager")
    # How many more there are in cases that are closed to whoever asks is not theirs to know.
    assert "2 lessons and strengths" in client.get("/themes/neglect/merge").get_data(as_text=True)
    client.post("/themes/neglect/merge", {"into": "think-family", "reason": "One finding"})
    current_session().expire_all()
    assert [theme.ref for theme in one.themes] == ["think-family"]
    assert [theme.ref for theme in both.themes] == ["think-family"]
    assert by_ref(Theme, "think-family").synonyms == "Neglect"
    assert by_ref(Theme, "neglect").merged_into_id == family.id
    assert last_line() == "Merged the theme neglect into think-family"
    assert 'value="neglect"' not in client.get("/lessons").get_data(as_text=True)
    again = {"into": "case-recording", "reason": "Again"}
    client.post("/themes/neglect/merge", again, status=422)
    client.post("/themes/case-recording/merge", {"into": "neglect", "reason": "No"}, status=422)


def test_a_retired_theme_is_offered_no_more_and_comes_back(world: Flask, client_as: ClientAs) -> None:
    review = make_review()
    client = client_as("board.manager")
    client.get("/themes/neglect/retire")
    client.post("/themes/neglect/retire", {"reason": ""}, status=422)
    client.post("/themes/neglect/retire", {"reason": "Too wide"})
    assert 'value="neglect"' not in client.get(f"/sources/{review.ref}/lessons/new").get_data(as_text=True)
    assert "Neglect" in client.get("/themes").get_data(as_text=True), "it can be brought back"
    assert "Neglect" not in client_as("staff.reader").get("/themes").get_data(as_text=True)
    client.post("/themes/neglect/retire", {"reason": "Needed"})
    assert by_ref(Theme, "neglect").retired_on is None


def test_retiring_what_another_retired_meanwhile_does_not_bring_it_back(
    world: Flask, client_as: ClientAs
) -> None:
    client, form = client_as("board.manager"), {"reason": "Too wide", "turn": "away"}
    client.post("/themes/neglect/retire", form)
    page = client.post("/themes/neglect/retire", form, status=422).get_data(as_text=True)
    assert "Somebody did this already" in page
