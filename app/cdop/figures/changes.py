"""Notes that what figures are made of has changed, in the transaction that changes it."""

from typing import Any

from sqlalchemy import event, update
from sqlalchemy.orm import Session

from app.cdop.figures.models import (
    FiguresIssue,
    FiguresOverride,
    FiguresState,
    Population,
    StatedFigure,
)
from app.cdop.models import CaseFactor, CaseStage, ChildDeathCase, Term
from app.core.database import current_session

#: What figures are made of.
_MADE_OF = (
    ChildDeathCase,
    CaseFactor,
    CaseStage,
    Term,
    StatedFigure,
    Population,
    FiguresOverride,
    FiguresIssue,
)

#: Under this name a session keeps that its transaction changed one of them.
_CHANGED = "figures_changed"


def install() -> None:
    """Listen to every session; said twice, it listens once."""
    if not event.contains(Session, "after_flush", _note_changes):
        event.listen(Session, "after_flush", _note_changes)
        event.listen(Session, "before_commit", _grow)
        event.listen(Session, "after_rollback", _forget)


def _note_changes(session: Session, _context: Any) -> None:
    """Note every change of a record. A load that goes past the models is seen by its stamp."""
    changed = (*session.new, *session.deleted, *session.dirty)
    if any(isinstance(record, _MADE_OF) for record in changed):
        session.info[_CHANGED] = True


def note_change() -> None:
    """Note a change that went past the models, such as a load."""
    current_session().info[_CHANGED] = True


def _grow(session: Session) -> None:
    """Let the version grow with a transaction that changed something.

    There is one row of it, so it is the last thing a transaction takes: two that change several reviews and
    took it in between would wait for each other.
    """
    if session.in_nested_transaction():
        return
    session.flush()
    if session.info.pop(_CHANGED, False):
        statement = update(FiguresState).values(version=FiguresState.version + 1)
        session.execute(statement, execution_options={"synchronize_session": False})


def _forget(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info.pop(_CHANGED, None)
