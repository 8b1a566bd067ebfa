"""The message that asks a reader whether they still want the briefing; with links that are secrets."""

from datetime import date

from app.accounts import queries as accounts
from app.briefings.models import AskedAgain, SubscriberState
from app.briefings.subscribers import links
from app.briefings.subscribers.reconfirming import queries
from app.briefings.wording import briefing_name
from app.core.database import current_session
from app.core.filters import date_long
from app.core.hooks import MessageText
from app.core.letters import letter
from app.outbox.models import OutboxMessage


def still_wanted(message_id: int, on: date) -> bool:
    """Whether the round runs, and the reader is on the list at that address and has not answered."""
    message = current_session().get_one(OutboxMessage, message_id)
    asked = _asked(message)
    return (
        asked is not None
        and bool(asked.reconfirmation.is_open)
        and asked.outcome is None
        and asked.subscriber.state == SubscriberState.ACTIVE
        and asked.subscriber.email == message.address
    )


def message_text(message_id: int, on: date) -> MessageText:
    """The question, by when to answer it, and what comes of no answer."""
    asked = _asked(current_session().get_one(OutboxMessage, message_id))
    if asked is None:
        raise LookupError("nobody is asked by this message")
    name, partnership = briefing_name(), accounts.partnership()
    return letter(
        "confirm_again",
        subject=f"Do you still want {name}?",
        kept=False,
        briefing_name=name,
        until=date_long(asked.reconfirmation.answer_by),
        url=links.again_url(asked),
        leave_url=links.leave_url(asked.subscriber.key),
        why=f"You get this because {name} is sent to this address.",
        partnership_name=partnership.name if partnership else "",
        help_email=partnership.help_email if partnership else None,
    )


def delivery_failed(message_id: int, reason: str) -> None:
    """Nothing at once: the round's job writes down what came of it, holding the reader first."""


def _asked(message: OutboxMessage) -> AskedAgain | None:
    return queries.asked(message.dedupe_key.partition(":")[2])
