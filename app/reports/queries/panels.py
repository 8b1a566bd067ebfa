"""A panel as a source, with everything it taught, in as many queries however much that is."""

from collections.abc import Collection, Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.accounts.models import Source
from app.accounts.policy import PersonFacts
from app.cdop.models import Panel
from app.core.database import current_session
from app.lessons.models import Lesson
from app.lessons.queries import visible
from app.reports.queries.threads import on_the_thread_of


def panel_thread(ref: str) -> Panel:
    """A panel with everything on its thread. Raises NoResultFound."""
    return (
        current_session()
        .scalars(
            select(Panel)
            .where(Panel.ref == ref)
            .options(
                joinedload(Source.group),
                *on_the_thread_of(Panel),
            )
        )
        .one()
    )


def lessons_counted(person: PersonFacts, panel_ids: Collection[int]) -> Mapping[int, int]:
    """How many lessons that the person may read each panel taught."""
    rows = current_session().execute(
        select(Lesson.source_id, func.count().label("lessons"))
        .join(Lesson.source)
        .where(Lesson.source_id.in_(sorted(panel_ids)), Lesson.withdrawn_on.is_(None), visible(person))
        .group_by(Lesson.source_id)
    )
    return {row.source_id: row.lessons for row in rows}
