"""Working days in England: Monday to Friday, less bank holidays and the days a partnership adds."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

_DAY = timedelta(days=1)
_SATURDAY = 5


@cache
def bank_holidays(year: int) -> frozenset[date]:
    """England's bank holidays of one year that fall on Monday to Friday.

    The library knows the years from 1872 to 2100; outside them only weekends are days off.
    """
    # Imported on first use: it takes longer than all the rest of a command's start.
    from holidays import country_holidays

    days = country_holidays("GB", subdiv="ENG", years=year)
    return frozenset(day for day in days if day.weekday() < _SATURDAY)


@dataclass(frozen=True)
class WorkingDays:
    """The calendar that deadlines in working days are counted by.

    ``extra_holidays`` are the days on which this partnership does not work although England does.
    """

    extra_holidays: frozenset[date] = frozenset()

    def is_working_day(self, day: date) -> bool:
        """Whether agencies are at work on this day."""
        return (
            day.weekday() < _SATURDAY
            and day not in self.extra_holidays
            and day not in bank_holidays(day.year)
        )

    def following(self, day: date) -> date:
        """The first working day after this day."""
        return self.on_or_after(day + _DAY)

    def on_or_after(self, day: date) -> date:
        """This day if it is a working day, otherwise the first one after it."""
        while not self.is_working_day(day):
            day += _DAY
        return day

    def add(self, day: date, count: int) -> date:
        """The day ``count`` working days after ``day``, which is itself day 0 whether it is worked or not.

        A negative count goes back; none at all gives the day itself.
        """
        step = _DAY if count > 0 else -_DAY
        left = abs(count)
        while left:
            day += step
            if self.is_working_day(day):
                left -= 1
        return day

    def between(self, start: date, end: date) -> int:
        """How many working days come after ``start``, up to and including ``end``.

        Negative when ``end`` comes first, so that swapping the two only changes the sign.
        """
        if end < start:
            return -self.between(end, start)
        # Counted in whole weeks: a list of late actions asks this for every row.
        weeks, rest = divmod((end - start).days, 7)
        weekdays = 5 * weeks
        weekdays += sum((start + _DAY * number).weekday() < _SATURDAY for number in range(1, rest + 1))
        return weekdays - sum(start < day <= end for day in self._weekdays_off(start.year, end.year))

    def _weekdays_off(self, first_year: int, last_year: int) -> frozenset[date]:
        """The days from Monday to Friday that are not worked, of these years and perhaps others."""
        days = {day for day in self.extra_holidays if day.weekday() < _SATURDAY}
        return frozenset(days.union(*(bank_holidays(year) for year in range(first_year, last_year + 1))))
