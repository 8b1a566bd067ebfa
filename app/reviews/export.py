"""What the register of reviews says in a file: a row for each review.

The pseudonym stands in it, as it does on the page, so the file is marked like the page.
"""

from collections.abc import Mapping

from app.core.export import Column
from app.reviews.models import Review

#: The register names cases.
MARKING = "OFFICIAL-SENSITIVE"


def columns(labels: Mapping[tuple[int, str, str], str]) -> tuple[Column[Review], ...]:
    """The columns; ``labels`` are the words for each stage, by regime, pathway and code."""
    return (
        Column("Ref", lambda review: review.ref, 10),
        Column("Known as", lambda review: review.caption, 24),
        Column("Type", lambda review: review.type_label, 24),
        Column("Area", lambda review: ", ".join(area.name for area in review.areas), 22),
        Column("Sub-group", lambda review: review.group.name, 22),
        Column("Regime", lambda review: review.regime.name, 24),
        Column("Stage", lambda review: labels[(review.regime_id, review.pathway, review.stage_code)], 24),
        Column("Reached", lambda review: review.stage_reached_on, 12),
        Column("Report year", lambda review: str(review.report_year), 12),
        Column("Source of the record", lambda review: review.provenance.capitalize(), 14),
    )
