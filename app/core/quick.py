"""Statements that are executed thousands of times: what lies between is left out.

For the few places where beginning, executing and committing through the session would take longer than the
database does: a statement is compiled once, and a connection of its own commits each execution by itself. It
holds for such a statement what holds for a transaction: it is done whole or not at all, and kept once it is
done.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from datetime import UTC, datetime
from typing import Any

import psycopg
from sqlalchemy import Connection, Dialect, Engine, Executable
from sqlalchemy.sql.compiler import SQLCompiler

from app.core.database import UtcDateTime

_Write = Callable[[Any], Any]
#: Of a value that is given: its name, how it is written, and where it stands.
_Places = dict[str, tuple[_Write | None, list[int]]]


class QuickStatement:
    """A statement of ours in which only values differ, compiled once for each kind of database."""

    def __init__(self, statement: Executable) -> None:
        self.statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def for_(self, dialect: Dialect) -> "_Compiled":
        """The statement in the words of a database."""
        if dialect.name not in self._compiled:
            self._compiled[dialect.name] = _Compiled(self.statement, dialect)
        return self._compiled[dialect.name]

    def execute_many(
        self, connection: Connection, rows: Sequence[Mapping[str, Any]], *, alike: Mapping[str, Any]
    ) -> None:
        """Execute it for each of the rows, in the transaction at hand; ``alike`` is the same for all."""
        compiled = self.for_(connection.dialect).with_values(alike)
        connection.exec_driver_sql(compiled.sql, [compiled.values(row) for row in rows])


class _Compiled:
    """A statement in the words of one database, and how its values are written there."""

    def __init__(self, statement: Executable, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)  # type: ignore[attr-defined]
        assert isinstance(compiled, SQLCompiler)
        self.sql = str(compiled)
        names = compiled.positiontup if compiled.positional else list(compiled.params)
        #: What stands in the statement itself, such as the name of a state, with room for what is given.
        self._values: list[Any] = []
        self._given: _Places = {}
        for place, name in enumerate(names or ()):
            value, write = compiled.params[name], _writer(compiled, name, dialect)
            self._values.append(value if value is None or write is None else write(value))
            if value is None:
                self._given.setdefault(name, (write, []))[1].append(place)
        self._names = None if compiled.positional else names

    def with_values(self, given: Mapping[str, Any]) -> "_Compiled":
        """The same, where these values stand in the statement itself."""
        filled = copy(self)
        filled._values = self._filled({name: self._given[name] for name in given}, given)
        filled._given = {name: each for name, each in self._given.items() if name not in given}
        return filled

    def _filled(self, places: _Places, given: Mapping[str, Any]) -> list[Any]:
        values = self._values.copy()
        for name, (write, where) in places.items():
            value = given[name] if write is None else write(given[name])
            for place in where:
                values[place] = value
        return values

    def values(self, given: Mapping[str, Any]) -> Any:
        """The values as the driver takes them."""
        values = self._filled(self._given, given)
        return tuple(values) if self._names is None else dict(zip(self._names, values, strict=True))


def _writer(compiled: SQLCompiler, name: str, dialect: Dialect) -> _Write | None:
    """How the driver wants a value; null for as it is."""
    kind = compiled.binds[name].type
    if isinstance(kind, UtcDateTime) and dialect.name == "sqlite":
        return _as_sqlite_keeps_it
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _as_sqlite_keeps_it(moment: datetime | None) -> str | None:
    """What SQLAlchemy writes, in a tenth of the time."""
    return None if moment is None else moment.astimezone(UTC).isoformat(" ", "microseconds")[:26]


class QuickLine:
    """A connection on which each statement commits by itself."""

    def __init__(self, engine: Engine) -> None:
        self._dialect = engine.dialect
        self._pooled = engine.raw_connection()
        self._line = self._pooled.driver_connection
        if isinstance(self._line, sqlite3.Connection):
            # Our connections begin no transaction by themselves; the last to use this one may only have read.
            self._line.execute("PRAGMA query_only = OFF")
        elif isinstance(self._line, psycopg.Connection):
            self._line.autocommit = True

    def execute(self, statement: QuickStatement, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Execute and commit; the rows that come back, as the driver gives them."""
        assert self._line is not None
        compiled = statement.for_(self._dialect)
        # All rows are fetched: SQLite commits only once a statement has come to its end.
        rows: list[tuple[Any, ...]] = self._line.execute(compiled.sql, compiled.values(values)).fetchall()
        return rows

    def close(self, *, broken: bool = False) -> None:
        """Give the connection back, or throw it away where nobody knows how it stands."""
        if broken:
            self._pooled.invalidate()
        elif isinstance(self._line, psycopg.Connection):
            self._line.autocommit = False
        self._pooled.close()


#: What a driver raises when the database is busy, away or full.
DRIVER_ERRORS = (sqlite3.Error, psycopg.Error)
