"""How reminders are put into words, as pure functions on plain values.

References, counts and dates only: mail may be read by anybody on its way.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from app.core.filters import date_long, plural, working_days_late
from app.core.working_days import WorkingDays
from app.reminders.planning import ACTION, IMPACT_LOOK, SIGN_OFF, Item
from app.reminders.rules import Tier, tier_of_rung

TIER_NAMES = {
    Tier.OWNER: "owner",
    Tier.DEPUTY: "deputy",
    Tier.AGENCY_LEAD: "agency lead",
    Tier.BOARD_MEMBER: "board member for the agency",
    Tier.GROUP_CHAIR: "chair of the sub-group",
    Tier.INDEPENDENT_CHAIR: "independent chair",
    Tier.BOARD_MANAGER: "board manager",
}

#: What follows "Overdue" in the heading over what reaches a tier.
_HEADING_ENDS = {
    Tier.OWNER: "",
    Tier.DEPUTY: ", with you standing in",
    Tier.AGENCY_LEAD: " in your agency",
    Tier.BOARD_MEMBER: " in your agency, brought to you as its board member",
    Tier.GROUP_CHAIR: ", brought to you as chair of the sub-group",
    Tier.INDEPENDENT_CHAIR: ", brought to you as independent chair",
    Tier.BOARD_MANAGER: ", brought to you as board manager",
}

STANDING_IN = "Nobody holds the role to remind, so this comes to you as {role}."
#: In whose place somebody stands in: the board manager's duty, and the independent chair's after them.
BOARD_MANAGER, INDEPENDENT_CHAIR = "board manager", "independent chair"

#: Whom a tier reaches about a sign-off, which waits on those who decide it.
_DECIDING = {
    Tier.OWNER: "those who decide the sign-off",
    Tier.DEPUTY: "the deputy of those who decide the sign-off",
    Tier.GROUP_CHAIR: "the board manager, who may decide the sign-off",
    Tier.INDEPENDENT_CHAIR: "the independent chair, about the sign-off",
}
#: What is said before the date, by the kind of what is due.
_WHAT = {IMPACT_LOOK: "look at the difference it made, ", SIGN_OFF: "decide the sign-off, "}


class Lateness(IntEnum):
    """Where a due date lies, seen from the day of the message; the most urgent first."""

    OVERDUE = 0
    TODAY = 1
    SOON = 2

    @property
    def heading(self) -> str:
        """As headings begin."""
        return ("Overdue", "Due today", "Due soon")[self]


@dataclass(frozen=True)
class Owed:
    """One thing to tell a person: which subject, due when, and why them."""

    ref: str
    due_on: date
    tier: Tier
    stands_in: bool
    agency: str
    group: str
    kind: str = ACTION
    #: For whom a deputy gets it: their names.
    on_behalf_of: tuple[str, ...] = ()

    def lateness(self, on: date) -> Lateness:
        """How urgent it is on this day."""
        if self.due_on < on:
            return Lateness.OVERDUE
        return Lateness.TODAY if self.due_on == on else Lateness.SOON


@dataclass(frozen=True)
class Line:
    """A reference, and what is said of it."""

    ref: str
    words: str
    is_late: bool

    @property
    def row(self) -> tuple[str, str, bool]:
        """As the lines of a message in HTML take it."""
        return (self.ref, self.words, self.is_late)


@dataclass(frozen=True)
class Section:
    """Lines under a heading, with a sentence above them where one is needed."""

    heading: str
    lines: tuple[Line, ...]
    note: str = ""


def timeline_line(item: Item) -> str:
    """What stands on the subject's timeline: ``Reminded the owner: overdue (8 days after the due date)``."""
    name = TIER_NAMES[item.tier]
    whom = f"the {name}"
    if item.is_deputys:
        whom = f"the deputy of the {TIER_NAMES[tier_of_rung(item.rung)]}"
    elif item.kind == SIGN_OFF and item.tier in _DECIDING:
        whom = _DECIDING[item.tier]
    if item.stands_in:
        whom = f"the board manager, as there is no {name}"
    what = {IMPACT_LOOK: "a look at the difference it made, ", SIGN_OFF: "the sign-off, "}.get(item.kind, "")
    return f"Reminded {whom}: {what}{_when(item.offset_days)}"


def _when(offset_days: int) -> str:
    if offset_days < 0:
        return f"due soon ({plural(-offset_days, 'day')} before the due date)"
    if offset_days == 0:
        return "due today"
    return f"overdue ({plural(offset_days, 'day')} after the due date)"


def subject(owed: Iterable[Owed], on: date, undelivered: int = 0) -> str:
    """The subject of a message: a count of actions, and how pressing they are."""
    lateness: dict[str, Lateness] = {}
    for one in owed:
        lateness[one.ref] = one.lateness(on)
    if not lateness:
        return f"{plural(undelivered, 'message')} could not be delivered"
    needs = "action needs" if len(lateness) == 1 else "actions need"
    for worst, words in ((Lateness.OVERDUE, "overdue"), (Lateness.TODAY, "due today")):
        number = sum(found is worst for found in lateness.values())
        if number:
            which = "" if len(lateness) == 1 else "all " if number == len(lateness) else f"{number} "
            return f"{len(lateness)} {needs} you: {which}{words}"
    return f"{len(lateness)} {needs} you: due soon"


