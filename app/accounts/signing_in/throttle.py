"""Attempts that are counted, and refused unheard when there were too many: before anything is hashed.

What strangers may ask for is counted here too, each thing by itself: whoever signs an address up for the
briefing over and over must not keep its owner from signing in.

The address typed and the place it came from are kept as keyed digests. Known and unknown addresses count
alike, so that neither the answer nor its time tells one from the other.
"""

import hmac
from hashlib import sha256

from flask import current_app, request
from flask_security import uia_email_mapper
from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.accounts.models import FailedSignIn
from app.accounts.signing_in import queries, rules
from app.core.clock import machine_now
from app.core.database import current_session
from app.core.transactions import apart

#: What is counted unless something else is said.
SIGN_IN = "address"


def may_try(typed: str, what: str = SIGN_IN) -> bool:
    """Count an attempt with the address typed, from where the request comes; whether it is to be heard.

    ``what`` is tried, where it is not a sign-in or the like, for example "subscribe".

    It is written down before it is judged, so that attempts at the same moment see each other. One that is
    refused counts no further: whoever waits is heard again. Ends the transaction at hand.
    """
    now = machine_now()
    attempt = FailedSignIn(
        address_digest=_address(typed, what),
        place_digest=_digest(
            "place" if what == SIGN_IN else f"{what} place", rules.place(request.remote_addr)
        ),
        failed_at=now,
    )
    current_session().rollback()
    with apart() as session:
        session.execute(delete(FailedSignIn).where(FailedSignIn.failed_at < now - rules.KEPT_FOR))
        session.add(attempt)
    with apart() as session:
        if _is_within(session, attempt):
            return True
        session.execute(delete(FailedSignIn).where(FailedSignIn.id == attempt.id))
        return False


def forget(address: str) -> None:
    """Count nothing against an address any more: its owner has shown who they are."""
    current_session().execute(
        delete(FailedSignIn)
        .where(FailedSignIn.address_digest == _address(address))
        .execution_options(synchronize_session=False)
    )


def _is_within(session: Session, attempt: FailedSignIn) -> bool:
    of_address, of_place = FailedSignIn.address_digest, FailedSignIn.place_digest
    return all(
        queries.attempts(session, column == digest, since=attempt.failed_at - threshold.within)
        <= threshold.attempts
        for column, digest, threshold in (
            (of_address, attempt.address_digest, rules.PER_ADDRESS),
            (of_place, attempt.place_digest, rules.PER_PLACE),
        )
    )


def _address(typed: str, what: str = SIGN_IN) -> str:
    # One account must not be tried under several spellings of its address.
    return _digest(what, (uia_email_mapper(typed) or typed).strip().lower())


def _digest(kind: str, text: str) -> str:
    key = current_app.config["SECRET_KEY"].encode()
    return hmac.new(key, f"{kind}:{text}".encode(errors="replace"), sha256).hexdigest()
