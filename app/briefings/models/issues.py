"""Issues of the briefing: what stands in them, who wrote and cleared them, and the words once frozen."""

from datetime import date, datetime, time
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, String, Table, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Agency, Area, HasProvenance, Person
from app.accounts.policy import Facts
from app.actions.models import Action
from app.audit.operations import Subject
from app.briefings.models.events import LearningEvent
from app.core.database import Base, Identified, UtcDateTime
from app.lessons.models import Lesson, Theme
from app.reviews.models import Review

if TYPE_CHECKING:
    from app.briefings.models.results import BriefingLink


class IssueState(StrEnum):
    """Where an issue stands. What was cleared changes no more; a new issue puts a mistake right."""

    DRAFT = "draft"
    #: The author has settled every finding and asks a second person to clear it.
    CHECKED = "checked"
    CLEARED = "cleared"
    SCHEDULED = "scheduled"
    SENDING = "sending"
    PAUSED = "paused"
    SENT = "sent"
    CANCELLED = "cancelled"


class Section(StrEnum):
    """The standing sections, in the order in which they stand."""

    LEARNING = "learning"
    POLICY = "policy"
    TRAINING = "training"
    RESOURCES = "resources"
    FEEDBACK = "feedback"


class Audience(Identified, Base):
    """A kind of work whose people a briefing is for, for example "Schools and early years"; data."""

    __tablename__ = "audience"

    ref: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    position: Mapped[int] = mapped_column(default=0)
    retired_on: Mapped[date | None]

    @property
    def facts(self) -> Facts:
        """What the policy decides by: nothing, as an audience lies in no compartment."""
        return Facts()


def _narrowed_to(name: str, target: str) -> Table:
    """The table of what an issue's readers are narrowed to."""
    return Table(
        f"briefing_for_{name}",
        Base.metadata,
        Column("issue_id", ForeignKey("briefing_issue.id"), primary_key=True),
        Column(f"{name}_id", ForeignKey(f"{target}.id"), primary_key=True, index=True),
    )


briefing_for_agency = _narrowed_to("agency", "agency")
briefing_for_area = _narrowed_to("area", "area")
briefing_for_audience = _narrowed_to("audience", "audience")
briefing_for_topic = _narrowed_to("topic", "theme")

briefing_item_audience = Table(
    "briefing_item_audience",
    Base.metadata,
    Column("item_id", ForeignKey("briefing_item.id"), primary_key=True),
    Column("audience_id", ForeignKey("audience.id"), primary_key=True, index=True),
)


