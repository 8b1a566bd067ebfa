"""How a due date moved: more time asked for, and every decided change."""

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import HasProvenance, Person
from app.core.database import Base, Identified

if TYPE_CHECKING:
    from app.actions.models.action import Action


class ExtensionRequest(Identified, HasProvenance, Base):
    """That more time was asked for, why, what keeps children safe meanwhile, and what was decided."""

    __tablename__ = "extension_request"
    __table_args__ = (
        Index("ix_extension_request_action", "action_id", "asked_on"),
        Index("ix_extension_request_waiting", "decision", "decider"),
    )

    ref: Mapped[str] = mapped_column(String(24), unique=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("action.id"))
    asked_on: Mapped[date]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    #: The due date when it was asked, and the one asked for.
    from_due_on: Mapped[date]
    new_due_on: Mapped[date]
    reason_code: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(Text, default="")
    #: What keeps children safe in the meantime.
    interim_safeguard: Mapped[str] = mapped_column(Text)
    #: Who decides: ``board_manager``, ``group_chair`` or ``independent_chair``. Raised, while it waits, where
    #: the due date moves so that it asks for more than whoever was to decide may give.
    decider: Mapped[str] = mapped_column(String(24))
    #: ``granted`` or ``refused``, or ``lapsed`` where nothing was left to decide; null while it waits.
    decision: Mapped[str | None] = mapped_column(String(16))
    decided_on: Mapped[date | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decision_reason: Mapped[str] = mapped_column(Text, default="")

    action: Mapped["Action"] = relationship(back_populates="extension_requests")
    asked_by: Mapped[Person | None] = relationship(foreign_keys=[asked_by_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])


class DateChange(Identified, HasProvenance, Base):
    """A decided change of a due date; there is no other way for the date to move. Never changed.

    What was split from another action begins with that one's changes, under the cause ``split``; the coded
    reason says which of them were extensions.
    """

    __tablename__ = "date_change"
    __table_args__ = (Index("ix_date_change_action", "action_id", "decided_on"),)

    action_id: Mapped[int] = mapped_column(ForeignKey("action.id"))
    from_on: Mapped[date]
    to_on: Mapped[date]
    #: ``extension``, ``returned``, ``reopened``, ``resumed`` or ``split``.
    cause: Mapped[str] = mapped_column(String(16))
    reason_code: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(Text, default="")
    decided_on: Mapped[date]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    action: Mapped["Action"] = relationship(back_populates="date_changes")
    decided_by: Mapped[Person | None] = relationship()
