"""Stepping through the demonstration's days."""

from datetime import date, timedelta

from flask import g
from sqlalchemy import update

from app.audit.operations import Subject, record
from app.core.clock import today
from app.core.database import current_session
from app.core.holidays import working_days
from app.core.installation import Installation
from app.core.patience import with_patience
from app.core.transactions import apart
from app.scheduler import run_day


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
        with_patience(lambda begun=begun: _begin(begun))  # type: ignore[misc]
        day = begun
        run_day(day, wait=True)
    _today_afresh()
    return day


def _begin(day: date) -> None:
    """Let the demonstration's day begin, unless somebody else has let it begin already."""
    session = current_session()
    begun = session.scalar(
        update(Installation)
        .where(Installation.demonstration_on == day - timedelta(days=1))
        .values(demonstration_on=day)
        .returning(Installation.id)
        .execution_options(synchronize_session=False)
    )
    _forget_today()
    if begun is not None:
        record(
            verb="demonstration.use",
            subject=Subject("demonstration", day.isoformat()),
            line=f"Began {day.isoformat()} in the demonstration",
        )


def _today_afresh() -> date:
    _forget_today()
    return today()


def _forget_today() -> None:
    """A request remembers the day it is; this one changes it."""
    g.pop("today", None)
