"""Who gets an issue: everybody who wants the briefing, less those whom the issue is not for."""

from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select

from app.briefings.models import BriefingIssue, Subscriber, SubscriberState
from app.briefings.models.subscribers import subscriber_topic
from app.core.database import current_session
from app.lessons.models import Theme


def of(issue: BriefingIssue) -> Select[int, int | None, int | None]:
    """The issue's readers as they are now: number, agency and kind of work of each subscriber."""
    return select(Subscriber.id, Subscriber.agency_id, Subscriber.audience_id).where(*_reached_by(issue))


def count(issue: BriefingIssue) -> int:
    """How many readers the issue has as things are now."""
    statement = select(func.count()).select_from(Subscriber).where(*_reached_by(issue))
    return current_session().scalar(statement) or 0


def has_any(issue: BriefingIssue) -> bool:
    """Whether the issue has any reader as things are now: asked of each page of a draft, so not counted."""
    return current_session().scalar(select(Subscriber.id).where(*_reached_by(issue)).limit(1)) is not None


def _reached_by(issue: BriefingIssue) -> list[ColumnElement[bool]]:
    """What narrows the readers. Nothing under a heading narrows nothing.

    Whoever did not say where they work is not meant by an issue for some agencies; whoever named no topics
    wants to read about every one.
    """
    narrowed: list[ColumnElement[bool]] = [Subscriber.state == SubscriberState.ACTIVE]
    for column, chosen in (
        (Subscriber.agency_id, issue.for_agencies),
        (Subscriber.area_id, issue.for_areas),
        (Subscriber.audience_id, issue.for_audiences),
    ):
        if chosen:
            narrowed.append(column.in_([each.id for each in chosen]))
    if issue.for_topics:
        theirs = subscriber_topic.c
        has_topics = exists().where(theirs.subscriber_id == Subscriber.id)
        wants = has_topics.where(theirs.theme_id.in_(_related([theme.id for theme in issue.for_topics])))
        narrowed.append(or_(~has_topics, wants))
    return narrowed


def _related(theme_ids: list[int]) -> Select[Any]:
    """The themes themselves, those that belong to them, and those they belong to."""
    broader = select(Theme.parent_id).where(Theme.id.in_(theme_ids), Theme.parent_id.is_not(None))
    return select(Theme.id).where(
        or_(Theme.id.in_(theme_ids), Theme.parent_id.in_(theme_ids), Theme.id.in_(broader))
    )
