"""A short transaction that is tried again while the database is busy or away, for what must be recorded."""

import sqlite3
import time
from collections.abc import Callable
from typing import TypeVar

import psycopg
from sqlalchemy.exc import DBAPIError

from app.core.transactions import apart

Answer = TypeVar("Answer")

#: The waits between two tries, in seconds; on SQLite each try waits for other writers besides.
WAITS = (0.1, 0.5, 1, 2, 4, 8)

#: The class of PostgreSQL's errors that say a disk or memory is full (its error codes 53xxx).
FULL = "53"


class CannotRecord(RuntimeError):
    """The database takes nothing more; the sentence says what it answered."""


def with_patience(work: Callable[[], Answer]) -> Answer:
    """Do the work in a transaction of its own, again from its beginning while the database is busy or away.

    The work must be right however often it begins. Raises CannotRecord when the database is full, or stays
    busy or away for too long.
    """
    for wait in (*WAITS, None):
        try:
            with apart():
                return work()
        except DBAPIError as error:
            if wait is None or not passes(error):
                raise CannotRecord(f"The database cannot record what is done: {error.orig}") from error
            time.sleep(wait)
    raise AssertionError("unreachable: the last wait is none")


def passes(error: BaseException) -> bool:
    """Whether the error is one of those that go away: another writer, a lost line, a restarted server."""
    if not isinstance(error, DBAPIError):
        return False
    if isinstance(error.orig, sqlite3.OperationalError):
        code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
        return code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
    if isinstance(error.orig, psycopg.OperationalError):
        return not (error.orig.sqlstate or "").startswith(FULL)
    return error.connection_invalidated
