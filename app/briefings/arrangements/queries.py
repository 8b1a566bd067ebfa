"""What the pages of arrangements ask."""

from collections.abc import Sequence

from sqlalchemy import func, select

from app.briefings import queries as room
from app.briefings.models import Audience, Subscriber, SubscriberState
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
