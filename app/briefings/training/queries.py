"""Every question about training: one by its reference, and the list with its filters."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from app.accounts.models import Area
from app.briefings.models import BriefingItem, LearningEvent
from app.briefings.training import rules
from app.core.database import current_session
from app.core.paging import Page, SortKey, capped, keyset_page, whole_list

#: E-learning, which is there any day, stands after what is held on one.
_HELD = func.coalesce(LearningEvent.held_on, date.max)
#: What the list may be sorted by.
SORTS: Mapping[str, Any] = {
    "held": _HELD,
    "title": LearningEvent.title,
    "kind": LearningEvent.kind,
    "ref": LearningEvent.ref,
}


def digest(event: LearningEvent) -> str:
    """The digest of everything that a training says, as it stands now."""
    names = ("kind", "title", "about", "held_on", "where_and_when", "url", "area_id")
    return rules.words_digest({name: getattr(event, name) for name in names})


def when(item: BriefingItem) -> str:
    """When and where the training of an item is held: as frozen with the issue, else as it stands now."""
    if item.event_where is not None:
        return rules.when(item.event_on, item.event_where)
    return rules.when(item.event.held_on, item.event.where_and_when) if item.event is not None else ""


def held_on(item: BriefingItem) -> date | None:
    """The day of the training of an item: as frozen with the issue, else as it stands now."""
    if item.event_where is not None:
        return item.event_on
    return item.event.held_on if item.event is not None else None


@dataclass(frozen=True)
class EventFilter:
    """What the list is narrowed to; an empty value narrows nothing."""

    text: str = ""
    kind: str | None = None
    area: str | None = None
    #: "all" for those already held too, "past" for these alone; else only what is ahead.
    held: str | None = None
    withdrawn: bool = False


def event(ref: str) -> LearningEvent:
    """The training with that reference. Raises NoResultFound."""
    return current_session().scalars(_events().where(LearningEvent.ref == ref)).one()


def listed(
    narrowed: EventFilter,
    *,
    on: date,
    sort: str = "held",
    after: str | None = None,
    before: str | None = None,
) -> tuple[Page[LearningEvent], int]:
    """One page of the training that is still ahead on a day, and how much there is in all.

    ``sort`` is one of SORTS, with a minus sign for the other way round; anything else sorts by the day.
    """
    found = _found(narrowed, on)
    count = capped(current_session(), found.with_only_columns(LearningEvent.id))
    page = keyset_page(
        current_session(),
        found,
        keys=_order(sort),
        reference=LearningEvent.ref,
        after=after,
        before=before,
    )
    return page, count


def in_full(narrowed: EventFilter, *, on: date, sort: str = "held") -> Iterator[LearningEvent]:
    """All of the list in its order, a few hundred at a time."""
    return whole_list(current_session(), _found(narrowed, on), _order(sort))


def _events() -> Select[LearningEvent]:
    return select(LearningEvent).options(joinedload(LearningEvent.area))


def _order(sort: str) -> list[SortKey]:
    column, descending = SORTS.get(sort.removeprefix("-"), _HELD), sort.startswith("-")
    return [SortKey(column, descending), SortKey(LearningEvent.ref, descending)]


def _found(narrowed: EventFilter, on: date) -> Select[LearningEvent]:
    gone = LearningEvent.withdrawn_on.is_not(None)
    found = _events().where(gone if narrowed.withdrawn else ~gone)
    if narrowed.held == "past":
        found = found.where(LearningEvent.held_on < on)
    elif narrowed.held is None and not narrowed.withdrawn:
        found = found.where(or_(LearningEvent.held_on.is_(None), LearningEvent.held_on >= on))
    if narrowed.kind:
        found = found.where(LearningEvent.kind == narrowed.kind)
    if narrowed.area:
        # What is for every area is for this one too.
        found = found.where(
            or_(LearningEvent.area_id.is_(None), LearningEvent.area.has(Area.ref == narrowed.area))
        )
    if narrowed.text:
        texts = (
            LearningEvent.ref,
            LearningEvent.title,
            LearningEvent.about,
            LearningEvent.where_and_when,
        )
        found = found.where(or_(*(text.icontains(narrowed.text, autoescape=True) for text in texts)))
    return found
