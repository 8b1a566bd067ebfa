"""Actions: what is to be done about a lesson, by whom, by when, and what came of it."""

from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Agency, Group, HasProvenance, Person, Source
from app.accounts.policy import Facts
from app.actions import deciders
from app.actions.rules.brag import Colour
from app.actions.rules.lifecycle import Status
from app.audit.operations import Subject
from app.core.database import Base, Identified, UtcDateTime
from app.lessons.models import Lesson, Recommendation

if TYPE_CHECKING:
    from app.actions.models.challenges import Challenge
    from app.actions.models.dates import DateChange, ExtensionRequest
    from app.actions.models.evidence import Evidence
    from app.actions.models.history import (
        ActionStep,
        ActionUpdate,
        ColourOverride,
        NotForUs,
        OwnerChange,
        Succession,
    )
    from app.actions.models.impact import ImpactLook, ImpactStatement
    from app.actions.models.sign_off import SignOff
    from app.reminders.models import Nudge, Reminder

action_lesson = Table(
    "action_lesson",
    Base.metadata,
    Column("action_id", ForeignKey("action.id"), primary_key=True),
    Column("lesson_id", ForeignKey("lesson.id"), primary_key=True, index=True),
)

action_recommendation = Table(
    "action_recommendation",
    Base.metadata,
    Column("action_id", ForeignKey("action.id"), primary_key=True),
    Column("recommendation_id", ForeignKey("recommendation.id"), primary_key=True, index=True),
)


