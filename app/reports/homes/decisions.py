"""What waits for a decision, as homes list it: of the groups somebody sits on, and of one person."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import url_for

from app.accounts.guard import may, person
from app.accounts.policy import PersonFacts, Role
from app.actions.models import Action, ExtensionRequest
from app.actions.queries.escalated import Ask, escalated
from app.actions.rules.sign_off import DECIDE_WITHIN_DAYS, decide_by
from app.briefings.models import BriefingIssue
from app.core.filters import plural
from app.reports import links, queries
from app.reports.homes.parts import MOST_ROWS
from app.reports.matters import decider_of, working_days_since
from app.reports.queries import Scope

_LIMIT = MOST_ROWS + 1


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
    #: Whether it only belongs on an agenda: it stands under what is slipping too.
    is_for_agenda: bool = False


def of_groups(scope: Scope, facts: PersonFacts, on: date) -> list[Decision]:
    """What waits on groups, the longest first: whoever of them decides it, the others see that it waits."""
    sign_offs = [_sign_off(each, on) for each in queries.waiting_sign_offs(scope, limit=_LIMIT)]
    found = [_more_time(each, facts, on) for each in queries.waiting_extensions(scope, limit=_LIMIT)]
    found += [
        _about(each.action, "Not for us", each.said_on, on, "action.decide_course")
        for each in queries.waiting_not_for_us(scope, limit=_LIMIT)
    ]
    found += [
        _about(each.action, "Confirm the impact", each.stated_on, on, "action.confirm_impact")
        for each in queries.waiting_impact(scope, limit=_LIMIT)
    ]
    found += [
        _about(action, "Agree", action.created_on, on, "action.agree")
        for action in queries.drafts_waiting(scope, limit=_LIMIT)
    ]
    found += [_look_again(action, on) for action in queries.to_look_at_again(scope, on, limit=_LIMIT)]
    found += [
        Decision(
            ref=each.ref,
            what=f"Respond to recommendation {each.number}",
            from_whom=each.source.ref,
            since=each.made_on,
            working_days=working_days_since(each.made_on, on),
            href=links.source(each.source) + f"#{each.ref}",
            button="Open",
        )
        for each in queries.unanswered_recommendations(scope, limit=_LIMIT)
    ]
    found += _to_ratify(facts, on)
    agenda = [
        replace(
            _about(action, "For the agenda: four weeks late", reached_on, on, "action.change"),
            button="Open",
            is_for_agenda=True,
        )
        for action, reached_on in escalated(
            Ask.AGENDA_ITEM, facts, limit=_LIMIT, group_ids=scope.group_ids or ()
        )
    ]
    return _in_order(found, sign_offs, agenda)


def own(facts: PersonFacts, on: date) -> list[Decision]:
    """What waits on this person, by the rule of four eyes and the tiers of extensions.

    Requests for more time come first: nobody else decides them, while sign-offs have the group's chair too.
    """
    who = person()
    requests = [
        _more_time(each, facts, on)
        for each in _allowed(queries.own_extensions(who, limit=_LIMIT), "action.decide_extension")
    ]
    sign_offs = [
        _sign_off(each, on)
        for each in _allowed(queries.own_sign_offs(who, limit=_LIMIT), "action.decide_sign_off")
    ]
    rest = [
        _about(each.action, "Not for us", each.said_on, on, "action.decide_course")
        for each in _allowed(queries.own_not_for_us(who, limit=_LIMIT), "action.decide_course")
    ]
    rest += [
        _about(each.action, "Confirm the impact", each.stated_on, on, "action.confirm_impact")
        for each in _allowed(queries.own_impact(who, limit=_LIMIT), "action.confirm_impact")
    ]
    if may("briefing.clear"):
        rest += [_to_clear(issue, on) for issue in queries.issues_to_clear(who.id, limit=_LIMIT)]
    if Role.BOARD_MANAGER in facts.roles:
        rest += _of_the_board_manager(facts, on)
    if Role.INDEPENDENT_CHAIR in facts.roles:
        rest += [
            _about(action, "A risk? Eight weeks late: challenge", reached_on, on, "action.nudge")
            for action, reached_on in escalated(Ask.RISK_PROMPT, facts, limit=_LIMIT)
        ]
    return [*_longest_first(requests), *_in_order(rest, sign_offs, room=MOST_ROWS - len(requests))]


def _to_clear(issue: BriefingIssue, on: date) -> Decision:
    since = issue.checked_on or on
    return Decision(
        ref=issue.ref,
        what=f"Clear the briefing: {issue.title}",
        from_whom=issue.checked_by.name if issue.checked_by else "Briefing editor",
        since=since,
        working_days=working_days_since(since, on),
        href=url_for("clearance.clear", ref=issue.ref),
        button="Read and clear it",
    )


def _of_the_board_manager(facts: PersonFacts, on: date) -> list[Decision]:
    scope = Scope(facts)
    found = [_look_again(action, on) for action in queries.to_look_at_again(scope, on, limit=_LIMIT)]
    return found + [_without_an_owner(each, on) for each in queries.without_an_owner(scope, limit=_LIMIT)]


def _without_an_owner(action: Action, on: date) -> Decision:
    if action.owner is None:
        since = max((row.changed_on for row in action.owner_changes), default=action.agreed_on or on)
        told = _about(action, "Name an owner: nobody owns it", since, on, "action.reassign")
        return replace(told, href=url_for("actions.reassign", ref=action.ref), button="Name an owner")
    told = _about(
        action, "Hand over: its owner has left", action.owner.left_on or on, on, "person.deactivate"
    )
    return replace(told, href=url_for("administration.to_hand_over"), button="Hand over")


def _to_ratify(facts: PersonFacts, on: date) -> list[Decision]:
    """Of each group that the person chairs: what the board manager signed off for it."""
    found = []
    for group in queries.groups(facts.chairs):
        waiting = queries.to_ratify(group, facts)
        if not waiting:
            continue
        since = min(each.decided_on or on for each in waiting)
        found.append(
            Decision(
                ref=waiting[0].ref if len(waiting) == 1 else f"{len(waiting)} sign-offs",
                what="Ratify what was signed off under delegation",
                from_whom="Board manager",
                since=since,
                working_days=working_days_since(since, on),
                href=url_for("actions.ratify", ref=group.ref),
                button="Ratify",
            )
        )
    return found


def _allowed(rows: Sequence[Any], verb: str) -> list[Any]:
    """The rows about actions on which the policy allows it, as their page would say."""
    return [row for row in rows if may(verb, row.action)]


def _longest_first(decisions: list[Decision]) -> list[Decision]:
    return sorted(decisions, key=lambda each: (each.since, each.ref))


def _in_order(
    found: list[Decision],
    sign_offs: list[Decision],
    agenda: Sequence[Decision] = (),
    *,
    room: int = MOST_ROWS,
) -> list[Decision]:
    """The longest first, as far as a home has room.

    Where it has not, what only belongs on the agenda comes last, because it stands under what is slipping
    too, and sign-offs before it, because they have a page of their own.
    """
    if len(found) + len(sign_offs) + len(agenda) <= room:
        return _longest_first([*found, *sign_offs, *agenda])
    return [*_longest_first(found), *_longest_first(sign_offs), *_longest_first([*agenda])]


def _sign_off(sign_off: Any, on: date) -> Decision:
    late = (on - decide_by(sign_off.sent_on)).days
    past = f" ({plural(late, 'day')} past the {DECIDE_WITHIN_DAYS} there are)" if late > 0 else ""
    return _about(sign_off.action, f"Sign off{past}", sign_off.sent_on, on, "action.decide_sign_off")


def _look_again(action: Action, on: date) -> Decision:
    return _about(
        action,
        f"Look again: {action.status_label.lower()}",
        action.review_on or on,
        on,
        "action.decide_course",
    )


def _more_time(request: ExtensionRequest, facts: PersonFacts, on: date) -> Decision:
    whom, is_us = decider_of(request, facts)
    made = _about(request.action, "More time", request.asked_on, on, "action.decide_extension")
    return made if is_us else replace(made, what=f"{made.what} ({whom} decides)")


def _about(action: Action, what: str, since: date, on: date, verb: str) -> Decision:
    return Decision(
        ref=action.ref,
        what=f"{what}: {action.title}",
        from_whom=action.agency.short_name,
        since=since,
        working_days=working_days_since(since, on),
        href=links.action(action),
        button="Decide" if may(verb, action) else "Open",
    )
