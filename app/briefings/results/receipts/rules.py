"""What a team's "We discussed this" must say, as pure functions on plain values."""

from collections.abc import Collection
from datetime import date

from app.core import checks
from app.core.errors import RuleBroken
from app.core.filters import date_long

#: More than this is no team that sat together.
MOST_STAFF = 500
#: Nor more than this of a team of which nobody knows who speaks for it: an account answers for a larger one.
MOST_STAFF_BY_LINK = 60
LONGEST_TEAM = 120
LONGEST_THING = 500


class StaffNotUsable(RuleBroken):
    """How many took part is no number that a discussion can have."""


class BeforeItWentOut(RuleBroken):
    """The day lies before the issue was sent."""


class DiscussedAlready(RuleBroken):
    """The same team has said so for the same day."""


class WithdrawnAlready(RuleBroken):
    """Somebody has withdrawn it."""


class NoneByLink(RuleBroken):
    """There is nothing to withdraw."""


def staff_number(text: str | None, *, by_link: bool = False) -> int:
    """How many took part; fewer where it is said by a link, without an account. Raises StaffNotUsable."""
    most = MOST_STAFF_BY_LINK if by_link else MOST_STAFF
    kept = (text or "").strip()
    number = int(kept) if kept.isascii() and kept.isdecimal() and len(kept) < 9 else 0
    if not 1 <= number <= most:
        more = " For more, let somebody with an account say it" if by_link and number > most else ""
        raise StaffNotUsable(f"Enter how many took part, from 1 to {most}, for example 8.{more}", "staff")
    return number


def check_day(day: date, *, sent_on: date | None, today: date) -> None:
    """Raise DayToCome or BeforeItWentOut for a day on which nobody can have discussed the issue."""
    checks.day_not_to_come(day, today=today, field="discussed_on")
    if sent_on is not None and day < sent_on:
        raise BeforeItWentOut(
            f"This briefing went out on {date_long(sent_on)}. Enter that day or a later one", "discussed_on"
        )


def same_team(team: str) -> str:
    """The team's name as it is compared: however it is spaced and capitalised."""
    return " ".join(team.split()).casefold()


def check_new(team: str, *, teams_that_day: Collection[str]) -> None:
    """Raise DiscussedAlready where the team is among those that said so for the same day."""
    if same_team(team) in {same_team(each) for each in teams_that_day}:
        raise DiscussedAlready(
            "We have this already: thank you. If it was another discussion, enter its own day or team", "team"
        )
