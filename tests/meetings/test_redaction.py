"""A text that should never have been written is emptied at the meeting, at the death and in the papers."""

import json
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.queries import person_by_ref
from app.audit.models import AuditPayload
from app.audit.redaction import operations as redactions
from app.audit.redaction.queries import record as recorded
from app.audit.redaction.queries import texts
from app.cdop.models import ChildDeathCase
from app.core.acting import Actor, acting_as
from app.core.database import current_session
from app.meetings import operations, queries
from tests.support.cases import make_conflict
from tests.support.client import PageClient
from tests.support.panels import MET_ON, hold, make_panel, make_ready, meeting_of
from tests.support.trail import entries

TEXT = "Her brother plays for the team in blue."


def actor(ref: str) -> Actor:
    """Somebody of the cast as whoever acts."""
    person = person_by_ref(ref)
    return Actor(person.id, person.name)


def redact(kind: str, ref: str, field: str) -> None:
    """Two people redact a text."""
    with acting_as(actor("cdop.coordinator")):
        asked = redactions.ask(of=recorded(kind, ref), field=field, reason="It names a child.")
    current_session().commit()
    with acting_as(actor("cdop.chair")):
        redactions.carry_out(redaction=asked, of=recorded(kind, ref))
    current_session().commit()


def in_the_trail() -> list[str]:
    """The payloads that hold the text."""
    bodies = current_session().scalars(select(AuditPayload.body))
    return [body for body in bodies if TEXT in json.dumps(json.loads(body), ensure_ascii=False)]


def deferred(case: ChildDeathCase) -> str:
    """A panel that deferred the death and said the text of it."""
    panel = make_panel(case, meets_on=MET_ON)
    hold(panel)
    operations.defer(item=meeting_of(panel).items[0], reason="It waits.", note=TEXT)
    current_session().commit()
    return panel.ref


def test_what_was_said_of_a_death_goes_from_the_minutes_and_from_the_trail_of_the_death(world: Flask) -> None:
    ref = deferred(make_ready())
    item = queries.sitting(ref).items[0]
    assert len(in_the_trail()) == 1
    redact("meeting", ref, f"item.{item.id}.note")
    assert queries.sitting(ref).items[0].note.startswith("[Redacted on ")
    assert in_the_trail() == []


def test_what_goes_from_the_trail_of_a_death_goes_from_the_minutes_too(world: Flask) -> None:
    case = make_ready()
    ref = deferred(case)
    (field,) = (name for name, (_, text) in texts(recorded("child_death", case.ref)).items() if text == TEXT)
    redact("child_death", case.ref, field)
    assert queries.sitting(ref).items[0].note.startswith("[Redacted on ")
    assert in_the_trail() == []


def test_papers_that_repeat_a_text_of_the_analysis_go_with_it_and_others_stay(
    world: Flask, client_as: Callable[[str], PageClient]
) -> None:
    case, other = make_ready(learning=TEXT), make_ready()
    with_it, without = make_panel(case), make_panel(other)
    for panel in (with_it, without):
        operations.send_papers(panel=panel)
    current_session().commit()
    redact("child_death", case.ref, "learning")
    page = client_as("cdop.coordinator")
    page.get(f"/panels/{with_it.ref}/papers/1", status=404)
    agenda = page.get(f"/panels/{with_it.ref}/agenda").get_data(as_text=True)
    assert "The file is gone for good" in agenda
    assert "Read the papers" not in agenda
    page.get(f"/panels/{without.ref}/papers/1")


def test_a_paper_that_was_redacted_by_itself_is_gone_for_good(
    world: Flask, client_as: Callable[[str], PageClient]
) -> None:
    panel = make_panel(make_ready())
    operations.send_papers(panel=panel)
    redact("meeting", panel.ref, "paper.1.content")
    client_as("cdop.coordinator").get(f"/panels/{panel.ref}/papers/1", status=404)


@pytest.mark.parametrize("ref", ["cdop.chair", "cdop.coordinator"])
def test_nobody_reads_there_what_was_said_of_a_death_in_which_they_have_a_conflict(
    world: Flask, client_as: Callable[[str], PageClient], ref: str
) -> None:
    case = make_ready()
    panel_ref = deferred(case)
    make_conflict(case.ref, "cdop.chair")
    current_session().commit()
    page = client_as(ref).get(f"/redactions/ask/meeting/{panel_ref}").get_data(as_text=True)
    assert f"/panels/{panel_ref}/agenda" in page
    assert (TEXT in page, case.ref in page) == ((ref == "cdop.coordinator"),) * 2


def test_what_is_asked_in_a_meeting_is_listed_and_decided_inside_alone_and_never_against_a_conflict(
    world: Flask, client_as: Callable[[str], PageClient]
) -> None:
    ref = deferred(make_ready())
    item = queries.sitting(ref).items[0]
    with acting_as(actor("cdop.coordinator")):
        asked = redactions.ask(
            of=recorded("meeting", ref), field=f"item.{item.id}.note", reason="It tells of D-0001."
        )
    current_session().commit()
    chair, manager = client_as("cdop.chair"), client_as("board.manager")
    assert "tells of D-0001" in chair.get("/redactions").get_data(as_text=True)
    chair.get(f"/redactions/{asked.ref}")
    manager.get(f"/redactions/{asked.ref}", status=404)
    assert asked.ref not in manager.get("/redactions").get_data(as_text=True)
    assert "Redactions: 1 to decide" not in manager.get("/").get_data(as_text=True)
    (entry,) = entries("redaction.ask")
    assert "tells of" not in manager.get(f"/audit/{entry.id}").get_data(as_text=True)
    make_conflict("D-0001", "cdop.chair")
    chair.get(f"/redactions/{asked.ref}", status=404)


def test_the_theme_of_a_panel_goes_with_what_the_panel_is_called_by_it(world: Flask) -> None:
    panel = make_panel(panel_kind="themed", theme=f"Deaths like this: {TEXT}")
    current_session().commit()
    redact("panel", panel.ref, "theme")
    assert panel.theme.startswith("[Redacted on ")
    assert panel.caption == panel.theme
