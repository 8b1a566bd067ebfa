"""Messages of a kind of the tests' own: notes, whose words and behaviour stand in their keys."""

import time
from datetime import date

from sqlalchemy.exc import IntegrityError

from app.core.database import current_session
from app.core.hooks import MessageText, delivery_failed, message_text, still_wanted
from app.outbox.models import OutboxMessage
from app.outbox.operations import enqueue

KIND = "note"
DAY = date(2017, 3, 31)

#: How often the words of each note were asked for, by its key.
asked: list[str] = []
#: The failures that were told, by the note's key, with the reason.
told: list[tuple[str, str]] = []
#: What the next words say.
words = MessageText(subject="A note", text="Words – plain", html="<p>Words – plain</p>")


#: How many seconds the words of the next notes take.
slowness = 0.0


def _key(message_id: int) -> str:
    return current_session().get_one(OutboxMessage, message_id).dedupe_key


def _still_wanted(message_id: int, on: date) -> bool:
    assert on == DAY
    if "doubtable" in _key(message_id):
        raise KeyError("a child's name")
    return "unwanted" not in _key(message_id)


def _text(message_id: int, on: date) -> MessageText:
    key = _key(message_id)
    asked.append(key)
    time.sleep(slowness)
    if "wordless" in key:
        raise ValueError("a child's name")
    if "breaking" in key:
        # Leaves the transaction unusable on PostgreSQL.
        raise IntegrityError("a child's name", None, Exception("a child's name"))
    return MessageText(subject=words.subject, text=words.text, html=words.html, kept="secret" not in key)


def _failed(message_id: int, reason: str) -> None:
    key = _key(message_id)
    if "deaf" in key:
        raise RuntimeError("a child's name")
    told.append((key, reason))


still_wanted.fill(KIND, _still_wanted)
message_text.fill(KIND, _text)
delivery_failed.fill(KIND, _failed)


def write_notes(*keys: str, address: str | None = None) -> list[OutboxMessage]:
    """Queue a note for each key, to an address made from the key, and commit."""
    written = [
        enqueue(
            kind=KIND,
            dedupe_key=key,
            address=address or f"{key.replace(':', '.')}@example.org",
            business_on=DAY,
        )
        for key in keys
    ]
    current_session().commit()
    return written


def numbered_notes(*keys: str) -> list[int]:
    """Queue notes and give their row numbers, with no transaction left open."""
    numbers = [message.id for message in write_notes(*keys)]
    current_session().rollback()
    return numbers


def note(key: str) -> OutboxMessage:
    """The note as the database has it now, with no transaction left open."""
    session = current_session()
    session.rollback()
    found = session.query(OutboxMessage).filter_by(dedupe_key=key).one()
    session.expunge(found)
    session.rollback()
    return found
