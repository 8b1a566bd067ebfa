"""Asking for a redaction, and deciding it: refusing, or emptying the text in the record and in the trail."""

import json
import secrets

from sqlalchemy import update

from app.audit import rules as trail
from app.audit.models import RedactedPayload, Redaction
from app.audit.operations import Subject, record
from app.audit.redaction import queries, rules
from app.core.acting import current_actor
from app.core.checks import words
from app.core.clock import machine_now, today
from app.core.database import current_session, fold_in_once_committed
from app.core.filters import date_long
from app.core.hooks import Redactable
from app.core.references import next_reference

#: How the references of redactions begin.
PREFIX = "RD"


def ask(*, of: Redactable, field: str, reason: str) -> Redaction:
    """Ask that a text of a record be emptied; somebody else decides.

    Raises NothingToRedact, WordsMissing, ReasonRepeatsText, AskedAlready.
    """
    offered = queries.texts(of)
    if field not in offered:
        raise rules.NothingToRedact("Choose what should never have been written or handed in", "field")
    reason = words(reason, "Say why", "reason")
    rules.check_reason(reason, _wordings(of, field, offered[field][1]))
    waiting = queries.waiting_for(of.subject, field)
    if waiting is not None:
        raise rules.AskedAlready(
            f"This was asked for already and waits for a decision as {waiting.ref}", "field"
        )
    session, actor = current_session(), current_actor()
    redaction = Redaction(
        ref=next_reference(session, PREFIX),
        subject_kind=of.subject.kind,
        subject_ref=of.subject.ref,
        source_ref=of.subject.source_ref,
        field=field,
        reason=reason,
        asked_at=machine_now(),
        asked_on=today(),
        asked_by_id=actor.person_id,
        asked_by_name=actor.name,
    )
    session.add(redaction)
    session.flush()
    record(
        verb="redaction.ask",
        subject=_subject(redaction),
        line=f"Asked that a text of {redaction.subject_ref} be redacted, as {redaction.ref}",
        before={},
        after={"redaction": redaction.ref, "field": field, "reason": reason},
    )
    return redaction


def refuse(*, redaction: Redaction, reason: str) -> Redaction:
    """Leave the text as it is. Raises DecidedAlready, SamePerson, WordsMissing."""
    reason = words(reason, "Say why the text stays", "reason")
    _decide(redaction, rules.REFUSED, reason)
    record(
        verb="redaction.refuse",
        subject=_subject(redaction),
        line=f"Refused the redaction {redaction.ref}",
        before={},
        after={"redaction": redaction.ref, "reason": reason},
    )
    return redaction


def carry_out(*, redaction: Redaction, of: Redactable, reason: str = "") -> Redaction:
    """Empty the text in the record and in every payload of the trail that held it or an earlier wording.

    Whatever else of the record repeats the text is emptied with it, and so are copies in other records, and
    what was said when redactions were asked for or refused before. Closed records are no exception. Each
    record that changes has its entry in the trail.

    Raises DecidedAlready, SamePerson, NothingToRedact, ReasonRepeatsText.
    """
    first = (of.subject.kind, of.subject.ref)
    # What they hold is read only once nobody else can change it; parts, which came later, before their whole.
    for kind, ref in sorted({first, *of.copies()}, reverse=True):
        queries.record(kind, ref).lock()
    current_session().expire_all()
    of = queries.record(*first)
    offered = queries.texts(of)
    if redaction.field not in offered:
        raise rules.NothingToRedact("The text is not there any more, so there is nothing to redact")
    texts = _wordings(of, redaction.field, offered[redaction.field][1])
    rules.check_reason(reason, texts)
    _decide(redaction, rules.CARRIED_OUT, reason.strip())
    # Before anything goes: a file that stands in several is gone from all of them with the first.
    others = [queries.record(kind, ref) for kind, ref in of.copies()]
    _empty(redaction, of, texts)
    for other in others:
        _empty(redaction, other, texts, shortest_within=rules.SHORTEST_ELSEWHERE)
    fold_in_once_committed()
    return redaction


def _empty(
    redaction: Redaction,
    of: Redactable,
    texts: frozenset[str],
    *,
    shortest_within: int = rules.SHORTEST_WITHIN,
) -> None:
    """Put the mark in place of the texts in one record and its payloads, and say so in the trail."""
    session, mark = current_session(), rules.mark_of(date_long(today()))
    changed = False
    for field, (_, present) in of.texts.items():
        left = rules.replaced(present, texts, mark, shortest_within=shortest_within)
        if left != present or of.repeats(field, texts):
            of.empty(field, left)
            changed = True
    for earlier in queries.redactions_of(of.subject):
        earlier.reason, earlier.decision_reason = (
            rules.replaced(said, texts, mark, shortest_within=shortest_within)
            for said in (earlier.reason, earlier.decision_reason)
        )
    session.flush()
    digests: dict[str, str] = {}
    asked_for = of.subject.ref == redaction.subject_ref and of.subject.kind == redaction.subject_kind
    # Whoever looked for the text in the trail left it there once more.
    searches = queries.search_payloads() if asked_for else ()
    for payload in (*queries.payloads(of.subject), *searches):
        body = rules.redacted_body(payload.body, texts, mark, shortest_within=shortest_within)
        if body is None:
            continue
        salt = secrets.token_hex(16)
        digest = trail.payload_digest(salt, body)
        digests[str(payload.entry_id)] = digest
        session.add(
            RedactedPayload(redaction_id=redaction.id, entry_id=payload.entry_id, digest_after=digest)
        )
        # The database lets the payload change only once this row stands.
        session.flush()
        payload.salt, payload.body = salt, body
        session.flush()
    if changed or digests or asked_for:
        record(
            verb=queries.CARRY_OUT,
            subject=Subject(of.subject.kind, of.subject.ref, of.subject.source_ref),
            line=f"Redacted a text of {of.subject.ref}, as {redaction.ref}",
            before={},
            after={"redaction": redaction.ref, "field": redaction.field, "payloads": digests},
        )


def _wordings(of: Redactable, field: str, present: str) -> frozenset[str]:
    bodies = [json.loads(payload.body) for payload in queries.payloads(of.subject)]
    return rules.wordings(field, present, bodies)


def _decide(redaction: Redaction, decision: str, reason: str) -> None:
    """Write the decision, once and by a second person."""
    actor = current_actor()
    rules.check_two_people(redaction.asked_by_id, actor.person_id)
    session = current_session()
    session.flush()
    taken = session.execute(
        update(Redaction)
        .where(Redaction.id == redaction.id, Redaction.decision.is_(None))
        .values(
            decision=decision,
            decided_on=today(),
            decided_by_id=actor.person_id,
            decided_by_name=actor.name,
            decision_reason=reason,
        )
        .returning(Redaction.id)
        .execution_options(synchronize_session=False)
    ).first()
    if taken is None:
        raise rules.DecidedAlready(f"{redaction.ref} was decided already")
    session.refresh(redaction)


def _subject(redaction: Redaction) -> Subject:
    return Subject(redaction.subject_kind, redaction.subject_ref, redaction.source_ref)