class BriefingIssue(Identified, HasProvenance, Base):
    """One issue of the briefing: a month's, a special one, or one that puts an earlier one right."""

    __tablename__ = "briefing_issue"
    __table_args__ = (
        UniqueConstraint("period", "number"),
        CheckConstraint(
            "state IN ('draft', 'checked', 'cleared', 'scheduled', 'sending', 'paused', 'sent', 'cancelled')",
            name="state",
        ),
        Index("ix_briefing_issue_state", "state", "scheduled_on"),
        Index("ix_briefing_issue_sent", "sent_on", "id"),
    )

    ref: Mapped[str] = mapped_column(String(16), unique=True)
    #: The month, for example ``2017-04``; null where the record does not say which it was.
    period: Mapped[str | None] = mapped_column(String(7))
    #: 1 for the month's own issue, 2 and more for others of the month.
    number: Mapped[int] = mapped_column(default=1)
    #: What stands in the subject line after the briefing's name.
    title: Mapped[str] = mapped_column(String(120))
    #: The headline and the words under it.
    headline: Mapped[str] = mapped_column(String(200), default="")
    introduction: Mapped[str] = mapped_column(Text, default="")
    #: Up to three questions for a team to discuss, one a line.
    questions: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(16), default=IssueState.DRAFT)
    #: The earlier issue that this one puts right.
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("briefing_issue.id"))
    #: The earlier issue that this one brings again to those of its readers who followed no link.
    brings_again_id: Mapped[int | None] = mapped_column(ForeignKey("briefing_issue.id"))
    prepared_on: Mapped[date]
    checked_on: Mapped[date | None]
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    cleared_on: Mapped[date | None]
    cleared_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    #: The business day, and the time in London, from which on it is sent; null while nobody said when.
    scheduled_on: Mapped[date | None]
    scheduled_time: Mapped[time | None]
    scheduled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    #: The business day on which its sending began, and when it began and ended by the machine's clock.
    sent_on: Mapped[date | None]
    began_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Why it came back to draft the last time, and who sent it back; null once it goes for clearance again.
    returned_reason: Mapped[str | None] = mapped_column(Text)
    returned_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    #: Why the sending is paused or was cancelled.
    stopped_reason: Mapped[str | None] = mapped_column(Text)
    #: Signs the links of this issue: random, and never in an interchange file.
    link_key: Mapped[str] = mapped_column(String(64), default="")
    #: The business day on which agency leads were written to with the team version, once it was sent.
    cascaded_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    corrects: Mapped["BriefingIssue | None"] = relationship(
        foreign_keys=[corrects_id], remote_side="BriefingIssue.id"
    )
    brings_again: Mapped["BriefingIssue | None"] = relationship(
        foreign_keys=[brings_again_id], remote_side="BriefingIssue.id"
    )
    checked_by: Mapped[Person | None] = relationship(foreign_keys=[checked_by_id])
    cleared_by: Mapped[Person | None] = relationship(foreign_keys=[cleared_by_id])
    scheduled_by: Mapped[Person | None] = relationship(foreign_keys=[scheduled_by_id])
    returned_by: Mapped[Person | None] = relationship(foreign_keys=[returned_by_id])
    items: Mapped[list["BriefingItem"]] = relationship(
        back_populates="issue",
        cascade="all, delete-orphan",
        order_by="(BriefingItem.position, BriefingItem.id)",
    )
    authors: Mapped[list["IssueAuthor"]] = relationship(
        back_populates="issue", cascade="all, delete-orphan", order_by="IssueAuthor.id"
    )
    findings_kept: Mapped[list["FindingKept"]] = relationship(
        back_populates="issue", cascade="all, delete-orphan", order_by="FindingKept.id"
    )
    links: Mapped[list["BriefingLink"]] = relationship(
        back_populates="issue", cascade="all, delete-orphan", order_by="BriefingLink.number"
    )
    frozen: Mapped["FrozenBriefing | None"] = relationship(
        back_populates="issue", cascade="all, delete-orphan"
    )
    #: What its readers are narrowed to; nothing under a heading narrows nothing.
    for_agencies: Mapped[list[Agency]] = relationship(secondary=briefing_for_agency, order_by=Agency.name)
    for_areas: Mapped[list[Area]] = relationship(secondary=briefing_for_area, order_by=Area.name)
    for_audiences: Mapped[list[Audience]] = relationship(
        secondary=briefing_for_audience, order_by=(Audience.position, Audience.name)
    )
    for_topics: Mapped[list[Theme]] = relationship(secondary=briefing_for_topic, order_by=Theme.name)

    @property
    def facts(self) -> Facts:
        """What the policy decides by: nothing, as an issue holds only wording that left its compartment."""
        return Facts()

    @property
    def audit_subject(self) -> Subject:
        """How the audit trail names the issue."""
        return Subject("briefing", self.ref)


