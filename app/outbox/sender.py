"""Sending what is due: claim, begin, hand over, record, and stop at the first trouble of the server's.

No transaction is open while a mail server is spoken to. One commit writes what became of one message and
that the next one begins, so that after a crash at most the one on its way is in doubt.
"""

import logging
import socket
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from os import getpid
from secrets import token_hex

from flask import current_app
from sqlalchemy.exc import DBAPIError

from app.core.acting import Actor, acting_as
from app.core.clock import london, machine_now
from app.core.database import db
from app.core.hooks import (
    Spliced,
    delivery_failed,
    message_text,
    messages_spliced,
    still_wanted,
    wanted_while,
)
from app.core.installation import Mode
from app.core.patience import CannotRecord, passes, with_patience
from app.core.quick import DRIVER_ERRORS, QuickLine
from app.core.transactions import apart
from app.outbox import queries
from app.outbox.composing import Mailbox, Parcel, compose, compose_spliced
from app.outbox.models import State
from app.outbox.operations import batches, claims, marks, pauses
from app.outbox.operations.marks import Begun
from app.outbox.queries import Addressed
from app.outbox.rules import LONGEST_SUBJECT, STOPPING, Verdict, clean_text, one_line, verdict
from app.outbox.transports import HeldBack, Transport, Trouble, transport_for

logger = logging.getLogger(__name__)

#: How many messages one run tries when it is not asked to go on until nothing is due.
ROUND = 100

OUTBOX = Actor(None, "Outbox")

NO_LONGER_WANTED = "No longer true when it was to be sent."
HELD_TOO_LONG = "Held back: the sender had lost its hold."


@dataclass(frozen=True)
class SendOutcome:
    """What a run did: how many it sent, failed and left uncertain; and how many are still to go.

    ``waiting`` counts everything queued or on its way; ``retrying`` those of them that are not to be tried
    before a later time.
    """

    sent: int
    retrying: int
    failed: int
    uncertain: int
    waiting: int


@dataclass(frozen=True)
class _Attempt:
    """A message that is marked as on its way, and the bytes to hand over."""

    message: Begun
    parcel: Parcel


@dataclass(frozen=True)
class _Ready:
    """A message of the group at hand whose words are there before it is begun."""

    message: Addressed
    spliced: Spliced


@dataclass(frozen=True)
class _Result:
    """What became of an attempt, not yet recorded."""

    attempt: _Attempt
    outcome: Verdict
    said: str | None = None


@dataclass(frozen=True)
class _Step:
    """What one commit did: the states messages came to, the attempt it began, and what the group has left."""

    reached: tuple[State, ...]
    attempt: _Attempt | None
    rest: tuple[int, ...]
    held_until: datetime | None
    #: How many failed because their words could not be made.
    without_words: int = 0


def _is_refusal(result: _Result) -> bool:
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


def send(*, until_empty: bool, stopping: Callable[[], bool] = lambda: False) -> SendOutcome:
    """Send what is due: a round of it, or all that can be claimed now.

    ``stopping`` is asked between two messages; the one on its way is always finished. Raises RuntimeError
    inside an open transaction, and CannotRecord when the database no longer takes what is done: nothing is
    sent that cannot be recorded first.
    """
    if db.session().in_transaction():
        raise RuntimeError("end the transaction at hand before sending: none may be open across SMTP")
    with acting_as(OUTBOX):
        run = _Run(_transport(), stopping)
        run.go(at_most=None if until_empty else ROUND)
    with apart(reading=True):
        return SendOutcome(
            sent=run.reached[State.SENT],
            retrying=queries.retrying(),
            failed=run.reached[State.FAILED],
            uncertain=run.reached[State.UNCERTAIN],
            waiting=queries.waiting(),
        )


def _transport() -> Transport:
    config = current_app.config
    return transport_for(
        config["MAIL_URL"],
        timeout=config["SMTP_TIMEOUT_SECONDS"],
        greeting=Mailbox.parse(config["MAIL_FROM"]).domain,
        must_encrypt=config["TRACKER_MODE"] == Mode.PRODUCTION,
    )


