"""What is stated beside the figures, what was issued and what was overridden, loaded in bulk and read back.

What was computed stands in no file: it is computed again. What was issued does, with the counts it was made
of; without it the next issue could give away what the last one hid.
"""

import json
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from app.accounts.intake import marks
from app.cdop.figures.changes import note_change
from app.cdop.figures.models import (
    FiguresIssue,
    FiguresOverride,
    FiguresYear,
    Population,
    PopulationKind,
    StatedFigure,
)
from app.cdop.figures.rules.stated import Code, ValueNotUsable, check_value
from app.core.intake import (
    ALWAYS,
    Child,
    Field,
    Known,
    Problem,
    Record,
    Rows,
    Section,
    Shape,
    code,
    day,
    history,
    line,
    number,
    reference,
    repeated,
    running_ref,
    withdrawal,
    words,
)
from app.reviews.intake import check_withdrawal, report_year

#: A year of figures as it was written down; longer ones are none.
_LONGEST_YEAR = 1_000_000


class _FiguresSection(Section):
    """A section whose records the figures are made of."""

    def check(self, records: Collection[Record], known: Known) -> Iterator[Problem]:
        """What was withdrawn says when and why."""
        for record in records:
            yield from check_withdrawal(record)

    def written(
        self, created: Sequence[Record], changed: Sequence[tuple[Record, Record]], known: Known
    ) -> None:
        """The figures are to be computed again."""
        if created or changed:
            note_change()


class StatedFigureSection(_FiguresSection):
    """Figures as reports published them, in their places among those counted."""

    name = "stated_figures"
    kind = "stated_figure"
    model = StatedFigure
    prefixes = ("SF",)
    shape = Shape(
        (
            running_ref("SF"),
            code("code", Code, required=True, description="Which figure it is."),
            report_year(),
            line("value", 24, required=True, description="The number as it was printed, such as 14.4."),
            words("words", description="What the source says of it."),
            *withdrawal(),
            *marks(),
        ),
        description="Figures of child deaths as reports published them.",
    )

    def check(self, records: Collection[Record], known: Known) -> Iterator[Problem]:
        """Each is a number as it is kept, and of each figure and year one stands."""
        yield from super().check(records, known)
        for record in records:
            try:
                is_kept = check_value(Code(record["code"]), record["value"]) == record["value"]
            except ValueNotUsable as refusal:
                yield record.problem("value", refusal.sentence)
            else:
                if not is_kept:
                    yield record.problem("value", "Write the number without commas, signs or needless zeros")
        standing = [record for record in records if "withdrawn_on" not in record]
        for record in repeated(standing, "code", "report_year"):
            yield record.problem("code", "That figure of the year stands already")


class PopulationSection(_FiguresSection):
    """Populations that rates are counted over."""

    name = "populations"
    kind = "population"
    model = Population
    prefixes = ("PO",)
    shape = Shape(
        (
            running_ref("PO"),
            code("kind", PopulationKind, required=True),
            report_year(),
            reference("area", "areas", description="Left out for the whole partnership."),
            number("number", required=True, least=1, most=99_999_999),
            *withdrawal(),
            *marks(),
        ),
        description="Live births and children, which rates are counted over.",
    )


class FiguresIssueSection(_FiguresSection):
    """Issues of the figures, with what each showed and the counts it was made of."""

    name = "figures_issues"
    kind = "figures"
    model = FiguresIssue
    prefixes = ("FI",)
    children = {"years": Child(FiguresYear, "issue_id", ("report_year_start",))}  # noqa: RUF012
    shape = Shape(
        (
            running_ref("FI"),
            Field(**{**vars(report_year()), "settled": ALWAYS}),
            words("statement", required=True, settled=ALWAYS),
            day("issued_on", required=True, settled=ALWAYS),
            reference("issued_by", "people", settled=ALWAYS),
            day("extracted_on", required=True, settled=ALWAYS),
        ),
        (
            Rows(
                "years",
                history(
                    report_year(),
                    Field(
                        "shown",
                        required=True,
                        longest=_LONGEST_YEAR,
                        description="What was shown, as the program writes it.",
                    ),
                    Field(
                        "in_full",
                        required=True,
                        longest=_LONGEST_YEAR,
                        description="The counts it was made of, as the program writes them.",
                    ),
                ),
                key=("report_year",),
                order=("report_year",),
                required=True,
                description="The report years in it.",
            ),
        ),
        description="Issues of the figures of child deaths. Their counts are of the closed compartment.",
    )

    def check(self, records: Collection[Record], known: Known) -> Iterator[Problem]:
        """Each year is what the program writes."""
        for record in records:
            for row in record["years"]:
                for field in ("shown", "in_full"):
                    if not _is_year(row[field]):
                        yield row.problem(field, "This is no year of figures as the program writes it")

    def at_creation(self, record: Record, known: Known) -> dict[str, Any]:
        """When it came to be here."""
        return {"issued_at": known.at}


class FiguresOverrideSection(_FiguresSection):
    """Decisions of the chair to show a number."""

    name = "figures_overrides"
    kind = "figures_override"
    model = FiguresOverride
    prefixes = ("FO",)
    shape = Shape(
        (
            running_ref("FO"),
            line("statistic", 200, required=True, settled=ALWAYS, description="The name of the number."),
            Field(**{**vars(report_year()), "settled": ALWAYS}),
            words("reason", required=True, settled=ALWAYS),
            day("decided_on", required=True, settled=ALWAYS),
            reference("decided_by", "people", settled=ALWAYS),
            *withdrawal(),
        ),
        description="Decisions to show a number of the figures in spite of the rule.",
    )

    def check(self, records: Collection[Record], known: Known) -> Iterator[Problem]:
        """Of each number one decision stands."""
        yield from super().check(records, known)
        standing = [record for record in records if "withdrawn_on" not in record]
        for record in repeated(standing, "statistic"):
            yield record.problem("statistic", "A decision about that number stands already")


def sections() -> tuple[Section, ...]:
    """The sections of the figures, in the order in which they can be written."""
    return StatedFigureSection(), PopulationSection(), FiguresIssueSection(), FiguresOverrideSection()


def _is_year(text: str) -> bool:
    """Whether this is what `rules.body` writes: its numbers by basis, window, dimension and value."""
    try:
        found = json.loads(text)
    except ValueError:
        return False
    return isinstance(found, dict) and isinstance(found.get("bases"), dict)
