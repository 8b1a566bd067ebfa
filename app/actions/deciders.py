"""Who decides about an action, by the rule of four eyes over the people who hold the roles today."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from flask import g, has_request_context

from app.accounts.models import Person
from app.accounts.policy import ExtensionDecider, Role
from app.accounts.queries import chairs_of, holders
from app.actions.rules.four_eyes import Candidate, Stake, check_may_decide, who_decides

if TYPE_CHECKING:
    from app.actions.models import Action, ExtensionRequest


#: Roles that make a person stand for the agency they are held for.
_FOR_AN_AGENCY = frozenset({Role.AGENCY_LEAD, Role.BOARD_MEMBER})


def of_sign_off(action: "Action") -> tuple[Person, ...]:
    """Those who decide the sign-off: the group's chair, or the board manager who records what it decided.

    If all of them answer for the action or belong to its agency, the independent chair.
    """
    return _deciding(_sign_off_candidates(action), _sign_off_stake(action))


def of_extension(action: "Action") -> tuple[Person, ...]:
    """Those who decide the last request for more time: whoever its tier names, else the independent chair.

    Nobody where no time was ever asked for.
    """
    request = _last_request(action)
    if request is None:
        return ()
    return _deciding(_extension_candidates(action, request), _extension_stake(action, request))


def of_course(action: "Action") -> tuple[Person, ...]:
    """Those who decide whether the action stops, ends, moves on or made a difference; as for a sign-off."""
    return _deciding(_sign_off_candidates(action), _stake(action, None))


def of_ending(action: "Action") -> tuple[Person, ...]:
    """Those who may end the action without its being done: the group's chair, else the independent chair."""
    return _deciding(_chairing(action.group_id), _stake(action, None))


def check_decides_course(person: Person, action: "Action") -> None:
    """Raise MayNotDecide, saying why, unless the person decides whether it stops, ends or moves on."""
    _check_among(person, _sign_off_candidates(action), _stake(action, None))


def check_decides_ending(person: Person, action: "Action") -> None:
    """Raise MayNotDecide, saying why, unless the person may end the action without its being done."""
    _check_among(person, _chairing(action.group_id), _stake(action, None))


def check_decides_sign_off(person: Person, action: "Action") -> None:
    """Raise MayNotDecide, saying why, unless the person may decide the sign-off."""
    candidates = [candidate_for(other) for other in _sign_off_candidates(action)]
    chairs = [candidate_for(chair) for chair in _holding(Role.INDEPENDENT_CHAIR)]
    check_may_decide(candidate_for(person), candidates, _sign_off_stake(action), chairs)


def check_decides_extension(person: Person, action: "Action", request: "ExtensionRequest") -> None:
    """Raise MayNotDecide, saying why, unless the person may decide the request."""
    candidates = [candidate_for(other) for other in _extension_candidates(action, request)]
    chairs = [candidate_for(chair) for chair in _holding(Role.INDEPENDENT_CHAIR)]
    check_may_decide(candidate_for(person), candidates, _extension_stake(action, request), chairs)


def _check_among(person: Person, candidates: Sequence[Person], stake: Stake) -> None:
    chairs = [candidate_for(chair) for chair in _holding(Role.INDEPENDENT_CHAIR)]
    check_may_decide(candidate_for(person), [candidate_for(other) for other in candidates], stake, chairs)


def candidate_for(person: Person) -> Candidate:
    """The person as the rule sees them: with every agency they belong to or stand for."""
    held = {each.agency_id for each in person.assignments if each.role in _FOR_AN_AGENCY}
    agencies = {person.agency_id} | held
    return Candidate(person.id, frozenset(agency for agency in agencies if agency is not None))


def _deciding(candidates: Sequence[Person], stake: Stake) -> tuple[Person, ...]:
    chairs = _holding(Role.INDEPENDENT_CHAIR)
    people = {person.id: person for person in (*candidates, *chairs)}
    chosen = who_decides(map(candidate_for, candidates), stake, map(candidate_for, chairs))
    return tuple(people[number] for number in dict.fromkeys(candidate.person_id for candidate in chosen))


def _sign_off_candidates(action: "Action") -> list[Person]:
    return [*_chairing(action.group_id), *_holding(Role.BOARD_MANAGER)]


def _extension_candidates(action: "Action", request: "ExtensionRequest") -> Sequence[Person]:
    match ExtensionDecider(request.decider):
        case ExtensionDecider.GROUP_CHAIR:
            return _chairing(action.group_id)
        case ExtensionDecider.INDEPENDENT_CHAIR:
            return _holding(Role.INDEPENDENT_CHAIR)
        case ExtensionDecider.BOARD_MANAGER:
            return _holding(Role.BOARD_MANAGER)


def _sign_off_stake(action: "Action") -> Stake:
    last = action.waiting_sign_off or (action.sign_offs[-1] if action.sign_offs else None)
    return _stake(action, last.sent_by_id if last else None)


def _extension_stake(action: "Action", request: "ExtensionRequest") -> Stake:
    return _stake(action, request.asked_by_id)


def _stake(action: "Action", asked_by_id: int | None) -> Stake:
    """Those who answer for the action: its owner, who asked, its agency, and the owner's if another."""
    agencies = {action.agency_id, action.owner.agency_id if action.owner else None}
    return Stake(
        person_ids=frozenset(number for number in (action.owner_id, asked_by_id) if number is not None),
        agency_ids=frozenset(agency for agency in agencies if agency is not None),
    )


def _last_request(action: "Action") -> "ExtensionRequest | None":
    return action.waiting_extension or (action.extension_requests[-1] if action.extension_requests else None)


def _holding(role: Role) -> Sequence[Person]:
    return _asked_once(f"holders of {role}", lambda: holders(role))


def _chairing(group_id: int) -> Sequence[Person]:
    return _asked_once(f"chairs of {group_id}", lambda: chairs_of(group_id))


def _asked_once(question: str, ask: Callable[[], Sequence[Person]]) -> Sequence[Person]:
    """The answer, asked once a request: a page asks the policy about many actions."""
    if not has_request_context():
        return ask()
    known: dict[str, Sequence[Person]] = g.setdefault("deciders", {})
    if question not in known:
        known[question] = ask()
    return known[question]
