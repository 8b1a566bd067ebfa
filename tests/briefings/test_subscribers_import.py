"""Importing a list: checked first, its good rows in one go, nobody who left; hostile files cost little."""

import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from openpyxl import Workbook

from app.audit.models import AuditEntry, AuditPayload
from app.briefings.models import Subscriber, SubscriberState
from app.briefings.subscribers import digests, queries
from app.briefings.subscribers.importing import operations, sheet
from app.core.clock import machine_now
from app.core.database import current_session
from app.core.files.operations import sweep_files
from tests.support.briefings import make_subscriber
from tests.support.client import PageClient
from tests.support.statements import statements

Sign = Callable[[str], PageClient]
BASIS = "Delegates of May 2016, agreed on the form"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def book(*rows: tuple[Any, ...]) -> bytes:
    """A workbook with these rows."""
    workbook = Workbook()
    for row in rows:
        workbook.active.append(row)
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def text(*lines: str) -> bytes:
    """A CSV file with these lines."""
    return "\r\n".join(lines).encode("utf-8-sig")


LIST = text(
    "Email;Name;Organisation;Kind of work;Area;Topics;Shoe size",
    "new@example.org;Ann;HOMERTON;health;hackney;neglect;37",
    "New@Example.org;Ann again;;;;",
    ";;;;;;",
    "reads@example.org",
    "left@example.org",
    "erased@example.org",
    "ann@@example.org;;Nobody we know",
    '"=cmd|x@example.org";=1+1',
)


def choose(client: PageClient, content: bytes, name: str = "list.csv", *, status: int = 200) -> str:
    """Choose a file to be checked, and what the page then says."""
    data = {"file": (io.BytesIO(content), name), "basis_stated": BASIS}
    kind = "multipart/form-data"
    return client.post("/subscribers/import", data, status=status, content_type=kind).get_data(as_text=True)


def checked_in(page: str) -> str:
    """Which list a page offers to take."""
    return page.partition('name="checked" value="')[2].partition('"')[0]


@pytest.fixture
def readers(world: Flask) -> None:
    """Somebody who reads, who left, and who was erased."""
    make_subscriber(email="reads@example.org")
    make_subscriber(email="left@example.org", state=SubscriberState.LEFT)
    digests.suppress("erased@example.org", reason="unsubscribed")
    current_session().commit()


def test_a_list_is_checked_and_then_its_good_rows_are_taken_once(readers: None, client_as: Sign) -> None:
    client = client_as("tusk.editor")
    page = choose(client, LIST)
    before = current_session().query(Subscriber).count()
    current_session().rollback()
    for words in ("ann@@example.org", "This is not known here as an agency", "Add 2 readers"):
        assert words in page, words
    for _ in range(2):
        client.post("/subscribers/import/take", {"checked": checked_in(page)})
    found = queries.by_address("new@example.org")
    assert found is not None
    assert (found.name, found.state, found.basis, found.basis_stated) == ("Ann", "active", "imported", BASIS)
    assert found.agency is not None
    assert (found.agency.ref, [topic.ref for topic in found.topics]) == ("homerton", ["neglect"])
    assert current_session().query(Subscriber).count() == before + 2
    entries = current_session().query(AuditEntry).filter_by(verb="subscriber.import").all()
    assert [entry.line for entry in entries] == [
        "Imported 2 readers, S-0003 to S-0004, from a list of 7 rows"
    ]
    # The list itself is gone by then.
    assert "the list is no longer here" in client.get("/subscribers/import").get_data(as_text=True)
    assert all("@" not in payload.body for payload in current_session().query(AuditPayload))


def test_what_becomes_of_each_row_is_counted(readers: None) -> None:
    outcome = operations.check(operations.read(io.BytesIO(LIST), "text/csv"))
    assert (outcome.rows, len(outcome.good), outcome.twice) == (7, 2, 1)
    assert (outcome.already, outcome.closed, outcome.faulty_rows) == (1, 2, 1)
    assert [(fault.row, fault.column) for fault in outcome.faults] == [(8, "Email address"), (8, "Agency")]


