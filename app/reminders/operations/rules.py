"""The rules that reminders and colours go by: changed by an administrator, from a day on, and on record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import delete

from app.actions import queries as actions
from app.actions.models import Action, BragThreshold
from app.actions.rules.brag import BragThresholds
from app.audit.operations import Subject, record
from app.core import checks
from app.core.clock import today
from app.core.database import current_session
from app.core.errors import RuleBroken
from app.core.filters import date_long
from app.core.holidays import ExtraHoliday
from app.core.working_days import WorkingDays
from app.reminders import queries
from app.reminders.models import LadderRung, QuietPeriod
from app.reminders.rules import QuietPeriod as Quiet
from app.reminders.rules import Rung, Tier, rung_name


class CannotChangeRules(RuleBroken):
    """The rules cannot be changed so."""


@dataclass(frozen=True)
class Step:
    """One rung as it is entered: whom it reaches, how many days from the due date, and how often again."""

    tier: Tier
    offset_days: int
    every_days: int | None = None


def check_ladder(steps: Sequence[Step], in_force_from: date) -> tuple[Rung, ...]:
    """The ladder these steps make. Raises CannotChangeRules."""
    _check_day(in_force_from)
    if not steps:
        raise CannotChangeRules("Enter at least one rung", "rungs")
    rungs: dict[str, Rung] = {}
    for step in steps:
        name = rung_name(step.tier, step.offset_days)
        if name in rungs:
            raise CannotChangeRules(f"The rung {name} stands there twice", "rungs")
        if not -366 <= step.offset_days <= 1000:
            raise CannotChangeRules(
                "A rung stands from 366 days before the due date to 1000 after it", "rungs"
            )
        if step.every_days is not None and not 1 <= step.every_days <= 366:
            raise CannotChangeRules("A rung comes again after 1 to 366 days", "rungs")
        rungs[name] = Rung(name, step.offset_days, step.tier, step.every_days)
    return tuple(sorted(rungs.values(), key=lambda rung: rung.offset_days))


def change_ladder(*, steps: Sequence[Step], in_force_from: date) -> None:
    """Replace the ladder as a whole from a day on; what was sent stays sent. Raises CannotChangeRules."""
    rungs = check_ladder(steps, in_force_from)
    session = current_session()
    before = [str(rung.name) for rung in queries.ladder(in_force_from)]
    session.execute(delete(LadderRung).where(LadderRung.in_force_from == in_force_from))
    session.add_all(
        LadderRung(
            in_force_from=in_force_from,
            name=rung.name,
            offset_days=rung.offset_days,
            tier=rung.tier.value,
            every_days=rung.every_days,
        )
        for rung in rungs
    )
    session.flush()
    _record(
        "ladder",
        f"Replaced the ladder of reminders from {date_long(in_force_from)}",
        before=", ".join(before),
        after=", ".join(rung.name for rung in rungs),
    )


def withdraw_ladder(*, in_force_from: date, reason: str) -> None:
    """Take off a ladder that is not in force yet. Raises WordsMissing, CannotChangeRules."""
    _check_to_come(in_force_from)
    before = ", ".join(rung.name for rung in queries.ladder(in_force_from))
    current_session().execute(delete(LadderRung).where(LadderRung.in_force_from == in_force_from))
    line = f"Took the ladder of reminders from {date_long(in_force_from)} off again"
    _record("ladder", line, before=before, reason=checks.words(reason, "Say why", "reason"))


def check_thresholds(thresholds: BragThresholds, in_force_from: date) -> None:
    """Refuse numbers by which colours would tell nothing apart. Raises CannotChangeRules."""
    _check_day(in_force_from)
    if thresholds.amber_extensions < 1:
        raise CannotChangeRules("Enter 1 or more: an action begins without more time", "amber_extensions")
    if thresholds.red_extensions < thresholds.amber_extensions:
        raise CannotChangeRules(
            "Enter as many as for amber, or more: red is the more urgent", "red_extensions"
        )


def change_thresholds(*, thresholds: BragThresholds, in_force_from: date) -> None:
    """Set the thresholds of the colours from a day on; open actions are judged anew on it.

    Raises CannotChangeRules.
    """
    check_thresholds(thresholds, in_force_from)
    session = current_session()
    row = session.query(BragThreshold).filter_by(in_force_from=in_force_from).one_or_none()
    if row is None:
        row = BragThreshold(in_force_from=in_force_from)
        session.add(row)
    for name in ("due_soon_days", "stale_days", "amber_extensions", "red_extensions"):
        setattr(row, name, getattr(thresholds, name))
    session.flush()
    # Nothing changes its colour before; the job of that day judges what is open.
    session.query(Action).filter(
        Action.is_open,
        (Action.colour_changes_on.is_(None)) | (Action.colour_changes_on > in_force_from),
    ).update({"colour_changes_on": in_force_from}, synchronize_session=False)
    actions.forget_thresholds()
    _record(
        "colours", f"Set the thresholds of the colours from {date_long(in_force_from)}", after=str(thresholds)
    )


def withdraw_thresholds(*, in_force_from: date, reason: str) -> None:
    """Take off thresholds that are not in force yet. Raises WordsMissing, CannotChangeRules."""
    _check_to_come(in_force_from)
    before = str(actions.thresholds(in_force_from))
    current_session().execute(delete(BragThreshold).where(BragThreshold.in_force_from == in_force_from))
    actions.forget_thresholds()
    line = f"Took the thresholds of the colours from {date_long(in_force_from)} off again"
    _record("colours", line, before=before, reason=checks.words(reason, "Say why", "reason"))


def add_holiday(*, day_on: date, name: str) -> ExtraHoliday:
    """Add a day on which this partnership does not work. Raises CannotChangeRules."""
    if not name.strip():
        raise CannotChangeRules("Enter why nobody works on that day", "name")
    check_holiday(day_on)
    made = ExtraHoliday(day_on=day_on, name=name.strip())
    current_session().add(made)
    current_session().flush()
    _record("holidays", f"Added {date_long(day_on)} as a day on which nobody works", after=made.name)
    return made


def check_holiday(day_on: date) -> None:
    """Refuse a day that is on the list, or on which nobody works anyway. Raises CannotChangeRules."""
    if current_session().query(ExtraHoliday).filter_by(day_on=day_on).first() is not None:
        raise CannotChangeRules("That day is on the list already", "day_on")
    if not WorkingDays().is_working_day(day_on):
        raise CannotChangeRules("Nobody works on that day anyway: enter a working day", "day_on")


def withdraw_holiday(*, holiday: ExtraHoliday, reason: str) -> None:
    """Take a day off the list again. Raises WordsMissing."""
    reason = checks.words(reason, "Say why", "reason")
    current_session().delete(holiday)
    current_session().flush()
    _record(
        "holidays",
        f"Took {date_long(holiday.day_on)} off the days on which nobody works",
        before=holiday.name,
        reason=reason,
    )


def add_quiet_period(*, period: Quiet) -> QuietPeriod:
    """Add days of every year on which nothing is sent. Raises CannotChangeRules."""
    check_quiet_period(period)
    made = QuietPeriod(
        from_month=period.from_month, from_day=period.from_day, to_month=period.to_month, to_day=period.to_day
    )
    current_session().add(made)
    current_session().flush()
    _record("quiet periods", f"Added the quiet period from {period}")
    return made


def check_quiet_period(period: Quiet) -> None:
    """Refuse a period that is on the list, or after which no day were left. Raises CannotChangeRules."""
    periods = queries.quiet_periods()
    if period in periods:
        raise CannotChangeRules("That period is on the list already", "from_on")
    # A leap year has every day that any year has.
    year = (date(2000, 1, 1) + timedelta(days=number) for number in range(366))
    if all(any(each.covers(day) for each in (*periods, period)) for day in year):
        raise CannotChangeRules("Leave some days of the year: nobody would ever be reminded", "to_on")


def withdraw_quiet_period(*, row: QuietPeriod, reason: str) -> None:
    """Take a quiet period off the list again. Raises WordsMissing."""
    reason = checks.words(reason, "Say why", "reason")
    period = Quiet(row.from_month, row.from_day, row.to_month, row.to_day)
    current_session().delete(row)
    current_session().flush()
    _record("quiet periods", f"Took the quiet period from {period} off the list", reason=reason)


def _check_day(in_force_from: date) -> None:
    if in_force_from <= today():
        raise CannotChangeRules("Rules change from tomorrow on at the earliest", "in_force_from")


def _check_to_come(in_force_from: date) -> None:
    if in_force_from <= today():
        raise CannotChangeRules("This is in force already: set another from a day to come instead")


def _record(
    what: str, line: str, before: str | None = None, after: str | None = None, reason: str | None = None
) -> None:
    kept = {"rules": after, "reason": reason}
    record(
        verb="rules.change",
        subject=Subject("rules", what),
        line=line,
        before={"rules": before} if before is not None else None,
        after={name: words for name, words in kept.items() if words is not None} or None,
    )
