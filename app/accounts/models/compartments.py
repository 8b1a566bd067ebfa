"""Who may open which case beyond the ordinary: restricted teams, conflicts of interest, broken glass.

A case is named by the reference of the source at the head of its thread, for example ``R-0003``: this room
knows no reviews and no child deaths, and the same rules hold for both.
"""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models.people import Person
from app.core.database import Base, Identified, UtcDateTime


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
