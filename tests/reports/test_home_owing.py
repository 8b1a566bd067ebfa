"""Homes of those who owe: owners, the leads of agencies, and those who sit on the board for one."""

from datetime import date

from flask import Flask

from app.actions.models import Action
from tests.reports.support import (
    Sign,
    a_thread,
    html,
    numbers,
    part,
    sent,
    signed_off,
    words,
)
from tests.support.world import (
    make_action,
)


def an_owners_work() -> dict[str, Action]:
    """One action of the named nurse of the Homerton at each place of a home."""
    _, lesson = a_thread()
    found = {
        "overdue": make_action(lesson, due_on=date(2017, 3, 16)),
        "soon": make_action(lesson, due_on=date(2017, 4, 28)),
        "later": make_action(lesson, due_on=date(2017, 4, 29)),
        "returned": make_action(lesson, due_on=date(2017, 4, 7)),
        "sent": make_action(lesson, due_on=date(2017, 3, 1)),
        "colleague": make_action(lesson, due_on=date(2017, 4, 7), owner="left.owner"),
        "elsewhere": make_action(lesson, due_on=date(2017, 3, 16), owner="police.owner"),
    }
    signed_off(make_action(lesson))
    sign_off = sent(found["returned"], date(2017, 3, 1))
    sign_off.decision, sign_off.decided_on = "returned", date(2017, 3, 8)
    sign_off.resubmit_by_on = date(2017, 4, 7)
    found["returned"].status = "in_progress"
    from app.actions.standing import keep

    keep(found["returned"], on=date(2017, 3, 31))
    sent(found["sent"], date(2017, 3, 20))
    return found


def test_an_owner_sees_each_action_in_one_place(world: Flask, client_as: Sign) -> None:
    found = an_owners_work()
    page = client_as("homerton.owner").get("/")
    heads = {
        "overdue": "Overdue 1",
        "returned": "Waiting on you: returned 1",
        "soon": "Due in the next 28 days 1",
        "later": "Due later 1",
        "sent": "Waiting on others 1",
    }
    order = list(heads)
    for place, key in enumerate(order):
        following = heads[order[place + 1]] if place + 1 < len(order) else None
        section = part(page, heads[key], following)
        assert found[key].title in section
        others = [found[name].title for name in heads if name != key]
        assert not [title for title in others if f"{title} " in f"{section} "]
    assert "11 working days late" in part(page, "Overdue 1", "Waiting on you")
    assert "with SCR Sub-Group for 9 working days" in words(page)
    assert found["colleague"].title not in words(page)
    assert "5 open" not in words(page)
    assert "4 open" in words(page)


def test_what_is_open_is_one_click_from_its_update(world: Flask, client_as: Sign) -> None:
    found = an_owners_work()
    page = html(client_as("homerton.owner").get("/"))
    assert f"/actions/{found['overdue'].ref}/update" in page
    assert f"/actions/{found['sent'].ref}/update" not in page


def test_what_was_said_not_to_be_for_an_agency_says_so_until_it_is_decided(
    world: Flask, client_as: Sign
) -> None:
    found = an_owners_work()
    owner = client_as("homerton.owner")
    owner.post(f"/actions/{found['soon'].ref}/not-for-us", {"reason": "Schools do this."})
    section = part(owner.get("/"), "Due in the next 28 days 1", "Due later 1")
    assert "said not to be for Homerton University Hospital NHS FT; not decided yet" in section


def test_an_owner_who_owes_nothing_is_told_so(world: Flask, client_as: Sign) -> None:
    assert "You owe nothing at present." in words(client_as("police.owner").get("/"))


def test_a_lead_sees_the_agencys_other_actions_by_person(world: Flask, client_as: Sign) -> None:
    found = an_owners_work()
    page = client_as("homerton.lead").get("/")
    assert numbers(page) == {
        "overdue": 1,
        # As the register counts them that it leads to, what was returned among them.
        "due in the next 28 days": 3,
        "open in all": 5,
        "sent for sign-off": 1,
    }
    assert found["colleague"].title in part(page, "Left owner")
    assert found["overdue"].title in part(page, "Homerton owner", "Left owner")
    assert found["elsewhere"].title not in words(page)
    assert f"/actions/{found['colleague'].ref}/reassign" in html(page)


def test_a_board_member_reads_the_agencys_actions_and_updates_none(world: Flask, client_as: Sign) -> None:
    _, lesson = a_thread()
    action = make_action(lesson, owner="hlt.lead")
    page = html(client_as("hlt.member").get("/"))
    assert action.title in page
    assert "/update" not in page
    assert "/reassign" not in page


def test_somebody_of_several_roles_has_a_section_for_each(world: Flask, client_as: Sign) -> None:
    _, lesson = a_thread()
    make_action(lesson, owner="csc.lead")
    page = words(client_as("csc.lead").get("/"))
    assert "What must I do, by when?" in page
    assert "What must Hackney Children and Young People's Services do" in page
    assert "What is slipping" not in page
    assert "What is slipping, and what must we decide?" in words(client_as("scr.member").get("/"))
