"""What homes and lists must not lose sight of: what nobody owns, and what nothing answers any more."""

from datetime import date

from flask import Flask

from app.actions.models import Challenge
from app.core.database import current_session
from tests.reports.support import Sign, a_thread, html, part, sent, words
from tests.support.world import make_action, make_recommendation


def test_the_board_manager_sees_what_is_open_and_nobodys(world: Flask, client_as: Sign) -> None:
    _, lesson = a_thread()
    owned, nobodys = make_action(lesson), make_action(lesson, owner=None)
    page = client_as("board.manager").get("/")
    told = part(page, "Needs your decision")
    assert f"{nobodys.ref} Name an owner: nobody owns it: {nobodys.title}" in told
    assert f"/actions/{nobodys.ref}/reassign" in html(page)
    assert f"Name an owner: nobody owns it: {owned.title}" not in told


def test_a_recommendation_is_open_while_nothing_answers_it_but_what_was_withdrawn(
    world: Flask, client_as: Sign
) -> None:
    review, lesson = a_thread()
    withdrawn = make_action(lesson, status="withdrawn", closed_on=date(2017, 3, 1))
    recommendation = make_recommendation(review, actions=[withdrawn], response="accepted")
    page = client_as("scr.chair").get("/recommendations")
    assert f"/recommendations/{recommendation.ref}" in html(page)


def test_a_sign_off_past_the_groups_days_and_an_answer_past_its_day_are_loud(
    world: Flask, client_as: Sign
) -> None:
    review, lesson = a_thread()
    action = make_action(lesson)
    sent(action, on=date(2017, 2, 27))
    current_session().add(
        Challenge(
            ref="H-0009",
            kind="challenge",
            about="Attendance",
            group=review.group,
            source=review,
            put_to="An agency",
            raised_on=date(2017, 3, 1),
            answer_by_on=date(2017, 3, 30),
        )
    )
    current_session().commit()
    page = words(client_as("scr.chair").get("/"))
    assert "Sign off (4 days past the 28 there are)" in page
    assert "1 challenge open 1 answer late" in page
