"""What may be recorded of a child death review, and when: its death, stages, waits, pauses and end."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.cdop.rules.references import tells_day
from app.clocks.rules import Clock, ClockState
from app.core import checks
from app.core.errors import RuleBroken
from app.reviews.rules import Reached

_MONTHS_A_QUARTER = 3
_QUARTERS = {1: "January to March", 4: "April to June", 7: "July to September", 10: "October to December"}

#: The day on which the death became known starts the clocks; it is changed, never taken away.
KNOWN = "known"
NOTIFIED = "notified"
READY = "ready"
#: The stage at which the panel's review is complete.
PANEL = "panel"
CLOSED = "closed"
#: The child death review meeting.
CDRM = "cdrm"
#: What meets the clock of the agencies' forms: no stage, but the last of them.
RETURNED = "returned"
#: What starts the clock of the panel where guidance counts from the report of the meeting or the result of an
#: inquest: no stage, but the later of the two.
REPORTED = "reported"
#: The reason why a review waits that puts that off.
INQUEST = "inquest"

#: A clock that has so many days left is shown in amber.
SOON_DAYS = 14


class AlreadyLogged(RuleBroken):
    """Another case has this number or this reference."""


class NumberTells(RuleBroken):
    """A number or reference may be a name, or holds a whole date, which may be one of the child's."""


class BeforeKnown(RuleBroken):
    """Nothing happens in a review before the death became known."""


class LooksAlike(RuleBroken):
    """Other cases share the quarter, age band, sex, ethnicity group and area."""

    def __init__(self, refs: Sequence[str]) -> None:
        listed = " and ".join([", ".join(refs[:-1]), refs[-1]] if len(refs) > 1 else refs)
        sentence = f"Look at {listed} first. Tick that this is another death, if it is one"
        super().__init__(sentence, "is_another")
        self.refs = tuple(refs)


class QuarterToCome(RuleBroken):
    """The death cannot have become known before it happened."""


class RegimeDiffers(RuleBroken):
    """Other guidance was in force on the day that is entered now."""


class ReasonMissing(RuleBroken):
    """What is late, or changes a clock, says why."""


class OrderOfDays(RuleBroken):
    """What ends a review comes after everything in it, and what begins it before."""


class PanelDecided(RuleBroken):
    """The panel reviewed the death, so it is none that is left out."""


class StageTwice(RuleBroken):
    """The case has reached this stage already."""


class CaseOver(RuleBroken):
    """The case is closed, excluded or withdrawn, and nothing more is recorded of it."""


class NothingToReopen(RuleBroken):
    """The case is open."""


class WaitStands(RuleBroken):
    """The case waits on this already, or no longer."""


class MayNotPause(RuleBroken):
    """This clock cannot be paused."""


class PauseSettled(RuleBroken):
    """Somebody settled this pause already."""


class AlreadyReferred(RuleBroken):
    """The case was referred as a serious incident before."""


def quarter_of(day: date) -> date:
    """The first day of the quarter a day falls in."""
    return date(day.year, day.month - (day.month - 1) % _MONTHS_A_QUARTER, 1)


def quarter_words(first_day: date) -> str:
    """A quarter in words: "January to March 2017"."""
    return f"{_QUARTERS[first_day.month]} {first_day.year}"


def quarters_back(today: date, years: int) -> list[date]:
    """The quarters of the last so many years, this one first."""
    found = [quarter_of(today)]
    while len(found) <= years * len(_QUARTERS):
        found.append(quarter_of(found[-1] - timedelta(days=1)))
    return found


def kept(written: str | None) -> str:
    """A number or reference as it is kept: in capitals, with single blanks, so that it is told apart once."""
    return " ".join((written or "").upper().split())


def check_number(number: str | None, field: str) -> None:
    """Check that a number or reference tells no day, but for a year, and no name. Raises NumberTells."""
    if number and not any(sign.isdecimal() for sign in number):
        raise NumberTells("Enter the number with its figures. What has none may be a name", field)
    if number and tells_day(number):
        raise NumberTells("This looks like a date. Enter the number alone, without any day", field)


def check_not_before_known(on: date | None, known_on: date, field: str) -> None:
    """Check that a step was taken once the death was known. Raises BeforeKnown."""
    if on is not None and on < known_on:
        raise BeforeKnown("Enter a day on or after the one on which the death became known", field)


def check_quarter(quarter_on: date, known_on: date) -> None:
    """Check that the death fell before it became known. Raises QuarterToCome."""
    if quarter_on > known_on:
        raise QuarterToCome("This quarter began after the death became known. Check both", "quarter")


