"""Whose records a list holds: those of one agency, or of one group, by reference."""

from typing import Any

from sqlalchemy import ColumnElement, select

from app.accounts.models import Agency, Group


def row_of(model: Any, ref: str) -> Any:
    """The row number behind a reference, inside a statement; nothing where there is no such record."""
    return select(model.id).where(model.ref == ref).scalar_subquery()


def of_places(model: Any, agency: str | None, group: str | None) -> list[ColumnElement[bool]]:
    """The conditions that keep records of a table to an agency and to a group, where one was asked for."""
    conditions: list[ColumnElement[bool]] = []
    if agency:
        conditions.append(model.agency_id == row_of(Agency, agency))
    if group:
        conditions.append(model.group_id == row_of(Group, group))
    return conditions
