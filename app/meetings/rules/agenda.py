"""The agenda of a panel: its order and times, when it may change, and what its items come to."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import TypeVar

from app.core import checks
from app.core.errors import RuleBroken

Item = TypeVar("Item")

#: How long a death is given unless somebody says otherwise, and at most.
USUAL_MINUTES = 20
MOST_MINUTES = 240


class AgendaFrozen(RuleBroken):
    """The papers were sent: the agenda stays as it was sent."""


class AgendaEmpty(RuleBroken):
    """There is nothing on the agenda to send papers of."""


class NotSent(RuleBroken):
    """No papers were sent."""


class MinutesClosed(RuleBroken):
    """The minutes are closed, and nothing of the meeting changes any more."""


class NotHeld(RuleBroken):
    """The panel was not held, or who attended was not recorded."""


class AlreadyHeld(RuleBroken):
    """The panel was held, so who was asked and what was on the agenda stays as it was."""


class DecidedAlready(RuleBroken):
    """The panel decided about this death."""


class Undecided(RuleBroken):
    """Something on the agenda was not decided."""


class NotAsked(RuleBroken):
    """Nobody of this description was asked to the meeting, or they were asked already."""


def check_open(*, sent_on: date | None, held_on: date | None) -> None:
    """Check that the agenda may change. Raises AgendaFrozen, AlreadyHeld."""
    if held_on is not None:
        raise AlreadyHeld("The panel was held: its agenda stays as it was")
    if sent_on is not None:
        raise AgendaFrozen("The papers were sent, so the agenda stays as it was. Reopen it to change it")


def check_not_closed(closed_on: date | None) -> None:
    """Check that the minutes are open. Raises MinutesClosed."""
    if closed_on is not None:
        raise MinutesClosed("The minutes are closed, and are kept as they were")


def moved(items: Sequence[Item], item: Item, *, up: bool) -> list[Item]:
    """The items with one of them a place further up or down; at either end it stays."""
    order = list(items)
    place = order.index(item)
    other = place - 1 if up else place + 1
    if 0 <= other < len(order):
        order[place], order[other] = order[other], order[place]
    return order


def minutes_for(text: str | None) -> int:
    """How long a death is given. Raises NumberNotUsable, WordsMissing."""
    number = checks.whole_number(text, field="minutes")
    if number is None:
        raise checks.WordsMissing("Enter how many minutes it is given, for example 20", "minutes")
    if number > MOST_MINUTES:
        raise checks.NumberNotUsable(f"Enter up to {MOST_MINUTES} minutes", "minutes")
    return number


def in_hours(minutes: int) -> str:
    """A number of minutes as people say it: "45 minutes", "1 hour 20 minutes"."""
    hours, rest = divmod(minutes, 60)
    said = [f"{hours} hour{'' if hours == 1 else 's'}"] if hours else []
    if rest or not said:
        said.append(f"{rest} minute{'' if rest == 1 else 's'}")
    return " ".join(said)


def check_all_decided(undecided: Collection[str]) -> None:
    """Check that every death on the agenda was completed or deferred. Raises Undecided."""
    if undecided:
        listed = ", ".join(sorted(undecided))
        raise Undecided(f"Decide first about {listed}: completed, or deferred with a reason")
