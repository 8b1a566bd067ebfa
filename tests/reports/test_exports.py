"""The lists that leave as files: what the person may see, narrowed as the page is, and on record."""

import csv
import io
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from app.accounts.models import Group, Seat
from app.accounts.queries import person_by_ref
from app.actions.models import Challenge, ChallengeEntry, ImpactStatement
from app.audit.models import AuditEntry
from app.core.clock import machine_now
from app.core.database import current_session
from app.lessons.models import Lesson
from tests.support.client import PageClient
from tests.support.thread import build_thread
from tests.support.world import DAY, make_action

#: The address of each list, and the name of its sheet.
LISTS = (
    ("reviews", "Reviews"),
    ("lessons", "Lessons"),
    ("actions", "Actions"),
    ("impact", "Impact"),
    ("challenges", "Challenges"),
    ("sign-offs", "Waiting for sign-off"),
)


@pytest.fixture
def thread(world: Flask) -> Flask:
    build_thread()
    learned = current_session().scalars(select(Lesson).order_by(Lesson.ref).limit(1)).one()
    closed = make_action(learned, status="complete", closed_on=DAY)
    closed.impact_level = 1
    for number, statement in enumerate(("Every ward was told.", "=1+1"), start=1):
        closed.impact_statements.append(
            ImpactStatement(
                ref=f"{closed.ref}-I{number}",
                level=number,
                statement=statement,
                stated_on=DAY,
                decision=None if number == 2 else "confirmed",
                measured_on=DAY,
            )
        )
    current_session().commit()
    return world


def rows_of(answer_text: str) -> list[dict[str, str]]:
    lines = list(csv.reader(io.StringIO(answer_text.lstrip("\ufeff"), newline="")))
    headings = lines.index([]) + 1
    return [dict(zip(lines[headings], line, strict=True)) for line in lines[headings + 1 :]]


@pytest.mark.parametrize(("name", "sheet_name"), LISTS)
def test_a_list_leaves_as_csv_and_as_excel_with_the_same_rows(
    thread: Flask, client_as: Callable[[str], PageClient], name: str, sheet_name: str
) -> None:
    client = client_as("board.manager")
    page = client.get(f"/{name}?status=any").get_data(as_text=True)
    assert f"/{name}/export?status=any&amp;format=csv" in page
    answer = client.get(f"/{name}/export?status=any&format=csv")
    assert answer.headers["Content-Disposition"] == f"attachment; filename={name}.csv"
    assert answer.headers["Cache-Control"] == "no-store"
    refs = [row["Ref"] for row in rows_of(answer.get_data(as_text=True))]
    assert refs
    book = load_workbook(io.BytesIO(client.get(f"/{name}/export?status=any&format=xlsx").get_data()))
    sheet = book[sheet_name]
    assert [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)] == refs


def test_a_file_holds_what_the_person_may_see_and_no_more(
    thread: Flask, client_as: Callable[[str], PageClient]
) -> None:
    def refs(person: str) -> set[str]:
        text = client_as(person).get("/actions/export?status=any&format=csv").get_data(as_text=True)
        return {row["Ref"] for row in rows_of(text)}

    everything, own = refs("board.manager"), refs("homerton.owner")
    assert own < everything
    client_as("staff.reader").get("/actions/export", status=404)
    for name in ("reviews", "challenges", "sign-offs"):
        client_as("hlt.lead").get(f"/{name}/export", status=404)
    client_as("staff.reader").get("/impact/export", status=404)


@pytest.mark.parametrize("name", [name for name, _ in LISTS])
def test_what_a_group_oversees_is_all_that_its_members_take_away(
    thread: Flask, client_as: Callable[[str], PageClient], name: str
) -> None:
    def refs(person: str) -> set[str]:
        text = client_as(person).get(f"/{name}/export?status=any&format=csv").get_data(as_text=True)
        return {row["Ref"] for row in rows_of(text)}

    own = refs("qa.chair")
    assert own < refs("board.manager")
    client_as("qa.chair").get(f"/{name}?status=any")
    page = client_as("qa.chair").get(f"/{name}?status=any").get_data(as_text=True)
    assert all(ref in page for ref in own)


def test_the_register_of_impact_holds_what_was_stated_last_and_days_are_days(
    thread: Flask, client_as: Callable[[str], PageClient]
) -> None:
    client = client_as("board.manager")
    (row,) = rows_of(client.get("/impact/export?format=csv").get_data(as_text=True))
    assert (row["Level confirmed"], row["Level stated"], row["Decision"]) == (
        "1",
        "2",
        "Waits to be confirmed",
    )
    assert row["Latest statement"] == "'=1+1", "no spreadsheet takes it for a formula"
    book = load_workbook(io.BytesIO(client.get("/impact/export?format=xlsx").get_data()))
    headings, first = book["Impact"].iter_rows(max_row=2, values_only=True)
    told = dict(zip(headings, first, strict=True))
    assert told["Date completed"].date() == DAY
    assert told["Latest statement"] == "=1+1"
    assert book["Impact"].cell(2, headings.index("Latest statement") + 1).data_type == "s"


