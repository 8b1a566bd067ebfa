"""What an action answered is answered by the one that goes on in its place."""

from flask import Flask

from app.actions import operations
from tests.actions.support import a_lesson, acting, an_action
from tests.support.trail import entries
from tests.support.world import make_action, make_lesson, make_recommendation, make_review


def test_what_takes_the_place_of_an_action_answers_what_that_did(world: Flask) -> None:
    review = make_review()
    lesson, other = make_lesson(review), make_lesson(review)
    recommendation = make_recommendation(review, lessons=[lesson])
    action = make_action(lesson, recommendations=[recommendation])
    successor = make_action(other)
    with acting("scr.chair"):
        operations.supersede(action=action, successor=successor, reason="It does the same")
    assert (successor.lessons, successor.recommendations) == ([other, lesson], [recommendation])
    assert not recommendation.is_closed
    told = [(entry.subject_ref, entry.line) for entry in entries("action.supersede")]
    assert (
        successor.ref,
        f"{successor.ref} takes the place of {action.ref} and answers what that did",
    ) in told
    with acting("scr.chair"):
        operations.withdraw(action=successor, reason="A double")


def test_of_another_source_it_answers_its_own_alone(world: Flask) -> None:
    action, successor = an_action(), make_action(a_lesson())
    with acting("scr.chair"):
        operations.supersede(action=action, successor=successor, reason="It does the same")
    assert len(successor.lessons) == 1
    assert len(entries("action.supersede")) == 1
