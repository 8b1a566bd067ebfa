"""Lists as files: typed dates, nothing that runs, and what each file says of itself."""

import csv
import io
from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from app.core.export import LONGEST, Column, Sheet, TooMany
from app.core.export.files import write_csv, write_excel

Cells = tuple[str, date | None, int | None]

COLUMNS: tuple[Column[Cells], ...] = (
    Column("Words", lambda row: row[0]),
    Column("Day", lambda row: row[1]),
    Column("Number", lambda row: row[2]),
)


def sheet(*rows: Cells) -> Sheet[Cells]:
    return Sheet(
        name="Actions",
        columns=COLUMNS,
        rows=rows,
        marking="OFFICIAL-SENSITIVE",
        made_by="A & B, Board Manager",
        made_at="9am on 31 March 2017",
        narrowed_to="Status: Open",
    )


def as_csv(*rows: Cells) -> list[list[str]]:
    file = io.BytesIO()
    assert write_csv(sheet(*rows), file) == len(rows)
    return list(csv.reader(io.StringIO(file.getvalue().decode("utf-8-sig"), newline="")))


def as_book(*rows: Cells) -> list[list[object]]:
    file = io.BytesIO()
    assert write_excel(sheet(*rows), file) == len(rows)
    page = load_workbook(file)["Actions"]
    for row in page.iter_rows():
        assert all(cell.data_type != "f" for cell in row), "a formula"
    return [list(row) for row in page.iter_rows(values_only=True)]


def test_csv_says_first_what_it_is_then_the_headings_and_iso_dates() -> None:
    lines = as_csv(("Ŵ é £", date(2017, 3, 31), 4), ("", None, None))
    assert ["Marking", "OFFICIAL-SENSITIVE"] in lines
    assert ["Exported by", "A & B, Board Manager"] in lines
    assert ["Narrowed to", "Status: Open"] in lines
    headings = lines.index(["Words", "Day", "Number"])
    assert lines[headings - 1] == []
    assert lines[headings + 1 :] == [["Ŵ é £", "2017-03-31", "4"], ["", "", ""]]


def test_excel_keeps_dates_as_dates_numbers_as_numbers_and_the_headings_in_sight() -> None:
    rows = as_book(("Words", date(2017, 3, 31), 4), ("", None, None))
    assert [[cell.date() if isinstance(cell, datetime) else cell for cell in row] for row in rows] == [
        ["Words", "Day", "Number"],
        ["Words", date(2017, 3, 31), 4],
    ]
    file = io.BytesIO()
    write_excel(sheet(("x", None, 1)), file)
    book = load_workbook(file)
    assert book["Actions"].freeze_panes == "B2"
    assert book["Actions"].auto_filter.ref == "A1:C2"
    about = {row[0]: row[1] for row in book["About this export"].iter_rows(values_only=True)}
    assert about["Marking"] == "OFFICIAL-SENSITIVE"
    assert about["Exported by"] == "A & B, Board Manager"


def test_the_marking_stands_at_the_foot_of_a_printed_page_however_long_a_name_is() -> None:
    file = io.BytesIO()
    write_excel(replace(sheet(("x", None, 1)), made_by="&" * 400), file)
    foot = load_workbook(file)["Actions"].oddFooter
    assert foot.left.text == "OFFICIAL-SENSITIVE"


@pytest.mark.parametrize("beginning", ["=", "+", "-", "@", "\t=", "\r="])
def test_what_begins_like_a_formula_stays_text(beginning: str) -> None:
    words = f"{beginning}cmd|' /C calc'!A0"
    written = as_csv((words, None, None))[-1][0]
    assert not written.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert "cmd" in str(as_book((words, None, None))[1][0])


@settings(max_examples=40)
@given(st.text(max_size=60))
def test_any_text_comes_back_from_both_without_becoming_a_formula(words: str) -> None:
    shown = "".join(sign for sign in words if sign in "\n\t" or sign.isprintable())
    cell = as_csv((words, None, 1))[-1][0]
    assert cell.removeprefix("'") == shown.removeprefix("'")
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert (as_book((words, None, 1))[1][0] or "") == shown


def test_a_list_that_is_too_long_is_refused_whole() -> None:
    rows = tuple(("x", None, number) for number in range(LONGEST + 1))
    with pytest.raises(TooMany):
        write_csv(sheet(*rows), io.BytesIO())
