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


def install() -> None:
    """Listen to every session; said twice, it listens once."""
    if not event.contains(Session, "after_flush", _note_changes):
        event.listen(Session, "after_flush", _note_changes)


def _note_changes(session: Session, _context: Any) -> None:
    """Let the version grow with every change. A load that goes past the models is seen by its stamp."""
    changed = (*session.new, *session.deleted, *session.dirty)
    if any(isinstance(record, _MADE_OF) for record in changed):
        _grow(session)


def note_change() -> None:
    """Let the version grow for a change that went past the models, such as a load."""
    _grow(current_session())


def _grow(session: Session) -> None:
    statement = update(FiguresState).values(version=FiguresState.version + 1)
    session.execute(statement, execution_options={"synchronize_session": False})
