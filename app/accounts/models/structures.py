"""The partnership, and the areas, agencies and groups it is made of."""

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models.provenance import HasProvenance
from app.core.database import Base, Identified

if TYPE_CHECKING:
    from app.accounts.models.people import Person, Seat


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


class Withdrawable:
    """A structure that nobody uses any more is withdrawn with a reason; what names it keeps doing so."""

    withdrawn_on: Mapped[date | None]
    withdrawn_reason: Mapped[str | None] = mapped_column(Text)


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


class Area(Identified, Withdrawable, Base):
    """A local authority area within the partnership, for example Hackney."""

    __tablename__ = "area"

    ref: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(100))


class Agency(Identified, HasProvenance, Withdrawable, Base):
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


class Group(Identified, HasProvenance, Withdrawable, Base):
    """A sub-group or panel of the partnership: it oversees cases and signs off actions."""

    __tablename__ = "group"

    ref: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    short_name: Mapped[str] = mapped_column(String(60))
    #: What the group is there for.
    purpose: Mapped[str | None] = mapped_column(Text)
    #: Whether it reviews child deaths: its members share that closed compartment.
    reviews_child_deaths: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: How many times it met in the published year.
    meetings_in_year: Mapped[int | None]

    seats: Mapped[list["Seat"]] = relationship(back_populates="group", cascade="all, delete-orphan")
