"""What the list of training says in a file."""

from app.briefings.models import EventKind, LearningEvent
from app.briefings.training.rules import KIND_LABELS
from app.core.export import Column

#: Training is for everybody who works with children.
MARKING = "OFFICIAL"

COLUMNS: tuple[Column[LearningEvent], ...] = (
    Column("Ref", lambda event: event.ref, 10),
    Column("Kind", lambda event: KIND_LABELS[EventKind(event.kind)], 14),
    Column("Title", lambda event: event.title, 50),
    Column("About", lambda event: event.about, 60),
    Column("Held", lambda event: event.held_on, 12),
    Column("Where and when", lambda event: event.where_and_when, 40),
    Column("Link", lambda event: event.url, 40),
    Column("Area", lambda event: event.area.name if event.area else "Every area", 20),
    Column("Withdrawn", lambda event: event.withdrawn_on, 12),
    Column("Why withdrawn", lambda event: event.withdrawn_reason, 40),
    Column("Source of the record", lambda event: event.provenance.capitalize(), 14),
)
