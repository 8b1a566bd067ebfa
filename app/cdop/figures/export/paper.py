"""The figures as a tagged PDF, set from one fixed template; everything that differs goes in as data."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from app.cdop.figures.document import Document, Table
from app.core.export.sheet import clean

_TEMPLATE = Path(__file__).with_name("paper.typ")


def write_pdf(
    document: Document, about: Sequence[tuple[str, str]], drawn: Mapping[str, str], file: IO[bytes]
) -> None:
    """Write the document as PDF/UA, which reads in order and names its tables and charts."""
    # Imported here: it takes long, and no other page needs it.
    import typst

    data = {
        "title": f"Figures of child deaths {document.year}",
        "marking": document.marking,
        "about": [[label, clean(words)] for label, words in about],
        "facts": [[fact.label, fact.value, fact.about] for fact in document.facts],
        "sections": [
            {
                "heading": section.heading,
                "meaning": section.meaning,
                "tables": [_table(table, drawn) for table in section.tables],
            }
            for section in document.sections
        ],
    }
    made = typst.compile(
        _TEMPLATE.read_bytes(), sys_inputs={"data": json.dumps(data)}, pdf_standards=["ua-1"], format="pdf"
    )
    assert isinstance(made, bytes)
    file.write(made)


def _table(table: Table, drawn: Mapping[str, str]) -> dict[str, object]:
    return {
        "heading": table.heading,
        "basis": f"Basis: {table.basis.lower()}.",
        "note": table.note,
        "columns": table.columns,
        "lines": [[("– " if line.is_part else "") + line.label, *line.cells] for line in table.lines],
        "chart": drawn.get(table.chart or ""),
        "chart_words": table.chart_words,
    }
