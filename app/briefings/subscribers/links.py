"""The links by which readers reach their own preferences, leave, and confirm an address.

The secret stands in the query string, which no log keeps. The key of a subscriber is random and their own, so
that links in old mail go on to work whatever becomes of the settings; a link that confirms an address is
signed, works for some days and once, and is made at sending.
"""

from datetime import timedelta
from hashlib import sha256

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer

from app.briefings.models import AskedAgain, MovedAddress, SignUp
from app.briefings.subscribers import queries, rules
from app.briefings.subscribers.reconfirming import queries as reconfirming_queries
from app.briefings.subscribers.reconfirming import rules as reconfirming
from app.core.clock import machine_now

SIGN_UP_PATH = "/subscribe"
CONFIRM_PATH = "/subscribe/confirm"
PREFERENCES_PATH = "/subscription"
ADDRESS_PATH = "/subscription/address"
RETURN_PATH = "/subscription/return"
LEAVE_PATH = "/subscription/leave"
UNDO_PATH = "/subscription/undo"
AGAIN_PATH = "/subscription/confirm"

#: What a signed link is for; part of what is signed, so that none does another's work.
_CONFIRM = "confirm-subscription"
_UNDO = "undo-change-of-address"
_AGAIN = "confirm-again"


def preferences_url(key: str) -> str:
    """The whole address of a subscriber's own page."""
    return f"{_base()}{PREFERENCES_PATH}?key={key}"


def leave_url(key: str, issue_ref: str | None = None) -> str:
    """The whole address where a subscriber leaves; fit for ``List-Unsubscribe`` (RFC 8058)."""
    return f"{_base()}{LEAVE_PATH}?key={key}" + (f"&issue={issue_ref}" if issue_ref else "")


def sign_up_url() -> str:
    """The whole address where anybody signs up."""
    return f"{_base()}{SIGN_UP_PATH}"


def confirm_url(sign_up: SignUp) -> str:
    """The whole address by which the owner of an address confirms what was asked for it, made now."""
    return f"{_base()}{CONFIRM_PATH}?link={_serializer(_CONFIRM).dumps(sign_up.token)}"


def undoing_url(moved: MovedAddress) -> str:
    """The whole address by which the owner of the address before has the briefing back, made now."""
    return f"{_base()}{UNDO_PATH}?link={_serializer(_UNDO).dumps(moved.token)}"


def opened(link: str, *, for_change: bool = False) -> SignUp | None:
    """What the link confirms; null where it is not one of ours, too old, used, or followed by a newer one."""
    token = _token(_CONFIRM, link, rules.LINK_WORKS_FOR)
    return None if token is None else queries.sign_up(token, for_change=for_change)


def again_url(asked: AskedAgain) -> str:
    """The whole address by which a reader says that they still want the briefing, made now."""
    return f"{_base()}{AGAIN_PATH}?link={_serializer(_AGAIN).dumps(_asked_of(asked))}"


def opened_again(link: str) -> AskedAgain | None:
    """What a reader was asked by the message with that link.

    Null where it is not one of ours, too old, or from before their address was changed: who has that mail
    need not be the reader any more. And null where they left or were taken off otherwise.
    """
    signed = _token(_AGAIN, link, reconfirming.LINK_WORKS_FOR)
    asked = None if signed is None else reconfirming_queries.asked(signed.partition(".")[0])
    if asked is None or signed != _asked_of(asked):
        return None
    reader = asked.subscriber
    return asked if reconfirming.may_confirm(reader.state, reader.left_reason) else None


def _asked_of(asked: AskedAgain) -> str:
    """What is signed: the token, and a digest of the reader's key, which changes with their address."""
    return f"{asked.token}.{sha256(asked.subscriber.key.encode()).hexdigest()[:32]}"


def opened_undoing(link: str, *, for_change: bool = False) -> MovedAddress | None:
    """The address that the link has the briefing sent to again; null where that can be undone no more."""
    token = _token(_UNDO, link, rules.UNDONE_WITHIN)
    moved = None if token is None else queries.moved_address(token, for_change=for_change)
    return moved if moved is not None and moved.may_be_undone else None


def _token(what_for: str, link: str, works_for: timedelta) -> str | None:
    try:
        token, made_at = _serializer(what_for).loads(link, return_timestamp=True)
    except BadData:
        return None
    return None if machine_now() - made_at > works_for else str(token)


def _serializer(what_for: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=what_for)


def _base() -> str:
    base: str = current_app.config["BASE_URL"]
    return base
