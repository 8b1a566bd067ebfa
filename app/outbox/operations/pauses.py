"""The pause in which nobody tries a mail server that is in trouble."""

from random import random

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from app.core.clock import machine_now
from app.core.database import current_session
from app.outbox import rules
from app.outbox.models import OutboxPause


def begin_pause(*, error: str) -> None:
    """Let nobody try the server for a while: longer each time in a row.

    While a pause runs it is not made longer: two senders that meet one outage count as one.
    """
    session = current_session()
    now = machine_now()
    said = rules.one_line(error, rules.LONGEST_ERROR)
    pause = session.scalar(select(OutboxPause).with_for_update())
    if pause is None:
        pause = OutboxPause(
            id=1,
            streak=1,
            began_at=now,
            until_at=rules.pause_until(1, now=now, chance=random()),
            error=said,
        )
        try:
            with session.begin_nested():
                session.add(pause)
        except IntegrityError:
            # Another sender met the same trouble in the same moment.
            return
    elif pause.until_at <= now:
        pause.streak += 1
        pause.until_at = rules.pause_until(pause.streak, now=now, chance=random())
        pause.error = said
    session.flush()


def end_pause() -> None:
    """The server is well: the next trouble begins a new count."""
    current_session().execute(delete(OutboxPause))
