"""Every question about the challenge log, filtered by what the person may see."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.cases import filters as filters_of_cases
from app.accounts.models import Source
from app.accounts.policy import NOTHING, READS_ALL_CASES, PersonFacts
from app.actions.models import Action, Challenge, ChallengeEntry
from app.actions.queries.places import of_places
from app.core.database import current_session
from app.core.paging import Page, SortKey, capped, keyset_page, whole_list

SORTS = {
    "raised": (SortKey(Challenge.raised_on, descending=True), SortKey(Challenge.ref, descending=True)),
    "ref": (SortKey(Challenge.ref),),
}


class Stands(StrEnum):
    """Whether something is still to come of it."""

    OPEN = "open"
    LATE = "late"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        """The filter in words."""
        return _STANDS[self]


_STANDS = {
    Stands.OPEN: "Open",
    Stands.LATE: "Open, and the answer is late",
    Stands.CLOSED: "Outcome recorded",
}


@dataclass(frozen=True)
class Filters:
    """What the log is narrowed to; references as they stand in the address."""

    stands: Stands | None = None
    kind: str | None = None
    agency: str | None = None
    group: str | None = None
    text: str | None = None


def challenge(ref: str) -> Challenge:
    """The challenge with its log, whatever its length in as many queries. Raises NoResultFound."""
    statement = (
        select(Challenge)
        .where(Challenge.ref == ref)
        .options(
            joinedload(Challenge.group),
            joinedload(Challenge.source),
            joinedload(Challenge.agency),
            joinedload(Challenge.raised_by),
            joinedload(Challenge.closed_by),
            joinedload(Challenge.action).joinedload(Action.source),
            selectinload(Challenge.entries).joinedload(ChallengeEntry.recorded_by),
        )
    )
    return current_session().scalars(statement).one()


def visible(person: PersonFacts) -> ColumnElement[bool]:
    """Which challenges the person may read: the same as the policy says of ``challenge.read``.

    For statements that join the source of the challenge, where it has one.
    """
    if READS_ALL_CASES(person, NOTHING):
        general: ColumnElement[bool] = true()
    else:
        general = Challenge.group_id.in_(person.member_of) if person.member_of else false()
    is_open = or_(Source.id.is_(None), Source.is_restricted.is_(False), Source.ref.in_(person.teams))
    seen = or_(and_(is_open, general), filters_of_cases.open_though_restricted(person))
    if person.conflicts:
        return and_(or_(Source.id.is_(None), Source.ref.not_in(person.conflicts)), seen)
    return seen


def listing(
    person: PersonFacts,
    filters: Filters,
    *,
    on: date,
    sort: str = "raised",
    after: str | None = None,
    before: str | None = None,
) -> Page[Any]:
    """A page of the log, the latest first unless another order was asked for."""
    return keyset_page(
        current_session(),
        _listed(person, filters, on),
        keys=SORTS.get(sort, SORTS["raised"]),
        reference=Challenge.ref,
        after=after,
        before=before,
        marks=_with_source(select(Challenge)).where(visible(person)),
    )


def in_full(person: PersonFacts, filters: Filters, *, on: date, sort: str = "raised") -> Iterator[Challenge]:
    """Every challenge of the list in its order, a few hundred at a time, with what a file says of each."""
    statement = _listed(person, filters, on).options(
        joinedload(Challenge.source), joinedload(Challenge.action), joinedload(Challenge.raised_by)
    )
    return whole_list(current_session(), statement, SORTS.get(sort, SORTS["raised"]))


def _listed(person: PersonFacts, filters: Filters, on: date) -> Select[Any]:
    return _filtered(_with_source(select(Challenge)), person, filters, on).options(
        joinedload(Challenge.group), joinedload(Challenge.agency), selectinload(Challenge.entries)
    )


def count(person: PersonFacts, filters: Filters, *, on: date) -> int:
    """How many the list holds; one more than ``MOST_COUNTED`` stands for all above it."""
    return capped(current_session(), _filtered(_with_source(select(Challenge.id)), person, filters, on))


def of_action(action: Action, person: PersonFacts) -> Sequence[Challenge]:
    """The challenges about an action that the person may read, with their logs, the first raised first."""
    statement = (
        _with_source(select(Challenge))
        .where(Challenge.action_id == action.id, visible(person))
        .options(selectinload(Challenge.entries))
        .order_by(Challenge.raised_on, Challenge.id)
    )
    return current_session().scalars(statement).all()


def source_by_ref(ref: str) -> Source | None:
    """The case with this reference, where there is one."""
    return current_session().scalars(select(Source).where(Source.ref == ref)).first()


def _with_source(statement: Select[Any]) -> Select[Any]:
    return statement.outerjoin(Source, Source.id == Challenge.source_id)


def _filtered(statement: Select[Any], person: PersonFacts, filters: Filters, on: date) -> Select[Any]:
    conditions = [visible(person), *of_places(Challenge, filters.agency, filters.group)]
    match filters.stands:
        case Stands.OPEN:
            conditions.append(Challenge.closed_on.is_(None))
        case Stands.LATE:
            conditions += [Challenge.closed_on.is_(None), Challenge.answer_by_on < on]
        case Stands.CLOSED:
            conditions.append(Challenge.closed_on.is_not(None))
    if filters.kind:
        conditions.append(Challenge.kind == filters.kind)
    if filters.text:
        conditions.append(
            or_(
                Challenge.about.icontains(filters.text, autoescape=True),
                Challenge.put_to.icontains(filters.text, autoescape=True),
                Challenge.ref == filters.text.strip().upper(),
            )
        )
    return statement.where(*conditions)
