"""The message to an address that was signed up, or that somebody wants the briefing at: made at sending.

Its words depend on who the address turns out to be, which whoever typed it in never learns. Its links are
secrets, so it is not kept.
"""

from datetime import date
from typing import Any

from flask import current_app

from app.accounts import queries as accounts
from app.accounts.models import Person
from app.briefings import queries as briefings
from app.briefings.models import MovedAddress, SignUp, SubscriberState
from app.briefings.subscribers import links, queries, rules
from app.briefings.wording import briefing_name
from app.core.clock import today
from app.core.database import current_session
from app.core.hooks import MessageText
from app.core.letters import letter
from app.outbox.models import OutboxMessage


def still_wanted(message_id: int, on: date) -> bool:
    """Whether it is the newest asked for, and its address not given up just before, or by hand."""
    asked = _asked(message_id)
    if asked is None:
        return False
    holder = queries.by_address(asked.email)
    if (
        holder is not None
        and rules.is_given_up(holder.state, holder.left_reason)
        and not rules.may_be_tried_again(holder.left_reason, holder.left_on, today=today())
    ):
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
    """An address that takes no mail is never confirmed, and forgotten in some days.

    One that had been given up waits anew before it is tried once more.
    """
    asked = _asked(message_id)
    holder = queries.by_address(asked.email, for_change=True) if asked else None
    if holder is not None and holder.state == SubscriberState.SUPPRESSED:
        holder.left_on = today()


def moved_still_wanted(message_id: int, on: date) -> bool:
    """Whether the change is not forgotten yet."""
    return _moved(message_id) is not None


def moved_text(message_id: int, on: date) -> MessageText:
    """That the briefing goes elsewhere now, for the owner of the address before, with the way to undo it.

    Where it was an undoing itself, there is none: whoever wants it there signs up.
    """
    moved = _moved(message_id)
    if moved is None:
        raise LookupError("a change that is forgotten is not written about")
    name = briefing_name()
    if not moved.may_be_undone:
        return _letter(
            "address_moved_back",
            subject=f"{name} is no longer sent to this address",
            url=links.sign_up_url() if briefings.settings().sign_up_is_open else None,
            why=f"You get this because {name} was sent to this address until now.",
        )
    return _letter(
        "address_moved",
        subject=f"{name} is sent to another address now",
        to=rules.masked(moved.subscriber.email or ""),
        days=rules.UNDONE_WITHIN.days,
        url=links.undoing_url(moved),
        why=f"You get this because {name} was sent to this address until now.",
    )


def moved_failed(message_id: int, reason: str) -> None:
    """Nothing hangs on it: an address that takes no mail has no owner who would undo anything."""


def held_still_wanted(message_id: int, on: date) -> bool:
    """Whether addresses wait, and the editor has not left."""
    message = current_session().get_one(OutboxMessage, message_id)
    person = None if message.recipient_id is None else current_session().get(Person, message.recipient_id)
    return person is not None and person.active and queries.is_any_held()


def held_text(message_id: int, on: date) -> MessageText:
    """That many addresses were refused in a day, and wait for an editor."""
    return _letter(
        "returned_held",
        subject="Many addresses of readers were refused",
        number=sum(queries.held().values()),
        most=rules.MOST_GIVEN_UP_A_DAY,
        url=f"{current_app.config['BASE_URL']}/subscribers/refused",
        why="You get this because you edit the briefing.",
    )


def held_failed(message_id: int, reason: str) -> None:
    """Nothing hangs on it: the page of subscribers says the same."""


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


def _moved(message_id: int) -> MovedAddress | None:
    message = current_session().get_one(OutboxMessage, message_id)
    return queries.moved_address(message.dedupe_key.partition(":")[2])


def _asked(message_id: int) -> SignUp | None:
    message = current_session().get_one(OutboxMessage, message_id)
    asked = queries.sign_up(message.dedupe_key.partition(":")[2])
    return asked if asked is not None and asked.email == message.address else None
