"""Writing the audit trail: a change's entry in the change's own transaction, a read's in one of its own."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.audit import queries, rules
from app.audit.models import AuditEntry, AuditPayload, AuditSeal, AuditUnsealed
from app.core.acting import current_actor
from app.core.clock import machine_now, today
from app.core.database import current_session
from app.core.screening import notices

#: How many entries one transaction of the sealing job covers.
SEALS_A_BATCH = 500
#: How many entries of a bulk load one statement writes.
ENTRIES_A_BATCH = 500


@dataclass(frozen=True)
class Subject:
    """What an entry is about: kind and reference, and the reference of the source its thread begins at."""

    kind: str
    ref: str
    source_ref: str | None = None


def record(
    *,
    verb: str,
    subject: Subject,
    line: str,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    is_read: bool = False,
    session: Session | None = None,
) -> AuditEntry:
    """Write that the acting person did something, in the transaction at hand.

    ``line`` is one English sentence with references and no case text; ``before`` and ``after`` may hold
    case text and go into the payload, which administrators do not see.
    """
    session = session or current_session()
    actor = current_actor()
    entry = AuditEntry(
        recorded_at=machine_now(),
        business_on=today(),
        actor_id=actor.person_id,
        actor_name=actor.name,
        verb=verb,
        is_read=is_read,
        subject_kind=subject.kind,
        subject_ref=subject.ref,
        source_ref=subject.source_ref,
        line=line,
    )
    if before is not None or after is not None:
        payload = AuditPayload(salt=secrets.token_hex(16), body=rules.payload_body(before, after))
        entry.payload_digest = rules.payload_digest(payload.salt, payload.body)
        entry.payload = payload
    session.add(entry)
    session.flush()
    session.add(AuditUnsealed(entry_id=entry.id))
    if not is_read:
        # What the author did about the warnings of the form stands beside the change it led to.
        for notice in notices.take():
            record(verb=notice.verb, subject=subject, line=notice.line, session=session)
    return entry


def record_many(*, verb: str, lines: Sequence[tuple[Subject, str]]) -> None:
    """Write that the acting person did one thing to many records, an entry for each, without payloads.

    For jobs, which touch thousands: a few statements, however many entries.
    """
    if not lines:
        return
    session = current_session()
    actor = current_actor()
    shared = {
        "recorded_at": machine_now(),
        "business_on": today(),
        "actor_id": actor.person_id,
        "actor_name": actor.name,
        "verb": verb,
        "is_read": False,
    }
    entry_ids = session.scalars(
        insert(AuditEntry).returning(AuditEntry.id),
        [
            {
                **shared,
                "subject_kind": subject.kind,
                "subject_ref": subject.ref,
                "source_ref": subject.source_ref,
                "line": line,
            }
            for subject, line in lines
        ],
    ).all()
    session.execute(insert(AuditUnsealed), [{"entry_id": entry_id} for entry_id in entry_ids])


@dataclass(frozen=True)
class Deed:
    """One of many changes that are written at once; the words mean what they mean to ``record``."""

    verb: str
    subject: Subject
    line: str
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None


def record_all(deeds: Sequence[Deed]) -> None:
    """Write one entry for each change of a bulk load, a batch at a time, in the transaction at hand."""
    session, actor, moment, day = current_session(), current_actor(), machine_now(), today()
    for start in range(0, len(deeds), ENTRIES_A_BATCH):
        batch = deeds[start : start + ENTRIES_A_BATCH]
        payloads = {}
        for deed in batch:
            salt, body = secrets.token_hex(16), rules.payload_body(deed.before, deed.after)
            payloads[rules.payload_digest(salt, body)] = (salt, body)
        # The digest tells which number an entry got: its salt makes it the only one.
        numbers = session.execute(
            insert(AuditEntry).returning(AuditEntry.id, AuditEntry.payload_digest),
            [
                {
                    "recorded_at": moment,
                    "business_on": day,
                    "actor_id": actor.person_id,
                    "actor_name": actor.name,
                    "verb": deed.verb,
                    "subject_kind": deed.subject.kind,
                    "subject_ref": deed.subject.ref,
                    "source_ref": deed.subject.source_ref,
                    "line": deed.line,
                    "payload_digest": digest,
                }
                for deed, digest in zip(batch, payloads, strict=True)
            ],
        ).all()
        session.execute(
            insert(AuditPayload),
            [
                {"entry_id": number, "salt": payloads[str(digest)][0], "body": payloads[str(digest)][1]}
                for number, digest in numbers
            ],
        )
        session.execute(insert(AuditUnsealed), [{"entry_id": number} for number, _ in numbers])


def seal(*, session: Session) -> int:
    """Join up to a batch of unsealed entries to the chain, and say how many were.

    The order is the one in which they are met, so that writers never queue for a place. Zero when there
    is nothing left, or when another sealing job was faster: the next tick goes on.
    """
    entries = queries.unsealed(session, limit=SEALS_A_BATCH)
    if not entries:
        return 0
    position, link = queries.head(session)
    for entry in entries:
        position += 1
        link = rules.link_after(link, rules.entry_digest(queries.sealed_fields(entry)))
        session.add(AuditSeal(position=position, entry_id=entry.id, link=link, sealed_at=machine_now()))
    try:
        # Before the list is shortened: another job may have taken these places in the chain.
        session.flush()
        queries.forget_unsealed(session, [entry.id for entry in entries])
    except IntegrityError:
        session.rollback()
        return 0
    return len(entries)
