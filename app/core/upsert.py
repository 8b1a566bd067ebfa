"""Inserting what is not there yet: a unique key decides, and whoever comes second inserts nothing."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import RowMapping, Table, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.core.quick import QuickStatement


def insert_new(
    session: Session, table: Table, rows: Sequence[Mapping[str, Any]], *, returning: Sequence[str]
) -> list[RowMapping]:
    """Insert the rows that break no unique key of the table, in their order; the columns asked for of those.

    A row that somebody else is just inserting is waited for, and then left out like any that is there. All
    rows have the same columns.
    """
    if not rows:
        return []
    statement = _insert(table, session.get_bind().dialect.name).returning(
        *(table.c[name] for name in returning)
    )
    return list(session.execute(statement, [dict(row) for row in rows]).mappings())


def insert_many_new(
    session: Session, table: Table, rows: Sequence[Mapping[str, Any]], *, alike: Mapping[str, Any]
) -> None:
    """Insert the rows that break no unique key, without telling which: quick for thousands.

    ``alike`` are the columns that are the same in all of them.
    """
    if rows:
        connection = session.connection()
        statement = _insert_quickly(table, connection.dialect.name, (*alike, *rows[0]))
        statement.execute_many(connection, rows, alike=alike)


@cache
def _insert_quickly(table: Table, database: str, columns: tuple[str, ...]) -> QuickStatement:
    given = {name: bindparam(name, type_=table.c[name].type) for name in columns}
    return QuickStatement(_insert(table, database).values(given))


def _insert(table: Table, database: str) -> postgresql.Insert | sqlite.Insert:
    build = postgresql.insert if database == "postgresql" else sqlite.insert
    return build(table).on_conflict_do_nothing()
