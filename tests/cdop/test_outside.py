"""What somebody outside can learn of child deaths by trying: nothing, not even which there are."""

import re

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.audit.models import AuditEntry
from app.core.database import current_session
from tests.cdop.support import ClientAs, words
from tests.support.cases import make_glass
from tests.support.deaths import make_death, make_return
from tests.support.panels import build_panel
from tests.support.statements import statements
from tests.support.trail import entries

#: Addresses of a death and of a return, with a place for the reference.
OF_A_DEATH = (
    "/child-deaths/{}",
    "/child-deaths/{}/close",
    "/child-deaths/{}/stages/1/withdraw",
    "/child-deaths/{}/analysis",
    "/child-deaths/{}/returns",
    "/child-deaths/{}/access/conflicts/csc.lead/end",
    "/panels/P-0001/agenda/{}/complete",
    "/redactions/ask/child_death/{}",
)
OF_A_RETURN = ("/returns/{}", "/returns/{}/waive", "/returns/{}/chase", "/redactions/ask/agency_return/{}")


@pytest.mark.parametrize("who", ["board.manager", "hlt.lead"])
def test_a_refusal_takes_as_long_whether_the_death_is_there_or_not(
    world: Flask, client_as: ClientAs, who: str
) -> None:
    build_panel()
    client = client_as(who)
    client.get("/")
    for paths, there, absent in ((OF_A_DEATH, "D-0001", "D-0099"), (OF_A_RETURN, "N-0001", "N-0099")):
        for path in paths:
            asked = []
            for ref in (there, absent):
                with statements() as sent:
                    client.get(path.format(ref), status=404)
                asked.append(len(sent))
            assert asked[0] == asked[1], path


def test_a_panel_refuses_the_same_whatever_it_has_before_it(world: Flask, client_as: ClientAs) -> None:
    build_panel()
    client = client_as("board.manager")
    client.get("/")
    for path in ("agenda", "minutes", "papers/1", "people"):
        with statements() as sent:
            client.get(f"/panels/P-0001/{path}", status=404)
        assert not [each for each in sent if "agenda_item" in each], path


def test_the_trail_does_not_tell_which_deaths_and_returns_there_are(
    world: Flask, client_as: ClientAs
) -> None:
    make_return(make_death())
    client = client_as("administrator")
    for digits in ("0001", "0099"):
        for path in ("/child-deaths/D-{}", "/reviews/D-{}", "/returns/N-{}", "/actions/N-{}"):
            client.get(path.format(digits), status=404)
    assert len(entries("child_death.read")) == 2
    for who in ("administrator", "board.manager"):
        reader = client_as(who)
        for path in ("/audit", "/audit?show=refusals", "/audit?kind=child_death", "/audit/export?format=csv"):
            page = reader.get(path).get_data(as_text=True)
            assert not re.search(r"[DN]-00(01|99)\b", page), path
        assert "Child death: read" not in words(reader, "/audit")
        numbers = current_session().scalars(
            select(AuditEntry.id).where(AuditEntry.subject_ref.in_(["D-0001", "D-0099", "N-0001", "N-0099"]))
        )
        for number in numbers.all():
            reader.get(f"/audit/{number}", status=404)


def test_whoever_broke_the_glass_of_a_death_finds_its_refusals(world: Flask, client_as: ClientAs) -> None:
    make_death()
    client_as("hlt.lead").get("/child-deaths/D-0001", status=404)
    make_glass("D-0001", "board.manager")
    assert "D-0001" in words(client_as("board.manager"), "/audit?show=refusals")
    assert "D-0001" not in words(client_as("independent.chair"), "/audit?show=refusals")


def test_no_entry_that_is_read_outside_counts_deaths(world: Flask, client_as: ClientAs) -> None:
    make_return(make_death())
    client_as("cdop.coordinator").get("/child-deaths/export?format=csv")
    client_as("cdop.coordinator").get("/returns/export?format=csv")
    lines = words(client_as("administrator"), "/audit?kind=export")
    for name in ("Child deaths", "Agency returns"):
        assert f"Exported {name} as CSV" in lines
    assert current_session().scalar(select(func.count()).where(AuditEntry.line.contains("row of"))) == 0


def test_that_newer_data_wait_for_the_figures_is_told_inside_alone(world: Flask, client_as: ClientAs) -> None:
    make_death()
    for who, is_told in (("cdop.chair", True), ("board.manager", False), ("scr.member", False)):
        page = words(client_as(who), "/child-deaths/figures/2016-17")
        assert ("Newer data wait" in page) == is_told, who
        assert ("Working figures" in page) == is_told, who


def test_the_glass_of_a_death_opens_no_form_about_it_and_no_way_that_leads_nowhere(
    world: Flask, client_as: ClientAs
) -> None:
    build_panel()
    make_glass("D-0001", "board.manager")
    manager = client_as("board.manager")
    manager.get("/panels/P-0001/agenda/D-0001/learning", status=404)
    client_as("cdop.chair").get("/panels/P-0001/agenda/D-0001/learning")
    for path in ("", "/access", "/analysis", "/returns"):
        assert 'href="/child-deaths"' not in words(manager, f"/child-deaths/D-0001{path}"), path
