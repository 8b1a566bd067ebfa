"""Asking a person by hand about what they owe."""

from collections.abc import Sequence
from datetime import date

from app.accounts.models import Person
from app.actions.models import Action
from app.audit.operations import Subject, record
from app.cdop.models import AgencyReturn
from app.cdop.returns import queries as returns
from app.core.acting import current_actor
from app.core.clock import machine_now, today
from app.core.database import current_session, keep_for_change
from app.core.errors import RuleBroken
from app.outbox import operations as outbox
from app.reminders import dues, queries
from app.reminders.models import Nudge


class CannotNudge(RuleBroken):
    """There is nobody to ask, or they were asked today."""


def nudge(*, action: Action, note: str) -> Nudge:
    """Ask the owner about the action: the note stands on its page, the mail names only the action.

    At most one a day for an action and person. Raises CannotNudge.
    """
    words = _words(note)
    owner = action.owner
    if not action.is_open:
        raise CannotNudge("Nothing is owed on this action now, so there is nothing to ask for")
    if owner is None or not owner.active:
        raise CannotNudge("Nobody owns this action; name an owner first")
    if owner.id == current_actor().person_id:
        raise CannotNudge("You own this action yourself, so there is nobody to ask")
    if action.source.ref in queries.conflicts_of(owner.id):
        raise CannotNudge("The owner has a conflict of interest in the case; name another owner first")
    on = today()
    # Held still, so that two who ask at once ask once.
    current_session().get_one(Action, action.id, with_for_update=True)
    if queries.was_nudged(action.ref, owner.id, on):
        raise CannotNudge("Somebody asked the owner about this action today; ask again tomorrow")
    return _ask(owner, action.audit_subject, words, on, verb="action.nudge")


def chase(*, agency_return: AgencyReturn, note: str) -> Sequence[Nudge]:
    """Ask whoever owes a return about it: the person asked, else all who lead the agency.

    The note stands on its page, the mail names only the return. At most one a day for a return and person.
    Raises CannotNudge.
    """
    words, ref, on = _words(note), agency_return.ref, today()
    # Held still, so that two who ask at once ask once.
    keep_for_change(agency_return)
    now = dues.standing([ref])[ref]
    if not now.is_owed:
        raise CannotNudge("Nothing is owed on this return now, so there is nothing to ask for")
    closed_to = agency_return.case.ref
    people = [
        person
        for person in returns.people_by_ids(now.owner_ids)
        if closed_to not in queries.conflicts_of(person.id)
    ]
    if not people:
        raise CannotNudge("Nobody answers for this return; name a person of the agency first")
    to_ask = [person for person in people if not queries.was_nudged(ref, person.id, on)]
    if not to_ask:
        raise CannotNudge("Somebody asked about this return today; ask again tomorrow")
    subject = agency_return.audit_subject
    return [_ask(person, subject, words, on, verb="agency_return.chase") for person in to_ask]


def _words(note: str) -> str:
    words = note.strip()
    if not words:
        raise CannotNudge("Enter what you ask", "note")
    return words


def _ask(person: Person, about: Subject, words: str, on: date, *, verb: str) -> Nudge:
    made = Nudge(
        subject_ref=about.ref,
        recipient_id=person.id,
        note=words,
        nudged_on=on,
        nudged_at=machine_now(),
        nudged_by_id=current_actor().person_id,
    )
    current_session().add(made)
    made.message = outbox.enqueue(
        kind=queries.NUDGE,
        dedupe_key=f"{queries.NUDGE}:{about.ref}:{person.id}:{on.isoformat()}",
        address=person.email,
        business_on=on,
        recipient_id=person.id,
    )
    current_session().flush()
    record(verb=verb, subject=about, line=f"Asked {person.name} about {about.ref}", after={"note": words})
    return made
