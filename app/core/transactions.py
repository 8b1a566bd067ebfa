"""When a transaction may write, and transactions that stand apart from the request's own."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from flask import has_request_context, request
from sqlalchemy.orm import Session

READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

_apart: ContextVar[Session | None] = ContextVar("apart", default=None)
_apart_reads: ContextVar[bool] = ContextVar("apart_reads", default=False)
_hurried: ContextVar[bool] = ContextVar("hurried", default=False)


def session_apart() -> Session | None:
    """The session of the transaction that stands apart just now; None outside of one."""
    return _apart.get()


def is_reading() -> bool:
    """Whether a transaction begun now must not write.

    A request that only reads gets a reader; a command, a job and a transaction of its own get a writer,
    unless it was begun to read.
    """
    if session_apart() is not None:
        return _apart_reads.get()
    if not has_request_context():
        return False
    return request.method in READING_METHODS


def is_hurried() -> bool:
    """Whether a transaction begun now waits only a moment for other writers before it gives up."""
    return _hurried.get()


@contextmanager
def apart(*, reading: bool = False, hurried: bool = False) -> Iterator[Session]:
    """A short transaction of its own, committed at the end whatever the request's own does.

    For what must be kept whatever the answer is: reads of case material, refusals, sign-in attempts.
    Inside the block it is the current session, so that what is called there asks and writes through it
    instead of waiting for it. The caller ends the request's own transaction first: SQLite has one writer
    at a time. One that is ``reading`` keeps no writer waiting, however long it takes, and may not write. One
    that is ``hurried`` gives up where others write for longer than a moment: somebody waits for the answer.
    """
    from app.core.database import db

    with Session(db.engine, expire_on_commit=False) as session:
        token, reads, hurry = _apart.set(session), _apart_reads.set(reading), _hurried.set(hurried)
        try:
            with session.begin():
                yield session
        finally:
            _hurried.reset(hurry)
            _apart_reads.reset(reads)
            _apart.reset(token)
