"""The thread of a review."""

from datetime import date

import pytest
from flask import Flask

from app.accounts.queries import person_by_ref
from app.audit.models import AuditEntry
from app.clocks.models import Stage
from app.core.acting import Actor, acting_as
from app.core.database import current_session
from app.reviews.models import AuditedCase, PublishedFigure, ReviewStage
from tests.reports.support import (
    Sign,
    a_thread,
    html,
    many,
    more_time,
    part,
    remind,
    sent,
    signed_off,
    words,
)
from tests.support.statements import statements
from tests.support.world import make_action, make_evidence, make_lesson, make_recommendation, make_review


@pytest.mark.parametrize("ref", ["scr.chair", "scr.member", "board.manager", "executive.member"])
def test_those_of_the_compartment_open_the_thread(world: Flask, client_as: Sign, ref: str) -> None:
    review, lesson = a_thread()
    page = client_as(ref).get(f"/reviews/{review.ref}")
    assert "Child Z" in words(page)
    assert lesson.heading in words(page)


@pytest.mark.parametrize(
    "ref", ["staff.reader", "homerton.owner", "qa.chair", "tusk.editor", "administrator"]
)
def test_those_outside_find_nothing(world: Flask, client_as: Sign, ref: str) -> None:
    review, _ = a_thread()
    client_as(ref).get(f"/reviews/{review.ref}", status=404)


def test_the_pseudonym_and_the_lessons_stand_neither_in_the_title_nor_in_the_h1(
    world: Flask, client_as: Sign
) -> None:
    review, lesson = a_thread()
    page = html(client_as("scr.chair").get(f"/reviews/{review.ref}"))
    head, heading = page[: page.index("</head>")], page[page.index("<h1") : page.index("</h1>")]
    for secret in ("Child Z", lesson.heading):
        assert secret not in head
        assert secret not in heading


def test_the_sums_tell_what_became_of_the_lessons(world: Flask, client_as: Sign) -> None:
    review, lesson = a_thread()
    make_lesson(review, kind="strength")
    make_lesson(review, withdrawn_on=date(2017, 1, 9))
    make_recommendation(review)
    signed_off(make_action(lesson))
    make_action(lesson)
    make_action(lesson, status="withdrawn", due_on=None)
    page = client_as("scr.chair").get(f"/reviews/{review.ref}")
    sums = "1 strength 1 lesson 1 recommendation 2 actions 1 signed off 0 with impact confirmed"
    assert sums in words(page)


def test_the_band_counts_the_days_between_the_steps(world: Flask, client_as: Sign) -> None:
    review, lesson = a_thread()
    stages = current_session().query(Stage).filter_by(regime_id=review.regime_id, pathway="case_review")
    for code, on in (("decided", date(2015, 9, 23)), ("report", date(2016, 4, 22))):
        review.stages.append(ReviewStage(stage=stages.filter_by(code=code).one(), reached_on=on))
    signed_off(make_action(lesson, agreed_on=date(2016, 10, 3)))
    page = words(client_as("scr.chair").get(f"/reviews/{review.ref}"))
    assert "23 Sep 2015" in page
    assert "212 days Report agreed" in page
    assert "107 days All signed off" in page


def test_a_leaf_tells_what_became_of_its_action(world: Flask, client_as: Sign) -> None:
    review, lesson = a_thread()
    late = make_action(lesson, due_on=date(2017, 3, 16))
    more_time(late)
    for day in (date(2017, 3, 17), date(2017, 3, 24)):
        remind(late, on=day, rung=f"owner+{day.day}")
    remind(late, on=date(2017, 3, 31), state="queued")
    done = make_action(lesson)
    signed_off(done)
    make_evidence(done)
    page = client_as("scr.chair").get(f"/reviews/{review.ref}")
    leaf = part(page, f"{late.ref} {late.title}", done.ref)
    assert "due 16 Mar 2017 11 working days late R Red" in leaf
    assert "more time asked for 22 Mar 2017, waiting on Board manager for 7 working days" in leaf
    assert "reminded twice, last 24 March 2017" in leaf
    other = part(page, f"{done.ref} {done.title}")
    assert "2 pieces of evidence signed off 18 Jan 2017 by Scr chair, SCR Sub-Group" in other


