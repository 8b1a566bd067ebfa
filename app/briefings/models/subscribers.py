"""Who gets the briefing, on which basis, and the addresses that must not be written to again."""

import secrets
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, String, Table, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Agency, Area, HasProvenance, Person
from app.accounts.policy import Facts
from app.audit.operations import Subject
from app.briefings.models.issues import Audience
from app.core.database import Base, Identified, UtcDateTime
from app.lessons.models import Theme


class SubscriberState(StrEnum):
    """Whether somebody gets the briefing."""

    #: Signed up, and has not confirmed the address yet.
    PENDING = "pending"
    ACTIVE = "active"
    LEFT = "left"
    #: The address was refused for good, by the written rule.
    SUPPRESSED = "suppressed"
    #: Nothing is held any more but the keyed digest of the address.
    ERASED = "erased"


class Basis(StrEnum):
    """On which ground somebody is written to."""

    SIGNED_UP = "signed_up"
    ACCOUNT = "account"
    IMPORTED = "imported"


subscriber_topic = Table(
    "subscriber_topic",
    Base.metadata,
    Column("subscriber_id", ForeignKey("subscriber.id"), primary_key=True),
    Column("theme_id", ForeignKey("theme.id"), primary_key=True, index=True),
)


class Subscriber(Identified, HasProvenance, Base):
    """Somebody who gets the briefing, or did."""

    __tablename__ = "subscriber"
    __table_args__ = (
        CheckConstraint("state IN ('pending', 'active', 'left', 'suppressed', 'erased')", name="state"),
        CheckConstraint("basis IN ('signed_up', 'account', 'imported')", name="basis"),
        CheckConstraint("(email IS NULL) = (state = 'erased')", name="erased"),
        Index("ix_subscriber_state", "state", "id"),
        Index("ix_subscriber_agency", "agency_id", "state", "id"),
        Index("ix_subscriber_audience", "audience_id", "state", "id"),
    )

    ref: Mapped[str] = mapped_column(String(16), unique=True)
    #: As it is written to, in small letters; null once erased.
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    #: The account, for staff who have one.
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), unique=True)
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    #: The kind of work, as the person says.
    audience_id: Mapped[int | None] = mapped_column(ForeignKey("audience.id"))
    state: Mapped[str] = mapped_column(String(16), default=SubscriberState.PENDING)
    basis: Mapped[str] = mapped_column(String(16))
    #: In words, for example "Delegate list of the May 2016 conference; agreed on the form".
    basis_stated: Mapped[str] = mapped_column(String(300), default="")
    signed_up_on: Mapped[date]
    confirmed_on: Mapped[date | None]
    left_on: Mapped[date | None]
    left_reason: Mapped[str] = mapped_column(String(40), default="")
    #: Opens the person's own page of preferences: random, and never in an interchange file.
    key: Mapped[str] = mapped_column(String(64), unique=True, default=lambda: secrets.token_urlsafe(32))
    #: When a message to confirm was last asked for; by the machine's clock.
    asked_to_confirm_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    person: Mapped[Person | None] = relationship()
    agency: Mapped[Agency | None] = relationship()
    area: Mapped[Area | None] = relationship()
    audience: Mapped[Audience | None] = relationship()
    #: What they want to read about; none for everything.
    topics: Mapped[list[Theme]] = relationship(secondary=subscriber_topic, order_by=Theme.name)

    @property
    def facts(self) -> Facts:
        """What the policy decides by: nothing, as a subscriber lies in no compartment."""
        return Facts()

    @property
    def audit_subject(self) -> Subject:
        """How the audit trail names the subscriber: by a number that says nothing of who it is."""
        return Subject("subscriber", self.ref)


class SuppressedAddress(Base):
    """An address that must not be added again: kept as a keyed digest, from which nobody reads it."""

    __tablename__ = "suppressed_address"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    #: For example "left", "refused", "erased".
    reason: Mapped[str] = mapped_column(String(40))
    since_on: Mapped[date]
    note: Mapped[str] = mapped_column(Text, default="")
