"""When a transaction may write, and transactions that stand apart from the request's own."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from flask import has_request_context, request
from sqlalchemy.orm import Session

READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

_stands_apart: ContextVar[bool] = ContextVar("stands_apart", default=False)


def is_reading() -> bool:
    """Whether a transaction begun now must not write.

    A request that only reads gets a reader; a command, a job and a transaction of its own get a writer.
    """
    if _stands_apart.get() or not has_request_context():
        return False
    return request.method in READING_METHODS


@contextmanager
def apart() -> Iterator[Session]:
    """A short writing transaction of its own, committed at the end whatever the request's own does.

    For what must be kept whatever the answer is: reads of case material, refusals, sign-in attempts.
    The caller ends the request's own transaction first: SQLite has one writer at a time.
    """
    from app.core.database import db

    token = _stands_apart.set(True)
    try:
        with Session(db.engine, expire_on_commit=False) as session, session.begin():
            yield session
    finally:
        _stands_apart.reset(token)
