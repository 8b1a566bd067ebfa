"""The queue of what waits to be signed off, and whose decision each thing is."""

from datetime import date
from typing import Any

import pytest
from flask import Flask

from app.accounts.models import Seat
from app.accounts.policy import can
from app.accounts.queries import person_by_ref
from app.actions.models import Action, NotForUs
from app.core.database import current_session
from app.reports.queries import own_extensions, own_not_for_us, own_sign_offs
from tests.reports.support import Sign, a_thread, more_time, sent, words
from tests.support.statements import statements
from tests.support.world import DAY, make_action


def some_wait() -> list[Action]:
    """Actions of several owners, agencies and groups that were sent for sign-off."""
    _, lesson = a_thread()
    made = [
        make_action(lesson, owner="homerton.owner"),
        make_action(lesson, owner="police.owner", agency="met-police-hackney"),
        # The chair's own agency, the board manager's, and what the chair sent themselves.
        make_action(lesson, owner=None, agency="ccg"),
        make_action(lesson, owner=None, agency="chscb"),
        make_action(lesson, owner="city.owner", group="qa"),
        make_action(lesson, owner="scr.chair", agency="homerton"),
        make_action(lesson, owner="cdop.chair", agency="chscb", group="cdop"),
    ]
    for place, action in enumerate(made):
        sent(action, date(2017, 3, 1 + place))
    current_session().commit()
    return made


def test_the_longest_wait_stands_first_with_the_day_to_decide_by(world: Flask, client_as: Sign) -> None:
    some_wait()
    page = words(client_as("scr.chair").get("/sign-offs"))
    assert page.index("A-0001") < page.index("A-0002")
    assert "29 Mar 2017 2 working days late" in page, "28 days after 1 March"
    assert "1 piece" in page
    assert "A-0005" not in page, "of another group"
    assert "A-0005" in words(client_as("board.manager").get("/sign-offs"))


def test_it_leads_whoever_decides_to_the_decision_and_nobody_else(world: Flask, client_as: Sign) -> None:
    some_wait()
    for ref in ("scr.chair", "scr.member", "board.manager", "independent.chair"):
        page = client_as(ref).get("/sign-offs").get_data(as_text=True)
        person = person_by_ref(ref).facts
        for action in current_session().query(Action):
            decides = can(person, "action.decide_sign_off", action.facts)
            assert (f'href="/actions/{action.ref}/sign-off"' in page) == decides, f"{ref} {action.ref}"
        current_session().rollback()


def test_it_is_narrowed_to_one_group(world: Flask, client_as: Sign) -> None:
    some_wait()
    page = words(client_as("board.manager").get("/sign-offs?group=qa"))
    assert "1 action with the QA Sub-Group" in page
    assert "A-0005" in page
    assert "A-0001" not in page


@pytest.mark.parametrize("ref", ["homerton.owner", "hlt.lead", "staff.reader", "administrator"])
def test_who_sits_on_no_group_does_not_find_it(world: Flask, client_as: Sign, ref: str) -> None:
    client_as(ref).get("/sign-offs", status=404)


def test_it_says_so_when_nothing_waits(world: Flask, client_as: Sign) -> None:
    assert "Nothing waits for sign-off." in words(client_as("scr.chair").get("/sign-offs"))


@pytest.mark.parametrize("change", ["as they are", "no board manager", "chair of two", "same agency"])
def test_what_falls_to_a_person_is_what_the_rule_of_four_eyes_says(world: Flask, change: str) -> None:
    made = some_wait()
    session = current_session()
    for place, action in enumerate(made):
        session.add(
            NotForUs(
                ref=f"{action.ref}-N1",
                action=action,
                said_on=DAY,
                said_by=action.owner,
                reason="Another agency does this.",
            )
        )
        asked = make_action(action.lessons[0], owner="homerton.owner", group=action.group.ref)
        more_time(asked, decider=("board_manager", "group_chair", "independent_chair")[place % 3])
        session.add(
            NotForUs(ref=f"{asked.ref}-N1", action=asked, said_on=DAY, said_by=asked.owner, reason="No.")
        )
    if change == "no board manager":
        person_by_ref("board.manager").active = False
    if change == "chair of two":
        session.add(Seat(group=made[4].group, person=person_by_ref("scr.chair"), is_chair=True))
    if change == "same agency":
        for ref in ("scr.chair", "board.manager", "qa.chair"):
            person_by_ref(ref).agency = person_by_ref("homerton.owner").agency
    session.commit()
    checks: tuple[tuple[Any, str, Any], ...] = (
        (own_sign_offs, "action.decide_sign_off", lambda each: each.waiting_sign_off),
        (own_extensions, "action.decide_extension", lambda each: each.waiting_extension),
        (own_not_for_us, "action.decide_course", lambda each: each.is_open and each.not_for_us),
    )
    everything = session.query(Action).all()
    for ref in ("board.manager", "independent.chair", "scr.chair", "qa.chair", "cdop.chair", "scr.member"):
        person = person_by_ref(ref)
        if not person.active:
            continue
        for ask, verb, waits in checks:
            found = {row.action.ref for row in ask(person, limit=1000)}
            by_rule = {each.ref for each in everything if waits(each) and can(person.facts, verb, each.facts)}
            assert found == by_rule, f"{ref}: {verb}"
    session.rollback()


def test_the_queue_asks_as_many_questions_for_fifty_rows_as_for_ten(world: Flask, client_as: Sign) -> None:
    asked = []
    for count in (10, 40):
        _, lesson = a_thread()
        for _ in range(count):
            sent(make_action(lesson))
        current_session().commit()
        client = client_as("scr.chair")
        client.get("/people")
        current_session().expire_all()
        with statements() as told:
            client.get("/sign-offs")
        asked.append(len(told))
    assert asked[0] == asked[1]
