"""The ladder of reminders as data, the ledger of what was sent, and when nothing is sent."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.core.database import Base, Identified, UtcDateTime
from app.outbox.models import OutboxMessage


class LadderRung(Identified, Base):
    """One rung: so many days from the present due date, whom it reaches, and whether it comes again."""

    __tablename__ = "ladder_rung"

    #: For example ``owner-28`` or ``owner+1``.
    name: Mapped[str] = mapped_column(String(40), unique=True)
    #: Calendar days relative to the present due date; negative before it.
    offset_days: Mapped[int]
    tier: Mapped[str] = mapped_column(String(24))
    #: The days between repeats, each a rung of its own; null where it comes once.
    every_days: Mapped[int | None]


class QuietPeriod(Identified, Base):
    """Days of every year on which nothing is queued, for example 24 December to 1 January."""

    __tablename__ = "quiet_period"
    __table_args__ = (
        CheckConstraint("from_month BETWEEN 1 AND 12 AND to_month BETWEEN 1 AND 12", name="months"),
    )

    from_month: Mapped[int]
    from_day: Mapped[int]
    to_month: Mapped[int]
    to_day: Mapped[int]


class Reminder(Identified, Base):
    """The ledger: that a rung was sent to a person about a subject for one due date. At most once, ever.

    The unique key is the lock: whatever crashes and however many schedulers run, nobody is reminded of
    the same rung twice.
    """

    __tablename__ = "reminder"
    __table_args__ = (
        UniqueConstraint("subject_kind", "subject_ref", "rung", "due_on", "recipient_id"),
        Index("ix_reminder_message", "message_id"),
        Index("ix_reminder_recipient", "recipient_id", "queued_on"),
    )

    #: What can be late: ``action``.
    subject_kind: Mapped[str] = mapped_column(String(32))
    subject_ref: Mapped[str] = mapped_column(String(24))
    #: The rung with its offset, for example ``owner+8``.
    rung: Mapped[str] = mapped_column(String(40))
    tier: Mapped[str] = mapped_column(String(24))
    due_on: Mapped[date]
    recipient_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    #: Whether nobody holds the tier and the board manager stands in.
    stands_in: Mapped[bool] = mapped_column(default=False)
    queued_on: Mapped[date]
    queued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: The message that carries the item; an item taken over points at the newer message.
    message_id: Mapped[int] = mapped_column(ForeignKey("outbox_message.id"))
    #: When the item was taken out because it was no longer true; null while it stands.
    taken_out_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    recipient: Mapped[Person] = relationship()
    message: Mapped[OutboxMessage] = relationship()
