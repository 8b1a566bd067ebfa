"""Homes: what each person must do or decide, and figures that are equal to a recount."""

from datetime import date

import pytest
from flask import Flask

from app.accounts.models import Source
from app.actions.models import Action, Challenge, ImpactLook, NotForUs
from app.core.database import current_session
from app.core.references import next_reference
from app.lessons.models import Recommendation
from app.outbox.models import OutboxMessage
from app.reviews.models import Review
from tests.reports.support import (
    Sign,
    a_thread,
    html,
    many,
    more_time,
    numbers,
    part,
    remind,
    sent,
    signed_off,
    words,
)
from tests.support.statements import statements
from tests.support.world import (
    make_action,
    make_evidence,
    make_lesson,
    make_recommendation,
    make_review,
)

EVERYBODY = (
    "board.manager",
    "independent.chair",
    "executive.member",
    "scr.chair",
    "scr.member",
    "qa.chair",
    "cdop.coordinator",
    "cdop.chair",
    "hlt.lead",
    "hlt.member",
    "homerton.owner",
    "csc.lead",
    "tusk.editor",
    "staff.reader",
    "administrator",
)


@pytest.mark.parametrize("ref", EVERYBODY)
def test_everybody_has_a_home_of_what_they_may_open(world: Flask, client_as: Sign, ref: str) -> None:
    client = client_as(ref)
    page = client.get("/")
    assert "Home" in words(page)
    for address in set(_menu(html(page))):
        client.get(address)


def _menu(page: str) -> list[str]:
    menu = page[page.index('id="navigation"') : page.index("</nav>")]
    return [piece.split('"')[0] for piece in menu.split('href="')[1:]]


@pytest.mark.parametrize(
    ("ref", "menu"),
    [
        (
            "scr.chair",
            [
                "/",
                "/reviews",
                "/lessons",
                "/actions",
                "/impact",
                "/challenges",
                "/briefings",
                "/child-deaths/figures",
                "/people",
            ],
        ),
        ("homerton.owner", ["/", "/lessons", "/actions", "/impact", "/briefings", "/people"]),
        ("staff.reader", ["/", "/lessons", "/briefings", "/people"]),
        ("administrator", ["/", "/lessons", "/briefings", "/administration", "/people", "/audit"]),
    ],
)
def test_the_menu_holds_only_what_the_person_may_open(
    world: Flask, client_as: Sign, ref: str, menu: list[str]
) -> None:
    assert _menu(html(client_as(ref).get("/"))) == menu


def test_the_menu_marks_the_place_of_a_thread(world: Flask, client_as: Sign) -> None:
    review, _ = a_thread()
    page = html(client_as("scr.chair").get(f"/reviews/{review.ref}"))
    assert 'href="/reviews" aria-current="true"' in page
    assert page.count('aria-current="true"') == 1


def test_the_menu_marks_one_place_where_one_lies_within_another(world: Flask, client_as: Sign) -> None:
    page = html(client_as("cdop.coordinator").get("/child-deaths/figures"))
    assert 'href="/child-deaths/figures" aria-current="true"' in page
    assert 'href="/child-deaths"' in page
    assert page.count('aria-current="true"') == 1


# Groups


def a_groups_work() -> None:
    """Reviews, recommendations and actions of two groups at every place a home looks."""
    for group, owner in (("scr", "homerton.owner"), ("qa", "police.owner")):
        review = make_review(group=group)
        lesson = make_lesson(review)
        make_review(group=group, withdrawn_on=date(2017, 1, 9))
        make_review(group=group, stage_code="completed")
        for count in range(2):
            sent(make_action(lesson, group=group, owner=owner), date(2017, 3, 20 + count))
        late = make_action(lesson, group=group, owner=owner, due_on=date(2017, 3, 16))
        more_time(late)
        make_action(lesson, group=group, owner=owner, status="draft")
        moved = make_action(lesson, group=group, owner=owner)
        moved.first_due_on = date(2017, 3, 1)
        make_recommendation(review, actions=[late], response="accepted")
        make_recommendation(review)
        make_recommendation(review, response="rejected")
        done = make_action(lesson, group=group, owner=owner)
        signed_off(done)
        make_recommendation(review, actions=[done], response="accepted")
        # Late, due soon, far ahead, and answered already.
        for months, due_on in ((3, date(2017, 3, 30)), (6, date(2017, 4, 28)), (12, date(2017, 4, 29))):
            done.impact_looks.append(a_look(done, months, due_on))
        done.impact_looks.append(a_look(done, 9, date(2017, 3, 1), is_open=False))
        for closed_on in (None, date(2017, 2, 1)):
            a_challenge(review, closed_on)


