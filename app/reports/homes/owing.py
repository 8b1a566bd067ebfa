"""What a person or an agency owes, and by when."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_

from app.accounts.administration import queries as administration
from app.accounts.guard import may, person
from app.accounts.models import Agency, Person
from app.accounts.policy import PersonFacts, Role
from app.actions import queries as actions
from app.actions.models import Action
from app.actions.queries import Due
from app.actions.rules.lifecycle import Status
from app.core.filters import days_late
from app.reports import links, queries
from app.reports.homes.parts import MOST_ROWS, Tile, figure
from app.reports.matters import for_so_long
from app.reports.queries import MOST_COUNTED
from app.reports.rules import Bucket, NextStep, bucket


@dataclass(frozen=True)
class OwedRow:
    """An action that somebody owes or waits for."""

    action: Action
    href: str
    late: str
    #: What can be done first: its words and address; none where only reading is left.
    button: tuple[str, str] | None
    note: str = ""


@dataclass(frozen=True)
class OwedList:
    """Some of what is owed, under one heading, with the way to the rest."""

    name: str
    title: str
    count: int
    rows: Sequence[OwedRow]
    more: str
    href: str
    is_loud: bool = False


@dataclass(frozen=True)
class OwingSection:
    """What a person or an agency owes, and by when."""

    name: str
    title: str
    about: str
    tiles: Sequence[Tile]
    lists: Sequence[OwedList]
    #: The agency's other actions, by the person who owns them.
    by_person: Sequence[tuple[str, Sequence[OwedRow]]] = ()
    by_person_more: str = ""
    href: str = ""
    #: Whether anything is open or was sent for sign-off.
    is_owing: bool = True
    #: Whether it is an agency's, with what its people owe.
    is_whole: bool = True


def owing_sections(facts: PersonFacts, on: date) -> list[OwingSection]:
    """What the person owes, where they own actions, and what each agency owes that they lead or stand for."""
    made = []
    leading = facts.leads | facts.board_member_for
    named = queries.agencies(leading)
    own_agency = person().agency
    about = own_agency.short_name if own_agency else ""
    own = _own(facts, about, on)
    if Role.ACTION_OWNER in facts.roles or own.lists:
        made.append(own)
    made += [
        _standing_in(each, facts, on) for each in administration.people_by_ids(sorted(facts.deputises_for))
    ]
    made += [_of_agency(facts, agency, on) for agency in named]
    return made


def _own(facts: PersonFacts, about: str, on: date) -> OwingSection:
    mine = and_(Action.owner_id == facts.id, actions.without_conflict(facts))
    counts = queries.owed_counts(mine, on)
    filters: dict[str, str | None] = {"owner": person().ref}
    return OwingSection(
        name="mine",
        title="What must I do, by when?",
        about=" · ".join(part for part in (about, f"{figure(counts.open)} open") if part),
        tiles=(),
        lists=_lists(mine, counts, filters, on),
        href=links.actions(**filters),
        is_whole=False,
    )


def _standing_in(absent: Person, facts: PersonFacts, on: date) -> OwingSection:
    theirs = and_(Action.owner_id == absent.id, actions.without_conflict(facts))
    counts = queries.owed_counts(theirs, on)
    filters: dict[str, str | None] = {"owner": absent.ref}
    return OwingSection(
        name=f"for-{absent.ref}",
        title=f"You stand in for {absent.name}",
        about=f"{figure(counts.open)} open",
        tiles=(),
        lists=_lists(theirs, counts, filters, on),
        href=links.actions(**filters),
        is_whole=False,
    )


def _lists(
    condition: ColumnElement[bool], counts: queries.OwedCounts, filters: dict[str, str | None], on: date
) -> list[OwedList]:
    rows: dict[Bucket, list[OwedRow]] = defaultdict(list)
    owed = [
        *queries.owed(condition, limit=3 * MOST_ROWS),
        *queries.sent(condition, limit=MOST_ROWS),
    ]
    for action in owed:
        is_returned = action.status == Status.IN_PROGRESS and action.return_count > 0
        rows[bucket(Status(action.status), action.due_on, on, is_returned=is_returned)].append(
            _owed_row(action, on)
        )
    later = counts.open - counts.late - counts.returned - counts.soon
    if counts.open > MOST_COUNTED:
        later = max(later, len(rows[Bucket.LATER]))

    def listed(which: Bucket, title: str, count: int, **narrowed: str) -> OwedList:
        shown = rows[which][:MOST_ROWS]
        more = f"and {figure(count - len(shown))} more" if count > len(shown) else ""
        href = links.actions(**filters, **narrowed)
        return OwedList(which.value, title, count, shown, more, href, is_loud=which is Bucket.OVERDUE)

    found = [
        listed(Bucket.OVERDUE, "Overdue", counts.late, due="late"),
        listed(Bucket.RETURNED, "Waiting on you: returned", counts.returned),
        listed(Bucket.SOON, "Due in the next 28 days", counts.soon, due="soon"),
        listed(Bucket.LATER, "Due later", later),
        listed(Bucket.WAITING_ON_OTHERS, "Waiting on others", counts.sent, status=Status.SUBMITTED),
    ]
    return [each for each in found if each.count]


def _owed_row(action: Action, on: date, *, first: NextStep = NextStep.UPDATE) -> OwedRow:
    may_take_it = action.is_open and may(f"action.{first}", action)
    return OwedRow(
        action=action,
        href=links.action(action),
        late=days_late(action.due_on, on) if action.is_open else "",
        button=links.step(action, first) if may_take_it else None,
        note=_note(action, on),
    )


def _note(action: Action, on: date) -> str:
    if Status(action.status) is Status.SUBMITTED and action.submitted_on:
        return f"with {action.group.name} {for_so_long(action.submitted_on, on)}"
    if action.is_open and action.waiting_not_for_us is not None:
        return f"said not to be for {action.agency.short_name}; not decided yet"
    if action.waiting_extension is not None:
        return "more time asked for"
    last = action.sign_offs[-1] if action.sign_offs else None
    if action.is_open and last is not None and last.decision == "returned" and last.resubmit_by_on:
        return "returned: send it again once it is mended"
    return ""


def _of_agency(facts: PersonFacts, agency: Agency, on: date) -> OwingSection:
    theirs = and_(Action.agency_id == agency.id, actions.without_conflict(facts))
    counts = queries.agency_counts(theirs, on)
    others = queries.owed(
        and_(theirs, (Action.owner_id != facts.id) | Action.owner_id.is_(None)), limit=2 * MOST_ROWS + 1
    )
    filters: dict[str, str | None] = {"agency": agency.ref}
    # What a lead does about other people's work is to move it; the action's own page offers the rest.
    shown = [_owed_row(action, on, first=NextStep.REASSIGN) for action in others[: 2 * MOST_ROWS]]
    return OwingSection(
        name=f"agency-{agency.ref}",
        title=f"What must {agency.short_name} do, by when?",
        about=f"{agency.name} · {figure(counts.open)} open",
        tiles=_agency_tiles(counts, filters),
        is_owing=bool(counts.open or counts.sent),
        lists=(),
        by_person=_by_person(shown),
        by_person_more="See all the agency's actions" if len(others) > len(shown) else "",
        href=links.actions(**filters),
    )


def _agency_tiles(counts: queries.AgencyCounts, filters: dict[str, str | None]) -> list[Tile]:
    waiting = figure(counts.unacknowledged)
    href = links.actions(due=Due.UNACKNOWLEDGED, **filters)
    return [
        Tile(figure(counts.late), "overdue", links.actions(due="late", **filters), is_loud=bool(counts.late)),
        Tile(figure(counts.soon), "due in the next 28 days", links.actions(due="soon", **filters)),
        Tile(figure(counts.open), "open in all", links.actions(**filters)),
        Tile(figure(counts.sent), "sent for sign-off", links.actions(status=Status.SUBMITTED, **filters)),
        *([Tile(waiting, "not acknowledged in time", href, is_loud=True)] if counts.unacknowledged else []),
    ]


def _by_person(rows: Iterable[OwedRow]) -> list[tuple[str, Sequence[OwedRow]]]:
    """The rows by the name of their owner, what nobody owns last."""
    found: dict[str, list[OwedRow]] = defaultdict(list)
    for row in rows:
        found[row.action.owner.name if row.action.owner else ""].append(row)
    ordered = sorted(found.items(), key=lambda each: (not each[0], each[0]))
    return [(name or "No owner yet", theirs) for name, theirs in ordered]
