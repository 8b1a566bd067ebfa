"""To whom messages go: to another address, or forgotten for somebody who is erased."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select, update

from app.core.database import current_session, fold_in_once_committed
from app.outbox import rules
from app.outbox.models import OutboxMessage, State

#: How many messages one statement takes.
_AT_ONCE = 500

#: What stands for an address that was forgotten; nothing can be sent there.
FORGOTTEN = ""


def forget(*, keys: Sequence[str] = (), numbers: Sequence[int] = ()) -> None:
    """Empty address, words and what the receiver said of messages, by their keys or row numbers.

    One that no sender has begun is taken out first; one that is on its way stays as it is, so the caller asks
    ``is_on_its_way`` before. The rows stay: what was sent stays counted, and is never sent again.
    """
    for column, named in ((OutboxMessage.dedupe_key, keys), (OutboxMessage.id, numbers)):
        for start in range(0, len(named), _AT_ONCE):
            these = column.in_(named[start : start + _AT_ONCE])
            _set(these, OutboxMessage.state == State.QUEUED, state=State.CANCELLED, claimed_by=None)
            _set(
                these,
                OutboxMessage.state != State.SENDING,
                address=FORGOTTEN,
                subject=None,
                text_body=None,
                html_body=None,
                error=None,
            )
    if keys or numbers:
        fold_in_once_committed()


def send_elsewhere(*, numbers: Sequence[int], address: str) -> None:
    """Send messages, by their row numbers, to another address than they were queued for; one begun stays."""
    for start in range(0, len(numbers), _AT_ONCE):
        these = OutboxMessage.id.in_(numbers[start : start + _AT_ONCE])
        _set(these, OutboxMessage.state == State.QUEUED, address=rules.checked_address(address))


def is_on_its_way(numbers: Sequence[int]) -> bool:
    """Whether a sender has begun one of these messages, by row number, and not ended it."""
    for start in range(0, len(numbers), _AT_ONCE):
        these = OutboxMessage.id.in_(numbers[start : start + _AT_ONCE])
        begun = select(OutboxMessage.id).where(these, OutboxMessage.state == State.SENDING).limit(1)
        if current_session().scalar(begun) is not None:
            return True
    return False


def _set(*conditions: ColumnElement[bool], **values: str | None) -> None:
    current_session().execute(
        update(OutboxMessage).where(*conditions).values(**values).execution_options(synchronize_session=False)
    )
