"""Rules that are taken off again: what would follow is shown first, and why is asked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import NoResultFound

from app.accounts.policy import NOTHING, Facts
from app.actions import queries as actions
from app.core.access import access
from app.core.clock import today
from app.core.database import current_session
from app.core.filters import date_long
from app.core.forms import LongTextField, TrackerForm, carry_out
from app.core.holidays import ExtraHoliday, working_days
from app.core.working_days import WorkingDays
from app.reminders import queries
from app.reminders.models import QuietPeriod
from app.reminders.operations import Changes, rules
from app.reminders.queries import Ladders
from app.reminders.rules import QuietPeriod as Quiet
from app.reminders.views.blueprint import blueprint
from app.reminders.views.rules import compared


@dataclass(frozen=True)
class Row:
    """A day or period on a list, or the day from which a rule is set, for the policy."""

    row: ExtraHoliday | QuietPeriod | date

    @property
    def facts(self) -> Facts:
        """Nothing about it is restricted."""
        return NOTHING


class TakeOffForm(TrackerForm):
    """Why a rule is taken off."""

    reason = LongTextField(
        "Why?", missing="Say why", rows=2, longest=2000, description="It is kept in the audit trail."
    )


def holiday(number: int) -> Row:
    """The day with this row number. Raises NoResultFound."""
    return _row(current_session().get(ExtraHoliday, min(number, queries.HIGHEST_ROW)))


def quiet_period(number: int) -> Row:
    """The period with this row number. Raises NoResultFound."""
    return _row(current_session().get(QuietPeriod, min(number, queries.HIGHEST_ROW)))


def ladder_to_come(day: str) -> Row:
    """The day from which a ladder is set, if that is to come. Raises NoResultFound."""
    return _row(_day_of(day, [begins for begins, _rungs in queries.ladders().by_day]))


def colours_to_come(day: str) -> Row:
    """The day from which thresholds are set, if that is to come. Raises NoResultFound."""
    return _row(_day_of(day, [begins for begins, _values in actions.thresholds_to_come(today())]))


def _day_of(written: str, days: Sequence[date]) -> date | None:
    on = today()
    return next((day for day in days if day > on and day.isoformat() == written), None)


def _row(found: ExtraHoliday | QuietPeriod | date | None) -> Row:
    if found is None:
        raise NoResultFound
    return Row(found)


@blueprint.route("/rules/ladder/<day>/withdraw", methods=["GET", "POST"])
@access("rules.change", ladder_to_come)
def withdraw_ladder(found: Row) -> ResponseReturnValue:
    """Take off a ladder that is not in force yet."""
    assert isinstance(found.row, date)
    kept = tuple(each for each in queries.ladders().by_day if each[0] != found.row)
    return _take_off(
        f"Take off the ladder from {date_long(found.row)}",
        compared(Changes(ladders=Ladders(kept))),
        partial(rules.withdraw_ladder, in_force_from=found.row),
        "The ladder is taken off. The one before it stays in force.",
    )


@blueprint.route("/rules/colours/<day>/withdraw", methods=["GET", "POST"])
@access("rules.change", colours_to_come)
def withdraw_colours(found: Row) -> ResponseReturnValue:
    """Take off thresholds that are not in force yet."""
    assert isinstance(found.row, date)
    return _take_off(
        f"Take off the thresholds from {date_long(found.row)}",
        ["No colour changes today: those before them stay in force."],
        partial(rules.withdraw_thresholds, in_force_from=found.row),
        "The thresholds are taken off. Those before them stay in force.",
    )


@blueprint.route("/rules/holidays/<int:number>/withdraw", methods=["GET", "POST"])
@access("rules.change", holiday)
def withdraw_holiday(found: Row) -> ResponseReturnValue:
    """Take a day off the list."""
    day = found.row
    assert isinstance(day, ExtraHoliday)
    calendar = WorkingDays(working_days().extra_holidays - {day.day_on})
    return _take_off(
        f"Take off {date_long(day.day_on)}: {day.name}",
        compared(Changes(calendar=calendar)),
        partial(rules.withdraw_holiday, holiday=day),
        "The day is taken off. People work on it again.",
    )


@blueprint.route("/rules/quiet-periods/<int:number>/withdraw", methods=["GET", "POST"])
@access("rules.change", quiet_period)
def withdraw_quiet_period(found: Row) -> ResponseReturnValue:
    """Take a quiet period off the list."""
    row = found.row
    assert isinstance(row, QuietPeriod)
    period = Quiet(row.from_month, row.from_day, row.to_month, row.to_day)
    left = [each for each in queries.quiet_periods() if each != period]
    return _take_off(
        f"Take off the quiet period from {period}",
        compared(Changes(quiet_periods=left)),
        partial(rules.withdraw_quiet_period, row=row),
        "The quiet period is taken off.",
    )


def _take_off(title: str, told: list[str], change: Callable[..., None], done: str) -> ResponseReturnValue:
    form = TakeOffForm()
    if carry_out(form, lambda: change(reason=form.reason.data or "")):
        flash(done)
        return redirect(url_for("reminders.index"))
    html = render_template(
        "reminders/rule.html", form=form, title=title, names=("reason",), told=told, button="Take it off"
    )
    return html, 422 if form.is_submitted() else 200
