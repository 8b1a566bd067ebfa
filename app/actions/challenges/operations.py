"""Every change of the challenge log: raised, added to, its outcome recorded."""

from datetime import date
from typing import Any

from app.accounts.models import Agency, Group, Source
from app.actions.challenges.rules import (
    ChallengeKind,
    EntryKind,
    Outcome,
    WordsLacking,
    check_entry,
    check_open,
    check_raised,
)
from app.actions.models import Action, Challenge, ChallengeEntry
from app.audit.operations import record
from app.core.acting import current_actor
from app.core.clock import machine_now, today
from app.core.database import current_session
from app.core.references import next_reference


def raise_challenge(
    *,
    group: Group,
    about: str,
    put_to: str,
    agency: Agency | None = None,
    action: Action | None = None,
    source: Source | None = None,
    raised_on: date | None = None,
    answer_by_on: date | None = None,
) -> Challenge:
    """Put a challenge to an agency or a body outside; about an action it belongs to that action's case.

    Raises WordsLacking, DayImpossible.
    """
    return _open(
        ChallengeKind.CHALLENGE,
        group=group,
        about=about,
        put_to=put_to,
        agency=agency,
        action=action,
        source=source,
        raised_on=raised_on,
        answer_by_on=answer_by_on,
    )


def open_escalation(
    *,
    action: Action,
    about: str,
    put_to: str,
    agency: Agency | None = None,
    raised_on: date | None = None,
    answer_by_on: date | None = None,
) -> Challenge:
    """Open the log of an action that was escalated to a body outside the partnership.

    Raises WordsLacking, DayImpossible.
    """
    return _open(
        ChallengeKind.ESCALATION,
        group=action.group,
        about=about,
        put_to=put_to,
        agency=agency,
        action=action,
        source=None,
        raised_on=raised_on,
        answer_by_on=answer_by_on,
    )


def add_entry(
    *, challenge: Challenge, kind: EntryKind, whom: str, words: str, happened_on: date
) -> ChallengeEntry:
    """Add a line to the log: somebody was written to, answered or was met.

    Raises ChallengeClosed, DayImpossible, WordsLacking.
    """
    held = _held(challenge)
    check_entry(raised_on=held.raised_on, closed_on=held.closed_on, happened_on=happened_on, on=today())
    entry = ChallengeEntry(
        challenge=held,
        kind=kind,
        whom=_words(whom, "Enter who it was", "whom"),
        words=_words(words, "Say what was written, said or agreed", "words"),
        happened_on=happened_on,
        recorded_at=machine_now(),
        recorded_by_id=current_actor().person_id,
    )
    current_session().add(entry)
    current_session().flush()
    record(
        verb="challenge.add_entry",
        subject=held.audit_subject,
        line=f"Added a line to the log of {held.ref}",
        after={"kind": str(kind), "whom": entry.whom, "words": entry.words, "happened_on": happened_on},
    )
    return entry


def record_outcome(*, challenge: Challenge, outcome: Outcome, words: str) -> Challenge:
    """Record what came of it; from then on nothing is added. Raises ChallengeClosed, WordsLacking."""
    held = _held(challenge)
    check_open(held.closed_on)
    held.outcome_words = _words(words, "Say what came of it", "outcome_words")
    held.outcome = outcome
    held.closed_on, held.closed_by_id = today(), current_actor().person_id
    current_session().flush()
    record(
        verb="challenge.record_outcome",
        subject=held.audit_subject,
        line=f"Recorded the outcome of {held.ref}: {outcome.label.lower()}",
        after={"outcome": str(outcome), "words": held.outcome_words},
    )
    return held


_OPENED = {
    ChallengeKind.CHALLENGE: "Raised a challenge",
    ChallengeKind.ESCALATION: "Escalated outside",
}


def _open(
    kind: ChallengeKind,
    *,
    group: Group,
    about: str,
    put_to: str,
    agency: Agency | None,
    action: Action | None,
    source: Source | None,
    raised_on: date | None,
    answer_by_on: date | None,
) -> Challenge:
    session, on = current_session(), today()
    raised_on = raised_on or on
    check_raised(raised_on=raised_on, answer_by_on=answer_by_on, on=on)
    challenge = Challenge(
        ref=next_reference(session, "H"),
        kind=kind,
        about=_words(about, "Say what it is about", "about"),
        group=group,
        # An action lies in the compartment of its case, and so does what is said about it.
        source=action.source if action else source,
        action=action,
        put_to=_words(put_to, "Enter whom it is put to", "put_to"),
        agency=agency,
        raised_on=raised_on,
        raised_by_id=current_actor().person_id,
        answer_by_on=answer_by_on,
    )
    session.add(challenge)
    session.flush()
    record(
        verb="challenge.create",
        subject=challenge.audit_subject,
        line=f"{_OPENED[kind]}: {challenge.ref}",
        after=_payload(challenge),
    )
    return challenge


def _held(challenge: Challenge) -> Challenge:
    """The challenge as it stands now, kept from every other writer until the transaction ends."""
    session = current_session()
    session.flush()
    session.refresh(challenge, with_for_update={"of": Challenge})
    return challenge


def _words(text: str | None, sentence: str, field: str) -> str:
    found = (text or "").strip()
    if not found:
        raise WordsLacking(sentence, field)
    return found


def _payload(challenge: Challenge) -> dict[str, Any]:
    return {
        "kind": challenge.kind,
        "about": challenge.about,
        "group": challenge.group.ref,
        "source": challenge.source.ref if challenge.source else None,
        "action": challenge.action.ref if challenge.action else None,
        "put_to": challenge.put_to,
        "agency": challenge.agency.ref if challenge.agency else None,
        "raised_on": challenge.raised_on,
        "answer_by_on": challenge.answer_by_on,
    }
