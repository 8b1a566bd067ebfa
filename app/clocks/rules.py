"""Time limits and the clocks they set: when a step is due, and how it stands on a day. Plain dates only.

The day that starts a clock is day 0. A statutory clock never pauses; a local one may.
"""

import calendar
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from app.core.errors import RuleBroken
from app.core.hooks import Begun
from app.core.working_days import WorkingDays

_HOURS_A_DAY = 24
_DAYS_A_WEEK = 7
_MONTHS_A_YEAR = 12


#: Days that no stage of a case stands for, and that time limits run from or to: what each is called, by code.
BESIDE_STAGES = {
    "returned": "The last agency has answered",
    "reported": "The review meeting was held, and no inquest is waited for",
}


class Unit(StrEnum):
    """What a time limit counts in."""

    HOURS = "hours"
    CALENDAR_DAYS = "calendar_days"
    WORKING_DAYS = "working_days"
    WEEKS = "weeks"
    MONTHS = "months"

    def words(self, amount: int) -> str:
        """So many of them, for example "1 working day" or "48 hours"."""
        word = self.value.replace("_", " ")
        return f"{amount} {word.removesuffix('s') if amount == 1 else word}"


@dataclass(frozen=True)
class Limit:
    """One version of a time limit; ``amount`` is null where the limit was given up."""

    code: str
    label: str
    starts_from: str
    met_by: str
    amount: int | None
    unit: Unit
    is_statutory: bool
    in_force_from: date
    note: str = ""

    @property
    def words(self) -> str:
        """How long it allows, for example "3 months"."""
        return "no limit" if self.amount is None else self.unit.words(self.amount)


@dataclass(frozen=True)
class Pause:
    """That a clock stood still from a day until it ran again; ``resumed_on`` is null while it does."""

    paused_on: date
    resumed_on: date | None = None


class ClockState(StrEnum):
    """How a clock stands."""

    NOT_STARTED = "not_started"
    RUNNING = "running"
    PAUSED = "paused"
    LATE = "late"
    MET = "met"
    MET_LATE = "met_late"


@dataclass(frozen=True)
class Clock:
    """One time limit of one case on one day."""

    limit: Limit
    state: ClockState
    started_on: date | None = None
    #: The last day on which the step is on time; null before the clock starts, and while it is paused.
    target_on: date | None = None
    met_on: date | None = None
    #: How many days after the target the step was taken, or has not been taken yet; in the limit's own days,
    #: working days where it counts in those and calendar days otherwise.
    days_late: int = 0
    #: How many such days are left; 0 on the last day, and where nothing is awaited.
    days_left: int = 0

    @property
    def is_awaited(self) -> bool:
        """Whether the step is still to be taken, and its clock has started."""
        return self.state in (ClockState.RUNNING, ClockState.PAUSED, ClockState.LATE)

    @property
    def counts_working_days(self) -> bool:
        """Whether days late and left are working days."""
        return self.limit.unit is Unit.WORKING_DAYS


def limits_of_a_case(versions: Iterable[Limit], began_on: date) -> list[Limit]:
    """The limits a case keeps: of each code the version in force on the day the case began.

    A limit that was given up by then, or is younger than the case, does not hold for it. In the order given.
    """
    kept: dict[str, Limit] = {}
    for version in versions:
        if version.in_force_from > began_on:
            continue
        held = kept.get(version.code)
        if held is None or version.in_force_from >= held.in_force_from:
            kept[version.code] = version
    return [limit for limit in kept.values() if limit.amount is not None]