def sections(
    owed: Sequence[Owed], on: date, calendar: WorkingDays, stands_in_as: str = BOARD_MANAGER
) -> list[Section]:
    """What is owed, under headings: overdue first; of each, one's own before what others owe.

    A subject that reaches the person in two ways is said once, in the way that is most their own. Where they
    stand in, each role that nobody holds is named.
    """
    own: dict[tuple[str, str], Owed] = {}
    stood_in: dict[tuple[str, str], list[Owed]] = {}
    for one in sorted(owed, key=lambda one: list(Tier).index(one.tier)):
        if one.stands_in:
            stood_in.setdefault((one.ref, one.kind), []).append(one)
        else:
            own.setdefault((one.ref, one.kind), one)
    found: dict[tuple[Lateness, int], list[Line]] = {}
    for one in own.values():
        place = Tier.OWNER if one.kind == SIGN_OFF and one.tier is not Tier.DEPUTY else one.tier
        key = (one.lateness(on), list(Tier).index(place))
        found.setdefault(key, []).append(_line(one, on, calendar))
    for several in stood_in.values():
        missing = ", ".join(f"no {name}" for name in dict.fromkeys(TIER_NAMES[one.tier] for one in several))
        key = (several[0].lateness(on), len(Tier))
        found.setdefault(key, []).append(_line(several[0], on, calendar, missing))
    return [_section(*key, found[key], stands_in_as) for key in sorted(found)]


def _section(lateness: Lateness, place: int, lines: Sequence[Line], stands_in_as: str) -> Section:
    if place == len(Tier):
        note = STANDING_IN.format(role=stands_in_as)
        return Section(f"{lateness.heading}, with nobody to remind", tuple(lines), note)
    return Section(f"{lateness.heading}{_HEADING_ENDS[list(Tier)[place]]}", tuple(lines))


def _line(owed: Owed, on: date, calendar: WorkingDays, missing: str = "") -> Line:
    words = f"{_WHAT.get(owed.kind, '')}due {date_long(owed.due_on)}"
    late = working_days_late(owed.due_on, on, calendar)
    if late:
        words += f" ({plural(late, 'working day')} late)"
    if missing:
        words += f": {missing}"
    if owed.on_behalf_of:
        words += f", on behalf of {_listed(owed.on_behalf_of)}"
    return Line(owed.ref, words, owed.due_on < on)


def why(owed: Sequence[Owed], stands_in_as: str = BOARD_MANAGER) -> str:
    """Why the person gets the message, in one sentence."""
    reasons = _reasons(owed, stands_in_as) or ["are the board manager"]
    return f"You get this because you {_listed(reasons)}. We send at most one a day, on working days."


def _reasons(owed: Sequence[Owed], stands_in_as: str) -> list[str]:
    waiting = [one for one in owed if one.kind == SIGN_OFF]
    own_work = [one for one in owed if one.kind != SIGN_OFF]
    of_tier = {tier: [one for one in own_work if one.tier is tier and not one.stands_in] for tier in Tier}
    everything = {one.ref for one in owed}
    reasons = []
    if owned := of_tier[Tier.OWNER]:
        refs = {one.ref for one in owned}
        which = "some of these actions" if refs < everything else _these(len(refs))
        reasons.append(f"own {which} for {_names(one.agency for one in owned)}")
    if deputed := [one for one in owed if one.tier is Tier.DEPUTY]:
        principals = list(dict.fromkeys(name for one in deputed for name in one.on_behalf_of))
        reasons.append(
            f"stand in for {_listed(principals)}"
            if principals
            else f"are deputy for {_names(one.agency for one in deputed)}"
        )
    if led := of_tier[Tier.AGENCY_LEAD]:
        reasons.append(f"are agency lead for {_names(one.agency for one in led)}")
    if represented := of_tier[Tier.BOARD_MEMBER]:
        reasons.append(f"sit on the board for {_names(one.agency for one in represented)}")
    if overseen := of_tier[Tier.GROUP_CHAIR]:
        reasons.append(f"chair the {_names(one.group for one in overseen)}")
    if decided := [one for one in waiting if one.tier is not Tier.DEPUTY]:
        reasons.append(f"may decide sign-offs for the {_names(one.group for one in decided)}")
    if of_tier[Tier.INDEPENDENT_CHAIR]:
        reasons.append("are the independent chair")
    if of_tier[Tier.BOARD_MANAGER]:
        reasons.append("are the board manager")
    if any(one.stands_in for one in own_work):
        reasons.append(f"are the {stands_in_as}")
    return list(dict.fromkeys(reasons))


def _these(number: int) -> str:
    return "this action" if number == 1 else "these actions"


def _names(names: Iterable[str]) -> str:
    return _listed(list(dict.fromkeys(names)))


def _listed(parts: Sequence[str]) -> str:
    """Parts as prose lists them: ``a, b and c``."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