class BriefingItem(Identified, HasProvenance, Base):
    """One piece of an issue, in the editor's words, and the record that it was made from, if any."""

    __tablename__ = "briefing_item"
    __table_args__ = (
        CheckConstraint(
            "section IN ('learning', 'policy', 'training', 'resources', 'feedback')", name="section"
        ),
        CheckConstraint(
            "CASE WHEN lesson_id IS NULL THEN 0 ELSE 1 END + CASE WHEN action_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN event_id IS NULL THEN 0 ELSE 1 END + CASE WHEN review_id IS NULL THEN 0 ELSE 1 END"
            " <= 1",
            name="one_origin",
        ),
        UniqueConstraint("issue_id", "lesson_id"),
        UniqueConstraint("issue_id", "action_id"),
        UniqueConstraint("issue_id", "event_id"),
        UniqueConstraint("issue_id", "review_id"),
        Index("ix_briefing_item_issue", "issue_id", "position"),
    )

    issue_id: Mapped[int] = mapped_column(ForeignKey("briefing_issue.id"))
    position: Mapped[int]
    section: Mapped[str] = mapped_column(String(16))
    lesson_id: Mapped[int | None] = mapped_column(ForeignKey("lesson.id"), index=True)
    action_id: Mapped[int | None] = mapped_column(ForeignKey("action.id"), index=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("learning_event.id"), index=True)
    #: An external source: a national review, a thematic briefing, another area's.
    review_id: Mapped[int | None] = mapped_column(ForeignKey("review.id"), index=True)
    #: Why it was proposed, in words, as it was when it was added.
    why: Mapped[str] = mapped_column(String(200), default="")
    heading: Mapped[str] = mapped_column(String(300))
    #: In general terms.
    what_happened: Mapped[str] = mapped_column(Text, default="")
    what_we_learned: Mapped[str] = mapped_column(Text, default="")
    what_you_should_do: Mapped[str] = mapped_column(Text, default="")
    #: Where to read on, and what the link is called.
    url: Mapped[str | None] = mapped_column(String(500))
    url_words: Mapped[str] = mapped_column(String(120), default="")
    #: Of the lesson's words when the issue was cleared, so that other words since are noticed.
    lesson_digest: Mapped[str | None] = mapped_column(String(64))
    #: The same of a training, and the day and place that readers are told; null until the words are frozen.
    event_digest: Mapped[str | None] = mapped_column(String(64))
    event_on: Mapped[date | None]
    event_where: Mapped[str | None] = mapped_column(String(200))

    issue: Mapped[BriefingIssue] = relationship(back_populates="items")
    lesson: Mapped[Lesson | None] = relationship()
    action: Mapped[Action | None] = relationship()
    event: Mapped[LearningEvent | None] = relationship()
    review: Mapped[Review | None] = relationship()
    audiences: Mapped[list[Audience]] = relationship(
        secondary=briefing_item_audience, order_by=(Audience.position, Audience.name)
    )

    @property
    def made_from(self) -> str | None:
        """The reference of the record that it was made from; null for what an editor wrote."""
        origin = self.lesson or self.action or self.event or self.review
        return origin.ref if origin else None


class IssueAuthor(Identified, Base):
    """That somebody wrote in an issue, so that they cannot be the one who clears it."""

    __tablename__ = "briefing_author"
    __table_args__ = (UniqueConstraint("issue_id", "person_id"),)

    issue_id: Mapped[int] = mapped_column(ForeignKey("briefing_issue.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)

    issue: Mapped[BriefingIssue] = relationship(back_populates="authors")
    person: Mapped[Person] = relationship()


class FindingKept(Identified, Base):
    """That words which might identify somebody stay in an issue, and why."""

    __tablename__ = "briefing_finding_kept"
    __table_args__ = (UniqueConstraint("issue_id", "digest"),)

    issue_id: Mapped[int] = mapped_column(ForeignKey("briefing_issue.id"))
    #: Of the kind of finding, its field and item and the words around it: other words are another finding.
    digest: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(Text)
    kept_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime)

    issue: Mapped[BriefingIssue] = relationship(back_populates="findings_kept")
    kept_by: Mapped[Person | None] = relationship()


class FrozenBriefing(Identified, Base):
    """An issue's mail as it was cleared, with places for what differs from reader to reader."""

    __tablename__ = "briefing_frozen"

    issue_id: Mapped[int] = mapped_column(ForeignKey("briefing_issue.id"), unique=True)
    subject: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    #: Of all three.
    digest: Mapped[str] = mapped_column(String(64))
    frozen_at: Mapped[datetime] = mapped_column(UtcDateTime)

    issue: Mapped[BriefingIssue] = relationship(back_populates="frozen")
