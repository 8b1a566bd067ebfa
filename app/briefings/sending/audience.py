"""Who gets an issue: everybody who wants the briefing, less those whom the issue is not for.

One that brings an earlier one again is for those who followed no link in that.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select

from app.briefings import queries as briefings
from app.briefings.models import (
    BriefingIssue,
    BriefingLink,
    CascadeReceipt,
    Click,
    Delivery,
    DeliveryState,
    LinkTotal,
    Subscriber,
    SubscriberState,
)
from app.briefings.models.subscribers import subscriber_topic
from app.briefings.results import links
from app.briefings.results.rules import people_kept_until
from app.briefings.rules import FEWEST_AGAIN
from app.core.clock import today
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
    if issue.brings_again_id is not None:
        narrowed.append(_followed_nothing_in(issue.brings_again_id))
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


def are_enough_for_again(earlier: BriefingIssue) -> bool:
    """Whether so many followed a link in an issue, and so many none, that nobody is told by coming again.

    Who gets a second issue followed nothing in the first, and who gets none of it did or left. Counted up to
    the fewest alone: it is asked on every page of a draft.
    """
    followed = (
        select(Click.delivery_id)
        .join(Click.link)
        .where(BriefingLink.issue_id == earlier.id, Click.scanner.is_(None))
        .distinct()
    )
    others = select(Subscriber.id).where(
        Subscriber.state == SubscriberState.ACTIVE, _followed_nothing_in(earlier.id)
    )
    return all(
        current_session().scalar(select(func.count()).select_from(some.limit(FEWEST_AGAIN).subquery()))
        == FEWEST_AGAIN
        for some in (followed, others)
    )


def is_known_who_followed(earlier: BriefingIssue) -> bool:
    """Whether it is kept of every reader of an issue that was sent from here whether they followed a link.

    Where some clicks were only counted, or are summed up, nobody can tell who followed nothing. Of links that
    are nobody's by design there are only sums, which say nothing of the others.
    """
    if earlier.began_at is None or earlier.sent_on is None or not earlier.links:
        return False
    settings = briefings.settings()
    kept_until = people_kept_until(earlier.sent_on, settings.months_kept)
    if not settings.keeps_clicks_of_people or kept_until <= today():
        return False
    summed = (
        select(LinkTotal.id)
        .join(LinkTotal.link)
        .where(BriefingLink.issue_id == earlier.id, links.leads_to_somebodys())
        .limit(1)
    )
    return current_session().scalar(summed) is None


def _followed_nothing_in(earlier_id: int) -> ColumnElement[bool]:
    """Whoever got the issue, did not leave by it, followed no link in it and gave no receipt for it.

    What a scanner followed nobody followed.
    """
    followed = exists().where(Click.delivery_id == Delivery.id, Click.scanner.is_(None))
    got_it = exists().where(
        Delivery.issue_id == earlier_id,
        Delivery.subscriber_id == Subscriber.id,
        Delivery.state == DeliveryState.DELIVERED,
        Delivery.left_on.is_(None),
        ~followed,
    )
    discussed = exists().where(
        CascadeReceipt.issue_id == earlier_id,
        CascadeReceipt.given_by_id == Subscriber.person_id,
        CascadeReceipt.withdrawn_on.is_(None),
    )
    return and_(got_it, ~discussed)


def _related(theme_ids: list[int]) -> Select[Any]:
    """The themes themselves, those that belong to them, and those they belong to."""
    broader = select(Theme.parent_id).where(Theme.id.in_(theme_ids), Theme.parent_id.is_not(None))
    return select(Theme.id).where(
        or_(Theme.id.in_(theme_ids), Theme.parent_id.in_(theme_ids), Theme.id.in_(broader))
    )
