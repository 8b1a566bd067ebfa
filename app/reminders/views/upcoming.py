"""What the runs of the next days would send: counts and references, by day and person."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from flask import render_template

from app.accounts.guard import person
from app.core.access import access
from app.core.clock import today
from app.reminders import operations, queries
from app.reminders.operations import Forecast
from app.reminders.views.blueprint import blueprint

#: How far the page looks ahead.
DAYS = 14
#: How many references of one message it names.
MOST_NAMED = 12


@dataclass(frozen=True)
class Letter:
    """What one person would get on a day."""

    name: str
    number: int
    refs: Sequence[str]
    more: int


@dataclass(frozen=True)
class Day:
    """The messages of a day."""

    on: date
    letters: Sequence[Letter]

    @property
    def items(self) -> int:
        """How many reminders they carry."""
        return sum(letter.number for letter in self.letters)


@blueprint.get("/reminders/preview")
@access("reminder.preview")
def preview() -> str:
    """The next 14 days, if nothing changed meanwhile."""
    on = today()
    forecasts = without(operations.forecast(days=DAYS, on=on), person().facts.conflicts)
    return render_template("reminders/preview.html", days=days_of(forecasts), on=on, number=DAYS)


def without(forecasts: Sequence[Forecast], sources: frozenset[str]) -> list[Forecast]:
    """The forecasts less what comes of these sources: who stands too near to a case hears nothing of it."""
    left = (
        replace(each, items=tuple(item for item in each.items if item.source_ref not in sources))
        for each in forecasts
    )
    return [each for each in left if each.items]


def days_of(forecasts: Sequence[Forecast]) -> list[Day]:
    """Forecasts as the page tells them."""
    names = queries.names({each.person_id for each in forecasts})
    found = []
    for day, of_day in groupby(forecasts, key=lambda each: each.on):
        letters = []
        for each in of_day:
            refs = list(dict.fromkeys(item.about_ref for item in each.items))
            letters.append(
                Letter(
                    names[each.person_id], len(each.items), refs[:MOST_NAMED], max(0, len(refs) - MOST_NAMED)
                )
            )
        found.append(Day(day, sorted(letters, key=lambda letter: letter.name)))
    return found
