"""What an action went through: its moves, updates, owners and successors. Rows are added, never changed."""

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Agency, HasProvenance, Person
from app.core.database import Base, Identified

if TYPE_CHECKING:
    from app.actions.models.action import Action


class ActionStep(Identified, HasProvenance, Base):
    """One move of an action from a status to the next: who made it, when and why. Never changed."""

    __tablename__ = "action_step"
    __table_args__ = (Index("ix_action_step_action", "action_id", "taken_on"),)

    action_id: Mapped[int] = mapped_column(ForeignKey("action.id"))
    move: Mapped[str] = mapped_column(String(32))
    from_status: Mapped[str] = mapped_column(String(24))
    to_status: Mapped[str] = mapped_column(String(24))
    taken_on: Mapped[date]
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(Text, default="")

    action: Mapped["Action"] = relationship(back_populates="steps")
    taken_by: Mapped[Person | None] = relationship()


class ActionUpdate(Identified, HasProvenance, Base):
    """What happened since the last update, and how the owner says it goes. Never changed."""

    __tablename__ = "action_update"
    __table_args__ = (Index("ix_action_update_action", "action_id", "written_on"),)

    ref: Mapped[str] = mapped_column(String(24), unique=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("action.id"))
    written_on: Mapped[date]
    written_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    words: Mapped[str] = mapped_column(Text)
    #: ``on_track``, ``at_risk`` or ``off_track``.
    owner_view: Mapped[str] = mapped_column(String(16))

    action: Mapped["Action"] = relationship(back_populates="updates")
    written_by: Mapped[Person | None] = relationship()


class OwnerChange(Identified, HasProvenance, Base):
    """That an action passed from one owner or agency to another, why and by whose word. Never changed."""

    __tablename__ = "owner_change"
    __table_args__ = (Index("ix_owner_change_action", "action_id", "changed_on"),)

    action_id: Mapped[int] = mapped_column(ForeignKey("action.id"))
    #: ``reassigned``, ``not_for_us``, ``left`` or ``reopened``.
    cause: Mapped[str] = mapped_column(String(16))
    from_agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    to_agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    from_owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    to_owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(Text, default="")
    changed_on: Mapped[date]
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    action: Mapped["Action"] = relationship(back_populates="owner_changes")
    from_agency: Mapped[Agency] = relationship(foreign_keys=[from_agency_id])
    to_agency: Mapped[Agency] = relationship(foreign_keys=[to_agency_id])
    from_owner: Mapped[Person | None] = relationship(foreign_keys=[from_owner_id])
    to_owner: Mapped[Person | None] = relationship(foreign_keys=[to_owner_id])
    changed_by: Mapped[Person | None] = relationship(foreign_keys=[changed_by_id])


class Succession(Identified, HasProvenance, Base):
    """That an action goes on in another: it was split into it, merged with it or superseded by it."""

    __tablename__ = "succession"
    __table_args__ = (
        UniqueConstraint("action_id", "successor_id"),
        CheckConstraint("action_id <> successor_id", name="another_action"),
        CheckConstraint("kind IN ('split', 'merged', 'superseded')", name="kind"),
        Index("ix_succession_successor", "successor_id"),
    )

    action_id: Mapped[int] = mapped_column(ForeignKey("action.id"))
    successor_id: Mapped[int] = mapped_column(ForeignKey("action.id"))
    kind: Mapped[str] = mapped_column(String(16))
    decided_on: Mapped[date]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    action: Mapped["Action"] = relationship(foreign_keys=[action_id], back_populates="successions")
    successor: Mapped["Action"] = relationship(foreign_keys=[successor_id], back_populates="predecessors")
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])


class NotForUs(Identified, HasProvenance, Base):
    """That those who owe an action say it is not for them, and what was decided about that."""

    __tablename__ = "not_for_us"
    __table_args__ = (
        Index("ix_not_for_us_action", "action_id", "said_on"),
        Index("ix_not_for_us_waiting", "decision", "said_on", "id"),
    )

    ref: Mapped[str] = mapped_column(String(24), unique=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("action.id"))
    said_on: Mapped[date]
    said_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(Text)
    #: The agency they think it is for, where they know.
    suggested_agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    #: ``moved`` or ``kept``, or ``lapsed`` where the action ended before; null while it waits.
    decision: Mapped[str | None] = mapped_column(String(16))
    decided_on: Mapped[date | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decision_reason: Mapped[str] = mapped_column(Text, default="")

    action: Mapped["Action"] = relationship(back_populates="not_for_us")
    said_by: Mapped[Person | None] = relationship(foreign_keys=[said_by_id])
    suggested_agency: Mapped[Agency | None] = relationship()
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])


class ColourOverride(Identified, HasProvenance, Base):
    """That somebody declared another colour than the calculated one: why, and until when it stands.

    Both are always shown. Never changed; a later one takes its place.
    """

    __tablename__ = "colour_override"
    __table_args__ = (Index("ix_colour_override_action", "action_id", "lapses_on"),)

    action_id: Mapped[int] = mapped_column(ForeignKey("action.id"))
    #: The calculated colour at the time and the declared one, by their letters.
    calculated: Mapped[str] = mapped_column(String(1))
    declared: Mapped[str] = mapped_column(String(1))
    reason: Mapped[str] = mapped_column(Text)
    declared_on: Mapped[date]
    declared_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    #: The first day on which it stands no longer.
    lapses_on: Mapped[date]

    action: Mapped["Action"] = relationship(back_populates="colour_overrides")
    declared_by: Mapped[Person | None] = relationship()
