"""A round begins, asks, is answered, and ends; or is stopped, and nobody is taken off."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import partial

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from app.audit.operations import record
from app.briefings import queries as briefings
from app.briefings.models import AskedAgain, Basis, Reconfirmation, Subscriber, SubscriberState
from app.briefings.subscribers import digests, links
from app.briefings.subscribers import rules as readers
from app.briefings.subscribers.operations import changing
from app.briefings.subscribers.operations.signing_up import LinkNoLongerWorks
from app.briefings.subscribers.reconfirming import KIND, key_of, queries, rules
from app.core.acting import SYSTEM, acting_as
from app.core.clock import today
from app.core.database import current_session, keep_for_change
from app.core.errors import RuleBroken
from app.core.filters import date_long, plural
from app.core.patience import with_patience
from app.core.references import next_reference
from app.core.transactions import apart
from app.outbox import operations as outbox
from app.outbox.operations import Envelope, batches, enqueue_batch
from app.outbox.rules import is_usable

#: How many readers one transaction handles.
PORTION = 500
#: How far ahead messages are set out where only so many may leave in a minute.
_HORIZON = timedelta(seconds=20)

Stopping = Callable[[], bool]


class OneRunsAlready(RuleBroken):
    """Readers are being asked already."""


class NothingRuns(RuleBroken):
    """No round runs that could be stopped."""


def begin(*, asks_imported: bool, confirmed_before: date | None, answer_by: date) -> Reconfirmation:
    """Begin to ask. Raises NobodyChosen, WrongDay, OneRunsAlready."""
    rules.check(
        asks_imported=asks_imported, confirmed_before=confirmed_before, answer_by=answer_by, today=today()
    )
    number = queries.count(asks_imported=asks_imported, confirmed_before=confirmed_before)
    if not number:
        raise rules.NobodyChosen("Nobody is to be asked: all of them confirmed since", "asks_imported")
    session = current_session()
    begun = Reconfirmation(
        ref=next_reference(session, "Q"),
        asks_imported=asks_imported,
        confirmed_before=confirmed_before,
        answer_by=answer_by,
        began_on=today(),
    )
    try:
        with session.begin_nested():
            session.add(begun)
    except IntegrityError:
        raise OneRunsAlready("Readers are being asked already. Let that end, or stop it") from None
    record(
        verb="subscriber.change",
        subject=begun.audit_subject,
        line=f"Began to ask {plural(number, 'reader')} to confirm again by {date_long(answer_by)}",
        after={"asks_imported": asks_imported, "confirmed_before": confirmed_before, "answer_by": answer_by},
    )
    return begun


def stop(*, running: Reconfirmation) -> Reconfirmation:
    """End a round at once: what waits to be sent is not, and nobody is taken off. Raises NothingRuns."""
    keep_for_change(running)
    if not running.is_open:
        raise NothingRuns("This is over already")
    _end(running, f"Stopped asking readers to confirm again: {running.ref}")
    return running


def _end(running: Reconfirmation, line: str) -> None:
    running.is_open, running.ended_on = None, today()
    current_session().flush()
    record(
        verb="subscriber.change",
        subject=running.audit_subject,
        line=line,
        after={
            "asked": running.asked,
            "confirmed": running.confirmed,
            "taken_off": running.taken_off,
            "not_reached": running.not_reached,
        },
    )


def run(*, on: date, stopping: Stopping = lambda: False) -> dict[str, int]:
    """What one tick does: asks those who are next, and takes off who was silent once the day is over.

    Of a round that was stopped it forgets to whom it had written.
    """
    done = {"asked": 0, "ended": 0}
    with acting_as(SYSTEM):
        for name, work, is_due in (
            ("asked", _ask_some, queries.is_any_running),
            ("ended", _end_some, queries.is_any_running),
            ("ended", _forget_some, queries.is_any_left_over),
        ):
            while not stopping():
                with apart(reading=True):
                    if not is_due():
                        break
                number = with_patience(partial(work, on))
                done[name] += number
                if number < PORTION:
                    break
    return done


def _ask_some(on: date) -> int:
    running = _held()
    if running is None or running.all_asked:
        return 0
    session, rate = current_session(), briefings.settings().rate_per_minute
    batch = batches.open_batch(name=running.ref)
    moments = None
    if rate is not None:
        moments = batches.pace(batch=batch, a_minute=rate, horizon=_HORIZON, at_most=PORTION) or []
    at_most = PORTION if moments is None else len(moments)
    found = queries.next_to_ask(running, at_most=at_most) if at_most else []
    rows = [
        {"reconfirmation_id": running.id, "subscriber_id": row.id, "token": secrets.token_hex(16)}
        for row in found
        if is_usable(row.email or "")
    ]
    addresses = {row.id: row.email for row in found}
    if rows:
        session.execute(insert(AskedAgain), rows)
        enqueue_batch(
            kind=KIND,
            business_on=on,
            batch=running.ref,
            envelopes=[
                Envelope(
                    key_of(row["token"]),
                    addresses[row["subscriber_id"]],
                    not_before=None if moments is None else moments[number],
                )
                for number, row in enumerate(rows)
            ],
        )
    if found:
        running.asked_up_to = found[-1].id
    running.asked += len(rows)
    running.all_asked = bool(at_most) and len(found) < at_most
    session.flush()
    return len(found)


def _end_some(on: date) -> int:
    running = _held()
    if running is None or not rules.is_over(running.answer_by, today=on):
        return 0
    silent = queries.next_silent(running, at_most=PORTION)
    sent = queries.sent([each.token for each in silent])
    for each in silent:
        each.outcome = _outcome(running, each, sent)
        if each.outcome == "taken_off":
            running.taken_off += 1
        elif each.outcome == "not_reached":
            running.not_reached += 1
        elif each.outcome == "confirmed":
            running.confirmed += 1
    _forget_addresses(silent)
    if len(silent) < PORTION:
        _end(running, f"Ended asking readers to confirm again: {running.ref}")
    return len(silent)


def _forget_some(on: date) -> int:
    left_over = queries.left_over(at_most=PORTION)
    for each in left_over:
        each.outcome = "stopped"
    _forget_addresses(left_over)
    return len(left_over)


def _forget_addresses(asked: Sequence[AskedAgain]) -> None:
    """Keep no address of whom it is settled what they answered: nothing is sent to them about it any more."""
    current_session().flush()
    outbox.forget(keys=[key_of(each.token) for each in asked])


def _outcome(
    running: Reconfirmation, each: AskedAgain, sent: Mapping[str, tuple[date, timedelta | None]]
) -> str:
    subscriber = each.subscriber
    keep_for_change(subscriber)
    if subscriber.state != SubscriberState.ACTIVE:
        return "gone"
    if subscriber.confirmed_on is not None and subscriber.confirmed_on >= running.began_on:
        return "confirmed"
    queued_on, took = sent.get(each.token, (running.answer_by, None))
    came_early = rules.was_reached(queued_on, took, answer_by=running.answer_by)
    if subscriber.person_id is not None or not came_early:
        return "not_reached"
    changing.leave(subscriber=subscriber, reason=readers.NOT_CONFIRMED)
    return "taken_off"


def _held() -> Reconfirmation | None:
    running = queries.running()
    if running is not None:
        keep_for_change(running)
    return running if running is not None and running.is_open else None


def confirm(*, link: str) -> Subscriber:
    """Keep that a reader still wants it, also where it comes late. Raises LinkNoLongerWorks."""
    asked = links.opened_again(link)
    if asked is None:
        raise LinkNoLongerWorks("This link no longer works")
    # In the order in which a round is ended, or the two would wait for each other.
    its_round, subscriber = asked.reconfirmation, asked.subscriber
    keep_for_change(its_round, asked, subscriber)
    if links.opened_again(link) is None:
        raise LinkNoLongerWorks("This link no longer works")
    if asked.outcome == "confirmed" and subscriber.state == SubscriberState.ACTIVE:
        return subscriber
    if asked.outcome == "taken_off":
        its_round.taken_off -= 1
    elif asked.outcome == "not_reached":
        its_round.not_reached -= 1
    its_round.confirmed += asked.outcome != "confirmed"
    asked.outcome = "confirmed"
    subscriber.state, subscriber.confirmed_on = SubscriberState.ACTIVE, today()
    subscriber.left_on, subscriber.left_reason = None, ""
    if subscriber.basis == Basis.IMPORTED:
        # The owner's own word is the better basis; on which they came to be here stays in the trail.
        subscriber.basis, subscriber.basis_stated = Basis.SIGNED_UP, ""
    digests.allow(subscriber.email or "")
    _forget_addresses([asked])
    record(
        verb="subscriber.sign_up",
        subject=subscriber.audit_subject,
        line=f"{subscriber.ref} confirmed again that they want the briefing",
    )
    return subscriber
