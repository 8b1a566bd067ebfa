"""What people accept when they first sign in, and the attempts that failed."""

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified, UtcDateTime


class ConfidentialityStatement(Identified, Base):
    """What everybody accepts before they see anything. A new wording is a new row, accepted anew by all."""

    __tablename__ = "confidentiality_statement"

    words: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)


class FailedSignIn(Identified, Base):
    """An attempt to sign in, or to have a link sent, that counts against the address typed and the place it
    came from. Known and unknown addresses count alike; neither is kept in the clear."""

    __tablename__ = "failed_sign_in"
    __table_args__ = (
        Index("ix_failed_sign_in_address", "address_digest", "failed_at"),
        Index("ix_failed_sign_in_place", "place_digest", "failed_at"),
        Index("ix_failed_sign_in_failed_at", "failed_at"),
    )

    #: Keyed digest of the address typed.
    address_digest: Mapped[str] = mapped_column(String(64))
    #: Keyed digest of the network address.
    place_digest: Mapped[str] = mapped_column(String(64))
    failed_at: Mapped[datetime] = mapped_column(UtcDateTime)
