"""The stage board: which cases a person may read, narrowed, in their order, and counted."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import joinedload

from app.accounts.models import Area
from app.accounts.policy import PersonFacts
from app.cdop.models import AgencyReturn, ChildDeathCase, Wait
from app.cdop.queries.cases import visible, what_clocks_need
from app.cdop.returns.queries import is_chased
from app.clocks.models import Regime
from app.core.database import current_session
from app.core.paging import Page, SortKey, capped, keyset_page, whole_list

#: What the board shows unless another is asked for, and the others.
OPEN = "open"
CLOSED, EXCLUDED, WITHDRAWN = "closed", "excluded", "withdrawn"
#: Whatever became of it: what a number or reference is searched for among.
ANY = "any"
STANDS = {
    OPEN: "Under review",
    CLOSED: "Closed",
    EXCLUDED: "Excluded",
    WITHDRAWN: "Withdrawn",
}

#: What the board may be sorted by beside its stages, which it is grouped by otherwise.
BY_STAGE = "stage"
SORTS: Mapping[str, Any] = {
    "ref": ChildDeathCase.id,
    "age": ChildDeathCase.known_on,
    "due": ChildDeathCase.sort_due_on,
}


@dataclass(frozen=True)
class BoardFilter:
    """What the board is narrowed to; an empty value narrows nothing, but only open cases are shown."""

    stands: str = OPEN
    stage: str | None = None
    area: str | None = None
    waiting_on: str | None = None
    regime: str | None = None
    start_year: int | None = None
    late: bool = False
    returns_late: bool = False
    text: str = ""


def board(
    person: PersonFacts,
    narrowed: BoardFilter,
    *,
    on: date,
    sort: str = BY_STAGE,
    after: str | None = None,
    before: str | None = None,
) -> tuple[Page[ChildDeathCase], int]:
    """One page of the cases a person may read, and how many match in all.

    In the order of their stages, in each the case whose clock ends first before the others; ``sort`` is
    otherwise one of SORTS, with a minus sign for the other way round.
    """
    found = _found(person, narrowed, on)
    count = capped(current_session(), found.with_only_columns(ChildDeathCase.id))
    page = keyset_page(
        current_session(),
        found.options(
            joinedload(ChildDeathCase.area), joinedload(ChildDeathCase.regime), *what_clocks_need()
        ),
        keys=_order(sort),
        reference=ChildDeathCase.ref,
        after=after,
        before=before,
        marks=select(ChildDeathCase).where(visible(person)),
    )
    return page, count


def in_full(
    person: PersonFacts, narrowed: BoardFilter, *, on: date, sort: str = BY_STAGE
) -> Iterator[ChildDeathCase]:
    """Every case of the board in its order, a few hundred at a time."""
    statement = _found(person, narrowed, on).options(
        joinedload(ChildDeathCase.area), joinedload(ChildDeathCase.regime), *what_clocks_need()
    )
    return whole_list(current_session(), statement, _order(sort))


def stage_counts(person: PersonFacts, narrowed: BoardFilter, *, on: date) -> Mapping[str, int]:
    """How many of the cases that match stand at each stage, by its code."""
    found = _found(person, narrowed, on).with_only_columns(ChildDeathCase.stage_code, func.count())
    rows = current_session().execute(found.group_by(ChildDeathCase.stage_code))
    return {row[0]: row[1] for row in rows}


def _order(sort: str) -> list[SortKey]:
    column, descending = SORTS.get(sort.removeprefix("-")), sort.startswith("-")
    if column is None:
        keys = (ChildDeathCase.stage_order, ChildDeathCase.stage_code, ChildDeathCase.sort_due_on)
        return [*(SortKey(key) for key in keys), SortKey(ChildDeathCase.id)]
    # The oldest case is the one known first.
    turned = descending != (column is ChildDeathCase.known_on)
    last = [] if column is ChildDeathCase.id else [SortKey(ChildDeathCase.id, turned)]
    return [SortKey(column, turned), *last]


def _found(person: PersonFacts, narrowed: BoardFilter, on: date) -> Select[Any]:
    found: Select[Any] = select(ChildDeathCase).where(visible(person), *_standing(narrowed.stands))
    if narrowed.stage:
        found = found.where(ChildDeathCase.stage_code == narrowed.stage)
    if narrowed.area:
        found = found.where(ChildDeathCase.area.has(Area.ref == narrowed.area))
    if narrowed.waiting_on:
        waits = and_(Wait.until_on.is_(None), Wait.reason == narrowed.waiting_on)
        found = found.where(ChildDeathCase.waits.any(waits))
    if narrowed.regime:
        found = found.where(ChildDeathCase.regime.has(Regime.code == narrowed.regime))
    if narrowed.start_year is not None:
        found = found.where(ChildDeathCase.death_year_start == narrowed.start_year)
    if narrowed.late:
        found = found.where(ChildDeathCase.sort_due_on < on)
    if narrowed.returns_late:
        late = and_(is_chased(), AgencyReturn.due_on < on)
        found = found.where(ChildDeathCase.returns.any(late))
    if narrowed.text:
        texts = (ChildDeathCase.ref, ChildDeathCase.cdop_number, ChildDeathCase.ecdop_ref)
        found = found.where(or_(*(text.icontains(narrowed.text, autoescape=True) for text in texts)))
    return found


def _standing(stands: str) -> list[Any]:
    """Whether a review goes on; of the others, why not."""
    if stands == ANY:
        return []
    if stands == WITHDRAWN:
        return [ChildDeathCase.is_open.is_(False), ChildDeathCase.withdrawn_on.is_not(None)]
    present = ChildDeathCase.withdrawn_on.is_(None)
    if stands == EXCLUDED:
        return [ChildDeathCase.is_open.is_(False), present, ChildDeathCase.exclusion.is_not(None)]
    if stands == CLOSED:
        return [ChildDeathCase.is_open.is_(False), present, ChildDeathCase.exclusion.is_(None)]
    return [ChildDeathCase.is_open]
