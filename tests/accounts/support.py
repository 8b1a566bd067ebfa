"""Passwords, links and letters for the tests of signing in."""

import re
from email import message_from_bytes, policy
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from flask import current_app
from flask_security import hash_password
from sqlalchemy import select

from app.accounts.models import Person
from app.accounts.queries import person_by_ref
from app.accounts.signing_in import queries
from app.audit.models import AuditEntry
from app.core.database import current_session
from app.outbox import sender

PASSWORD = "a long enough phrase"
OTHER_PASSWORD = "quite another phrase"


@cache
def _hashed() -> str:
    """The password as it is kept; made once, because making it is meant to be slow."""
    return hash_password(PASSWORD)


def give_password(ref: str, *, accepts: bool = True) -> Person:
    """Let a person sign in by PASSWORD; unless told otherwise they accepted the statement before."""
    person = person_by_ref(ref)
    person.password = _hashed()
    statement = queries.statement()
    if accepts and statement is not None:
        person.accepted_statement_id = statement.id
    current_session().commit()
    return person


def lines(verb: str) -> list[tuple[str, str]]:
    """What the trail says of one verb, oldest first: whom it is about, and the line."""
    statement = select(AuditEntry).where(AuditEntry.verb == verb).order_by(AuditEntry.id)
    found = [(entry.subject_ref, entry.line) for entry in current_session().scalars(statement)]
    current_session().rollback()
    return found


def letters(folder: Path) -> list[tuple[str, str, str]]:
    """What is sent now, into a folder: address, subject and plain text of each message."""
    current_session().commit()
    current_app.config["MAIL_URL"] = f"file:{folder}"
    sender.send(until_empty=True)
    found = []
    for file in sorted(folder.glob("*.eml")) if folder.exists() else []:
        message = message_from_bytes(file.read_bytes(), policy=policy.default)
        body = message.get_body(("plain",))
        assert body is not None
        found.append((str(message["To"]), str(message["Subject"]), body.get_content()))
        file.unlink()
    return found


def link_in(text: str) -> str:
    """The path and query of the link that a letter carries."""
    found = re.search(r"http://127\.0\.0\.1:5000(/choose-password\?\S+)", text)
    assert found, text
    return found[1]


def token_of(link: str) -> str:
    """What a link's form sends back."""
    return parse_qs(urlsplit(link).query)["link"][0]
