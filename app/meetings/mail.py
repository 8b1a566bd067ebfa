"""The notice that the papers of a panel are ready: its reference and day, and nothing of any death."""

from datetime import date

from flask import current_app

from app.accounts import queries as accounts
from app.accounts.models import Person
from app.core.database import current_session
from app.core.filters import date_long
from app.core.hooks import MessageText
from app.core.letters import letter
from app.meetings import queries
from app.meetings.queries import Sitting
from app.outbox.models import OutboxMessage


def still_wanted(message_id: int, on: date) -> bool:
    """Whether the papers stand as they were sent, for somebody who has not left and may read some of them."""
    message = current_session().get_one(OutboxMessage, message_id)
    held, version = _sitting(message)
    person = _recipient(message)
    if person is None or not person.active or person.email != message.address:
        return False
    meeting = held.meeting
    if meeting is None or not held.is_planned or meeting.sent_on is None or meeting.papers_version != version:
        return False
    return queries.papers_for(held, person.facts) is not None


def message_text(message_id: int, on: date) -> MessageText:
    """The words of the notice."""
    message = current_session().get_one(OutboxMessage, message_id)
    held, version = _sitting(message)
    partnership = accounts.partnership()
    return letter(
        "panel_papers",
        subject=f"The papers of {held.panel.ref} are ready",
        ref=held.panel.ref,
        on=date_long(held.panel.meets_on),
        is_anew=version > 1,
        url=f"{current_app.config['BASE_URL']}/panels/{held.panel.ref}/agenda",
        why=f"You get this because you are asked to {held.panel.ref}.",
        partnership_name=partnership.name if partnership else "",
        help_email=partnership.help_email if partnership else None,
    )


def delivery_failed(message_id: int, reason: str) -> None:
    """Nothing hangs on it: the message's own entry says that it failed, and the papers stay."""


def _sitting(message: OutboxMessage) -> tuple[Sitting, int]:
    _, ref, version, _ = message.dedupe_key.split(":")
    return queries.sitting(ref), int(version)


def _recipient(message: OutboxMessage) -> Person | None:
    return None if message.recipient_id is None else current_session().get(Person, message.recipient_id)
