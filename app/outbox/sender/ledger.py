"""What a sender writes down, the long way: one commit records the last message and begins the next.

It takes in whatever may happen: a refusal, a delay, doubt, a message that is wanted no more or has no
words, a room that fails at one, a database that is busy or away.
"""

import logging
from collections import Counter
from datetime import datetime
from functools import partial
from typing import NamedTuple

from app.core.clock import machine_now
from app.core.hooks import delivery_failed, still_wanted
from app.core.patience import passes, with_patience
from app.outbox.models import State
from app.outbox.operations import batches, claims, marks, pauses
from app.outbox.operations.marks import Begun
from app.outbox.rules import STOPPING, Verdict
from app.outbox.sender.attempts import Attempt, Result
from app.outbox.sender.words import Words

logger = logging.getLogger(__name__)

NO_LONGER_WANTED = "No longer true when it was to be sent."


class _Written(NamedTuple):
    """What one commit did: the states messages came to, the attempt it began, and what the group has left."""

    reached: tuple[State, ...]
    attempt: Attempt | None
    rest: list[int]
    held_until: datetime | None
    #: How many failed because their words could not be made.
    without_words: int = 0


def _is_refusal(result: Result) -> bool:
    """Whether it counts towards so many in a row that what is sent with it is held.

    Refused for good, or put off at the first attempt: then it is our own server that takes no more. Later
    attempts do not count: what is left at the end of an issue is what is put off over and over.
    """
    put_off = result.outcome is Verdict.LATER and result.attempt.message.attempts == 1
    return put_off or result.outcome is Verdict.REFUSED


class _WithoutWords(Exception):
    """A message's room could not say what it says, or whether it is still wanted."""

    def __init__(self, message_id: int, cause: Exception) -> None:
        super().__init__(message_id)
        self.message_id = message_id
        # Never the error's text: it may quote the matter.
        self.reason = f"Its words could not be made ({type(cause).__name__})."


class _Unheard(Exception):
    """A message's room failed at the news that the message failed."""

    def __init__(self, message_id: int) -> None:
        super().__init__(message_id)
        self.message_id = message_id


class Ledger:
    """What one run of a sender has recorded, and the way it does."""

    def __init__(self, words: Words) -> None:
        self.words = words
        #: How many messages came to which state.
        self.reached: Counter[State] = Counter()
        #: Messages without words, by number, with the reason to record.
        self.without_words: dict[int, str] = {}
        #: Messages whose room failed at the news of their failure; it is not told again.
        self._unheard: set[int] = set()

    def advance(self, group: claims.Group, result: Result | None, *, begin: bool = True) -> Attempt | None:
        """Record a result and begin the next message in one commit; None when none is begun.

        Where a room fails at a message, the whole is rolled back and done again without asking it.
        """
        while True:
            try:
                written = with_patience(partial(self._write, group, result, begin=begin))
            except _WithoutWords as broken:
                logger.error("Message %s steps aside: %s", broken.message_id, broken.reason)
                self.without_words[broken.message_id] = broken.reason
            except _Unheard as broken:
                logger.error("The failure of message %s was not taken in by its room.", broken.message_id)
                self._unheard.add(broken.message_id)
            else:
                self.reached.update(written.reached)
                group.message_ids = written.rest
                group.held_until = written.held_until
                if result is not None:
                    accepted = result.outcome is Verdict.ACCEPTED
                    group.count(accepted=accepted, refused=int(_is_refusal(result)))
                group.count(refused=written.without_words)
                return written.attempt

    def _write(self, group: claims.Group, result: Result | None, *, begin: bool) -> _Written:
        """What one commit does. Changes nothing outside the database: it may be done again.

        1. Record what became of the last message.
        2. After trouble of the server's, begin a pause; after the first success, end one.
        3. Begin the next message that is still held, still wanted and has words.
        4. Renew the lease on the rest; or let go of it, where no other is to begin.
        """
        reached = [] if result is None else self._record(group, result)
        if not begin:
            claims.release(group)
            return _Written(tuple(reached), None, [], None)
        rest = list(group.message_ids)
        not_begun: list[int] = []
        attempt = None
        without_words = 0
        while rest and attempt is None:
            message_id = rest.pop(0)
            message = marks.begin(
                message_id=message_id,
                claimant=group.claimant,
                lease_until=group.lease_until(machine_now()),
            )
            if message is None:
                not_begun.append(message_id)
            else:
                attempt = self._prepared(message)
                if attempt is None and message.id in self.without_words:
                    reached.append(State.FAILED)
                    without_words += 1
        held_until = claims.renew(group, rest)
        if not_begun and group.batch is not None:
            # Its batch may be held: once that goes on, it waits for nobody's lease.
            claims.free(not_begun, claimant=group.claimant)
        return _Written(tuple(reached), attempt, rest, held_until, without_words)

    def _record(self, group: claims.Group, result: Result) -> list[State]:
        message = result.attempt.message
        if result.outcome in STOPPING:
            pauses.begin_pause(error=result.said or "")
        elif result.outcome is Verdict.ACCEPTED and not self.reached[State.SENT]:
            pauses.end_pause()
        state = marks.mark(
            message_id=message.id,
            claimant=group.claimant,
            attempt=message.attempts,
            doubtful=message.doubtful,
            outcome=result.outcome,
            said=result.said,
        )
        if state is State.FAILED:
            self._tell_failure(message.id, message.kind, result.said or "")
        if group.batch is not None and state is not None:
            if _is_refusal(result):
                batches.note_refused(group.batch)
            elif result.outcome is Verdict.ACCEPTED and group.refused_in_a_row:
                batches.note_accepted(group.batch)
        return [] if state is None else [state]

    def _prepared(self, message: Begun) -> Attempt | None:
        """The attempt at a message that has just begun; None when it is set aside instead."""
        if message.id in self.without_words:
            reason = self.without_words[message.id]
            marks.set_aside(message, state=State.FAILED, reason=reason)
            self._tell_failure(message.id, message.kind, reason)
            if message.batch is not None:
                # What is wrong with the words of one is likely wrong with those of thousands.
                batches.note_refused(message.batch)
            return None
        try:
            if not still_wanted.ask(message.kind, message.id, message.business_on):
                marks.set_aside(message, state=State.CANCELLED, reason=NO_LONGER_WANTED)
                return None
            return Attempt(message, self.words.parcel(message))
        except Exception as error:
            if passes(error):
                raise
            raise _WithoutWords(message.id, error) from error

    def _tell_failure(self, message_id: int, kind: str, reason: str) -> None:
        """Tell the message's room that it failed."""
        if message_id in self._unheard:
            return
        try:
            delivery_failed.ask(kind, message_id, reason)
        except Exception as error:
            if passes(error):
                raise
            raise _Unheard(message_id) from error
