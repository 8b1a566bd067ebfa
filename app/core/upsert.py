"""Inserting what is not there yet: a unique key decides, and whoever comes second inserts nothing."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

#: Rows in one statement. SQLite takes some thirty thousand values in one.
ROWS_AT_ONCE = 500


def insert_new(
    session: Session, table: Table, rows: Sequence[Mapping[str, Any]], *, returning: Sequence[str]
) -> list[Mapping[str, Any]]:
    """Insert the rows that break no unique key of the table, in their order; the columns asked for of those.

    A row that somebody else is just inserting is waited for, and then left out like any that is there. All
    rows have the same columns.
    """
    build = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    inserted: list[Mapping[str, Any]] = []
    for first in range(0, len(rows), ROWS_AT_ONCE):
        statement = (
            build(table)
            .values([dict(row) for row in rows[first : first + ROWS_AT_ONCE]])
            .on_conflict_do_nothing()
            .returning(*(table.c[name] for name in returning))
        )
        inserted += session.execute(statement).mappings().all()
    return inserted
