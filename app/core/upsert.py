"""Inserting what is not there yet: a unique key decides, and whoever comes second inserts nothing."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import RowMapping, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session


def insert_new(
    session: Session, table: Table, rows: Sequence[Mapping[str, Any]], *, returning: Sequence[str]
) -> list[RowMapping]:
    """Insert the rows that break no unique key of the table, in their order; the columns asked for of those.

    A row that somebody else is just inserting is waited for, and then left out like any that is there. All
    rows have the same columns.
    """
    if not rows:
        return []
    statement = _insert(session, table).returning(*(table.c[name] for name in returning))
    return list(session.execute(statement, [dict(row) for row in rows]).mappings())


def insert_many_new(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows that break no unique key, without telling which: quick for thousands."""
    if rows:
        session.execute(_insert(session, table), [dict(row) for row in rows])


def _insert(session: Session, table: Table) -> postgresql.Insert | sqlite.Insert:
    build = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    return build(table).on_conflict_do_nothing()