def a_look(action: Action, months: int, due_on: date, *, is_open: bool = True) -> ImpactLook:
    """A look at what difference an action made."""
    ref, closed_on = f"{action.ref}-D{months}", date(2017, 1, 18)
    return ImpactLook(ref=ref, closed_on=closed_on, months=months, due_on=due_on, is_open=is_open)


def a_challenge(review: Review, closed_on: date | None) -> None:
    """A challenge that belongs to a review."""
    session = current_session()
    session.add(
        Challenge(
            ref=next_reference(session, "H"),
            kind="challenge",
            about="Attendance",
            group=review.group,
            source=review,
            put_to="An agency",
            raised_on=date(2017, 1, 10),
            closed_on=closed_on,
        )
    )


def test_the_figures_of_a_group_are_its_own_and_equal_to_a_recount(world: Flask, client_as: Sign) -> None:
    a_groups_work()
    page = client_as("scr.member").get("/")
    session = current_session()
    group = session.query(Review).filter_by(ref="R-0001").one().group_id
    reviews = session.query(Review).filter_by(group_id=group, withdrawn_on=None)
    actions = session.query(Action).filter_by(group_id=group).all()
    asked = [
        each
        for each in session.query(Recommendation).join(Recommendation.source).filter(Source.group_id == group)
        if each.response != "rejected"
        and (not each.actions or any(action.status != "complete" for action in each.actions))
    ]
    assert numbers(page) == {
        "review in progress": sum(review.stage_code != "completed" for review in reviews),
        "recommendations open": len(asked),
        "sign-offs waiting": sum(action.status == "submitted" for action in actions),
        "request for more time": sum(action.waiting_extension is not None for action in actions),
        "look at impact due soon or late": 1,
        "challenge open": 1,
    }
    assert "1 late" in words(page)
    assert numbers(page)["sign-offs waiting"] == 2
    assert "oldest 9 working days" in words(page)
    assert "1 with late actions" in words(page)


def test_each_figure_leads_to_what_it_counts(world: Flask, client_as: Sign) -> None:
    a_groups_work()
    client = client_as("scr.chair")
    page = html(client.get("/"))
    assert "1 review of those you may open matches" in words(
        client.get("/reviews?stage=in-progress&group=scr")
    )
    assert "/reviews?stage=in-progress&amp;group=scr" in page
    assert "2 recommendations" in words(client.get("/recommendations?group=scr"))
    assert "/recommendations?group=scr" in page
    assert "/sign-offs?group=scr" in page
    listed = words(client.get("/sign-offs?group=scr"))
    assert "A-0001" in listed
    assert "A-0002" in listed
    assert 'href="#decisions-groups"' in page


def test_what_needs_a_decision_comes_longest_wait_first_with_its_way_in(
    world: Flask, client_as: Sign
) -> None:
    a_groups_work()
    chair = part(client_as("scr.chair").get("/"), "Needs our decision", "Slipping")
    shown = [ref for ref in chair.split() if ref.startswith(("A-", "C-"))]
    assert shown[:4] == ["C-0002", "C-0002", "A-0004", "A-0004"]
    assert "Sign off: Check" in chair
    assert "Decide A-0001" in chair
    assert "(Board manager decides)" in chair
    member = part(client_as("scr.member").get("/"), "Needs our decision", "Slipping")
    assert "Open A-0001" in member
    assert "Decide" not in member


def test_what_slips_says_first_due_now_due_and_by_how_much(world: Flask, client_as: Sign) -> None:
    a_groups_work()
    page = part(client_as("scr.member").get("/"), "Slipping")
    assert "16 Mar 2017 16 Mar 2017 11 working days late not moved R Red" in page
    assert "1 Mar 2017 31 May 2017 91 days" in page


def test_a_date_that_moved_forward_is_said_to_be_earlier(world: Flask, client_as: Sign) -> None:
    _, lesson = a_thread()
    make_action(lesson, due_on=date(2017, 3, 20), first_due_on=date(2017, 4, 24))
    page = part(client_as("scr.member").get("/"), "Slipping")
    assert "9 working days late 35 days earlier R Red" in page


