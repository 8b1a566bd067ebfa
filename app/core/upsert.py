"""Inserting what is not there yet: a unique key decides, and whoever comes second inserts nothing."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import CursorResult, RowMapping, Table
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


def insert_many_new(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert the rows that break no unique key, and say only how many: quick for thousands."""
    if not rows:
        return 0
    done = cast(CursorResult[Any], session.execute(_insert(session, table), [dict(row) for row in rows]))
    return done.rowcount


def _insert(session: Session, table: Table) -> postgresql.Insert | sqlite.Insert:
    build = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    return build(table).on_conflict_do_nothing()
