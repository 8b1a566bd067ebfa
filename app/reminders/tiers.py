"""Who holds which tier of the ladder, as pure functions on plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.reminders.rules import Tier


@dataclass(frozen=True)
class Matter:
    """Something that can be late, as the ladder sees it: whom it concerns, by row numbers."""

    owner_id: int | None
    agency_id: int
    group_id: int


@dataclass(frozen=True)
class Holders:
    """The people who hold something and have not left. Those who left hold nothing."""

    #: Everybody who may be written to.
    active: frozenset[int]
    agency_leads: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    board_members: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    group_chairs: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    independent_chairs: tuple[int, ...] = ()
    board_managers: tuple[int, ...] = ()


@dataclass(frozen=True)
class Reached:
    """The people a rung reaches. They stand in where nobody holds its tier."""

    person_ids: tuple[int, ...]
    stand_in: bool = False


def holders_of(tier: Tier, matter: Matter, holders: Holders) -> tuple[int, ...]:
    """The people who hold the tier for this matter; nobody has a deputy yet."""
    if tier is Tier.OWNER:
        return (matter.owner_id,) if matter.owner_id in holders.active and matter.owner_id else ()
    if tier is Tier.AGENCY_LEAD:
        return holders.agency_leads.get(matter.agency_id, ())
    if tier is Tier.BOARD_MEMBER:
        return holders.board_members.get(matter.agency_id, ())
    if tier is Tier.GROUP_CHAIR:
        return holders.group_chairs.get(matter.group_id, ())
    if tier is Tier.INDEPENDENT_CHAIR:
        return holders.independent_chairs
    if tier is Tier.BOARD_MANAGER:
        return holders.board_managers
    return ()


def reached(tier: Tier, matter: Matter, holders: Holders) -> Reached:
    """Whom a rung of this tier reaches about this matter.

    A tier that nobody holds falls to the board manager. Not a deputy's: that is a copy beside the owner's
    reminder, and where there is no deputy nothing is missing.
    """
    people = holders_of(tier, matter, holders)
    if people or tier is Tier.DEPUTY:
        return Reached(people)
    return Reached(holders.board_managers, stand_in=True)