class _Run:
    """One run of one sender."""

    def __init__(self, transport: Transport, stopping: Callable[[], bool]) -> None:
        self.transport = transport
        self.stopping = stopping
        self.sender = Mailbox.parse(current_app.config["MAIL_FROM"])
        self.lease = timedelta(seconds=max(1, current_app.config["OUTBOX_LEASE_SECONDS"]))
        self.claimant = f"{socket.gethostname()[:30]}:{getpid()}:{token_hex(6)}"
        self.reached: Counter[State] = Counter()
        self.tried = 0
        #: Messages without words, by number, with the reason to record.
        self.without_words: dict[int, str] = {}
        #: Messages whose room failed at the news of their failure; it is not told again.
        self.unheard: set[int] = set()
        self.held_back = 0
        #: When this run looked for dead leases.
        self.swept_at: datetime | None = None
        #: Of the group at hand: the messages that are sent by the thousand, by number, and the line on which
        #: one statement marks the last and begins the next of them.
        self.ready: dict[int, _Ready] = {}
        self.line: QuickLine | None = None
        #: The bytes of the next message, where they were made while the last was on its way.
        self.next: tuple[int, Parcel] | None = None

    def go(self, *, at_most: int | None) -> None:
        """Claim and send group after group, until nothing is due or something says stop."""
        group = None
        try:
            while at_most is None or self.tried < at_most:
                left = claims.GROUP_SIZE_IN_A_BATCH if at_most is None else at_most - self.tried
                uncertain, group = with_patience(partial(self._claim, left))
                if self.swept_at is None or machine_now() - self.swept_at > self.lease / 4:
                    self.swept_at = machine_now()
                self.reached[State.UNCERTAIN] += uncertain
                if group is None or self.stopping():
                    return
                self._make_ready(group)
                if not self._send(group):
                    return
        finally:
            self._drop_line()
            self.transport.close()
            if group is not None and group.message_ids:
                with suppress(CannotRecord):
                    with_patience(partial(claims.release, group))

    def _claim(self, at_most: int) -> tuple[int, claims.Group | None]:
        """Take back what is dead, and claim a group; it is looked for again once a lease may have run out."""
        uncertain = 0
        if self.swept_at is None or machine_now() - self.swept_at > self.lease / 4:
            uncertain = claims.sweep()
        return uncertain, claims.claim(claimant=self.claimant, lease=self.lease, at_most=at_most)

    def _make_ready(self, group: claims.Group) -> None:
        """Have the words of what is sent by the thousand made for the whole group.

        Where a room fails at that, each message is asked for by itself, and steps aside by itself.
        """
        self.ready = {}
        if group.batch is None:
            return
        try:
            with apart(reading=True):
                for kind in {message.kind for message in group.messages} & wanted_while.kinds:
                    theirs = {message.id: message for message in group.messages if message.kind == kind}
                    for message_id, spliced in messages_spliced.ask(kind, list(theirs)).items():
                        self.ready[message_id] = _Ready(theirs[message_id], spliced)
        except Exception as error:
            logger.error("The words of a group could not be made at once (%s).", type(error).__name__)
            self.ready = {}

    def _drop_line(self, *, broken: bool = False) -> None:
        if self.line is not None:
            line, self.line = self.line, None
            line.close(broken=broken)

    def _send(self, group: claims.Group) -> bool:
        """Send a group; say whether the run may go on."""
        try:
            self.transport.open()
        except Trouble as trouble:
            said = trouble.said
            with_patience(lambda: pauses.begin_pause(error=said))
            return False
        result: _Result | None = None
        while True:
            attempt = self._advance(group, result)
            if attempt is None:
                return self.held_back < 2
            result = self._attempt(attempt, meanwhile=partial(self._make_next, group))
            if result.outcome in STOPPING or self.stopping() or self.held_back:
                self._advance(group, result, begin=False)
                return result.outcome not in STOPPING and not self.stopping() and self.held_back < 2

    def _attempt(self, attempt: _Attempt, *, meanwhile: Callable[[], None]) -> _Result:
        """Hand one message over, with no transaction open."""
        self.tried += 1
        try:
            self.transport.deliver(
                attempt.parcel, lambda: machine_now() < attempt.message.lease_until, meanwhile
            )
        except Trouble as trouble:
            return _Result(attempt, verdict(trouble.stage, trouble.code), trouble.said)
        except HeldBack:
            self.held_back += 1
            return _Result(attempt, Verdict.HELD_BACK, HELD_TOO_LONG)
        self.held_back = 0
        return _Result(attempt, Verdict.ACCEPTED)

    def _advance(self, group: claims.Group, result: _Result | None, *, begin: bool = True) -> _Attempt | None:
        """Record a result and begin the next message in one commit; None when none is begun.

        Where a room fails at a message, the whole is rolled back and done again without asking it.
        """
        if begin and self._is_plain(group, result):
            attempt, result = self._step(group, result)
            if attempt is not None:
                return attempt
        while True:
            try:
                step = with_patience(lambda: self._record_and_begin(group, result, begin=begin))
            except _WithoutWords as broken:
                logger.error("Message %s steps aside: %s", broken.message_id, broken.reason)
                self.without_words[broken.message_id] = broken.reason
            except _Unheard as broken:
                logger.error("The failure of message %s was not taken in by its room.", broken.message_id)
                self.unheard.add(broken.message_id)
            else:
                self.reached.update(step.reached)
                group.message_ids = list(step.rest)
                group.held_until = step.held_until
                if result is not None:
                    group.count(accepted=result.outcome is Verdict.ACCEPTED, refused=int(_is_refusal(result)))
                group.count(refused=step.without_words)
                return step.attempt

    def _is_plain(self, group: claims.Group, result: _Result | None) -> bool:
        """Whether nothing but that the last was taken on and the next begins is to be written down.

        The lease on the rest is renewed with what else is to be written, once half of it is used.
        """
        return (
            bool(group.message_ids)
            and group.message_ids[0] in self.ready
            and group.message_ids[0] not in self.without_words
            and (result is None or (result.outcome is Verdict.ACCEPTED and self.reached[State.SENT] > 0))
            and not group.refused_in_a_row
            and group.held_until is not None
            and machine_now() < group.held_until - self.lease / 2
        )

    def _step(self, group: claims.Group, result: _Result | None) -> tuple[_Attempt | None, _Result | None]:
        """Mark the last and begin the next by one statement; the attempt, and what is still to be recorded.

        Where it may not begin, or the database is in trouble, that is looked into the long way: what was
        marked before is then not marked again.
        """
        ready = self.ready[group.message_ids[0]]
        if self.next is None or self.next[0] != ready.message.id:
            self._make_next(group)
        if self.next is None:
            return None, result
        parcel = self.next[1]
        try:
            if self.line is None:
                self.line = QuickLine(db.engine)
            recorded, begun = marks.step(
                self.line,
                last=None if result is None else result.attempt.message.id,
                following=ready.message,
                claimant=self.claimant,
                lease=self.lease,
            )
        except (*DRIVER_ERRORS, DBAPIError) as error:
            logger.warning("A step is done again the long way (%s).", type(error).__name__)
            self._drop_line(broken=True)
            return None, result
        if recorded:
            self.reached[State.SENT] += 1
        if begun is None:
            return None, None
        group.message_ids.pop(0)
        return _Attempt(begun, parcel), None

    def _make_next(self, group: claims.Group) -> None:
        """Make the next message's bytes, while the answer to the last is awaited; none where that fails.

        Nothing is begun by that: whether it may be is judged later.
        """
        self.next = None
        ready = self.ready.get(group.message_ids[0]) if group.message_ids else None
        if ready is not None:
            with suppress(ValueError, TypeError):
                self.next = ready.message.id, self._spliced(ready.message, ready.spliced)

    def _spliced(self, message: Addressed | Begun, spliced: Spliced) -> Parcel:
        return compose_spliced(
            sender=self.sender,
            recipient=message.address,
            message_id=message.message_id,
            sent_at=london(machine_now()),
            spliced=spliced,
        )

    def _record_and_begin(self, group: claims.Group, result: _Result | None, *, begin: bool) -> _Step:
        """What one commit does. Changes nothing outside the database: it may be done again.

        1. Record what became of the last message.
        2. After trouble of the server's, begin a pause; after the first success, end one.
        3. Begin the next message that is still held, still wanted and has words.
        4. Renew the lease on the rest; or let go of it, where no other is to begin.
        """
        reached = [] if result is None else self._record(group, result)
        rest = list(group.message_ids)
        not_begun: list[int] = []
        attempt = None
        held_until = None
        without_words = 0
        if not begin:
            claims.release(group)
            rest = []
        else:
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
        return _Step(tuple(reached), attempt, tuple(rest), held_until, without_words)

    def _record(self, group: claims.Group, result: _Result) -> list[State]:
        message = result.attempt.message
        if result.outcome in STOPPING:
            pauses.begin_pause(error=result.said or "")
        elif result.outcome is Verdict.ACCEPTED and not self.reached[State.SENT]:
            pauses.end_pause()
        state = marks.mark(
            message_id=message.id,
            claimant=self.claimant,
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

    def _prepared(self, message: Begun) -> _Attempt | None:
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
            parcel = self._parcel(message)
        except Exception as error:
            if passes(error):
                raise
            raise _WithoutWords(message.id, error) from error
        return _Attempt(message, parcel)

    def _parcel(self, message: Begun) -> Parcel:
        """The message as bytes, from the words kept at its first attempt or made now."""
        if message.kind in messages_spliced.kinds:
            ready = self.ready.get(message.id)
            if ready is not None and ready.message.address == message.address:
                return self._spliced(message, ready.spliced)
            # Whoever moved since has other links too.
            return self._spliced(message, messages_spliced.ask(message.kind, [message.id])[message.id])
        subject, text, html = message.subject, message.text_body, message.html_body
        if subject is None or text is None or html is None:
            words = message_text.ask(message.kind, message.id, message.business_on)
            subject = one_line(words.subject, LONGEST_SUBJECT)
            text, html = clean_text(words.text), clean_text(words.html)
            if words.kept:
                marks.keep_words(message.id, subject=subject, text=text, html=html)
        return compose(
            sender=self.sender,
            recipient=message.address,
            message_id=message.message_id,
            sent_at=london(machine_now()),
            subject=subject,
            text=text,
            html=html,
        )

    def _tell_failure(self, message_id: int, kind: str, reason: str) -> None:
        """Tell the message's room that it failed."""
        if message_id in self.unheard:
            return
        try:
            delivery_failed.ask(kind, message_id, reason)
        except Exception as error:
            if passes(error):
                raise
            raise _Unheard(message_id) from error
