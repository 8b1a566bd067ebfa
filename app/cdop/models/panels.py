"""The panel's identity: the meeting that reviews deaths and that its learning comes from.

Its agenda, attendance, papers and decisions are kept by the room of meetings.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.models import HasProvenance, Source, SourceKind
from app.core.database import UtcDateTime
from app.core.report_year import ReportYear, report_year_of


class PanelKind(StrEnum):
    """Which deaths a panel looks at."""

    GENERAL = "general"
    NEONATAL = "neonatal"
    THEMED = "themed"


PANEL_KIND_LABELS = {
    PanelKind.GENERAL: "General panel",
    PanelKind.NEONATAL: "Neonatal panel",
    PanelKind.THEMED: "Themed panel",
}


class PanelStatus(StrEnum):
    """Where a panel stands; one that is cancelled is withdrawn with its reason."""

    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"


def caption_of(panel_kind: str, theme: str) -> str:
    """What a panel is called: its theme, or which deaths it looks at."""
    return theme or PANEL_KIND_LABELS[PanelKind(panel_kind)]


class Panel(HasProvenance, Source):
    """One meeting of the Child Death Overview Panel, and a source of lessons and actions.

    What a panel teaches is drawn from several deaths and told of none, so its lessons and actions lie in the
    ordinary compartment of its group. The deaths it looks at lie in the closed one of child death reviews.
    """

    __tablename__ = "cdop_panel"
    __table_args__ = (
        CheckConstraint("status IN ('planned', 'held', 'cancelled')", name="status"),
        Index("ix_cdop_panel_meets", "meets_on", "id"),
    )
    __mapper_args__ = {"polymorphic_identity": SourceKind.PANEL}  # noqa: RUF012 (never changed)

    id: Mapped[int] = mapped_column(ForeignKey("source.id"), primary_key=True, sort_order=-1)
    meets_on: Mapped[date]
    panel_kind: Mapped[str] = mapped_column(String(16), default=PanelKind.GENERAL)
    #: What a themed panel is about, for example "Sudden unexpected deaths of infants".
    theme: Mapped[str] = mapped_column(String(200), default="")
    status: Mapped[str] = mapped_column(String(16), default=PanelStatus.PLANNED)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def kind_label(self) -> str:
        """Which deaths it looks at, in words."""
        return PANEL_KIND_LABELS[PanelKind(self.panel_kind)]

    @property
    def report_year(self) -> ReportYear:
        """The report year it meets in."""
        return report_year_of(self.meets_on)
