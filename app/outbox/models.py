"""The outbox: one row for each message, from the moment its cause is committed."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ColumnElement, Index, String, Text, literal_column, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified, RowId, UtcDateTime


class State(StrEnum):
    """Where a message stands."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    CANCELLED = "cancelled"


def is_in(state: State) -> ColumnElement[bool]:
    """That a message is in a state, which stands in the statement itself.

    An index of some rows is taken only where the database reads there that only those are asked for; and
    SQLite prepares a statement anew at each execution where it would have to look for that in its values.
    All messages but those that were sent are in such an index.
    """
    return OutboxMessage.state == literal_column(f"'{state.value}'")


_QUEUED = text("state = 'queued'")
_NOT_QUEUED_OR_SENT = text(
    "state = 'sending' OR state = 'failed' OR state = 'uncertain' OR state = 'cancelled'"
)
_HAS_RECIPIENT = text("recipient_id IS NOT NULL")


class OutboxMessage(Identified, Base):
    """One message to one address. Its key makes it exist once, whatever crashes."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        CheckConstraint(
            "state IN ('queued', 'sending', 'sent', 'failed', 'uncertain', 'cancelled')", name="state"
        ),
        # Only of rows that somebody looks for: each mark writes into every index that its row is in.
        Index(
            "ix_outbox_message_claim",
            "batch",
            "next_attempt_at",
            "id",
            sqlite_where=_QUEUED,
            postgresql_where=_QUEUED,
        ),
        Index(
            "ix_outbox_message_state",
            "state",
            "id",
            sqlite_where=_NOT_QUEUED_OR_SENT,
            postgresql_where=_NOT_QUEUED_OR_SENT,
        ),
        Index(
            "ix_outbox_message_recipient",
            "recipient_id",
            "kind",
            "state",
            sqlite_where=_HAS_RECIPIENT,
            postgresql_where=_HAS_RECIPIENT,
        ),
    )

    #: What makes the message the same message, for example ``reminder:17:2017-03-31``.
    dedupe_key: Mapped[str] = mapped_column(String(200), unique=True)
    #: The Message-ID header, with its angle brackets; derived from the key, and the same at every attempt.
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
    #: What kind of message it is; says which room renders it and whether it is still wanted.
    kind: Mapped[str] = mapped_column(String(32))
    #: The person it goes to, where it goes to one. No foreign key: the outbox knows nobody.
    recipient_id: Mapped[int | None] = mapped_column(RowId)
    address: Mapped[str] = mapped_column(String(254))
    #: What it belongs to where thousands are sent together, for example ``B-0007``; null for a message that
    #: stands alone, which never waits behind those.
    batch: Mapped[str | None] = mapped_column(String(64))
    #: The business day it was queued for; its words are judged for that day.
    business_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(16), default=State.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    #: Not to be tried before this time.
    next_attempt_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Until when the present sender holds it, and which sender that is.
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    claimed_by: Mapped[str | None] = mapped_column(String(64))
    #: Whether an attempt was interrupted, so that the receiver may have it twice.
    doubtful: Mapped[bool] = mapped_column(default=False)
    #: What the receiver or the line said last.
    error: Mapped[str | None] = mapped_column(String(500))
    queued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Rendered at the first attempt, and kept for the next.
    subject: Mapped[str | None] = mapped_column(String(200))
    text_body: Mapped[str | None] = mapped_column(Text)
    html_body: Mapped[str | None] = mapped_column(Text)


class OutboxBatch(Base):
    """What is sent together: held and let go as one, whoever is sending it, and paced as one."""

    __tablename__ = "outbox_batch"
    __table_args__ = (
        CheckConstraint("refused_in_a_row >= 0", name="refused"),
        CheckConstraint("hold_after IS NULL OR hold_after > 0", name="hold_after"),
    )

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    #: Since when nothing of it is begun, and why; null while it goes.
    held_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    held_reason: Mapped[str | None] = mapped_column(String(500))
    #: So many refused one after the other, and it holds itself; null for never.
    hold_after: Mapped[int | None]
    refused_in_a_row: Mapped[int] = mapped_column(default=0)
    #: Up to when messages are set out, one after the other, where only so many may leave in a minute.
    paced_until_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class OutboxPause(Base):
    """While the mail server is in trouble: until when nobody tries it. No row while all is well."""

    __tablename__ = "outbox_pause"
    __table_args__ = (CheckConstraint("id = 1", name="only_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    until_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: How many runs in a row the trouble has stopped; the pause grows with it.
    streak: Mapped[int]
    #: When the trouble began.
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: What the server or the line said last.
    error: Mapped[str] = mapped_column(String(500))
