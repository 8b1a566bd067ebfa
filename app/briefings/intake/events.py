"""Training and learning events."""

from collections.abc import Collection, Iterator
from typing import Any

from app.accounts.intake import marks
from app.briefings.models import EventKind, LearningEvent
from app.core.intake import (
    Known,
    Problem,
    Record,
    Section,
    Shape,
    code,
    day,
    line,
    link,
    reference,
    running_ref,
    withdrawal,
    words,
)
from app.reviews.intake import check_withdrawal


class LearningEventSection(Section):
    """Courses, seminars, conferences and e-learning."""

    name = "learning_events"
    kind = "event"
    model = LearningEvent
    prefixes = ("E",)
    shape = Shape(
        (
            running_ref("E"),
            code("kind", EventKind, required=True),
            line("title", 200, required=True),
            words("about"),
            day("held_on", description="Left out of e-learning, which is there any day."),
            line("where_and_when", 200, default=""),
            link("url"),
            reference("area", "areas", description="Left out where it is for every area."),
            *withdrawal(),
            *marks(),
        ),
        description="Training and learning events that the briefing points to.",
    )

    def check(self, records: Collection[Record], known: Known) -> Iterator[Problem]:
        """What is not e-learning has a day."""
        for record in records:
            yield from check_withdrawal(record)
            if record["kind"] != EventKind.E_LEARNING and "held_on" not in record:
                yield record.problem("held_on", "Everything but e-learning is held on a day; give it")

    def at_creation(self, record: Record, known: Known) -> dict[str, Any]:
        """When it came to be here."""
        return {"created_at": known.at}
