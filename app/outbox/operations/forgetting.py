"""To whom messages go: to another address, or forgotten for somebody who is erased."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, String, case, cast, delete, literal, null, or_, update

from app.core.database import current_session, fold_in_once_committed
from app.outbox import rules
from app.outbox.models import OutboxMessage, State, is_in

#: How many messages one statement takes.
_AT_ONCE = 500

#: What stands for an address that was forgotten; nothing can be sent there.
FORGOTTEN = ""


def forget(*, keys: Sequence[str] = (), numbers: Sequence[int] = ()) -> None:
    """Empty what says to whom messages went, by their keys or row numbers: address, words, names, errors.

    One that no sender has begun is taken out. One that is on its way arrives, as nobody can call it back, and
    says nothing of it afterwards: its end is marked by its row number, and a room that is asked whether it is
    still wanted does not know it any more. The rows stay: what was sent stays counted.
    """
    waits = is_in(State.QUEUED)
    # In place of the key and the Message-ID, which name the reader to whoever has the other tables.
    anonymous = literal("forgotten:") + cast(OutboxMessage.id, String)
    for column, named in ((OutboxMessage.dedupe_key, keys), (OutboxMessage.id, numbers)):
        for start in range(0, len(named), _AT_ONCE):
            # In one statement: a sender that begins the same message waits for it, or it for the sender.
            _set(
                column.in_(named[start : start + _AT_ONCE]),
                state=case((waits, State.CANCELLED), else_=OutboxMessage.state),
                claimed_by=case((waits, null()), else_=OutboxMessage.claimed_by),
                dedupe_key=anonymous,
                message_id=anonymous,
                address=FORGOTTEN,
                subject=None,
                text_body=None,
                html_body=None,
                error=None,
            )
    if keys or numbers:
        fold_in_once_committed()


def remove(*, numbers: Sequence[int]) -> None:
    """Remove messages that have come to an end, by their row numbers: nobody needs to know of them."""
    for start in range(0, len(numbers), _AT_ONCE):
        current_session().execute(
            delete(OutboxMessage)
            .where(
                OutboxMessage.id.in_(numbers[start : start + _AT_ONCE]),
                OutboxMessage.state.not_in((State.QUEUED, State.SENDING)),
            )
            .execution_options(synchronize_session=False)
        )


def send_elsewhere(*, numbers: Sequence[int], address: str) -> None:
    """Send messages, by their row numbers, to another address than they were queued for.

    One that is on its way arrives at the old one; where it is not taken there, it goes to the new one next.
    """
    for start in range(0, len(numbers), _AT_ONCE):
        these = OutboxMessage.id.in_(numbers[start : start + _AT_ONCE])
        _set(these, or_(is_in(State.QUEUED), is_in(State.SENDING)), address=rules.checked_address(address))


def _set(*conditions: ColumnElement[bool], **values: Any) -> None:
    current_session().execute(
        update(OutboxMessage).where(*conditions).values(**values).execution_options(synchronize_session=False)
    )
