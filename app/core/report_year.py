"""Report years: 1 April to 31 March, written ``2016/17``."""

import re
from dataclasses import dataclass
from datetime import date

_WRITTEN = re.compile(r"([0-9]{4})/([0-9]{2})")
_APRIL = 4


@dataclass(frozen=True, order=True)
class ReportYear:
    """The year that an annual report covers, known by the calendar year in which it begins.

    Raises ValueError for a year whose first or last day no calendar date can hold.
    """

    start_year: int

    def __post_init__(self) -> None:
        if not date.min.year <= self.start_year < date.max.year:
            raise ValueError(f"No report year begins in the year {self.start_year}.")

    def __str__(self) -> str:
        return f"{self.start_year:04d}/{(self.start_year + 1) % 100:02d}"

    def __contains__(self, day: date) -> bool:
        return self.first_day <= day <= self.last_day

    @property
    def first_day(self) -> date:
        """1 April."""
        return date(self.start_year, _APRIL, 1)

    @property
    def last_day(self) -> date:
        """31 March of the next calendar year."""
        return date(self.start_year + 1, 3, 31)

    @property
    def previous(self) -> "ReportYear":
        """The report year before this one."""
        return ReportYear(self.start_year - 1)

    @property
    def following(self) -> "ReportYear":
        """The report year after this one."""
        return ReportYear(self.start_year + 1)

    @classmethod
    def parse(cls, text: str) -> "ReportYear":
        """The report year somebody wrote; spaces around it do not matter.

        Raises ValueError, in a sentence that says how to write it.
        """
        written = text.strip()
        match = _WRITTEN.fullmatch(written)
        if match is None:
            raise ValueError(f"‘{written}’ is not a report year. Write it like 2016/17.")
        year = cls(int(match[1]))
        if str(year) != written:
            raise ValueError(f"‘{written}’ is not a report year. The one beginning in {match[1]} is {year}.")
        return year


def report_year_of(day: date) -> ReportYear:
    """The report year a day falls in."""
    return ReportYear(day.year if day.month >= _APRIL else day.year - 1)
