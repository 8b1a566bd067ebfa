"""What was learned from a source, and what the source recommends."""

from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import HasProvenance, Person, Source
from app.accounts.policy import Facts, Sharing
from app.audit.operations import Subject
from app.core.database import Base, Identified, UtcDateTime
from app.reviews.models import AuditedCase

if TYPE_CHECKING:
    from app.actions.models import Action


class LessonKind(StrEnum):
    """Whether practice is to change, or was good and is to be kept."""

    LESSON = "lesson"
    STRENGTH = "strength"


class Response(StrEnum):
    """What the partnership says to a recommendation."""

    ACCEPTED = "accepted"
    PARTLY_ACCEPTED = "partly_accepted"
    REJECTED = "rejected"


RESPONSE_LABELS = {
    Response.ACCEPTED: "Accepted",
    Response.PARTLY_ACCEPTED: "Partly accepted",
    Response.REJECTED: "Rejected",
}

SHARING_LABELS = {
    Sharing.DRAFT: "Draft",
    Sharing.CLEARED: "Cleared",
    Sharing.PUBLISHED: "Published",
}

#: A lesson has at most this many themes; more, and the theme says nothing.
MOST_THEMES = 3

lesson_theme = Table(
    "lesson_theme",
    Base.metadata,
    Column("lesson_id", ForeignKey("lesson.id"), primary_key=True),
    Column("theme_id", ForeignKey("theme.id"), primary_key=True),
    # The latest lessons about a theme.
    Index("ix_lesson_theme_latest", "theme_id", "lesson_id"),
)

recommendation_lesson = Table(
    "recommendation_lesson",
    Base.metadata,
    Column("recommendation_id", ForeignKey("recommendation.id"), primary_key=True),
    Column("lesson_id", ForeignKey("lesson.id"), primary_key=True, index=True),
)


class Theme(Identified, Base):
    """What lessons are about, across reviews and years. Themes are data: renamed, merged, retired."""

    __tablename__ = "theme"

    ref: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    #: The broader theme this one belongs to; two levels at most.
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id"))
    #: Other words for it, separated by commas.
    synonyms: Mapped[str] = mapped_column(Text, default="")
    retired_on: Mapped[date | None]
    #: The theme that took this one's place when the two were merged.
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id"))

    @property
    def facts(self) -> Facts:
        """What the policy decides by: nothing, as a theme lies in no compartment."""
        return Facts()

    parent: Mapped["Theme | None"] = relationship(remote_side="Theme.id", foreign_keys=[parent_id])
    merged_into: Mapped["Theme | None"] = relationship(remote_side="Theme.id", foreign_keys=[merged_into_id])


