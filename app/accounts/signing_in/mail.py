"""The two messages that carry a link to choose a password by: made at sending, and never kept."""

from datetime import date

from flask import current_app

from app.accounts import queries as accounts
from app.accounts.models import Person
from app.accounts.signing_in import links, queries
from app.accounts.signing_in.operations import invitation_key
from app.core.database import current_session
from app.core.hooks import MessageText
from app.core.letters import letter
from app.core.look import SERVICE_NAME
from app.outbox.models import OutboxMessage

KINDS = tuple(links.KINDS)


def still_wanted(message_id: int, on: date) -> bool:
    """Whether it goes to somebody who has not left, and no newer invitation took its place."""
    message = _message(message_id)
    person = _recipient(message)
    if person is None or not person.active or person.email != message.address:
        return False
    return message.kind != links.INVITATION.name or message.dedupe_key == invitation_key(person)


def message_text(message_id: int, on: date) -> MessageText:
    """The words of the message, with a link that is made now."""
    message = _message(message_id)
    person = _recipient(message)
    if person is None:
        raise LookupError("a link goes to a person")
    kind = links.KINDS[message.kind]
    is_invitation = kind is links.INVITATION
    partnership = accounts.partnership()
    base_url = current_app.config["BASE_URL"]
    return letter(
        "link",
        subject=f"Your account on the {SERVICE_NAME}" if is_invitation else "Choose a new password",
        kept=False,
        is_invitation=is_invitation,
        works_for="7 days" if is_invitation else "one hour",
        url=links.link_to(person, kind),
        forgotten_url=f"{base_url}{links.FORGOTTEN_PATH}",
        why=(
            "You get this because an administrator gave you an account."
            if is_invitation
            else "You get this because somebody asked for a new password for this address."
        ),
        partnership_name=partnership.name if partnership else "",
        help_email=partnership.help_email if partnership else None,
    )


def delivery_failed(message_id: int, reason: str) -> None:
    """Nothing hangs on it: the message's own entry says that it failed, and another can be sent."""


def _message(message_id: int) -> OutboxMessage:
    return current_session().get_one(OutboxMessage, message_id)


def _recipient(message: OutboxMessage) -> Person | None:
    return None if message.recipient_id is None else queries.person(message.recipient_id)