def test_who_was_added_left_or_was_erased_since_the_check_is_not_added(readers: None) -> None:
    lines = [f"{name}@example.org" for name in ("added", "gone", "fine")]
    outcome = operations.check(operations.read(io.BytesIO(text("Email", *lines)), "text/csv"))
    make_subscriber(email="added@example.org", state=SubscriberState.LEFT)
    digests.suppress("gone@example.org", reason="erased on request")
    assert operations.take(outcome, basis_stated=BASIS).added == 1
    assert queries.states_of(lines) == {"added@example.org": "left", "fine@example.org": "active"}


def test_nobody_takes_a_list_that_they_did_not_check(readers: None, client_as: Sign) -> None:
    checked = checked_in(choose(client_as("tusk.editor"), LIST))
    other = client_as("board.manager")
    for word in (checked, checked[:-2], "", "x"):
        other.post("/subscribers/import/take", {"checked": word})
    assert queries.by_address("new@example.org") is None
    current_session().rollback()
    client_as("scr.member").get("/subscribers/import", status=404)
    # Nobody takes it at all: it lies there for half a day.
    assert sweep_files() == 0
    with time_machine.travel(machine_now() + timedelta(hours=13)):
        assert sweep_files() == 1


def test_a_workbook_reads_as_its_csv_does(world: Flask) -> None:
    found = operations.read(io.BytesIO(book(("Email address", "Name"), ("a@example.org", 7))), EXCEL)
    assert found.rows == ((2, ("a@example.org", "7")),)


def _bomb() -> bytes:
    file = io.BytesIO()
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package,
        package.open("xl/sharedStrings.xml", "w", force_zip64=True) as part,
    ):
        for _ in range(70):
            part.write(b"<si><t>x</t></si>" * 60_000)
    return file.getvalue()


def _wrong() -> Iterator[tuple[bytes, str, str]]:
    yield b"", "text/csv", "is empty"
    yield text("Name;Agency", "Ann;Homerton"), "text/csv", "names no column of addresses"
    yield "E-mail\nåsa@example.org".encode("latin-1"), "text/csv", "not written in UTF-8"
    yield b'Email,Name\n"a@example.org,x', "text/csv", "quotation mark"
    yield b"Email\n" + b"x" * 3_000, "text/csv", "longer than 2,000"
    yield b"Email\n" + b"a@example.org\n" * 50_001, "text/csv", "more than 50,000 rows"
    yield b"Email" + b"," * 60 + b"\n", "text/csv", "more than 50 columns"
    yield b"PK\x03\x04" + b"x" * 99, EXCEL, "cannot be read"
    yield book(("Email",))[:900], EXCEL, "cannot be read"
    yield _bomb(), EXCEL, "more than a list of addresses needs"
    yield b"%PDF-1.4", "application/pdf", "Choose an Excel workbook"


@pytest.mark.parametrize(("content", "kind", "words"), list(_wrong()))
def test_what_is_no_list_is_refused_in_a_sentence(content: bytes, kind: str, words: str) -> None:
    with pytest.raises(sheet.NotUsable, match=words):
        operations.read(io.BytesIO(content), kind)


def test_the_page_says_beside_the_field_what_is_wrong_with_a_file(world: Flask, client_as: Sign) -> None:
    client = client_as("tusk.editor")
    assert "names no column of addresses" in choose(client, text("Name", "Ann"), status=422)
    assert "Choose the file with the list" in client.post(
        "/subscribers/import", {"basis_stated": BASIS}, status=422
    ).get_data(as_text=True)


def test_the_number_of_questions_grows_by_batches_and_not_by_rows(world: Flask) -> None:
    def asked(number: int) -> int:
        lines = [f"n{number}-{each}@example.org" for each in range(number)]
        found = operations.read(io.BytesIO(text("Email", *lines)), "text/csv")
        with statements() as sent:
            assert operations.take(operations.check(found), basis_stated=BASIS).added == number
        return len(sent)

    asked(1)
    assert asked(10) == asked(400)
