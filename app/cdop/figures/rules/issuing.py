"""When figures may be issued, and a number be shown in spite of the rule."""

from collections.abc import Collection
from datetime import date

from app.core.errors import RuleBroken
from app.core.report_year import ReportYear


class NotIssuable(RuleBroken):
    """The figures cannot be issued as they stand."""


class NotOverridable(RuleBroken):
    """The number is not one that can be shown by decision."""


def check_issuable(
    year: ReportYear, on: date, *, years: Collection[int], is_current: bool, problem: str | None
) -> None:
    """Check that the figures up to a year may be issued. Raises NotIssuable, with what is to be done.

    A year that is not over would be published with too few, and could hardly be corrected afterwards.
    """
    if problem is not None:
        raise NotIssuable(problem)
    if on <= year.last_day:
        raise NotIssuable(
            f"The year {year} is not over. What is issued stays public: wait until "
            f"1 April {year.start_year + 1}."
        )
    if not is_current:
        raise NotIssuable("Newer data wait to be computed. Look at the new figures, then issue them.")
    if year.start_year not in years:
        raise NotIssuable(f"There are no figures of {year}.")


def check_same_as_seen(seen: str | None, now: str) -> None:
    """Check that what is issued is what somebody looked at. Raises NotIssuable."""
    if seen != now:
        raise NotIssuable("The figures were computed again since you opened this page. Look at them again.")


def check_hidden(statistic: str | None, hidden: Collection[str]) -> str:
    """The number that is to be shown, which must be hidden now. Raises NotOverridable."""
    if statistic is None or statistic not in hidden:
        raise NotOverridable("Choose a number that is hidden", "statistic")
    return statistic
