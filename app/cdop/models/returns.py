"""What agencies are asked to return about a death: which forms, by when, and what became of it."""

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Agency, HasProvenance, Person
from app.accounts.policy import Facts
from app.audit.operations import Subject
from app.cdop.returns.rules import Answer, ReturnState, state_of
from app.core.database import Base, Identified

if TYPE_CHECKING:
    from app.cdop.models.cases import ChildDeathCase
    from app.reminders.models import Nudge


class ReturnMove(StrEnum):
    """What happened to a return."""

    ASKED = "asked"
    FORMS_ADDED = "forms_added"
    PASSED_ON = "passed_on"
    DUE_MOVED = "due_moved"
    RETURNED = "returned"
    NOT_FOR_US = "not_for_us"
    PUT_BACK = "put_back"
    WAIVED = "waived"
    WITHDRAWN = "withdrawn"
    ASKED_AGAIN = "asked_again"


RETURN_MOVE_LABELS = {
    ReturnMove.ASKED: "asked",
    ReturnMove.FORMS_ADDED: "asked for more forms",
    ReturnMove.PASSED_ON: "passed it on",
    ReturnMove.DUE_MOVED: "moved the date",
    ReturnMove.RETURNED: "returned in eCDOP",
    ReturnMove.NOT_FOR_US: "said it is not for them",
    ReturnMove.PUT_BACK: "left it with the agency",
    ReturnMove.WAIVED: "waived it",
    ReturnMove.WITHDRAWN: "took it back, as it was asked by mistake",
    ReturnMove.ASKED_AGAIN: "asked again",
}


class AgencyReturn(Identified, HasProvenance, Base):
    """That an agency was asked to report what it knows, in eCDOP; its answer says when it did.

    The forms themselves are identifiable and stay in eCDOP. Whoever answers sees the eCDOP reference and the
    forms asked for, and nothing else of the case.
    """

    __tablename__ = "agency_return"
    __table_args__ = (
        UniqueConstraint("case_id", "agency_id"),
        CheckConstraint("returned_on IS NULL OR waived_on IS NULL", name="returned_or_waived"),
        CheckConstraint("(waived_on IS NULL) = (waived_reason IS NULL)", name="waived_with_reason"),
        CheckConstraint("(withdrawn_on IS NULL) = (withdrawn_reason IS NULL)", name="withdrawn_with_reason"),
        Index("ix_agency_return_due", "is_open", "due_on", "id"),
        Index("ix_agency_return_agency", "agency_id", "is_open", "due_on"),
        Index("ix_agency_return_owner", "owner_id", "is_open", "due_on"),
    )

    #: A running number, for example ``N-0004``; what reminders call it.
    ref: Mapped[str] = mapped_column(String(16), unique=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("child_death_case.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    #: Whom the agency lets answer; null where its lead does.
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    asked_on: Mapped[date]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    #: The day first set; kept for ever, and what "on time" is measured against.
    first_due_on: Mapped[date]
    due_on: Mapped[date]
    #: The day it was returned in eCDOP, as whoever answered says.
    returned_on: Mapped[date | None]
    returned_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    waived_on: Mapped[date | None]
    waived_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    waived_reason: Mapped[str | None] = mapped_column(Text)
    #: Since when the agency says that it is not for them; null once whoever asked has answered. Until then
    #: nobody is reminded of it.
    not_for_us_on: Mapped[date | None]
    #: That it was asked by mistake; it then counts nowhere.
    withdrawn_on: Mapped[date | None]
    withdrawn_reason: Mapped[str | None] = mapped_column(Text)
    #: Kept: whether the review still waits for it.
    is_open: Mapped[bool] = mapped_column(default=True)

    case: Mapped["ChildDeathCase"] = relationship("ChildDeathCase", back_populates="returns")
    agency: Mapped[Agency] = relationship()
    owner: Mapped[Person | None] = relationship(foreign_keys=[owner_id])
    asked_by: Mapped[Person | None] = relationship(foreign_keys=[asked_by_id])
    returned_by: Mapped[Person | None] = relationship(foreign_keys=[returned_by_id])
    waived_by: Mapped[Person | None] = relationship(foreign_keys=[waived_by_id])
    forms: Mapped[list["AgencyReturnForm"]] = relationship(
        back_populates="agency_return", cascade="all, delete-orphan", order_by="AgencyReturnForm.id"
    )
    steps: Mapped[list["AgencyReturnStep"]] = relationship(
        back_populates="agency_return", order_by="AgencyReturnStep.id"
    )
    #: What those who owe it were asked by hand.
    nudges: Mapped[list["Nudge"]] = relationship(
        "Nudge",
        primaryjoin="foreign(Nudge.subject_ref) == AgencyReturn.ref",
        order_by="Nudge.id",
        viewonly=True,
    )

    @property
    def state(self) -> ReturnState:
        """Where it stands."""
        return state_of(
            Answer(
                returned_on=self.returned_on,
                waived_on=self.waived_on,
                withdrawn_on=self.withdrawn_on,
                not_for_us_on=self.not_for_us_on,
            )
        )

    @property
    def is_owed(self) -> bool:
        """Whether somebody owes it now: it is asked for, and the review goes on."""
        return self.state is ReturnState.OWED and self.case.is_open

    @property
    def not_for_us_reason(self) -> str:
        """Why the agency says that it is not for them; empty where it does not."""
        said = [step for step in self.steps if step.move == ReturnMove.NOT_FOR_US]
        return said[-1].reason if said and self.not_for_us_on is not None else ""

    @property
    def facts(self) -> Facts:
        """What the policy decides by: the compartment of its case, and who owes it."""
        return Facts(
            group_id=self.case.group_id,
            source_ref=self.case.ref,
            is_restricted=True,
            is_child_death=True,
            owner_id=self.owner_id,
            agency_id=self.agency_id,
        )

    @property
    def audit_subject(self) -> Subject:
        """How the audit trail names the return, on the thread of its case."""
        return Subject("agency_return", self.ref, self.case.ref)


class AgencyReturnForm(Identified, Base):
    """One form that an agency is asked for: the reporting form, or a supplementary one."""

    __tablename__ = "agency_return_form"
    __table_args__ = (UniqueConstraint("agency_return_id", "form"),)

    agency_return_id: Mapped[int] = mapped_column(ForeignKey("agency_return.id"))
    #: Code of its term.
    form: Mapped[str] = mapped_column(String(40))

    agency_return: Mapped[AgencyReturn] = relationship(back_populates="forms")


class AgencyReturnStep(Identified, HasProvenance, Base):
    """One thing that happened to a return, with its reason and the day it moved. Appended, never changed."""

    __tablename__ = "agency_return_step"

    agency_return_id: Mapped[int] = mapped_column(ForeignKey("agency_return.id"), index=True)
    #: One of ``ReturnMove``.
    move: Mapped[str] = mapped_column(String(16))
    taken_on: Mapped[date]
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(Text, default="")
    #: The due date before and after, where it moved; after a return, the day it was returned.
    from_on: Mapped[date | None]
    to_on: Mapped[date | None]

    agency_return: Mapped[AgencyReturn] = relationship(back_populates="steps")
    taken_by: Mapped[Person | None] = relationship()

    @property
    def move_label(self) -> str:
        """What happened, in words that follow who did it."""
        return RETURN_MOVE_LABELS[ReturnMove(self.move)]
