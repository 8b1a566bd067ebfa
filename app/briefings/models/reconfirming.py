"""That readers are asked whether they still want the briefing, and what each of them answered."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.policy import Facts
from app.audit.operations import Subject
from app.briefings.models.subscribers import Subscriber
from app.core.database import Base, Identified, RowId


class Reconfirmation(Identified, Base):
    """That readers of a stated basis, or who confirmed long ago, are asked to confirm again by a day."""

    __tablename__ = "reconfirmation"
    __table_args__ = (CheckConstraint("is_open IS NULL OR is_open", name="is_open"),)

    ref: Mapped[str] = mapped_column(String(16), unique=True)
    #: Whether those are asked who were added on a stated basis and never confirmed.
    asks_imported: Mapped[bool]
    #: And those who confirmed last before this day.
    confirmed_before: Mapped[date | None]
    #: The last day on which it counts; whoever has not answered by then leaves the list.
    answer_by: Mapped[date]
    began_on: Mapped[date]
    #: Yes while it runs, and null from then on: of two only one can be open.
    is_open: Mapped[bool | None] = mapped_column(unique=True, default=True)
    ended_on: Mapped[date | None]
    #: Up to which reader, by row number, they were asked; and whether that is everybody.
    asked_up_to: Mapped[int] = mapped_column(RowId, default=0)
    all_asked: Mapped[bool] = mapped_column(default=False)
    #: How many were asked, confirmed, left for want of an answer, and were not reached in time.
    asked: Mapped[int] = mapped_column(default=0)
    confirmed: Mapped[int] = mapped_column(default=0)
    taken_off: Mapped[int] = mapped_column(default=0)
    not_reached: Mapped[int] = mapped_column(default=0)

    @property
    def facts(self) -> Facts:
        """What the policy decides by: nothing, as it lies in no compartment."""
        return Facts()

    @property
    def audit_subject(self) -> Subject:
        """How the audit trail names it."""
        return Subject("reconfirmation", self.ref)


class AskedAgain(Identified, Base):
    """That a reader was asked to confirm again, once."""

    __tablename__ = "asked_again"
    __table_args__ = (
        UniqueConstraint("reconfirmation_id", "subscriber_id"),
        Index("ix_asked_again_outcome", "reconfirmation_id", "outcome", "id"),
        Index("ix_asked_again_subscriber", "subscriber_id"),
    )

    reconfirmation_id: Mapped[int] = mapped_column(ForeignKey("reconfirmation.id"))
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id"))
    #: Names the message, and its link.
    token: Mapped[str] = mapped_column(String(32), unique=True)
    #: ``confirmed``, ``taken_off``, ``not_reached``, ``gone`` for who left, ``stopped``; null while it waits.
    outcome: Mapped[str | None] = mapped_column(String(16))

    reconfirmation: Mapped[Reconfirmation] = relationship()
    subscriber: Mapped[Subscriber] = relationship()
