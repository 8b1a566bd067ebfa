"""The ladder of reminders as data, the ledger of what was sent, and when nothing is sent."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.accounts.policy import Facts
from app.core.database import Base, Identified, UtcDateTime
from app.outbox.models import OutboxMessage


class LadderRung(Identified, Base):
    """One rung: so many days from the present due date, whom it reaches, and whether it comes again."""

    __tablename__ = "ladder_rung"
    __table_args__ = (UniqueConstraint("in_force_from", "name"),)

    #: The day from which the ladder of this day is the one in force; a ladder is replaced as a whole.
    in_force_from: Mapped[date] = mapped_column(server_default="2000-01-01")
    #: For example ``owner-28`` or ``owner+1``.
    name: Mapped[str] = mapped_column(String(40))
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

    #: What can be late: ``action``, ``impact_look``, ``sign_off`` or ``agency_return``.
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


class Nudge(Identified, Base):
    """That somebody asked a person by hand about what they owe. The note stands here and in no message."""

    __tablename__ = "nudge"
    __table_args__ = (Index("ix_nudge_subject", "subject_ref", "nudged_on"),)

    #: The action or the agency return; references differ between kinds.
    subject_ref: Mapped[str] = mapped_column(String(24))
    recipient_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    #: What is asked; read on the page of what is asked about, by those who may open it.
    note: Mapped[str] = mapped_column(Text)
    nudged_on: Mapped[date]
    nudged_at: Mapped[datetime] = mapped_column(UtcDateTime)
    nudged_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("outbox_message.id"))

    recipient: Mapped[Person] = relationship(foreign_keys=[recipient_id])
    nudged_by: Mapped[Person | None] = relationship(foreign_keys=[nudged_by_id])
    message: Mapped[OutboxMessage | None] = relationship()


class RefusedAddress(Identified, Base):
    """That a receiver refused mail to a person for good: work for the lead of the person's agency."""

    __tablename__ = "refused_address"
    __table_args__ = (
        Index("ix_refused_address_open", "settled_on", "person_id"),
        UniqueConstraint("message_id"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("outbox_message.id"))
    refused_on: Mapped[date]
    #: What the receiver said.
    said: Mapped[str] = mapped_column(String(500))
    settled_on: Mapped[date | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    #: What was done about it, in a sentence.
    settled_how: Mapped[str | None] = mapped_column(String(500))

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    message: Mapped[OutboxMessage] = relationship()
    settled_by: Mapped[Person | None] = relationship(foreign_keys=[settled_by_id])

    @property
    def facts(self) -> Facts:
        """What the policy decides by: whom it is about, and their agency."""
        return Facts(person_id=self.person_id, agency_id=self.person.agency_id)
