"""The case at the head of a thread, and who may open which beyond the ordinary.

A case is named by its reference, for example ``R-0003``: this room knows no reviews and no child deaths, and
the same rules hold for both.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models.people import Person
from app.accounts.models.structures import Group
from app.accounts.policy import Facts
from app.audit.operations import Subject
from app.core.database import Base, Identified, UtcDateTime

if TYPE_CHECKING:
    from app.actions.models import Action
    from app.lessons.models import Lesson, Recommendation


class SourceKind(StrEnum):
    """What stands at the head of a thread; also the word the audit trail and the policy have for it."""

    REVIEW = "review"
    CHILD_DEATH = "child_death"
    PANEL = "panel"


SOURCE_LABELS = {
    SourceKind.REVIEW: "Review",
    SourceKind.CHILD_DEATH: "Child death review",
    SourceKind.PANEL: "Child death overview panel",
}


class Source(Identified, Base):
    """The head of a thread: where lessons, recommendations and actions come from, and what they lie in.

    Each kind of source is a class of its own in its room, with a table that continues this one. What is here
    is all that lists and the policy need to know of any of them.
    """

    __tablename__ = "source"
    __table_args__: tuple[Any, ...] = (
        Index("ix_source_group", "group_id", "ref"),
        Index("ix_source_kind", "kind", "ref"),
    )
    __mapper_args__ = {"polymorphic_on": "kind"}  # noqa: RUF012 (never changed)

    kind: Mapped[str] = mapped_column(String(16))
    #: A running number that says nothing about whom the source concerns.
    ref: Mapped[str] = mapped_column(String(16), unique=True)
    #: The group that oversees it; its members share the compartment.
    group_id: Mapped[int] = mapped_column(ForeignKey("group.id"))
    #: Whether only the case's own team, or the compartment of child death reviews, may open it.
    is_restricted: Mapped[bool] = mapped_column(default=False, server_default=false(), index=True)

    #: What it is called among those who may open it, for example "Child H". Never in a title, an address, a
    #: message or a log.
    caption: Mapped[str] = mapped_column(String(200))
    withdrawn_on: Mapped[date | None]
    withdrawn_reason: Mapped[str | None] = mapped_column(Text)

    group: Mapped[Group] = relationship()
    lessons: Mapped[list["Lesson"]] = relationship(
        "Lesson", back_populates="source", order_by="(Lesson.kind, Lesson.number, Lesson.id)"
    )
    recommendations: Mapped[list["Recommendation"]] = relationship(
        "Recommendation", back_populates="source", order_by="Recommendation.id"
    )
    actions: Mapped[list["Action"]] = relationship("Action", back_populates="source", order_by="Action.ref")

    @property
    def type_label(self) -> str:
        """What kind of source it is, in words."""
        return SOURCE_LABELS[SourceKind(self.kind)]

    @property
    def facts(self) -> Facts:
        """What the policy decides by: its compartment."""
        return Facts(
            group_id=self.group_id,
            source_ref=self.ref,
            is_restricted=self.is_restricted,
            is_child_death=self.kind == SourceKind.CHILD_DEATH,
            compartment_id=self.group_id if self.kind == SourceKind.CHILD_DEATH else None,
        )

    @property
    def audit_subject(self) -> Subject:
        """How the audit trail names the source, which heads its own thread."""
        return Subject(self.kind, self.ref, self.ref)

    @property
    def read_verb(self) -> str:
        """The verb by which it is opened."""
        return f"{self.kind}.read"


class CaseTeamMember(Identified, Base):
    """A person's place on the team of a restricted case. Nobody ranks above the team."""

    __tablename__ = "case_team_member"
    __table_args__ = (
        Index("ix_case_team_member_source", "source_ref", "ended_on"),
        Index("ix_case_team_member_person", "person_id", "ended_on"),
    )

    source_ref: Mapped[str] = mapped_column(String(24))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    #: Whether the person says who else is on the team.
    is_lead: Mapped[bool] = mapped_column(default=False)
    joined_on: Mapped[date]
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ended_on: Mapped[date | None]

    person: Mapped[Person] = relationship(foreign_keys=[person_id], back_populates="case_teams")
    added_by: Mapped[Person | None] = relationship(foreign_keys=[added_by_id])


class ConflictOfInterest(Identified, Base):
    """That a person stands too near to a case to know or decide about it. Beats every other rule."""

    __tablename__ = "conflict_of_interest"
    __table_args__ = (
        Index("ix_conflict_of_interest_source", "source_ref", "ended_on"),
        Index("ix_conflict_of_interest_person", "person_id", "ended_on"),
    )

    source_ref: Mapped[str] = mapped_column(String(24))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    #: What the interest is, without case detail.
    nature: Mapped[str] = mapped_column(Text)
    declared_on: Mapped[date]
    declared_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ended_on: Mapped[date | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ended_reason: Mapped[str | None] = mapped_column(Text)

    person: Mapped[Person] = relationship(foreign_keys=[person_id], back_populates="conflicts")
    declared_by: Mapped[Person | None] = relationship(foreign_keys=[declared_by_id])
    ended_by: Mapped[Person | None] = relationship(foreign_keys=[ended_by_id])


class BrokenGlass(Identified, Base):
    """That somebody opened a restricted case without being on its team: for one day, with a reason.

    Others were told. Never changed, but for the mark of a redaction in the reason.
    """

    __tablename__ = "broken_glass"
    __table_args__ = (
        UniqueConstraint("source_ref", "person_id", "broken_on"),
        Index("ix_broken_glass_person", "person_id", "broken_on"),
    )

    source_ref: Mapped[str] = mapped_column(String(24))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    #: The one business day on which it holds.
    broken_on: Mapped[date]
    broken_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text)

    person: Mapped[Person] = relationship(foreign_keys=[person_id], back_populates="broken_glass")
