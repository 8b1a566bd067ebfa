"""A panel from its plan to its closed minutes, by hand in the pages."""

from collections.abc import Callable

from flask import Flask

from app.accounts.queries import person_by_ref
from app.core.database import current_session
from app.meetings import queries
from tests.support.client import PageClient
from tests.support.panels import MET_ON, make_panel, make_ready


def test_a_panel_is_planned_sent_held_decided_and_closed_in_the_pages(
    world: Flask, client_as: Callable[[str], PageClient]
) -> None:
    first, second = make_ready(), make_ready()
    current_session().commit()
    page = client_as("cdop.coordinator")
    page.get("/panels/planner")
    page.get("/panels")
    page.get("/panels/new")
    day = {"meets_on": ["29", "3", "2017"]}
    page.post(
        "/panels/new",
        {"group": "cdop", **day, "panel_kind": "general", "where_and_when": "10am", "cases": [first.ref]},
    )
    page.get("/panels/P-0001")
    page.get("/panels/P-0001/agenda")
    page.get("/panels/P-0001/agenda/add")
    page.post("/panels/P-0001/agenda/add", {"cases": [second.ref], "minutes": "25"})
    page.post(f"/panels/P-0001/agenda/{second.ref}/move", {"to": "up"})
    page.get(f"/panels/P-0001/agenda/{second.ref}/minutes")
    page.get("/panels/P-0001/people")
    page.post(
        "/panels/P-0001/people", {"kind": "expert", "post": "Consultant neonatologist", "agency": "homerton"}
    )
    page.get("/panels/P-0001/send")
    page.post("/panels/P-0001/send")
    agenda = page.get("/panels/P-0001/agenda").get_data(as_text=True)
    assert "Read the papers" in agenda
    answer = page.get("/panels/P-0001/papers/1")
    assert answer.data.startswith(b"%PDF")
    page.get("/panels/P-0001/attendance")
    page.post("/panels/P-0001/attendance", status=422)
    held = queries.sitting("P-0001")
    keys = [each.person.ref if each.person else f"row-{each.id}" for each in held.attendees]
    form = page.get("/panels/P-0001/attendance").get_data(as_text=True)
    # The expert came, and is offered to stand for nobody.
    assert form.count("Consultant neonatologist") == 1
    absent = {f"who_{key}": "apologies" for key in keys} | {"part_0": "cdop.chair"}
    refused = page.post("/panels/P-0001/attendance", absent, status=422)
    assert "stood for nobody" in refused.get_data(as_text=True)
    page.post("/panels/P-0001/attendance", {f"who_{key}": "attended" for key in keys})
    page.get("/panels/P-0001/agenda")
    chair = client_as("cdop.chair")
    chair.get("/panels/P-0001/without-quorum")
    chair.post("/panels/P-0001/without-quorum", {"reason": "All agencies sent their comments."})
    page.get(f"/panels/P-0001/agenda/{first.ref}/complete")
    page.post(f"/panels/P-0001/agenda/{first.ref}/complete", {"note": "Agreed.", "reason": ""})
    page.get(f"/panels/P-0001/agenda/{second.ref}/defer")
    page.post(f"/panels/P-0001/agenda/{second.ref}/defer", {"reason": "The inquest.", "waits_on": "inquest"})
    page.get(f"/panels/P-0001/agenda/{first.ref}/learning")
    page.post(
        f"/panels/P-0001/agenda/{first.ref}/learning",
        {
            "whose": "panel",
            "heading": "Ask again",
            "with_action": "y",
            "title": "Ask every family again",
            "intended_outcome": "Help comes early.",
            "measure_of_success": "Nine in ten are asked.",
            "agency": "homerton",
            "owner_role": "Named nurse",
        },
    )
    page.get("/panels/P-0001/minutes/add")
    page.post("/panels/P-0001/minutes/add", {"words": "The next panel is in June."})
    page.get("/panels/P-0001/minutes/close")
    page.post("/panels/P-0001/minutes/close")
    page.get("/panels/P-0001/minutes")
    page.get("/panels/P-0001/agenda")
    thread = page.get("/panels/P-0001").get_data(as_text=True)
    assert "Ask again" in thread
    page.get("/panels/attendance")
    page.get("/panels")
    current_session().expire_all()
    assert first.reviewed_on == MET_ON
    assert second.reviewed_on is None
    assert second.panel is None
    assert [wait.reason for wait in second.waits_standing] == ["inquest"]


def test_a_co_ordinator_without_a_seat_records_what_the_panel_teaches(
    world: Flask, client_as: Callable[[str], PageClient]
) -> None:
    panel = make_panel()
    coordinator = person_by_ref("cdop.coordinator")
    coordinator.seats.clear()
    current_session().commit()
    page = client_as("cdop.coordinator")
    assert "/sources/P-0001/lessons/new" in page.get(f"/panels/{panel.ref}").get_data(as_text=True)
    page.post(
        "/sources/P-0001/lessons/new",
        {
            "heading": "Ask about safe sleep at every visit",
            "what_we_learned": "Advice was given once and not again.",
            "what_you_should_do": "Ask where the baby sleeps.",
            "found_on": ["29", "3", "2017"],
        },
    )
    assert "Ask about safe sleep" in page.get(f"/panels/{panel.ref}").get_data(as_text=True)
    assert client_as("hlt.lead").client.get(f"/panels/{panel.ref}").status_code == 404
