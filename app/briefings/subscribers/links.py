"""The links by which readers reach their own preferences, leave, and confirm an address.

The secret stands in the query string, which no log keeps. The key of a subscriber is random and their own, so
that links in old mail go on to work whatever becomes of the settings; a link that confirms an address is
signed, works for some days and once, and is made at sending.
"""

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer

from app.briefings.models import SignUp
from app.briefings.subscribers import queries, rules
from app.core.clock import machine_now

SIGN_UP_PATH = "/subscribe"
CONFIRM_PATH = "/subscribe/confirm"
PREFERENCES_PATH = "/subscription"
ADDRESS_PATH = "/subscription/address"
RETURN_PATH = "/subscription/return"
LEAVE_PATH = "/subscription/leave"


def preferences_url(key: str) -> str:
    """The whole address of a subscriber's own page."""
    return f"{_base()}{PREFERENCES_PATH}?key={key}"


def leave_url(key: str, issue_ref: str | None = None) -> str:
    """The whole address where a subscriber leaves; fit for ``List-Unsubscribe`` (RFC 8058)."""
    return f"{_base()}{LEAVE_PATH}?key={key}" + (f"&issue={issue_ref}" if issue_ref else "")


def confirm_url(sign_up: SignUp) -> str:
    """The whole address by which the owner of an address confirms what was asked for it, made now."""
    return f"{_base()}{CONFIRM_PATH}?link={_serializer().dumps(sign_up.token)}"


def opened(link: str, *, for_change: bool = False) -> SignUp | None:
    """What the link confirms; null where it is not one of ours, too old, used, or followed by a newer one."""
    try:
        token, made_at = _serializer().loads(link, return_timestamp=True)
    except BadData:
        return None
    if machine_now() - made_at > rules.LINK_WORKS_FOR:
        return None
    return queries.sign_up(token, for_change=for_change)


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="confirm-subscription")


def _base() -> str:
    base: str = current_app.config["BASE_URL"]
    return base
