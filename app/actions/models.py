"""Actions: what is to be done about a lesson, by whom, by when, and what came of it."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, String, Table, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Agency, Group, HasProvenance, Person
from app.accounts.policy import Facts
from app.actions import deciders
from app.actions.rules.brag import Colour
from app.actions.rules.lifecycle import Status
from app.audit.operations import Subject
from app.core.database import Base, Identified, UtcDateTime
from app.lessons.models import Lesson, Recommendation
from app.reviews.models import Review

if TYPE_CHECKING:
    from app.reminders.models import Reminder

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
        Index("ix_action_group_status", "group_id", "status", "ref"),
        Index("ix_action_status_due", "status", "sort_due_on", "ref"),
        Index("ix_action_urgency_due", "urgency", "sort_due_on", "ref"),
        Index("ix_action_colour_changes", "colour_changes_on"),
        Index("ix_action_chased_due", "is_chased", "due_on"),
        Index("ix_action_review", "review_id", "ref"),
    )

    ref: Mapped[str] = mapped_column(String(16), unique=True)
    #: The source the action answers: the review of its lessons and recommendations.
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"))
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
    #: Whether the owner still owes it.
    is_open: Mapped[bool] = mapped_column(default=False)
    #: Whether the ladder of reminders counts for it.
    is_chased: Mapped[bool] = mapped_column(default=False)
    #: The due date, or the last day there is for an action without one, so that no sort key is null.
    sort_due_on: Mapped[date] = mapped_column(default=date.max)

    review: Mapped[Review] = relationship(back_populates="actions")
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
    reminders: Mapped[list["Reminder"]] = relationship(
        "Reminder",
        primaryjoin="and_(Reminder.subject_kind == 'action', foreign(Reminder.subject_ref) == Action.ref)",
        order_by="Reminder.id",
        viewonly=True,
    )

    @property
    def waiting_extension(self) -> "ExtensionRequest | None":
        """The request for more time that nobody has decided yet."""
        return next((request for request in self.extension_requests if request.decision is None), None)

    @property
    def waiting_sign_off(self) -> "SignOff | None":
        """The sign-off that nobody has decided yet."""
        return next((sign_off for sign_off in self.sign_offs if sign_off.decision is None), None)

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
        return Facts(
            group_id=self.group_id,
            owner_id=self.owner_id,
            agency_id=self.agency_id,
            reached_ids=frozenset(
                reminder.recipient_id for reminder in self.reminders if reminder.taken_out_at is None
            ),
            sign_off_decider_ids=frozenset(person.id for person in deciders.of_sign_off(self)),
            extension_decider_ids=frozenset(person.id for person in deciders.of_extension(self)),
        )

    @property
    def audit_subject(self) -> Subject:
        """How the audit trail names the action, on the thread of its source."""
        return Subject("action", self.ref, self.review.ref)


class ActionStep(Identified, HasProvenance, Base):
    """One move of an action from a status to the next: who made it, when and why. Never changed."""

    __tablename__ = "action_step"
    __table_args__ = (Index("ix_action_step_action", "action_id", "taken_on"),)

    action_id: Mapped[int] = mapped_column(ForeignKey("action.id"))
    move: Mapped[str] = mapped_column(String(32))
    from_status: Mapped[str] = mapped_column(String(24))
    to_status: Mapped[str] = mapped_column(String(24))
    taken_on: Mapped[date]
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(Text, default="")

    action: Mapped[Action] = relationship(back_populates="steps")
    taken_by: Mapped[Person | None] = relationship()


class ActionUpdate(Identified, HasProvenance, Base):
    """What happened since the last update, and how the owner says it goes. Never changed."""

    __tablename__ = "action_update"
    __table_args__ = (Index("ix_action_update_action", "action_id", "written_on"),)

    ref: Mapped[str] = mapped_column(String(24), unique=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("action.id"))
    written_on: Mapped[date]
    written_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    words: Mapped[str] = mapped_column(Text)
    #: ``on_track``, ``at_risk`` or ``off_track``.
    owner_view: Mapped[str] = mapped_column(String(16))

    action: Mapped[Action] = relationship(back_populates="updates")
    written_by: Mapped[Person | None] = relationship()


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

    action: Mapped[Action] = relationship(back_populates="evidence")
    added_by: Mapped[Person | None] = relationship()

    @property
    def facts(self) -> Facts:
        """What the policy decides by: its action's."""
        return self.action.facts


