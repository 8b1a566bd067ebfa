"""What somebody who leaves was asked to return, and how it goes to a successor."""

from collections.abc import Sequence

from app.accounts.models import Person
from app.cdop.returns import operations, queries
from app.core.database import current_session
from app.core.hooks import Owed


def owed_by(person_id: int) -> Sequence[Owed]:
    """The returns that the person was asked for by name and that are open."""
    return [
        Owed(
            kind=queries.KIND,
            ref=each.ref,
            label=f"Agency return {each.ref}",
            agency_id=each.agency_id,
            group_id=each.case.group_id,
            is_person_needed=False,
            without="The agency’s lead is asked in their place.",
        )
        for each in queries.owned_by(person_id)
    ]


def hand_over(ref: str, from_person_id: int, to_person_id: int | None, reason: str) -> None:
    """Give a return to a successor of the same agency, or to its lead; its date stays.

    Raises ReturnSettled, NobodyChosen.
    """
    found = queries.agency_return(ref)
    if found.owner_id != from_person_id:
        return
    successor = current_session().get(Person, to_person_id) if to_person_id is not None else None
    operations.hand_over(agency_return=found, owner=successor, reason=reason)
