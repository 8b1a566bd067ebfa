"""Work sent for sign-off, and what was decided."""

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import HasProvenance, Person
from app.core.database import Base, Identified

if TYPE_CHECKING:
    from app.actions.models.action import Action
    from app.actions.models.evidence import Evidence


class SignOff(Identified, HasProvenance, Base):
    """That an action was sent for sign-off, and what the group decided. A decision is never changed."""

    __tablename__ = "sign_off"
    __table_args__ = (
        Index("ix_sign_off_action", "action_id", "sent_on"),
        Index("ix_sign_off_waiting", "decision", "sent_on", "id"),
        Index("ix_sign_off_ratifying", "is_delegated", "ratified_on", "id"),
    )

    ref: Mapped[str] = mapped_column(String(24), unique=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("action.id"))
    sent_on: Mapped[date]
    sent_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    #: The owner's answer to "what is different now?".
    what_is_different: Mapped[str] = mapped_column(Text)
    #: ``accepted``, ``accepted_in_part`` or ``returned``; null while it waits.
    decision: Mapped[str | None] = mapped_column(String(20))
    decided_on: Mapped[date | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    #: The day of the meeting that decided, where it was decided at one.
    meeting_on: Mapped[date | None]
    decision_reason: Mapped[str] = mapped_column(Text, default="")
    #: Whether the board manager decided under the group's delegation, without a meeting of it.
    is_delegated: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: When the group ratified a decision that was delegated, and at which meeting.
    ratified_on: Mapped[date | None]
    ratified_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ratified_meeting_on: Mapped[date | None]
    #: The highest number among the evidence there was when it was sent, and once decided, when it was
    #: decided: what a decision stood on stays on the record. Null where nobody knows.
    evidence_number: Mapped[int | None]
    #: By when to send it again, where it was returned or accepted in part.
    resubmit_by_on: Mapped[date | None]

    action: Mapped["Action"] = relationship(back_populates="sign_offs")
    sent_by: Mapped[Person | None] = relationship(foreign_keys=[sent_by_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])
    ratified_by: Mapped[Person | None] = relationship(foreign_keys=[ratified_by_id])

    def stood_on(self, piece: "Evidence") -> bool:
        """Whether a piece of evidence was there when the work was sent or, once that was decided, judged.

        Sending counts the evidence there is, and so does deciding. Records that were loaded have no number,
        so their days say it: what was added up to the day of the decision, or of sending while that waits. Of
        that day itself nobody knows what came after, and all of it was there.
        """
        if self.evidence_number is None:
            return (self.decided_on or self.sent_on) >= piece.added_on
        return piece.number <= self.evidence_number