def test_the_log_of_a_challenge_stands_in_its_row(
    thread: Flask, client_as: Callable[[str], PageClient]
) -> None:
    challenge = current_session().scalars(select(Challenge).where(Challenge.ref == "H-0001")).one()
    challenge.entries.append(
        ChallengeEntry(
            kind="written",
            whom="The chief executive",
            words="A letter was sent.",
            happened_on=date(2017, 3, 3),
            recorded_at=machine_now(),
        )
    )
    current_session().commit()
    text = (
        client_as("board.manager")
        .get("/challenges/export?stands=open&sort=ref&format=csv")
        .get_data(as_text=True)
    )
    row = rows_of(text)[0]
    assert row["Log"] == "3 March 2017: Written to The chief executive. A letter was sent."
    assert (row["Outcome"], row["Raised"], row["Last in the log"]) == ("Open", "2017-03-01", "2017-03-03")
    assert "Narrowed to,Stands: Open" in text


def test_the_queue_of_sign_offs_says_by_when_to_decide(
    thread: Flask, client_as: Callable[[str], PageClient]
) -> None:
    text = client_as("board.manager").get("/sign-offs/export?group=scr&format=csv").get_data(as_text=True)
    (row,) = rows_of(text)
    assert (row["Sent"], row["Decide by"], row["Evidence"]) == ("2017-03-20", "2017-04-17", "1")
    assert "Narrowed to,Group: SCR Sub-Group" in text
    entry = current_session().scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert (entry.verb, entry.subject_ref) == ("export.read", "sign-offs")


def test_a_label_with_several_values_stands_once(
    thread: Flask, client_as: Callable[[str], PageClient]
) -> None:
    group = current_session().scalars(select(Group).where(Group.ref == "qa")).one()
    current_session().add(Seat(group=group, person=person_by_ref("scr.chair")))
    current_session().commit()
    text = client_as("scr.chair").get("/assurance/export?format=csv").get_data(as_text=True)
    assert text.count("Actions of:") == 1
    assert "QA Sub-Group, SCR Sub-Group" in text


def test_a_file_is_narrowed_and_sorted_as_the_page_is_and_says_so(
    thread: Flask, client_as: Callable[[str], PageClient]
) -> None:
    client = client_as("board.manager")
    text = client.get("/actions/export?status=any&agency=homerton&sort=-ref&format=csv").get_data(
        as_text=True
    )
    rows = rows_of(text)
    assert rows
    assert {row["Lead agency"] for row in rows} == {"Homerton University Hospital NHS FT"}
    assert [row["Ref"] for row in rows] == sorted((row["Ref"] for row in rows), reverse=True)
    assert "Agency: Homerton University Hospital NHS FT" in text
    assert "Marking,OFFICIAL-SENSITIVE" in text


def test_its_making_is_on_record_without_the_words_that_were_typed(
    thread: Flask, client_as: Callable[[str], PageClient]
) -> None:
    client_as("board.manager").get("/actions/export?status=any&text=Child+Z&format=csv")
    entry = current_session().scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert (entry.verb, entry.subject_ref, entry.is_read) == ("export.read", "actions", True)
    assert entry.line.startswith("Exported ")
    assert "narrowed by" in entry.line
    assert "Child Z" not in entry.line


@pytest.mark.parametrize("name", [name for name, _ in LISTS])
def test_a_list_that_is_too_long_for_a_file_sends_back_to_itself(
    thread: Flask, client_as: Callable[[str], PageClient], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.core.export.sheet.LONGEST", 0)
    client = client_as("board.manager")
    answer = client.get(f"/{name}/export?status=any&format=csv", status=302)
    assert answer.headers["Location"] == f"/{name}?status=any"
    assert "Narrow it with a filter" in client.get(f"/{name}?status=any").get_data(as_text=True)


def test_a_declared_colour_stands_beside_the_calculated_one(
    thread: Flask, client_as: Callable[[str], PageClient]
) -> None:
    learned = current_session().scalars(select(Lesson).order_by(Lesson.ref).limit(1)).one()
    action = make_action(learned)
    action.declared_colour, action.declared_until = "R", date(2017, 5, 1)
    current_session().commit()
    text = client_as("board.manager").get("/actions/export?format=csv").get_data(as_text=True)
    declared = {row["Ref"]: (row["BRAG"], row["Declared"], row["Declared until"]) for row in rows_of(text)}
    assert declared.pop(action.ref) == ("A Amber", "R Red", "2017-04-30")
    assert {row[1:] for row in declared.values()} == {("", "")}
