"""The register of actions: who sees what, filters, orders, pages, and what a page costs."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from app.accounts.policy import can
from app.accounts.queries import person_by_ref
from app.actions import queries
from app.actions.models import Action
from app.actions.queries import Due, Filters, Show
from app.actions.rules import Colour, OwnerView
from app.core.database import db
from tests.actions.support import a_lesson, a_submitted_action, an_action, plan_of, write
from tests.support.cases import reach
from tests.support.client import PageClient
from tests.support.statements import statements
from tests.support.world import CAST, DAY, make_action

Sign = Callable[[str], PageClient]


def _many_actions() -> list[Action]:
    """Actions of several groups, agencies and owners, two of which the ladder carried to somebody else."""
    scr, qa = a_lesson(), a_lesson(group="qa")
    found = [
        make_action(scr),
        make_action(scr, owner="police.owner"),
        make_action(scr, owner="hlt.lead", status="draft"),
        make_action(qa, owner="csc.lead", group="qa"),
        make_action(qa, owner="city.owner", group="qa", status="complete"),
        make_action(qa, owner=None, agency="homerton", group="qa"),
        make_action(qa, owner="police.owner", group="cdop"),
    ]
    reach(found[1], "qa.chair")
    reach(found[3], "staff.reader")
    reach(found[3], "homerton.owner")
    reach(found[3], "tusk.editor", taken_out=True)
    return found


@pytest.mark.parametrize("who", [entry[0] for entry in CAST])
def test_the_list_shows_what_the_policy_lets_a_person_read(world: Flask, who: str) -> None:
    actions = _many_actions()
    person = person_by_ref(who).facts
    allowed = {action.ref for action in actions if can(person, "action.read", action.facts)}
    every = Filters(status=Show.ANY)
    page = queries.listing(person, every, on=DAY)
    assert {action.ref for action in page.rows} == allowed
    assert queries.count(person, every, on=DAY) == len(allowed)


def test_the_cast_sees_different_parts_of_it(world: Flask) -> None:
    actions = _many_actions()
    seen = {
        entry[0]: sum(can(person_by_ref(entry[0]).facts, "action.read", action.facts) for action in actions)
        for entry in CAST
    }
    assert seen["board.manager"] == len(actions)
    assert (seen["staff.reader"], seen["qa.chair"], seen["homerton.owner"]) == (1, 4, 2)
    assert (seen["administrator"], seen["tusk.editor"]) == (0, 0)


def _refs(filters: Filters, **arguments: Any) -> list[str]:
    person = person_by_ref("board.manager").facts
    return [action.ref for action in queries.listing(person, filters, on=DAY, **arguments).rows]


def test_each_filter_narrows_the_list(world: Flask) -> None:
    late = an_action(due_on=DAY - timedelta(days=1))
    soon = an_action(owner="police.owner", due_on=DAY + timedelta(days=28))
    far = an_action(owner="hlt.lead", due_on=date(2018, 3, 31), group="qa")
    write(far)
    sent = a_submitted_action()
    draft = an_action(status="draft", title="Tell 100% of the wards")
    assert _refs(Filters()) == [late.ref, soon.ref, far.ref]
    assert set(_refs(Filters(status=Show.ANY))) == {late.ref, soon.ref, far.ref, sent.ref, draft.ref}
    assert _refs(Filters(status="submitted")) == [sent.ref]
    assert _refs(Filters(colour=Colour.RED)) == [late.ref]
    assert _refs(Filters(colour=Colour.GREEN)) == [far.ref]
    assert set(_refs(Filters(status=Show.ANY, colour=Colour.GREY))) == {sent.ref, draft.ref}
    assert _refs(Filters(due=Due.LATE)) == [late.ref]
    assert _refs(Filters(due=Due.SOON)) == [soon.ref]
    assert _refs(Filters(agency="met-police-hackney")) == [soon.ref]
    assert _refs(Filters(group="qa")) == [far.ref]
    assert _refs(Filters(owner="hlt.lead")) == [far.ref]
    assert _refs(Filters(owner="HLT lead")) == [far.ref]
    assert _refs(Filters(owner="nobody of that name")) == []
    assert _refs(Filters(source=far.source.ref.lower())) == [far.ref]
    assert _refs(Filters(text=late.ref.lower())) == [late.ref]
    assert _refs(Filters(status=Show.ANY, text="100% OF")) == [draft.ref]
    assert _refs(Filters(text="%")) == []
    assert _refs(Filters(agency="nobody")) == []


def test_the_orders_are_by_due_date_reference_and_urgency_of_the_colour(world: Flask) -> None:
    green = an_action(due_on=date(2018, 3, 31))
    write(green)
    late = an_action(due_on=date(2017, 3, 1))
    off_track = an_action(due_on=date(2018, 1, 1))
    write(off_track, OwnerView.OFF_TRACK)
    amber = an_action(due_on=date(2017, 4, 10))
    assert _refs(Filters()) == [late.ref, amber.ref, off_track.ref, green.ref]
    assert _refs(Filters(), sort="-due") == [green.ref, off_track.ref, amber.ref, late.ref]
    assert _refs(Filters(), sort="colour") == [late.ref, off_track.ref, amber.ref, green.ref]
    assert _refs(Filters(), sort="-colour") == [green.ref, amber.ref, off_track.ref, late.ref]
    assert _refs(Filters(), sort="ref") == sorted([green.ref, late.ref, off_track.ref, amber.ref])
    assert _refs(Filters(), sort="nonsense") == _refs(Filters())


@pytest.mark.parametrize("sort", ["due", "-due", "colour", "-colour", "ref", "-ref"])
def test_pages_follow_each_other_without_gap_or_double(world: Flask, sort: str) -> None:
    lesson = a_lesson()
    for number in range(120):
        make_action(lesson, due_on=DAY + timedelta(days=number // 7 * 20 - 20))
    person = person_by_ref("scr.member").facts
    walked: list[str] = []
    after: str | None = None
    while True:
        page = queries.listing(person, Filters(), on=DAY, sort=sort, after=after)
        walked += [action.ref for action in page.rows]
        if page.after is None:
            break
        after = page.after
    assert len(walked) == len(set(walked)) == 120
    back = queries.listing(person, Filters(), on=DAY, sort=sort, before=page.before)
    assert [action.ref for action in back.rows] == walked[50:100]


def test_a_page_mark_tells_nothing_about_an_action_of_others(world: Flask) -> None:
    mine = [an_action(due_on=date(2017, 5, day)) for day in (1, 9)]
    hidden = an_action(owner="police.owner", due_on=date(2017, 5, 5))
    person = person_by_ref("homerton.owner").facts
    page = queries.listing(person, Filters(), on=DAY, after=hidden.ref)
    assert [action.ref for action in page.rows] == [action.ref for action in mine]


# The page


def test_the_page_shows_filters_that_can_be_taken_off(world: Flask, client_as: Sign) -> None:
    late = an_action(due_on=date(2017, 3, 16))
    other = an_action(owner="police.owner")
    client = client_as("scr.member")
    page = client.get("/actions").get_data(as_text=True)
    assert late.ref in page
    assert other.ref in page
    assert "11 working days late" in page
    assert "2 actions" in page
    page = client.get("/actions?agency=homerton&due=late&text=part").get_data(as_text=True)
    assert other.ref not in page
    assert 'href="/actions?due=late&amp;text=part"' in page
    page = client.get("/actions?agency=met-police-hackney&due=late").get_data(as_text=True)
    assert "No actions match." in page


@pytest.mark.parametrize(
    "query",
    ["colour=Z", "due=sometimes", "agency=' OR 1=1", "sort=drop", "after=A-9999", "text=%"],
)
def test_nonsense_in_the_address_is_answered_with_a_page(world: Flask, client_as: Sign, query: str) -> None:
    an_action()
    client_as("scr.member").get(f"/actions?{query}")


def test_who_has_nothing_to_do_with_actions_has_no_list(world: Flask, client_as: Sign) -> None:
    client_as("staff.reader").get("/actions", status=404)
    client_as("administrator").get("/actions", status=404)


def test_a_page_of_fifty_asks_as_often_as_a_page_of_ten(world: Flask, client_as: Sign) -> None:
    counted = []
    lesson = a_lesson()
    for number in (10, 40):
        for _ in range(number):
            make_action(lesson)
        client = client_as("scr.member")
        client.get("/actions")
        with statements() as sent:
            client.get("/actions")
        counted.append(len(sent))
    assert counted[0] == counted[1]


PLANS = {
    "all by due date": ("board.manager", Filters(status=Show.ANY), "due", "ix_action_due"),
    "open by due date": ("board.manager", Filters(), "due", "ix_action_open_due"),
    "all by reference": ("board.manager", Filters(status=Show.ANY), "ref", "action"),
    "open by colour": ("board.manager", Filters(), "colour", "ix_action_urgency_due"),
    "one colour": ("board.manager", Filters(colour=Colour.RED), "due", "ix_action_urgency_due"),
    "one status": ("board.manager", Filters(status="submitted"), "due", "ix_action_status_due"),
    "one agency": ("board.manager", Filters(agency="ccg"), "due", "ix_action_agency_due"),
    "one group": ("board.manager", Filters(group="scr"), "due", "ix_action_group_due"),
    "one owner": ("board.manager", Filters(owner="hlt.lead"), "due", "ix_action_owner_due"),
    "late": ("board.manager", Filters(due=Due.LATE), "due", "ix_action_open_due"),
    "a member's": ("scr.member", Filters(), "due", "ix_action_open_due"),
}


@pytest.mark.parametrize("name", PLANS)
def test_lists_are_read_in_the_order_of_an_index(world: Flask, name: str) -> None:
    if db.engine.dialect.name != "sqlite":
        # PostgreSQL chooses by the number of rows; with a handful it reads the table, and rightly.
        return
    who, filters, sort, index = PLANS[name]
    person = person_by_ref(who).facts
    with statements() as sent:
        queries.listing(person, filters, on=DAY, sort=sort)
    listing = next(statement for statement in sent if "LIMIT" in statement)
    plan = plan_of(listing)
    assert f"USING INDEX {index}" in plan or f"USING COVERING INDEX {index}" in plan or index == "action", (
        plan
    )
    assert "USE TEMP B-TREE" not in plan, plan


def test_an_owners_few_are_looked_up_by_their_indexes(world: Flask) -> None:
    if db.engine.dialect.name != "sqlite":
        return
    with statements() as sent:
        queries.listing(person_by_ref("homerton.lead").facts, Filters(), on=DAY)
    plan = plan_of(next(statement for statement in sent if "LIMIT" in statement))
    assert "SCAN action" not in plan, plan
    assert "SCAN reminder" not in plan, plan
