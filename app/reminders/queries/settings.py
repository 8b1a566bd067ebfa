"""What reminders go by: the ladders, quiet periods and days off that are set."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.core.database import current_session
from app.core.holidays import ExtraHoliday
from app.reminders.models import LadderRung, QuietPeriod
from app.reminders.rules import QuietPeriod as Quiet
from app.reminders.rules import Rung, Tier


@dataclass(frozen=True)
class Ladders:
    """Every ladder there is, each from the day it is in force."""

    by_day: tuple[tuple[date, tuple[Rung, ...]], ...]

    def on(self, day: date) -> tuple[Rung, ...]:
        """The ladder in force on a day, from its earliest rung; none before the first."""
        found: tuple[Rung, ...] = ()
        for begins, rungs in self.by_day:
            if begins <= day:
                found = rungs
        return found

    @property
    def farthest_ahead(self) -> int:
        """How many days before its due date the earliest rung of any speaks."""
        return max((-rung.offset_days for _begins, rungs in self.by_day for rung in rungs), default=0)


def ladders() -> Ladders:
    """Every ladder, in the order of their days."""
    rows = current_session().scalars(
        select(LadderRung).order_by(LadderRung.in_force_from, LadderRung.offset_days, LadderRung.id)
    )
    by_day: dict[date, list[Rung]] = defaultdict(list)
    for row in rows:
        by_day[row.in_force_from].append(Rung(row.name, row.offset_days, Tier(row.tier), row.every_days))
    return Ladders(tuple((begins, tuple(rungs)) for begins, rungs in by_day.items()))


def ladder(on: date) -> list[Rung]:
    """The rungs of the ladder in force on a day, from the earliest."""
    return list(ladders().on(on))


def quiet_periods() -> list[Quiet]:
    """The days of every year on which nothing is queued."""
    rows = current_session().scalars(select(QuietPeriod).order_by(QuietPeriod.id))
    return [Quiet(row.from_month, row.from_day, row.to_month, row.to_day) for row in rows]


def quiet_period_rows() -> Sequence[QuietPeriod]:
    """The same as rows, by the day of the year they begin on."""
    order = (QuietPeriod.from_month, QuietPeriod.from_day, QuietPeriod.id)
    return current_session().scalars(select(QuietPeriod).order_by(*order)).all()


def extra_holidays() -> Sequence[ExtraHoliday]:
    """The days on which this partnership does not work although England does, in their order."""
    return current_session().scalars(select(ExtraHoliday).order_by(ExtraHoliday.day_on)).all()