def months_after(day: date, count: int) -> date:
    """The same day of the month so many months on; the month's last where it has no such day.

    Three months after 30 November is 28 February, or 29 in a leap year. Raises ValueError beyond year 9999.
    """
    months = day.year * _MONTHS_A_YEAR + day.month - 1 + count
    year, month = divmod(months, _MONTHS_A_YEAR)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def target_of(limit: Limit, started_on: date, working_days: WorkingDays) -> date:
    """The last day on which the step is on time, where the clock never stands still.

    Hours are held as whole days, since no time of day is held: 48 hours are two days. Raises ValueError for
    a limit that was given up.
    """
    if limit.amount is None:
        raise ValueError(f"The time limit ‘{limit.code}’ was given up.")
    match limit.unit:
        case Unit.WORKING_DAYS:
            return working_days.add(started_on, limit.amount)
        case Unit.MONTHS:
            return months_after(started_on, limit.amount)
        case Unit.WEEKS:
            return started_on + timedelta(days=limit.amount * _DAYS_A_WEEK)
        case Unit.HOURS:
            return started_on + timedelta(days=-(-limit.amount // _HOURS_A_DAY))
        case Unit.CALENDAR_DAYS:
            return started_on + timedelta(days=limit.amount)


def clock(
    limit: Limit,
    dates: Mapping[str, date],
    *,
    on: date,
    working_days: WorkingDays,
    pauses: Collection[Pause] = (),
) -> Clock:
    """How one limit of a case stands on a day.

    ``dates`` are the days on which the case reached its stages, by code. A step taken before the day that
    starts its clock is on time.
    """
    started_on = dates.get(limit.starts_from)
    met_on = dates.get(limit.met_by)
    if started_on is None:
        return Clock(limit, ClockState.MET if met_on else ClockState.NOT_STARTED, met_on=met_on)
    until = met_on or on
    target = target_of(limit, started_on, working_days)
    is_paused = False
    for pause in () if limit.is_statutory else _within(pauses, started_on, until):
        # What was late already when the clock was stopped stays late.
        if pause.paused_on > target:
            break
        is_paused = pause.resumed_on is None
        still = _days(pause.paused_on, pause.resumed_on or until, limit, working_days)
        target = _later(target, still, limit, working_days)
    late = max(0, _days(target, until, limit, working_days))
    if met_on is not None:
        state = ClockState.MET_LATE if late else ClockState.MET
        return Clock(limit, state, started_on, target, met_on, days_late=late)
    if is_paused:
        return Clock(limit, ClockState.PAUSED, started_on)
    if late:
        return Clock(limit, ClockState.LATE, started_on, target, days_late=late)
    return Clock(
        limit, ClockState.RUNNING, started_on, target, days_left=_days(on, target, limit, working_days)
    )


def next_clock(clocks: Iterable[Clock]) -> Clock | None:
    """The clock to look at first: of those awaited the one whose target comes first, paused ones last."""
    awaited = [each for each in clocks if each.is_awaited]
    return min(awaited, key=lambda each: each.target_on or date.max, default=None)


#: No time limit counts further than this in its unit; a longer one is a slip of the hand.
LONGEST = 1000


class VersionNotUsable(RuleBroken):
    """The new version of a time limit would change what is over, or says nothing new."""


class VersionInUse(RuleBroken):
    """A version that cases keep, or that others follow, is not taken off."""


class RegimeNotUsable(RuleBroken):
    """The guidance cannot begin so."""


class StageStays(RuleBroken):
    """Cases pass the stages of the guidance, or something rests on this one."""


def check_version(
    new: Limit, versions: Sequence[Limit], begun: Iterable[Begun], *, last_on: date | None = None
) -> None:
    """Check that a time limit may have a new version from a day on.

    ``versions`` are those that stand under its code, ``begun`` the days on which cases of its regime began,
    ``last_on`` the last day on which one can begin under it. Cases that began before the version keep the one
    they have. A case that is over keeps how it ended, so the day lies after the last of those.

    Raises VersionNotUsable.
    """
    if new.amount is not None and not 1 <= new.amount <= LONGEST:
        raise VersionNotUsable(f"Enter a whole number from 1 to {LONGEST}", "amount")
    if last_on is not None and new.in_force_from > last_on:
        raise VersionNotUsable("No case begins under this guidance on that day or later", "in_force_from")
    latest = max(versions, key=lambda each: each.in_force_from, default=None)
    if latest is not None and new.in_force_from <= latest.in_force_from:
        raise VersionNotUsable(
            "A version stands from that day or a later one. Choose a day after it, or take that one off",
            "in_force_from",
        )
    if latest is not None and _same(new, latest):
        raise VersionNotUsable("This says what is in force already", "amount")
    if latest is None and new.amount is None:
        raise VersionNotUsable("There is no time limit to give up", "amount")
    if any(each.has_ended for each in begun if each.on >= new.in_force_from):
        raise VersionNotUsable(
            "A case that began on that day or later is over, and stays as it ended. Choose a later day",
            "in_force_from",
        )


def check_unused(version: Limit, versions: Sequence[Limit], begun: Iterable[Begun]) -> None:
    """Check that nothing keeps a version: it is the last under its code, and no case began under it.

    Raises VersionInUse.
    """
    if any(each.in_force_from > version.in_force_from for each in versions):
        raise VersionInUse("Another version follows this one. Take that one off first")
    if any(each.on >= version.in_force_from for each in begun):
        raise VersionInUse("Cases began under this version and keep it. Give the time limit up from a day on")


def check_regime_begins(
    in_force_from: date, *, follows_from: date, follows_until: date | None, begun: Iterable[Begun]
) -> None:
    """Check that guidance may take the place of other guidance from a day on. Raises RegimeNotUsable.

    A case keeps the guidance it began under, so none may have begun under the former since that day.
    """
    if follows_until is not None:
        raise RegimeNotUsable("Other guidance took its place already. Let the new one follow that", "follows")
    if in_force_from <= follows_from:
        raise RegimeNotUsable("Enter a day after the one on which the former began", "in_force_from")
    if any(each.on >= in_force_from for each in begun):
        raise RegimeNotUsable(
            "Cases began on that day or later and keep the guidance they began under. Choose a later day",
            "in_force_from",
        )


def check_regime_taken_off(
    in_force_from: date, *, today: date, in_force_until: date | None, begun: Collection[Begun]
) -> None:
    """Check that guidance may be taken off: it is still to come, and nothing followed it or began under it.

    Raises RegimeNotUsable.
    """
    if in_force_from <= today or begun:
        raise RegimeNotUsable("It is in force. Add guidance that takes its place instead")
    if in_force_until is not None:
        raise RegimeNotUsable("Other guidance takes its place. Take that off first")


def check_stages_unused(begun: Collection[Begun]) -> None:
    """Check that no case passes the stages of some guidance yet. Raises StageStays."""
    if begun:
        raise StageStays(
            "Cases began under this guidance and pass its stages. Add new guidance, and change its stages "
            "before a case begins"
        )


def check_stage_may_go(code: str, *, needed: Collection[str], limits: Iterable[Limit]) -> None:
    """Check that nothing rests on a stage. Raises StageStays."""
    if code in needed:
        raise StageStays("The record of every case rests on this stage. Reword it instead")
    if any(code in (limit.starts_from, limit.met_by) for limit in limits):
        raise StageStays("A time limit runs from this stage or to it. Take that off first")


def _same(one: Limit, other: Limit) -> bool:
    """Whether two versions say the same, whatever is noted about them."""
    return (one.label, one.amount, one.unit, one.is_statutory) == (
        other.label,
        other.amount,
        other.unit,
        other.is_statutory,
    )


def _within(pauses: Iterable[Pause], first: date, last: date) -> Sequence[Pause]:
    """The pauses as far as they fall between two days; those that share a day are one.

    What was over before the first day or came after the last is left out; what was not over by the last
    goes on.
    """
    found: list[Pause] = []
    for pause in sorted(pauses, key=lambda each: each.paused_on):
        begins = max(pause.paused_on, first)
        ends = pause.resumed_on if pause.resumed_on is not None and pause.resumed_on <= last else None
        if pause.paused_on > last or (ends is not None and ends <= first):
            continue
        before = found[-1].resumed_on if found else None
        if before is not None and begins <= before:
            begins, ends = found.pop().paused_on, max(ends, before) if ends else None
        found.append(Pause(begins, ends))
        if ends is None:
            break
    return found


def _later(day: date, count: int, limit: Limit, working_days: WorkingDays) -> date:
    """So many of the limit's days later."""
    return working_days.add(day, count) if limit.unit is Unit.WORKING_DAYS else day + timedelta(days=count)


def _days(first: date, last: date, limit: Limit, working_days: WorkingDays) -> int:
    """From one day to another in the days that the limit counts in; negative where the second comes first."""
    if limit.unit is Unit.WORKING_DAYS:
        return working_days.between(first, last)
    return (last - first).days
