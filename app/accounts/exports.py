"""Lists as files for the person signed in: what the file says of itself, and its making on record."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from flask import Response, flash, make_response, redirect, request

from app.accounts.guard import note_read, person
from app.audit.operations import Subject
from app.core.clock import now
from app.core.export import Column, Format, Sheet, TooMany, download
from app.core.filter_forms import Applied
from app.core.filters import datetime_london, plural
from app.core.look import address_with

Row = TypeVar("Row")

#: How the audit trail names a list that left as a file.
EXPORT = "export"


def export(
    *,
    name: str,
    file_name: str,
    columns: tuple[Column[Row], ...],
    rows: Iterable[Row],
    applied: Sequence[Applied],
    marking: str,
    list_url: str,
    says_how_many: bool = True,
    suppressed: str | None = None,
) -> Response:
    """A list as the kind of file that the address asks for, Excel if it asks for none.

    ``applied`` says what the list was narrowed to: label, value in words and parameter. The file says all of
    it; the trail names the labels, as what somebody typed may be of a case, and the number of rows unless
    that ``says_how_many`` of something in a closed compartment. ``suppressed`` says what is kept back, where
    something is. A list that is too long sends the person back to it, with a sentence that says so.
    """
    asked = request.args.get("format")
    kind = Format(asked) if asked in set(Format) else Format.EXCEL
    who = person()
    sheet = Sheet(
        name=name,
        columns=columns,
        rows=rows,
        marking=marking,
        made_by=f"{who.name}, {who.role_title}",
        made_at=datetime_london(now()),
        narrowed_to=_narrowed_to(applied) or "Nothing: the whole list",
        **({} if suppressed is None else {"suppressed": suppressed}),
    )
    try:
        response, count = download(sheet, kind, file_name=file_name)
    except TooMany as refusal:
        flash(refusal.sentence)
        return make_response(redirect(address_with(list_url, format=None, after=None, before=None)))
    labels = ", ".join(dict.fromkeys(label for label, _, _ in applied))
    note_read(
        Subject(EXPORT, file_name),
        f"Exported {plural(count, 'row') + ' of ' if says_how_many else ''}{name} as {kind.label}"
        + (f", narrowed by {labels}" if labels else ""),
    )
    return response


def _narrowed_to(applied: Sequence[Applied]) -> str:
    """What the list was narrowed to, each label once with all its values."""
    values: dict[str, list[str]] = {}
    for label, value, _ in applied:
        values.setdefault(label, []).append(value)
    return "; ".join(f"{label}: {', '.join(several)}" for label, several in values.items())
