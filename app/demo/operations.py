"""Stepping through the demonstration's days."""

from calendar import monthrange
from datetime import date, timedelta
from enum import Enum

from flask import g

from app.audit.operations import Subject, record
from app.core.clock import today
from app.core.database import current_session
from app.core.holidays import working_days
from app.core.installation import DEMONSTRATION_BEGINS_ON, Installation
from app.core.patience import with_patience
from app.core.transactions import apart
from app.scheduler import begin_demonstration_day, run_day

WEEK = timedelta(weeks=1)


class Step(Enum):
    """How far the scheduler steps the demonstration."""

    WEEK = "week"
    MONTH = "month"


def next_working_day(seen_on: date | None = None) -> date:
    """Begin day after day until one on which people work, and run what each day's timetable holds.

    ``seen_on`` is the day that stood on the page it was asked from. All who ask from the same day come to the
    same day, however often and in whatever order they are heard. Ends the transaction at hand: each day and
    each of its jobs is committed by itself.
    """
    current_session().rollback()
    with apart(reading=True):
        day = _today_afresh()
        # Asked here: the request's own transaction would keep the jobs below from writing.
        following = working_days().following(min(seen_on or day, day))
    run_day(day, wait=True)
    while day < following:
        begun = day + timedelta(days=1)
        with_patience(lambda begun=begun: begin_demonstration_day(begun))  # type: ignore[misc]
        day = begun
        run_day(day, wait=True)
    _today_afresh()
    return day


def begin_stepping(*, seen_on: date | None, step: Step) -> date:
    """Ask the scheduler to step day by day to the working day a week or a month on; the day it goes to.

    Counted from the day that stood on the page, so that two presses of one page ask for one step.
    """
    installation = current_session().get_one(Installation, 1, with_for_update=True)
    day = installation.demonstration_on or DEMONSTRATION_BEGINS_ON
    from_on = min(seen_on or day, day)
    to_on = working_days().on_or_after(_a_month_after(from_on) if step is Step.MONTH else from_on + WEEK)
    if to_on > day:
        installation.stepping_to_on = to_on
        record(
            verb="demonstration.use",
            subject=Subject("demonstration", day.isoformat()),
            line=f"Asked to step to {to_on.isoformat()} in the demonstration",
        )
    return to_on


def stop_stepping() -> date:
    """Let the demonstration stand still on the day it is; that day."""
    installation = current_session().get_one(Installation, 1, with_for_update=True)
    day = installation.demonstration_on or DEMONSTRATION_BEGINS_ON
    if installation.stepping_to_on is not None:
        installation.stepping_to_on = None
        record(
            verb="demonstration.use",
            subject=Subject("demonstration", day.isoformat()),
            line=f"Stopped stepping on {day.isoformat()} in the demonstration",
        )
    return day


def _a_month_after(day: date) -> date:
    """The same day of the next month, or its last."""
    year, month = divmod(day.year * 12 + day.month, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _today_afresh() -> date:
    g.pop("today", None)
    return today()
