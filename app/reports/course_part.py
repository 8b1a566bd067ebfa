"""What the page of an action says of its course: who had it, where it went on, what else can be done."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for

from app.accounts.guard import may, person
from app.accounts.policy import PersonFacts
from app.actions import deciders
from app.actions import queries as actions
from app.actions.models import Action, ActionStep, ColourOverride, NotForUs, OwnerChange
from app.actions.rules.brag import Colour
from app.actions.rules.course import (
    Acknowledgement,
    OwnerCause,
    Returns,
    SuccessionKind,
    acknowledged_late,
    acknowledgement,
)
from app.actions.rules.lifecycle import CLOSED, OPEN, Move, Status, moves_from
from app.actions.standing import asked_on
from app.core.filters import date_long
from app.core.holidays import working_days
from app.reports.matters import names
from app.reports.rules import Matter

#: The moves whose reason the page tells here; of the others it stands with what they decide.
_STOPS = {
    Move.HOLD: "Put on hold",
    Move.RESUME: "Resumed",
    Move.ESCALATE: "Escalated externally",
    Move.BRING_BACK: "Brought back",
    Move.SUPERSEDE: "Superseded",
    Move.CLOSE_NOT_IMPLEMENTED: "Closed as not implemented",
    Move.WITHDRAW: "Withdrawn",
    Move.REOPEN: "Reopened",
}


#: What stands before an action that this one came from.
_CAME = {
    SuccessionKind.SPLIT: "Split from",
    SuccessionKind.MERGED: "Took in",
    SuccessionKind.SUPERSEDED: "Takes the place of",
}


@dataclass(frozen=True)
class Passed:
    """That an action passed from one owner or agency to another."""

    change: OwnerChange
    cause: str


@dataclass(frozen=True)
class Stop:
    """That an action stopped, ended or went on again, with the reason that was given."""

    step: ActionStep
    words: str


@dataclass(frozen=True)
class Neighbour:
    """The actions that this one goes on in, or came from, in one way.

    Those that the person may not open are only counted.
    """

    #: What stands before them.
    words: str
    refs: Sequence[str]
    hidden: int


@dataclass(frozen=True)
class CoursePart:
    """Who had the action, what it hangs together with, and what else the person may do about it."""

    more: Sequence[tuple[str, str]]
    acknowledged: str
    #: Whether that came, or is, too late.
    is_late: bool
    stops: Sequence[Stop]
    passed: Sequence[Passed]
    said: Sequence[NotForUs]
    neighbours: Sequence[Neighbour]
    overrides: Sequence[ColourOverride]
    colours: dict[str, str]
    returns: Returns | None
    parts: Sequence[Action]
    #: How many parts there are besides, which the person may not open.
    parts_hidden: int


def course_part(action: Action, on: date) -> CoursePart:
    """The part of the page, for the person signed in."""
    words, is_late = _acknowledged(action, on)
    facts = person().facts
    parts = actions.parts_shown(action, facts) if action.is_all_agency else ()
    return CoursePart(
        more=more_moves(action),
        acknowledged=words,
        is_late=is_late,
        stops=[
            Stop(step, _STOPS[Move(step.move)])
            for step in reversed(action.steps)
            if step.reason and Move(step.move) in _STOPS
        ],
        passed=[Passed(row, OwnerCause(row.cause).label) for row in reversed(action.owner_changes)],
        said=list(reversed(action.not_for_us)),
        neighbours=_neighbours(action, facts),
        overrides=list(reversed(action.colour_overrides)),
        colours={colour.letter: colour.word.lower() for colour in Colour},
        returns=actions.returns_of(action) if action.is_all_agency else None,
        parts=parts,
        parts_hidden=actions.count_of_parts(action) - len(parts) if action.is_all_agency else 0,
    )


def owed_acknowledgement(action: Action, on: date) -> Acknowledgement | None:
    """The acknowledgement that is owed on a day; None where none is."""
    since = action.unacknowledged_since
    return acknowledgement(since, on, working_days()) if since is not None else None


def matters_of_course(action: Action, reader: PersonFacts, on: date) -> list[Matter]:
    """What waits because of the course of the action: an answer, an acknowledgement, another look."""
    found = []
    deciding = deciders.of_course(action)
    is_us = reader.id in {each.id for each in deciding}
    whom = names(deciding) if deciding else "Independent chair"
    waiting = action.waiting_not_for_us
    if waiting is not None and Status(action.status) not in CLOSED:
        found.append(Matter(whom, waiting.said_on, "to decide who does it", action.ref, is_us))
    owed = owed_acknowledgement(action, on)
    if owed is not None:
        is_theirs = action.agency_id in {reader.agency_id, *reader.leads}
        agency = action.agency.short_name
        found.append(
            Matter(agency, owed.asked_on, "to acknowledge it", action.ref, is_theirs, owed.days_late > 0)
        )
    if action.review_on is not None and action.review_on <= on:
        found.append(Matter(whom, action.review_on, "to look at it again", action.ref, is_us))
    return found


def _acknowledged(action: Action, on: date) -> tuple[str, bool]:
    calendar = working_days()
    if action.acknowledged_on is not None:
        since = asked_on(action)
        late = acknowledged_late(since, action.acknowledged_on, calendar) if since else 0
        return f"{date_long(action.acknowledged_on)}{_days_late(late)}", late > 0
    owed = owed_acknowledgement(action, on)
    if owed is None:
        return "", False
    return f"Not yet; asked for by {date_long(owed.by_on)}{_days_late(owed.days_late)}", owed.days_late > 0


def _days_late(count: int) -> str:
    return f", {count} working day{'' if count == 1 else 's'} late" if count else ""


def _neighbours(action: Action, facts: PersonFacts) -> list[Neighbour]:
    found: dict[str, list[str]] = defaultdict(list)
    if action.parent is not None:
        found["The part of one agency in"].append(action.parent.ref)
    for row in action.successions:
        label = SuccessionKind(row.kind).label
        words = label if action.status == Status.SUPERSEDED else f"Until it was reopened: {label.lower()}"
        found[words].append(row.successor.ref)
    for row in action.predecessors:
        found[_CAME[SuccessionKind(row.kind)]].append(row.action.ref)
    opens = actions.readable({ref for refs in found.values() for ref in refs}, facts)
    return [
        Neighbour(words, [ref for ref in refs if ref in opens], sum(ref not in opens for ref in refs))
        for words, refs in found.items()
    ]


def _can(move: Move) -> Callable[[Action], bool]:
    return lambda action: move in moves_from(Status(action.status))


def _is_open(action: Action) -> bool:
    return Status(action.status) in OPEN


def _is_agreed(action: Action) -> bool:
    return Status(action.status) not in CLOSED and action.status != Status.DRAFT


def _stands_alone(action: Action) -> bool:
    return _is_agreed(action) and not action.is_all_agency and action.parent_id is None


#: What else can be done: the words, the page, the verb it asks for, and where the action has to stand.
_MORE: tuple[tuple[str, str, str, Callable[[Action], bool]], ...] = (
    ("Say it is not for us", "actions.say_not_for_us", "action.say_not_for_us", _is_open),
    ("Reassign", "actions.reassign", "action.reassign", _is_agreed),
    ("Put on hold", "actions.hold", "action.decide_course", _can(Move.HOLD)),
    ("Escalate externally", "actions.escalate", "action.decide_course", _can(Move.ESCALATE)),
    ("Declare a colour", "actions.declare_colour", "action.override_colour", _is_open),
    ("Split", "actions.split", "action.decide_course", _stands_alone),
    ("Merge others into it", "actions.merge", "action.decide_course", _stands_alone),
    ("Mark as superseded", "actions.supersede", "action.decide_course", _can(Move.SUPERSEDE)),
    (
        "Close as not implemented",
        "actions.close_not_implemented",
        "action.close_not_implemented",
        _can(Move.CLOSE_NOT_IMPLEMENTED),
    ),
    ("Withdraw", "actions.withdraw_action", "action.decide_course", _is_agreed),
    ("Reopen", "actions.reopen", "action.reopen", _can(Move.REOPEN)),
)


def more_moves(action: Action) -> list[tuple[str, str]]:
    """What else the person may do about the action: the words and the address of each page."""
    return [
        (words, url_for(endpoint, ref=action.ref))
        for words, endpoint, verb, fits in _MORE
        if fits(action) and may(verb, action)
    ]
