"""What difference an action made, and when somebody looks again."""

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, String, Table, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import HasProvenance, Person
from app.core.database import Base, Identified

if TYPE_CHECKING:
    from app.actions.models.action import Action
    from app.actions.models.evidence import Evidence


impact_evidence = Table(
    "impact_evidence",
    Base.metadata,
    Column("impact_statement_id", ForeignKey("impact_statement.id"), primary_key=True),
    Column("evidence_id", ForeignKey("evidence.id"), primary_key=True, index=True),
)


class ImpactStatement(Identified, HasProvenance, Base):
    """What difference an action made, on the ladder from 0 (not known) to 5 (outcome for children).

    A later look is a new statement beside it; what was stated stays.
    """

    __tablename__ = "impact_statement"
    __table_args__ = (
        CheckConstraint("level BETWEEN 0 AND 5", name="level"),
        Index("ix_impact_statement_action", "action_id", "stated_on"),
        Index("ix_impact_statement_waiting", "decision", "stated_on", "id"),
        Index("ix_impact_statement_level", "level", "ref"),
    )

    ref: Mapped[str] = mapped_column(String(24), unique=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("action.id"))
    level: Mapped[int]
    #: What difference it made, in words free of the case.
    statement: Mapped[str] = mapped_column(Text)
    #: What is measured, where it stood, where it should stand, and where it stands, as printed.
    measure: Mapped[str] = mapped_column(String(300), default="")
    baseline: Mapped[str] = mapped_column(String(100), default="")
    target: Mapped[str] = mapped_column(String(100), default="")
    actual: Mapped[str] = mapped_column(String(100), default="")
    #: Where the figure comes from, and the day it was taken.
    measured_by: Mapped[str] = mapped_column(String(300), default="")
    measured_on: Mapped[date | None]
    unintended_effects: Mapped[str] = mapped_column(Text, default="")
    stated_on: Mapped[date]
    stated_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    #: ``confirmed`` or ``returned``; null while it waits.
    decision: Mapped[str | None] = mapped_column(String(16))
    decided_on: Mapped[date | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decision_reason: Mapped[str] = mapped_column(Text, default="")

    action: Mapped["Action"] = relationship(back_populates="impact_statements")
    stated_by: Mapped[Person | None] = relationship(foreign_keys=[stated_by_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])
    evidence: Mapped[list["Evidence"]] = relationship(
        "Evidence", secondary=impact_evidence, order_by="Evidence.ref"
    )


class ImpactLook(Identified, HasProvenance, Base):
    """That somebody looks on a day at what difference a closed action made: after 3, 6 and 12 months."""

    __tablename__ = "impact_look"
    __table_args__ = (
        UniqueConstraint("action_id", "closed_on", "months"),
        Index("ix_impact_look_open", "is_open", "due_on", "id"),
    )

    ref: Mapped[str] = mapped_column(String(24), unique=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("action.id"))
    #: The day of the closing that it looks back to; a reopened action begins anew.
    closed_on: Mapped[date]
    months: Mapped[int]
    due_on: Mapped[date]
    #: Whether it is still owed; false once a statement answers it or the action was reopened.
    is_open: Mapped[bool] = mapped_column(default=True)
    statement_id: Mapped[int | None] = mapped_column(ForeignKey("impact_statement.id"))
    ended_on: Mapped[date | None]

    action: Mapped["Action"] = relationship(back_populates="impact_looks")
    statement: Mapped[ImpactStatement | None] = relationship()
