"""Threads say in which issues of the briefing a lesson or an action was told, and how far they reached."""

from datetime import date
from typing import Any

from flask import Flask

from app.accounts.models import Agency
from app.briefings.models import BriefingResult, CascadeReceipt, IssueState
from app.core.clock import machine_now
from app.core.database import current_session
from app.lessons.models import Lesson
from tests.reports.support import Sign, a_thread, words
from tests.support.briefings import make_issue, make_item
from tests.support.statements import statements
from tests.support.world import by_ref, make_action, make_lesson


def tell(*items: Any, reach: int = 0, **values: Any) -> None:
    """An issue with these items that went out, and how many it reached."""
    issue = make_issue(
        **{"period": "2016-10", "state": IssueState.SENT, "sent_on": date(2016, 10, 4), **values}
    )
    issue.items = list(items)
    session = current_session()
    session.flush()
    if reach:
        session.add(
            BriefingResult(issue_id=issue.id, after_days=28, taken_on=date(2016, 10, 31), delivered=reach)
        )
        session.add(
            CascadeReceipt(
                ref=f"T-{issue.id:04d}",
                issue_id=issue.id,
                agency_id=by_ref(Agency, "homerton").id,
                team="Ward 3",
                discussed_on=date(2016, 10, 5),
                staff=4,
                given_at=machine_now(),
            )
        )
    session.commit()


def published() -> tuple[Any, Lesson]:
    """A review and its lesson, which may be told."""
    review, lesson = a_thread()
    lesson.sharing, lesson.cleared_on, lesson.published_on = "published", date(2016, 7, 1), date(2016, 7, 2)
    return review, lesson


def test_a_review_a_lesson_and_an_action_say_where_they_were_briefed(world: Flask, client_as: Sign) -> None:
    review, lesson = published()
    action = make_action(lesson)
    tell(make_item(lesson=lesson), make_item(action=action, position=2), reach=1180)
    client = client_as("scr.member")
    on_review = words(client.get(f"/reviews/{review.ref}"))
    assert "briefed: TUSK October 2016 · 1,180 delivered · 1 team discussed" in on_review
    assert "1,180 readers briefed" in on_review
    assert "First briefed 4 Oct 2016" in on_review
    assert on_review.count("briefed: TUSK October 2016") == 2, "the lesson, and the action by itself"
    on_lesson = words(client.get(f"/lessons/{lesson.ref}"))
    assert "briefed: TUSK October 2016 · 1,180 delivered" in on_lesson
    on_action = words(client.get(f"/actions/{action.ref}"))
    assert "briefed: TUSK October 2016 · 1,180 delivered" in on_action
    assert "The action itself, briefed: TUSK October 2016" in on_action


def test_a_month_that_the_record_does_not_give_is_not_made_up(world: Flask, client_as: Sign) -> None:
    review, lesson = published()
    tell(make_item(lesson=lesson), period=None, provenance="published")
    page = words(client_as("scr.member").get(f"/reviews/{review.ref}"))
    assert "briefed: TUSK, month not given" in page
    assert "1 briefing" in page
    assert "First briefed" not in page


def test_of_a_published_record_the_month_is_told_and_no_day(world: Flask, client_as: Sign) -> None:
    review, lesson = published()
    tell(make_item(lesson=lesson), provenance="published")
    page = words(client_as("scr.member").get(f"/reviews/{review.ref}"))
    assert "First briefed October 2016" in page
    for ref in ("staff.reader", "tusk.editor", "board.manager"):
        home = words(client_as(ref).get("/"))
        assert "sent in october 2016" in home.casefold()
        assert "4 October 2016" not in home


def test_what_is_only_being_written_briefed_nobody(world: Flask, client_as: Sign) -> None:
    review, lesson = published()
    tell(make_item(lesson=lesson), state=IssueState.CHECKED)
    assert "briefed" not in words(client_as("scr.member").get(f"/reviews/{review.ref}"))


def test_somebody_outside_the_compartment_sees_where_a_published_lesson_was_briefed(
    world: Flask, client_as: Sign
) -> None:
    _, lesson = published()
    tell(make_item(lesson=lesson), reach=1180)
    assert "briefed: TUSK October 2016" in words(client_as("staff.reader").get(f"/lessons/{lesson.ref}"))


def test_a_thread_asks_as_many_questions_however_often_it_was_briefed(world: Flask, client_as: Sign) -> None:
    review, lesson = published()
    tell(make_item(lesson=lesson), reach=10)
    client, asked = client_as("scr.member"), []
    client.get("/people")
    for number in (2, 3):
        for each in range(4):
            other = make_lesson(review, sharing="published")
            tell(make_item(lesson=lesson), make_item(lesson=other), reach=10, number=number * 10 + each)
        current_session().expire_all()
        with statements() as told:
            client.get(f"/reviews/{review.ref}")
        asked.append(len(told))
    assert asked[0] == asked[1]
