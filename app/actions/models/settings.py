"""Thresholds and tiers, as data with the day they came into force."""

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified

if TYPE_CHECKING:
    pass


class BragThreshold(Identified, Base):
    """The thresholds of the colours, as data with the day they came into force."""

    __tablename__ = "brag_threshold"

    in_force_from: Mapped[date] = mapped_column(unique=True)
    due_soon_days: Mapped[int]
    stale_days: Mapped[int]
    amber_extensions: Mapped[int]
    red_extensions: Mapped[int]


class ExtensionTierRow(Identified, Base):
    """Who decides the how-manieth extension up to how many days, as data with its day."""

    __tablename__ = "extension_tier"
    __table_args__ = (UniqueConstraint("in_force_from", "number"),)

    in_force_from: Mapped[date]
    #: The first, second or third extension granted; the last row stands for all that follow.
    number: Mapped[int]
    #: The most days this tier may grant; null without limit.
    longest_days: Mapped[int | None]
    decider: Mapped[str] = mapped_column(String(24))
