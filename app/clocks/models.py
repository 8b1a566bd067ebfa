"""Regimes: the guidance a case began under, which it keeps, with the stages and time limits it sets."""

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.clocks.rules import Unit
from app.core.database import Base, Identified


class CaseKind(StrEnum):
    """What kind of case guidance is for; a case of one kind never begins under guidance for the other."""

    REVIEW = "review"
    CHILD_DEATH = "child_death"


class Regime(Identified, Base):
    """Guidance in force for a span of days; a case keeps the regime it began under."""

    __tablename__ = "regime"

    #: For example ``WT2015_SCR``.
    code: Mapped[str] = mapped_column(String(20), unique=True)
    #: For example "Working Together 2015".
    name: Mapped[str] = mapped_column(String(200))
    #: What it is guidance for, one of ``CaseKind``.
    case_kind: Mapped[str] = mapped_column(
        String(16), default=CaseKind.REVIEW, server_default=CaseKind.REVIEW.value
    )
    in_force_from: Mapped[date]
    #: The last day a case could begin under it; null while it is in force.
    in_force_until: Mapped[date | None]
    #: What an administrator is to check about it, for example that a date comes from knowledge alone.
    note: Mapped[str] = mapped_column(Text, default="", server_default="")

    stages: Mapped[list["Stage"]] = relationship(back_populates="regime", order_by="Stage.position")
    limits: Mapped[list["TimeLimit"]] = relationship(
        back_populates="regime", order_by="(TimeLimit.position, TimeLimit.in_force_from, TimeLimit.id)"
    )


class Stage(Identified, Base):
    """A step that a case passes under a regime; which kinds of case pass it is data too."""

    __tablename__ = "stage"
    __table_args__ = (UniqueConstraint("regime_id", "pathway", "code"),)

    regime_id: Mapped[int] = mapped_column(ForeignKey("regime.id"))
    #: Which kind of case passes it: ``case_review``, ``case_audit``, ``other_source`` or ``child_death``.
    pathway: Mapped[str] = mapped_column(String(20))
    position: Mapped[int]
    code: Mapped[str] = mapped_column(String(40))
    label: Mapped[str] = mapped_column(String(100))
    #: Whether the case is over once it reached this stage.
    is_final: Mapped[bool] = mapped_column(default=False)

    regime: Mapped[Regime] = relationship(back_populates="stages")


class TimeLimit(Identified, Base):
    """How long guidance, or the partnership itself, allows from one date of a case to another.

    A limit that changes is a new row under the same code, from a day on. A case keeps the row that was in
    force on the day the case began, so that what was on time is not made late afterwards. A row without an
    amount says that the limit no longer holds from that day on.
    """

    __tablename__ = "time_limit"
    __table_args__ = (
        UniqueConstraint("regime_id", "code", "in_force_from"),
        CheckConstraint("amount IS NULL OR amount > 0", name="amount"),
    )

    regime_id: Mapped[int] = mapped_column(ForeignKey("regime.id"))
    #: The same through all versions, for example ``panel``.
    code: Mapped[str] = mapped_column(String(40))
    position: Mapped[int]
    #: For example "Review by the panel".
    label: Mapped[str] = mapped_column(String(100))
    #: The date that starts the clock and the date that meets it, by the codes of the stages they belong to,
    #: or of ``BESIDE_STAGES``.
    starts_from: Mapped[str] = mapped_column(String(40))
    met_by: Mapped[str] = mapped_column(String(40))
    #: How many units; null where the limit was given up.
    amount: Mapped[int | None]
    #: One of ``Unit``.
    unit: Mapped[str] = mapped_column(String(16), default=Unit.CALENDAR_DAYS)
    #: Whether law or national guidance sets it. Such a clock never pauses.
    is_statutory: Mapped[bool] = mapped_column(default=False)
    #: Where the limit comes from, and what is to be checked about it.
    note: Mapped[str] = mapped_column(Text, default="")
    #: Cases that began on this day or later have this version.
    in_force_from: Mapped[date]

    regime: Mapped[Regime] = relationship(back_populates="limits")


class ClockPause(Identified, Base):
    """That a local clock of a case stood still, for a reason that somebody approved."""

    __tablename__ = "clock_pause"
    __table_args__ = (
        CheckConstraint("resumed_on IS NULL OR resumed_on >= paused_on", name="in_order"),
        Index("ix_clock_pause_source", "source_ref", "limit_code"),
    )

    #: The case, by its reference.
    source_ref: Mapped[str] = mapped_column(String(24))
    limit_code: Mapped[str] = mapped_column(String(40))
    paused_on: Mapped[date]
    #: The day it ran again, which counts; null while it stands still.
    resumed_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(Text)
    #: Who approved it; null while it is asked for, and the clock runs on.
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    #: That it was not approved, and why.
    declined_on: Mapped[date | None]
    declined_reason: Mapped[str | None] = mapped_column(Text)

    approved_by: Mapped[Person | None] = relationship(foreign_keys=[approved_by_id])
    recorded_by: Mapped[Person | None] = relationship(foreign_keys=[recorded_by_id])
