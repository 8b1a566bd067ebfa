"""The whole database as it is at one moment, and as it is put back; the words of each engine for it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from sqlalchemy import Table, select, text
from sqlalchemy.orm import Session

from app.core.installation import Installation
from app.core.transactions import apart


@contextmanager
def snapshot() -> Iterator[Session]:
    """A transaction that sees one moment from its beginning to its end, and keeps no writer waiting."""
    with apart(reading=True) as session:
        if _is_postgresql(session):
            # Otherwise each question would see what was committed before it.
            session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        # The moment is that of the first question.
        session.execute(select(Installation.id))
        yield session


def revision(session: Session) -> str:
    """The migration that the tables stand at."""
    found: str = session.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    return found


def number_on(session: Session, tables: Iterable[Table]) -> None:
    """Let new rows be numbered after those that were put in with their numbers."""
    if not _is_postgresql(session):
        # SQLite looks for the highest number by itself.
        return
    quote = session.get_bind().dialect.identifier_preparer.quote
    for table in tables:
        column = table.autoincrement_column
        if column is None:
            continue
        name, number = quote(table.name), quote(column.name)
        session.execute(
            text(
                f"SELECT setval(pg_get_serial_sequence(:name, :number), max({number})) FROM {name} "
                f"HAVING max({number}) IS NOT NULL"
            ),
            {"name": name, "number": column.name},
        )


def _is_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"
