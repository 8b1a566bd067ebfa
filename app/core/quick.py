"""One statement that is one transaction, executed thousands of times: what lies between is left out.

For the few places where beginning, executing and committing through the session would take longer than the
database does: a statement is compiled once, and a connection of its own commits each execution by itself. It
holds for such a statement what holds for a transaction: it is done whole or not at all, and kept once it is
done.
"""

import sqlite3
from collections.abc import Callable, Mapping
from typing import Any

import psycopg
from sqlalchemy import Dialect, Engine, Executable
from sqlalchemy.sql.compiler import SQLCompiler


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


class _Compiled:
    """A statement in the words of one database, and how its values are written there."""

    def __init__(self, statement: Executable, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)  # type: ignore[attr-defined]
        assert isinstance(compiled, SQLCompiler)
        self.sql = str(compiled)
        self.names = tuple(compiled.positiontup or ()) if compiled.positional else None
        #: What stands in the statement itself, such as the name of a state.
        self.fixed = {
            name: self._written(compiled, name, dialect)(value)
            for name, value in compiled.params.items()
            if value is not None
        }
        self.given = {
            name: self._written(compiled, name, dialect)
            for name, value in compiled.params.items()
            if value is None
        }

    @staticmethod
    def _written(compiled: SQLCompiler, name: str, dialect: Dialect) -> Callable[[Any], Any]:
        kind = compiled.binds[name].type.dialect_impl(dialect)
        return kind.bind_processor(dialect) or (lambda value: value)

    def values(self, given: Mapping[str, Any]) -> Any:
        """The values as the driver takes them."""
        values = {**self.fixed, **{name: write(given[name]) for name, write in self.given.items()}}
        return values if self.names is None else [values[name] for name in self.names]


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
