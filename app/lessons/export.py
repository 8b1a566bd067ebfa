"""What the list of lessons says in a file: a row for each lesson or strength."""

from datetime import date

from app.accounts.guard import may
from app.core.export import Column
from app.lessons.forms import KIND_LABELS
from app.lessons.models import Lesson, LessonKind

#: Drafts are case material, and a file may hold some.
MARKING = "OFFICIAL-SENSITIVE"


def _within(lesson: Lesson, value: int | date | None) -> int | date | None:
    """What only those who may read the source know of it: outside, nothing leaves but wording and themes."""
    return value if may(lesson.source.read_verb, lesson.source) else None


COLUMNS: tuple[Column[Lesson], ...] = (
    Column("Ref", lambda lesson: lesson.ref, 10),
    Column("Source", lambda lesson: lesson.source.ref, 10),
    Column("Kind", lambda lesson: KIND_LABELS[LessonKind(lesson.kind)], 12),
    Column("Number", lambda lesson: _within(lesson, lesson.number), 8),
    Column("Heading", lambda lesson: lesson.heading, 40),
    Column("What we learned", lambda lesson: lesson.what_we_learned, 60),
    Column("What you should do", lambda lesson: lesson.what_you_should_do, 60),
    Column("Themes", lambda lesson: ", ".join(theme.name for theme in lesson.themes), 30),
    Column("Found", lambda lesson: _within(lesson, lesson.found_on), 12),
    Column("Sharing", lambda lesson: lesson.sharing_label, 12),
    Column("Cleared", lambda lesson: lesson.cleared_on, 12),
    Column("Published", lambda lesson: lesson.published_on, 12),
    Column("Source of the record", lambda lesson: lesson.provenance.capitalize(), 14),
)
