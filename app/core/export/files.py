"""Writing a sheet as CSV or Excel, row by row into a file that nobody else sees."""

import csv
import io
from datetime import date
from typing import IO, Any

from app.core.export.sheet import Sheet, clean, harmless

#: Excel counts characters in a cell up to here.
_LONGEST_CELL = 32_767
#: The foot of a printed page holds 255 characters in all; with a longer name it would be lost as a whole.
_LONGEST_NAME_AT_FOOT = 80


def write_csv(sheet: Sheet[Any], file: IO[bytes]) -> int:
    """Write a sheet as CSV in UTF-8, and say how many rows.

    What the file says of itself comes first, then an empty line, the headings and the rows. Dates are
    written as ISO writes them.
    """
    # The mark at the beginning tells spreadsheets that it is UTF-8.
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    for label, words in sheet.about():
        writer.writerow([label, harmless(clean(words))])
    writer.writerow([])
    writer.writerow([column.heading for column in sheet.columns])
    rows = 0
    for cells in sheet.cells():
        writer.writerow([_as_text(cell) for cell in cells])
        rows += 1
    text.flush()
    text.detach()
    return rows


def _as_text(cell: str | int | date | None) -> str:
    if cell is None:
        return ""
    if isinstance(cell, date):
        return cell.isoformat()
    return harmless(clean(cell)) if isinstance(cell, str) else str(cell)


def write_excel(sheet: Sheet[Any], file: IO[bytes]) -> int:
    """Write a sheet as an Excel workbook, and say how many rows.

    Dates are dates, texts are never formulas, the headings stay in sight and filter. What the file says of
    itself stands on a sheet of its own and at the foot of each printed page.
    """
    # Imported here: it takes long, and no other page needs it.
    import xlsxwriter

    book = xlsxwriter.Workbook(
        file,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
        },
    )
    heading = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    day = book.add_format({"num_format": "d mmm yyyy", "valign": "top", "align": "left"})
    words = book.add_format({"text_wrap": True, "valign": "top"})
    page = book.add_worksheet(sheet.name[:31])
    page.freeze_panes(1, 1)
    page.repeat_rows(0)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    who = _literal(sheet.made_by[:_LONGEST_NAME_AT_FOOT])
    page.set_footer(f"&L{sheet.marking}&CPage &P of &N&R{who}, {_literal(sheet.made_at)}")
    for number, column in enumerate(sheet.columns):
        page.set_column(number, number, column.width)
        page.write_string(0, number, column.heading, heading)
    rows = 0
    for cells in sheet.cells():
        rows += 1
        for number, cell in enumerate(cells):
            match cell:
                case None | "":
                    continue
                case str():
                    page.write_string(rows, number, clean(cell)[:_LONGEST_CELL], words)
                case date():
                    page.write_datetime(rows, number, cell, day)
                case _:
                    page.write_number(rows, number, cell, words)
    page.autofilter(0, 0, max(rows, 1), len(sheet.columns) - 1)
    about = book.add_worksheet("About this export")
    about.set_column(0, 0, 18)
    about.set_column(1, 1, 90)
    for number, (label, said) in enumerate(sheet.about()):
        about.write_string(number, 0, label, heading)
        about.write_string(number, 1, clean(said), words)
    book.close()
    return rows


def _literal(text: str) -> str:
    """A text as a page's foot shows it, where one ampersand begins an instruction."""
    cleaned: str = clean(text)
    return cleaned.replace("&", "&&")
