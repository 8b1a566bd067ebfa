"""The thread of a lesson."""

from datetime import date

import pytest
from flask import Flask

from app.core.database import current_session
from app.lessons.models import Theme
from tests.reports.support import Sign, a_thread, many, words
from tests.support.statements import statements
from tests.support.world import by_ref, make_action, make_lesson, make_recommendation, make_review


def test_it_shows_what_answers_the_lesson_and_what_became_of_that(world: Flask, client_as: Sign) -> None:
    review, lesson = a_thread()
    other = make_lesson(review, number=2, heading="Another lesson")
    mine = make_action(lesson, title="Write the guidance", status="agreed", owner="homerton.owner")
    make_action(other, title="Something else", status="agreed", owner="homerton.owner")
    make_recommendation(review, lessons=[lesson], number="7")
    current_session().commit()
    page = words(client_as("scr.member").get(f"/lessons/{lesson.ref}"))
    assert "Write the guidance" in page
    assert mine.ref in page
    assert "Recommendation 7" in page
    assert "Something else" not in page
    assert "Waiting now" in page


@pytest.mark.parametrize("ref", ["staff.reader", "qa.chair", "administrator"])
def test_outside_the_compartment_no_action_is_named(world: Flask, client_as: Sign, ref: str) -> None:
    _, lesson = a_thread()
    lesson.sharing, lesson.published_on = "published", date(2017, 1, 9)
    action = make_action(lesson, title="Write the guidance", status="agreed", owner="homerton.owner")
    current_session().commit()
    page = words(client_as(ref).get(f"/lessons/{lesson.ref}"))
    assert lesson.heading in page
    for hidden in (action.title, action.ref, "Child Z", "OFFICIAL-SENSITIVE", "No action answers"):
        assert hidden not in page


def test_who_owes_an_action_sees_it_under_the_lesson_it_answers(world: Flask, client_as: Sign) -> None:
    _, lesson = a_thread()
    lesson.sharing, lesson.published_on = "published", date(2017, 1, 9)
    mine = make_action(lesson, title="Write the guidance", status="agreed", owner="homerton.owner")
    theirs = make_action(
        lesson, title="Train the force", status="agreed", agency="met-police-hackney", owner="police.owner"
    )
    current_session().commit()
    page = words(client_as("homerton.owner").get(f"/lessons/{lesson.ref}"))
    assert mine.ref in page
    assert theirs.ref not in page
    assert "another sub-group" not in page, "outside, nothing tells that there is more"


def test_it_names_where_else_the_same_was_found_as_far_as_the_person_may_know(
    world: Flask, client_as: Sign
) -> None:
    theme = by_ref(Theme, "neglect")
    _, lesson = a_thread()
    lesson.themes = [theme]
    again = make_lesson(make_review(), themes=[theme], heading="Found again", found_on=date(2016, 9, 1))
    secret = make_lesson(make_review(group="qa"), themes=[theme], heading="In another compartment")
    gone = make_lesson(make_review(), themes=[theme], heading="Withdrawn", withdrawn_on=date(2017, 1, 1))
    current_session().commit()
    client = client_as("scr.chair")
    page = words(client.get(f"/lessons/{lesson.ref}"))
    assert again.heading in page
    assert secret.heading not in page
    assert gone.ref not in page
    assert secret.heading in words(client_as("board.manager").get(f"/lessons/{lesson.ref}"))


def test_it_asks_as_many_questions_for_fifty_actions_as_for_ten(world: Flask, client_as: Sign) -> None:
    asked = []
    for count in (10, 50):
        _, lesson = a_thread()
        many(lesson, count)
        current_session().commit()
        client = client_as("scr.chair")
        client.get("/people")
        current_session().expire_all()
        with statements() as told:
            client.get(f"/lessons/{lesson.ref}")
        asked.append(len(told))
    assert asked[0] == asked[1]
