"""That an issue waits to be cleared: its reference and where it is read, and no word of it."""

from datetime import date

from flask import current_app

from app.accounts import queries as accounts
from app.accounts.models import Person
from app.briefings import queries as briefings
from app.briefings.checking import queries
from app.briefings.models import BriefingIssue, IssueState
from app.briefings.wording import briefing_name
from app.core.database import current_session
from app.core.hooks import MessageText
from app.core.letters import letter
from app.outbox.models import OutboxMessage


def still_wanted(message_id: int, on: date) -> bool:
    """Whether it still waits, and the person may still clear it."""
    message = current_session().get_one(OutboxMessage, message_id)
    issue = _issue(message)
    person = None if message.recipient_id is None else current_session().get(Person, message.recipient_id)
    if person is None or person.email != message.address:
        return False
    return issue.state == IssueState.CHECKED and queries.may_clear(issue, person)


def message_text(message_id: int, on: date) -> MessageText:
    """The words of the message."""
    issue = _issue(current_session().get_one(OutboxMessage, message_id))
    partnership = accounts.partnership()
    return letter(
        "briefing_to_clear",
        subject=f"Briefing {issue.ref} waits to be cleared",
        ref=issue.ref,
        name=briefing_name(),
        url=f"{current_app.config['BASE_URL']}/briefings/{issue.ref}/clear",
        why="You get this because you may clear the briefing and did not write in this issue.",
        partnership_name=partnership.name if partnership else "",
        help_email=partnership.help_email if partnership else None,
    )


def delivery_failed(message_id: int, reason: str) -> None:
    """Nothing hangs on it: the issue waits on homes too."""


def _issue(message: OutboxMessage) -> BriefingIssue:
    return briefings.issue(message.dedupe_key.split(":")[1])
