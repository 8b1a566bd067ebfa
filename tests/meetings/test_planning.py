"""Which deaths are ready, what they suggest, the next panel, quoracy as dated data, and attendance."""

import io
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from openpyxl import load_workbook

from app.accounts.models import Agency, Group
from app.accounts.queries import person_by_ref
from app.core.database import current_session
from app.core.report_year import ReportYear
from app.meetings import operations, queries
from app.meetings.rules.agenda import AlreadyHeld, NotAsked
from app.meetings.rules.quoracy import QuorumNotUsable
from tests.support.cases import make_conflict
from tests.support.client import PageClient
from tests.support.deaths import make_death, make_return
from tests.support.panels import MET_ON, hold, invite, make_panel, make_ready, meeting_of
from tests.support.statements import statements
from tests.support.world import DAY, by_ref

Client = Callable[[str], PageClient]


def test_those_that_are_ready_come_first_and_the_others_say_what_they_lack(world: Flask) -> None:
    bare = make_death(known_on=date(2016, 11, 1))
    make_return(bare)
    ready = make_ready()
    found = queries.candidates(person_by_ref("cdop.chair").facts)
    assert [(each.case, each.is_ready) for each in found] == [(ready, True), (bare, False)]
    assert found[1].lacks == [
        "The notification is not recorded.",
        "Not returned yet: Homerton University Hospital NHS FT.",
        "Nothing of the analysis has been drafted.",
    ]


def test_a_death_with_a_conflict_one_before_another_panel_and_a_reviewed_one_are_not_offered(
    world: Flask,
) -> None:
    near, elsewhere, reviewed, mine = (make_ready() for _ in range(4))
    make_conflict(near.ref, "cdop.chair")
    make_panel(elsewhere)
    reviewed.reviewed_on = DAY
    panel = make_panel(mine)
    current_session().commit()
    current_session().expire_all()
    chair = person_by_ref("cdop.chair").facts
    assert [each.case for each in queries.candidates(chair)] == []
    assert [each.case for each in queries.candidates(chair, panel=panel)] == [mine]
    assert queries.candidates(person_by_ref("board.manager").facts) == []


def test_the_next_panel_says_how_ready_it_is(world: Flask) -> None:
    coordinator = person_by_ref("cdop.coordinator").facts
    assert queries.next_panel(coordinator, on=DAY) is None
    bare = make_death()
    make_return(bare)
    make_panel(meets_on=date(2017, 6, 1))
    panel = make_panel(make_ready(), bare)
    make_panel(meets_on=date(2017, 3, 1))
    make_ready()
    found = queries.next_panel(coordinator, on=DAY)
    assert found is not None
    assert (found.panel, found.on_agenda, found.ready, found.waiting) == (panel, 2, 1, 1)


def test_a_suggested_panel_is_planned_with_its_deaths_in_one_form(world: Flask, client_as: Client) -> None:
    refs = [make_ready(age_band="0_27_days").ref for _ in range(3)]
    current_session().commit()
    page = client_as("cdop.coordinator")
    assert "suggested=neonatal" in page.get("/panels/planner").get_data(as_text=True)
    form = page.get("/panels/new?suggested=neonatal").get_data(as_text=True)
    assert form.count("checked") == len(refs) + 1
    page.post(
        "/panels/new?suggested=neonatal",
        {"group": "cdop", "meets_on": ["26", "4", "2017"], "panel_kind": "neonatal", "cases": refs},
    )
    held = queries.sitting("P-0001")
    assert [item.case.ref for item in held.items] == refs
    assert [item.position for item in held.items] == [1, 2, 3]


def test_the_order_of_the_agenda_changes_by_a_place(world: Flask) -> None:
    first, second, third = (make_ready() for _ in range(3))
    panel = make_panel(first, second, third)
    operations.move_item(item=queries.item(panel.ref, third.ref), up=True)
    operations.move_item(item=queries.item(panel.ref, first.ref), up=True)
    operations.remove_item(item=queries.item(panel.ref, second.ref))
    current_session().expire_all()
    assert [(item.case, item.position) for item in meeting_of(panel).items] == [(first, 1), (third, 2)]
    assert second.panel is None