def test_an_action_of_two_lessons_is_told_in_full_only_once(world: Flask, client_as: Sign) -> None:
    review, lesson = a_thread()
    other = make_lesson(review, number=2)
    signed_off(make_action(lesson, lessons=[lesson, other]))
    page = client_as("scr.chair").get(f"/reviews/{review.ref}")
    tree = part(page, "Lessons and what", "Timeline")
    assert tree.count("signed off 18 Jan 2017") == 1
    assert tree.count("told in full above") == 1
    assert "1 action 1 signed off" in words(page)


def test_the_page_says_on_whom_it_waits_and_for_how_long(world: Flask, client_as: Sign) -> None:
    review, lesson = a_thread()
    make_action(lesson, due_on=date(2017, 3, 16))
    sent(make_action(lesson), date(2017, 3, 22))
    mine = part(client_as("scr.member").get(f"/reviews/{review.ref}"), "Waiting now", "Lessons and what")
    assert "On Homerton University Hospital NHS FT 11 working days" in mine
    assert "On us, SCR Sub-Group 7 working days" in mine
    theirs = words(client_as("executive.member").get(f"/reviews/{review.ref}"))
    assert "On SCR Sub-Group 7 working days" in theirs


def test_a_thread_that_waits_on_nobody_names_what_is_next(world: Flask, client_as: Sign) -> None:
    review, lesson = a_thread()
    make_action(lesson, due_on=date(2017, 6, 30))
    soon = make_action(lesson, due_on=date(2017, 5, 31))
    page = words(client_as("scr.chair").get(f"/reviews/{review.ref}"))
    assert f"Nobody is late and no decision waits. Next is {soon.ref} , due 31 May 2017" in page


def test_an_action_that_another_group_oversees_is_said_but_not_shown(world: Flask, client_as: Sign) -> None:
    review, lesson = a_thread()
    hidden = make_action(lesson, group="qa")
    page = words(client_as("scr.chair").get(f"/reviews/{review.ref}"))
    assert hidden.title not in page
    assert "An action that another sub-group oversees answers this too." in page
    assert "0 actions" in page
    assert hidden.title in words(client_as("board.manager").get(f"/reviews/{review.ref}"))


def test_the_lessons_of_an_audit_stand_under_their_cases(world: Flask, client_as: Sign) -> None:
    audit = make_review(review_type="multi_agency_case_audit", caption="An audit")
    cases = [AuditedCase(review=audit, number=number) for number in (1, 2)]
    current_session().add_all(cases)
    make_lesson(audit, heading="Of the second", audited_case=cases[1], number=2)
    make_lesson(audit, heading="Of the first", audited_case=cases[0], number=1)
    make_lesson(audit, heading="Kept well", kind="strength")
    page = part(client_as("scr.chair").get(f"/reviews/{audit.ref}"), "Lessons and what")
    places = [page.index(text) for text in ("Case 1", "Of the first", "Case 2", "Of the second", "Strengths")]
    assert places == sorted(places)
    assert page.index("Kept well") > page.index("Strengths to keep")


def test_figures_stand_under_their_headings_with_their_source(world: Flask, client_as: Sign) -> None:
    review, _ = a_thread()
    for position, value in ((1, "3"), (2, "64")):
        current_session().add(
            PublishedFigure(
                ref=f"figure-{position}",
                review=review,
                report_year_start=2016,
                position=position,
                heading="Learning shared",
                label=f"Figure {position}",
                value=value,
                source_line="L3402",
                source_note="Never add them up.",
                provenance="published",
            )
        )
    page = words(client_as("scr.chair").get(f"/reviews/{review.ref}"))
    assert "Learning shared Figure 1 3 L3402 Figure 2 64 L3402" in page
    assert page.count("Never add them up.") == 1


