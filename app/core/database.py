"""The database: one declarative base, our column types, and how transactions begin on each engine."""

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import psycopg
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    BigInteger,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Integer,
    MetaData,
    event,
    select,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.types import TypeDecorator

from app.core.transactions import is_hurried, is_reading, session_apart

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

#: SQLite numbers rows by itself only for a column of type INTEGER; PostgreSQL gets 64 bits.
RowId = BigInteger().with_variant(Integer, "sqlite")

#: Under what a session notes what is to be done once it has committed.
_ONCE_COMMITTED = "once_committed"

#: How long a writer waits for another before giving up, in milliseconds.
BUSY_TIMEOUT_MILLISECONDS = 5_000
#: The same for one that somebody waits for, and that may as well not happen.
HURRIED_MILLISECONDS = 500


class Base(DeclarativeBase):
    """Base of every model; its naming convention gives each constraint a name a migration can use."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)


class UtcDateTime(TypeDecorator[datetime]):
    """A point in time, kept in UTC.

    Refuses a naive datetime: a time without a zone has been read wrongly once too often.
    Raises ValueError on binding one.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone cannot be kept: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Identified:
    """A row with a number of the database's own; never shown to anyone."""

    id: Mapped[int] = mapped_column(RowId, primary_key=True, sort_order=-1)


db = SQLAlchemy(model_class=Base)


def current_session() -> Session:
    """The session of the transaction that stands apart, inside one; else that of the request or command."""
    apart = session_apart()
    return db.session() if apart is None else apart


@event.listens_for(Engine, "connect")
def _prepare_connection(connection: Any, _record: object) -> None:
    """Give SQLite the settings under which two writers queue instead of losing each other's change.

    The driver's own transaction handling is switched off: it begins late, which lets two
    read-then-write transactions overwrite one another without an error.
    """
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT_MILLISECONDS}",
        "journal_mode = WAL",
        "synchronous = FULL",
        # In pages: folding the journal in is much of what thousands of small transactions cost.
        "wal_autocheckpoint = 4000",
        "foreign_keys = ON",
        # Or REPLACE would remove a row of the audit trail without asking its trigger.
        "recursive_triggers = ON",
        # What was taken away, such as a redacted text, is overwritten in the file.
        "secure_delete = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def fold_in_once_committed() -> None:
    """Have what the transaction at hand takes away leave SQLite's journal too, right after the commit.

    The journal holds pages as they were until it is folded in and cut off; other databases look after theirs.
    Where somebody reads for longer than a writer waits, it is cut off by whoever folds it in next.
    """
    once_committed(_fold_in)


def keep_for_change(*records: Any) -> None:
    """Keep rows from every other writer until the transaction ends, one after the other, and read them anew.

    Whoever waited here for another's change sees what was changed. What hangs on a record is kept after it,
    by everybody: two who took them crosswise would wait for each other.
    """
    session = current_session()
    session.flush()
    for record in records:
        kind = type(record)
        session.execute(select(kind.id).where(kind.id == record.id).with_for_update(of=kind)).one()
        session.expire(record)


def once_committed(deed: Callable[[Session], None]) -> None:
    """Have something done right after the commit of the transaction at hand, and never without it."""
    current_session().info.setdefault(_ONCE_COMMITTED, []).append(deed)


@event.listens_for(Session, "after_commit")
def _do_once_committed(session: Session) -> None:
    if not session.in_nested_transaction():
        for deed in session.info.pop(_ONCE_COMMITTED, []):
            deed(session)


@event.listens_for(Session, "after_rollback")
def _forget_once_committed(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info.pop(_ONCE_COMMITTED, None)


def _fold_in(session: Session) -> None:
    engine = session.get_bind().engine
    if engine.dialect.name != "sqlite":
        return
    line = engine.raw_connection()
    try:
        line.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
    finally:
        line.close()


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    """Begin as a writer, or as a reader that the database itself keeps from writing."""
    reading = is_reading()
    raw = connection.connection.driver_connection
    # Through SQLAlchemy, so that a database that is busy is an error of SQLAlchemy's, which callers look for.
    if isinstance(raw, sqlite3.Connection):
        connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if reading else 'OFF'}")
        if is_hurried():
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {HURRIED_MILLISECONDS}")
        try:
            connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
        finally:
            if is_hurried():
                connection.exec_driver_sql(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MILLISECONDS}")
    elif isinstance(raw, psycopg.Connection) and reading:
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
    elif isinstance(raw, psycopg.Connection) and is_hurried():
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {HURRIED_MILLISECONDS}")
