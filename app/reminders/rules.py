"""The reminder ladder: which rungs are due on a day, and on which days nothing is sent.

Due means reached, never met to the day: a day without a run delays a rung and loses nothing.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from app.core.working_days import WorkingDays


class Tier(StrEnum):
    """To whom a rung speaks."""

    OWNER = "owner"
    DEPUTY = "deputy"
    AGENCY_LEAD = "agency_lead"
    BOARD_MEMBER = "board_member"
    GROUP_CHAIR = "group_chair"
    INDEPENDENT_CHAIR = "independent_chair"
    BOARD_MANAGER = "board_manager"


@dataclass(frozen=True)
class Rung:
    """One step of the ladder, in calendar days from the present due date.

    With ``every_days`` it repeats for as long as the matter is owed; each repeat is a rung of its own.
    """

    name: str
    offset_days: int
    tier: Tier
    every_days: int | None = None

    def __post_init__(self) -> None:
        if self.every_days is not None and self.every_days < 1:
            raise ValueError(f"The rung ‘{self.name}’ must repeat every day or less often.")


@dataclass(frozen=True)
class DueRung:
    """A rung that is due: the name it is remembered by, and the day it fell due."""

    name: str
    tier: Tier
    offset_days: int
    due_on: date
    fell_due_on: date


def rung_name(tier: Tier, offset_days: int) -> str:
    """The name of a rung by its place on the ladder, for example ``owner-28`` or ``deputy+8``."""
    return f"{tier.value}{offset_days:+d}"


def due_rungs(
    rungs: Iterable[Rung], due_on: date, on: date, already: Collection[str], opened_on: date
) -> list[DueRung]:
    """The rungs to send on this day: for each tier by itself, at most the latest it has reached.

    1. Before the matter is opened nothing is due; what the ladder has passed by then falls due that day.
    2. Of the rungs a tier has reached only the latest counts, so a week without runs sends one, not five.
    3. A rung is sent only if it stands later on the ladder than everything sent to that tier ``already``
       for this due date.

    Listed from the earliest rung to the latest.
    """
    if on < opened_on:
        return []
    latest: dict[Tier, DueRung] = {}
    known = tuple(rungs)
    for rung in known:
        reached = _latest_reached(rung, due_on, on, opened_on)
        if reached is None:
            continue
        best = latest.get(reached.tier)
        if best is None or reached.offset_days > best.offset_days:
            latest[reached.tier] = reached
    sent = _latest_sent(known, already)
    due = [rung for tier, rung in latest.items() if tier not in sent or rung.offset_days > sent[tier]]
    return sorted(due, key=lambda rung: (rung.offset_days, list(Tier).index(rung.tier)))


def _latest_reached(rung: Rung, due_on: date, on: date, opened_on: date) -> DueRung | None:
    """The rung, or the latest of its repeats, that has been reached; None before the first."""
    beyond = (on - due_on).days - rung.offset_days
    if beyond < 0:
        return None
    repeats = beyond // rung.every_days if rung.every_days else 0
    offset_days = rung.offset_days + repeats * (rung.every_days or 0)
    name = rung_name(rung.tier, offset_days) if repeats else rung.name
    fell_due_on = max(due_on + timedelta(days=offset_days), opened_on)
    return DueRung(name, rung.tier, offset_days, due_on, fell_due_on)


def _latest_sent(rungs: Collection[Rung], already: Collection[str]) -> dict[Tier, int]:
    """How far up the ladder each tier has been reminded, by the names of the rungs sent."""
    latest: dict[Tier, int] = {}
    for tier, offset_days in _places(rungs, already):
        latest[tier] = max(offset_days, latest.get(tier, offset_days))
    return latest


_NAMED_BY_PLACE = re.compile(rf"({'|'.join(Tier)})([+-][0-9]+)")


def tier_of_rung(name: str) -> Tier:
    """The tier a rung speaks to, by its name; the owner where it is not named by its place."""
    found = _NAMED_BY_PLACE.fullmatch(name)
    return Tier(found[1]) if found else Tier.OWNER


def _places(rungs: Collection[Rung], names: Collection[str]) -> Iterator[tuple[Tier, int]]:
    """The places of rungs by their names, also of repeats and of rungs since taken off the ladder."""
    by_name = {rung.name: (rung.tier, rung.offset_days) for rung in rungs}
    for name in names:
        if name in by_name:
            yield by_name[name]
        elif match := _NAMED_BY_PLACE.fullmatch(name):
            yield Tier(match[1]), int(match[2])


@dataclass(frozen=True)
class QuietPeriod:
    """Days of every year on which nothing is sent, both ends included; it may run over New Year.

    Raises ValueError for a day that no year has.
    """

    from_month: int
    from_day: int
    to_month: int
    to_day: int

    def __post_init__(self) -> None:
        for month, day in (self._start, self._end):
            # A leap year, so that 29 February may be an end.
            date(2000, month, day)

    def covers(self, day: date) -> bool:
        """Whether this day is in the period, in whichever year."""
        place = (day.month, day.day)
        if self._start <= self._end:
            return self._start <= place <= self._end
        return place >= self._start or place <= self._end

    def __str__(self) -> str:
        start, end = date(2000, *self._start), date(2000, *self._end)
        return f"{start.day} {start:%B} to {end.day} {end:%B}"

    @property
    def _start(self) -> tuple[int, int]:
        return self.from_month, self.from_day

    @property
    def _end(self) -> tuple[int, int]:
        return self.to_month, self.to_day


def why_quiet(on: date, working_days: WorkingDays, quiet_periods: Iterable[QuietPeriod]) -> str | None:
    """Why nothing is queued on this day, in one sentence; None when reminders go out."""
    written = f"{on:%A} {on.day} {on:%B} {on.year}"
    if not working_days.is_working_day(on):
        return f"{written} is not a working day"
    for period in quiet_periods:
        if period.covers(on):
            return f"{written} is in the quiet period from {period}"
    return None
