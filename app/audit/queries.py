"""Every question asked of the audit trail."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session, joinedload

from app.audit import rules
from app.audit.models import AuditEntry, AuditSeal, AuditUnsealed
from app.audit.redaction import queries as redactions
from app.core.database import current_session


@dataclass(frozen=True)
class Verification:
    """What walking the chain found: how many entries, how many sealed, and the first that does not fit."""

    entries: int
    sealed: int
    head: str
    intact: bool
    first_bad: int | None


def timeline(kind: str, ref: str, *, with_reads: bool, limit: int = 100) -> Sequence[AuditEntry]:
    """What happened to one record and to everything on the thread that begins at it, newest first."""
    statement = (
        select(AuditEntry)
        .where(
            or_(
                (AuditEntry.subject_kind == kind) & (AuditEntry.subject_ref == ref),
                AuditEntry.source_ref == ref,
            )
        )
        .order_by(AuditEntry.id.desc())
        .limit(limit)
    )
    if not with_reads:
        statement = statement.where(AuditEntry.is_read.is_(False))
    return current_session().scalars(statement).all()


def unsealed(session: Session, *, limit: int) -> Sequence[AuditEntry]:
    """Entries that no seal covers yet, in the order of their numbers."""
    return session.scalars(
        select(AuditEntry)
        .join(AuditUnsealed, AuditUnsealed.entry_id == AuditEntry.id)
        .order_by(AuditEntry.id)
        .limit(limit)
    ).all()


def forget_unsealed(session: Session, entry_ids: Sequence[int]) -> None:
    """Strike entries off the list of those that wait for a seal."""
    session.execute(delete(AuditUnsealed).where(AuditUnsealed.entry_id.in_(entry_ids)))


def head(session: Session) -> tuple[int, str]:
    """Position and link at the head of the chain."""
    last = session.scalars(select(AuditSeal).order_by(AuditSeal.position.desc()).limit(1)).first()
    return (last.position, last.link) if last else (0, rules.FIRST_LINK)


def sealed_fields(entry: AuditEntry) -> dict[str, Any]:
    """Every column of an entry, as the seal covers it."""
    fields = {column.key: getattr(entry, column.key) for column in AuditEntry.__table__.columns}
    fields["recorded_at"] = entry.recorded_at.isoformat()
    fields["business_on"] = entry.business_on.isoformat()
    return fields


def verify(session: Session) -> Verification:
    """Walk the chain from its first link, and hold every entry, link and payload against it.

    ``first_bad`` is the number of the first entry that was changed, removed from the chain, or whose
    payload no longer gives the digest the entry keeps, or since a redaction the digest that the redaction's
    own entry keeps. A redaction that no entry tells of is no excuse. What was written since the last sealing
    is not bad: it waits for its seal.
    """
    entries = session.scalar(select(func.count()).select_from(AuditEntry)) or 0
    position, link, first_bad = 0, rules.FIRST_LINK, None
    redacted = redactions.carried_out(session)
    chain = (
        select(AuditSeal, AuditEntry)
        .outerjoin(AuditEntry, AuditEntry.id == AuditSeal.entry_id)
        .options(joinedload(AuditEntry.payload))
        .order_by(AuditSeal.position)
        .execution_options(yield_per=1000)
    )
    with session.execute(chain) as walk:
        for seal, entry in walk:
            # Whoever removes the last entry with the database's own password leaves its seal.
            if entry is None:
                first_bad = seal.entry_id
                break
            position += 1
            link = rules.link_after(link, rules.entry_digest(sealed_fields(entry)))
            if seal.position != position or seal.link != link or not _payload_fits(entry, redacted):
                first_bad = entry.id
                break
    if first_bad is None:
        first_bad = _first_outside_the_chain(session)
    if first_bad is None:
        first_bad = redactions.first_unfounded(session)
    return Verification(
        entries=entries, sealed=position, head=link, intact=first_bad is None, first_bad=first_bad
    )


def _payload_fits(entry: AuditEntry, redacted: Mapping[int, str]) -> bool:
    if entry.payload_digest is None:
        return entry.payload is None
    if entry.payload is None:
        return False
    digest = redacted.get(entry.id, entry.payload_digest)
    return rules.payload_digest(entry.payload.salt, entry.payload.body) == digest


def _first_outside_the_chain(session: Session) -> int | None:
    """The first entry that has no seal and does not wait for one; one written this moment waits."""
    statement = (
        select(func.min(AuditEntry.id))
        .outerjoin(AuditSeal, AuditSeal.entry_id == AuditEntry.id)
        .outerjoin(AuditUnsealed, AuditUnsealed.entry_id == AuditEntry.id)
        .where(AuditSeal.entry_id.is_(None), AuditUnsealed.entry_id.is_(None))
    )
    return session.scalar(statement)
