"""Attempts that are counted, and refused unheard when there were too many: before anything is hashed.

What strangers may ask for is counted here too, each thing by itself: whoever signs an address up for the
briefing over and over must not keep its owner from signing in.

The address typed and the place it came from are kept as keyed digests. Known and unknown addresses count
alike, so that neither the answer nor its time tells one from the other.
"""

import hmac
from hashlib import sha256

from flask import current_app, request
from flask_login import current_user
from flask_security import uia_email_mapper
from sqlalchemy import delete

from app.accounts.models import FailedSignIn
from app.accounts.signing_in import queries, rules
from app.accounts.signing_in.rules import Threshold
from app.core.clock import machine_now
from app.core.database import current_session
from app.core.errors import RuleBroken
from app.core.transactions import apart

#: What is counted unless something else is said.
SIGN_IN = "address"


class TooOften(RuleBroken):
    """More was sent from one place, or by one person, than people send."""


def may_try(typed: str) -> bool:
    """Count an attempt with the address typed, from where the request comes; whether it is to be heard.

    It is written down before it is judged, so that attempts at the same moment see each other. One that is
    refused counts no further: whoever waits is heard again. Ends the transaction at hand.
    """
    place = _digest("place", rules.place(request.remote_addr))
    return _is_heard(_address(typed), rules.PER_ADDRESS, place, rules.PER_PLACE)


def may_write_to(typed: str, what: str) -> bool:
    """Count that somebody has the address typed written to; whether it is to be done. As ``may_try`` counts.

    Only the address: where it comes from is counted by ``check_may_send``.
    """
    digest = _address(typed, what)
    return _is_heard(digest, rules.PER_ADDRESS, digest, rules.PER_ADDRESS)


def check_may_send(what: str, *, by_person: bool = True, about: str = "") -> None:
    """Count a form that anybody may send, for example "receipt"; raise TooOften where it is not to be heard.

    Against the person who is signed in, wherever they are; else against the place, as a whole office often
    comes from one. Not ``by_person`` where nothing may tell that they sent it. What is ``about`` one
    thing counts against that too, by the place, and sooner. As ``may_try`` counts.
    """
    if by_person and current_user.is_authenticated:
        digest, threshold = _digest(f"{what} person", current_user.ref), rules.PER_PERSON
    else:
        digest, threshold = _digest(f"{what} place", rules.place(request.remote_addr)), rules.PER_OFFICE
    subject, limit = digest, threshold
    if about:
        subject = _digest(f"{what} about {about}", rules.place(request.remote_addr))
        limit = rules.PER_SUBJECT
    if not _is_heard(subject, limit, digest, threshold):
        raise TooOften("Too many were sent from here. Wait a quarter of an hour, then send it again")


def _is_heard(address: str, per_address: Threshold, place: str, per_place: Threshold) -> bool:
    attempt = FailedSignIn(address_digest=address, place_digest=place, failed_at=machine_now())
    current_session().rollback()
    with apart() as session:
        over = FailedSignIn.failed_at < attempt.failed_at - rules.KEPT_FOR
        session.execute(delete(FailedSignIn).where(over))
        session.add(attempt)
    counted = (
        (FailedSignIn.address_digest, address, per_address),
        (FailedSignIn.place_digest, place, per_place),
    )
    with apart() as session:
        if all(
            queries.attempts(session, column == digest, since=attempt.failed_at - threshold.within)
            <= threshold.attempts
            for column, digest, threshold in counted
        ):
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


def _address(typed: str, what: str = SIGN_IN) -> str:
    # One account must not be tried under several spellings of its address.
    return _digest(what, (uia_email_mapper(typed) or typed).strip().lower())


def _digest(kind: str, text: str) -> str:
    key = current_app.config["SECRET_KEY"].encode()
    return hmac.new(key, f"{kind}:{text}".encode(errors="replace"), sha256).hexdigest()
