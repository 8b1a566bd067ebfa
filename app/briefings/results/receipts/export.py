"""What the list of receipts says in a file."""

from app.briefings.models import CascadeReceipt
from app.core.export import Column

#: What teams wrote about their own practice is for the partnership.
MARKING = "OFFICIAL"

COLUMNS: tuple[Column[CascadeReceipt], ...] = (
    Column("Ref", lambda receipt: receipt.ref, 10),
    Column("Briefing", lambda receipt: receipt.issue.ref, 10),
    Column("Title", lambda receipt: receipt.issue.title, 40),
    Column("Agency", lambda receipt: receipt.agency.name, 36),
    Column("Team", lambda receipt: receipt.team, 30),
    Column("Discussed", lambda receipt: receipt.discussed_on, 12),
    Column("Staff", lambda receipt: receipt.staff, 8),
    Column("One thing they will do", lambda receipt: receipt.one_thing, 60),
    Column(
        "Given by",
        lambda receipt: receipt.given_by.name if receipt.given_by else "By a link, without an account",
        30,
    ),
    Column("Withdrawn", lambda receipt: receipt.withdrawn_on, 12),
    Column("Why withdrawn", lambda receipt: receipt.withdrawn_reason, 40),
    Column("Source of the record", lambda receipt: receipt.provenance.capitalize(), 14),
)
