"""Challenges: what was raised with an agency or a body outside, and what it answered."""

from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Agency, Group, HasProvenance, Person, Source
from app.accounts.policy import Facts
from app.audit.operations import Subject
from app.core.database import Base, Identified, UtcDateTime

if TYPE_CHECKING:
    from app.actions.models.action import Action


class Challenge(Identified, HasProvenance, Base):
    """A formal challenge: of an agency, or of a body outside to which an action was escalated.

    Stays open across years until its outcome is recorded.
    """

    __tablename__ = "challenge"
    __table_args__ = (
        CheckConstraint("kind IN ('challenge', 'escalation')", name="kind"),
        Index("ix_challenge_open", "closed_on", "raised_on", "ref"),
        Index("ix_challenge_group", "group_id", "closed_on", "ref"),
        Index("ix_challenge_action", "action_id"),
        Index("ix_challenge_source", "source_id"),
    )

    ref: Mapped[str] = mapped_column(String(16), unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    #: What it is about, in one line free of the case.
    about: Mapped[str] = mapped_column(String(300))
    group_id: Mapped[int] = mapped_column(ForeignKey("group.id"))
    #: The case it belongs to, and the action that was escalated; null where it belongs to none.
    source_id: Mapped[int | None] = mapped_column(ForeignKey("source.id"))
    action_id: Mapped[int | None] = mapped_column(ForeignKey("action.id"))
    #: Whom it is put to, by name, and the agency where it is one that we know.
    put_to: Mapped[str] = mapped_column(String(200))
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    raised_on: Mapped[date]
    raised_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    #: By when an answer is asked for.
    answer_by_on: Mapped[date | None]
    #: ``resolved``, ``partly_resolved``, ``not_resolved`` or ``withdrawn``; null while it is open.
    outcome: Mapped[str | None] = mapped_column(String(16))
    outcome_words: Mapped[str] = mapped_column(Text, default="")
    closed_on: Mapped[date | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    group: Mapped[Group] = relationship()
    source: Mapped[Source | None] = relationship()
    action: Mapped["Action | None"] = relationship(back_populates="challenges")
    agency: Mapped[Agency | None] = relationship()
    raised_by: Mapped[Person | None] = relationship(foreign_keys=[raised_by_id])
    closed_by: Mapped[Person | None] = relationship(foreign_keys=[closed_by_id])
    entries: Mapped[list["ChallengeEntry"]] = relationship(
        back_populates="challenge", order_by="(ChallengeEntry.happened_on, ChallengeEntry.id)"
    )

    @property
    def facts(self) -> Facts:
        """What the policy decides by: the compartment of its case, or its group's where it has none."""
        source = self.source or (self.action.source if self.action else None)
        if source is None:
            return Facts(group_id=self.group_id)
        return replace(source.facts, group_id=self.group_id)

    @property
    def audit_subject(self) -> Subject:
        """How the audit trail names the challenge, on the thread of its case where it has one."""
        source = self.source or (self.action.source if self.action else None)
        return Subject("challenge", self.ref, source.ref if source else None)


class ChallengeEntry(Identified, HasProvenance, Base):
    """One line of the log: that somebody was written to, answered or was met. Never changed."""

    __tablename__ = "challenge_entry"
    __table_args__ = (
        CheckConstraint("kind IN ('written', 'answered', 'met', 'noted')", name="kind"),
        Index("ix_challenge_entry_challenge", "challenge_id", "happened_on"),
    )

    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"))
    kind: Mapped[str] = mapped_column(String(16))
    #: Who was written to, or who answered.
    whom: Mapped[str] = mapped_column(String(200))
    words: Mapped[str] = mapped_column(Text)
    happened_on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    challenge: Mapped[Challenge] = relationship(back_populates="entries")
    recorded_by: Mapped[Person | None] = relationship()
