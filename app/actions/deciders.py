"""Who decides about an action, by the rule of four eyes over the people who hold the roles today."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.accounts.cases import queries as cases
from app.accounts.models import Person, SourceKind
from app.accounts.policy import ExtensionDecider, Role
from app.accounts.queries import chairs_of, holders
from app.actions.rules.four_eyes import Candidate, MayNotDecide, Stake, check_may_decide, who_decides
from app.core.asking import asked_once
from app.core.clock import today

if TYPE_CHECKING:
    from app.actions.models import Action, ExtensionRequest, SignOff


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
    return _deciding(_chairing(action), _stake(action, None))


def of_ratification(action: "Action") -> tuple[Person, ...]:
    """Those who may ratify what was signed off under delegation: chairs of the group with no stake in it."""
    chairs = {person.id: person for person in _chairing(action)}
    free = who_decides(map(candidate_for, chairs.values()), _sign_off_stake(action), ())
    return tuple(chairs[candidate.person_id] for candidate in free)


def of_anything(action: "Action") -> frozenset[int]:
    """The row numbers of all who decide anything about the action, which lets them read it."""
    deciding = (of_sign_off(action), of_extension(action), of_course(action), of_ending(action))
    return frozenset(person.id for people in deciding for person in people)


def check_ratifies(person: Person, action: "Action", sign_off: "SignOff") -> None:
    """Raise MayNotDecide, saying why, unless the person may ratify this decision, which was another's."""
    if person.id == sign_off.decided_by_id:
        raise MayNotDecide("You signed this off, so somebody else ratifies it")
    chairs = [candidate_for(other) for other in _chairing(action)]
    check_may_decide(candidate_for(person), chairs, _stake(action, sign_off.sent_by_id), ())


def check_decides_course(person: Person, action: "Action") -> None:
    """Raise MayNotDecide, saying why, unless the person decides whether it stops, ends or moves on."""
    _check_among(person, _sign_off_candidates(action), _stake(action, None))


def check_decides_ending(person: Person, action: "Action") -> None:
    """Raise MayNotDecide, saying why, unless the person may end the action without its being done."""
    _check_among(person, _chairing(action), _stake(action, None))


def check_decides_sign_off(person: Person, action: "Action") -> None:
    """Raise MayNotDecide, saying why, unless the person may decide the sign-off."""
    _check_among(person, _sign_off_candidates(action), _sign_off_stake(action))


def check_decides_extension(person: Person, action: "Action", request: "ExtensionRequest") -> None:
    """Raise MayNotDecide, saying why, unless the person may decide the request."""
    _check_among(person, _extension_candidates(action, request), _extension_stake(action, request))


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
    return [*_chairing(action), *_of_the_case(action, _holding(Role.BOARD_MANAGER))]


def _extension_candidates(action: "Action", request: "ExtensionRequest") -> Sequence[Person]:
    match ExtensionDecider(request.decider):
        case ExtensionDecider.GROUP_CHAIR:
            return _chairing(action)
        case ExtensionDecider.INDEPENDENT_CHAIR:
            return _of_the_case(action, _holding(Role.INDEPENDENT_CHAIR))
        case ExtensionDecider.BOARD_MANAGER:
            return _of_the_case(action, _holding(Role.BOARD_MANAGER))


def _sign_off_stake(action: "Action") -> Stake:
    last = action.sign_offs[-1] if action.sign_offs else None
    return _stake(action, last.sent_by_id if last else None)


def _extension_stake(action: "Action", request: "ExtensionRequest") -> Stake:
    return _stake(action, request.asked_by_id)


def _stake(action: "Action", asked_by_id: int | None) -> Stake:
    """Those who answer for the action: its owner and deputies, who asked, and their agencies."""
    agencies = {action.agency_id, action.owner.agency_id if action.owner else None}
    deputies = asked_once("deputies", lambda: cases.standing_in(today()))
    conflicts = asked_once("conflicts", cases.conflicted)
    people = {action.owner_id, asked_by_id, *deputies.get(action.owner_id or 0, ())}
    return Stake(
        person_ids=frozenset(number for number in people if number is not None),
        agency_ids=frozenset(agency for agency in agencies if agency is not None),
        kept_out_ids=conflicts.get(action.source.ref, frozenset()),
    )


def _last_request(action: "Action") -> "ExtensionRequest | None":
    return action.waiting_extension or (action.extension_requests[-1] if action.extension_requests else None)


def _holding(role: Role) -> Sequence[Person]:
    return asked_once(f"holders of {role}", lambda: holders(role))


def _chairing(action: "Action") -> Sequence[Person]:
    group_id = action.group_id
    return _of_the_case(action, asked_once(f"chairs of {group_id}", lambda: chairs_of(group_id)))


def _of_the_case(action: "Action", people: Sequence[Person]) -> Sequence[Person]:
    """Those of the people who decide in the case: of a restricted one its team's leads, and who is on it.

    Nobody ranks above a restricted team; if its people answer for the action, the independent chair decides.
    Of the death of a child, whoever chairs its panel decides.
    """
    if action.source.kind == SourceKind.CHILD_DEATH:
        group_id = action.source.group_id
        return asked_once(f"chairs of {group_id}", lambda: chairs_of(group_id))
    if not action.source.is_restricted:
        return people
    teams = asked_once("teams", cases.teams)
    team = teams.get(action.source.ref, ())
    members = {member.person_id for member in team}
    leads = [member.person for member in team if member.is_lead]
    return list(dict.fromkeys([*leads, *(person for person in people if person.id in members)]))
