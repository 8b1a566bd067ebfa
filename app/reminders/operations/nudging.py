"""Asking a person about an action by hand."""

from app.actions.models import Action
from app.audit.operations import record
from app.core.acting import current_actor
from app.core.clock import machine_now, today
from app.core.database import current_session
from app.core.errors import RuleBroken
from app.outbox import operations as outbox
from app.reminders import queries
from app.reminders.models import Nudge


class CannotNudge(RuleBroken):
    """There is nobody to ask, or they were asked today."""


def nudge(*, action: Action, note: str) -> Nudge:
    """Ask the owner about the action: the note stands on its page, the mail names only the action.

    At most one a day for an action and person. Raises CannotNudge.
    """
    words = note.strip()
    if not words:
        raise CannotNudge("Enter what you ask", "note")
    owner = action.owner
    if not action.is_open:
        raise CannotNudge("Nothing is owed on this action now, so there is nothing to ask for")
    if owner is None or not owner.active:
        raise CannotNudge("Nobody owns this action; name an owner first")
    if owner.id == current_actor().person_id:
        raise CannotNudge("You own this action yourself, so there is nobody to ask")
    if action.review.ref in queries.conflicts_of(owner.id):
        raise CannotNudge("The owner has a conflict of interest in the case; name another owner first")
    on = today()
    # Held still, so that two who ask at once ask once.
    current_session().get_one(Action, action.id, with_for_update=True)
    if queries.was_nudged(action.ref, owner.id, on):
        raise CannotNudge("Somebody asked the owner about this action today; ask again tomorrow")
    made = Nudge(
        action_ref=action.ref,
        recipient_id=owner.id,
        note=words,
        nudged_on=on,
        nudged_at=machine_now(),
        nudged_by_id=current_actor().person_id,
    )
    current_session().add(made)
    made.message = outbox.enqueue(
        kind=queries.NUDGE,
        dedupe_key=f"{queries.NUDGE}:{action.ref}:{owner.id}:{on.isoformat()}",
        address=owner.email,
        business_on=on,
        recipient_id=owner.id,
    )
    current_session().flush()
    record(
        verb="action.nudge",
        subject=action.audit_subject,
        line=f"Asked {owner.name} about {action.ref}",
        after={"note": words},
    )
    return made
