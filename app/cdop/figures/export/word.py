"""The figures as a Word document: headings, tables with a heading row, charts with their words."""

import io
from collections.abc import Mapping, Sequence
from typing import IO, Any

from app.cdop.figures.document import Document, Table
from app.core.export.sheet import clean

_CHART_WIDTH_CM = 15.5


def write_word(
    document: Document, about: Sequence[tuple[str, str]], drawn: Mapping[str, str], file: IO[bytes]
) -> None:
    """Write the document. What it says of itself comes first; the marking stands on every page."""
    # Imported here: it takes long, and no other page needs it.
    import docx
    from docx.shared import Cm

    title = f"Figures of child deaths {document.year}"
    page = docx.Document()
    page.core_properties.title = title
    page.core_properties.language = "en-GB"
    page.core_properties.author = ""
    section = page.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    section.header.paragraphs[0].text = document.marking
    section.footer.paragraphs[0].text = f"{document.marking} · {title}"
    page.add_heading(title, level=0)
    _rows(page, ("About", "Words"), [(label, (clean(words),)) for label, words in about])
    page.add_heading("Facts of the year", level=1)
    facts = [(fact.label, (fact.value, fact.about)) for fact in document.facts]
    _rows(page, ("Fact", "Figure", "What is counted, or where it is published"), facts)
    for part in document.sections:
        page.add_heading(part.heading, level=1)
        page.add_paragraph(part.meaning)
        for table in part.tables:
            _table(page, table, drawn)
    page.save(file)


def _table(page: Any, table: Table, drawn: Mapping[str, str]) -> None:
    from docx.shared import Cm

    page.add_heading(table.heading, level=2)
    page.add_paragraph(f"Basis: {table.basis.lower()}. {table.note}".strip())
    if table.chart in drawn:
        import vl_convert

        picture = io.BytesIO(vl_convert.svg_to_png(drawn[str(table.chart)], scale=2))
        shape = page.add_picture(picture, width=Cm(_CHART_WIDTH_CM))
        shape._inline.docPr.set("descr", table.chart_words)
    lines = [(("– " if line.is_part else "") + line.label, line.cells) for line in table.lines]
    _rows(page, ("Row", *table.columns), lines)


def _rows(page: Any, headings: Sequence[str], rows: Sequence[tuple[str, Sequence[str]]]) -> None:
    """A table whose heading row is repeated on every page it goes over."""
    from docx.oxml import OxmlElement

    made = page.add_table(rows=1, cols=len(headings), style="Light Grid")
    for cell, heading in zip(made.rows[0].cells, headings, strict=True):
        cell.text = heading
    made.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for label, cells in rows:
        for cell, words in zip(made.add_row().cells, (label, *cells), strict=True):
            cell.text = words
    page.add_paragraph()
