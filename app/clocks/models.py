"""Regimes: the statutory guidance a case began under, which it keeps, and the stages it sets."""

from datetime import date

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.database import Base, Identified


class Regime(Identified, Base):
    """Guidance in force for a span of days; a case keeps the regime it began under."""

    __tablename__ = "regime"

    #: For example ``WT2015_SCR``.
    code: Mapped[str] = mapped_column(String(20), unique=True)
    #: For example "Working Together 2015".
    name: Mapped[str] = mapped_column(String(200))
    in_force_from: Mapped[date]
    #: The last day a case could begin under it; null while it is in force.
    in_force_until: Mapped[date | None]

    stages: Mapped[list["Stage"]] = relationship(back_populates="regime", order_by="Stage.position")


class Stage(Identified, Base):
    """A step that a review passes under a regime; which types of review pass it is data too."""

    __tablename__ = "stage"
    __table_args__ = (UniqueConstraint("regime_id", "pathway", "code"),)

    regime_id: Mapped[int] = mapped_column(ForeignKey("regime.id"))
    #: Which kind of review passes the stage: ``case_review``, ``case_audit`` or ``other_source``.
    pathway: Mapped[str] = mapped_column(String(20))
    position: Mapped[int]
    code: Mapped[str] = mapped_column(String(40))
    label: Mapped[str] = mapped_column(String(100))
    #: Whether the review is over once it reached this stage.
    is_final: Mapped[bool] = mapped_column(default=False)

    regime: Mapped[Regime] = relationship(back_populates="stages")
