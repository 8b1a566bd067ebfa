"""Where a record comes from."""

from enum import StrEnum

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column


class Provenance(StrEnum):
    """Where a fact of the demonstration comes from: the published record, or made up to illustrate."""

    RECORDED = "recorded"
    PUBLISHED = "published"
    ILLUSTRATIVE = "illustrative"


class HasProvenance:
    """Where a record comes from. Ordinary records are ``recorded``: somebody entered them here."""

    provenance: Mapped[str] = mapped_column(String(16), default=Provenance.RECORDED)
    #: Line or lines of the published source, for example ``L3388-3419``.
    source_line: Mapped[str | None] = mapped_column(String(100))
    #: What a reader must know about the source, for example where it contradicts itself.
    source_note: Mapped[str | None] = mapped_column(Text)

    @property
    def is_illustrative(self) -> bool:
        """Whether the record was made up for the demonstration, and must say so wherever it is shown."""
        return self.provenance == Provenance.ILLUSTRATIVE
