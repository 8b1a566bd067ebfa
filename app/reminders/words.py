"""How reminders are put into words, as pure functions on plain values.

References, counts and dates only: mail may be read by anybody on its way.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from app.core.filters import date_long, plural, working_days_late
from app.core.working_days import WorkingDays
from app.reminders.planning import ACTION, AGENCY_RETURN, IMPACT_LOOK, SIGN_OFF, Item
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


@dataclass(frozen=True)
class Noun:
    """What something that is owed is called, where its page is, and what to do where one cannot do it."""

    one: str
    article: str
    #: What follows "you" where somebody owes it: ``own`` these actions.
    owe: str
    #: The button of what one owes, and of what others owe.
    do: str
    see: str
    #: How the address of its page begins.
    address: str
    can_not: str


_ACTION = Noun(
    one="action",
    article="an",
    owe="own",
    do="Update your",
    see="See the",
    address="/actions/",
    can_not="Can’t do {it}? Open it and ask for more time, or say it is not for you.",
)
_RETURN = Noun(
    one="agency return",
    article="an",
    owe="answer",
    do="Answer your",
    see="See the",
    address="/returns/",
    can_not="Returned it already, or not for you? Open it and say so: it takes a minute.",
)


def noun(kind: str) -> Noun:
    """What something of a kind is called; what hangs on an action is told as the action."""
    return _RETURN if kind == AGENCY_RETURN else _ACTION


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
    """The subject of a message: a count of actions and returns, and how pressing they are."""
    everything = list(owed)
    lateness = {one.ref: one.lateness(on) for one in everything}
    if not lateness:
        return f"{plural(undelivered, 'message')} could not be delivered"
    needs = f"{_counted(everything)} {'needs' if len(lateness) == 1 else 'need'}"
    for worst, words in ((Lateness.OVERDUE, "overdue"), (Lateness.TODAY, "due today")):
        number = sum(found is worst for found in lateness.values())
        if number:
            which = "" if len(lateness) == 1 else "all " if number == len(lateness) else f"{number} "
            return f"{needs} you: {which}{words}"
    return f"{needs} you: due soon"


def _counted(owed: Sequence[Owed]) -> str:
    """How many of each: ``2 actions and 1 agency return``."""
    refs: dict[str, set[str]] = {}
    for one in owed:
        refs.setdefault(noun(one.kind).one, set()).add(one.ref)
    return _listed([plural(len(refs[each.one]), each.one) for each in (_ACTION, _RETURN) if each.one in refs])


def button(owed: Sequence[Owed]) -> tuple[str, str]:
    """The words of a message's button, and the path it leads to.

    One return that the person answers themselves is led to at once; all else is found on their home.
    """
    refs = {one.ref for one in owed}
    if not refs:
        return "Open the tracker", "/"
    returns = {one.ref for one in owed if one.kind == AGENCY_RETURN}
    owns_some = any(_is_ones_own(one) for one in owed)
    if returns and returns != refs:
        return ("Open what you owe" if owns_some else "See what is owed"), "/"
    named = _RETURN if returns else _ACTION
    words = f"{named.do if owns_some else named.see} {named.one}{'' if len(refs) == 1 else 's'}"
    is_single = owns_some and len(returns) == 1
    return words, f"{named.address}{next(iter(returns))}" if is_single else "/"


def can_not(owed: Sequence[Owed]) -> str:
    """What to do where one cannot do what one owes; empty where one owes nothing oneself."""
    owes = {noun(one.kind).one for one in owed if _is_ones_own(one)}
    it = "it" if len({one.ref for one in owed}) == 1 else "one of these"
    return " ".join(each.can_not.format(it=it) for each in (_ACTION, _RETURN) if each.one in owes)


def _is_ones_own(one: Owed) -> bool:
    """Whether the person owes it themselves, or stands in for whoever does."""
    return one.tier in {Tier.OWNER, Tier.DEPUTY} and one.kind in {ACTION, AGENCY_RETURN} and not one.stands_in


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
    reasons = []
    for kind in (ACTION, AGENCY_RETURN):
        owned = [one for one in of_tier[Tier.OWNER] if noun(one.kind) is noun(kind)]
        if not owned:
            continue
        refs = {one.ref for one in owned}
        of_kind = {one.ref for one in owed if noun(one.kind) is noun(kind)}
        which = owns(kind, len(refs), is_some=refs < of_kind)
        reasons.append(f"{which} for {_names(one.agency for one in owned)}")
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


def owns(kind: str, number: int, *, is_some: bool = False) -> str:
    """That somebody owes so many of a kind: ``own these actions``, ``answer this agency return``."""
    called = noun(kind)
    if is_some:
        return f"{called.owe} some of these {called.one}s"
    return f"{called.owe} this {called.one}" if number == 1 else f"{called.owe} these {called.one}s"


def _names(names: Iterable[str]) -> str:
    return _listed(list(dict.fromkeys(names)))


def _listed(parts: Sequence[str]) -> str:
    """Parts as prose lists them: ``a, b and c``."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
