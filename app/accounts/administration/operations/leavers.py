"""People who leave: everything they have goes to somebody, and nothing is left without a holder unsaid."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import date

from app.accounts.administration import queries, rules
from app.accounts.administration.operations.people import content
from app.accounts.models import Person
from app.accounts.signing_in import operations as signing_in
from app.audit.operations import Subject, record
from app.core import checks, hooks
from app.core.clock import today
from app.core.database import current_session
from app.core.errors import RuleBroken
from app.core.hooks import Owed
from app.outbox import operations as outbox
from app.outbox import queries as messages

#: What passes on first, so that what follows meets the new holders.
_FIRST = ("role", "seat", "case_team", "deputy")

#: Who takes each thing on, by its kind and reference; null for nobody for now.
Successors = Mapping[tuple[str, str], int | None]


def belongings(person_id: int) -> Sequence[Owed]:
    """Everything that the person has, of every kind that a room answers for."""
    kinds = [*_FIRST, *sorted(hooks.person_owes.kinds - set(_FIRST))]
    return [owed for kind in kinds for owed in hooks.person_owes.ask(kind, person_id)]


def field_of(owed: Owed) -> str:
    """What the choice for a thing is called in forms and in refusals."""
    plain = "".join(letter if letter.isalnum() else "-" for letter in owed.ref)
    return f"to-{owed.kind}-{plain}"


def leave(*, person: Person, successors: Successors, left_on: date, reason: str) -> Person:
    """Close the account of a person who has gone, once everything has a successor.

    What the person wrote stays under their name. Raises HasLeft, LastDayUnfit, WordsMissing, SomebodyNeeded,
    and SuccessorUnfit with the sentence of the room that refuses.
    """
    current_session().refresh(person, with_for_update={"of": Person})
    if not person.active:
        raise rules.HasLeft(f"{person.name} has left already.")
    rules.check_last_day(left_on, today=today())
    reason = checks.words(reason, "Say why the account is closed", "reason")
    before = content(person)
    _hand_over_all(person, successors, reason)
    for arrangement in queries.deputies_from(person.id, today()):
        arrangement.ended_on = today()
    for place in queries.places_on_teams(person.id):
        place.ended_on = today()
    person.active, person.left_on = False, left_on
    # Another password and another mark of the session: nobody comes in with what the person knew.
    person.password, person.fs_uniquifier = None, secrets.token_hex(32)
    current_session().flush()
    record(
        verb="person.deactivate",
        subject=Subject("person", person.ref),
        line=f"Closed the account of {person.name}",
        before=before,
        after={**content(person), "reason": reason},
    )
    for kind in sorted(hooks.message_text.kinds):
        for message in messages.not_yet_attempted(kind=kind, recipient_ids=[person.id]):
            outbox.cancel(message=message, reason="The person has left.")
    return person


def hand_over_what_is_left(*, person: Person, successors: Successors, reason: str) -> Person:
    """Pass on what somebody who left still has. Raises WordsMissing, SomebodyNeeded and SuccessorUnfit."""
    current_session().refresh(person, with_for_update={"of": Person})
    reason = checks.words(reason, "Say why it passes on", "reason")
    _hand_over_all(person, successors, reason)
    return person


def bring_back(*, person: Person, reason: str) -> Person:
    """Open the account of somebody who came back, and send them a link to choose a password by.

    Seats and roles that passed on stay where they went. Raises WordsMissing, HasLeft.
    """
    if person.active:
        raise rules.HasLeft(f"{person.name} has not left.")
    reason = checks.words(reason, "Say why the account is opened again", "reason")
    before = content(person)
    person.active, person.left_on = True, None
    current_session().flush()
    record(
        verb="person.reactivate",
        subject=Subject("person", person.ref),
        line=f"Opened the account of {person.name} again",
        before=before,
        after={**content(person), "reason": reason},
    )
    return signing_in.send_invitation(person=person)


def _hand_over_all(person: Person, successors: Successors, reason: str) -> None:
    for owed in belongings(person.id):
        key = (owed.kind, owed.ref)
        if key not in successors or (successors[key] is None and owed.is_person_needed):
            raise rules.SomebodyNeeded(f"Choose who takes on: {owed.label}", field_of(owed))
        try:
            hooks.hand_over.ask(owed.kind, owed.ref, person.id, successors[key], reason)
        except RuleBroken as refusal:
            raise rules.SuccessorUnfit(refusal.sentence, field_of(owed)) from refusal
