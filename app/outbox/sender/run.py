"""One run of one sender: group after group, message after message."""

import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from os import getpid
from secrets import token_hex

from flask import current_app

from app.core.acting import Actor, acting_as
from app.core.clock import machine_now
from app.core.database import db
from app.core.installation import Mode
from app.core.patience import CannotRecord, with_patience
from app.core.transactions import apart
from app.outbox import queries
from app.outbox.composing import Mailbox
from app.outbox.models import State
from app.outbox.operations import claims, pauses
from app.outbox.rules import STOPPING, Verdict, verdict
from app.outbox.sender.attempts import Attempt, Result
from app.outbox.sender.ledger import Ledger
from app.outbox.sender.steps import Steps
from app.outbox.sender.words import Words
from app.outbox.transports import HeldBack, Transport, Trouble, transport_for

#: How many messages one run tries when it is not asked to go on until nothing is due.
ROUND = 100

OUTBOX = Actor(None, "Outbox")

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
    """What one run knows from message to message."""

    def __init__(self, transport: Transport, stopping: Callable[[], bool]) -> None:
        self.transport = transport
        self.stopping = stopping
        self.lease = timedelta(seconds=max(1, current_app.config["OUTBOX_LEASE_SECONDS"]))
        self.claimant = f"{socket.gethostname()[:30]}:{getpid()}:{token_hex(6)}"
        self.words = Words(Mailbox.parse(current_app.config["MAIL_FROM"]))
        self.ledger = Ledger(self.words)
        self.steps = Steps(self.words, self.ledger, lease=self.lease)
        self.reached = self.ledger.reached
        self.tried = 0
        self.held_back = 0
        #: When this run looked for dead leases.
        self.swept_at: datetime | None = None

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
                self.words.make_ready(group)
                if not self._send(group):
                    return
        finally:
            self.steps.close()
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

    def _send(self, group: claims.Group) -> bool:
        """Send a group; say whether the run may go on."""
        try:
            self.transport.open()
        except Trouble as trouble:
            said = trouble.said
            with_patience(lambda: pauses.begin_pause(error=said))
            return False
        result: Result | None = None
        while True:
            attempt, result = self.steps.take(group, result)
            if attempt is None:
                attempt = self.ledger.advance(group, result)
            if attempt is None:
                return self.held_back < 2
            result = self._hand_over(attempt, group)
            if result.outcome in STOPPING or self.stopping() or self.held_back:
                self.ledger.advance(group, result, begin=False)
                return result.outcome not in STOPPING and not self.stopping() and self.held_back < 2

    def _hand_over(self, attempt: Attempt, group: claims.Group) -> Result:
        """Hand one message over, with no transaction open; what the next says is made meanwhile."""
        self.tried += 1
        lease_until = attempt.message.lease_until
        following = self.words.ready(group.message_ids[0]) if group.message_ids else None

        def make_next() -> None:
            if following is not None:
                self.words.make_next(following.id)

        try:
            self.transport.deliver(
                attempt.parcel,
                lambda: machine_now() < lease_until,
                following=None if following is None else following.address,
                meanwhile=make_next,
            )
        except Trouble as trouble:
            return Result(attempt, verdict(trouble.stage, trouble.code), trouble.said)
        except HeldBack:
            self.held_back += 1
            return Result(attempt, Verdict.HELD_BACK, HELD_TOO_LONG)
        self.held_back = 0
        return Result(attempt, Verdict.ACCEPTED)
