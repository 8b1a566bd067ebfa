"""The runs of words that are kept of every lesson, by which words taken over from one are found.

They are written with the lesson's words, by whatever way these change, and go with them.
"""

from collections.abc import Iterable, Sequence, Set
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, event, func, insert, inspect, not_, select
from sqlalchemy.orm import Mapper

from app.accounts.policy import Sharing
from app.core.database import current_session
from app.core.intake.section import batches
from app.core.screening import runs
from app.lessons.models import Lesson, LessonRun

_TEXTS = ("heading", "what_we_learned", "what_you_should_do")
#: How many lessons with words in common are read at most, those with most in common first.
MOST_READ = 400
#: How many runs one statement asks for.
_ASKED_AT_ONCE = 5_000


def uncleared_runs(texts: Iterable[str]) -> frozenset[str]:
    """Which long runs of these texts stand in a lesson that is not cleared or was withdrawn.

    Words that a cleared lesson has too are let go. Nothing is said of the lesson.
    """
    texts = list(texts)
    asked = sorted({digest for text in texts for digest in runs.short_runs(text)})
    wanted = {words for text in texts for words in runs.long_words(text)}
    travels = Lesson.sharing.in_((Sharing.CLEARED, Sharing.PUBLISHED)) & Lesson.withdrawn_on.is_(None)
    found = _in_common(asked, wanted, not_(travels))
    return frozenset(found - _in_common(asked, found, travels)) if found else frozenset()


def write_runs(lessons: Sequence[tuple[int, Sequence[str]]]) -> None:
    """Write the runs of lessons (row number and texts) anew, for those that were loaded in bulk."""
    session = current_session()
    for batch in batches(list(lessons)):
        session.execute(
            delete(LessonRun).where(LessonRun.lesson_id.in_([lesson_id for lesson_id, _ in batch]))
        )
        rows = [row for lesson_id, texts in batch for row in _rows(lesson_id, texts)]
        if rows:
            session.execute(insert(LessonRun), rows)


def _in_common(asked: Sequence[int], wanted: Set[str], condition: ColumnElement[bool]) -> set[str]:
    """Which of the wanted long runs stand in lessons that fulfil a condition."""
    session, shared = current_session(), func.count().label("shared")
    found: set[str] = set()
    for start in range(0, len(asked), _ASKED_AT_ONCE):
        candidates = (
            select(LessonRun.lesson_id, shared)
            .join(Lesson, Lesson.id == LessonRun.lesson_id)
            .where(LessonRun.digest.in_(asked[start : start + _ASKED_AT_ONCE]), condition)
            .group_by(LessonRun.lesson_id)
            .order_by(shared.desc(), LessonRun.lesson_id)
            .limit(MOST_READ)
            .subquery()
        )
        columns = [getattr(Lesson, name) for name in _TEXTS]
        for texts in session.execute(select(*columns).join(candidates, candidates.c.lesson_id == Lesson.id)):
            for text in texts:
                found |= runs.long_words(text) & wanted
    return found


def _rows(lesson_id: int, texts: Sequence[str]) -> list[dict[str, int]]:
    digests = {digest for text in texts for digest in runs.kept(text)}
    return [{"lesson_id": lesson_id, "digest": digest} for digest in sorted(digests)]


@event.listens_for(Lesson, "after_insert")
@event.listens_for(Lesson, "after_update")
def _words_written(_mapper: Mapper[Lesson], connection: Connection, lesson: Any) -> None:
    state = inspect(lesson)
    if not any(state.attrs[name].history.has_changes() for name in _TEXTS):
        return
    connection.execute(delete(LessonRun).where(LessonRun.lesson_id == lesson.id))
    rows = _rows(lesson.id, [getattr(lesson, name) or "" for name in _TEXTS])
    if rows:
        connection.execute(insert(LessonRun), rows)
