"""What the briefing and its issues are called and when one went out, in words that say what is known.

An issue from a published record was sent in a month, if the record says in which. The days that it carries
were made up to put the issues in order: none of them is told as if it were so.
"""

from datetime import date

from app.accounts import queries as accounts
from app.accounts.models import Provenance
from app.briefings.models import BriefingIssue, IssueState
from app.briefings.rules import month_in_words
from app.core.filters import date_long

#: What stands in the place of a month that the record does not give.
NO_MONTH = "month not given"


def briefing_name() -> str:
    """What the partnership calls its briefing."""
    partnership = accounts.partnership()
    return partnership.briefing_name if partnership else "Briefing"


def sent_on(issue: BriefingIssue) -> date | None:
    """The day on which the issue went out; null where it did not, and where nobody knows the day."""
    return None if issue.provenance == Provenance.PUBLISHED else issue.sent_on


def month(issue: BriefingIssue) -> str:
    """The month of an issue in words; else the day it went out; nothing where it did not yet."""
    if issue.period is not None:
        return month_in_words(issue.period)
    return NO_MONTH if issue.provenance == Provenance.PUBLISHED else date_long(issue.sent_on)


def sent(issue: BriefingIssue) -> str:
    """When the issue went out, as a line of its own; nothing where it did not."""
    if issue.sent_on is None:
        return ""
    day = sent_on(issue)
    if day is not None:
        stopped = ", and stopped before everybody had it" if issue.state == IssueState.CANCELLED else ""
        return f"Sent {date_long(day)}{stopped}"
    return "The record does not say when it was sent" if issue.period is None else f"Sent in {month(issue)}"


def headed(issue: BriefingIssue) -> str:
    """What an issue is called in a list: its month, and its title."""
    when = month(issue)
    if not when or when == issue.title:
        return issue.title
    return f"{when[0].upper()}{when[1:]}: {issue.title}"


def called(issue: BriefingIssue) -> str:
    """What an issue is called in a sentence: its title, and its month."""
    when = month(issue)
    return f"{issue.title} ({when})" if when and when != issue.title else issue.title
