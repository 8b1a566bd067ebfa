"""What administration is bound by. Pure: no database, no Flask."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import NamedTuple

from app.accounts.policy import Role
from app.core.errors import RuleBroken
from app.core.filters import date_long

#: Roles that say nothing without the agency they are held for.
FOR_AN_AGENCY = frozenset({Role.AGENCY_LEAD, Role.BOARD_MEMBER})
#: Roles that end with the person: they answer for nothing that another has to take on.
NOT_HANDED_OVER = frozenset({Role.ACTION_OWNER, Role.STAFF_READER})
#: Roles without which nobody could invite people or keep the record going.
NEVER_EMPTY = frozenset({Role.ADMINISTRATOR, Role.BOARD_MANAGER})

#: A deputy is arranged no longer ahead, and somebody left no longer ago: a day beyond is a slip of the hand.
LONGEST_AHEAD = timedelta(days=366)
LONGEST_BACK = timedelta(days=5 * 366)


class NameTaken(RuleBroken):
    """Another of its kind has the name already."""


class InUse(RuleBroken):
    """Something open still uses the structure that is to be withdrawn."""


class AlreadyWithdrawn(RuleBroken):
    """The structure was withdrawn already."""


class AgencyNeeded(RuleBroken):
    """The role is held for an agency, and none was named; or for none, and one was."""


class RoleHeld(RuleBroken):
    """The person holds the role already."""


class SomebodyNeeded(RuleBroken):
    """The last holder of what cannot be without one must name a successor."""


class SuccessorUnfit(RuleBroken):
    """The successor cannot have the thing."""


class NotTheirs(RuleBroken):
    """The person no longer has the thing that is to be handed over."""


class HasLeft(RuleBroken):
    """The person has left."""


class LastDayUnfit(RuleBroken):
    """The last day is not one of a person who works here until then."""


class DeputyUnfit(RuleBroken):
    """The person cannot stand in."""


class Overlaps(RuleBroken):
    """Another arrangement holds on some of the days."""


class DaysUnfit(RuleBroken):
    """The days of an arrangement do not stand in order."""


class Arrangement(NamedTuple):
    """The days on which a deputy stands in; the last is null until further notice."""

    from_on: date
    until_on: date | None


def check_deaths_stay_open(name: str, holds_deaths: bool) -> None:
    """Raise InUse where child deaths that a group holds would be open to nobody."""
    if holds_deaths:
        sentence = f"{name} holds child deaths, which nobody could open then"
        raise InUse(sentence, "reviews_child_deaths")


def check_role(role: Role, *, for_agency: bool) -> None:
    """Refuse a role for an agency without one, and any other role with one. Raises AgencyNeeded."""
    if role in FOR_AN_AGENCY and not for_agency:
        raise AgencyNeeded("Choose the agency that the role is held for", "agency")
    if role not in FOR_AN_AGENCY and for_agency:
        raise AgencyNeeded("This role is not held for an agency: leave the agency empty", "agency")


def check_nothing_uses(uses: Collection[str], *, name: str) -> None:
    """Refuse to withdraw what open things still use, and say which. Raises InUse."""
    if uses:
        raise InUse(f"{name} cannot be withdrawn yet: {_listed(list(uses))}.")


def check_takes_nothing_along(labels: Collection[str], *, person_name: str, agency_name: str) -> None:
    """Refuse to move a person to another agency with what the former one owes. Raises InUse."""
    if labels:
        raise InUse(
            f"{person_name} has for {agency_name}: {_listed(list(labels))}. Give that to somebody else first",
            "agency",
        )


def check_deputy(
    *, is_same: bool, is_active: bool, is_of_agency: bool, person_name: str, deputy_name: str
) -> None:
    """Refuse a deputy who is the same person, has left, or works for another agency. Raises DeputyUnfit.

    A deputy reads what the person owes, which the person's own agency is accountable for.
    """
    if is_same:
        raise DeputyUnfit("Choose somebody else: nobody stands in for themselves", "deputy")
    if not is_active:
        raise DeputyUnfit(f"{deputy_name} has left: choose somebody else", "deputy")
    if not is_of_agency:
        raise DeputyUnfit(
            f"Choose somebody of the same agency as {person_name}: what is owed stays with it", "deputy"
        )


def check_days(new: Arrangement, standing: Iterable[Arrangement], *, today: date) -> None:
    """Refuse days out of order, past or far ahead, and days on which another arrangement holds.

    Raises DaysUnfit, Overlaps.
    """
    if new.until_on is not None and new.until_on < new.from_on:
        raise DaysUnfit("The last day must be the first day or later", "until_on")
    if new.from_on < today:
        raise DaysUnfit("The first day must be today or later", "from_on")
    if new.from_on > today + LONGEST_AHEAD:
        raise DaysUnfit("The first day must be within a year from today", "from_on")
    for other in standing:
        if _overlap(new, other):
            raise Overlaps(
                f"Another arrangement holds {_days(other)}: end it first, or choose other days", "from_on"
            )


def check_takes_over(
    left: Arrangement, standing: Iterable[tuple[str, Arrangement]], *, person_name: str
) -> None:
    """Refuse to hand on what is left of an arrangement where another of its kind holds on its days.

    ``standing`` are the others by the name of the deputy. Raises Overlaps.
    """
    for name, other in standing:
        if _overlap(left, other):
            raise Overlaps(
                f"{name} stands in for {person_name} {_days(other)} already. "
                "Choose nobody for now: that arrangement stays"
            )


def _overlap(one: Arrangement, other: Arrangement) -> bool:
    return (one.until_on is None or other.from_on <= one.until_on) and (
        other.until_on is None or one.from_on <= other.until_on
    )


def _days(of: Arrangement) -> str:
    until = f"until {date_long(of.until_on)}" if of.until_on else "until further notice"
    return f"from {date_long(of.from_on)} {until}"


def check_last_day(day: date, *, today: date) -> None:
    """Refuse a last day to come: the account ends when it is deactivated; and one that is a slip of the hand.

    Raises LastDayUnfit.
    """
    if day < today - LONGEST_BACK:
        raise LastDayUnfit("The last day must be one of the last five years", "left_on")
    if day > today:
        raise LastDayUnfit(
            "The last day must be today or earlier: deactivate the account once the person has gone, "
            "and arrange a deputy until then",
            "left_on",
        )


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