@pytest.mark.parametrize(
    ("ref", "is_marked"), [("scr.member", True), ("homerton.owner", True), ("staff.reader", False)]
)
def test_a_home_that_names_actions_carries_its_marking_on_paper(
    world: Flask, client_as: Sign, ref: str, is_marked: bool
) -> None:
    assert ("OFFICIAL-SENSITIVE · Printed from" in html(client_as(ref).get("/"))) is is_marked


def test_a_group_sees_nothing_of_another(world: Flask, client_as: Sign) -> None:
    a_groups_work()
    page = words(client_as("scr.chair").get("/"))
    for action in current_session().query(Action).filter(Action.agency.has(ref="met-police-hackney")):
        assert action.title not in page
    assert numbers(client_as("cdop.chair").get("/"))["sign-offs waiting"] == 0
    assert "No decision waits. Slipping Nothing is late" in words(client_as("cdop.chair").get("/"))


def test_long_lists_are_cut_and_lead_on(world: Flask, client_as: Sign) -> None:
    _, lesson = a_thread()
    for _ in range(12):
        make_action(lesson, due_on=date(2017, 3, 16))
    page = client_as("scr.member").get("/")
    assert part(page, "Slipping").count("11 working days late") == 10
    assert "/actions?due=late&amp;group=scr" in html(page)


def test_what_a_home_has_no_room_for_are_sign_offs_which_have_a_page_of_their_own(
    world: Flask, client_as: Sign
) -> None:
    _, lesson = a_thread()
    for _ in range(11):
        sent(make_action(lesson), on=date(2017, 3, 1))
    asked = make_action(lesson)
    row = NotForUs(
        ref=f"{asked.ref}-N1", action=asked, said_on=date(2017, 3, 29), said_by=asked.owner, reason="No."
    )
    current_session().add(row)
    current_session().commit()
    for ref, title in (("scr.chair", "Needs our decision"), ("board.manager", "Needs your decision")):
        page = client_as(ref).get("/")
        assert f"Decide {asked.ref}" in part(page, title, "Slipping")
        assert "See all that wait for sign-off" in words(page)


# The whole partnership


def test_what_is_only_for_the_agenda_never_crowds_out_a_sign_off(world: Flask, client_as: Sign) -> None:
    _, lesson = a_thread()
    waiting = make_action(lesson)
    sent(waiting)
    for _ in range(11):
        late = make_action(lesson, due_on=date(2017, 3, 1))
        remind(late, on=date(2017, 3, 29), rung="group_chair+28", to="scr.chair", tier="group_chair")
    page = client_as("scr.chair").get("/")
    decisions = part(page, "Needs our decision", "Slipping")
    assert f"{waiting.ref} Sign off: " in decisions
    assert decisions.index(waiting.ref) < decisions.index("For the agenda")
    assert "More actions are for the agenda. See all that are late" in decisions
    assert "See all that wait for sign-off" not in decisions


def test_the_executive_sees_the_same_figures_across_all_groups(world: Flask, client_as: Sign) -> None:
    a_groups_work()
    page = client_as("executive.member").get("/")
    assert numbers(page) == {
        "reviews in progress": 2,
        "recommendations open": 4,
        "sign-offs waiting": 4,
        "requests for more time": 2,
        "looks at impact due soon or late": 2,
        "challenges open": 2,
    }
    assert "Needs your decision" not in words(page)


def test_the_board_manager_sees_what_waits_on_them_alone(world: Flask, client_as: Sign) -> None:
    _, lesson = a_thread()
    more_time(make_action(lesson, due_on=date(2017, 3, 16)))
    more_time(make_action(lesson, due_on=date(2017, 3, 16)), decider="group_chair")
    sent(make_action(lesson))
    page = part(client_as("board.manager").get("/"), "Needs your decision", "Slipping")
    assert "Decide A-0001" in page
    assert "A-0002" not in page
    assert "Decide A-0003" in page


def test_the_independent_chair_decides_where_all_others_belong_to_the_agency(
    world: Flask, client_as: Sign
) -> None:
    _, lesson = a_thread()
    more_time(make_action(lesson, owner="tusk.editor", due_on=date(2017, 3, 16)))
    more_time(make_action(lesson, due_on=date(2017, 3, 16)))
    sent(make_action(lesson))
    page = part(client_as("independent.chair").get("/"), "Needs your decision", "Slipping")
    assert "Decide A-0001" in page
    assert "A-0002" not in page
    assert "A-0003" not in page


