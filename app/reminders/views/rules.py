"""The rules that reminders and colours go by: shown, and changed once what would change was seen."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import NoResultFound

from app.accounts.policy import NOTHING, Facts
from app.actions import queries as actions
from app.actions.queries.judging import open_alike
from app.actions.rules.brag import BragThresholds, colour
from app.core.access import access
from app.core.clock import today
from app.core.database import current_session
from app.core.errors import RuleBroken
from app.core.filters import date_long, plural
from app.core.forms import DateField, HiddenField, LongTextField, TextField, TrackerForm, apply_rule
from app.core.holidays import ExtraHoliday, working_days
from app.core.working_days import WorkingDays
from app.reminders import operations, queries
from app.reminders.models import QuietPeriod
from app.reminders.operations import Changes, rules
from app.reminders.queries import Ladders
from app.reminders.rules import QuietPeriod as Quiet
from app.reminders.rules import Tier
from app.reminders.views.blueprint import blueprint
from app.reminders.views.upcoming import DAYS

_RUNG = re.compile(r"([a-z ]+?)\s*([+-]?\d{1,4})(?:\s+every\s+(\d{1,3})(?:\s+days?)?)?")


@dataclass(frozen=True)
class Row:
    """A day or period on a list, for the policy."""

    row: ExtraHoliday | QuietPeriod

    @property
    def facts(self) -> Facts:
        """Nothing about it is restricted."""
        return NOTHING


class RulesForm(TrackerForm):
    """What changes; ``seen`` says of which entries the person has seen what would change."""

    seen = HiddenField()


class LadderForm(RulesForm):
    """The ladder as a whole."""

    in_force_from = DateField("From which day?", what="the day from which it is in force")
    rungs = LongTextField(
        "The rungs, one a line",
        missing="Enter the rungs, one a line",
        description="Who, and how many days from the due date: “owner -28”, “agency lead +7”. "
        "What comes again: “owner +1 every 7”",
        rows=11,
    )


class ThresholdsForm(RulesForm):
    """The numbers that colours are judged by."""

    in_force_from = DateField("From which day?", what="the day from which they are in force")
    due_soon_days = TextField("Amber when due in this many days or fewer", missing="Enter a number of days")
    stale_days = TextField("Amber after more than this many days without an update", missing="Enter a number")
    amber_extensions = TextField("Amber when given more time this often", missing="Enter a number")
    red_extensions = TextField("Red when given more time this often", missing="Enter a number")


class HolidayForm(RulesForm):
    """A day on which nobody works."""

    day_on = DateField("Which day?", what="the day")
    name = TextField("Why does nobody work?", missing="Enter why nobody works on that day", longest=100)


class QuietForm(RulesForm):
    """Days of every year on which nothing is sent."""

    from_on = TextField("First day, for example 24 12", missing="Enter the first day, for example 24 12")
    to_on = TextField("Last day, for example 1 1", missing="Enter the last day, for example 1 1")


class ConfirmForm(TrackerForm):
    """Nothing but the button."""


def holiday(number: int) -> Row:
    """The day with this row number. Raises NoResultFound."""
    return _row(current_session().get(ExtraHoliday, min(number, queries.HIGHEST_ROW)))


def quiet_period(number: int) -> Row:
    """The period with this row number. Raises NoResultFound."""
    return _row(current_session().get(QuietPeriod, min(number, queries.HIGHEST_ROW)))


def _row(found: ExtraHoliday | QuietPeriod | None) -> Row:
    if found is None:
        raise NoResultFound
    return Row(found)


def _day(field: DateField) -> date:
    """The day of a field that was filled in: the form asks for it before anything is done."""
    day = field.data
    assert day is not None
    return day


@blueprint.get("/rules")
@access("rules.change")
def index() -> str:
    """Every rule in force and to come."""
    on = today()
    return render_template(
        "reminders/rules.html",
        ladders=_shown(queries.ladders(), on),
        thresholds=actions.thresholds(on),
        holidays=queries.extra_holidays(),
        quiet_periods=queries.quiet_period_rows(),
        day_of_year=_day_of_year,
    )


@blueprint.route("/rules/ladder", methods=["GET", "POST"])
@access("rules.change")
def ladder() -> ResponseReturnValue:
    """Replace the ladder as a whole."""
    on = today()
    now = "\n".join(_line(rung.tier, rung.offset_days, rung.every_days) for rung in queries.ladder(on))
    form = LadderForm(data={"in_force_from": on + timedelta(days=1), "rungs": now})

    def would() -> list[str]:
        rungs = rules.check_ladder(_steps(form.rungs.data), _day(form.in_force_from))
        return _compared(Changes(ladders=Ladders(((date.min, rungs),))))

    def change() -> str:
        rules.change_ladder(steps=_steps(form.rungs.data), in_force_from=_day(form.in_force_from))
        return "The ladder is replaced."

    return _change(form, "Replace the ladder", ("in_force_from", "rungs"), would, change)


@blueprint.route("/rules/colours", methods=["GET", "POST"])
@access("rules.change")
def colours() -> ResponseReturnValue:
    """Set the thresholds of the colours."""
    on = today()
    now = actions.thresholds(on)
    names = ("due_soon_days", "stale_days", "amber_extensions", "red_extensions")
    given = {name: str(getattr(now, name)) for name in names}
    form = ThresholdsForm(data={"in_force_from": on + timedelta(days=1), **given})

    def entered() -> BragThresholds:
        return BragThresholds(**{name: _number(form[name].data, name) for name in names})

    def would() -> list[str]:
        thresholds = entered()
        changed: Counter[tuple[str, str]] = Counter()
        for standing, number in open_alike([now, thresholds], on):
            before, after = colour(standing, now, on), colour(standing, thresholds, on)
            if before is not after:
                changed[before.word, after.word] += number
        told = [f"{plural(sum(changed.values()), 'open action')} would change colour today."]
        return told + [f"{old} to {new}: {number}" for (old, new), number in sorted(changed.items())]

    def change() -> str:
        rules.change_thresholds(thresholds=entered(), in_force_from=_day(form.in_force_from))
        return "The thresholds are set."

    return _change(form, "Set the thresholds of the colours", ("in_force_from", *names), would, change)


@blueprint.route("/rules/holidays", methods=["GET", "POST"])
@access("rules.change")
def holidays() -> ResponseReturnValue:
    """Add a day on which nobody works."""
    form = HolidayForm()

    def would() -> list[str]:
        calendar = WorkingDays(working_days().extra_holidays | {_day(form.day_on)})
        return _compared(Changes(calendar=calendar))

    def change() -> str:
        rules.add_holiday(day_on=_day(form.day_on), name=form.name.data)
        return "The day is added."

    return _change(form, "Add a day on which nobody works", ("day_on", "name"), would, change)


@blueprint.post("/rules/holidays/<int:number>/withdraw")
@access("rules.change", holiday)
def withdraw_holiday(found: Row) -> ResponseReturnValue:
    """Take a day off the list."""
    if ConfirmForm().validate_on_submit() and isinstance(found.row, ExtraHoliday):
        rules.withdraw_holiday(holiday=found.row)
        flash("The day is taken off. People work on it again.")
    return redirect(url_for("reminders.index"))


@blueprint.route("/rules/quiet-periods", methods=["GET", "POST"])
@access("rules.change")
def quiet_periods() -> ResponseReturnValue:
    """Add days of every year on which nothing is sent."""
    form = QuietForm()

    def entered() -> Quiet:
        from_day, from_month = _day_and_month(form.from_on.data, "from_on")
        to_day, to_month = _day_and_month(form.to_on.data, "to_on")
        return Quiet(from_month, from_day, to_month, to_day)

    def would() -> list[str]:
        return _compared(Changes(quiet_periods=[*queries.quiet_periods(), entered()]))

    def change() -> str:
        rules.add_quiet_period(period=entered())
        return "The quiet period is added."

    return _change(form, "Add a quiet period", ("from_on", "to_on"), would, change)


@blueprint.post("/rules/quiet-periods/<int:number>/withdraw")
@access("rules.change", quiet_period)
def withdraw_quiet_period(found: Row) -> ResponseReturnValue:
    """Take a quiet period off the list."""
    if ConfirmForm().validate_on_submit() and isinstance(found.row, QuietPeriod):
        rules.withdraw_quiet_period(row=found.row)
        flash("The quiet period is taken off.")
    return redirect(url_for("reminders.index"))


def _change(
    form: RulesForm,
    title: str,
    names: Sequence[str],
    would: Callable[[], list[str]],
    change: Callable[[], str],
) -> ResponseReturnValue:
    """First what would change is shown; the same entries sent once more are carried out."""
    told: list[str] = []
    status = 200
    if form.is_submitted():
        status = 422
        if form.validate():
            entries = "|".join(str(form[name].data) for name in names)
            try:
                if form.seen.data == entries:
                    flash(change())
                    return redirect(url_for("reminders.index"))
                told = would()
            except RuleBroken as error:
                apply_rule(form, error)
            else:
                form.seen.data = entries
                status = 200
    html = render_template("reminders/rule.html", form=form, title=title, names=names, told=told)
    return html, status


def _compared(changes: Changes) -> list[str]:
    """What the next days would send, compared with what they would send now."""
    on = today()
    now = operations.forecast(days=DAYS, on=on)
    then = operations.forecast(days=DAYS, on=on, changes=changes)

    def count(forecasts: Sequence[operations.Forecast]) -> str:
        items = sum(len(each.items) for each in forecasts)
        return f"{plural(items, 'reminder')} in {plural(len(forecasts), 'message')}"

    def places(forecasts: Sequence[operations.Forecast]) -> set[tuple[int, str, str, date]]:
        return {(each.person_id, item.ref, item.rung, each.on) for each in forecasts for item in each.items}

    before, after = places(now), places(then)
    kept = {place[:3] for place in before} & {place[:3] for place in after}
    moved = {place[:3] for place in before ^ after} & kept
    return [
        f"The next {DAYS} days now: {count(now)}.",
        f"With the change: {count(then)}.",
        f"{plural(len(moved), 'reminder')} would come on another day.",
    ]


def _steps(text: str) -> list[rules.Step]:
    steps = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        found = _RUNG.fullmatch(line.strip().lower())
        tier = found[1].strip().replace(" ", "_") if found else ""
        if found is None or tier not in set(Tier):
            who = ", ".join(_in_words(tier) for tier in Tier)
            raise rules.CannotChangeRules(f"Line {number} is no rung; write one of {who}, then days", "rungs")
        steps.append(rules.Step(Tier(tier), int(found[2]), int(found[3]) if found[3] else None))
    return steps


def _number(text: str, field: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 4:
        raise rules.CannotChangeRules("Enter a whole number, for example 28", field)
    return int(text)


def _day_and_month(text: str, field: str) -> tuple[int, int]:
    parts = text.replace("/", " ").replace(".", " ").split()
    try:
        day, month = (int(part) for part in parts)
        date(2000, month, day)
    except ValueError as error:
        raise rules.CannotChangeRules("Enter a day and a month, for example 24 12", field) from error
    return day, month


def _line(tier: Tier, offset_days: int, every_days: int | None) -> str:
    return f"{_in_words(tier)} {offset_days:+d}" + (f" every {every_days}" if every_days else "")


def _said(tier: Tier, offset_days: int, every_days: int | None) -> str:
    """A rung as people say it, where `_line` is how they write it."""
    when = (
        "on the due date"
        if offset_days == 0
        else f"{plural(abs(offset_days), 'day')} {'before' if offset_days < 0 else 'after'} the due date"
    )
    again = f", and every {plural(every_days, 'day')} from then on" if every_days else ""
    return f"{_in_words(tier).capitalize()}: {when}{again}"


def _day_of_year(day: int, month: int) -> str:
    # Any leap year will do: only the day and the name of the month are shown.
    return date_long(date(2000, month, day)).rsplit(" ", 1)[0]


def _in_words(tier: Tier) -> str:
    return tier.value.replace("_", " ")


def _shown(ladders: Ladders, on: date) -> list[tuple[date, bool, list[str]]]:
    """The ladder in force and those to come: from when, whether it is in force, and its rungs in words."""
    begun = [begins for begins, _rungs in ladders.by_day if begins <= on]
    present = max(begun, default=None)
    return [
        (begins, begins == present, [_said(rung.tier, rung.offset_days, rung.every_days) for rung in rungs])
        for begins, rungs in ladders.by_day
        if begins == present or begins > on
    ]
