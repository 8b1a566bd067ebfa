"""Training is read by everybody, kept by the editor, and leaves as a file; nothing of it is deleted."""

import io
from collections.abc import Callable
from typing import Any

from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.briefings.models import LearningEvent
from app.core.database import current_session
from tests.support.briefings import make_event
from tests.support.client import PageClient
from tests.support.statements import statements
from tests.support.world import DAY, by_ref

ClientAs = Callable[[str], PageClient]

COURSE: dict[str, Any] = {
    "kind": "course",
    "title": "Neglect: seeing it early",
    "held_on": ["20", "4", "2017"],
    "where_and_when": "9:30am to 12:30pm, Hackney Town Hall",
    "url": "https://training.example.org/neglect",
    "area": "hackney",
}


def test_training_is_added_changed_and_withdrawn_with_a_reason(world: Flask, client_as: ClientAs) -> None:
    editor = client_as("tusk.editor")
    editor.get("/training/new")
    for wrong in (
        {"title": ""},
        {"held_on": ["", "", ""]},
        {"url": "javascript:alert(1)"},
        {"kind": "party"},
    ):
        page = editor.post("/training/new", COURSE | wrong, status=422).get_data(as_text=True)
        assert "Hackney Town Hall" in page
    editor.post("/training/new", COURSE)
    event = by_ref(LearningEvent, "E-0001")
    assert (event.title, event.held_on.day, event.area.ref) == (COURSE["title"], 20, "hackney")
    editor.get("/training/E-0001/edit")
    editor.post("/training/E-0001/edit", COURSE | {"kind": "e_learning", "area": ""})
    current_session().expire_all()
    assert (event.held_on, event.area) == (None, None)
    editor.get("/training/E-0001/withdraw")
    editor.post("/training/E-0001/withdraw", {"reason": ""}, status=422)
    editor.post("/training/E-0001/withdraw", {"reason": "The trainer is ill"})
    editor.post("/training/E-0001/edit", COURSE, status=422)
    assert COURSE["title"] not in editor.get("/training").get_data(as_text=True)
    gone = editor.get("/training?withdrawn=y").get_data(as_text=True)
    assert "The trainer is ill" in gone
    verbs = current_session().scalars(
        select(AuditEntry.verb).where(AuditEntry.subject_ref == "E-0001").order_by(AuditEntry.id)
    )
    assert list(verbs) == ["event.create", "event.change", "event.withdraw"]


def test_everybody_reads_what_is_ahead_and_finds_it_by_filters(world: Flask, client_as: ClientAs) -> None:
    make_event(title="For all")
    make_event(title="Long past", held_on=DAY.replace(year=2016))
    make_event(title="Any day", kind="e_learning", held_on=None, about="Free, from the Home Office")
    reader = client_as("staff.reader")
    page = reader.get("/training").get_data(as_text=True)
    assert page.index("For all") < page.index("Any day")
    assert "Long past" not in page
    assert "Add training" not in page
    assert "Long past" in reader.get("/training?held=all&sort=-title").get_data(as_text=True)
    only = reader.get("/training?held=past").get_data(as_text=True)
    assert "Long past" in only
    assert "For all" not in only
    found = reader.get("/training?text=home+office&kind=e_learning&area=hackney").get_data(as_text=True)
    assert "Any day" in found
    assert "For all" not in found
    assert "No training matches" in reader.get("/training?text=nothing").get_data(as_text=True)
    for address in ("/training/new", "/training/E-0001/edit", "/training/E-0001/withdraw"):
        reader.get(address, status=404)


def test_the_list_leaves_as_a_file_narrowed_as_it_is(world: Flask, client_as: ClientAs) -> None:
    make_event(title="=2+3")
    make_event(title="Any day", kind="e_learning", held_on=None)
    reader = client_as("staff.reader")
    told = reader.client.get("/training/export?kind=course")
    sheet = load_workbook(io.BytesIO(told.data)).worksheets[0]
    values = [cell for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None]
    assert "Any day" not in values
    assert any(str(value).lstrip("'") == "=2+3" for value in values)
    csv = reader.client.get("/training/export?format=csv").get_data(as_text=True)
    assert "2017-04-20" in csv


def test_a_long_list_costs_no_more_questions(world: Flask, client_as: ClientAs) -> None:
    reader = client_as("staff.reader")

    def asked() -> int:
        with statements() as seen:
            reader.get("/training?held=all")
        return len(seen)

    make_event()
    current_session().commit()
    reader.get("/training")
    few = asked()
    for _ in range(30):
        make_event()
    current_session().commit()
    assert asked() == few
