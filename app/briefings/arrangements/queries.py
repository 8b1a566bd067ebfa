"""What the pages of arrangements ask."""

from collections.abc import Sequence

from sqlalchemy import func, select

from app.briefings import queries as room
from app.briefings.models import Audience, BriefingSettings, Subscriber, SubscriberState
from app.briefings.results.queries import due
from app.core.clock import today
from app.core.database import current_session


def audience(ref: str) -> Audience:
    """The kind of work with that short name. Raises NoResultFound."""
    return current_session().scalars(select(Audience).where(Audience.ref == ref)).one()


def audiences_with_readers() -> Sequence[tuple[Audience, int]]:
    """Every kind of work in its order, with how many readers do it."""
    counted = (
        select(Subscriber.audience_id, func.count())
        .where(Subscriber.state == SubscriberState.ACTIVE, Subscriber.audience_id.is_not(None))
        .group_by(Subscriber.audience_id)
    )
    readers = {row[0]: row[1] for row in current_session().execute(counted)}
    return [(each, readers.get(each.id, 0)) for each in room.audiences(with_retired=True)]


def removed_by(settings: BriefingSettings, *, keeps: bool, months: int) -> int:
    """Of how many issues what is kept of readers would be removed by other settings, and is not by these."""
    now = due.to_sum_up(keeps=settings.keeps_clicks_of_people, months=settings.months_kept, on=today())
    then = due.to_sum_up(keeps=keeps, months=months, on=today())
    return len({*then.followed, *then.sent} - {*now.followed, *now.sent})