def test_as_many_statements_make_a_page_of_many_deaths_as_of_one(world: Flask, client_as: Client) -> None:
    panel = make_panel(make_ready())
    make_ready()
    current_session().commit()
    page = client_as("cdop.coordinator")
    paths = (f"/panels/{panel.ref}/agenda", "/panels/planner", f"/panels/{panel.ref}/agenda/add", "/panels")

    def asked(path: str) -> int:
        page.get(path)
        with statements() as made:
            page.get(path)
        return sum("audit" not in statement for statement in made)

    before = [asked(path) for path in paths]
    operations.add_cases(panel=panel, cases=[make_ready() for _ in range(4)])
    for _ in range(4):
        make_ready()
        make_panel()
    current_session().commit()
    assert [asked(path) for path in paths] == before


def test_a_rule_of_quoracy_begins_on_its_day_and_a_panel_before_keeps_the_other(
    world: Flask, client_as: Client
) -> None:
    page = client_as("cdop.chair")
    page.get("/panels/quoracy")
    page.get("/panels/quoracy/new")
    begins = {"in_force_from": ["1", "5", "2017"]}
    form = {
        **begins,
        "least_attendance": "6",
        "professions": "Public health\nMidwifery",
        "agencies": ["homerton"],
    }
    page.post("/panels/quoracy/new", form)
    page.post("/panels/quoracy/new", form, status=422)
    page.post("/panels/quoracy/new", {**form, "in_force_from": ["1", "5", "2016"]}, status=422)
    page.post("/panels/quoracy/new", {**form, "least_attendance": "none"}, status=422)
    before, after = make_panel(), make_panel(meets_on=date(2017, 5, 1))
    old, new = queries.quorum_for(before), queries.quorum_for(after)
    assert old is not None
    assert new is not None
    assert (old.least, new.least) == (4, 6)
    assert [(part.label, part.agency_id) for part in new.parts] == [
        ("Public health", None),
        ("Midwifery", None),
        ("Homerton University Hospital NHS FT", by_ref(Agency, "homerton").id),
    ]
    client_as("administrator").get("/panels/quoracy")
    client_as("cdop.coordinator").get("/panels/quoracy", status=404)


def test_two_rules_of_one_group_do_not_begin_on_one_day(world: Flask) -> None:
    group = by_ref(Group, "cdop")
    operations.set_quorum(in_force_from=DAY, least_attendance="3", group=group)
    with pytest.raises(QuorumNotUsable):
        operations.set_quorum(in_force_from=DAY, least_attendance="4", group=group)
    operations.set_quorum(in_force_from=DAY, least_attendance="4")


def test_somebody_is_asked_once_and_nobody_once_the_panel_was_held(world: Flask) -> None:
    panel = make_panel(meets_on=MET_ON)
    invite(panel)
    with pytest.raises(NotAsked):
        invite(panel)
    with pytest.raises(NotAsked):
        operations.uninvite(attendee=queries.sitting(panel.ref).attendees[0])
    operations.uninvite(attendee=queries.sitting(panel.ref).attendees[-1])
    assert [each.kind for each in meeting_of(panel).attendees] == ["member", "member"]
    hold(panel)
    with pytest.raises(AlreadyHeld):
        invite(panel)


def test_attendance_of_a_year_counts_each_panel_once_an_agency_and_leaves_experts_out(
    world: Flask, client_as: Client
) -> None:
    for absent in ((), ("cdop.chair",), ("cdop.chair", "cdop.coordinator")):
        panel = make_panel(meets_on=MET_ON)
        invite(panel)
        operations.invite(
            panel=panel, kind="stand_in", post="Detective", agency=by_ref(Agency, "met-police-hackney")
        )
        hold(panel, absent=absent)
    make_panel()
    found = queries.attendance_of_year(person_by_ref("cdop.chair").facts, ReportYear(2016))
    assert [(row.agency, row.asked, row.attended, row.percent) for row in found] == [
        ("CHSCB team", 3, 2, 67),
        ("Metropolitan Police, Hackney Borough", 3, 3, 100),
    ]
    assert queries.attendance_of_year(person_by_ref("cdop.chair").facts, ReportYear(2017)) == []
    current_session().commit()
    page = client_as("cdop.coordinator")
    assert "67%" in page.get("/panels/attendance").get_data(as_text=True)
    answer = page.get("/panels/attendance/export?format=xlsx")
    cells = [
        cell
        for row in load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True)
        for cell in row
    ]
    assert {"CHSCB team", 67} <= set(cells)