class Lesson(Identified, HasProvenance, Base):
    """A lesson or a strength, in words free of the case, found by a source or in one audited case of it."""

    __tablename__ = "lesson"
    __table_args__ = (
        CheckConstraint("kind IN ('lesson', 'strength')", name="kind"),
        CheckConstraint("sharing IN ('draft', 'cleared', 'published')", name="sharing"),
        Index("ix_lesson_source", "source_id", "kind", "number"),
        Index("ix_lesson_sharing", "sharing", "ref"),
        Index("ix_lesson_cleared", "cleared_on", "id"),
    )

    ref: Mapped[str] = mapped_column(String(16), unique=True)
    kind: Mapped[str] = mapped_column(String(16), default=LessonKind.LESSON)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"))
    audited_case_id: Mapped[int | None] = mapped_column(ForeignKey("audited_case.id"))
    #: The number it has in the report.
    number: Mapped[int | None]
    #: As the report heads it.
    heading: Mapped[str] = mapped_column(String(300))
    what_we_learned: Mapped[str] = mapped_column(Text, default="")
    what_you_should_do: Mapped[str] = mapped_column(Text, default="")
    found_on: Mapped[date]
    sharing: Mapped[str] = mapped_column(String(16), default=Sharing.DRAFT)
    cleared_on: Mapped[date | None]
    cleared_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    published_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_on: Mapped[date | None]
    withdrawn_reason: Mapped[str | None] = mapped_column(Text)

    source: Mapped[Source] = relationship(back_populates="lessons")
    audited_case: Mapped[AuditedCase | None] = relationship()
    cleared_by: Mapped[Person | None] = relationship()
    themes: Mapped[list[Theme]] = relationship(secondary=lesson_theme, order_by=Theme.name)
    recommendations: Mapped[list["Recommendation"]] = relationship(
        secondary=recommendation_lesson, back_populates="lessons", order_by="Recommendation.ref"
    )
    actions: Mapped[list["Action"]] = relationship(
        "Action", secondary="action_lesson", back_populates="lessons", order_by="Action.ref"
    )

    @property
    def is_strength(self) -> bool:
        """Whether it is good practice to keep, not practice to change."""
        return self.kind == LessonKind.STRENGTH

    @property
    def sharing_label(self) -> str:
        """How far its wording may travel, in a word."""
        return SHARING_LABELS[Sharing(self.sharing)]

    @property
    def facts(self) -> Facts:
        """What the policy decides by: the compartment of its source, and its sharing status.

        A withdrawn lesson travels no further, whatever it was cleared for.
        """
        sharing = Sharing.DRAFT if self.withdrawn_on else Sharing(self.sharing)
        return replace(self.source.facts, sharing=sharing)

    @property
    def audit_subject(self) -> Subject:
        """How the audit trail names the lesson."""
        return Subject("lesson", self.ref, self.source.ref)


class LessonRun(Base):
    """The digest of a few words in a row of a lesson, by which words taken over from it are found."""

    __tablename__ = "lesson_run"
    __table_args__ = (Index("ix_lesson_run_digest", "digest", "lesson_id"),)

    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id"), primary_key=True)
    digest: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)


class Recommendation(Identified, HasProvenance, Base):
    """What a report recommends, numbered as published, with the partnership's response."""

    __tablename__ = "recommendation"
    __table_args__ = (UniqueConstraint("source_id", "number"),)

    ref: Mapped[str] = mapped_column(String(16), unique=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"))
    #: As published, for example "4" or "4a".
    number: Mapped[str] = mapped_column(String(16))
    wording: Mapped[str] = mapped_column(Text)
    made_on: Mapped[date]
    response: Mapped[str | None] = mapped_column(String(16))
    response_reason: Mapped[str] = mapped_column(Text, default="")
    responded_on: Mapped[date | None]
    responded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_on: Mapped[date | None]
    withdrawn_reason: Mapped[str | None] = mapped_column(Text)

    source: Mapped[Source] = relationship(back_populates="recommendations")
    responded_by: Mapped[Person | None] = relationship()
    lessons: Mapped[list[Lesson]] = relationship(
        secondary=recommendation_lesson, back_populates="recommendations", order_by=Lesson.ref
    )
    actions: Mapped[list["Action"]] = relationship(
        "Action", secondary="action_recommendation", back_populates="recommendations", order_by="Action.ref"
    )

    @property
    def actions_standing(self) -> list["Action"]:
        """The actions that answer it; those that were withdrawn answer nothing."""
        return [action for action in self.actions if action.status != "withdrawn"]

    @property
    def closed_count(self) -> int:
        """How many of them are closed."""
        return sum(action.closed_on is not None for action in self.actions_standing)

    @property
    def is_closed(self) -> bool:
        """Whether it is closed: it is once every action that answers it is."""
        return bool(self.actions_standing) and self.closed_count == len(self.actions_standing)

    @property
    def response_label(self) -> str:
        """The response in words."""
        return RESPONSE_LABELS[Response(self.response)] if self.response else "No response yet"

    @property
    def facts(self) -> Facts:
        """What the policy decides by: the compartment of its source."""
        return self.source.facts

    @property
    def audit_subject(self) -> Subject:
        """How the audit trail names the recommendation."""
        return Subject("recommendation", self.ref, self.source.ref)
