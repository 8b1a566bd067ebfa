"""An issue as a test: the words it has when the test leaves."""

from datetime import date

from app.accounts.models import Person
from app.briefings import queries as briefings
from app.briefings.models import BriefingIssue
from app.briefings.reading import queries
from app.briefings.reading.words import rendered
from app.core.database import current_session
from app.core.hooks import MessageText
from app.outbox.models import OutboxMessage
from app.outbox.rules import LONGEST_SUBJECT, one_line


def still_wanted(message_id: int, on: date) -> bool:
    """Whether it goes to somebody who may still read drafts."""
    message = current_session().get_one(OutboxMessage, message_id)
    reader: Person | None = queries.reader_of_drafts(message.address)
    return reader is not None and reader.id == message.recipient_id


def message_text(message_id: int, on: date) -> MessageText:
    """The words of the issue, marked as a test where a list of mail shows it; they are kept nowhere else."""
    made = rendered(_issue(current_session().get_one(OutboxMessage, message_id)))
    subject = one_line(f"Test: {made.subject}", LONGEST_SUBJECT)
    return MessageText(subject=subject, text=made.text, html=made.html, kept=False)


def delivery_failed(message_id: int, reason: str) -> None:
    """Nothing hangs on it: the editor sees that no test came."""


def _issue(message: OutboxMessage) -> BriefingIssue:
    return briefings.issue(message.dedupe_key.split(":")[1])
