"""What is due, for the ladder of reminders."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, literal, select, tuple_

from app.accounts.dues import Due, Standing
from app.accounts.models import Agency, ConflictOfInterest, Group, Person
from app.cdop.models import AgencyReturn, ChildDeathCase
from app.cdop.returns.queries.owed import is_chased
from app.cdop.returns.queries.words import leads_of
from app.core.database import current_session

#: How the ladder, the trail and the hooks call it, and how its references begin.
KIND = "agency_return"
PREFIX = "N-"

#: How many rows one statement fetches where all of a day's are gone through.
BATCH = 2_000
#: How many values stand in one question; SQLite takes some thirty thousand.
VALUES_AT_ONCE = 1_000


def all_dues(on: date, horizon_days: int) -> Iterator[Due]:
    """Every return that is chased and due on or before the day so many days ahead, by due date.

    Read in batches, each a statement of its own, so that the caller may commit between two rows.
    """
    due_on, number = AgencyReturn.due_on, AgencyReturn.id
    ahead = date.fromordinal(min(on.toordinal() + horizon_days, date.max.toordinal()))
    ordered = (
        _dues()
        .add_columns(due_on.label("mark_on"), number.label("mark"))
        .where(is_chased(), due_on <= ahead)
        .order_by(due_on, number)
    )
    mark: tuple[date, int] = (date.min, 0)
    while True:
        rows = current_session().execute(ordered.where(tuple_(due_on, number) > mark).limit(BATCH)).all()
        for row in rows:
            mark = (row.mark_on, row.mark)
            yield _due(row._mapping)
        if len(rows) < BATCH:
            return


def standing(refs: Iterable[str]) -> dict[str, Standing]:
    """How each of these stands now, by its reference; what is no return is left out."""
    found: dict[str, Standing] = {}
    wanted = sorted({ref for ref in refs if ref.startswith(PREFIX)})
    for first in range(0, len(wanted), VALUES_AT_ONCE):
        rows = (
            current_session()
            .execute(
                _dues()
                .add_columns(
                    is_chased().label("is_owed"),
                    Agency.name.label("agency_name"),
                    Group.name.label("group_name"),
                    Person.name.label("owner_name"),
                    and_(Person.active, ~_has_conflict()).label("may_answer"),
                )
                .join(Agency, Agency.id == AgencyReturn.agency_id)
                .join(Group, Group.id == ChildDeathCase.group_id)
                .where(AgencyReturn.ref.in_(wanted[first : first + VALUES_AT_ONCE]))
            )
            .all()
        )
        leads = leads_of({row.agency_id for row in rows if not row.may_answer})
        for row in rows:
            due = _due(row._mapping)
            # As the ladder does it: the agency's lead answers where nobody was named who can.
            owner_ids = tuple(each.id for each in leads.get(due.agency_id, ()))
            if due.owner_id is not None and row.may_answer:
                owner_ids = (due.owner_id,)
            found[due.ref] = Standing(
                due, bool(row.is_owed), row.agency_name, row.group_name, row.owner_name or "", owner_ids
            )
    return found


def _has_conflict() -> ColumnElement[bool]:
    """Whoever is named has a conflict of interest in the case."""
    return exists().where(
        ConflictOfInterest.person_id == AgencyReturn.owner_id,
        ConflictOfInterest.source_ref == ChildDeathCase.ref,
        ConflictOfInterest.ended_on.is_(None),
    )


def _dues() -> Select[Any]:
    columns: tuple[Any, ...] = (
        AgencyReturn.ref.label("ref"),
        AgencyReturn.due_on.label("due_on"),
        AgencyReturn.owner_id,
        AgencyReturn.agency_id,
        ChildDeathCase.group_id,
        AgencyReturn.asked_on.label("owed_from_on"),
        literal(KIND).label("kind"),
        literal(KIND).label("about_kind"),
        AgencyReturn.ref.label("about_ref"),
        ChildDeathCase.ref.label("source_ref"),
        Person.agency_id.label("owner_agency_id"),
        literal(None).label("asked_by_id"),
    )
    return (
        select(*columns)
        .select_from(AgencyReturn)
        .join(AgencyReturn.case)
        .outerjoin(Person, Person.id == AgencyReturn.owner_id)
    )


def _due(row: Any) -> Due:
    return Due(*(row[name] for name in Due._fields))