def check_not_alike(refs: Sequence[str], *, is_another: bool) -> None:
    """Check that a death which looks like others was looked at. Raises LooksAlike."""
    if refs and not is_another:
        raise LooksAlike(refs)


def check_regime(held: str, now: str) -> None:
    """Check that a corrected day leaves the case under the guidance it began under. Raises RegimeDiffers."""
    if held != now:
        sentence = (
            "Other guidance was in force on that day. Give this case another CDOP number, withdraw it, "
            "and log the death anew"
        )
        raise RegimeDiffers(sentence, "known_on")


def check_known_moves(known_on: date, standing: Iterable[Reached]) -> None:
    """Check that the death became known before every stage of its review. Raises OrderOfDays."""
    if any(stage.on < known_on for stage in standing if stage.code != KNOWN):
        raise OrderOfDays(
            "It reached a stage before that day. Look which of the two days is wrong", "known_on"
        )


def check_exclusion(exclusion: str | None, *, is_reviewed: bool) -> None:
    """Check that a death may be left out: no panel has reviewed it. Raises PanelDecided."""
    if exclusion is not None and is_reviewed:
        raise PanelDecided(
            "A death that is left out has passed no panel, and this one has. Open its analysis again first",
            "exclusion",
        )


def check_closed_on(closed_on: date, *, standing: Iterable[Reached], today: date) -> None:
    """Check that a case may end on a day: that of its last stage or later. Raises DayToCome, OrderOfDays."""
    checks.day_not_to_come(closed_on, today=today, field="closed_on")
    if any(stage.on > closed_on for stage in standing):
        raise OrderOfDays(
            "It reached a stage after that day. Enter the day of the last, or a later one", "closed_on"
        )


def present_stage(standing: Iterable[Reached]) -> Reached:
    """Where a case stands: of the stages it has reached the one furthest on its way.

    Stages are passed in another order and recorded late: what is asked for after the meeting takes no case
    back before it.
    """
    return max(standing, key=lambda stage: stage.position)


def check_goes_on(ref: str, *, withdrawn_on: date | None, closed_on: date | None, is_excluded: bool) -> None:
    """Check that something may still be recorded of a case. Raises CaseOver."""
    if withdrawn_on is not None:
        raise CaseOver(f"{ref} was withdrawn. Reopen it first")
    if closed_on is not None:
        raise CaseOver(f"{ref} is closed. Reopen it first")
    if is_excluded:
        raise CaseOver(f"{ref} is excluded, so it is not reviewed here")


def check_stage(stage: Reached, *, pathway: Iterable[str], standing: Sequence[Reached], today: date) -> None:
    """Check that a case may be said to have reached a stage of its pathway on a day.

    Dates are entered late and stages are passed in another order, so none is asked for; but each is reached
    once, for a clock starts or is met on one day, and none before the death was known. That the panel
    completed its review is recorded with the analysis, which says what it found. Raises StageTwice,
    DayToCome, BeforeKnown.
    """
    if stage.code not in set(pathway) - {KNOWN, PANEL, CLOSED}:
        raise StageTwice("Choose a stage that this case has still to reach", "stage")
    checks.day_not_to_come(stage.on, today=today, field="reached_on")
    for other in standing:
        if other.code == KNOWN:
            check_not_before_known(stage.on, other.on, "reached_on")
    if any(other.code == stage.code for other in standing):
        raise StageTwice("This stage is recorded already. Withdraw it first if its day is wrong", "stage")


def check_may_be_withdrawn(stage: str) -> None:
    """Check that a stage may be taken away by itself. Raises CaseOver."""
    if stage == KNOWN:
        raise CaseOver("The day the death became known is changed with the case, not withdrawn")
    if stage == PANEL:
        raise CaseOver("Open the analysis again to take back that the panel completed its review")
    if stage == CLOSED:
        raise CaseOver("Reopen the case to take its end away")


def check_reason_for_late(clocks: Iterable[Clock], stage: str, reason: str) -> None:
    """Check that a step taken late says why. Raises ReasonMissing."""
    late = next((each for each in clocks if each.limit.met_by == stage and each.days_late), None)
    if late is not None and not reason.strip():
        label = late.limit.label
        raise ReasonMissing(f"Say why: the time limit “{label}” was passed by {_days(late)}", "reason")


def check_wait(reason: str, *, standing: Iterable[str], since_on: date, today: date) -> None:
    """Check that a case may be said to wait on something. Raises WaitStands, DayToCome."""
    if reason in set(standing):
        raise WaitStands("It is recorded already that the case waits on this", "reason")
    checks.day_not_to_come(since_on, today=today, field="since_on")


