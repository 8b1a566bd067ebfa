"""What somebody who leaves owns, and how it goes to a successor."""

from collections.abc import Sequence

from app.accounts.cases import queries as cases
from app.accounts.models import Person
from app.accounts.policy import can
from app.accounts.rules import check_not_for_oneself
from app.actions import operations, queries
from app.actions.rules.four_eyes import MayNotDecide
from app.core.acting import current_actor
from app.core.database import current_session
from app.core.hooks import Owed


def owed_by(person_id: int) -> Sequence[Owed]:
    """The actions that the person owns and that are not closed."""
    return [
        Owed(
            kind="action",
            ref=action.ref,
            label=f"Action {action.ref}, {action.status_label.lower()}",
            agency_id=action.agency_id,
            group_id=action.group_id,
            is_person_needed=action.is_open,
            without=None if action.is_open else "Nobody owns it until somebody is named.",
        )
        for action in queries.owned_by(person_id)
    ]


def hand_over(ref: str, from_person_id: int, to_person_id: int | None, reason: str) -> None:
    """Give an action to a successor of the same agency; its agency and its date stay.

    Nobody gets to open an action by closing its owner's account, and whoever has a conflict of interest in
    its case does not choose who owns it. Raises RecordClosed, OwnerElsewhere, OwnAccess, MayNotDecide.
    """
    action = queries.action(ref)
    if action.owner_id != from_person_id:
        return
    if current_actor().person_id in cases.conflicted().get(action.source.ref, ()):
        raise MayNotDecide(f"Somebody else says who takes on {ref}: you stand too near to its case")
    successor = current_session().get(Person, to_person_id) if to_person_id is not None else None
    if successor is not None and not can(successor.facts, "action.read", action.facts):
        check_not_for_oneself(successor.id, current_actor().person_id)
    operations.hand_over(action=action, owner=successor, reason=reason)
