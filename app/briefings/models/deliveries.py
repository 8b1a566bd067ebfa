"""One issue to one subscriber, from the day it was cleared; and what came back."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Agency
from app.briefings.models.issues import Audience, BriefingIssue
from app.briefings.models.subscribers import Subscriber
from app.core.database import Base, Identified, RowId, UtcDateTime


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    #: In the frozen audience; not in the outbox yet.
    PLANNED = "planned"
    QUEUED = "queued"
    #: The receiver's server took it.
    DELIVERED = "delivered"
    #: Refused for good, at once or by returned mail.
    BOUNCED = "bounced"
    #: It could not be made or handed over, or nobody can tell.
    FAILED = "failed"
    #: The reader left before it was begun, or the issue was cancelled.
    NOT_SENT = "not_sent"


class Delivery(Identified, Base):
    """That an issue goes to a subscriber: once, whatever crashes."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("issue_id", "subscriber_id"),
        CheckConstraint(
            "state IN ('planned', 'queued', 'delivered', 'bounced', 'failed', 'not_sent')", name="state"
        ),
        Index("ix_delivery_state", "issue_id", "state", "id"),
        # Everything that results are counted by, so that they are counted from the index alone.
        Index("ix_delivery_agency", "issue_id", "agency_id", "audience_id", "state", "left_on"),
        Index("ix_delivery_subscriber", "subscriber_id", "id"),
    )

    issue_id: Mapped[int] = mapped_column(ForeignKey("briefing_issue.id"))
    #: Null once the reader is erased: what was sent stays counted, and hangs on nobody any more.
    subscriber_id: Mapped[int | None] = mapped_column(ForeignKey("subscriber.id"))
    #: Of the reader when the audience was frozen.
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    audience_id: Mapped[int | None] = mapped_column(ForeignKey("audience.id"))
    state: Mapped[str] = mapped_column(String(16), default=DeliveryState.PLANNED)
    #: The row of the outbox, once it is there. No foreign key: the outbox knows nobody.
    message_id: Mapped[int | None] = mapped_column(RowId, unique=True)
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: The business day the reader unsubscribed from a link in this very mail.
    left_on: Mapped[date | None]

    issue: Mapped[BriefingIssue] = relationship()
    subscriber: Mapped[Subscriber | None] = relationship()
    agency: Mapped[Agency | None] = relationship()
    audience: Mapped[Audience | None] = relationship()


class BounceKind(StrEnum):
    """What a refusal says of the address: gone for good, could not take it then, or nothing."""

    HARD = "hard"
    SOFT = "soft"
    #: The receiver took it for spam or has a rule against it: that says nothing of the address.
    POLICY = "policy"


class Bounce(Identified, Base):
    """That a receiver sent a briefing back, at once or later by mail."""

    __tablename__ = "bounce"
    __table_args__ = (
        CheckConstraint("kind IN ('hard', 'soft', 'policy')", name="kind"),
        Index("ix_bounce_subscriber", "subscriber_id", "id"),
        Index("ix_bounce_delivery", "delivery_id"),
        Index(
            "ix_bounce_held",
            "subscriber_id",
            sqlite_where=text("is_held = 1"),
            postgresql_where=text("is_held"),
        ),
    )

    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id"))
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("delivery.id"))
    kind: Mapped[str] = mapped_column(String(8))
    #: The enhanced status code, for example ``5.1.1``, where there was one.
    code: Mapped[str] = mapped_column(String(16), default="")
    said: Mapped[str] = mapped_column(String(500), default="")
    #: ``smtp`` for an answer on the line, ``returned`` for a mail that came back.
    came_by: Mapped[str] = mapped_column(String(16))
    bounced_on: Mapped[date]
    #: When an editor put the address back: what was said of it before counts no more.
    settled_on: Mapped[date | None]
    #: Whether the address would have been given up for it, and waits for an editor: too many came in a day.
    is_held: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: What makes the refusal the same refusal, so that it counts once.
    report_id: Mapped[str | None] = mapped_column(String(200), unique=True)

    subscriber: Mapped[Subscriber] = relationship()
    delivery: Mapped[Delivery | None] = relationship()