def check_wait_ends(since_on: date, until_on: date, *, ended_on: date | None, today: date) -> None:
    """Check that a wait may end on a day. Raises WaitStands, DayToCome."""
    if ended_on is not None:
        raise WaitStands("This wait is over already")
    checks.day_not_to_come(until_on, today=today, field="until_on")
    if until_on < since_on:
        raise WaitStands("Enter a day on or after the one it began on", "until_on")


def may_pause(clock: Clock) -> bool:
    """Whether somebody could pause this clock: it is local and runs."""
    return not clock.limit.is_statutory and clock.state is ClockState.RUNNING


def check_pause(clock: Clock | None, *, paused_on: date, today: date) -> None:
    """Check that a clock may be paused from a day on. Raises MayNotPause, DayToCome.

    What guidance sets never pauses. What was late when it would have stopped stays late.
    """
    if clock is None:
        raise MayNotPause("Choose a clock of this case", "limit")
    if clock.limit.is_statutory:
        raise MayNotPause("Guidance sets this time limit: its clock never pauses", "limit")
    if clock.state is ClockState.PAUSED:
        raise MayNotPause("This clock is paused already", "limit")
    if not clock.is_awaited or clock.started_on is None:
        raise MayNotPause("This clock does not run", "limit")
    checks.day_not_to_come(paused_on, today=today, field="paused_on")
    if paused_on < clock.started_on:
        raise MayNotPause("Enter a day on or after the one the clock began on", "paused_on")
    if clock.target_on is not None and paused_on > clock.target_on:
        raise MayNotPause("The time limit had passed by then, and stays passed", "paused_on")


def check_resume(paused_on: date, resumed_on: date, *, is_running: bool, today: date) -> None:
    """Check that a clock may run again from a day on. Raises PauseSettled, DayToCome, MayNotPause."""
    if is_running:
        raise PauseSettled("This clock runs already")
    checks.day_not_to_come(resumed_on, today=today, field="resumed_on")
    if resumed_on < paused_on:
        raise MayNotPause("Enter a day on or after the one it stopped on", "resumed_on")


def check_is_asked_for(*, is_approved: bool, is_declined: bool) -> None:
    """Check that a pause still waits for the chair. Raises PauseSettled."""
    if is_approved or is_declined:
        raise PauseSettled("The chair has decided about this pause already")


def check_reopens(*, is_withdrawn: bool, is_closed: bool) -> None:
    """Check that there is something to reopen. Raises NothingToReopen."""
    if not is_withdrawn and not is_closed:
        raise NothingToReopen("This case is open")


def check_not_referred(ref: str | None) -> None:
    """Check that the case was not referred as a serious incident before. Raises AlreadyReferred."""
    if ref is not None:
        raise AlreadyReferred(f"It was referred already: see {ref}")


@dataclass(frozen=True)
class Moved:
    """That the target of a clock is another than before; null where the clock had none, or has none now."""

    label: str
    before: date | None
    after: date | None


def moved(before: Iterable[Clock], after: Iterable[Clock]) -> list[Moved]:
    """The clocks whose target a change moved, in their order, and those that the case has no longer."""
    was = {each.limit.code: each for each in before}
    found = []
    for each in after:
        held = was.pop(each.limit.code, None)
        had = held.target_on if held else None
        if each.target_on != had:
            found.append(Moved(each.limit.label, had, each.target_on))
    return found + [Moved(each.limit.label, each.target_on, None) for each in was.values() if each.target_on]


def letter(clock: Clock | None) -> str:
    """The colour of a clock, by its letter: R late, A soon due, G in time, X where none runs."""
    if clock is None or clock.state in (ClockState.NOT_STARTED, ClockState.PAUSED):
        return "X"
    if clock.state in (ClockState.LATE, ClockState.MET_LATE):
        return "R"
    if clock.state is ClockState.MET:
        return "B"
    return "A" if clock.days_left <= SOON_DAYS else "G"


def clock_words(clock: Clock) -> str:
    """How a clock stands, in words: "12 days late", "3 working days left", "due today", "paused"."""
    match clock.state:
        case ClockState.NOT_STARTED:
            return "not started"
        case ClockState.PAUSED:
            return "paused"
        case ClockState.LATE:
            return f"{_days(clock)} late"
        case ClockState.MET:
            return "in time"
        case ClockState.MET_LATE:
            return f"{_days(clock)} late"
        case ClockState.RUNNING:
            return "due today" if not clock.days_left else f"{_counted(clock.days_left, clock)} left"


def _days(clock: Clock) -> str:
    return _counted(clock.days_late, clock)


def _counted(number: int, clock: Clock) -> str:
    noun = "working day" if clock.counts_working_days else "day"
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
