"""What the figures keep: what was stated elsewhere, populations, what was computed, issued and overridden."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Area, HasProvenance, Person
from app.accounts.policy import NOTHING, Facts
from app.audit.operations import Subject
from app.core.database import Base, Identified, UtcDateTime
from app.core.report_year import ReportYear

STANDING = text("withdrawn_on IS NULL")


class PopulationKind(StrEnum):
    """Which children a rate is counted over."""

    LIVE_BIRTHS = "live_births"
    AGED_1_TO_17 = "aged_1_to_17"


POPULATION_LABELS = {
    PopulationKind.LIVE_BIRTHS: "Live births",
    PopulationKind.AGED_1_TO_17: "Children aged 1 to 17",
}


class Stated:
    """What is held as somebody else stated it, and can be withdrawn with a reason."""

    report_year_start: Mapped[int]
    withdrawn_on: Mapped[date | None]
    withdrawn_reason: Mapped[str | None] = mapped_column(Text)

    @property
    def report_year(self) -> ReportYear:
        """The report year it is stated of."""
        return ReportYear(self.report_year_start)

    @property
    def facts(self) -> Facts:
        """What the policy decides by: it lies in no compartment."""
        return NOTHING


class StatedFigure(Identified, HasProvenance, Stated, Base):
    """A figure as a report published it, which is never counted here and never corrected silently.

    Its code says which figure it is, so that it stands in its place among those counted; see `rules.stated`.
    """

    __tablename__ = "stated_figure"
    __table_args__ = (
        Index(
            "uq_stated_figure_standing",
            "code",
            "report_year_start",
            unique=True,
            sqlite_where=STANDING,
            postgresql_where=STANDING,
        ),
    )

    #: A running number, for example ``SF-0001``.
    ref: Mapped[str] = mapped_column(String(16), unique=True)
    code: Mapped[str] = mapped_column(String(40))
    #: The number as it was printed, for example ``5.4``.
    value: Mapped[str] = mapped_column(String(24))
    #: What the source says of it, for example that it is of Hackney alone.
    words: Mapped[str] = mapped_column(Text, default="")

    @property
    def audit_subject(self) -> Subject:
        """How the audit trail names it."""
        return Subject("stated_figure", self.ref)


class Population(Identified, HasProvenance, Stated, Base):
    """How many live births, or children of an age, a rate is counted over: one year, one area or all."""

    __tablename__ = "population"
    __table_args__ = (
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("kind IN ('live_births', 'aged_1_to_17')", name="kind"),
        Index("ix_population_year", "report_year_start", "kind", "area_id"),
    )

    #: A running number, for example ``PO-0001``.
    ref: Mapped[str] = mapped_column(String(16), unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    #: Null for the whole partnership.
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    number: Mapped[int]

    area: Mapped[Area | None] = relationship()

    @property
    def kind_label(self) -> str:
        """Who is counted, in words."""
        return POPULATION_LABELS[PopulationKind(self.kind)]

    @property
    def audit_subject(self) -> Subject:
        """How the audit trail names it."""
        return Subject("population", self.ref)


class FiguresState(Identified, Base):
    """How far the data have moved on, and whether somebody is computing. One row."""

    __tablename__ = "figures_state"

    #: Grows with every change of what figures are made of; see `changes`.
    version: Mapped[int] = mapped_column(default=0)
    #: Why the last computing came to nothing, in a sentence; null after one that did.
    problem: Mapped[str | None] = mapped_column(Text)
    #: The version that it came to nothing for, which is not tried again.
    problem_version: Mapped[int | None]
    #: Who computes holds a claim, renewed with each step, so that any number of schedulers may tick.
    claim: Mapped[str | None] = mapped_column(String(40))
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: How much of it is done, in per cent.
    percent: Mapped[int] = mapped_column(default=0)


class KeptFigures(Identified, Base):
    """The figures as they were last computed; the next ones take their place. One row, or none yet."""

    __tablename__ = "figures_kept"

    #: What it was computed from: the version, and the digest of everything that went into it.
    version: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    computed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: The business day of the extraction, and the last on which it was compared with the record.
    extracted_on: Mapped[date]
    checked_on: Mapped[date]
    #: How many cases and factors there were, to see a bulk load by.
    stamp: Mapped[str] = mapped_column(String(80))
    #: Report years that were published with other counts, which may not change by so few; JSON by basis.
    held_back: Mapped[str] = mapped_column(Text)

    years: Mapped[list["FiguresYear"]] = relationship(
        "FiguresYear",
        back_populates="kept",
        order_by="FiguresYear.report_year_start",
        cascade="all, delete-orphan",
    )


class FiguresIssue(Identified, Base):
    """One publication of the figures up to a report year. What it showed is public for ever."""

    __tablename__ = "figures_issue"
    __table_args__ = (Index("ix_figures_issue_year", "report_year_start", "id"),)

    #: A running number, for example ``FI-0001``.
    ref: Mapped[str] = mapped_column(String(16), unique=True)
    #: The last report year in it.
    report_year_start: Mapped[int]
    #: What is said with it, for example where it is published.
    statement: Mapped[str] = mapped_column(Text)
    issued_on: Mapped[date]
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    #: The day on which its counts were taken from the record.
    extracted_on: Mapped[date]

    issued_by: Mapped[Person | None] = relationship()
    years: Mapped[list["FiguresYear"]] = relationship(
        "FiguresYear", back_populates="issue", order_by="FiguresYear.report_year_start"
    )

    @property
    def report_year(self) -> ReportYear:
        """The last report year in it."""
        return ReportYear(self.report_year_start)

    @property
    def facts(self) -> Facts:
        """What the policy decides by: it lies in no compartment."""
        return NOTHING

    @property
    def audit_subject(self) -> Subject:
        """How the audit trail names it."""
        return Subject("figures", self.ref)


class FiguresYear(Identified, Base):
    """The figures of one report year, with the pools that end in it: kept, or frozen in an issue."""

    __tablename__ = "figures_year"
    __table_args__ = (
        UniqueConstraint("kept_id", "report_year_start"),
        UniqueConstraint("issue_id", "report_year_start"),
        CheckConstraint("(kept_id IS NULL) <> (issue_id IS NULL)", name="kept_or_issued"),
    )

    kept_id: Mapped[int | None] = mapped_column(ForeignKey("figures_kept.id"))
    issue_id: Mapped[int | None] = mapped_column(ForeignKey("figures_issue.id"))
    report_year_start: Mapped[int]
    #: What is shown, JSON; pages outside the compartment read nothing else. See `rules.body`.
    shown: Mapped[str] = mapped_column(Text)
    #: The same in full. Kept: as the record has it. Issued: the counts that were published from.
    in_full: Mapped[str] = mapped_column(Text)

    kept: Mapped[KeptFigures | None] = relationship(back_populates="years")
    issue: Mapped[FiguresIssue | None] = relationship(back_populates="years")


class FiguresOverride(Identified, Stated, Base):
    """That the chair decided to show one number in spite of the rule. Never changed, but taken back."""

    __tablename__ = "figures_override"
    __table_args__ = (
        Index(
            "uq_figures_override_standing",
            "statistic",
            unique=True,
            sqlite_where=STANDING,
            postgresql_where=STANDING,
        ),
    )

    #: A running number, for example ``FO-0001``.
    ref: Mapped[str] = mapped_column(String(16), unique=True)
    #: The name of the statistic, as `rules.tables` makes it.
    statistic: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(Text)
    decided_on: Mapped[date]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    decided_by: Mapped[Person | None] = relationship()

    @property
    def audit_subject(self) -> Subject:
        """How the audit trail names it."""
        return Subject("figures_override", self.ref)


class FiguresChart(Identified, Base):
    """A chart that was drawn, by the digest of what it shows."""

    __tablename__ = "figures_chart"

    digest: Mapped[str] = mapped_column(String(64), unique=True)
    svg: Mapped[str] = mapped_column(Text)
