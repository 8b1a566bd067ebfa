"""What every part of the room asks: one issue, a month's issue, the settings, the audiences."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import selectinload

from app.briefings import rules
from app.briefings.models import Audience, BriefingIssue, BriefingItem, BriefingSettings, IssueState
from app.core.database import current_session


def settings() -> BriefingSettings:
    """How the partnership sends its briefing and what it measures."""
    return current_session().get_one(BriefingSettings, 1)


def issue(ref: str) -> BriefingIssue:
    """The issue with that reference, whatever its state. Raises NoResultFound."""
    return current_session().scalars(_issues().where(BriefingIssue.ref == ref)).one()


def issue_that_is_out(ref: str) -> BriefingIssue:
    """The issue with that reference, once somebody may have received it. Raises NoResultFound."""
    found = issue(ref)
    if not rules.went_out(found.state, found.sent_on):
        raise NoResultFound
    return found


def went_out() -> ColumnElement[bool]:
    """Of issues: whether somebody may have received them, as ``rules.went_out`` says."""
    stopped = and_(BriefingIssue.state == IssueState.CANCELLED, BriefingIssue.sent_on.is_not(None))
    return or_(BriefingIssue.state.in_(rules.OUT), stopped)


def went_out_first() -> ColumnElement[bool]:
    """Of issues: whether they went out, and not merely to bring an earlier one again to some of its readers.

    Only these stand in the archive, are the latest issue, and brief what they tell of. One that comes again
    reaches nobody whom the first did not, and by agency it would tell who followed nothing in that.
    """
    return and_(went_out(), BriefingIssue.brings_again_id.is_(None))


def archive_is_public() -> bool:
    """Whether anybody may read what is out, and what it points to."""
    return settings().archive_is_public


def briefed(column: Any, record_id: Any) -> ColumnElement[bool]:
    """Whether a record was briefed: an issue that went out tells of it.

    Nothing less is called so, in the composer, on threads and homes, and in the coverage; what stands only in
    one that came again to some was not told to all. ``column`` is that of an item which names what it was
    made from.
    """
    return _stands_in(column, record_id, went_out_first())


def waits_in_an_issue(column: Any, record_id: Any) -> ColumnElement[bool]:
    """Whether an issue that has not gone out yet tells of a record; one that was cancelled tells nobody."""
    return _stands_in(column, record_id, BriefingIssue.state.in_(rules.BEING_WRITTEN | rules.AWAITING))


def _stands_in(column: Any, record_id: Any, issues: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists(select(BriefingItem.id).join(BriefingItem.issue).where(column == record_id, issues))


def issue_of_month(period: str) -> BriefingIssue | None:
    """The month's own issue; null while there is none."""
    statement = _issues().where(BriefingIssue.period == period, BriefingIssue.number == 1)
    return current_session().scalars(statement).one_or_none()


def audiences(*, with_retired: bool = False) -> Sequence[Audience]:
    """The kinds of work that readers tell themselves by, in their order."""
    statement = select(Audience).order_by(Audience.position, Audience.name)
    if not with_retired:
        statement = statement.where(Audience.retired_on.is_(None))
    return current_session().scalars(statement).all()


def _issues() -> Select[BriefingIssue]:
    items = selectinload(BriefingIssue.items)
    return select(BriefingIssue).options(
        items.selectinload(BriefingItem.audiences),
        items.joinedload(BriefingItem.event),
        selectinload(BriefingIssue.authors),
    )
