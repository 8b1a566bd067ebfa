"""The figures of a year as files: CSV and Excel for counting on, Word and PDF for reading.

Each says its marking, basis, period, day of extraction, issue, suppression, and who made it when.
"""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import IO

from flask import Response, send_file

from app.cdop.figures.document import Document
from app.cdop.figures.export.flat import sheet_of
from app.cdop.figures.export.paper import write_pdf
from app.cdop.figures.export.word import write_word
from app.core.export import Format, download


class Kind(StrEnum):
    """The kinds of file that are offered."""

    EXCEL = "xlsx"
    CSV = "csv"
    WORD = "docx"
    PDF = "pdf"

    @property
    def label(self) -> str:
        """The kind in words."""
        return {Kind.EXCEL: "Excel", Kind.CSV: "CSV", Kind.WORD: "Word", Kind.PDF: "PDF"}[self]


@dataclass(frozen=True)
class MadeBy:
    """Who makes a file, and when, as written."""

    who: str
    at: str


_PAPERS: Mapping[
    Kind, tuple[str, Callable[[Document, list[tuple[str, str]], Mapping[str, str], IO[bytes]], None]]
]
_PAPERS = {
    Kind.WORD: ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", write_word),
    Kind.PDF: ("application/pdf", write_pdf),
}


def answer(document: Document, kind: Kind, made_by: MadeBy, drawn: Mapping[str, str]) -> Response:
    """The figures as a file to keep. ``drawn`` holds the charts by the names that tables have for them."""
    scope = "-in-full" if document.is_in_full else ""
    name = f"child-death-figures-{str(document.year).replace('/', '-')}{scope}"
    if kind not in _PAPERS:
        response, _ = download(sheet_of(document, made_by.who, made_by.at), Format(kind), file_name=name)
        return response
    media_type, write = _PAPERS[kind]
    file = io.BytesIO()
    about = [
        ("Marking", document.marking),
        *document.about,
        ("Exported by", made_by.who),
        ("Exported at", made_by.at),
    ]
    write(document, about, drawn, file)
    file.seek(0)
    response = send_file(
        file, mimetype=media_type, as_attachment=True, download_name=f"{name}.{kind}", max_age=0
    )
    response.headers["Cache-Control"] = "no-store"
    return response
