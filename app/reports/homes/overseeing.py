"""What groups oversee, and the whole partnership: what is slipping, and what must be decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.accounts.guard import may
from app.accounts.models import Group
from app.accounts.policy import PersonFacts, Role
from app.actions.models import Action, ExtensionRequest
from app.actions.rules.lifecycle import Status
from app.core.filters import days_late, plural
from app.outbox.models import State
from app.reports import links, queries
from app.reports.homes.parts import MOST_ROWS, Tile, figure
from app.reports.matters import decider_of, slip, working_days_since
from app.reports.queries import Scope

#: How many rows are looked at for the decisions that are this person's.
_MOST_LOOKED_AT = 200


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


def whole_partnership(facts: PersonFacts, on: date) -> OverseeingSection:
    title = "What needs attention across the partnership?"
    decides = not facts.roles.isdisjoint({Role.BOARD_MANAGER, Role.INDEPENDENT_CHAIR})
    decisions = _own_decisions(facts, on) if decides else []
    trouble = _trouble(queries.messages_in_trouble()) if Role.BOARD_MANAGER in facts.roles else ""
    return _overseeing(
        name="all",
        title=title,
        about="All sub-groups",
        scope=Scope(facts),
        on=on,
        decisions=decisions,
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
            links.actions(status=Status.SUBMITTED, **actions_filter),
            f"oldest {plural(days, 'working day')}" if oldest else "",
        ),
        Tile(
            figure(more_time),
            "request for more time" if more_time == 1 else "requests for more time",
            more_time_href,
        ),
    ]


def _decisions_of(scope: Scope, facts: PersonFacts, on: date) -> list[Decision]:
    """What waits on groups: sign-offs, more time, drafts to agree and recommendations without a response."""
    limit = MOST_ROWS + 1
    found = [
        _decision(sign_off.action, "Sign off", sign_off.sent_on, on, "action.decide_sign_off")
        for sign_off in queries.waiting_sign_offs(scope, limit=limit)
    ]
    found += [_more_time(request, facts, on) for request in queries.waiting_extensions(scope, limit=limit)]
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
    """What waits on this person, by the rule of four eyes and the tiers of extensions.

    Requests for more time come first: nobody else decides them, while sign-offs have the group's chair too.
    """
    signing = (each.action for each in queries.waiting_sign_offs(Scope(facts), limit=_MOST_LOOKED_AT))
    sign_offs = [
        _decision(action, "Sign off", action.submitted_on or on, on, "action.decide_sign_off")
        for action in signing
        if may("action.decide_sign_off", action)
    ]
    requests = [
        _more_time(request, facts, on)
        for request in queries.waiting_extensions(Scope(facts), limit=_MOST_LOOKED_AT)
        if may("action.decide_extension", request.action)
    ]
    return [*sorted(requests, key=_oldest_first), *sorted(sign_offs, key=_oldest_first)]


def _oldest_first(decision: Decision) -> tuple[date, str]:
    return decision.since, decision.ref


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