class Action(Identified, HasProvenance, Base):
    """What an agency is to do. The agency is accountable; a person in a role owns it.

    The columns under "kept" repeat what the pure rules say of the rest, so that lists filter and sort by
    them; one function writes them at every change, and a job when a day begins.
    """

    __tablename__ = "action"
    __table_args__ = (
        CheckConstraint("(first_due_on IS NULL) = (due_on IS NULL)", name="due_dates_together"),
        CheckConstraint(
            "status = 'draft' OR status = 'withdrawn' OR due_on IS NOT NULL", name="due_unless_draft"
        ),
        # Lists: each filter offered, in the order of due dates.
        Index("ix_action_due", "sort_due_on", "ref"),
        Index("ix_action_open_due", "is_open", "sort_due_on", "ref"),
        Index("ix_action_agency_due", "agency_id", "is_open", "sort_due_on", "ref"),
        Index("ix_action_owner_due", "owner_id", "is_open", "sort_due_on", "ref"),
        Index("ix_action_group_due", "group_id", "is_open", "sort_due_on", "ref"),
        Index("ix_action_agency_status", "agency_id", "status", "ref"),
        Index("ix_action_group_status", "group_id", "status", "ref"),
        Index("ix_action_status_due", "status", "sort_due_on", "ref"),
        Index("ix_action_urgency_due", "urgency", "sort_due_on", "ref"),
        Index("ix_action_agency_unacknowledged", "agency_id", "unacknowledged_since"),
        Index("ix_action_colour_changes", "colour_changes_on"),
        Index("ix_action_chased_due", "is_chased", "due_on"),
        Index("ix_action_source", "source_id", "ref"),
        Index("ix_action_parent", "parent_id", "ref"),
        Index("ix_action_look_again", "status", "review_on"),
    )

    ref: Mapped[str] = mapped_column(String(16), unique=True)
    #: The source the action answers, which is that of its lessons and recommendations.
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"))
    #: What is to be done, in words free of the case.
    title: Mapped[str] = mapped_column(String(300))
    details: Mapped[str] = mapped_column(Text, default="")
    intended_outcome: Mapped[str] = mapped_column(Text, default="")
    measure_of_success: Mapped[str] = mapped_column(Text, default="")
    #: The agency that is accountable.
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    #: The post that does it; it outlives the person.
    owner_role: Mapped[str] = mapped_column(String(200), default="")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    #: The group that oversees it and signs it off.
    group_id: Mapped[int] = mapped_column(ForeignKey("group.id"))
    #: The action that every agency returns its part of; null for one that stands by itself.
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("action.id"))
    #: Whether every agency returns its part: its colour is the worst of theirs.
    is_all_agency: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: ``low``, ``normal`` or ``high``. What is low may be signed off under delegation.
    priority: Mapped[str] = mapped_column(String(8), default="normal", server_default="normal")
    status: Mapped[str] = mapped_column(String(24), default="draft")
    created_on: Mapped[date]
    agreed_on: Mapped[date | None]
    #: The date first agreed; kept for ever, and what "on time" is measured against.
    first_due_on: Mapped[date | None]
    #: The present date; the ladder counts from it.
    due_on: Mapped[date | None]
    #: How the owner said it goes: ``on_track``, ``at_risk`` or ``off_track``.
    owner_view: Mapped[str | None] = mapped_column(String(16))
    last_update_on: Mapped[date | None]
    extension_count: Mapped[int] = mapped_column(default=0)
    return_count: Mapped[int] = mapped_column(default=0)
    #: When the present owner or their agency acknowledged it; null until then, and anew after it passed on.
    acknowledged_on: Mapped[date | None]
    #: While it is on hold or escalated: the day on which somebody looks at it again.
    review_on: Mapped[date | None]
    #: The day it was sent for sign-off and still waits; null otherwise.
    submitted_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    # Kept: what lists filter and sort by.
    #: Letter of the colour calculated by rule: B, R, A, G or X.
    colour: Mapped[str] = mapped_column(String(1), default="X")
    #: Place of the colour in lists, the most urgent first: 1 red, 2 amber, 3 green, 4 grey, 5 blue.
    urgency: Mapped[int] = mapped_column(default=4)
    #: The next day on which the colour changes though nobody does anything; null when it never does.
    colour_changes_on: Mapped[date | None]
    #: Letter of the colour that somebody declared instead, and the day on which that lapses; null without.
    declared_colour: Mapped[str | None] = mapped_column(String(1))
    declared_until: Mapped[date | None]
    #: Of the difference it made: the highest level confirmed; null while none is.
    impact_level: Mapped[int | None]
    #: Whether the owner still owes it.
    is_open: Mapped[bool] = mapped_column(default=False)
    #: Whether the ladder of reminders counts for it.
    is_chased: Mapped[bool] = mapped_column(default=False)
    #: Since when an acknowledgement is owed that nobody has given; null while none is owed.
    unacknowledged_since: Mapped[date | None]
    #: The due date, or the last day there is for an action without one, so that no sort key is null.
    sort_due_on: Mapped[date] = mapped_column(default=date.max)

    source: Mapped[Source] = relationship(back_populates="actions")
    agency: Mapped[Agency] = relationship()
    owner: Mapped[Person | None] = relationship()
    group: Mapped[Group] = relationship()
    lessons: Mapped[list[Lesson]] = relationship(
        secondary=action_lesson, back_populates="actions", order_by=Lesson.ref
    )
    recommendations: Mapped[list[Recommendation]] = relationship(
        secondary=action_recommendation, back_populates="actions", order_by=Recommendation.ref
    )
    steps: Mapped[list["ActionStep"]] = relationship(
        back_populates="action", order_by="(ActionStep.taken_on, ActionStep.id)"
    )
    updates: Mapped[list["ActionUpdate"]] = relationship(
        back_populates="action", order_by="(ActionUpdate.written_on.desc(), ActionUpdate.id.desc())"
    )
    evidence: Mapped[list["Evidence"]] = relationship(
        back_populates="action", order_by="(Evidence.added_on.desc(), Evidence.id.desc())"
    )
    extension_requests: Mapped[list["ExtensionRequest"]] = relationship(
        back_populates="action", order_by="(ExtensionRequest.asked_on, ExtensionRequest.id)"
    )
    date_changes: Mapped[list["DateChange"]] = relationship(
        back_populates="action", order_by="(DateChange.decided_on, DateChange.id)"
    )
    sign_offs: Mapped[list["SignOff"]] = relationship(
        back_populates="action", order_by="(SignOff.sent_on, SignOff.id)"
    )
    owner_changes: Mapped[list["OwnerChange"]] = relationship(
        back_populates="action", order_by="(OwnerChange.changed_on, OwnerChange.id)"
    )
    successions: Mapped[list["Succession"]] = relationship(
        foreign_keys="Succession.action_id", back_populates="action", order_by="Succession.id"
    )
    predecessors: Mapped[list["Succession"]] = relationship(
        foreign_keys="Succession.successor_id", back_populates="successor", order_by="Succession.id"
    )
    not_for_us: Mapped[list["NotForUs"]] = relationship(
        back_populates="action", order_by="(NotForUs.said_on, NotForUs.id)"
    )
    colour_overrides: Mapped[list["ColourOverride"]] = relationship(
        back_populates="action", order_by="ColourOverride.id"
    )
    impact_statements: Mapped[list["ImpactStatement"]] = relationship(
        back_populates="action", order_by="(ImpactStatement.stated_on, ImpactStatement.id)"
    )
    impact_looks: Mapped[list["ImpactLook"]] = relationship(
        back_populates="action", order_by="(ImpactLook.due_on, ImpactLook.id)"
    )
    challenges: Mapped[list["Challenge"]] = relationship(
        back_populates="action", order_by="(Challenge.raised_on, Challenge.id)"
    )
    parent: Mapped["Action | None"] = relationship(remote_side="Action.id", back_populates="returns")
    #: What each agency returns, where every agency returns its part.
    returns: Mapped[list["Action"]] = relationship(back_populates="parent", order_by="Action.ref")
    reminders: Mapped[list["Reminder"]] = relationship(
        "Reminder",
        primaryjoin="and_(Reminder.subject_kind == 'action', foreign(Reminder.subject_ref) == Action.ref)",
        order_by="Reminder.id",
        viewonly=True,
    )
    #: What its owner was asked by hand.
    nudges: Mapped[list["Nudge"]] = relationship(
        "Nudge",
        primaryjoin="foreign(Nudge.subject_ref) == Action.ref",
        order_by="Nudge.id",
        viewonly=True,
    )

    @property
    def waiting_extension(self) -> "ExtensionRequest | None":
        """The request for more time that nobody has decided yet."""
        return next((request for request in self.extension_requests if request.decision is None), None)

    @property
    def waiting_sign_off(self) -> "SignOff | None":
        """The sign-off that nobody has decided yet.

        Never an earlier one that nobody decided because the action was ended before, and reopened since.
        """
        last = self.sign_offs[-1] if self.sign_offs else None
        return last if last and last.decision is None and self.status == Status.SUBMITTED else None

    @property
    def waiting_not_for_us(self) -> "NotForUs | None":
        """That it is not for those who owe it, while nobody has decided about that."""
        return next((said for said in self.not_for_us if said.decision is None), None)

    @property
    def waiting_impact(self) -> "ImpactStatement | None":
        """The statement of a difference that nobody has confirmed or returned yet."""
        return next((stated for stated in self.impact_statements if stated.decision is None), None)

    @property
    def next_look(self) -> "ImpactLook | None":
        """The look at what difference it made that is due next; None where none is owed."""
        return next((look for look in self.impact_looks if look.is_open), None)

    @property
    def status_label(self) -> str:
        """Where it stands, in words."""
        return Status(self.status).label

    @property
    def colour_word(self) -> str:
        """The colour in a word."""
        return Colour(self.colour).word

    @property
    def evidence_standing(self) -> list["Evidence"]:
        """The evidence that was not withdrawn."""
        return [piece for piece in self.evidence if piece.withdrawn_on is None]

    @property
    def facts(self) -> Facts:
        """What the policy decides by."""
        return replace(
            self.source.facts,
            group_id=self.group_id,
            owner_id=self.owner_id,
            agency_id=self.agency_id,
            reached_ids=frozenset(
                reminder.recipient_id for reminder in self.reminders if reminder.taken_out_at is None
            ),
            sign_off_decider_ids=frozenset(person.id for person in deciders.of_sign_off(self)),
            extension_decider_ids=frozenset(person.id for person in deciders.of_extension(self)),
            course_decider_ids=frozenset(person.id for person in deciders.of_course(self)),
            ending_decider_ids=frozenset(person.id for person in deciders.of_ending(self)),
        )

    @property
    def audit_subject(self) -> Subject:
        """How the audit trail names the action, on the thread of its source."""
        return Subject("action", self.ref, self.source.ref)
