"""A panel as a source, with everything it taught, in as many queries however much that is."""

from collections.abc import Collection, Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import Source
from app.accounts.policy import PersonFacts
from app.actions.models import Action
from app.cdop.models import Panel
from app.core.database import current_session
from app.lessons.models import Lesson, Recommendation
from app.lessons.queries import visible
from app.reports.queries.loading import named, who_and_where
from app.reports.queries.threads import what_happened


def panel_thread(ref: str) -> Panel:
    """A panel with everything on its thread. Raises NoResultFound."""
    answering = selectinload(Panel.actions)
    learned = selectinload(Panel.lessons)
    return (
        current_session()
        .scalars(
            select(Panel)
            .where(Panel.ref == ref)
            .options(
                joinedload(Source.group),
                learned.selectinload(Lesson.themes),
                learned.selectinload(Lesson.recommendations),
                learned.options(named(Lesson.cleared_by)),
                selectinload(Panel.recommendations).options(named(Recommendation.responded_by)),
                answering.options(
                    *who_and_where(),
                    selectinload(Action.lessons),
                    selectinload(Action.recommendations),
                    selectinload(Action.evidence),
                    selectinload(Action.impact_statements),
                    selectinload(Action.impact_looks),
                    *what_happened(),
                ),
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
