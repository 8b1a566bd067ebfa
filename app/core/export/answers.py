"""A sheet as the answer to a request."""

import io
from enum import StrEnum
from typing import Any

from flask import Response, send_file

from app.core.export.files import write_csv, write_excel
from app.core.export.sheet import Sheet


class Format(StrEnum):
    """The kinds of file that are offered."""

    EXCEL = "xlsx"
    CSV = "csv"

    @property
    def label(self) -> str:
        """The kind in words."""
        return {Format.EXCEL: "Excel", Format.CSV: "CSV"}[self]


_TYPES = {
    Format.EXCEL: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    # The character set is added to whatever is text.
    Format.CSV: "text/csv",
}


def download(sheet: Sheet[Any], kind: Format, *, file_name: str) -> tuple[Response, int]:
    """The sheet as a file to keep, and how many rows it holds. Raises TooMany.

    It is written whole before the answer begins, so that a list that is too long, or a fault on the way, is a
    page and not half a file; so long as a list is refused beyond LONGEST, it fits in memory.
    """
    file = io.BytesIO()
    rows = (write_excel if kind is Format.EXCEL else write_csv)(sheet, file)
    file.seek(0)
    response = send_file(
        file,
        mimetype=_TYPES[kind],
        as_attachment=True,
        download_name=f"{file_name}.{kind}",
        max_age=0,
    )
    response.headers["Cache-Control"] = "no-store"
    return response, rows
