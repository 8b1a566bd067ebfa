"""What the list of issues says in a file: a row for each."""

from app.briefings import rules
from app.briefings.models import BriefingIssue, IssueState
from app.core.export import Column

#: Nobody has checked the words of a draft yet.
MARKING = "OFFICIAL-SENSITIVE"

COLUMNS: tuple[Column[BriefingIssue], ...] = (
    Column("Ref", lambda issue: issue.ref, 10),
    Column("Month", lambda issue: issue.period, 10),
    Column("Number", lambda issue: issue.number, 8),
    Column("Title", lambda issue: issue.title, 40),
    Column("Headline", lambda issue: issue.headline, 60),
    Column("Where it stands", lambda issue: rules.STATE_LABELS[IssueState(issue.state)], 14),
    Column("Items", lambda issue: len(issue.items), 8),
    Column("Corrects", lambda issue: issue.corrects.ref if issue.corrects else None, 10),
    Column("Drafted", lambda issue: issue.prepared_on, 12),
    Column("Cleared", lambda issue: issue.cleared_on, 12),
    Column("Sent", lambda issue: issue.sent_on, 12),
    Column("Source of the record", lambda issue: issue.provenance.capitalize(), 14),
)
