"""Who read an issue before it went out, while it may still tell of somebody who could be told by it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from app.accounts.guard import note_read
from app.audit.models import AuditEntry
from app.briefings.models import BriefingIssue
from app.briefings.rules import went_out
from app.core.database import current_session

#: So many readers are named, those who read it last first.
MOST_READERS = 100


@dataclass(frozen=True)
class Reader:
    """Somebody who read an issue before it went out, and the day on which they did so last."""

    name: str
    on: date


def note(issue: BriefingIssue) -> None:
    """Have it recorded that the person signed in reads the words of an issue that has not gone out."""
    if not went_out(issue.state, issue.sent_on):
        note_read(issue.audit_subject, f"Read {issue.ref} before it went out")


def note_paper(issue: BriefingIssue) -> None:
    """Have it recorded that they take the team version of an issue with them that is not cleared."""
    note_read(issue.audit_subject, f"Downloaded the team version of {issue.ref}, which is not cleared")


def readers(issue: BriefingIssue) -> Sequence[Reader]:
    """Who read the issue before it went out, the last first."""
    subject, last = issue.audit_subject, func.max(AuditEntry.business_on)
    rows = current_session().execute(
        select(AuditEntry.actor_name, last)
        .where(
            AuditEntry.subject_kind == subject.kind,
            AuditEntry.subject_ref == subject.ref,
            AuditEntry.is_read.is_(True),
            AuditEntry.verb == f"{subject.kind}.read",
        )
        .group_by(AuditEntry.actor_name)
        .order_by(last.desc(), AuditEntry.actor_name)
        .limit(MOST_READERS)
    )
    return [Reader(name, on) for name, on in rows]
