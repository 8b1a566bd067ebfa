"""Reviews: the sources at the head of a thread, with their stages, audited cases and published figures."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Column, ForeignKey, Index, String, Table, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Area, HasProvenance, Person, Source, SourceKind
from app.accounts.policy import Facts
from app.audit.operations import Subject
from app.clocks.models import Regime, Stage
from app.core.database import Base, Identified, UtcDateTime
from app.core.report_year import ReportYear


class ReviewType(StrEnum):
    """What kind of source a review is."""

    SERIOUS_CASE_REVIEW = "serious_case_review"
    JOINT_SCR_DVHR = "joint_scr_dvhr"
    RAPID_REVIEW = "rapid_review"
    LOCAL_PRACTICE_REVIEW = "local_practice_review"
    MULTI_AGENCY_CASE_REVIEW = "multi_agency_case_review"
    MULTI_AGENCY_CASE_AUDIT = "multi_agency_case_audit"
    SECTION_11_AUDIT = "section_11_audit"
    SINGLE_AGENCY_AUDIT = "single_agency_audit"
    EXTERNAL_SOURCE = "external_source"


REVIEW_TYPE_LABELS = {
    ReviewType.SERIOUS_CASE_REVIEW: "Serious case review",
    ReviewType.JOINT_SCR_DVHR: "Joint SCR/DVHR",
    ReviewType.RAPID_REVIEW: "Rapid review",
    ReviewType.LOCAL_PRACTICE_REVIEW: "Local child safeguarding practice review",
    ReviewType.MULTI_AGENCY_CASE_REVIEW: "Multi-agency case review",
    ReviewType.MULTI_AGENCY_CASE_AUDIT: "Multi-agency case audit",
    ReviewType.SECTION_11_AUDIT: "Section 11 audit",
    ReviewType.SINGLE_AGENCY_AUDIT: "Single-agency audit",
    ReviewType.EXTERNAL_SOURCE: "External source",
}

#: The pathway of stages that each type of review follows.
PATHWAYS = {
    ReviewType.SERIOUS_CASE_REVIEW: "case_review",
    ReviewType.JOINT_SCR_DVHR: "case_review",
    ReviewType.RAPID_REVIEW: "case_review",
    ReviewType.LOCAL_PRACTICE_REVIEW: "case_review",
    ReviewType.MULTI_AGENCY_CASE_REVIEW: "case_review",
    ReviewType.MULTI_AGENCY_CASE_AUDIT: "case_audit",
    ReviewType.SECTION_11_AUDIT: "case_audit",
    ReviewType.SINGLE_AGENCY_AUDIT: "case_audit",
    ReviewType.EXTERNAL_SOURCE: "other_source",
}

review_area = Table(
    "review_area",
    Base.metadata,
    Column("review_id", ForeignKey("review.id"), primary_key=True),
    Column("area_id", ForeignKey("area.id"), primary_key=True, index=True),
)


class Review(HasProvenance, Source):
    """A source of learning: a review of a case, an audit, or learning from outside.

    No field holds anything that identifies a child: the pseudonym is the partnership's own, and the key
    to it is kept outside the product.
    """

    __tablename__ = "review"
    __table_args__ = (
        Index("ix_review_type", "review_type", "id"),
        Index("ix_review_stage", "stage_code", "id"),
        Index("ix_review_year", "report_year_start", "id"),
        Index("ix_review_last_stage", "stage_reached_on", "id"),
    )
    __mapper_args__ = {"polymorphic_identity": SourceKind.REVIEW}  # noqa: RUF012 (never changed)

    id: Mapped[int] = mapped_column(ForeignKey("source.id"), primary_key=True, sort_order=-1)
    review_type: Mapped[str] = mapped_column(String(40))
    regime_id: Mapped[int] = mapped_column(ForeignKey("regime.id"))
    #: First calendar year of the report year the review is counted in, 2016 for 2016/17.
    report_year_start: Mapped[int]
    #: The stage the review is at, kept beside the stages reached so that the register can filter by it.
    stage_code: Mapped[str] = mapped_column(String(40))
    stage_reached_on: Mapped[date]
    #: What happened, in the words the partnership published or agreed. Case material.
    circumstances: Mapped[str] = mapped_column(Text, default="")
    #: Criminal, coronial or other proceedings beside the review. Case material.
    parallel_processes: Mapped[str] = mapped_column(Text, default="")
    #: What the published record says came of it.
    recorded_impact: Mapped[str] = mapped_column(Text, default="")
    report_url: Mapped[str | None] = mapped_column(String(500))
    #: Whether it was opened because a child death review newly suspected abuse or neglect.
    is_referred: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    regime: Mapped[Regime] = relationship()
    areas: Mapped[list[Area]] = relationship(secondary=review_area, order_by=Area.name)
    stages: Mapped[list["ReviewStage"]] = relationship(
        back_populates="review", order_by="(ReviewStage.reached_on, ReviewStage.id)"
    )
    audited_cases: Mapped[list["AuditedCase"]] = relationship(
        back_populates="review", order_by="AuditedCase.number"
    )
    figures: Mapped[list["PublishedFigure"]] = relationship(
        back_populates="review", order_by="PublishedFigure.position"
    )

    @property
    def type_label(self) -> str:
        """The type in words."""
        return REVIEW_TYPE_LABELS[ReviewType(self.review_type)]

    @property
    def pathway(self) -> str:
        """Which stages the review passes."""
        return PATHWAYS[ReviewType(self.review_type)]

    @property
    def report_year(self) -> ReportYear:
        """The report year the review is counted in."""
        return ReportYear(self.report_year_start)


class ReviewStage(Identified, HasProvenance, Base):
    """That a review reached a stage on a day, and why. Never changed; a wrong one is withdrawn."""

    __tablename__ = "review_stage"

    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"), index=True)
    stage_id: Mapped[int] = mapped_column(ForeignKey("stage.id"))
    reached_on: Mapped[date]
    #: Why now, or why late.
    reason: Mapped[str] = mapped_column(Text, default="")
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_on: Mapped[date | None]
    withdrawn_reason: Mapped[str | None] = mapped_column(Text)

    review: Mapped[Review] = relationship(back_populates="stages")
    stage: Mapped[Stage] = relationship()
    recorded_by: Mapped[Person | None] = relationship()

    @property
    def facts(self) -> Facts:
        """What the policy decides by: the compartment of its review."""
        return self.review.facts


class AuditedCase(Identified, HasProvenance, Base):
    """One case within a case audit, known only by its number."""

    __tablename__ = "audited_case"
    __table_args__ = (UniqueConstraint("review_id", "number"),)

    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"))
    number: Mapped[int]
    #: What the audit says of the case. Case material.
    summary: Mapped[str] = mapped_column(Text, default="")
    withdrawn_on: Mapped[date | None]
    withdrawn_reason: Mapped[str | None] = mapped_column(Text)

    review: Mapped[Review] = relationship(back_populates="audited_cases")

    @property
    def label(self) -> str:
        """What the case is called: "Case 1"."""
        return f"Case {self.number}"

    @property
    def facts(self) -> Facts:
        """What the policy decides by: the compartment of its review."""
        return self.review.facts


class PublishedFigure(Identified, HasProvenance, Base):
    """A number as a report printed it, with what it counts; of one review, or of the partnership's year."""

    __tablename__ = "published_figure"
    __table_args__ = (Index("ix_published_figure_year", "report_year_start", "position"),)

    ref: Mapped[str] = mapped_column(String(64), unique=True)
    review_id: Mapped[int | None] = mapped_column(ForeignKey("review.id"), index=True)
    report_year_start: Mapped[int]
    position: Mapped[int]
    #: What is counted, and on which basis.
    label: Mapped[str] = mapped_column(String(300))
    #: The value as printed, for example "337", "95%" or "£382,545".
    value: Mapped[str] = mapped_column(String(60))
    #: What heads the figures that stand together, for example "Organisations by sector".
    heading: Mapped[str] = mapped_column(String(120), default="")
    withdrawn_on: Mapped[date | None]
    withdrawn_reason: Mapped[str | None] = mapped_column(Text)

    review: Mapped[Review | None] = relationship(back_populates="figures")

    @property
    def report_year(self) -> ReportYear:
        """The report year whose report printed it."""
        return ReportYear(self.report_year_start)

    @property
    def facts(self) -> Facts:
        """What the policy decides by: the compartment of its review, where the figure has one."""
        return self.review.facts if self.review else Facts()

    @property
    def audit_subject(self) -> Subject:
        """How the audit trail names the figure, on the thread of its review where it has one."""
        return Subject("figure", self.ref, self.review.ref if self.review else None)
