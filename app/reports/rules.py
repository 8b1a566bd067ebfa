"""What threads and homes reckon from plain values: days between steps, and who has the ball."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby

from app.actions.rules.impact import STATED_WHILE
from app.actions.rules.lifecycle import OPEN, Status
from app.core.working_days import WorkingDays


@dataclass(frozen=True)
class Mark:
    """Something that a thread passes on its way, and the day it did or will; no day while nobody knows."""

    name: str
    on: date | None = None
    #: What is said beside the day, for example "11 working days late".
    note: str = ""
    #: Whether the day has passed and what it asked for has not happened.
    is_missed: bool = False
    #: What is said where nobody knows the day itself, which then only puts the mark in order: its month.
    in_words: str = ""


@dataclass(frozen=True)
class Step:
    """A mark on the band: how long after the one before it, and whether the thread has come so far."""

    name: str
    on: date | None
    #: Days since the mark before; None for the first and for marks without a day.
    days: int | None
    #: ``done``, ``now``, ``ahead`` or ``late``.
    state: str
    note: str
    #: What is said instead of the day, for example the month that it fell in.
    in_words: str = ""


def band(marks: Iterable[Mark], on: date) -> list[Step]:
    """The way of a thread from its first mark to its last, as it stands on a day.

    1. Marks with a day come in the order of their days; those of one day stand together as one.
    2. Marks without a day follow, in the order they were named.
    3. What the day has not reached yet lies ahead; what was missed is late.
    4. The last mark reached is where the thread is now, unless nothing lies ahead of it.
    """
    named = list(marks)
    known = sorted((mark for mark in named if mark.on), key=lambda mark: mark.on or date.max)
    together = [
        _together(list(marks)) for _, marks in groupby(known, key=lambda mark: (mark.on, mark.in_words))
    ]
    in_order = [*together, *(mark for mark in named if mark.on is None)]
    reached = sum(mark.on is not None and mark.on <= on for mark in in_order)
    steps: list[Step] = []
    before: date | None = None  # Of the last mark whose day is known.
    for place, mark in enumerate(in_order):
        if mark.is_missed:
            state = "late"
        elif place >= reached:
            state = "ahead"
        else:
            state = "now" if place == reached - 1 and reached < len(in_order) else "done"
        day = None if mark.in_words else mark.on
        days = (day - before).days if day is not None and before is not None else None
        steps.append(Step(mark.name, day, days, state, mark.note, mark.in_words))
        before = day or before
    return steps


def _together(marks: Sequence[Mark]) -> Mark:
    """The marks of one day as one."""
    first, *others = (mark.name for mark in marks)
    return Mark(
        ", ".join([first, *(name[:1].lower() + name[1:] for name in others)]),
        marks[0].on,
        ", ".join(mark.note for mark in marks if mark.note),
        any(mark.is_missed for mark in marks),
        marks[0].in_words,
    )


@dataclass(frozen=True)
class Matter:
    """One thing that somebody has to do before a thread can go on."""

    #: Who has the ball, and whether that is whoever reads this.
    whom: str
    since: date
    #: What is waited for, for example "to decide the sign-off".
    what: str
    #: The record it is about.
    ref: str
    is_us: bool = False
    #: Whether a date was missed; a decision that waits has none.
    is_late: bool = False


@dataclass(frozen=True)
class Waiting:
    """Everything that waits on one body, and for how many working days the oldest of it has waited."""

    whom: str
    working_days: int
    matters: tuple[Matter, ...]
    is_us: bool
    is_late: bool


def waiting_on(matters: Iterable[Matter], on: date, calendar: WorkingDays) -> list[Waiting]:
    """On whom a thread waits, whoever has kept it waiting longest first."""
    by_body: dict[str, list[Matter]] = defaultdict(list)
    for matter in matters:
        by_body[matter.whom].append(matter)
    found = []
    for whom, theirs in by_body.items():
        theirs.sort(key=lambda matter: (matter.since, matter.ref))
        found.append(
            Waiting(
                whom=whom,
                working_days=max(0, calendar.between(theirs[0].since, on)),
                matters=tuple(theirs),
                is_us=any(matter.is_us for matter in theirs),
                is_late=any(matter.is_late for matter in theirs),
            )
        )
    return sorted(found, key=lambda waiting: (-waiting.working_days, waiting.whom))


@dataclass(frozen=True)
class Reminded:
    """How many times somebody was reminded of a matter, and when last."""

    times: int
    last_on: date


def reminded(days: Iterable[date]) -> Reminded | None:
    """How often reminders went out: those of one day, to however many people, count once. None for never."""
    known = set(days)
    return Reminded(len(known), max(known)) if known else None


_PLACE = re.compile(r"[a-z_]+([+-]\d+)")


def rung_in_words(rung: str) -> str:
    """When a rung of the ladder speaks: ``28 days before it was due``, ``on the day it was due``.

    Nothing for a rung that is not named by its place.
    """
    found = _PLACE.fullmatch(rung)
    if found is None:
        return ""
    days = int(found[1])
    if days == 0:
        return "on the day it was due"
    count = "1 day" if abs(days) == 1 else f"{abs(days)} days"
    return f"{count} {'after' if days > 0 else 'before'} it was due"


class NextStep(StrEnum):
    """What a person can do next about an action; a page offers one of them first."""

    AGREE = "agree"
    DECIDE_SIGN_OFF = "decide_sign_off"
    DECIDE_EXTENSION = "decide_extension"
    ANSWER_NOT_FOR_US = "answer_not_for_us"
    RESUME = "resume"
    BRING_BACK = "bring_back"
    ACKNOWLEDGE = "acknowledge"
    REASSIGN = "reassign"
    SEND_FOR_SIGN_OFF = "send_for_sign_off"
    UPDATE = "update"
    ADD_EVIDENCE = "add_evidence"
    ASK_FOR_MORE_TIME = "ask_for_more_time"
    CONFIRM_IMPACT = "confirm_impact"
    SHOW_IMPACT = "show_impact"


@dataclass(frozen=True)
class Chances:
    """What a person may do about an action, and what the choice between the steps depends on."""

    status: Status
    may: frozenset[str]
    has_new_evidence: bool = False
    has_waiting_extension: bool = False
    is_said_not_for_us: bool = False
    #: Whether a difference is stated that nobody has confirmed or returned yet.
    has_waiting_impact: bool = False
    owes_acknowledgement: bool = False
    #: Whether the person owns it, or stands in for its owner.
    is_theirs: bool = True
    #: Whether nobody owns it, or its owner has left.
    is_nobodys: bool = False


#: The verb of the policy behind each step.
VERBS = {
    NextStep.AGREE: "action.agree",
    NextStep.DECIDE_SIGN_OFF: "action.decide_sign_off",
    NextStep.DECIDE_EXTENSION: "action.decide_extension",
    NextStep.ANSWER_NOT_FOR_US: "action.decide_course",
    NextStep.RESUME: "action.decide_course",
    NextStep.BRING_BACK: "action.decide_course",
    NextStep.ACKNOWLEDGE: "action.acknowledge",
    NextStep.REASSIGN: "action.reassign",
    NextStep.SEND_FOR_SIGN_OFF: "action.send_for_sign_off",
    NextStep.UPDATE: "action.update",
    NextStep.ADD_EVIDENCE: "action.update",
    NextStep.ASK_FOR_MORE_TIME: "action.ask_for_more_time",
    NextStep.CONFIRM_IMPACT: "action.confirm_impact",
    NextStep.SHOW_IMPACT: "action.show_impact",
}


def next_steps(chances: Chances) -> list[NextStep]:
    """What the person can do next, the main step first; nothing where the step is somebody else's.

    Decisions come before work: while they wait, nobody else can go on. Once there is proof that nobody has
    judged yet, sending it is the next step; until then an update is. Whoever leads the agency may acknowledge
    for its owner, but what falls to them first is to see that somebody has it; so it is where its owner left.
    """
    return [step for step in _in_order(chances) if VERBS[step] in chances.may]


def _in_order(chances: Chances) -> Sequence[NextStep]:
    if chances.status is Status.DRAFT:
        return (NextStep.AGREE,)
    if chances.status is Status.SUBMITTED:
        return (NextStep.DECIDE_SIGN_OFF,)
    answers = [NextStep.ANSWER_NOT_FOR_US] if chances.is_said_not_for_us else []
    if chances.status is Status.ON_HOLD:
        return [*answers, NextStep.RESUME]
    if chances.status is Status.ESCALATED:
        return [*answers, NextStep.BRING_BACK]
    if chances.status in STATED_WHILE:
        return (NextStep.CONFIRM_IMPACT if chances.has_waiting_impact else NextStep.SHOW_IMPACT,)
    if chances.status not in OPEN:
        return ()
    return [*answers, *_while_open(chances)]


def _while_open(chances: Chances) -> Sequence[NextStep]:
    steps = [NextStep.UPDATE, NextStep.ADD_EVIDENCE]
    if chances.is_nobodys:
        steps.insert(0, NextStep.REASSIGN)
    elif chances.owes_acknowledgement and chances.is_theirs:
        steps.insert(0, NextStep.ACKNOWLEDGE)
    elif chances.owes_acknowledgement and VERBS[NextStep.ACKNOWLEDGE] in chances.may:
        steps = [NextStep.REASSIGN, *steps, NextStep.ACKNOWLEDGE]
    if chances.has_waiting_extension:
        steps.insert(0, NextStep.DECIDE_EXTENSION)
    else:
        steps.append(NextStep.ASK_FOR_MORE_TIME)
    if chances.has_new_evidence:
        steps.insert(steps.index(NextStep.UPDATE), NextStep.SEND_FOR_SIGN_OFF)
    else:
        steps.append(NextStep.SEND_FOR_SIGN_OFF)
    return steps


class Bucket(StrEnum):
    """Where a matter stands on the home of whoever owes it."""

    OVERDUE = "overdue"
    RETURNED = "returned"
    SOON = "soon"
    LATER = "later"
    WAITING_ON_OTHERS = "waiting_on_others"


#: How many days ahead an agency looks.
SOON_DAYS = 28


def bucket(status: Status, due_on: date | None, on: date, *, is_returned: bool = False) -> Bucket:
    """Where an action that is owed, or was sent for sign-off, stands on a home; each stands in one place.

    What is overdue stands there even when it was returned.
    """
    if status is Status.SUBMITTED:
        return Bucket.WAITING_ON_OTHERS
    if due_on is not None and due_on < on:
        return Bucket.OVERDUE
    if is_returned:
        return Bucket.RETURNED
    is_soon = due_on is not None and due_on <= on + timedelta(days=SOON_DAYS)
    return Bucket.SOON if is_soon else Bucket.LATER


@dataclass(frozen=True)
class Happening:
    """One line of a timeline."""

    business_on: date
    line: str
    actor_name: str = ""
    is_read: bool = False
    #: What was done, in the policy's words; empty where the record itself tells it.
    verb: str = ""


#: How the verbs of finished records taken over from a file end.
LOADING = ".load"
#: More of them than this, one after the other, are told as one.
MOST_ALIKE = 3


def folded(happenings: Iterable[Happening]) -> list[Happening]:
    """The same timeline with records loaded together told in one line, so that a load drowns nothing."""
    told = []
    for _, run in groupby(happenings, key=lambda each: (each.business_on, each.actor_name, each.verb)):
        alike = list(run)
        first = alike[0]
        if len(alike) <= MOST_ALIKE or not first.verb.endswith(LOADING):
            told += alike
            continue
        line = f"{first.line}, and {len(alike) - 1} more like it"
        told.append(Happening(first.business_on, line, first.actor_name, first.is_read, first.verb))
    return told


def percent(part: int, whole: int) -> int | None:
    """A share in whole percent, half up; nothing where there is nothing to share."""
    return (200 * part + whole) // (2 * whole) if whole else None


def median_slip(moved: Sequence[int], count: int) -> int:
    """The middle slip in days of ``count`` actions, of which only those that moved are given; half up.

    The others slipped by 0 days. 0 for no actions.
    """
    slips = sorted([*moved, *[0] * (count - len(moved))])
    if not slips:
        return 0
    middle = len(slips) // 2
    if len(slips) % 2:
        return slips[middle]
    return (slips[middle - 1] + slips[middle] + 1) // 2
