"""Whether a panel is quorate: how many attended, and whether every profession and agency was there.

Members count, and those who come in a member's place. An invited expert advises, and counts for nothing.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from app.core import checks
from app.core.errors import RuleBroken

#: A panel of more than this has no least number; a larger one is a slip of the hand.
MOST_ASKED_FOR = 60


class NotQuorate(RuleBroken):
    """Too few attended, or somebody who has to be there was not."""


class StoodForNobody(RuleBroken):
    """Somebody who was not there is said to have stood for a profession."""


class QuorumNotUsable(RuleBroken):
    """The rule asks for a number that no panel has, or begins on a day that another rule begins on."""


@dataclass(frozen=True)
class Part:
    """A profession or agency that has to be there; ``agency_id`` is null for a profession."""

    label: str
    agency_id: int | None = None


@dataclass(frozen=True)
class Quorum:
    """One version of the rule; ``group_id`` is null where it is for every group without one of its own."""

    group_id: int | None
    in_force_from: date
    least: int
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Present:
    """Somebody who attended: for whom, and whether they count."""

    agency_id: int | None
    stood_for: frozenset[str] = frozenset()
    counts: bool = True


def quorum_on(versions: Iterable[Quorum], *, group_id: int, meets_on: date) -> Quorum | None:
    """The rule a panel of a group has on its day: the youngest by then, the group's own before the general.

    None where none was in force.
    """
    held = [each for each in versions if each.in_force_from <= meets_on]
    own = [each for each in held if each.group_id == group_id]
    general = [each for each in held if each.group_id is None]
    return max(own or general, key=lambda each: each.in_force_from, default=None)


def lacks(quorum: Quorum | None, present: Collection[Present]) -> list[str]:
    """What a panel lacks to be quorate, each in a sentence; nothing where it is, or where no rule holds."""
    if quorum is None:
        return []
    counting = [each for each in present if each.counts]
    found = []
    if len(counting) < quorum.least:
        number = "Nobody" if not counting else f"{len(counting)} of those who count"
        found.append(f"{number} attended, and at least {quorum.least} have to.")
    for part in quorum.parts:
        if not any(_stands_for(each, part) for each in counting):
            found.append(f"Nobody attended for: {part.label}.")
    return found


def _stands_for(each: Present, part: Part) -> bool:
    if part.agency_id is not None:
        return each.agency_id == part.agency_id
    return part.label in each.stood_for


def check_stood_for(stood_for: Collection[str], *, attended: bool, field: str) -> None:
    """Check that whoever stood for a profession was there. Raises StoodForNobody."""
    if stood_for and not attended:
        raise StoodForNobody(f"Who did not attend stood for nobody: {', '.join(stood_for)}", field)


def check_may_decide(is_quorate: bool | None, without_quorum_reason: str | None) -> None:
    """Check that a panel may complete reviews: it was quorate, or its chair says why it decides.

    Raises NotQuorate.
    """
    if is_quorate is None:
        raise NotQuorate("Record first who attended and that the panel was held")
    if not is_quorate and not without_quorum_reason:
        raise NotQuorate("The panel was not quorate, so it decides nothing unless its chair records why")


def check_rule(least: str | None, labels: Sequence[str]) -> int:
    """The least number that was entered. Raises QuorumNotUsable, NumberNotUsable, WordsMissing."""
    number = checks.whole_number(least, field="least_attendance")
    if number is None:
        raise checks.WordsMissing("Enter how many have to attend, for example 5", "least_attendance")
    if number > MOST_ASKED_FOR:
        raise QuorumNotUsable(f"Enter a number up to {MOST_ASKED_FOR}", "least_attendance")
    if len({label.casefold() for label in labels}) != len(labels):
        raise QuorumNotUsable("Enter each profession once", "professions")
    return number


def check_begins(begins_on: date, taken: Collection[date], *, today: date) -> None:
    """Check that a rule may begin on a day: not before today, for panels keep the rule they were held under.

    Raises QuorumNotUsable.
    """
    if begins_on < today:
        raise QuorumNotUsable("Enter today or a later day: panels that met keep their rule", "in_force_from")
    if begins_on in set(taken):
        raise QuorumNotUsable("Another rule begins on that day. Enter a later one", "in_force_from")
