"""How dates, counts and texts are written on screens and in mail."""

from datetime import date, datetime
from typing import Any

from flask import Flask, has_app_context
from markupsafe import Markup, escape

from app.core.clock import london, today
from app.core.holidays import working_days
from app.core.paging import MOST_COUNTED
from app.core.working_days import WorkingDays

_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def _calendar(given: WorkingDays | None) -> WorkingDays:
    """The calendar given, else the partnership's own; England's where there is no partnership to ask."""
    if given is not None:
        return given
    return working_days() if has_app_context() else WorkingDays()


def date_long(day: date | None) -> str:
    """A day in prose: ``15 February 2018``. Nothing for no day."""
    if day is None:
        return ""
    day = _day_of(day)
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def date_short(day: date | None) -> str:
    """A day in a table: ``15 Feb 2018``. Nothing for no day."""
    if day is None:
        return ""
    day = _day_of(day)
    return f"{day.day} {_MONTHS[day.month - 1][:3]} {day.year}"


def weekday(day: date) -> str:
    """The name of the day: ``Friday``."""
    return _WEEKDAYS[_day_of(day).weekday()]


def month_and_year(day: date) -> str:
    """The month a day falls in: ``February 2018``."""
    day = _day_of(day)
    return f"{_MONTHS[day.month - 1]} {day.year}"


def time_london(moment: datetime) -> str:
    """The time in London: ``3:30pm``, ``9am``, ``midday``, ``midnight``."""
    there = london(moment)
    if there.minute == 0 and there.hour in (0, 12):
        return "midday" if there.hour else "midnight"
    hour = there.hour % 12 or 12
    minutes = f":{there.minute:02d}" if there.minute else ""
    return f"{hour}{minutes}{'am' if there.hour < 12 else 'pm'}"


def datetime_london(moment: datetime | None) -> str:
    """A moment as clocks in London show it: ``3:30pm on 15 February 2018``. Nothing for no moment."""
    if moment is None:
        return ""
    return f"{time_london(moment)} on {date_long(london(moment).date())}"


def plural(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun: ``1 action``, ``1,220 actions``; ``plural(3, "agency", "agencies")``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def counted(number: int, one: str, many: str | None = None) -> str:
    """A capped count with its noun, to begin a sentence: ``12 actions``; for all above, ``More than …``."""
    if number <= MOST_COUNTED:
        return plural(number, one, many)
    return f"More than {plural(MOST_COUNTED, one, many)}"


def working_days_late(due_on: date | None, on: date, calendar: WorkingDays | None = None) -> int:
    """How many working days after its due date a day is; 0 where it is not late or nothing is due."""
    return max(0, _calendar(calendar).between(due_on, on)) if due_on is not None and on > due_on else 0


def days_late(due_on: date | None, on: date | None = None, calendar: WorkingDays | None = None) -> str:
    """How late it is: ``11 working days late``. Nothing while it is not late.

    ``due since the weekend`` stands for a due date that only days off have followed. Without ``on`` the
    business day is asked.
    """
    day = today() if on is None else on
    if due_on is None or day <= due_on:
        return ""
    late = working_days_late(due_on, day, calendar)
    return f"{plural(late, 'working day')} late" if late else "due before today, no working day late"


def due_in_words(due_on: date | None, on: date | None = None, calendar: WorkingDays | None = None) -> str:
    """When it is due, seen from a day: ``due today``, ``due tomorrow``, ``due in 5 working days``.

    Once past, how late: ``11 working days late``. Nothing for no date.
    """
    if due_on is None:
        return ""
    day = today() if on is None else on
    if day > due_on:
        return days_late(due_on, day, calendar)
    if day == due_on:
        return "due today"
    if (due_on - day).days == 1:
        return "due tomorrow"
    return f"due in {plural(_calendar(calendar).between(day, due_on), 'working day')}"


def paragraphs(text: str | None) -> Markup:
    """A text as its author broke it, everything in it escaped: ``<p>First line<br>second</p><p>…</p>``."""
    blocks = [block.strip() for block in (text or "").replace("\r\n", "\n").split("\n\n")]
    return Markup("").join(
        Markup("<p>{}</p>").format(Markup("<br>").join(escape(line) for line in block.split("\n")))
        for block in blocks
        if block
    )


def _day_of(day: date) -> date:
    """The day itself; of a moment, the day it falls on in London."""
    return london(day).date() if isinstance(day, datetime) else day


FILTERS: dict[str, Any] = {
    "counted": counted,
    "date_long": date_long,
    "date_short": date_short,
    "datetime_london": datetime_london,
    "days_late": days_late,
    "due_in_words": due_in_words,
    "month_and_year": month_and_year,
    "paragraphs": paragraphs,
    "plural": plural,
    "time_london": time_london,
    "weekday": weekday,
}


def register_filters(app: Flask) -> None:
    """Give every template these filters."""
    app.jinja_env.filters.update(FILTERS)
