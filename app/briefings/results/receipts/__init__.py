""" "We discussed this": what teams say they did with an issue."""

from app.accounts.models import Agency
from app.briefings.models import BriefingIssue
from app.briefings.results import links


def link(issue: BriefingIssue, agency: Agency) -> str:
    """The whole address of the short form for teams of the agency; it works without an account."""
    return links.discussed(issue, agency.id)
