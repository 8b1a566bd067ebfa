"""What the list of issues says in a file: a row for each."""

from app.accounts.models import Provenance
from app.briefings import rules, wording
from app.briefings.models import BriefingIssue, IssueState
from app.core.export import Column

#: Nobody has checked the words of a draft yet.
MARKING = "OFFICIAL-SENSITIVE"


def _is_published(issue: BriefingIssue) -> bool:
    """Whether its days were made up to put the issues of a record in order; its month stands in the file."""
    return issue.provenance == Provenance.PUBLISHED


COLUMNS: tuple[Column[BriefingIssue], ...] = (
    Column("Ref", lambda issue: issue.ref, 10),
    Column("Month", lambda issue: issue.period, 10),
    Column("Number", lambda issue: issue.number, 8),
    Column("Title", lambda issue: issue.title, 40),
    Column("Headline", lambda issue: issue.headline, 60),
    Column("Where it stands", lambda issue: rules.STATE_LABELS[IssueState(issue.state)], 14),
    Column("Items", lambda issue: len(issue.items), 8),
    Column("Corrects", lambda issue: issue.corrects.ref if issue.corrects else None, 10),
    Column("Drafted", lambda issue: None if _is_published(issue) else issue.prepared_on, 12),
    Column("Cleared", lambda issue: None if _is_published(issue) else issue.cleared_on, 12),
    Column("Sent", wording.sent_on, 12),
    Column("Source of the record", lambda issue: issue.provenance.capitalize(), 14),
)
