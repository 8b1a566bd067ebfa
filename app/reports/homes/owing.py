"""What a person or an agency owes, and by when."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for
from sqlalchemy import ColumnElement, and_

from app.accounts.administration import queries as administration
from app.accounts.guard import may, person
from app.accounts.models import Agency, Person
from app.accounts.policy import PersonFacts, Role
from app.actions import queries as actions
from app.actions.models import Action
from app.actions.queries import Due
from app.actions.rules.lifecycle import Status
from app.cdop.models import AgencyReturn
from app.cdop.returns import queries as returns
from app.core.filters import days_late
from app.reports import links, queries
from app.reports.homes.parts import MOST_ROWS, Tile, figure
from app.reports.matters import for_so_long
from app.reports.queries import MOST_COUNTED
from app.reports.rules import SOON_DAYS, Bucket, NextStep, bucket


@dataclass(frozen=True)
class OwedRow:
    """An action or an agency return that somebody owes or waits for."""

    ref: str
    title: str
    due_on: date | None
    #: Empty where the person may not open it.
    href: str
    late: str
    #: What can be done first: its words and address; none where only reading is left.
    button: tuple[str, str] | None
    note: str = ""
    #: The name of whoever owes it; empty where nobody does yet.
    owner: str = ""
    #: The action, for its colours; a return has none.
    action: Action | None = None


@dataclass(frozen=True)
class OwedList:
    """Some of what is owed, under one heading, with the way to the rest."""

    name: str
    title: str
    count: int
    rows: Sequence[OwedRow]
    #: The way to what is not shown: words and address.
    more: Sequence[tuple[str, str]]
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
    asked = _Returns.of(returns.asked_of(facts.id, facts.leads), facts, on)
    filters: dict[str, str | None] = {"owner": person().ref}
    return OwingSection(
        name="mine",
        title="What must I do, by when?",
        about=" · ".join(part for part in (about, f"{figure(counts.open + asked.counts.open)} open") if part),
        tiles=(),
        lists=_lists(mine, counts, filters, asked, on),
        href=links.actions(**filters),
        is_whole=False,
    )


def _standing_in(absent: Person, facts: PersonFacts, on: date) -> OwingSection:
    theirs = and_(Action.owner_id == absent.id, actions.without_conflict(facts))
    counts = queries.owed_counts(theirs, on)
    asked = _Returns.of(returns.asked_of(absent.id), facts, on)
    filters: dict[str, str | None] = {"owner": absent.ref}
    return OwingSection(
        name=f"for-{absent.ref}",
        title=f"You stand in for {absent.name}",
        about=f"{figure(counts.open + asked.counts.open)} open",
        tiles=(),
        lists=_lists(theirs, counts, filters, asked, on),
        href=links.actions(**filters),
        is_whole=False,
    )


@dataclass(frozen=True)
class _Returns:
    """The agency returns that somebody owes: some of them, and how many there are."""

    rows: Sequence[AgencyReturn]
    counts: returns.Counts

    @classmethod
    def of(cls, condition: ColumnElement[bool], facts: PersonFacts, on: date) -> "_Returns":
        """Those that the condition picks, as far as the person may know of them."""
        theirs = and_(condition, returns.without_conflict(facts))
        return cls(
            returns.owed(theirs, limit=3 * MOST_ROWS),
            returns.counts(theirs, on=on, soon_days=SOON_DAYS),
        )

    def of_bucket(self, which: Bucket) -> int:
        """How many stand in one place of a home."""
        counts = self.counts
        return {
            Bucket.OVERDUE: counts.late,
            Bucket.SOON: counts.soon,
            Bucket.LATER: max(0, counts.open - counts.late - counts.soon),
            Bucket.WAITING_ON_OTHERS: counts.waiting,
        }.get(which, 0)


NO_RETURNS = _Returns((), returns.Counts(0, 0, 0, 0))


def _lists(
    condition: ColumnElement[bool],
    counts: queries.OwedCounts,
    filters: dict[str, str | None],
    asked: _Returns,
    on: date,
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
    for each in asked.rows:
        rows[_bucket_of_return(each, on)].append(_return_row(each, on))
    later = counts.open - counts.late - counts.returned - counts.soon
    if counts.open > MOST_COUNTED:
        later = max(later, sum(row.action is not None for row in rows[Bucket.LATER]))

    def listed(which: Bucket, title: str, count: int, **narrowed: str) -> OwedList:
        # What is due first stands first, whichever of the two it is.
        shown = sorted(rows[which], key=lambda row: row.due_on or date.max)[:MOST_ROWS]
        of_actions = sum(row.action is not None for row in shown)
        returned = asked.of_bucket(which)
        hidden, hidden_returns = count - of_actions, returned - (len(shown) - of_actions)
        more = []
        if hidden > 0:
            more.append((f"and {figure(hidden)} more", links.actions(**filters, **narrowed)))
        if hidden_returns > 0:
            words = f"and {figure(hidden_returns)} more agency return{'' if hidden_returns == 1 else 's'}"
            more.append((words, links.agency_returns()))
        return OwedList(which.value, title, count + returned, shown, more, is_loud=which is Bucket.OVERDUE)

    found = [
        listed(Bucket.OVERDUE, "Overdue", counts.late, due="late"),
        listed(Bucket.RETURNED, "Waiting on you: returned", counts.returned),
        listed(Bucket.SOON, "Due in the next 28 days", counts.soon, due="soon"),
        listed(Bucket.LATER, "Due later", later),
        listed(Bucket.WAITING_ON_OTHERS, "Waiting on others", counts.sent, status=Status.SUBMITTED),
    ]
    return [each for each in found if each.count]


def _bucket_of_return(each: AgencyReturn, on: date) -> Bucket:
    """Where a return stands on a home: what is said not to be for us waits for whoever asked."""
    if each.not_for_us_on is not None:
        return Bucket.WAITING_ON_OTHERS
    return bucket(Status.AGREED, each.due_on, on)


def _return_row(each: AgencyReturn, on: date) -> OwedRow:
    is_waiting = each.not_for_us_on is not None
    may_answer = not is_waiting and may("agency_return.answer", each)
    href = url_for("agency_returns.show", ref=each.ref)
    return OwedRow(
        ref=each.ref,
        title="Forms to return in eCDOP",
        due_on=each.due_on,
        href=href,
        late="" if is_waiting else days_late(each.due_on, on),
        button=("Answer", href) if may_answer else None,
        note="with whoever asked: said not to be for us" if is_waiting else "",
        owner=each.owner.name if each.owner else "",
    )


def _owed_row(action: Action, on: date, *, first: NextStep = NextStep.UPDATE) -> OwedRow:
    may_take_it = action.is_open and may(f"action.{first}", action)
    return OwedRow(
        ref=action.ref,
        title=action.title,
        due_on=action.due_on,
        href=links.action(action),
        late=days_late(action.due_on, on) if action.is_open else "",
        button=links.step(action, first) if may_take_it else None,
        note=_note(action, on),
        owner=action.owner.name if action.owner else "",
        action=action,
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
    # As the policy says: its lead sees what it is asked to return about deaths, its board member does not.
    asked = (
        _Returns.of(_asked_of_others(agency, facts), facts, on) if agency.id in facts.leads else NO_RETURNS
    )
    filters: dict[str, str | None] = {"agency": agency.ref}
    # What a lead does about other people's work is to move it; the action's own page offers the rest.
    shown = [_return_row(each, on) for each in asked.rows]
    shown += [_owed_row(action, on, first=NextStep.REASSIGN) for action in others[: 2 * MOST_ROWS]]
    shown.sort(key=lambda row: row.due_on or date.max)
    return OwingSection(
        name=f"agency-{agency.ref}",
        title=f"What must {agency.short_name} do, by when?",
        about=f"{agency.name} · {figure(counts.open)} open",
        tiles=_agency_tiles(counts, filters) + _tiles_of_returns(agency, facts, on),
        is_owing=bool(counts.open or counts.sent or asked.rows),
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


def _asked_of_others(agency: Agency, facts: PersonFacts) -> ColumnElement[bool]:
    """What others of an agency were asked for; what its lead was asked for stands among their own."""
    return and_(AgencyReturn.agency_id == agency.id, ~returns.asked_of(facts.id, facts.leads))


def _tiles_of_returns(agency: Agency, facts: PersonFacts, on: date) -> list[Tile]:
    """How much the agency has to return, for its lead; nothing while it owes nothing."""
    if agency.id not in facts.leads:
        return []
    theirs = and_(AgencyReturn.agency_id == agency.id, returns.without_conflict(facts))
    counts = returns.counts(theirs, on=on, soon_days=SOON_DAYS)
    if not counts.open:
        return []
    href = links.agency_returns(agency=agency.ref)
    late = f"{figure(counts.late)} of them overdue" if counts.late else ""
    label = "agency return owed" if counts.open == 1 else "agency returns owed"
    return [Tile(figure(counts.open), label, href, late, is_loud=bool(counts.late))]


def _by_person(rows: Iterable[OwedRow]) -> list[tuple[str, Sequence[OwedRow]]]:
    """The rows by the name of their owner, what nobody owns last."""
    found: dict[str, list[OwedRow]] = defaultdict(list)
    for row in rows:
        found[row.owner].append(row)
    ordered = sorted(found.items(), key=lambda each: (not each[0], each[0]))
    return [(name or "No owner yet", theirs) for name, theirs in ordered]
