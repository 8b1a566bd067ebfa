"""Issues that wait to be sent, with as many readers as a test needs, and what became of them."""

from collections import Counter
from typing import Any

from app.briefings.models import BriefingIssue, Delivery, IssueState
from app.briefings.reading.freezing import freeze
from app.briefings.sending import feeding, operations
from app.core.database import current_session
from app.outbox.models import OutboxMessage
from app.outbox.sender import send
from tests.support.briefings import make_issue, make_subscriber


def cleared_issue(*, readers: int = 0, **values: Any) -> BriefingIssue:
    """An issue with an item and a link, cleared for so many new readers and committed."""
    issue = make_issue(items=1, **values)
    issue.items[0].url, issue.items[0].url_words = "https://learning.example.org/a?b=1&c=2", "Read on"
    for _ in range(readers):
        make_subscriber()
    freeze(issue)
    operations.plan(issue=issue)
    issue.state = IssueState.CLEARED
    current_session().commit()
    return issue


def send_out(issue: BriefingIssue) -> None:
    """Begin the sending, hand over, send and settle, with no transaction left open."""
    operations.send_now(issue=issue)
    current_session().commit()
    go_on()


def go_on() -> None:
    """What the jobs do: a tick, a sending, and a tick."""
    current_session().rollback()
    feeding.run()
    send(until_empty=True)
    feeding.run()


def states() -> Counter[str]:
    """How many deliveries stand where."""
    session = current_session()
    session.rollback()
    found = Counter(state for (state,) in session.query(Delivery.state))
    session.rollback()
    return found


def message_of(delivery: Delivery) -> OutboxMessage:
    """The row of the outbox of a delivery."""
    return current_session().get_one(OutboxMessage, delivery.message_id, populate_existing=True)
