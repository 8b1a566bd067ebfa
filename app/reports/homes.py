"""The home of a person: one section for each thing they are, each answering that role's question first."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, and_

from app.accounts.guard import may, person
from app.accounts.models import Agency, Group
from app.accounts.policy import PersonFacts, Role
from app.actions.models import Action, ExtensionRequest
from app.actions.rules.lifecycle import Status
from app.core.clock import today
from app.core.filters import days_late, plural
from app.lessons.models import Lesson, Theme
from app.outbox.models import State
from app.reports import links, queries
from app.reports.matters import decider_of, slip, working_days_since
from app.reports.queries import ALL, MOST_COUNTED, Scope
from app.reports.rules import Bucket, bucket

#: How many rows of a list a home shows; the rest is a link away.
MOST_ROWS = 10
#: How many rows are looked at for the decisions that are this person's.
_MOST_LOOKED_AT = 200


@dataclass(frozen=True)
class Tile:
    """A figure that leads to what it counts."""

    value: str
    label: str
    href: str
    note: str = ""
    is_loud: bool = False


@dataclass(frozen=True)
class Decision:
    """Something that waits for a decision."""

    ref: str
    what: str
    from_whom: str
    since: date
    working_days: int
    href: str
    #: The words of its link: those who decide open it to decide.
    button: str


@dataclass(frozen=True)
class SlippingRow:
    """An action that is late, or due later than first agreed."""

    action: Action
    href: str
    late: str
    slip: int


@dataclass(frozen=True)
class OverseeingSection:
    """What groups oversee: what is slipping, and what is to be decided."""

    name: str
    title: str
    about: str
    tiles: Sequence[Tile]
    decisions: Sequence[Decision]
    more_decisions: bool
    #: Empty where the person decides nothing here.
    decisions_title: str
    #: Everything that waits for sign-off.
    waiting_href: str
    slipping: Sequence[SlippingRow]
    more_slipping: bool
    slipping_href: str
    #: Messages that failed or may not have arrived, in one line; empty while there are none.
    trouble: str = ""


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


@dataclass(frozen=True)
class ReadingSection:
    """What somebody should know: lessons newest first, and what lessons are about."""

    lessons: Sequence[Lesson]
    themes: Sequence[tuple[Theme, int]]


@dataclass
class Home:
    """The page of one person."""

    owing: list[OwingSection] = field(default_factory=list)
    overseeing: list[OverseeingSection] = field(default_factory=list)
    reading: ReadingSection | None = None


def home() -> Home:
    """Put together the home of the person signed in."""
    who, on = person(), today()
    facts = who.facts
    made = Home()
    if Role.ACTION_OWNER in facts.roles or facts.leads or facts.board_member_for:
        _add_owing(made, facts, on)
    if facts.roles & {Role.BOARD_MANAGER, Role.INDEPENDENT_CHAIR, Role.EXECUTIVE}:
        made.overseeing.append(_whole_partnership(facts, on))
        seats = facts.chairs
    else:
        seats = facts.member_of
    if seats:
        made.overseeing.append(_groups(facts, queries.groups(seats), on))
    if not made.overseeing and not made.owing:
        made.reading = ReadingSection(
            queries.newest_lessons(limit=MOST_ROWS), queries.themes_of_published_lessons(limit=12)
        )
    return made


# What is overseen


def _whole_partnership(facts: PersonFacts, on: date) -> OverseeingSection:
    title = "What needs attention across the partnership?"
    decides = not facts.roles.isdisjoint({Role.BOARD_MANAGER, Role.INDEPENDENT_CHAIR})
    decisions = _own_decisions(facts, on) if decides else []
    trouble = _trouble(queries.messages_in_trouble()) if Role.BOARD_MANAGER in facts.roles else ""
    return _overseeing(
        name="all", title=title, about="All sub-groups", scope=ALL, on=on, decisions=decisions,
        decisions_title="Needs your decision" if decides else "", actions_filter={}, trouble=trouble,
    )


def _groups(facts: PersonFacts, groups: Sequence[Group], on: date) -> OverseeingSection:
    scope = Scope(frozenset(group.id for group in groups))
    only = groups[0].ref if len(groups) == 1 else None
    return _overseeing(
        name="groups",
        title="What is slipping, and what must we decide?",
        about=", ".join(group.short_name for group in groups),
        scope=scope,
        on=on,
        decisions=_decisions_of(scope, facts, on),
        decisions_title="Needs our decision",
        actions_filter={"group": only},
    )


def _overseeing(
    *,
    name: str,
    title: str,
    about: str,
    scope: Scope,
    on: date,
    decisions: Sequence[Decision],
    decisions_title: str,
    actions_filter: dict[str, str | None],
    trouble: str = "",
) -> OverseeingSection:
    late = queries.slipping(scope, on, limit=MOST_ROWS + 1)
    decisions_href = f"#decisions-{name}" if decisions_title else links.actions(**actions_filter)
    return OverseeingSection(
        name=name,
        title=title,
        about=about,
        tiles=_overseeing_tiles(scope, on, actions_filter, decisions_href),
        decisions=decisions[:MOST_ROWS],
        more_decisions=len(decisions) > MOST_ROWS,
        decisions_title=decisions_title,
        waiting_href=links.actions(status=Status.SUBMITTED, **actions_filter),
        slipping=[
            SlippingRow(action, links.action(action), days_late(action.due_on, on), slip(action))
            for action in late[:MOST_ROWS]
        ],
        more_slipping=len(late) > MOST_ROWS,
        slipping_href=links.actions(due="late", **actions_filter),
        trouble=trouble,
    )


def _overseeing_tiles(
    scope: Scope, on: date, actions_filter: dict[str, str | None], more_time_href: str
) -> list[Tile]:
    reviews = queries.reviews_in_progress(scope)
    asked = queries.capped(queries.open_recommendations(scope, on))
    late = queries.capped(queries.open_recommendations(scope, on, late=True))
    waiting, oldest = queries.sign_offs_waiting(scope)
    more_time = queries.extensions_waiting(scope)
    days = working_days_since(oldest, on) if oldest else 0
    return [
        Tile(figure(reviews), "review in progress" if reviews == 1 else "reviews in progress",
             links.reviews(stage="in-progress", **actions_filter)),
        Tile(figure(asked), "recommendation open" if asked == 1 else "recommendations open",
             links.recommendations(**actions_filter), f"{figure(late)} with late actions" if late else "", bool(late)),
        Tile(figure(waiting), "sign-off waiting" if waiting == 1 else "sign-offs waiting",
             links.actions(status=Status.SUBMITTED, **actions_filter),
             f"oldest {plural(days, 'working day')}" if oldest else ""),
        Tile(figure(more_time), "request for more time" if more_time == 1 else "requests for more time",
             more_time_href),
    ]


def figure(count: int) -> str:
    """A count as a home writes it: at most ``MOST_COUNTED``, and then that there are more."""
    return f"{count:,}" if count <= MOST_COUNTED else f"over {MOST_COUNTED:,}"


def _decisions_of(scope: Scope, facts: PersonFacts, on: date) -> list[Decision]:
    """What waits on groups: sign-offs, more time, drafts to agree and recommendations without a response."""
    limit = MOST_ROWS + 1
    found = [
        _decision(sign_off.action, "Sign off", sign_off.sent_on, on, "action.decide_sign_off")
        for sign_off in queries.waiting_sign_offs(scope, limit=limit)
    ]
    found += [
        _more_time(request, facts, on) for request in queries.waiting_extensions(scope, limit=limit)
    ]
    found += [
        _decision(action, "Agree", action.created_on, on, "action.agree")
        for action in queries.drafts_waiting(scope, limit=limit)
    ]
    found += [
        Decision(
            ref=each.ref,
            what=f"Respond to recommendation {each.number}",
            from_whom=each.review.ref,
            since=each.made_on,
            working_days=working_days_since(each.made_on, on),
            href=links.review(each.review) + f"#{each.ref}",
            button="Open",
        )
        for each in queries.unanswered_recommendations(scope, limit=limit)
    ]
    return sorted(found, key=lambda each: (each.since, each.ref))


def _own_decisions(facts: PersonFacts, on: date) -> list[Decision]:
    """What waits on this person, by the rule of four eyes and the tiers of extensions."""
    signing = (each.action for each in queries.waiting_sign_offs(ALL, limit=_MOST_LOOKED_AT))
    found = [
        _decision(action, "Sign off", action.submitted_on or on, on, "action.decide_sign_off")
        for action in signing
        if may("action.decide_sign_off", action)
    ]
    found += [
        _more_time(request, facts, on)
        for request in queries.waiting_extensions(ALL, limit=_MOST_LOOKED_AT)
        if may("action.decide_extension", request.action)
    ]
    return sorted(found, key=lambda each: (each.since, each.ref))


def _decision(action: Action, what: str, since: date, on: date, verb: str) -> Decision:
    return Decision(
        ref=action.ref,
        what=f"{what}: {action.title}",
        from_whom=action.agency.short_name,
        since=since,
        working_days=working_days_since(since, on),
        href=links.action(action),
        button="Decide" if may(verb, action) else "Open",
    )


def _more_time(request: ExtensionRequest, facts: PersonFacts, on: date) -> Decision:
    action = request.action
    whom, is_us = decider_of(request, facts)
    made = _decision(action, "More time", request.asked_on, on, "action.decide_extension")
    if is_us:
        return made
    return Decision(**{**vars(made), "what": f"{made.what} ({whom} decides)"})


def _trouble(counts: dict[str, int]) -> str:
    failed, uncertain = counts.get(State.FAILED, 0), counts.get(State.UNCERTAIN, 0)
    parts = []
    if failed:
        parts.append(f"{plural(failed, 'message')} could not be delivered")
    if uncertain:
        parts.append(f"{plural(uncertain, 'message')} may not have arrived")
    return " and ".join(parts)


# What is owed


def _add_owing(made: Home, facts: PersonFacts, on: date) -> None:
    leading = facts.leads | facts.board_member_for
    named = {agency.id: agency for agency in queries.agencies(leading)}
    own_agency = person().agency
    about = own_agency.short_name if own_agency else ""
    own = _own(facts, about, on)
    if Role.ACTION_OWNER in facts.roles or own.lists:
        made.owing.append(own)
    made.owing += [_of_agency(facts, agency, on) for agency in named.values()]


def _own(facts: PersonFacts, about: str, on: date) -> OwingSection:
    mine = Action.owner_id == facts.id
    counts = queries.owed_counts(mine, on)
    filters = {"owner": person().ref}
    return OwingSection(
        name="mine",
        title="What must I do, by when?",
        about=" · ".join(part for part in (about, f"{figure(counts.open)} open") if part),
        tiles=(),
        lists=_lists(mine, counts, filters, on),
        href=links.actions(**filters),
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


def _owed_row(action: Action, on: date) -> OwedRow:
    return OwedRow(
        action=action,
        href=links.action(action),
        late=days_late(action.due_on, on) if action.is_open else "",
        button=links.update(action) if action.is_open and may("action.update", action) else None,
        note=_note(action, on),
    )


def _note(action: Action, on: date) -> str:
    if Status(action.status) is Status.SUBMITTED and action.submitted_on:
        days = plural(working_days_since(action.submitted_on, on), "working day")
        return f"with {action.group.short_name} for {days}"
    if action.waiting_extension is not None:
        return "more time asked for"
    last = action.sign_offs[-1] if action.sign_offs else None
    if action.is_open and last is not None and last.decision == "returned" and last.resubmit_by_on:
        return "returned: send it again once it is mended"
    return ""


def _of_agency(facts: PersonFacts, agency: Agency, on: date) -> OwingSection:
    theirs = Action.agency_id == agency.id
    counts = queries.owed_counts(theirs, on)
    others = queries.owed(
        and_(theirs, (Action.owner_id != facts.id) | Action.owner_id.is_(None)), limit=2 * MOST_ROWS + 1
    )
    filters: dict[str, str | None] = {"agency": agency.ref}
    shown = [_owed_row(action, on) for action in others[: 2 * MOST_ROWS]]
    return OwingSection(
        name=f"agency-{agency.ref}",
        title=f"What must {agency.short_name} do, by when?",
        about=f"{agency.name} · {figure(counts.open)} open",
        tiles=_agency_tiles(counts, filters),
        lists=(),
        by_person=_by_person(shown),
        by_person_more="See all the agency's actions" if len(others) > len(shown) else "",
        href=links.actions(**filters),
    )


def _agency_tiles(counts: queries.OwedCounts, filters: dict[str, str | None]) -> list[Tile]:
    return [
        Tile(figure(counts.late), "overdue", links.actions(due="late", **filters), is_loud=bool(counts.late)),
        Tile(figure(counts.soon), "due in the next 28 days", links.actions(due="soon", **filters)),
        Tile(figure(counts.open), "open in all", links.actions(**filters)),
        Tile(figure(counts.sent), "sent for sign-off", links.actions(status=Status.SUBMITTED, **filters)),
    ]


def _by_person(rows: Iterable[OwedRow]) -> list[tuple[str, Sequence[OwedRow]]]:
    """The rows by the name of their owner, what nobody owns last."""
    found: dict[str, list[OwedRow]] = defaultdict(list)
    for row in rows:
        found[row.action.owner.name if row.action.owner else ""].append(row)
    ordered = sorted(found.items(), key=lambda each: (not each[0], each[0]))
    return [(name or "No owner yet", theirs) for name, theirs in ordered]
