"""Who may be on the team of a restricted case, who may have a conflict of interest in one: pure rules."""

from collections.abc import Collection

from app.core.errors import RuleBroken

#: What is said of every reference whose glass cannot be broken, so that nothing is learned of any.
GLASS_HOLDS = "No case with this reference opens to you in this way"


class AlreadyRestricted(RuleBroken):
    """The case is open to its team only."""


class NotRestricted(RuleBroken):
    """Everybody of the group may open the case: it has no team."""


class AlreadyOnTheTeam(RuleBroken):
    """The person has a place on the team."""


class MayNotJoin(RuleBroken):
    """The person has left, or stands too near to the case."""


class LastLead(RuleBroken):
    """Nobody would be left to say who is on the team."""


class AlreadyDeclared(RuleBroken):
    """The person's conflict of interest in the case stands."""


class GlassHolds(RuleBroken):
    """The reference is of no restricted case that the person may open in this way."""


def check_is_restricted(ref: str, is_restricted: bool) -> None:
    """Raise NotRestricted unless the case has a team."""
    if not is_restricted:
        raise NotRestricted(f"{ref} is not restricted, so it has no team")


def check_is_not_restricted(ref: str, is_restricted: bool) -> None:
    """Raise AlreadyRestricted where the case has a team."""
    if is_restricted:
        raise AlreadyRestricted(f"{ref} is restricted to its team already")


def check_may_join(
    name: str, *, is_active: bool, is_conflicted: bool, is_member: bool, field: str | None = "person"
) -> None:
    """Raise AlreadyOnTheTeam or MayNotJoin, saying why, unless the person may have a place on the team."""
    if is_member:
        raise AlreadyOnTheTeam(f"{name} is on the team already", field)
    if not is_active:
        raise MayNotJoin(f"{name} has left", field)
    if is_conflicted:
        raise MayNotJoin(f"{name} has a conflict of interest in this case", field)


def check_a_lead_remains(leading: Collection[int], leaver_id: int, sentence: str) -> None:
    """Raise LastLead, in the sentence given, if nobody else leads the team."""
    if set(leading) <= {leaver_id}:
        raise LastLead(sentence)


def check_not_declared(name: str, is_declared: bool) -> None:
    """Raise AlreadyDeclared where the conflict stands."""
    if is_declared:
        raise AlreadyDeclared(f"The conflict of interest of {name} in this case stands already", "person")