def test_what_was_made_up_says_so(world: Flask, client_as: Sign) -> None:
    review, lesson = a_thread()
    make_action(lesson, provenance="illustrative")
    review.provenance, review.source_line = "published", "L3388"
    page = words(client_as("scr.chair").get(f"/reviews/{review.ref}"))
    assert "Published, L3388" in page
    assert "Illustrative" in page


def test_buttons_stand_only_where_they_may_be_used(world: Flask, client_as: Sign) -> None:
    review, _ = a_thread()
    chair = html(client_as("scr.chair").get(f"/reviews/{review.ref}"))
    member = html(client_as("scr.member").get(f"/reviews/{review.ref}"))
    executive = html(client_as("executive.member").get(f"/reviews/{review.ref}"))
    add, withdraw = f"/sources/{review.ref}/lessons/new", f"/reviews/{review.ref}/withdraw"
    assert add in chair
    assert withdraw in chair
    assert add in member
    assert withdraw not in member
    assert add not in executive


def test_a_withdrawn_review_says_why_and_offers_nothing(world: Flask, client_as: Sign) -> None:
    review, _ = a_thread()
    review.withdrawn_on, review.withdrawn_reason = date(2017, 3, 1), "Entered twice."
    page = client_as("scr.chair").get(f"/reviews/{review.ref}")
    assert "Withdrawn on 1 March 2017: Entered twice." in words(page)
    assert "/lessons/new" not in html(page)


def test_a_review_without_lessons_says_how_to_begin(world: Flask, client_as: Sign) -> None:
    review = make_review()
    assert "Add the first lesson" in words(client_as("scr.chair").get(f"/reviews/{review.ref}"))
    assert "Add the first lesson" not in words(client_as("executive.member").get(f"/reviews/{review.ref}"))


def test_reading_is_recorded_and_shown_only_to_those_entitled(world: Flask, client_as: Sign) -> None:
    review, _ = a_thread()
    client_as("scr.member").get(f"/reviews/{review.ref}")
    read = current_session().query(AuditEntry).filter_by(verb="review.read", subject_ref=review.ref).one()
    assert read.actor_name == "Scr member"
    assert f"Opened {review.ref}" in words(client_as("board.manager").get(f"/reviews/{review.ref}"))
    assert f"Opened {review.ref}" not in words(client_as("scr.chair").get(f"/reviews/{review.ref}"))


def test_the_timeline_begins_with_the_records_and_goes_on_with_the_trail(
    world: Flask, client_as: Sign
) -> None:
    from app.audit.operations import record

    review, lesson = a_thread()
    action = make_action(lesson)
    signed_off(action)
    chair = person_by_ref("scr.chair")
    with acting_as(Actor(chair.id, chair.name)):
        record(verb="action.reopen", subject=action.audit_subject, line="Reopened")
    page = part(client_as("scr.chair").get(f"/reviews/{review.ref}"), "Timeline", "Stages")
    assert page.index(f"{action.ref}: reopened Scr chair") < page.index(f"{action.ref} agreed")


def test_a_page_asks_as_many_questions_for_fifty_actions_as_for_ten(world: Flask, client_as: Sign) -> None:
    asked = []
    for count in (10, 50):
        review, lesson = a_thread()
        for number in range(2, count // 5):
            other = make_lesson(review, number=number)
            make_recommendation(review, lessons=[other])
        many(lesson, count)
        current_session().commit()
        client = client_as("scr.chair")
        # A process asks once, at its first page, whether the database is its own.
        client.get("/people")
        current_session().expire_all()
        with statements() as told:
            client.get(f"/reviews/{review.ref}")
        asked.append(len(told))
    assert asked[0] == asked[1]
