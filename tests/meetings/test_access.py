"""Inside the compartment the whole panel, outside of it the thread alone: for everybody, at every address."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound
from werkzeug.routing import Rule

from app.accounts.models import Person
from app.accounts.policy import can
from app.accounts.queries import person_by_ref
from app.cdop.models import Panel
from app.cdop.panels import queries as panels
from app.core.access import Access
from app.core.database import current_session
from tests.support.cases import make_conflict
from tests.support.client import PageClient
from tests.support.panels import MET_ON, build_panel, hold, make_panel, make_ready
from tests.support.world import make_lesson

VALUES = {"ref": "P-0001", "case_ref": "D-0001", "number": 1, "person_ref": "cdop.chair"}


def addresses(app: Flask) -> list[tuple[Rule, Access]]:
    """The addresses of panels, each with what it asks."""
    found = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/panels")]
    return [(rule, getattr(app.view_functions[rule.endpoint], "access")) for rule in found]  # noqa: B009


@pytest.mark.parametrize(
    "ref",
    [
        "cdop.coordinator",
        "cdop.chair",
        "board.manager",
        "independent.chair",
        "executive.member",
        "scr.chair",
        "hlt.lead",
        "homerton.owner",
        "staff.reader",
        "administrator",
    ],
)
def test_each_person_opens_exactly_what_the_policy_allows(
    world: Flask, client_as: Callable[[str], PageClient], ref: str
) -> None:
    build_panel()
    current_session().commit()
    client, person = client_as(ref), person_by_ref(ref).facts
    tried = 0
    for rule, asked in addresses(world):
        values = {name: VALUES[name] for name in rule.arguments}
        if asked.load is None:
            allowed = can(person, asked.verb)
        else:
            try:
                allowed = can(person, asked.verb, asked.load(**values).facts)
            except NoResultFound:
                allowed = False
        path = world.url_map.bind("127.0.0.1").build(rule.endpoint, values)
        current_session().rollback()
        if "GET" in (rule.methods or ()):
            client.get(path, status=200 if allowed else 404)
            tried += 1
        elif not allowed:
            client.post(path, status=404)
    assert tried > 20


def test_somebody_outside_reads_the_thread_and_neither_agenda_nor_deaths_nor_their_number(
    world: Flask, client_as: Callable[[str], PageClient]
) -> None:
    case, other = make_ready(), make_ready()
    panel = make_panel(case, other)
    make_lesson(panel, heading="Ask every family again")
    current_session().commit()
    page = client_as("board.manager")
    thread, listed = (page.get(path).get_data(as_text=True) for path in (f"/panels/{panel.ref}", "/panels"))
    assert "Ask every family again" in thread
    for told in (thread, listed):
        assert "/agenda" not in told
        assert "Deaths" not in told.replace("Child Deaths", "")
        for death in (case, other):
            assert death.ref not in told
            assert death.cdop_number not in told
    inside = client_as("cdop.chair").get("/panels").get_data(as_text=True)
    assert "Deaths" in inside


def test_the_count_of_deaths_leaves_out_what_somebody_has_a_conflict_in(world: Flask) -> None:
    first, second = make_ready(), make_ready()
    panel = make_panel(first, second)
    make_conflict(first.ref, "cdop.chair")
    current_session().commit()
    current_session().expire_all()
    counted = {
        ref: panels.deaths_counted(person_by_ref(ref).facts, [panel.id]).get(panel.id)
        for ref in ("cdop.chair", "cdop.coordinator", "board.manager")
    }
    assert counted == {"cdop.chair": 1, "cdop.coordinator": 2, "board.manager": None}


def test_the_list_of_panels_equals_the_policy_for_everybody(world: Flask) -> None:
    for _ in range(3):
        make_panel()
    make_conflict("P-0002", "cdop.chair")
    make_conflict("P-0003", "board.manager")
    current_session().commit()
    current_session().expire_all()
    session = current_session()
    everything = session.scalars(select(Panel)).all()
    for each in session.scalars(select(Person)).all():
        found = set(session.scalars(select(Panel.ref).where(panels.visible(each.facts))))
        assert found == {panel.ref for panel in everything if can(each.facts, "panel.read", panel.facts)}, (
            each.ref
        )


def test_a_panel_that_is_known_from_a_file_alone_is_not_said_to_be_drawn_up(
    world: Flask, client_as: Callable[[str], PageClient]
) -> None:
    panel = make_panel()
    panel.status = "held"
    current_session().commit()
    page = client_as("cdop.chair")
    agenda, minutes = (
        page.get(f"/panels/{panel.ref}/{name}").get_data(as_text=True) for name in ("agenda", "minutes")
    )
    assert "Being drawn up" not in agenda
    assert "was not held" not in minutes


def test_closed_minutes_say_why_there_is_no_paper_of_them(
    world: Flask, client_as: Callable[[str], PageClient]
) -> None:
    panel = make_panel(make_ready(), meets_on=MET_ON)
    hold(panel).closed_on = MET_ON
    current_session().commit()
    minutes = client_as("cdop.chair").get(f"/panels/{panel.ref}/minutes").get_data(as_text=True)
    assert "come from a file" in minutes
    assert "redacted" not in minutes
