"""What the challenge log says in a file: a row for each challenge, with its lines."""

from datetime import date

from app.actions.challenges.rules import ChallengeKind, EntryKind, Outcome
from app.actions.models import Challenge, ChallengeEntry
from app.core.export import Column
from app.core.filters import date_long

#: What was asked of an agency may be told from the case it is about.
MARKING = "OFFICIAL-SENSITIVE"

COLUMNS: tuple[Column[Challenge], ...] = (
    Column("Ref", lambda challenge: challenge.ref, 10),
    Column("Kind", lambda challenge: ChallengeKind(challenge.kind).label, 22),
    Column("About", lambda challenge: challenge.about, 50),
    Column("Put to", lambda challenge: challenge.put_to, 28),
    Column("Agency", lambda challenge: challenge.agency.name if challenge.agency else None, 28),
    Column("Sub-group", lambda challenge: challenge.group.name, 20),
    Column("Action", lambda challenge: challenge.action.ref if challenge.action else None, 10),
    Column("Source", lambda challenge: challenge.source.ref if challenge.source else None, 10),
    Column("Raised", lambda challenge: challenge.raised_on, 12),
    Column("Raised by", lambda challenge: challenge.raised_by.name if challenge.raised_by else None, 24),
    Column("Answer by", lambda challenge: challenge.answer_by_on, 12),
    Column("Log", lambda challenge: "\n".join(map(_line, challenge.entries)), 70),
    Column("Last in the log", lambda challenge: _last_on(challenge), 12),
    Column("Outcome", lambda challenge: _outcome(challenge), 16),
    Column("Outcome in words", lambda challenge: challenge.outcome_words, 50),
    Column("Outcome recorded", lambda challenge: challenge.closed_on, 12),
    Column("Source of the record", lambda challenge: challenge.provenance.capitalize(), 14),
)


def _line(entry: ChallengeEntry) -> str:
    return f"{date_long(entry.happened_on)}: {EntryKind(entry.kind).label} {entry.whom}. {entry.words}"


def _last_on(challenge: Challenge) -> date | None:
    return challenge.entries[-1].happened_on if challenge.entries else None


def _outcome(challenge: Challenge) -> str:
    return Outcome(challenge.outcome).label if challenge.outcome else "Open"
