"""What is known of a stored file. Its content lies in the folder of files, under its digest."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified, UtcDateTime


class Scan(StrEnum):
    """What the scanner said of a file."""

    #: Handed in and not looked at yet; nobody downloads it.
    WAITING = "waiting"
    CLEAN = "clean"
    #: Something harmful was found; nobody downloads it.
    INFECTED = "infected"
    #: No scanner is set up here; it may be downloaded, and says so.
    NOT_SCANNED = "not_scanned"


class StoredFile(Identified, Base):
    """One content, kept once however often it is handed in.

    Never changed but for what the scanner says, and for a redaction, which takes the content away.
    """

    __tablename__ = "stored_file"
    __table_args__ = (
        CheckConstraint("scan IN ('waiting', 'clean', 'infected', 'not_scanned')", name="scan"),
        Index("ix_stored_file_scan", "scan", "id"),
    )

    #: SHA-256 of the content, in hexadecimal digits; also its place in the folder.
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    #: By its content, for example ``application/pdf``; never by its name.
    media_type: Mapped[str] = mapped_column(String(100))
    stored_at: Mapped[datetime] = mapped_column(UtcDateTime)
    scan: Mapped[str] = mapped_column(String(16), default=Scan.WAITING)
    scanned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: What the scanner called what it found.
    scan_found: Mapped[str | None] = mapped_column(String(200))
    #: When a redaction took the content away: it should never have been handed in. Null while it is there.
    redacted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def may_be_downloaded(self) -> bool:
        """Whether it is there, and the scanner has let it go or none is set up."""
        return self.redacted_at is None and self.scan in {Scan.CLEAN, Scan.NOT_SCANNED}

    @property
    def scan_words(self) -> str:
        """What the scanner said, for people, or that the content is gone; nothing while all is well."""
        if self.redacted_at is not None:
            return "Redacted. The file is gone for good."
        return {
            Scan.WAITING: "Waiting to be checked for viruses. It can be downloaded after that.",
            Scan.INFECTED: "Something harmful was found in it. Nobody can download it.",
            Scan.NOT_SCANNED: "Not checked for viruses",
        }.get(Scan(self.scan), "")
