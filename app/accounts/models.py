"""The partnership and everybody in it."""

import secrets
from datetime import date
from enum import StrEnum

from flask_security.core import UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.policy import PersonFacts, Role
from app.core.database import Base, Identified


class Sector(StrEnum):
    """What kind of organisation an agency is, as the section 11 audit groups them."""

    STATUTORY = "statutory"
    COMMISSIONED = "commissioned"
    VOLUNTARY = "voluntary"
    EARLY_YEARS = "early_years"
    SCHOOL = "school"
    GENERAL_PRACTICE = "general_practice"
    NATIONAL = "national"
    LAY = "lay"


SECTOR_LABELS = {
    Sector.STATUTORY: "Statutory",
    Sector.COMMISSIONED: "Commissioned",
    Sector.VOLUNTARY: "Voluntary and community",
    Sector.EARLY_YEARS: "Early years",
    Sector.SCHOOL: "Schools and colleges",
    Sector.GENERAL_PRACTICE: "General practice",
    Sector.NATIONAL: "National body",
    Sector.LAY: "Lay and independent",
}


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


class Partnership(Identified, HasProvenance, Base):
    """The safeguarding children partnership that this database serves; one row."""

    __tablename__ = "partnership"

    ref: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    short_name: Mapped[str] = mapped_column(String(40))
    #: What the partnership calls its monthly briefing.
    briefing_name: Mapped[str] = mapped_column(String(100), default="Briefing")
    #: Where people turn for help; stands in every message.
    help_email: Mapped[str | None] = mapped_column(String(254))


class Area(Identified, Base):
    """A local authority area within the partnership, for example Hackney."""

    __tablename__ = "area"

    ref: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(100))


class Agency(Identified, HasProvenance, Base):
    """An organisation that owes actions, sits on groups or stands outside and is written to."""

    __tablename__ = "agency"

    ref: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    short_name: Mapped[str] = mapped_column(String(60))
    sector: Mapped[str] = mapped_column(String(32))
    #: Seats on the board; null where the agency has none.
    board_seats: Mapped[int | None]
    #: Attendance at board meetings in the published year, in percent.
    board_attendance_percent: Mapped[int | None]
    #: Whether the agency stands outside the partnership, as the Home Office does.
    is_external: Mapped[bool] = mapped_column(default=False)

    other_names: Mapped[list["AgencyName"]] = relationship(
        back_populates="agency", cascade="all, delete-orphan", order_by="AgencyName.name"
    )
    people: Mapped[list["Person"]] = relationship(back_populates="agency", order_by="Person.name")


class AgencyName(Identified, Base):
    """Another name an agency goes by, so that a spreadsheet's "HLT" finds its agency."""

    __tablename__ = "agency_name"

    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)

    agency: Mapped[Agency] = relationship(back_populates="other_names")


class Group(Identified, HasProvenance, Base):
    """A sub-group or panel of the partnership: it oversees cases and signs off actions."""

    __tablename__ = "group"

    ref: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    short_name: Mapped[str] = mapped_column(String(60))
    #: What the group is there for.
    purpose: Mapped[str | None] = mapped_column(Text)
    #: How many times it met in the published year.
    meetings_in_year: Mapped[int | None]

    seats: Mapped[list["Seat"]] = relationship(back_populates="group", cascade="all, delete-orphan")


class Person(Identified, UserMixin, Base):
    """Somebody with an account. People leave; their records stay under their name."""

    __tablename__ = "person"
    __table_args__ = (Index("ix_person_agency_active", "agency_id", "active"),)

    #: Short name of the account, for example ``scr.chair``.
    ref: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    #: The post the person holds, for example "Named nurse".
    role_title: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254), unique=True)
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    #: False once the person has left; nobody signs in with a left account and no mail goes to it.
    active: Mapped[bool] = mapped_column(default=True)
    left_on: Mapped[date | None]
    password: Mapped[str | None] = mapped_column(String(255))
    #: Changes with the password, and ends every session when it does.
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True, default=lambda: secrets.token_hex(32))

    agency: Mapped[Agency | None] = relationship(back_populates="people")
    assignments: Mapped[list["RoleAssignment"]] = relationship(
        back_populates="person", cascade="all, delete-orphan", lazy="selectin"
    )
    seats: Mapped[list["Seat"]] = relationship(
        back_populates="person", cascade="all, delete-orphan", lazy="selectin"
    )

    @property
    def facts(self) -> PersonFacts:
        """The plain facts about the person that the policy decides by."""

        def agencies(role: Role) -> frozenset[int]:
            held = (a.agency_id for a in self.assignments if a.role == role)
            return frozenset(agency_id for agency_id in held if agency_id is not None)

        return PersonFacts(
            id=self.id,
            agency_id=self.agency_id,
            roles=frozenset(Role(assignment.role) for assignment in self.assignments),
            leads=agencies(Role.AGENCY_LEAD),
            board_member_for=agencies(Role.BOARD_MEMBER),
            member_of=frozenset(seat.group_id for seat in self.seats),
            chairs=frozenset(seat.group_id for seat in self.seats if seat.is_chair),
        )


class RoleAssignment(Identified, Base):
    """That a person holds a role; for an agency where the role is held for one."""

    __tablename__ = "role_assignment"
    __table_args__ = (
        UniqueConstraint("person_id", "role", "agency_id"),
        Index("ix_role_assignment_role_agency", "role", "agency_id"),
        CheckConstraint(
            "role NOT IN ('agency_lead', 'board_member') OR agency_id IS NOT NULL",
            name="role_for_an_agency",
        ),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str] = mapped_column(String(32))
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))

    person: Mapped[Person] = relationship(back_populates="assignments")
    agency: Mapped[Agency | None] = relationship()


class Seat(Identified, Base):
    """A person's place on a group."""

    __tablename__ = "seat"
    __table_args__ = (UniqueConstraint("group_id", "person_id"),)

    group_id: Mapped[int] = mapped_column(ForeignKey("group.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    is_chair: Mapped[bool] = mapped_column(default=False)

    group: Mapped[Group] = relationship(back_populates="seats")
    person: Mapped[Person] = relationship(back_populates="seats")
