"""The meeting of a panel: what it has before it, who was asked and came, what was sent, what it decided.

All of it lies in the closed compartment of child death reviews; of the panel itself, which is a source of
learning, others see the plan and what it teaches.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Agency, Group, HasProvenance, Person
from app.accounts.policy import Facts
from app.audit.operations import Subject
from app.cdop.models import ChildDeathCase, Panel
from app.core.database import Base, Identified, UtcDateTime
from app.core.files.models import StoredFile


class QuorumRule(Identified, Base):
    """How many have to attend a panel, and who has to be there, from a day on; earlier panels keep theirs."""

    __tablename__ = "quorum_rule"
    __table_args__ = (
        UniqueConstraint("group_id", "in_force_from"),
        CheckConstraint("least_attendance > 0", name="least_attendance"),
    )

    #: The group whose panels it is for; null for every group that has no rule of its own.
    group_id: Mapped[int | None] = mapped_column(ForeignKey("group.id"))
    #: Panels that meet on this day or later have it.
    in_force_from: Mapped[date]
    least_attendance: Mapped[int]
    #: Where it comes from, and what is to be checked about it.
    note: Mapped[str] = mapped_column(Text, default="")
    set_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    group: Mapped[Group | None] = relationship()
    set_by: Mapped[Person | None] = relationship()
    parts: Mapped[list["QuorumPart"]] = relationship(
        back_populates="rule", cascade="all, delete-orphan", order_by="QuorumPart.position"
    )


class QuorumPart(Identified, Base):
    """A profession or agency that has to be there for a panel to be quorate."""

    __tablename__ = "quorum_part"
    __table_args__ = (UniqueConstraint("rule_id", "position"),)

    rule_id: Mapped[int] = mapped_column(ForeignKey("quorum_rule.id"))
    position: Mapped[int]
    #: For example "Designated doctor".
    label: Mapped[str] = mapped_column(String(100))
    #: The agency, where anybody of one agency will do; null for a profession.
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))

    rule: Mapped[QuorumRule] = relationship(back_populates="parts")
    agency: Mapped[Agency | None] = relationship()


class Meeting(Identified, HasProvenance, Base):
    """What happens at, before and after a panel; made when the first of it is recorded."""

    __tablename__ = "meeting"

    #: A running number, for files; pages and messages name the panel.
    ref: Mapped[str] = mapped_column(String(16), unique=True)
    panel_id: Mapped[int] = mapped_column(ForeignKey("cdop_panel.id"), unique=True)
    #: For example "10am, Homerton Education Centre".
    where_and_when: Mapped[str] = mapped_column(String(200), default="")
    #: How often its papers were sent; each time under a number of its own.
    papers_version: Mapped[int] = mapped_column(default=0)
    #: The day the papers were sent; the agenda stays as it was sent. Null while it is drawn up.
    sent_on: Mapped[date | None]
    sent_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    #: The day it was held; null while it was not.
    held_on: Mapped[date | None]
    #: Whether it was quorate, and what it lacked, in sentences, as judged by the rule of its day.
    is_quorate: Mapped[bool | None]
    quorum_lacks: Mapped[str] = mapped_column(Text, default="")
    #: Why it decided although it was not quorate, as its chair says.
    without_quorum_reason: Mapped[str | None] = mapped_column(Text)
    without_quorum_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    #: The day the minutes were closed; nothing of the meeting changes after it.
    closed_on: Mapped[date | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    panel: Mapped[Panel] = relationship()
    sent_by: Mapped[Person | None] = relationship(foreign_keys=[sent_by_id])
    without_quorum_by: Mapped[Person | None] = relationship(foreign_keys=[without_quorum_by_id])
    closed_by: Mapped[Person | None] = relationship(foreign_keys=[closed_by_id])
    items: Mapped[list["AgendaItem"]] = relationship(
        back_populates="meeting",
        cascade="all, delete-orphan",
        order_by="(AgendaItem.position, AgendaItem.id)",
    )
    attendees: Mapped[list["Attendee"]] = relationship(
        back_populates="meeting", cascade="all, delete-orphan", order_by="Attendee.id"
    )
    papers: Mapped[list["MeetingPaper"]] = relationship(back_populates="meeting", order_by="MeetingPaper.id")
    notes: Mapped[list["MeetingNote"]] = relationship(back_populates="meeting", order_by="MeetingNote.id")


class MeetingNote(Identified, HasProvenance, Base):
    """What the minutes say beside attendance and decisions; added to, never changed. Case material."""

    __tablename__ = "meeting_note"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    words: Mapped[str] = mapped_column(Text)
    written_on: Mapped[date]
    written_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    meeting: Mapped[Meeting] = relationship(back_populates="notes")
    written_by: Mapped[Person | None] = relationship()


class Decision(StrEnum):
    """What a panel did about a death before it."""

    COMPLETED = "completed"
    DEFERRED = "deferred"


class AgendaItem(Identified, HasProvenance, Base):
    """A death on the agenda of a panel, and what the panel decided about it."""

    __tablename__ = "agenda_item"
    __table_args__ = (
        UniqueConstraint("meeting_id", "case_id"),
        CheckConstraint("decision IS NULL OR decision IN ('completed', 'deferred')", name="decision"),
        CheckConstraint("decision <> 'deferred' OR deferred_reason IS NOT NULL", name="deferred_with_reason"),
        Index("ix_agenda_item_case", "case_id"),
    )

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("child_death_case.id"))
    position: Mapped[int]
    #: How long it is given.
    minutes: Mapped[int]
    #: What the death lacked for the panel when the papers were sent, in sentences.
    lacked: Mapped[str] = mapped_column(Text, default="")
    #: One of ``Decision``; null until the panel decided.
    decision: Mapped[str | None] = mapped_column(String(16))
    decided_on: Mapped[date | None]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    deferred_reason: Mapped[str | None] = mapped_column(Text)
    #: What a deferred death waits on, by the code of its term.
    waits_on: Mapped[str | None] = mapped_column(String(40))
    #: What the minutes say of it. Case material.
    note: Mapped[str] = mapped_column(Text, default="")
    #: Who left the meeting for it, as they have a conflict of interest in it: one a line, as the minutes say.
    who_left: Mapped[str] = mapped_column(Text, default="")

    meeting: Mapped[Meeting] = relationship(back_populates="items")
    case: Mapped[ChildDeathCase] = relationship()
    recorded_by: Mapped[Person | None] = relationship()

    @property
    def facts(self) -> Facts:
        """What the policy decides by: the compartment of its case, with the conflicts in it."""
        return self.case.facts

    @property
    def audit_subject(self) -> Subject:
        """How the audit trail names it: as its case."""
        return self.case.audit_subject


class AttendeeKind(StrEnum):
    """In what part somebody is asked to a panel."""

    MEMBER = "member"
    STAND_IN = "stand_in"
    EXPERT = "expert"


ATTENDEE_LABELS = {
    AttendeeKind.MEMBER: "Member",
    AttendeeKind.STAND_IN: "In place of a member",
    AttendeeKind.EXPERT: "Invited expert",
}


class Attendance(StrEnum):
    """Whether somebody who was asked came."""

    ATTENDED = "attended"
    APOLOGIES = "apologies"
    ABSENT = "absent"


ATTENDANCE_LABELS = {
    Attendance.ATTENDED: "Attended",
    Attendance.APOLOGIES: "Sent apologies",
    Attendance.ABSENT: "Did not attend",
}


class Attendee(Identified, HasProvenance, Base):
    """Somebody asked to a panel: a member by their seat, somebody in a member's place, or an expert.

    Post and agency are kept as they were on the day; of somebody without an account no name is held.
    """

    __tablename__ = "attendee"
    __table_args__ = (
        UniqueConstraint("meeting_id", "person_id"),
        Index("ix_attendee_agency", "agency_id", "attendance"),
    )

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    #: One of ``AttendeeKind``.
    kind: Mapped[str] = mapped_column(String(16))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    #: The post held, for example "Designated doctor".
    post: Mapped[str] = mapped_column(String(200))
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    #: One of ``Attendance``; null until it was recorded.
    attendance: Mapped[str | None] = mapped_column(String(16))
    #: The labels of the parts of the quorum that they stood for, one a line.
    stood_for: Mapped[str] = mapped_column(Text, default="")

    meeting: Mapped[Meeting] = relationship(back_populates="attendees")
    person: Mapped[Person | None] = relationship()
    agency: Mapped[Agency | None] = relationship()

    @property
    def facts(self) -> Facts:
        """What the policy decides by: the compartment of the panel."""
        return inside(self.meeting.panel)

    @property
    def kind_label(self) -> str:
        """In what part they are asked, in words."""
        return ATTENDEE_LABELS[AttendeeKind(self.kind)]

    @property
    def attendance_label(self) -> str:
        """Whether they came, in words; nothing until it was recorded."""
        return ATTENDANCE_LABELS[Attendance(self.attendance)] if self.attendance else ""

    @property
    def attended(self) -> bool:
        """Whether they came."""
        return self.attendance == Attendance.ATTENDED

    @property
    def called(self) -> str:
        """Who it is: the post, with the name of an account and the agency where there are such."""
        named = f"{self.person.name}, {self.post}" if self.person else self.post
        return f"{named} ({self.agency.short_name})" if self.agency else named


class PaperKind(StrEnum):
    """What a paper of a meeting is."""

    PAPERS = "papers"
    MINUTES = "minutes"


class MeetingPaper(Identified, Base):
    """A paper as it was sent, kept for ever under the digest of its content.

    One is for everybody; whoever has a conflict of interest in a death on the agenda has one without it. Of
    several made for one person the last counts.
    """

    __tablename__ = "meeting_paper"
    __table_args__ = (
        CheckConstraint("kind IN ('papers', 'minutes')", name="kind"),
        Index("ix_meeting_paper_meeting", "meeting_id", "kind", "version"),
    )

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    kind: Mapped[str] = mapped_column(String(16))
    version: Mapped[int]
    #: For whom it was made; null where it is for everybody.
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    stored_file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), index=True)
    #: The deaths it tells of, by reference, separated by spaces.
    case_refs: Mapped[str] = mapped_column(Text, default="")
    #: The digests of the texts it repeats, separated by spaces, so that a redaction of one finds it.
    text_digests: Mapped[str] = mapped_column(Text, default="", deferred=True)
    made_on: Mapped[date]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    meeting: Mapped[Meeting] = relationship(back_populates="papers")
    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])
    made_by: Mapped[Person | None] = relationship(foreign_keys=[made_by_id])
    stored_file: Mapped[StoredFile] = relationship()

    @property
    def tells_of(self) -> frozenset[str]:
        """The deaths it tells of, by reference."""
        return frozenset(self.case_refs.split())

    @property
    def said(self) -> frozenset[str]:
        """The digests of the texts it repeats."""
        return frozenset(self.text_digests.split())

    @property
    def facts(self) -> Facts:
        """What the policy decides by: the compartment of its panel; conflicts are asked beside."""
        return inside(self.meeting.panel)

    @property
    def audit_subject(self) -> Subject:
        """How the audit trail names it, on the thread of its panel."""
        return Subject("meeting", self.meeting.panel.ref, self.meeting.panel.ref)


def inside(panel: Panel) -> Facts:
    """The facts of what a panel does inside the closed compartment, whose door no rank opens."""
    return Facts(group_id=panel.group_id, source_ref=panel.ref, is_restricted=True, is_child_death=True)
