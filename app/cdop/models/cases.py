"""The child death review case: what is known of a death without saying whose, and where its review stands."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Agency, Area, HasProvenance, Person, Source, SourceKind
from app.accounts.policy import Facts
from app.cdop.models.panels import Panel
from app.clocks.models import Regime, Stage
from app.core.database import Base, Identified, UtcDateTime
from app.core.report_year import ReportYear
from app.reviews.models import Review

if TYPE_CHECKING:
    from app.cdop.models.analysis import CaseFactor
    from app.cdop.models.returns import AgencyReturn


class ChildDeathCase(HasProvenance, Source):
    """One death under review, known by its CDOP number and its reference in eCDOP.

    The day of death is not held: only its quarter, and the day on which the death became known, which starts
    the clocks. Every case lies in the closed compartment of child death reviews.
    """

    __tablename__ = "child_death_case"
    __table_args__ = (
        CheckConstraint("expectedness IN ('expected', 'unexpected')", name="expectedness"),
        Index("ix_child_death_case_open", "is_open", "stage_code", "id"),
        Index("ix_child_death_case_year", "death_year_start", "id"),
        Index("ix_child_death_case_reviewed", "reviewed_on", "id"),
        Index("ix_child_death_case_panel", "panel_id", "id"),
        Index("ix_child_death_case_ecdop", "ecdop_ref"),
        Index("ix_child_death_case_board", "is_open", "stage_order", "stage_code", "sort_due_on", "id"),
        Index("ix_child_death_case_due", "is_open", "sort_due_on", "id"),
        Index("ix_child_death_case_known", "is_open", "known_on", "id"),
    )
    __mapper_args__ = {"polymorphic_identity": SourceKind.CHILD_DEATH}  # noqa: RUF012 (never changed)

    id: Mapped[int] = mapped_column(ForeignKey("source.id"), primary_key=True, sort_order=-1)
    #: The number the panel gives the death; unique, in whichever letters.
    cdop_number: Mapped[str] = mapped_column(String(40), unique=True)
    #: Where the identifiable record lies.
    ecdop_ref: Mapped[str | None] = mapped_column(String(60))
    regime_id: Mapped[int] = mapped_column(ForeignKey("regime.id"))
    #: The first day of the quarter in which the death fell: 1 January, April, July or October.
    death_quarter_on: Mapped[date]
    #: First calendar year of the report year the death is counted in; kept, so that figures group by it.
    death_year_start: Mapped[int]
    #: Codes of the terms of their vocabularies.
    age_band: Mapped[str] = mapped_column(String(40))
    sex: Mapped[str] = mapped_column(String(40))
    ethnicity_group: Mapped[str] = mapped_column(String(40))
    place: Mapped[str] = mapped_column(String(40))
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    expectedness: Mapped[str] = mapped_column(String(16))
    joint_agency_response: Mapped[bool] = mapped_column(default=False)
    #: Why the death is not reviewed here and counts nowhere, by the code of its term; null for every other.
    exclusion: Mapped[str | None] = mapped_column(String(40))

    # Kept beside the stages reached, so that lists filter and sort by them; one function writes them at every
    # change, and a job when a day begins.
    stage_code: Mapped[str] = mapped_column(String(40))
    #: The place of the stage on the way of all regimes together.
    stage_order: Mapped[int] = mapped_column(default=0, server_default="0")
    stage_reached_on: Mapped[date]
    #: The day on which the death became known; clocks start there.
    known_on: Mapped[date]
    #: The day the panel completed its review; what "reviews completed in the year" counts.
    reviewed_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    #: Whether the review goes on: it is neither closed, nor excluded, nor withdrawn.
    is_open: Mapped[bool] = mapped_column(default=True)
    #: The target of the clock to look at first; the last day there is where none runs, so that no sort key is
    #: null.
    sort_due_on: Mapped[date] = mapped_column(default=date.max, server_default="9999-12-31")

    # The analysis. Case material.
    #: Codes of their terms: what the draft proposes until the panel completed the review, and then what the
    #: panel found.
    category: Mapped[str | None] = mapped_column(String(40))
    conclusion: Mapped[str | None] = mapped_column(String(40))
    #: Every category that was considered, by code, separated by spaces; the one kept comes first of them in
    #: the order of precedence.
    categories_considered: Mapped[str] = mapped_column(String(400), default="")
    learning: Mapped[str] = mapped_column(Text, default="")
    good_practice: Mapped[str] = mapped_column(Text, default="")
    #: The panel that reviewed it, or is to.
    panel_id: Mapped[int | None] = mapped_column(ForeignKey("cdop_panel.id"))

    # Feedback to the family: who and when, never what was said.
    #: The post of the key worker, for example "Bereavement nurse".
    key_worker_role: Mapped[str] = mapped_column(String(200), default="")
    key_worker_agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    feedback_on: Mapped[date | None]

    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    regime: Mapped[Regime] = relationship()
    area: Mapped[Area] = relationship()
    panel: Mapped[Panel | None] = relationship(foreign_keys=[panel_id])
    key_worker_agency: Mapped[Agency | None] = relationship()
    created_by: Mapped[Person | None] = relationship(foreign_keys=[created_by_id])
    stages: Mapped[list["CaseStage"]] = relationship(
        back_populates="case", order_by="(CaseStage.reached_on, CaseStage.id)"
    )
    waits: Mapped[list["Wait"]] = relationship(back_populates="case", order_by="(Wait.since_on, Wait.id)")
    returns: Mapped[list["AgencyReturn"]] = relationship(
        "AgencyReturn", back_populates="case", order_by="AgencyReturn.ref"
    )
    factors: Mapped[list["CaseFactor"]] = relationship(
        "CaseFactor", back_populates="case", order_by="(CaseFactor.domain_code, CaseFactor.id)"
    )
    referral: Mapped["Referral | None"] = relationship(back_populates="case")

    @property
    def report_year(self) -> ReportYear:
        """The report year the death is counted in."""
        return ReportYear(self.death_year_start)

    @property
    def has_analysis(self) -> bool:
        """Whether anything of the analysis was written down."""
        return bool(
            self.factors
            or self.categories_considered
            or self.category
            or self.conclusion
            or self.learning
            or self.good_practice
        )

    @property
    def stages_standing(self) -> list["CaseStage"]:
        """The stages reached, less those that were withdrawn."""
        return [stage for stage in self.stages if stage.withdrawn_on is None]

    @property
    def returns_standing(self) -> list["AgencyReturn"]:
        """What agencies were asked for, less what was asked by mistake."""
        return [each for each in self.returns if each.withdrawn_on is None]

    @property
    def waits_standing(self) -> list["Wait"]:
        """What the review waits on now."""
        return [wait for wait in self.waits if wait.until_on is None]


class CaseStage(Identified, HasProvenance, Base):
    """That a case reached a stage on a day. Never changed; a wrong one is withdrawn, and clocks follow."""

    __tablename__ = "child_death_stage"

    case_id: Mapped[int] = mapped_column(ForeignKey("child_death_case.id"), index=True)
    stage_id: Mapped[int] = mapped_column(ForeignKey("stage.id"))
    reached_on: Mapped[date]
    #: Why late, where it is, without case detail.
    reason: Mapped[str] = mapped_column(Text, default="")
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_on: Mapped[date | None]
    withdrawn_reason: Mapped[str | None] = mapped_column(Text)

    case: Mapped[ChildDeathCase] = relationship(back_populates="stages")
    stage: Mapped[Stage] = relationship()
    recorded_by: Mapped[Person | None] = relationship()

    @property
    def facts(self) -> Facts:
        """What the policy decides by: the compartment of its case."""
        return self.case.facts


class Wait(Identified, HasProvenance, Base):
    """That a review waits on something outside it, or that something runs beside it, for a time."""

    __tablename__ = "child_death_wait"
    __table_args__ = (
        CheckConstraint("until_on IS NULL OR until_on >= since_on", name="in_order"),
        Index("ix_child_death_wait_case", "case_id", "until_on"),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("child_death_case.id"))
    #: Code of its term.
    reason: Mapped[str] = mapped_column(String(40))
    #: Whether the review cannot go on before it ends; otherwise it runs beside.
    holds_up: Mapped[bool] = mapped_column(default=True)
    note: Mapped[str] = mapped_column(Text, default="")
    since_on: Mapped[date]
    until_on: Mapped[date | None]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    case: Mapped[ChildDeathCase] = relationship(back_populates="waits")
    recorded_by: Mapped[Person | None] = relationship()

    @property
    def facts(self) -> Facts:
        """What the policy decides by: the compartment of its case."""
        return self.case.facts


class Referral(Identified, Base):
    """That abuse or neglect was newly suspected, and the case was referred as a serious incident.

    The review that was opened holds no word of the case; the two are joined here, inside the compartment.
    """

    __tablename__ = "child_death_referral"
    __table_args__ = (UniqueConstraint("case_id"), UniqueConstraint("review_id"))

    case_id: Mapped[int] = mapped_column(ForeignKey("child_death_case.id"))
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"))
    referred_on: Mapped[date]
    referred_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    case: Mapped[ChildDeathCase] = relationship(back_populates="referral")
    review: Mapped[Review] = relationship()
    referred_by: Mapped[Person | None] = relationship()
