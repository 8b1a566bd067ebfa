"""People with an account, what they are to the partnership, and who stands in for them."""

import secrets
from datetime import date, datetime
from typing import TYPE_CHECKING

from flask_security.core import UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models.structures import Agency, Group
from app.accounts.policy import PersonFacts, Role
from app.core.asking import asked_once
from app.core.clock import today
from app.core.database import Base, Identified, UtcDateTime, current_session

if TYPE_CHECKING:
    from app.accounts.models.compartments import BrokenGlass, CaseTeamMember, ConflictOfInterest


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
    #: When an invitation was last sent; null for an account that came from a file and was never invited.
    invited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: The confidentiality statement the person accepted last, and when.
    accepted_statement_id: Mapped[int | None] = mapped_column(ForeignKey("confidentiality_statement.id"))
    statement_accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
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

    #: Those whom the person stands in for, now or at some time.
    stands_in: Mapped[list["Deputy"]] = relationship(
        foreign_keys="Deputy.deputy_id", back_populates="deputy", order_by="Deputy.id"
    )
    #: Those who stand in for the person, now or at some time.
    deputies: Mapped[list["Deputy"]] = relationship(
        foreign_keys="Deputy.person_id", back_populates="person", order_by="Deputy.id"
    )
    case_teams: Mapped[list["CaseTeamMember"]] = relationship(
        foreign_keys="CaseTeamMember.person_id", back_populates="person", order_by="CaseTeamMember.id"
    )
    conflicts: Mapped[list["ConflictOfInterest"]] = relationship(
        foreign_keys="ConflictOfInterest.person_id", back_populates="person", order_by="ConflictOfInterest.id"
    )
    broken_glass: Mapped[list["BrokenGlass"]] = relationship(
        foreign_keys="BrokenGlass.person_id", back_populates="person", order_by="BrokenGlass.id"
    )

    @property
    def facts(self) -> PersonFacts:
        """The plain facts about the person that the policy decides by, as they are today."""
        on = today()
        roles = frozenset(Role(assignment.role) for assignment in self.assignments)
        # A co-ordinator of child death reviews works for their groups as if seated; quoracy asks for seats.
        coordinated = _groups_of_child_deaths() if Role.CDOP_COORDINATOR in roles else frozenset()

        def agencies(role: Role) -> frozenset[int]:
            held = (a.agency_id for a in self.assignments if a.role == role)
            return frozenset(agency_id for agency_id in held if agency_id is not None)

        return PersonFacts(
            id=self.id,
            agency_id=self.agency_id,
            roles=roles,
            leads=agencies(Role.AGENCY_LEAD),
            board_member_for=agencies(Role.BOARD_MEMBER),
            member_of=frozenset(seat.group_id for seat in self.seats) | coordinated,
            chairs=frozenset(seat.group_id for seat in self.seats if seat.is_chair),
            child_death_groups=frozenset(
                seat.group_id for seat in self.seats if seat.group.reviews_child_deaths
            ),
            chairs_child_death_groups=frozenset(
                seat.group_id for seat in self.seats if seat.is_chair and seat.group.reviews_child_deaths
            ),
            deputises_for=frozenset(each.person_id for each in self.stands_in if each.holds_on(on)),
            teams=frozenset(each.source_ref for each in self.case_teams if each.ended_on is None),
            leads_teams=frozenset(
                each.source_ref for each in self.case_teams if each.ended_on is None and each.is_lead
            ),
            conflicts=frozenset(each.source_ref for each in self.conflicts if each.ended_on is None),
            broken_glass=frozenset(each.source_ref for each in self.broken_glass if each.broken_on == on),
        )


def _groups_of_child_deaths() -> frozenset[int]:
    wanted = select(Group.id).where(Group.reviews_child_deaths)
    return asked_once(
        "the groups that review child deaths", lambda: frozenset(current_session().scalars(wanted))
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

    group: Mapped[Group] = relationship(back_populates="seats", lazy="joined")
    person: Mapped[Person] = relationship(back_populates="seats")


class Deputy(Identified, Base):
    """That one person stands in for another: until further notice, or while the other is away.

    A standing deputy gets the overdue items of the deputy's rungs; while the person is away, the deputy gets
    everything the person is owed. Never deleted: an arrangement made by mistake is ended the same day.
    """

    __tablename__ = "deputy"
    __table_args__ = (
        CheckConstraint("person_id <> deputy_id", name="another_person"),
        CheckConstraint("until_on IS NULL OR until_on >= from_on", name="in_order"),
        Index("ix_deputy_deputy", "deputy_id", "until_on"),
        Index("ix_deputy_person", "person_id", "until_on"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    deputy_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    from_on: Mapped[date]
    #: The last day; null until further notice.
    until_on: Mapped[date | None]
    #: Whether the person is away meanwhile.
    is_absence: Mapped[bool] = mapped_column(default=False)
    arranged_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    arranged_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: The day the arrangement was called off before its end; it holds no longer on that day.
    ended_on: Mapped[date | None]

    person: Mapped[Person] = relationship(foreign_keys=[person_id], back_populates="deputies")
    deputy: Mapped[Person] = relationship(foreign_keys=[deputy_id], back_populates="stands_in")
    arranged_by: Mapped[Person | None] = relationship(foreign_keys=[arranged_by_id])

    def holds_on(self, day: date) -> bool:
        """Whether the deputy stands in on this day."""
        if self.ended_on is not None and day >= self.ended_on:
            return False
        return self.from_on <= day and (self.until_on is None or day <= self.until_on)
