"""From one message to the next by one statement, where thousands leave and all is well.

It does what the ledger does, and leaves to it whatever is not plain.
"""

import logging
from datetime import datetime, timedelta

from sqlalchemy.exc import DBAPIError

from app.core.clock import machine_now
from app.core.database import db
from app.core.quick import DRIVER_ERRORS, QuickLine
from app.outbox.models import State
from app.outbox.operations import claims, marks
from app.outbox.rules import Verdict
from app.outbox.sender.attempts import Attempt, Result
from app.outbox.sender.ledger import Ledger
from app.outbox.sender.words import Words

logger = logging.getLogger(__name__)


class Steps:
    """Takes one step after the other on a line of its own."""

    def __init__(self, words: Words, ledger: Ledger, *, lease: timedelta) -> None:
        self.words = words
        self.ledger = ledger
        self.lease = lease
        self._line: QuickLine | None = None

    def take(self, group: claims.Group, result: Result | None) -> tuple[Attempt | None, Result | None]:
        """Mark the last and begin the next by one statement; the attempt, and what is still to be recorded.

        No attempt where all is not plain, where the next may not begin, or where the database is in trouble:
        then the ledger looks into it, and what was marked before is not marked again.
        """
        now = machine_now()
        if not self._is_plain(group, result, now):
            return None, result
        following = self.words.ready(group.message_ids[0])
        parcel = self.words.make_next(group.message_ids[0])
        if following is None or parcel is None:
            return None, result
        try:
            if self._line is None:
                self._line = QuickLine(db.engine)
            recorded, begun = marks.step(
                self._line,
                last=None if result is None else result.attempt.message.id,
                following=following,
                claimant=group.claimant,
                now=now,
                lease_until=now + self.lease,
            )
        except (*DRIVER_ERRORS, DBAPIError) as error:
            logger.warning("A step is done again the long way (%s).", type(error).__name__)
            self.close(broken=True)
            return None, result
        if recorded:
            self.ledger.reached[State.SENT] += 1
        if begun is None:
            return None, None
        group.message_ids.pop(0)
        return Attempt(begun, parcel), None

    def _is_plain(self, group: claims.Group, result: Result | None, now: datetime) -> bool:
        """Whether nothing but that the last was taken on and the next begins is to be written down.

        The lease on the rest is renewed with what else is to be written, once half of it is used.
        """
        return (
            bool(group.message_ids)
            and group.message_ids[0] not in self.ledger.without_words
            and (
                result is None or (result.outcome is Verdict.ACCEPTED and self.ledger.reached[State.SENT] > 0)
            )
            and not group.refused_in_a_row
            and group.held_until is not None
            and now < group.held_until - self.lease / 2
        )

    def close(self, *, broken: bool = False) -> None:
        """Give the line back, or throw it away where nobody knows how it stands."""
        if self._line is not None:
            line, self._line = self._line, None
            line.close(broken=broken)
