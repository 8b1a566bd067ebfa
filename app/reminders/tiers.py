"""Who holds which tier of the ladder, as pure functions on plain values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from app.actions.rules.four_eyes import Candidate, Stake, may_decide
from app.reminders.rules import Tier

ACTION, IMPACT_LOOK, SIGN_OFF = "action", "impact_look", "sign_off"
#: What an agency was asked to return about a death; it lies in a closed compartment.
AGENCY_RETURN = "agency_return"


@dataclass(frozen=True)
class Matter:
    """Something that can be late, as the ladder sees it: whom it concerns, by row numbers."""

    owner_id: int | None
    agency_id: int
    group_id: int
    kind: str = ACTION
    #: The case it belongs to, by the reference of its source.
    source_ref: str | None = None
    owner_agency_id: int | None = None
    #: Whoever sent it for a decision.
    asked_by_id: int | None = None

    def stake(self, deputies: Iterable[int] = ()) -> Stake:
        """Those who answer for it, its owner's deputies among them, and so decide nothing about it."""
        people = (self.owner_id, self.asked_by_id, *deputies)
        agencies = (self.agency_id, self.owner_agency_id)
        return Stake(
            person_ids=frozenset(number for number in people if number is not None),
            agency_ids=frozenset(number for number in agencies if number is not None),
        )


@dataclass(frozen=True)
class StandIn:
    """That somebody is deputy for a person over these days; while they are away, for everything they get."""

    deputy_id: int
    from_on: date
    #: The last day, and the day on which it was called off; null without.
    until_on: date | None = None
    ended_on: date | None = None
    is_absence: bool = False

    def holds_on(self, day: date) -> bool:
        """Whether the deputy stands in on this day."""
        if self.ended_on is not None and day >= self.ended_on:
            return False
        return self.from_on <= day and (self.until_on is None or day <= self.until_on)


@dataclass(frozen=True)
class Team:
    """The team of a restricted case: nobody ranks above it, and nobody beside it decides."""

    leads: tuple[int, ...] = ()
    members: frozenset[int] = frozenset()

    def of_it(self, people: Iterable[int]) -> tuple[int, ...]:
        """Those of the people who are on it."""
        return tuple(each for each in people if each in self.members)

    def deciding(self, people: Iterable[int]) -> tuple[int, ...]:
        """Who decides where otherwise these people would: its leads, and those of them who are on it."""
        return tuple(dict.fromkeys((*self.leads, *self.of_it(people))))


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
    #: Who is deputy for each person, now or at some time.
    stand_ins: Mapping[int, tuple[StandIn, ...]] = field(default_factory=dict)
    #: Of each case, by the reference of its source: those with a conflict of interest.
    conflicts: Mapping[str, frozenset[int]] = field(default_factory=dict)
    #: Of each restricted case, by the reference of its source: its team.
    teams: Mapping[str, Team] = field(default_factory=dict)
    #: The agencies that those who decide belong to or stand for.
    agencies: Mapping[int, frozenset[int]] = field(default_factory=dict)

    def deputies(self, person_id: int | None, on: date, *, away: bool) -> tuple[int, ...]:
        """Those who stand in for a person on a day: while the person is away, or otherwise."""
        if person_id is None:
            return ()
        found = (
            each.deputy_id
            for each in self.stand_ins.get(person_id, ())
            if each.is_absence == away and each.deputy_id in self.active and each.holds_on(on)
        )
        return tuple(dict.fromkeys(found))


@dataclass(frozen=True)
class Reached:
    """The people a rung reaches. They stand in where nobody holds its tier."""

    person_ids: tuple[int, ...]
    stand_in: bool = False
    #: Deputies of those people while they are away: they get the same, for whom.
    deputies: tuple[int, ...] = ()


NOBODY = Reached(())

#: Whom a sign-off concerns at each tier. No agency hears of it: it waits on those who decide.
_SIGN_OFF_TIERS = {
    Tier.OWNER: Tier.GROUP_CHAIR,
    Tier.DEPUTY: Tier.DEPUTY,
    Tier.GROUP_CHAIR: Tier.BOARD_MANAGER,
    Tier.INDEPENDENT_CHAIR: Tier.INDEPENDENT_CHAIR,
    Tier.BOARD_MANAGER: Tier.BOARD_MANAGER,
}


def holders_of(tier: Tier, matter: Matter, holders: Holders, on: date | None = None) -> tuple[int, ...]:
    """The people who hold the tier for this matter; deputies are those of the day, where there is one.

    Nobody with a conflict of interest in the case holds anything of it. A sign-off is held by those who
    decide it, never for their own agency.
    """
    if matter.kind == SIGN_OFF:
        return _deciding(tier, matter, holders, on)
    return _free(_holding(tier, matter, holders, on), matter, holders)


def reached(tier: Tier, matter: Matter, holders: Holders, on: date | None = None) -> Reached:
    """Whom a rung of this tier reaches about this matter.

    1. A tier that nobody holds falls to the board manager. Not a deputy's: that is a copy beside the owner's
       reminder, and where there is no deputy nothing is missing. Nor an agency's about a sign-off.
    2. Where the board manager may not know of the case either, the independent chair stands in. A partnership
       without a board manager is not spoken for: it waits until there is one.
    3. While somebody is away, their deputy gets what they get, beside them.
    """
    people = holders_of(tier, matter, holders, on)
    stand_in = False
    if not people:
        if tier is Tier.DEPUTY or (matter.kind == SIGN_OFF and tier not in _SIGN_OFF_TIERS):
            return NOBODY
        stand_in = True
        people = _standing_in(matter, holders, on)
    deputies = _away(people, matter, holders, on) if on is not None and tier is not Tier.DEPUTY else ()
    return Reached(people, stand_in, deputies)


