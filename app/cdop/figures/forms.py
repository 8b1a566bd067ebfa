"""Forms of the figures."""

from typing import Any, ClassVar

from wtforms import HiddenField

from app.cdop.figures.models import POPULATION_LABELS
from app.cdop.figures.queries.kept import FIRST_YEAR
from app.cdop.figures.rules.stated import LABELS
from app.core.clock import today
from app.core.forms import ChoiceField, LongTextField, TextField, TrackerForm
from app.core.report_year import ReportYear, report_year_of


class _SourceForm(TrackerForm):
    """Where something is published."""

    source_line = TextField(
        "Where it is published",
        missing="Say where it is published",
        longest=100,
        description="For example, annual report 2016/17, page 97.",
    )
    source_note = LongTextField(
        "What a reader must know of the source (optional)",
        rows=3,
        description="For example, that it is of Hackney alone, or provisional.",
    )


class ChangedStatedForm(_SourceForm):
    """A stated figure that is held already."""

    leading: ClassVar[tuple[str, ...]] = ("value", "words")

    value = TextField(
        "The number as it is printed",
        missing="Enter the number as it is printed, for example 14.4",
        longest=24,
        description="For example 21 or 14.4.",
    )
    words = TextField(
        "What the source says of it (optional)",
        longest=300,
        description="For example, Hackney, per 1,000 live births.",
    )

    def values(self) -> dict[str, Any]:
        """What was entered, as the operation takes it."""
        names = ("value", "words", "source_line", "source_note")
        return {name: self._fields[name].data for name in names}


class StatedForm(ChangedStatedForm):
    """A figure as a report published it."""

    leading: ClassVar[tuple[str, ...]] = ("code", "report_year", "value", "words")

    code = ChoiceField("Which figure is it?", missing="Choose which figure it is")
    report_year = ChoiceField("Report year it is of", missing="Choose the report year")

    def offer(self) -> None:
        """Set what may be chosen."""
        self.code.offer({str(code): label for code, label in LABELS.items()})
        self.report_year.offer(_years())

    def values(self) -> dict[str, Any]:
        """What was entered, as the operation takes it."""
        return {**super().values(), "code": self.code.data, "report_year": self.report_year.data}


class ChangedPopulationForm(_SourceForm):
    """A population that is held already."""

    leading: ClassVar[tuple[str, ...]] = ("number",)

    number = TextField(
        "How many are there?", missing="Enter how many there are, for example 4,500", longest=12
    )

    def values(self) -> dict[str, Any]:
        """What was entered, as the operation takes it."""
        return {name: self._fields[name].data for name in ("number", "source_line", "source_note")}


class PopulationForm(ChangedPopulationForm):
    """A population that rates are counted over."""

    leading: ClassVar[tuple[str, ...]] = ("kind", "report_year", "area", "number")

    kind = ChoiceField("Who is counted?", missing="Choose who is counted")
    report_year = ChoiceField("Report year", missing="Choose the report year")
    area = ChoiceField("Area", empty="All areas together")

    def offer(self, areas: dict[str, str]) -> None:
        """Set what may be chosen."""
        self.kind.offer({str(kind): label for kind, label in POPULATION_LABELS.items()})
        self.report_year.offer(_years())
        self.area.offer(areas, empty="All areas together")

    def values(self) -> dict[str, Any]:
        """What was entered, as the operation takes it."""
        own = {name: self._fields[name].data for name in ("kind", "report_year", "area")}
        return {**super().values(), **own}


class WithdrawForm(TrackerForm):
    """Why something is withdrawn."""

    reason = LongTextField(
        "Why is it withdrawn?",
        missing="Say why it is withdrawn",
        rows=3,
        longest=2000,
        description="It is kept with your reason, and no longer counts.",
    )


class IssueForm(TrackerForm):
    """That the figures up to a year are issued."""

    statement = LongTextField(
        "What is issued, and where?",
        missing="Say what is issued, and where it is published",
        rows=3,
        longest=2000,
        description="For example: child death figures for the annual report 2016/17, published on the "
        "partnership’s website.",
    )
    seen = HiddenField()


class OverrideForm(TrackerForm):
    """That one hidden number is shown by the chair's decision."""

    statistic = ChoiceField("Which hidden number is to be shown?", missing="Choose a number that is hidden")
    reason = LongTextField(
        "Why is it shown?",
        missing="Say why it is shown",
        rows=4,
        longest=2000,
        description="For example, that the families agreed, or that the number is public already.",
    )


class TakeBackForm(TrackerForm):
    """That a decision to show a number is taken back."""

    reason = LongTextField(
        "Why is the decision taken back?",
        missing="Say why it is taken back",
        rows=3,
        longest=2000,
        description="What was issued meanwhile stays public, and the number cannot be hidden again there.",
    )


def _years() -> dict[str, str]:
    present = report_year_of(today())
    years = [ReportYear(start) for start in range(FIRST_YEAR, present.start_year + 1)]
    return {str(year): str(year) for year in reversed(years)}
