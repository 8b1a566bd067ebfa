"""What shows that an action was done, and what difference it made."""

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import HasProvenance, Person
from app.accounts.policy import Facts
from app.actions.rules.entry import Nature
from app.core.database import Base, Identified
from app.core.files.models import StoredFile

if TYPE_CHECKING:
    from app.actions.models.action import Action


class Evidence(Identified, HasProvenance, Base):
    """What shows that an action was done: words, or a link. Added to, never changed."""

    __tablename__ = "evidence"
    __table_args__ = (
        CheckConstraint("kind IN ('words', 'link')", name="kind"),
        Index("ix_evidence_action", "action_id", "added_on"),
    )

    ref: Mapped[str] = mapped_column(String(24), unique=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("action.id"))
    kind: Mapped[str] = mapped_column(String(8))
    #: What it shows.
    shows: Mapped[str] = mapped_column(Text)
    link: Mapped[str | None] = mapped_column(String(500))
    added_on: Mapped[date]
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_on: Mapped[date | None]
    withdrawn_reason: Mapped[str | None] = mapped_column(Text)

    #: What kind it is: ``document``, ``audit``, ``data``, ``observation``, ``voice`` or ``other``.
    nature: Mapped[str] = mapped_column(String(16), default="document", server_default="document")

    action: Mapped["Action"] = relationship(back_populates="evidence")
    added_by: Mapped[Person | None] = relationship()
    files: Mapped[list["EvidenceFile"]] = relationship(
        back_populates="evidence", order_by="EvidenceFile.version"
    )
    returns: Mapped[list["EvidenceReturn"]] = relationship(
        back_populates="evidence", order_by="EvidenceReturn.id"
    )

    @property
    def number(self) -> int:
        """Its number among the evidence of its action: 3 of ``A-0107-E3``."""
        return int(self.ref.rpartition("-E")[2])

    @property
    def nature_word(self) -> str:
        """What kind it is, in a word."""
        return Nature(self.nature).word

    @property
    def facts(self) -> Facts:
        """What the policy decides by: its action's."""
        return self.action.facts


class EvidenceFile(Identified, HasProvenance, Base):
    """A file that stands as evidence; a better one is a new version beside it. Never changed."""

    __tablename__ = "evidence_file"
    __table_args__ = (UniqueConstraint("evidence_id", "version"),)

    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"))
    version: Mapped[int]
    #: As the person's own machine called it, cleaned. Shown to those who may open it; never in an address.
    file_name: Mapped[str] = mapped_column(String(200))
    stored_file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), index=True)
    added_on: Mapped[date]
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    evidence: Mapped["Evidence"] = relationship(back_populates="files")
    stored_file: Mapped[StoredFile] = relationship()
    added_by: Mapped[Person | None] = relationship()

    @property
    def facts(self) -> Facts:
        """What the policy decides by: its action's."""
        return self.evidence.facts


class EvidenceReturn(Identified, HasProvenance, Base):
    """That whoever decides gave one piece of evidence back, and why. Never changed."""

    __tablename__ = "evidence_return"

    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    returned_on: Mapped[date]
    returned_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    evidence: Mapped["Evidence"] = relationship(back_populates="returns")
    returned_by: Mapped[Person | None] = relationship()
