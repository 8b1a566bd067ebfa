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

    ACTIVE = "active"
    LEFT = "left"
    #: The address was refused for good, by the written rule of ``subscribers.rules``.
    SUPPRESSED = "suppressed"
    #: Nothing is held any more but the keyed digest of the address.
    ERASED = "erased"


class Basis(StrEnum):
    """On which ground somebody is written to."""

    SIGNED_UP = "signed_up"
    ACCOUNT = "account"
    IMPORTED = "imported"


def new_key() -> str:
    """What opens a reader's own page: 256 random bits, which nobody guesses."""
    return secrets.token_urlsafe(32)


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
        CheckConstraint("state IN ('active', 'left', 'suppressed', 'erased')", name="state"),
        CheckConstraint("basis IN ('signed_up', 'account', 'imported')", name="basis"),
        CheckConstraint("(email IS NULL) = (state = 'erased')", name="erased"),
        Index("ix_subscriber_state", "state", "id"),
        Index("ix_subscriber_agency", "agency_id", "state", "id"),
        Index("ix_subscriber_audience", "audience_id", "state", "id"),
        # In the order of the list, whatever it is narrowed to.
        Index("ix_subscriber_of_agency", "agency_id", "id"),
        Index("ix_subscriber_of_audience", "audience_id", "id"),
        Index("ix_subscriber_basis", "basis", "id"),
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
    state: Mapped[str] = mapped_column(String(16), default=SubscriberState.ACTIVE)
    basis: Mapped[str] = mapped_column(String(16))
    #: In words, for example "Delegate list of the May 2016 conference; agreed on the form".
    basis_stated: Mapped[str] = mapped_column(String(300), default="")
    signed_up_on: Mapped[date]
    #: When the owner of the address last showed that it is theirs; null for who was imported.
    confirmed_on: Mapped[date | None]
    #: Since when it is written to no more, and why, for example "unsubscribed" or "refused 5.1.1".
    left_on: Mapped[date | None]
    left_reason: Mapped[str] = mapped_column(String(40), default="")
    #: Opens the person's own page of preferences: random, and never in an interchange file.
    key: Mapped[str] = mapped_column(String(64), unique=True, default=new_key)
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


class SignUp(Identified, Base):
    """That somebody asked for the briefing at an address, or to have it there instead; one row an address.

    Nobody knows yet that the address is theirs, so nothing of it is a subscriber: a list that anybody could
    write strangers into would be no list, and nobody's details change by what a stranger typed. It goes once
    the address is confirmed, or when its link has run out.
    """

    __tablename__ = "sign_up"
    __table_args__ = (Index("ix_sign_up_asked", "asked_at"),)

    email: Mapped[str] = mapped_column(String(254), unique=True)
    #: The subscriber whose address it shall be; null for who signs up.
    subscriber_id: Mapped[int | None] = mapped_column(ForeignKey("subscriber.id"), index=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    audience_id: Mapped[int | None] = mapped_column(ForeignKey("audience.id"))
    #: References of themes, with blanks between them.
    topics: Mapped[str] = mapped_column(Text, default="")
    #: When the message with the link was last queued, by the machine's clock.
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: How many messages were queued while it was waited for.
    times: Mapped[int] = mapped_column(default=1, server_default="1")
    #: Names that message, and makes its link the only one that works.
    token: Mapped[str] = mapped_column(String(32), unique=True)


class MovedAddress(Identified, Base):
    """Where a reader was written to before their address was changed by a link: its owner can undo that.

    Whoever a mail was forwarded to has the reader's key, and could take the subscription over. It goes after
    some days, and with the reader.
    """

    __tablename__ = "moved_address"
    __table_args__ = (Index("ix_moved_address_moved", "moved_at"),)

    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id"), index=True)
    email: Mapped[str] = mapped_column(String(254))
    #: Whether the address was that of the reader's account, and followed it.
    had_account: Mapped[bool]
    #: False where the reader was moved from it by undoing a move: its owner is told, and no more.
    may_be_undone: Mapped[bool] = mapped_column(default=True)
    #: By the machine's clock.
    moved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Names the message to it, and its link.
    token: Mapped[str] = mapped_column(String(32), unique=True)

    subscriber: Mapped[Subscriber] = relationship()


class AddressKey(Base):
    """The key of the digests of suppressed addresses; one row, made with the tables.

    It stands in the database and not among the settings, because the digests must go on to work after the
    secret of the sessions was changed, and after a backup was put back, which holds this table too. No
    interchange file holds it, so the digests in one say nothing to whoever has the file, and work only where
    they were made. Whoever has the whole database can try addresses against them, and has the list anyway.
    """

    __tablename__ = "address_key"
    __table_args__ = (CheckConstraint("id = 1", name="only_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    key: Mapped[str] = mapped_column(String(64))


class SuppressedAddress(Base):
    """An address that nobody but its owner adds again: kept as a keyed digest, from which nobody reads it."""

    __tablename__ = "suppressed_address"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    #: For example "unsubscribed" or "erased on request".
    reason: Mapped[str] = mapped_column(String(40))
    since_on: Mapped[date]
    note: Mapped[str] = mapped_column(Text, default="")