class ExtensionRequest(Identified, HasProvenance, Base):
    """That more time was asked for, why, what keeps children safe meanwhile, and what was decided."""

    __tablename__ = "extension_request"
    __table_args__ = (
        Index("ix_extension_request_action", "action_id", "asked_on"),
        Index("ix_extension_request_waiting", "decision", "decider"),
    )

    ref: Mapped[str] = mapped_column(String(24), unique=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("action.id"))
    asked_on: Mapped[date]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    #: The due date when it was asked, and the one asked for.
    from_due_on: Mapped[date]
    new_due_on: Mapped[date]
    reason_code: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(Text, default="")
    #: What keeps children safe in the meantime.
    interim_safeguard: Mapped[str] = mapped_column(Text)
    #: Who decides: ``board_manager``, ``group_chair`` or ``independent_chair``.
    decider: Mapped[str] = mapped_column(String(24))
    #: ``granted`` or ``refused``; null while it waits.
    decision: Mapped[str | None] = mapped_column(String(16))
    decided_on: Mapped[date | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decision_reason: Mapped[str] = mapped_column(Text, default="")

    action: Mapped[Action] = relationship(back_populates="extension_requests")
    asked_by: Mapped[Person | None] = relationship(foreign_keys=[asked_by_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])


class DateChange(Identified, HasProvenance, Base):
    """A decided change of a due date; there is no other way for the date to move. Never changed."""

    __tablename__ = "date_change"
    __table_args__ = (Index("ix_date_change_action", "action_id", "decided_on"),)

    action_id: Mapped[int] = mapped_column(ForeignKey("action.id"))
    from_on: Mapped[date]
    to_on: Mapped[date]
    #: ``extension``, ``returned``, ``reopened`` or ``resumed``.
    cause: Mapped[str] = mapped_column(String(16))
    reason_code: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(Text, default="")
    decided_on: Mapped[date]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    action: Mapped[Action] = relationship(back_populates="date_changes")
    decided_by: Mapped[Person | None] = relationship()


class SignOff(Identified, HasProvenance, Base):
    """That an action was sent for sign-off, and what the group decided. A decision is never changed."""

    __tablename__ = "sign_off"
    __table_args__ = (
        Index("ix_sign_off_action", "action_id", "sent_on"),
        Index("ix_sign_off_waiting", "decision", "sent_on", "id"),
    )

    ref: Mapped[str] = mapped_column(String(24), unique=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("action.id"))
    sent_on: Mapped[date]
    sent_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    #: The owner's answer to "what is different now?".
    what_is_different: Mapped[str] = mapped_column(Text)
    #: ``accepted``, ``accepted_in_part`` or ``returned``; null while it waits.
    decision: Mapped[str | None] = mapped_column(String(20))
    decided_on: Mapped[date | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    #: The day of the meeting that decided, where it was decided at one.
    meeting_on: Mapped[date | None]
    decision_reason: Mapped[str] = mapped_column(Text, default="")
    #: By when to send it again, where it was returned or accepted in part.
    resubmit_by_on: Mapped[date | None]

    action: Mapped[Action] = relationship(back_populates="sign_offs")
    sent_by: Mapped[Person | None] = relationship(foreign_keys=[sent_by_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])


class BragThreshold(Identified, Base):
    """The thresholds of the colours, as data with the day they came into force."""

    __tablename__ = "brag_threshold"

    in_force_from: Mapped[date] = mapped_column(unique=True)
    due_soon_days: Mapped[int]
    stale_days: Mapped[int]
    amber_extensions: Mapped[int]
    red_extensions: Mapped[int]


class ExtensionTierRow(Identified, Base):
    """Who decides the how-manieth extension up to how many days, as data with its day."""

    __tablename__ = "extension_tier"
    __table_args__ = (UniqueConstraint("in_force_from", "number"),)

    in_force_from: Mapped[date]
    #: The first, second or third extension granted; the last row stands for all that follow.
    number: Mapped[int]
    #: The most days this tier may grant; null without limit.
    longest_days: Mapped[int | None]
    decider: Mapped[str] = mapped_column(String(24))
