"""The figures as files: each kind opened, with what it must say of itself, and on record."""

import csv
import io
from collections.abc import Callable

import pytest
from flask import Flask

from tests.cdop.support import build_record
from tests.support.client import PageClient
from tests.support.trail import entries

ClientAs = Callable[[str], PageClient]
PAGE = "/child-deaths/figures/2016-17"
#: What every file says of itself.
SAID = (
    "Deaths in the year: Counted by the report year the death fell in",
    "1 April 2016 to 31 March 2017",
    "31 March 2017",
    "Numbers from 1 to 4 are shown",
    "CDOP",
    "Illustrative: some or all of the cases counted here were made up",
)


@pytest.fixture
def coordinator(world: Flask, client_as: ClientAs) -> PageClient:
    """Who may export what the panel works with."""
    build_record()
    return client_as("cdop.coordinator")


def file_of(client: PageClient, kind: str, page: str = PAGE) -> bytes:
    """The file of a kind, as it is sent."""
    answer = client.client.get(f"{page}/export?format={kind}")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"].startswith(
        "attachment; filename=child-death-figures-2016-17"
    )
    data: bytes = answer.get_data()
    return data


def test_the_list_as_csv_has_each_number_with_its_basis(coordinator: PageClient) -> None:
    text = file_of(coordinator, "csv").decode("utf-8-sig")
    for words in SAID:
        assert words in text, words
    rows = list(csv.reader(io.StringIO(text)))
    start = rows.index(["Basis", "Table", "Row", "Column", "Figure", "Source or note"])
    cells = {tuple(row[:4]): row[4] for row in rows[start + 1 :]}
    assert cells["Deaths in the year", "Age band", "0 to 27 days", "2016/17"] == "9"
    assert cells["Reviews completed in the year", "Age band", "28 to 364 days", "2016/17"] == "<5"
    assert cells["Reviews completed in the year", "Age band", "28 to 364 days", "Share"] == "*"
    assert (
        entries("export.read")[0].line
        == "Exported the figures of child deaths 2016/17 as they are shown as CSV"
    )


def test_the_list_as_excel_has_numbers_as_numbers(coordinator: PageClient) -> None:
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(file_of(coordinator, "xlsx")), read_only=True)
    page, about = book.worksheets
    said = " ".join(str(cell) for row in about.iter_rows(values_only=True) for cell in row)
    for words in SAID:
        assert words in said, words
    values = {row[:4]: row[4] for row in page.iter_rows(values_only=True)}
    assert values["Deaths in the year", "Age band", "0 to 27 days", "2016/17"] == 9
    assert values["Reviews completed in the year", "Age band", "28 to 364 days", "2016/17"] == "<5"


def test_the_word_document_has_headings_tables_and_charts_with_words(coordinator: PageClient) -> None:
    import docx

    document = docx.Document(io.BytesIO(file_of(coordinator, "docx")))
    headings = [
        each.text
        for each in document.paragraphs
        if each.style and str(each.style.name).startswith(("Heading", "Title"))
    ]
    assert headings[0] == "Figures of child deaths 2016/17"
    assert {"Facts of the year", "Deaths in the year", "Reviews completed in the year"} <= set(headings)
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    for words in SAID:
        assert any(words in cell for cell in cells), words
    assert "253" in cells
    assert "<5" in cells
    pictures = [shape._inline.docPr.get("descr") for shape in document.inline_shapes]
    assert pictures
    assert all(words.startswith("Chart of the table that follows") for words in pictures)


def test_the_pdf_is_tagged_and_says_what_it_is(coordinator: PageClient) -> None:
    data = file_of(coordinator, "pdf")
    assert data.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in data
    assert b"en-GB" in data


def test_in_full_says_so_and_is_for_the_compartment_alone(
    coordinator: PageClient, client_as: ClientAs
) -> None:
    text = file_of(coordinator, "csv", f"{PAGE}/in-full").decode("utf-8-sig")
    assert "OFFICIAL-SENSITIVE" in text
    assert "Not for publication" in text
    assert "<5" not in text.replace("“<5”", "")
    assert "Open reviews on 31 March 2017" in text
    assert "in full as CSV" in entries("export.read")[0].line
    client_as("board.manager").get(f"{PAGE}/in-full/export", status=404)


def test_before_anything_is_issued_there_is_nothing_to_export_outside(
    coordinator: PageClient, client_as: ClientAs
) -> None:
    client_as("board.manager").get(f"{PAGE}/export?format=csv", status=302)
    assert entries("export.read") == []


def test_charts_are_pictures_without_style_or_script(coordinator: PageClient) -> None:
    for name in (
        "by-year",
        "deaths-age_band",
        "deaths-ethnicity_group",
        "reviews-category",
        "reviews-domain",
    ):
        answer = coordinator.client.get(f"{PAGE}/charts/{name}.svg")
        svg = answer.get_data(as_text=True)
        assert answer.mimetype == "image/svg+xml"
        assert svg.startswith("<svg")
        assert "<script" not in svg
        assert "<style" not in svg
    assert "0 to 27 days" in coordinator.client.get(f"{PAGE}/charts/deaths-age_band.svg").get_data(
        as_text=True
    )
    coordinator.get(f"{PAGE}/charts/other.svg", status=404)
