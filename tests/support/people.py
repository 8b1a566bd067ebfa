"""Made-up people of every shape the policy tells apart, for tests that hold a list to it."""

from collections.abc import Iterable, Iterator
from itertools import chain, combinations

from app.accounts.policy import PersonFacts, Role


def shapes(groups: Iterable[int]) -> Iterator[PersonFacts]:
    """Every role by itself, none and all of them, each with every choice of seats, as member and as chair."""
    groups = sorted(groups)
    seats = list(chain.from_iterable(combinations(groups, size) for size in range(len(groups) + 1)))
    held = [frozenset[Role](), *(frozenset({role}) for role in Role), frozenset(Role)]
    for roles in held:
        for chosen in seats:
            members = frozenset(chosen)
            yield PersonFacts(id=0, roles=roles, member_of=members)
            if members:
                yield PersonFacts(id=0, roles=roles, member_of=members, chairs=members)
