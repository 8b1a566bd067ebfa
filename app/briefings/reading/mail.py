"""An issue as a test: the words it has when the test leaves, and that they are a test."""

from datetime import date

from markupsafe import Markup

from app.accounts.models import Person
from app.briefings import queries as briefings
from app.briefings.models import BriefingIssue, IssueState
from app.briefings.reading import queries
from app.briefings.reading.rules import wrapped
from app.briefings.reading.words import rendered
from app.briefings.rules import STATE_LABELS, went_out
from app.core.database import current_session
from app.core.hooks import MessageText
from app.outbox.models import OutboxMessage
from app.outbox.rules import LONGEST_SUBJECT, one_line

#: Where the mail itself begins, behind what stands beside its subject in a list.
_BEGINS = '<div role="article"'
_NOTICE = Markup(
    '<table role="presentation" cellpadding="0" cellspacing="0" border="0" width="100%"><tr>'
    '<td bgcolor="#fff4d6" style="padding: 14px 24px; background-color: #fff4d6; color: #0b0c0c;'
    " font-family: Arial, Helvetica, sans-serif; font-size: 16px; line-height: 24px;"
    ' mso-line-height-rule: exactly"><strong>{}</strong> {}</td></tr></table>\n'
)


def still_wanted(message_id: int, on: date) -> bool:
    """Whether it goes to somebody who may still read drafts."""
    message = current_session().get_one(OutboxMessage, message_id)
    reader: Person | None = queries.reader_of_drafts(message.address)
    return reader is not None and reader.id == message.recipient_id


def message_text(message_id: int, on: date) -> MessageText:
    """The words of the issue, marked as a test in its subject and above them; they are kept nowhere else."""
    issue = _issue(current_session().get_one(OutboxMessage, message_id))
    made, head, told = rendered(issue), f"This is a test of {issue.ref}.", _told(issue)
    return MessageText(
        subject=one_line(f"Test: {made.subject}", LONGEST_SUBJECT),
        text=f"{wrapped(f'{head} {told}')}\n\n{made.text}",
        html=made.html.replace(_BEGINS, f"{_NOTICE.format(head, told)}{_BEGINS}", 1),
        kept=False,
    )


def _told(issue: BriefingIssue) -> str:
    """What whoever gets the test must know of it."""
    state = IssueState(issue.state)
    if went_out(state, issue.sent_on):
        return "It is out: readers got these words without this notice."
    leads = "Until it is out, links to its own pages lead to its preview."
    if issue.frozen is not None:
        return f"It is cleared and not out yet: do not pass it on. {leads}"
    return f"It is not cleared ({STATE_LABELS[state].lower()}): do not pass it on. {leads}"


def delivery_failed(message_id: int, reason: str) -> None:
    """Nothing hangs on it: the editor sees that no test came."""


def _issue(message: OutboxMessage) -> BriefingIssue:
    return briefings.issue(message.dedupe_key.split(":")[1])
