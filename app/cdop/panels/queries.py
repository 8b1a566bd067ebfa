"""Every question about panels as sources, and about which deaths are before them.

Of a panel everybody who may read it sees the plan and what it teaches. Which deaths it looks at is asked only
for those inside the compartment.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import joinedload

from app.accounts import queries as accounts
from app.accounts.cases import filters
from app.accounts.models import Group, SourceKind
from app.accounts.policy import Facts, PersonFacts, can
from app.cdop.models import ChildDeathCase, Panel, PanelStatus
from app.core.database import current_session
from app.core.paging import Page, SortKey, capped, keyset_page, whole_list
from app.core.report_year import ReportYear

#: What the list may be sorted by.
SORTS: Mapping[str, Any] = {"ref": Panel.ref, "meets": Panel.meets_on, "kind": Panel.panel_kind}


@dataclass(frozen=True)
class PanelFilter:
    """What the list is narrowed to; an empty value narrows nothing."""

    kind: str | None = None
    status: str | None = None
    start_year: int | None = None
    text: str = ""


def visible(person: PersonFacts) -> ColumnElement[bool]:
    """The condition that picks the panels a person may read: what the policy says, as a filter of lists."""
    if can(person, "panel.read"):
        return filters.in_open_cases(person)
    groups = sorted(group for group in person.member_of if can(person, "panel.read", Facts(group_id=group)))
    ordinary = and_(Panel.group_id.in_(groups), Panel.is_restricted.is_(False)) if groups else false()
    return and_(or_(ordinary, filters.open_though_restricted(person)), filters.without_conflict(person))


def panel(ref: str) -> Panel:
    """The panel with that reference. Raises NoResultFound."""
    return (
        current_session()
        .scalars(select(Panel).where(Panel.ref == ref).options(joinedload(Panel.group)))
        .one()
    )


def register(
    person: PersonFacts,
    narrowed: PanelFilter,
    *,
    sort: str = "-meets",
    after: str | None = None,
    before: str | None = None,
) -> tuple[Page[Panel], int]:
    """One page of the panels a person may read, and how many there are in all."""
    found = _found(person, narrowed)
    page = keyset_page(
        current_session(),
        found.options(joinedload(Panel.group)),
        keys=_order(sort),
        reference=Panel.ref,
        after=after,
        before=before,
        marks=select(Panel).where(visible(person)),
    )
    return page, capped(current_session(), found.with_only_columns(Panel.id))


def in_full(person: PersonFacts, narrowed: PanelFilter, *, sort: str = "-meets") -> Iterator[Panel]:
    """Every panel of the list in its order, a few hundred at a time."""
    return whole_list(
        current_session(), _found(person, narrowed).options(joinedload(Panel.group)), _order(sort)
    )


def _order(sort: str) -> list[SortKey]:
    column, descending = SORTS.get(sort.removeprefix("-"), Panel.meets_on), sort.startswith("-")
    keys = [SortKey(column, descending)]
    if column is not Panel.ref:
        keys.append(SortKey(Panel.ref, descending))
    return keys


def _found(person: PersonFacts, narrowed: PanelFilter) -> Select[Panel]:
    found = select(Panel).where(visible(person))
    if narrowed.kind:
        found = found.where(Panel.panel_kind == narrowed.kind)
    if narrowed.status:
        found = found.where(Panel.status == narrowed.status)
    if narrowed.start_year is not None:
        year = ReportYear(narrowed.start_year)
        found = found.where(Panel.meets_on.between(year.first_day, year.last_day))
    if narrowed.text:
        texts = (Panel.ref, Panel.caption)
        found = found.where(or_(*(text.icontains(narrowed.text, autoescape=True) for text in texts)))
    return found


def days_met(person: PersonFacts) -> Sequence[date]:
    """The days on which panels that the person may read meet or met, the latest first."""
    return (
        current_session()
        .scalars(select(Panel.meets_on).where(visible(person)).distinct().order_by(Panel.meets_on.desc()))
        .all()
    )


def groups_to_plan_for(person: PersonFacts) -> Sequence[Group]:
    """The groups that review child deaths whose panels a person may plan."""
    return [
        group
        for group in accounts.groups()
        if group.reviews_child_deaths and can(person, "panel.change", Facts(group_id=group.id))
    ]


def next_planned(person: PersonFacts, on: date) -> Panel | None:
    """The panel that meets next, today included, of those the person may read."""
    return (
        current_session()
        .scalars(
            select(Panel)
            .where(visible(person), Panel.status == PanelStatus.PLANNED, Panel.meets_on >= on)
            .options(joinedload(Panel.group))
            .order_by(Panel.meets_on, Panel.id)
            .limit(1)
        )
        .first()
    )


def before(panel: Panel) -> Sequence[ChildDeathCase]:
    """The deaths that are before a panel, or that it reviewed."""
    return (
        current_session()
        .scalars(
            select(ChildDeathCase).where(ChildDeathCase.panel_id == panel.id).order_by(ChildDeathCase.id)
        )
        .all()
    )


def deaths_open_to(person: PersonFacts) -> ColumnElement[bool]:
    """The condition that picks the deaths a person may read."""
    return and_(
        ChildDeathCase.kind == SourceKind.CHILD_DEATH,
        filters.open_though_restricted(person),
        filters.without_conflict(person),
    )


def deaths_counted(person: PersonFacts, panel_ids: Collection[int]) -> Mapping[int, int]:
    """How many deaths that the person may read each panel has before it; nothing for anybody outside."""
    rows = current_session().execute(
        select(ChildDeathCase.panel_id, func.count())
        .where(ChildDeathCase.panel_id.in_(sorted(panel_ids)), deaths_open_to(person))
        .group_by(ChildDeathCase.panel_id)
    )
    return {panel_id: count for panel_id, count in rows if panel_id is not None}


def parts_standing(panel: Panel) -> Sequence[tuple[int, str, str]]:
    """How many lessons, recommendations and actions of a panel were not withdrawn, each with its nouns."""
    return [
        (sum(each.withdrawn_on is None for each in panel.lessons), "lesson", "lessons"),
        (
            sum(each.withdrawn_on is None for each in panel.recommendations),
            "recommendation",
            "recommendations",
        ),
        (sum(each.status != "withdrawn" for each in panel.actions), "action", "actions"),
    ]
