"""Links by which a person chooses a password. They are made at sending, signed, and stand nowhere.

A link holds for one account as it stood when it was made: a chosen password, another address or a newer
invitation ends it. So it works once, and a newer invitation makes the older ones worthless.
"""

import hmac
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer

from app.accounts.models import Person
from app.accounts.signing_in import queries
from app.core.clock import machine_now

PATH = "/choose-password"
FORGOTTEN_PATH = "/forgotten-password"


@dataclass(frozen=True)
class LinkKind:
    """What a link is for, and how long it works."""

    name: str
    works_for: timedelta


#: A week: people are invited before a holiday or a meeting.
INVITATION = LinkKind(queries.INVITATION, timedelta(days=7))
#: An hour: whoever asks for it is waiting for it.
RESET = LinkKind("password_reset", timedelta(hours=1))
KINDS = {kind.name: kind for kind in (INVITATION, RESET)}


def link_to(person: Person, kind: LinkKind) -> str:
    """The whole address of a link made now. The secret stands in the query string, which no log keeps."""
    token = _serializer().dumps([kind.name, person.id, _mark_of(person)])
    return f"{current_app.config['BASE_URL']}{PATH}?link={token}"


@dataclass(frozen=True)
class OpenLink:
    """A link that works, and whose it is."""

    kind: LinkKind
    person: Person


def opened(token: str, *, for_change: bool = False) -> OpenLink | None:
    """What the link leads to; null where it is not one of ours, too old, used, or of somebody who left.

    ``for_change`` keeps the person from every other writer until the transaction ends: a link works once.
    """
    try:
        (name, person_id, mark), made_at = _serializer().loads(token, return_timestamp=True)
    except (BadData, TypeError, ValueError):
        return None
    kind = KINDS[name]
    if machine_now() - made_at > kind.works_for:
        return None
    person = queries.person(person_id, for_change=for_change)
    if person is None or not person.active or not hmac.compare_digest(_mark_of(person), mark):
        return None
    return OpenLink(kind, person)


def _mark_of(person: Person) -> str:
    invited = person.invited_at.isoformat() if person.invited_at else ""
    stood = "\n".join((person.email, person.password or "", invited))
    return hmac.new(current_app.config["SECRET_KEY"].encode(), stood.encode(), sha256).hexdigest()


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="choose-password")