def on_behalf_of(person_id: int, tier: Tier, matter: Matter, holders: Holders, on: date) -> tuple[int, ...]:
    """For whom a deputy was reached at a tier: those of its holders for whom the person stands in.

    What a standing deputy hears of is the owner's.
    """
    principals = holders_of(Tier.OWNER if tier is Tier.DEPUTY else tier, matter, holders, on)
    principals = principals or _standing_in(matter, holders, on)
    return tuple(
        each
        for each in principals
        if person_id in holders.deputies(each, on, away=True) + holders.deputies(each, on, away=False)
    )


def _holding(tier: Tier, matter: Matter, holders: Holders, on: date | None) -> tuple[int, ...]:
    if tier is Tier.OWNER:
        return _owning(matter, holders)
    if tier is Tier.DEPUTY:
        return _standing_deputies(_holding(Tier.OWNER, matter, holders, on), holders, on)
    if tier is Tier.AGENCY_LEAD:
        return holders.agency_leads.get(matter.agency_id, ())
    if tier is Tier.BOARD_MEMBER:
        return holders.board_members.get(matter.agency_id, ())
    if tier is Tier.GROUP_CHAIR:
        return holders.group_chairs.get(matter.group_id, ())
    if tier is Tier.INDEPENDENT_CHAIR:
        return holders.independent_chairs
    return holders.board_managers


def _owning(matter: Matter, holders: Holders) -> tuple[int, ...]:
    """Whoever owes it. What an agency is asked to return its lead owes where nobody is named who can."""
    named = (matter.owner_id,) if matter.owner_id in holders.active and matter.owner_id else ()
    if matter.kind == AGENCY_RETURN and not _free(named, matter, holders):
        return holders.agency_leads.get(matter.agency_id, ())
    return named


def _standing_deputies(people: Iterable[int], holders: Holders, on: date | None) -> tuple[int, ...]:
    """The standing deputies of people, without those who stand in for one who is away and so get it all."""
    if on is None:
        return ()
    found: dict[int, None] = {}
    for person_id in people:
        away = holders.deputies(person_id, on, away=True)
        standing = holders.deputies(person_id, on, away=False)
        found |= dict.fromkeys(each for each in standing if each not in away)
    return tuple(found)


def _deciding(tier: Tier, matter: Matter, holders: Holders, on: date | None) -> tuple[int, ...]:
    whom = _SIGN_OFF_TIERS.get(tier)
    if whom is None:
        return ()
    team = _team(matter, holders)
    if whom is Tier.DEPUTY:
        people = _standing_deputies(_deciding(Tier.OWNER, matter, holders, on), holders, on)
        people = people if team is None else team.of_it(people)
    else:
        people = _holding(whom, matter, holders, on)
        people = people if team is None else team.deciding(people)
    if whom is Tier.INDEPENDENT_CHAIR and team is None:
        # The last resort decides even for the body that employs them, though never about their own.
        people = tuple(each for each in people if each not in _stake(matter, holders, on).person_ids)
    else:
        people = _without_stake(people, matter, holders, on)
    return _free(people, matter, holders)


def _standing_in(matter: Matter, holders: Holders, on: date | None) -> tuple[int, ...]:
    managers = holders.board_managers
    if matter.kind == SIGN_OFF:
        team = _team(matter, holders)
        managers = _without_stake(managers if team is None else team.of_it(managers), matter, holders, on)
    free = _free(managers, matter, holders)
    if free or not (holders.board_managers or matter.kind == SIGN_OFF):
        return free
    return _free(holders.independent_chairs, matter, holders)


def _team(matter: Matter, holders: Holders) -> Team | None:
    """The team of its case; None where everybody may know of that by their rank."""
    return holders.teams.get(matter.source_ref) if matter.source_ref else None


def _stake(matter: Matter, holders: Holders, on: date | None) -> Stake:
    """Those who answer for it on a day."""
    owner_id = matter.owner_id
    if on is None:
        return matter.stake()
    return matter.stake(
        [*holders.deputies(owner_id, on, away=True), *holders.deputies(owner_id, on, away=False)]
    )


def _without_stake(
    people: Iterable[int], matter: Matter, holders: Holders, on: date | None
) -> tuple[int, ...]:
    stake = _stake(matter, holders, on)
    return tuple(
        each for each in people if may_decide(Candidate(each, holders.agencies.get(each, frozenset())), stake)
    )


def _away(people: tuple[int, ...], matter: Matter, holders: Holders, on: date) -> tuple[int, ...]:
    deputies = dict.fromkeys(
        deputy for person_id in people for deputy in holders.deputies(person_id, on, away=True)
    )
    if matter.kind == SIGN_OFF:
        team = _team(matter, holders)
        asked = deputies if team is None else team.of_it(deputies)
        deputies = dict.fromkeys(_without_stake(asked, matter, holders, on))
    return tuple(each for each in _free(deputies, matter, holders) if each not in people)


def _free(people: Iterable[int], matter: Matter, holders: Holders) -> tuple[int, ...]:
    """Those of them without a conflict of interest in the case."""
    conflicted = holders.conflicts.get(matter.source_ref, frozenset()) if matter.source_ref else frozenset()
    return tuple(each for each in people if each not in conflicted)
