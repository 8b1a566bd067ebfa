"""The rules that reminders and colours go by: shown, and changed once what would change was seen."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, timedelta

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.actions import queries as actions
from app.actions.queries.judging import open_alike
from app.actions.rules.brag import BragThresholds, colour
from app.core.access import access
from app.core.clock import today
from app.core.filters import date_long, plural
from app.core.forms import DateField, LongTextField, TextField
from app.core.holidays import working_days
from app.core.previewing import PreviewForm, once_seen
from app.core.working_days import WorkingDays
from app.reminders import operations, queries
from app.reminders.operations import Changes, rules
from app.reminders.queries import Ladders
from app.reminders.rules import QuietPeriod as Quiet
from app.reminders.rules import Tier
from app.reminders.views.blueprint import blueprint
from app.reminders.views.upcoming import DAYS

_RUNG = re.compile(r"([a-z ]+?)\s*([+-]?\d{1,4})(?:\s+every\s+(\d{1,3})(?:\s+days?)?)?")


class LadderForm(PreviewForm):
    """The ladder as a whole."""

    in_force_from = DateField("From which day?", what="the day from which it is in force")
    rungs = LongTextField(
        "The rungs, one a line",
        missing="Enter the rungs, one a line",
        description="Who, and how many days from the due date: “owner -28”, “agency lead +7”. "
        "What comes again: “owner +1 every 7”",
        rows=11,
    )


class ThresholdsForm(PreviewForm):
    """The numbers that colours are judged by."""

    in_force_from = DateField("From which day?", what="the day from which they are in force")
    due_soon_days = TextField("Amber when due in this many days or fewer", missing="Enter a number of days")
    stale_days = TextField("Amber after more than this many days without an update", missing="Enter a number")
    amber_extensions = TextField("Amber when given more time this often", missing="Enter a number")
    red_extensions = TextField("Red when given more time this often", missing="Enter a number")


class HolidayForm(PreviewForm):
    """A day on which nobody works."""

    day_on = DateField("Which day?", what="the day")
    name = TextField("Why does nobody work?", missing="Enter why nobody works on that day", longest=100)


class QuietForm(PreviewForm):
    """Days of every year on which nothing is sent."""

    from_on = TextField("First day, for example 24 12", missing="Enter the first day, for example 24 12")
    to_on = TextField("Last day, for example 1 1", missing="Enter the last day, for example 1 1")


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
        thresholds_to_come=actions.thresholds_to_come(on),
        holidays=queries.extra_holidays(),
        quiet_periods=queries.quiet_period_rows(),
        day_of_year=_day_of_year,
    )


@blueprint.route("/rules/ladder", methods=["GET", "POST"])
@access("rules.change")
def ladder() -> ResponseReturnValue:
    """Replace the ladder as a whole."""
    tomorrow = today() + timedelta(days=1)
    # What a change from the next day on would replace: one that somebody set for it may stand there.
    standing = queries.ladder(tomorrow)
    now = "\n".join(_line(rung.tier, rung.offset_days, rung.every_days) for rung in standing)
    form = LadderForm(data={"in_force_from": tomorrow, "rungs": now})

    def set_for() -> list[str]:
        day = _day(form.in_force_from)
        return [str(rungs) for begins, rungs in queries.ladders().by_day if begins == day]

    def would() -> list[str]:
        begins = _day(form.in_force_from)
        rungs = rules.check_ladder(_steps(form.rungs.data), begins)
        return [
            *_in_place_of(begins, set_for()),
            *_as_if_now(begins),
            *compared(Changes(ladders=Ladders(((date.min, rungs),)))),
        ]

    def change() -> str:
        rules.change_ladder(steps=_steps(form.rungs.data), in_force_from=_day(form.in_force_from))
        return "The ladder is replaced."

    return _change(form, "Replace the ladder", ("in_force_from", "rungs"), would, change, set_for)


@blueprint.route("/rules/colours", methods=["GET", "POST"])
@access("rules.change")
def colours() -> ResponseReturnValue:
    """Set the thresholds of the colours."""
    on, tomorrow = today(), today() + timedelta(days=1)
    now, coming = actions.thresholds(on), actions.thresholds(tomorrow)
    names = ("due_soon_days", "stale_days", "amber_extensions", "red_extensions")
    given = {name: str(getattr(coming, name)) for name in names}
    form = ThresholdsForm(data={"in_force_from": tomorrow, **given})

    def set_for() -> list[str]:
        day = _day(form.in_force_from)
        return [str(values) for begins, values in actions.thresholds_to_come(on) if begins == day]

    def entered() -> BragThresholds:
        return BragThresholds(**{name: _number(form[name].data, name) for name in names})

    def would() -> list[str]:
        thresholds, begins = entered(), _day(form.in_force_from)
        rules.check_thresholds(thresholds, begins)
        changed: Counter[tuple[str, str]] = Counter()
        for standing, number in open_alike([now, thresholds], on):
            before, after = colour(standing, now, on), colour(standing, thresholds, on)
            if before is not after:
                changed[before.word, after.word] += number
        told = [
            *_in_place_of(begins, set_for()),
            f"{plural(sum(changed.values()), 'open action')} would change colour today.",
        ]
        return told + [f"{old} to {new}: {number}" for (old, new), number in sorted(changed.items())]

    def change() -> str:
        rules.change_thresholds(thresholds=entered(), in_force_from=_day(form.in_force_from))
        return "The thresholds are set."

    return _change(
        form, "Set the thresholds of the colours", ("in_force_from", *names), would, change, set_for
    )


@blueprint.route("/rules/holidays", methods=["GET", "POST"])
@access("rules.change")
def holidays() -> ResponseReturnValue:
    """Add a day on which nobody works."""
    form = HolidayForm()

    def would() -> list[str]:
        rules.check_holiday(_day(form.day_on))
        calendar = WorkingDays(working_days().extra_holidays | {_day(form.day_on)})
        return compared(Changes(calendar=calendar))

    def change() -> str:
        rules.add_holiday(day_on=_day(form.day_on), name=form.name.data)
        return "The day is added."

    return _change(form, "Add a day on which nobody works", ("day_on", "name"), would, change)


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
        rules.check_quiet_period(entered())
        return compared(Changes(quiet_periods=[*queries.quiet_periods(), entered()]))

    def change() -> str:
        rules.add_quiet_period(period=entered())
        return "The quiet period is added."

    return _change(form, "Add a quiet period", ("from_on", "to_on"), would, change)


def _change(
    form: PreviewForm,
    title: str,
    names: Sequence[str],
    would: Callable[[], list[str]],
    change: Callable[[], str],
    set_for: Callable[[], Sequence[str]] = list,
) -> ResponseReturnValue:
    """First what would change is shown; the same entries sent once more are carried out."""
    said: list[str] = []
    seen = once_seen(form, names, would=would, change=lambda: said.append(change()), set_for=set_for)
    if seen.is_done:
        flash(said[0])
        return redirect(url_for("reminders.index"))
    html = render_template(
        "reminders/rule.html", form=form, title=title, names=names, told=seen.told, button=""
    )
    return html, seen.status


def _in_place_of(begins: date, present: Sequence[str]) -> list[str]:
    """That something set for the same day would go, where it is so."""
    return [f"This takes the place of what is set from {date_long(begins)} already."] if present else []


def _as_if_now(begins: date) -> list[str]:
    """That the figures are not of the next days, where the change comes later."""
    if begins <= today() + timedelta(days=DAYS):
        return []
    return [f"It is in force from {date_long(begins)} on: the figures are as if it were so now."]


def compared(changes: Changes) -> list[str]:
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
