"""The lists that leave as files: what the person may see, narrowed as the page is, and on record."""

import csv
import io
from collections.abc import Callable

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.core.database import current_session
from tests.support.client import PageClient
from tests.support.thread import build_thread

LISTS = ("reviews", "lessons", "actions")


@pytest.fixture
def thread(world: Flask) -> Flask:
    build_thread()
    current_session().commit()
    return world


def rows_of(answer_text: str) -> list[dict[str, str]]:
    lines = list(csv.reader(io.StringIO(answer_text.lstrip("\ufeff"), newline="")))
    headings = lines.index([]) + 1
    return [dict(zip(lines[headings], line, strict=True)) for line in lines[headings + 1 :]]


@pytest.mark.parametrize("name", LISTS)
def test_a_list_leaves_as_csv_and_as_excel_with_the_same_rows(
    thread: Flask, client_as: Callable[[str], PageClient], name: str
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
    sheet = book[name.capitalize()]
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
    client_as("hlt.lead").get("/reviews/export", status=404)


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


@pytest.mark.parametrize("name", LISTS)
def test_a_list_that_is_too_long_for_a_file_sends_back_to_itself(
    thread: Flask, client_as: Callable[[str], PageClient], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.core.export.sheet.LONGEST", 0)
    client = client_as("board.manager")
    answer = client.get(f"/{name}/export?status=any&format=csv", status=302)
    assert answer.headers["Location"] == f"/{name}?status=any"
    assert "Narrow it with a filter" in client.get(f"/{name}?status=any").get_data(as_text=True)
