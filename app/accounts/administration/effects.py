"""What would follow from a change, for the page that asks before it is made."""

from app.accounts import queries as accounts
from app.accounts.administration import queries, rules
from app.accounts.models import RoleAssignment, Seat
from app.accounts.policy import ROLE_LABELS, Role
from app.core import hooks


def uses(structure: str, row_id: int) -> list[str]:
    """What open things of every room still use an area, an agency or a group."""
    found = (hooks.structure_used.ask(kind, structure, row_id) for kind in sorted(hooks.structure_used.kinds))
    return [words for words in found if words]


def of_losing_seat(seat: Seat) -> str | None:
    """What follows for open things where a group loses its only chair."""
    if not seat.is_chair or queries.other_chairs(seat):
        return None
    return (
        f"{_open_things('group', seat.group_id)} of {seat.group.short_name} would have no chair to decide: "
        f"the {_next_decider()} decides"
    )


def of_losing_role(held: RoleAssignment) -> str | None:
    """What follows where nobody else holds the role."""
    role = Role(held.role)
    if role in rules.FOR_AN_AGENCY and held.agency is not None:
        others = [one for one in accounts.holders(role, agency_id=held.agency_id) if one.id != held.person_id]
        if others:
            return None
        post = "lead" if role is Role.AGENCY_LEAD else "board member"
        open_things = _open_things("agency", held.agency.id)
        return f"{open_things} of {held.agency.name} would have no {post} to be reminded"
    if role in rules.NOT_HANDED_OVER or queries.others_hold(role, held.person_id):
        return None
    return f"Nobody would be {ROLE_LABELS[role].lower()}"


def _open_things(structure: str, row_id: int) -> str:
    words = " and ".join(uses(structure, row_id)) or "nothing open"
    return f"{words[:1].upper()}{words[1:]}"


def _next_decider() -> str:
    return "board manager" if accounts.holders(Role.BOARD_MANAGER) else "independent chair"