def test_messages_in_trouble_stand_on_the_board_managers_home_and_nobody_elses(
    world: Flask, client_as: Sign
) -> None:
    _, lesson = a_thread()
    action = make_action(lesson, due_on=date(2017, 3, 16))
    remind(action, on=date(2017, 3, 24))
    assert "delivered" not in words(client_as("board.manager").get("/"))
    for number, state in enumerate(("failed", "failed", "uncertain")):
        remind(action, on=date(2017, 3, 25 + number), rung=f"owner+{9 + number}", state=state)
    line = "2 messages could not be delivered and 1 message may not have arrived."
    assert line in words(client_as("board.manager").get("/"))
    assert line not in words(client_as("independent.chair").get("/"))
    assert current_session().query(OutboxMessage).count() == 4


def test_the_figure_of_looks_leads_to_as_many_actions(world: Flask, client_as: Sign) -> None:
    _, lesson = a_thread()
    twice, soon, ahead = (make_action(lesson, status="complete", closed_on=date(2017, 1, 18)) for _ in "123")
    for action, due_on, months in (
        (twice, date(2017, 3, 1), 3),
        (twice, date(2017, 3, 30), 6),
        (soon, date(2017, 4, 28), 3),
        (ahead, date(2017, 4, 29), 3),
    ):
        action.impact_looks.append(a_look(action, months, due_on))
    current_session().commit()
    client = client_as("scr.chair")
    page = client.get("/")
    assert numbers(page)["looks at impact due soon or late"] == 2
    assert "1 late" in words(page)
    assert 'href="/impact?look=due&amp;group=scr"' in html(page)
    assert "2 closed actions" in words(client.get("/impact?look=due&group=scr"))


# Everybody else


@pytest.mark.parametrize("ref", ["staff.reader", "tusk.editor", "administrator"])
def test_readers_see_published_lessons_newest_first_and_nothing_else(
    world: Flask, client_as: Sign, ref: str
) -> None:
    review = make_review(caption="Child Z")
    make_lesson(review, sharing="published", heading="The older", published_on=date(2016, 10, 10))
    make_lesson(review, sharing="published", heading="The newer", published_on=date(2017, 2, 1))
    make_lesson(review, sharing="cleared", heading="Not yet out")
    make_lesson(review, sharing="published", heading="Taken back", withdrawn_on=date(2017, 3, 1))
    page = words(client_as(ref).get("/"))
    assert page.index("The newer") < page.index("The older")
    for kept in ("Taken back", "Child Z"):
        assert kept not in page
    assert ("Not yet out" in page) == (ref == "tusk.editor"), "only who writes the briefing is shown it"


def test_readers_are_told_when_nothing_has_been_published(world: Flask, client_as: Sign) -> None:
    assert "No lesson has been published yet." in words(client_as("staff.reader").get("/"))


# Open recommendations


def test_the_list_of_recommendations_keeps_to_the_compartments(world: Flask, client_as: Sign) -> None:
    a_groups_work()
    mine = words(client_as("scr.member").get("/recommendations"))
    assert "2 recommendations" in mine
    assert "R-0001" in mine
    assert "R-0004" not in mine
    assert "0 recommendations" in words(client_as("scr.member").get("/recommendations?group=qa"))
    assert "4 recommendations" in words(client_as("executive.member").get("/recommendations"))
    assert "1 recommendation with late actions" in words(
        client_as("scr.member").get("/recommendations?show=late")
    )
    client_as("homerton.owner").get("/recommendations", status=404)


# Questions asked of the database


@pytest.mark.parametrize(
    "ref", ["scr.chair", "board.manager", "homerton.owner", "homerton.lead", "staff.reader"]
)
def test_a_home_asks_as_many_questions_for_fifty_actions_as_for_ten(
    world: Flask, client_as: Sign, ref: str
) -> None:
    asked = []
    for count in (10, 50):
        review, lesson = a_thread()
        make_evidence(make_action(lesson))
        many(lesson, count)
        for _ in range(count):
            make_recommendation(review)
            make_lesson(review, sharing="published")
        current_session().commit()
        client = client_as(ref)
        # A process asks once, at its first page, whether the database is its own.
        client.get("/people")
        current_session().expire_all()
        with statements() as told:
            client.get("/")
        asked.append(len(told))
    assert asked[0] == asked[1]
