"""Tables of the audit trail. The database itself refuses every change or removal of their rows."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.database import Base, Identified, RowId, UtcDateTime


class AuditEntry(Identified, Base):
    """One thing that somebody did, read or was refused; one English line with references and no case text."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_subject", "subject_kind", "subject_ref", "id"),
        Index("ix_audit_entry_source", "source_ref", "id"),
        Index("ix_audit_entry_actor", "actor_id", "id"),
        # The search of the trail, newest first, by each of its filters.
        Index("ix_audit_entry_ref", "subject_ref", "id"),
        Index("ix_audit_entry_kind", "subject_kind", "id"),
        Index("ix_audit_entry_verb", "verb", "id"),
        Index("ix_audit_entry_business", "business_on", "id"),
        Index("ix_audit_entry_recorded", "recorded_at", "id"),
    )

    #: When, by the machine's clock.
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: On which business day.
    business_on: Mapped[date]
    #: The person who acted; null for the system and for strangers. No foreign key: the trail outlives rows.
    actor_id: Mapped[int | None] = mapped_column(RowId)
    #: The actor's name as it was then.
    actor_name: Mapped[str] = mapped_column(String(200))
    #: What was done, in the policy's words, for example ``action.update``.
    verb: Mapped[str] = mapped_column(String(64))
    #: Whether the record was only looked at; such entries are shown to those entitled.
    is_read: Mapped[bool] = mapped_column(default=False)
    #: The kind of record, for example ``action``, and its reference.
    subject_kind: Mapped[str] = mapped_column(String(32))
    subject_ref: Mapped[str] = mapped_column(String(64))
    #: The source at the head of the record's thread, so that a source's timeline holds its whole thread.
    source_ref: Mapped[str | None] = mapped_column(String(64))
    #: What happened, in one English line.
    line: Mapped[str] = mapped_column(String(500))
    #: SHA-256 of the payload, which a recorded redaction may empty later; null where there is none.
    payload_digest: Mapped[str | None] = mapped_column(String(64))

    payload: Mapped["AuditPayload | None"] = relationship(back_populates="entry")


class AuditPayload(Base):
    """The before and after of a change, kept apart because it holds case text."""

    __tablename__ = "audit_payload"

    entry_id: Mapped[int] = mapped_column(
        RowId, ForeignKey("audit_entry.id"), primary_key=True, autoincrement=False
    )
    #: Random words mixed into the digest, so that a short text cannot be guessed from it. A redaction makes
    #: new ones: with the old ones the digest that the entry keeps would still tell a right guess.
    salt: Mapped[str] = mapped_column(String(32))
    #: JSON: ``{"before": {...}, "after": {...}}``.
    body: Mapped[str] = mapped_column(Text)

    entry: Mapped[AuditEntry] = relationship(back_populates="payload")


class AuditUnsealed(Base):
    """The entries that no seal covers yet: written with the entry, taken away by the sealing job."""

    __tablename__ = "audit_unsealed"

    entry_id: Mapped[int] = mapped_column(
        RowId, ForeignKey("audit_entry.id"), primary_key=True, autoincrement=False
    )


class AuditSeal(Base):
    """One link of the chain: the digest of an entry joined to the link before it."""

    __tablename__ = "audit_seal"

    #: Place in the chain, from 1. Its uniqueness keeps two sealing jobs from forking the chain.
    position: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=False)
    entry_id: Mapped[int] = mapped_column(RowId, ForeignKey("audit_entry.id"), unique=True)
    #: SHA-256 over the previous link and this entry.
    link: Mapped[str] = mapped_column(String(64))
    sealed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Redaction(Identified, Base):
    """That a text which should never have been written was emptied, on the word of two people.

    The record and every payload that held the text keep the mark in its place.
    """

    __tablename__ = "redaction"
    __table_args__ = (
        Index("ix_redaction_waiting", "decision", "id"),
        Index("ix_redaction_subject", "subject_kind", "subject_ref"),
    )

    ref: Mapped[str] = mapped_column(String(16), unique=True)
    #: The record that holds the text, its field, and the source its thread begins at.
    subject_kind: Mapped[str] = mapped_column(String(32))
    subject_ref: Mapped[str] = mapped_column(String(64))
    field: Mapped[str] = mapped_column(String(64))
    source_ref: Mapped[str | None] = mapped_column(String(64))
    #: Why, without repeating the text.
    reason: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_on: Mapped[date]
    #: No foreign keys: the trail outlives rows.
    asked_by_id: Mapped[int | None] = mapped_column(RowId)
    asked_by_name: Mapped[str] = mapped_column(String(200))
    #: ``carried_out`` or ``refused``; null while it waits for the second person.
    decision: Mapped[str | None] = mapped_column(String(16))
    decided_on: Mapped[date | None]
    decided_by_id: Mapped[int | None] = mapped_column(RowId)
    decided_by_name: Mapped[str | None] = mapped_column(String(200))
    decision_reason: Mapped[str] = mapped_column(Text, default="")


class RedactedPayload(Base):
    """That a redaction emptied a text in a payload, and the digest of what is left. Never changed."""

    __tablename__ = "redacted_payload"

    redaction_id: Mapped[int] = mapped_column(
        RowId, ForeignKey("redaction.id"), primary_key=True, autoincrement=False
    )
    entry_id: Mapped[int] = mapped_column(
        RowId, ForeignKey("audit_entry.id"), primary_key=True, autoincrement=False, index=True
    )
    digest_after: Mapped[str] = mapped_column(String(64))
