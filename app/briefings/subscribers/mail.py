"""The message to an address that was signed up, or that somebody wants the briefing at: made at sending.

Its words depend on who the address turns out to be, which whoever typed it in never learns. Its links are
secrets, so it is not kept.
"""

from datetime import date
from typing import Any

from app.accounts import queries as accounts
from app.briefings import queries as briefings
from app.briefings.models import SignUp, SubscriberState
from app.briefings.subscribers import links, queries
from app.briefings.wording import briefing_name
from app.core.database import current_session
from app.core.hooks import MessageText
from app.core.letters import letter
from app.outbox.models import OutboxMessage


def still_wanted(message_id: int, on: date) -> bool:
    """Whether it is the newest asked for, and its address is not one that was refused for good."""
    asked = _asked(message_id)
    if asked is None:
        return False
    holder = queries.by_address(asked.email)
    if holder is not None and holder.state == SubscriberState.SUPPRESSED:
        return False
    return asked.subscriber_id is not None or briefings.settings().sign_up_is_open


def message_text(message_id: int, on: date) -> MessageText:
    """The words for whoever has the address: to confirm it, or that they get the briefing already."""
    asked = _asked(message_id)
    if asked is None:
        raise LookupError("a sign-up that is over is not written about")
    holder = queries.by_address(asked.email)
    name = briefing_name()
    if holder is not None and holder.state == SubscriberState.ACTIVE:
        return _letter(
            "subscribed_already",
            subject=f"You get {name} already",
            url=links.preferences_url(holder.key),
            why="You get this because somebody entered this address to get the briefing.",
        )
    moves = asked.subscriber_id is not None
    return _letter(
        "confirm_subscription",
        subject=f"Confirm that you want {name} here" if moves else f"Confirm that you want {name}",
        url=links.confirm_url(asked),
        moves=moves,
        why="You get this because somebody entered this address to get the briefing.",
    )


def delivery_failed(message_id: int, reason: str) -> None:
    """Nothing hangs on it: an address that takes no mail is never confirmed, and forgotten in some days."""


def _letter(template: str, **context: Any) -> MessageText:
    partnership = accounts.partnership()
    return letter(
        template,
        kept=False,
        briefing_name=briefing_name(),
        partnership_name=partnership.name if partnership else "",
        help_email=partnership.help_email if partnership else None,
        **context,
    )


def _asked(message_id: int) -> SignUp | None:
    message = current_session().get_one(OutboxMessage, message_id)
    asked = queries.sign_up(message.dedupe_key.partition(":")[2])
    return asked if asked is not None and asked.email == message.address else None
