"""Forms of the room."""

from collections.abc import Mapping
from typing import Any, ClassVar

from app.accounts import queries as accounts
from app.core.clock import today
from app.core.filter_forms import FilterForm
from app.core.forms import (
    CheckboxesField,
    ChoiceField,
    DateField,
    LongTextField,
    TextField,
    TickField,
    TrackerForm,
)
from app.core.report_year import ReportYear, report_year_of
from app.reviews import queries
from app.reviews.models import PATHWAYS, REVIEW_TYPE_LABELS, Review, ReviewType

#: The years offered reach back this far from the present one.
YEARS_BACK = 15


class ReviewFilterForm(FilterForm):
    """What the register can be narrowed to; its values stand in the address of the person's own page."""

    tags: ClassVar = {"text": "Words", "theme": "Theme"}

    text = TextField("Reference or words", longest=100)
    type = ChoiceField("Type", empty="All types")
    area = ChoiceField("Area", empty="All areas")
    group = ChoiceField("Sub-group", empty="All sub-groups")
    stage = ChoiceField("Stage", empty="All stages")
    year = ChoiceField("Report year", empty="All years")
    theme = ChoiceField("Theme of a lesson", empty="All themes")
    withdrawn = TickField("Only those that were withdrawn")

    def narrowed(self) -> queries.ReviewFilter:
        """What was asked for; a value that is not on offer narrows nothing."""
        sound = self.sound()
        year = sound.get("year")
        return queries.ReviewFilter(
            review_type=sound.get("type"),
            area=sound.get("area"),
            group=sound.get("group"),
            stage=sound.get("stage"),
            start_year=int(year) if year else None,
            theme=sound.get("theme"),
            text=sound.get("text") or "",
            withdrawn=bool(sound.get("withdrawn")),
        )


class ReviewForm(TrackerForm):
    """A review, in the words of those who may open it."""

    review_type = ChoiceField("Type", missing="Choose the type of review")
    caption = TextField(
        "What it is called",
        missing="Enter what the review is called",
        longest=200,
        description="The pseudonym or the title, such as Child H. Never a name, initials or a date of birth.",
    )
    group = ChoiceField(
        "Sub-group that oversees it",
        missing="Choose the sub-group that oversees it",
        description="Its members can open the review and everything that belongs to it.",
    )
    areas = CheckboxesField("Areas")
    report_year = ChoiceField(
        "Report year it is counted in",
        missing="Choose the report year it is counted in",
        description="A report year runs from 1 April to 31 March.",
    )
    circumstances = LongTextField(
        "What happened",
        rows=6,
        description="In the words the partnership published or agreed, with nothing that identifies a child.",
    )
    parallel_processes = LongTextField(
        "Proceedings beside the review",
        rows=3,
        description="Criminal, coronial, family court, professional conduct.",
    )
    recorded_impact = LongTextField("What came of it, as recorded", rows=4)
    report_url = TextField(
        "Where the report is published", longest=500, description="A link that begins with https://"
    )

    def offer(self, *, groups: Mapping[str, str], review: Review | None = None) -> None:
        """Set what may be chosen; for a review that exists, the types that pass the same stages."""
        types = {
            code: label
            for code, label in REVIEW_TYPE_LABELS.items()
            if review is None or PATHWAYS[code] == review.pathway
        }
        self.review_type.offer({str(code): label for code, label in types.items()})
        held = [] if review is None else review.areas
        # What a review holds stays on offer to it, withdrawn or not.
        self.group.offer(groups if review is None else {review.group.ref: review.group.name, **groups})
        self.areas.offer({area.ref: area.name for area in (*accounts.areas(), *held)})
        self.report_year.offer(report_years(review.report_year if review else None))

    def values(self) -> dict[str, Any]:
        """What was entered, as the operations take it."""
        groups, areas = accounts.groups(with_withdrawn=True), accounts.areas(with_withdrawn=True)
        group = next(group for group in groups if group.ref == self.group.data)
        return {
            "review_type": ReviewType(self.review_type.data),
            "caption": self.caption.data,
            "group": group,
            "areas": [area for area in areas if area.ref in self.areas.data],
            "report_year": self.report_year.data,
            "circumstances": self.circumstances.data,
            "parallel_processes": self.parallel_processes.data,
            "recorded_impact": self.recorded_impact.data,
            "report_url": self.report_url.data,
        }


class NewReviewForm(ReviewForm):
    """A review that is entered for the first time."""

    leading = ("review_type", "started_on", "regime")

    started_on = DateField(
        "When did it begin?",
        what="the date it began",
        description="The day the incident was notified, the audit planned or the learning received. "
        "The review keeps the guidance in force on that day.",
    )
    regime = ChoiceField(
        "Guidance it follows",
        empty="The guidance in force when it began",
        description="Choose another only where the review goes on under older guidance.",
    )

    def values(self) -> dict[str, Any]:
        """What was entered, as the operation takes it."""
        return {**super().values(), "started_on": self.started_on.data, "regime": self.regime.data}


class StageForm(TrackerForm):
    """That a review reached a stage."""

    stage = ChoiceField("Which stage has it reached?", missing="Choose the stage it has reached")
    reached_on = DateField("When did it reach it?", what="the date it reached the stage")
    reason = LongTextField(
        "Why then? (optional)", rows=3, description="For example, what delayed it or what was decided."
    )

    def values(self) -> dict[str, Any]:
        """What was entered, as the operation takes it."""
        return {name: self._fields[name].data for name in ("stage", "reached_on", "reason")}


class AuditedCaseForm(TrackerForm):
    """What the audit says of a case."""

    summary = LongTextField(
        "What the audit says of the case (optional)",
        rows=5,
        description="Nothing that identifies a child or a family.",
    )


class NewAuditedCaseForm(AuditedCaseForm):
    """A case that an audit looked at."""

    leading = ("number",)

    number = TextField(
        "Number of the case in the audit", missing="Enter the number of the case, for example 4", longest=12
    )


class FigureForm(TrackerForm):
    """A figure as a report printed it."""

    label = TextField(
        "What is counted",
        missing="Enter what is counted",
        longest=300,
        description="With the basis of the count, for example: attendees at three learning seminars.",
    )
    value = TextField(
        "The figure as printed",
        missing="Enter the figure as it was printed",
        longest=60,
        description="For example 337, 95% or £382,545.",
    )
    heading = TextField("Heading it stands under (optional)", longest=120)
    report_year = ChoiceField("Report year of the report", missing="Choose the report year")
    source_line = TextField(
        "Where it is printed (optional)", longest=100, description="For example, page 92."
    )
    source_note = LongTextField(
        "What a reader must know of the source (optional)",
        rows=3,
        description="For example, that another page of the report says something else.",
    )

    def values(self) -> dict[str, Any]:
        """What was entered, as the operations take it."""
        names = ("label", "value", "heading", "report_year", "source_line", "source_note")
        return {name: self._fields[name].data for name in names}


class WithdrawForm(TrackerForm):
    """Why a record is withdrawn."""

    reason = LongTextField(
        "Why is it withdrawn?",
        missing="Say why it is withdrawn",
        rows=3,
        longest=2000,
        description="The record is kept with your reason, and no longer counts.",
    )


def report_years(held: ReportYear | None = None) -> dict[str, str]:
    """The report years to choose from, the latest first, and the one a record holds already."""
    present = report_year_of(today())
    years = {ReportYear(start) for start in range(present.start_year - YEARS_BACK, present.start_year + 2)}
    years |= {held} if held else set()
    return {str(year): str(year) for year in sorted(years, reverse=True)}
