"""What groups oversee, and the whole partnership: what is slipping, and what must be decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.accounts.models import Group
from app.accounts.policy import PersonFacts, Role
from app.actions.models import Action
from app.core.filters import days_late, plural
from app.outbox import queries as outbox
from app.outbox.models import State
from app.reports import links, queries
from app.reports.homes import decisions
from app.reports.homes.decisions import Decision
from app.reports.homes.parts import MOST_ROWS, Tile, figure
from app.reports.matters import slip, working_days_since
from app.reports.queries import Scope
from app.reports.rules import SOON_DAYS


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
    #: Whether there was no room for all of them: for what is to be decided, and for what is for the agenda.
    more_decisions: bool
    more_agenda: bool
    #: Empty where the person decides nothing here.
    decisions_title: str
    #: Everything that waits for sign-off.
    waiting_href: str
    slipping: Sequence[SlippingRow]
    more_slipping: bool
    slipping_href: str
    #: Messages that failed or may not have arrived, in one line; empty while there are none.
    trouble: str = ""


def whole_partnership(facts: PersonFacts, on: date) -> OverseeingSection:
    title = "What needs attention across the partnership?"
    decides = not facts.roles.isdisjoint({Role.BOARD_MANAGER, Role.INDEPENDENT_CHAIR})
    waiting = decisions.own(facts, on) if decides else []
    trouble = _trouble(outbox.in_trouble()) if Role.BOARD_MANAGER in facts.roles else ""
    return _overseeing(
        name="all",
        title=title,
        about="All sub-groups",
        scope=Scope(facts),
        on=on,
        waiting=waiting,
        decisions_title="Needs your decision" if decides else "",
        actions_filter={},
        trouble=trouble,
    )


def of_groups(facts: PersonFacts, groups: Sequence[Group], on: date) -> OverseeingSection:
    scope = Scope(facts, frozenset(group.id for group in groups))
    only = groups[0].ref if len(groups) == 1 else None
    return _overseeing(
        name="groups",
        title="What is slipping, and what must we decide?",
        about=", ".join(group.name for group in groups),
        scope=scope,
        on=on,
        waiting=decisions.of_groups(scope, facts, on),
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
    waiting: Sequence[Decision],
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
        decisions=waiting[:MOST_ROWS],
        more_decisions=any(not each.is_for_agenda for each in waiting[MOST_ROWS:]),
        more_agenda=any(each.is_for_agenda for each in waiting[MOST_ROWS:]),
        decisions_title=decisions_title,
        waiting_href=links.sign_offs(**actions_filter),
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
    late_looks = queries.looks_due(scope, on, within_days=-1)
    looks = queries.looks_due(scope, on, within_days=SOON_DAYS)
    challenged = queries.challenges_open(scope)
    unanswered = queries.challenges_open(scope, late_on=on)
    days = working_days_since(oldest, on) if oldest else 0
    return [
        Tile(
            figure(reviews),
            "review in progress" if reviews == 1 else "reviews in progress",
            links.reviews_in_progress(**actions_filter),
        ),
        Tile(
            figure(asked),
            "recommendation open" if asked == 1 else "recommendations open",
            links.recommendations(**actions_filter),
            f"{figure(late)} with late actions" if late else "",
            bool(late),
        ),
        Tile(
            figure(waiting),
            "sign-off waiting" if waiting == 1 else "sign-offs waiting",
            links.sign_offs(**actions_filter),
            f"oldest {plural(days, 'working day')}" if oldest else "",
        ),
        Tile(
            figure(more_time),
            "request for more time" if more_time == 1 else "requests for more time",
            more_time_href,
        ),
        Tile(
            figure(looks),
            "look at impact due soon or late" if looks == 1 else "looks at impact due soon or late",
            links.impact(look="due", **actions_filter),
            f"{figure(late_looks)} late" if late_looks else "",
            bool(late_looks),
        ),
        Tile(
            figure(challenged),
            "challenge open" if challenged == 1 else "challenges open",
            links.challenges(stands="open", **actions_filter),
            f"{plural(unanswered, 'answer')} late" if unanswered else "",
            bool(unanswered),
        ),
    ]


def _trouble(counts: Mapping[State, int]) -> str:
    failed, uncertain = counts[State.FAILED], counts[State.UNCERTAIN]
    parts = []
    if failed:
        parts.append(f"{plural(failed, 'message')} could not be delivered")
    if uncertain:
        parts.append(f"{plural(uncertain, 'message')} may not have arrived")
    return " and ".join(parts)
