"""Every question about redactions, and what a redaction has to say to whoever verifies the trail."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session, joinedload

from app.audit.models import AuditEntry, AuditPayload, RedactedPayload, Redaction
from app.audit.redaction import rules
from app.core import hooks
from app.core.database import current_session
from app.core.hooks import Named, Redactable

#: What the trail calls the entry that lists the payloads a redaction emptied.
CARRY_OUT = "redaction.carry_out"

#: How many redactions one page shows.
LONGEST = 100


def record(kind: str, ref: str) -> Redactable:
    """The record with that reference and its texts. Raises NoResultFound for a kind that has none."""
    if kind not in hooks.redactable.kinds:
        raise NoResultFound
    return hooks.redactable.ask(kind, ref)


def redaction(ref: str) -> Redaction:
    """The redaction with that reference. Raises NoResultFound."""
    return current_session().scalars(select(Redaction).where(Redaction.ref == ref)).one()


def waiting_for(subject: Named, field: str) -> Redaction | None:
    """The redaction of that field which nobody has decided yet."""
    statement = select(Redaction).where(
        Redaction.subject_kind == subject.kind,
        Redaction.subject_ref == subject.ref,
        Redaction.field == field,
        Redaction.decision.is_(None),
    )
    return current_session().scalars(statement).first()


def redactions_of(subject: Named) -> Sequence[Redaction]:
    """Every redaction that was asked for in the record, decided or not."""
    statement = select(Redaction).where(
        Redaction.subject_kind == subject.kind, Redaction.subject_ref == subject.ref
    )
    return current_session().scalars(statement.order_by(Redaction.id)).all()


def waiting() -> Sequence[Redaction]:
    """What waits for a decision, oldest first."""
    statement = select(Redaction).where(Redaction.decision.is_(None)).order_by(Redaction.id).limit(LONGEST)
    return current_session().scalars(statement).all()


def listed() -> Sequence[Redaction]:
    """What waits for a decision, oldest first, then what was decided lately."""
    decided = select(Redaction).where(Redaction.decision.is_not(None)).order_by(Redaction.id.desc())
    return [*waiting(), *current_session().scalars(decided.limit(LONGEST))]


def payloads(subject: Named) -> Sequence[AuditPayload]:
    """Every payload about the record, in the order of their entries; those of redactions hold no text."""
    statement = (
        select(AuditPayload)
        .join(AuditPayload.entry)
        .where(
            AuditEntry.subject_kind == subject.kind,
            AuditEntry.subject_ref == subject.ref,
            AuditEntry.verb != CARRY_OUT,
        )
        .options(joinedload(AuditPayload.entry))
        .order_by(AuditPayload.entry_id)
    )
    return current_session().scalars(statement).all()


def search_payloads() -> Sequence[AuditPayload]:
    """Every payload of a search of the trail, which holds what was looked for."""
    statement = (
        select(AuditPayload)
        .join(AuditPayload.entry)
        .where(AuditEntry.verb == "audit.search")
        .options(joinedload(AuditPayload.entry))
        .order_by(AuditPayload.entry_id)
    )
    return current_session().scalars(statement).all()


def texts(found: Redactable, *, may: Callable[[str], bool] = lambda verb: True) -> dict[str, tuple[str, str]]:
    """What can be asked for: the record's texts, and those that only the trail still holds.

    A field that is empty now is offered by the earlier wordings of it alone. ``may`` says whether the person
    who is shown them may do what some texts are only for.
    """

    def is_open(name: str) -> bool:
        return name not in found.hidden and (name not in found.only_for or may(found.only_for[name]))

    offered = {field: told for field, told in found.texts.items() if told[1]}
    known = {text.strip() for _, text in offered.values()}
    offered = {field: told for field, told in offered.items() if is_open(field)}
    for payload in payloads(found.subject):
        # Why somebody asked or decided is no text of the record.
        if payload.entry.verb.startswith("redaction.") or not is_open(payload.entry.verb):
            continue
        for name, text in rules.free_texts(json.loads(payload.body)).items():
            field = f"{rules.IN_THE_TRAIL}{payload.entry_id}.{name}"
            if text.strip() not in known and len(field) <= 64:
                known.add(text.strip())
                label = f"Only in the trail, from “{payload.entry.line}”"
                offered[field] = (label, text)
    return {field: told for field, told in offered.items() if not told[1].startswith(rules.MARK)}


def carried_out(session: Session) -> Mapping[int, str]:
    """By the number of an entry: the digest its payload must give since a redaction last emptied it."""
    return {
        entry_id: digest
        for _, listed_payloads in _carrying_out(session)
        for entry_id, digest in listed_payloads.items()
    }


def first_unfounded(session: Session) -> int | None:
    """The first entry whose payload is said to be redacted without an entry of the trail that says so.

    Also one whose redaction was taken away or lacks the second person.
    """
    rows = session.execute(
        select(Redaction, RedactedPayload.entry_id, RedactedPayload.digest_after).join(
            RedactedPayload, RedactedPayload.redaction_id == Redaction.id
        )
    )
    founded = {
        (ref, entry_id, digest)
        for ref, listed_payloads in _carrying_out(session)
        for entry_id, digest in listed_payloads.items()
    }
    said, bad = set(), set()
    for redaction_row, entry_id, digest in rows:
        said.add((redaction_row.ref, entry_id, digest))
        two_people = redaction_row.decided_by_id not in (None, redaction_row.asked_by_id)
        if redaction_row.decision != rules.CARRIED_OUT or not two_people:
            bad.add(entry_id)
    bad |= {entry_id for _, entry_id, _ in said ^ founded}
    return min(bad, default=None)


def _carrying_out(session: Session) -> list[tuple[str, Mapping[int, str]]]:
    """The redactions as the trail tells them, in order: reference, and the digests by entry."""
    statement = (
        select(AuditPayload.body)
        .join(AuditPayload.entry)
        .where(AuditEntry.verb == CARRY_OUT)
        .order_by(AuditPayload.entry_id)
    )
    told: list[tuple[str, Mapping[int, str]]] = []
    for body in session.scalars(statement):
        after: Mapping[str, Any] = json.loads(body).get("after", {})
        emptied = {int(number): str(digest) for number, digest in after.get("payloads", {}).items()}
        told.append((str(after.get("redaction")), emptied))
    return told
