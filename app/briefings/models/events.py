"""Training and learning events ahead, for every issue to point to."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Area, HasProvenance
from app.accounts.policy import Facts
from app.audit.operations import Subject
from app.core.database import Base, Identified, UtcDateTime


class EventKind(StrEnum):
    """What kind of learning it is."""

    COURSE = "course"
    SEMINAR = "seminar"
    CONFERENCE = "conference"
    E_LEARNING = "e_learning"


class LearningEvent(Identified, HasProvenance, Base):
    """A course, seminar, conference or e-learning that staff can take part in."""

    __tablename__ = "learning_event"
    __table_args__ = (
        CheckConstraint("kind IN ('course', 'seminar', 'conference', 'e_learning')", name="kind"),
        CheckConstraint("kind = 'e_learning' OR held_on IS NOT NULL", name="has_a_day"),
        Index("ix_learning_event_held", "held_on", "id"),
    )

    ref: Mapped[str] = mapped_column(String(16), unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(200))
    about: Mapped[str] = mapped_column(Text, default="")
    #: The day; null for e-learning, which is there any day.
    held_on: Mapped[date | None]
    #: For example "9:30am to 12:30pm, Hackney Town Hall".
    where_and_when: Mapped[str] = mapped_column(String(200), default="")
    #: Where to book or begin.
    url: Mapped[str | None] = mapped_column(String(500))
    #: The area it is for; null for every area.
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_on: Mapped[date | None]
    withdrawn_reason: Mapped[str | None] = mapped_column(Text)

    area: Mapped[Area | None] = relationship()

    @property
    def facts(self) -> Facts:
        """What the policy decides by: nothing, as an event lies in no compartment."""
        return Facts()

    @property
    def audit_subject(self) -> Subject:
        """How the audit trail names the event."""
        return Subject("event", self.ref)
