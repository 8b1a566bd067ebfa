"""Pages of a list by keyset: the next page begins where the last row stood, so depth costs nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

Row = TypeVar("Row")

PAGE_SIZE = 50
#: A list says how many it holds up to this many; counting further would cost more than it tells.
MOST_COUNTED = 1_000
#: A list that is written whole is read so many rows at a time.
ROWS_AT_ONCE = 500


@dataclass(frozen=True)
class SortKey:
    """One column of an order. ``column`` must never be null, or rows would be lost between pages."""

    column: ColumnElement[Any] | InstrumentedAttribute[Any]
    descending: bool = False


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of rows, and the references that lead to its neighbours (null at either end)."""

    rows: Sequence[Row]
    before: str | None
    after: str | None


def capped(session: Session, statement: Select[Any]) -> int:
    """How many rows there are; one more than ``MOST_COUNTED`` stands for all above it."""
    some = statement.order_by(None).limit(MOST_COUNTED + 1).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def whole_list(session: Session, statement: Select[Row], keys: Sequence[SortKey]) -> Iterator[Row]:
    """Every row in the order of the keys, a few hundred at a time.

    Whoever stops early closes it: a cursor of the server stays open otherwise.
    """
    ordered = statement.order_by(*(key.column.desc() if key.descending else key.column for key in keys))
    with session.scalars(ordered.execution_options(yield_per=ROWS_AT_ONCE)) as rows:
        yield from rows


def keyset_page(
    session: Session,
    statement: Select[Row],
    *,
    keys: Sequence[SortKey],
    reference: InstrumentedAttribute[str],
    after: str | None = None,
    before: str | None = None,
    marks: Select[Row] | None = None,
    size: int = PAGE_SIZE,
) -> Page[Row]:
    """The page that follows the row ``after``, or precedes the row ``before``; else the first page.

    Only a reference stands in the address, never a value the list is sorted by. ``marks`` holds every row
    that the person may read: the place in the list of any other would tell what it is sorted by, so a
    reference that is not among them gives the first page. ``keys`` must end in something unique.
    """
    backwards = before is not None and after is None
    mark = before if backwards else after
    anchor = None
    if mark is not None:
        columns = [key.column for key in keys]
        among = select(*columns) if marks is None else marks.with_only_columns(*columns)
        anchor = session.execute(among.where(reference == mark)).first()
    if anchor is None:
        backwards = False
    ordered = [key.column.desc() if key.descending != backwards else key.column.asc() for key in keys]
    page = statement.order_by(None).order_by(*ordered)
    if anchor is not None:
        page = page.where(_beyond(keys, tuple(anchor), backwards))
    rows = list(session.scalars(page.limit(size + 1)).unique())
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    name = reference.key
    first = getattr(rows[0], name) if rows else None
    last = getattr(rows[-1], name) if rows else None
    has_newer = more if backwards else anchor is not None
    has_older = bool(rows) if backwards else more
    return Page(rows, before=first if has_newer else None, after=last if has_older else None)


def _beyond(keys: Sequence[SortKey], anchor: tuple[Any, ...], backwards: bool) -> ColumnElement[bool]:
    """Rows strictly past the anchor in the order of the keys, or before it when going backwards."""
    condition: ColumnElement[bool] = false()
    for index, key in enumerate(keys):
        equal = [earlier.column == anchor[place] for place, earlier in enumerate(keys[:index])]
        smaller = key.descending != backwards
        step = key.column < anchor[index] if smaller else key.column > anchor[index]
        condition = or_(condition, and_(*equal, step))
    return condition
