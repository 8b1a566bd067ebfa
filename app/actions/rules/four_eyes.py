"""Who may decide about an action: never those who answer for it, and never their agency.

Covers sign-off, more time, overrides and whatever else stops or ends the owner's clock.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from app.core.errors import RuleBroken


@dataclass(frozen=True)
class Candidate:
    """Somebody whose role lets them decide; a person may stand for several agencies, or for none."""

    person_id: int
    agency_ids: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Stake:
    """Those who answer for what is to be decided.

    The people are the owner, the deputy and whoever asked for the decision; the agencies are the one that
    leads on the action and the owner's own, where that is another. Those kept out have a conflict of interest
    in the case: they decide nothing about it, not even as the last resort.
    """

    person_ids: frozenset[int]
    agency_ids: frozenset[int]
    kept_out_ids: frozenset[int] = frozenset()


class MayNotDecide(RuleBroken):
    """The person answers for the action, or another person decides it."""


def may_decide(candidate: Candidate, stake: Stake) -> bool:
    """Whether this person has no stake in the decision, neither themselves nor through an agency.

    Whoever has a conflict of interest in the case may not decide either.
    """
    return not _own(candidate, stake) and not candidate.agency_ids & stake.agency_ids


def who_decides(
    candidates: Iterable[Candidate], stake: Stake, independent_chairs: Iterable[Candidate]
) -> tuple[Candidate, ...]:
    """Those of the candidates who may decide; if none of them may, the independent chair.

    As the last resort the independent chair decides even about an action of the body that employs them,
    but never about one they own, or in a case they have a conflict of interest in. Empty when nobody at all
    may decide: another person has to be named.
    """
    free = tuple(candidate for candidate in candidates if may_decide(candidate, stake))
    return free or tuple(chair for chair in independent_chairs if not _own(chair, stake))


def check_may_decide(
    person: Candidate,
    candidates: Iterable[Candidate],
    stake: Stake,
    independent_chairs: Iterable[Candidate],
) -> None:
    """Raise MayNotDecide, saying why, unless this person is among those who decide."""
    deciders = who_decides(candidates, stake, independent_chairs)
    if any(decider.person_id == person.person_id for decider in deciders):
        return
    if person.person_id in stake.kept_out_ids:
        raise MayNotDecide("You have a conflict of interest, so somebody else decides about this action")
    if _own(person, stake):
        raise MayNotDecide("You answer for this action, so somebody else decides about it")
    if person.agency_ids & stake.agency_ids:
        raise MayNotDecide("Your agency answers for this action, so somebody from outside it decides")
    raise MayNotDecide("Deciding about this action is not part of your role")


def _own(candidate: Candidate, stake: Stake) -> bool:
    return candidate.person_id in stake.person_ids | stake.kept_out_ids
