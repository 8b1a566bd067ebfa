"""What came of an issue: clicks, opens, what teams discussed, what readers said, and the sums of it all."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Agency, HasProvenance, Person
from app.accounts.policy import Facts
from app.audit.operations import Subject
from app.briefings.models.deliveries import Delivery
from app.briefings.models.issues import Audience, BriefingIssue, BriefingItem
from app.core.database import Base, Identified, UtcDateTime


class BriefingLink(Identified, Base):
    """A link of an issue, fixed when it was cleared: the only places its signed links lead to."""

    __tablename__ = "briefing_link"
    __table_args__ = (UniqueConstraint("issue_id", "number"),)

    issue_id: Mapped[int] = mapped_column(ForeignKey("briefing_issue.id"))
    number: Mapped[int]
    item_id: Mapped[int | None] = mapped_column(ForeignKey("briefing_item.id"), index=True)
    url: Mapped[str] = mapped_column(String(500))
    words: Mapped[str] = mapped_column(String(300))

    issue: Mapped[BriefingIssue] = relationship(back_populates="links")
    item: Mapped[BriefingItem | None] = relationship()


class Click(Identified, Base):
    """That a link in a mail was followed: a personal datum, summed up and removed after some months."""

    __tablename__ = "briefing_click"
    __table_args__ = (
        Index("ix_briefing_click_link", "link_id", "scanner", "delivery_id", "clicked_at"),
        Index("ix_briefing_click_delivery", "delivery_id", "clicked_at"),
    )

    link_id: Mapped[int] = mapped_column(ForeignKey("briefing_link.id"))
    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id"))
    clicked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Why it counts as a scanner's; null for a person's.
    scanner: Mapped[str | None] = mapped_column(String(40))

    link: Mapped[BriefingLink] = relationship()
    delivery: Mapped[Delivery] = relationship()


class LinkTotal(Identified, Base):
    """How often a link was followed, by agency: what stays when no click of a person is kept."""

    __tablename__ = "briefing_link_total"
    __table_args__ = (UniqueConstraint("link_id", "agency_id"),)

    link_id: Mapped[int] = mapped_column(ForeignKey("briefing_link.id"))
    #: Null where it is not known, or no clicks of people are kept.
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"), index=True)
    clicks: Mapped[int] = mapped_column(default=0)
    #: Of how many readers; 0 where that was not kept.
    readers: Mapped[int] = mapped_column(default=0)
    scanners: Mapped[int] = mapped_column(default=0)

    link: Mapped[BriefingLink] = relationship()
    agency: Mapped[Agency | None] = relationship()


class Opening(Identified, Base):
    """That the picture in a mail was fetched, where the partnership counts opens; only an indication."""

    __tablename__ = "briefing_opening"
    __table_args__ = (
        UniqueConstraint("delivery_id"),
        Index("ix_briefing_opening_issue", "issue_id", "delivery_id"),
    )

    issue_id: Mapped[int] = mapped_column(ForeignKey("briefing_issue.id"))
    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id"))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)

    delivery: Mapped[Delivery] = relationship()


class CascadeReceipt(Identified, HasProvenance, Base):
    """ "We discussed this": that a team spoke about an issue, and the one thing it will do."""

    __tablename__ = "cascade_receipt"
    __table_args__ = (
        CheckConstraint("staff > 0", name="staff"),
        Index("ix_cascade_receipt_issue", "issue_id", "agency_id"),
        Index("ix_cascade_receipt_agency", "agency_id", "discussed_on"),
    )

    ref: Mapped[str] = mapped_column(String(16), unique=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("briefing_issue.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    team: Mapped[str] = mapped_column(String(120))
    discussed_on: Mapped[date]
    staff: Mapped[int]
    one_thing: Mapped[str] = mapped_column(Text, default="")
    #: Who gave it, where they were signed in; null where it came by the agency's link.
    given_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_on: Mapped[date | None]
    withdrawn_reason: Mapped[str | None] = mapped_column(Text)

    issue: Mapped[BriefingIssue] = relationship()
    agency: Mapped[Agency] = relationship()
    given_by: Mapped[Person | None] = relationship()

    @property
    def facts(self) -> Facts:
        """What the policy decides by: the agency whose team it was."""
        return Facts(agency_id=self.agency_id)

    @property
    def came_by_link(self) -> bool:
        """Whether whoever gave it was not signed in: nobody knows who it was."""
        return self.given_by_id is None

    @property
    def audit_subject(self) -> Subject:
        """How the audit trail names the receipt."""
        return Subject("receipt", self.ref)


class Feedback(Identified, Base):
    """How useful a reader found an issue, or what they asked; without who it was unless they said so."""

    __tablename__ = "briefing_feedback"
    __table_args__ = (
        CheckConstraint("useful IS NULL OR useful BETWEEN 1 AND 4", name="useful"),
        Index("ix_briefing_feedback_issue", "issue_id", "id"),
    )

    issue_id: Mapped[int] = mapped_column(ForeignKey("briefing_issue.id"))
    #: 1 not useful to 4 very useful.
    useful: Mapped[int | None]
    words: Mapped[str] = mapped_column(Text, default="")
    #: The day and no time, beside which other records would tell who it was.
    given_on: Mapped[date]
    #: When an editor had dealt with it.
    settled_on: Mapped[date | None]

    issue: Mapped[BriefingIssue] = relationship()

    @property
    def facts(self) -> Facts:
        """What the policy decides by: nothing, as nobody is named in it."""
        return Facts()


class BriefingResult(Identified, HasProvenance, Base):
    """The results of an issue as they stood so many days after it went out.

    Of all readers together, of the readers of one agency, or of those of one kind of work.
    """

    __tablename__ = "briefing_result"
    __table_args__ = (
        UniqueConstraint("issue_id", "after_days", "agency_id", "audience_id"),
        CheckConstraint("agency_id IS NULL OR audience_id IS NULL", name="one_part"),
    )

    issue_id: Mapped[int] = mapped_column(ForeignKey("briefing_issue.id"))
    #: 7, 28, or 395: before what is kept of people was summed up and removed, whenever that was.
    after_days: Mapped[int]
    #: Null, as the kind of work is, for all readers together.
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"), index=True)
    audience_id: Mapped[int | None] = mapped_column(ForeignKey("audience.id"), index=True)
    taken_on: Mapped[date]
    #: How many readers stood in the frozen audience; 0 where the record does not say.
    addressed: Mapped[int] = mapped_column(default=0)
    delivered: Mapped[int] = mapped_column(default=0)
    bounced: Mapped[int] = mapped_column(default=0)
    #: They left before, or it could not be handed over.
    not_sent: Mapped[int] = mapped_column(default=0)
    #: Readers who followed some link; null where no clicks of people are kept.
    clicked: Mapped[int | None]
    #: Only an indication; null where opens are not counted.
    opened: Mapped[int | None]
    left: Mapped[int] = mapped_column(default=0)
    receipts: Mapped[int] = mapped_column(default=0)
    staff: Mapped[int] = mapped_column(default=0)
    #: How many said how useful it was, and how many of them found it useful or very useful; all readers only.
    votes: Mapped[int] = mapped_column(default=0)
    useful: Mapped[int] = mapped_column(default=0)

    issue: Mapped[BriefingIssue] = relationship()
    agency: Mapped[Agency | None] = relationship()
    audience: Mapped[Audience | None] = relationship()


class LinkResult(Identified, Base):
    """How often a link had been followed so many days after its issue went out."""

    __tablename__ = "briefing_link_result"
    __table_args__ = (UniqueConstraint("link_id", "after_days"),)

    link_id: Mapped[int] = mapped_column(ForeignKey("briefing_link.id"))
    after_days: Mapped[int]
    clicks: Mapped[int] = mapped_column(default=0)
    #: Of how many readers; null where no clicks of people are kept.
    readers: Mapped[int | None]
    scanners: Mapped[int] = mapped_column(default=0)

    link: Mapped[BriefingLink] = relationship()
