"""A round begins, asks, is answered, and ends; or is stopped, and nobody is taken off."""

import secrets
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import partial

from sqlalchemy import delete, insert, update
from sqlalchemy.exc import IntegrityError

from app.audit.operations import record
from app.briefings import queries as briefings
from app.briefings.models import AskedAgain, Basis, Reconfirmation, Subscriber, SubscriberState
from app.briefings.subscribers import bounces, digests, links
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


def go_on(*, running: Reconfirmation) -> Reconfirmation:
    """Go on with a round that holds itself, as so many in a row were refused. Raises NothingRuns."""
    keep_for_change(running)
    if not running.is_open or queries.held_reason() is None:
        raise NothingRuns("It is not held, or over already")
    batches.let_go(name=running.ref)
    record(
        verb="subscriber.change",
        subject=running.audit_subject,
        line=f"Went on asking readers to confirm again: {running.ref}",
    )
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
            ("ended", _note_some_refused, queries.is_any_refused),
            ("asked", _ask_some, queries.is_any_running),
            ("ended", _end_some, queries.is_any_running),
            ("ended", _forget_some, queries.is_any_left_over),
        ):
            while not stopping():
                with apart(reading=True):
                    if not is_due():
                        break
                number = with_patience(partial(work, on))
                if number is None:
                    if with_patience(_take_back_some):
                        continue
                    break
                done[name] += number
                if number < PORTION:
                    break
    return done


def _ask_some(on: date) -> int | None:
    """Ask the next readers and say how many; null where some messages are to be taken back before."""
    running = _held()
    if running is None or (running.all_asked and not batches.number_waiting(running.ref)):
        return 0
    session, settings = current_session(), briefings.settings()
    batch = batches.open_batch(name=running.ref, hold_after=settings.failures_before_pause)
    moments, rate = None, settings.rate_per_minute
    if rate is not None:
        moments = batches.pace(batch=batch, a_minute=rate, horizon=_HORIZON, at_most=PORTION)
        if moments is None:
            return None
    if running.all_asked or batch.held_at is not None:
        return 0
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


def _take_back_some() -> int:
    """Take some messages that no sender has tried out of the outbox, and ask by them again; say how many.

    They were queued when more could leave in a minute than now.
    """
    running = _held()
    if running is None:
        return 0
    rows = batches.take_back_some(name=running.ref, at_most=PORTION)
    asked = queries.waiting(running, [row.dedupe_key.partition(":")[2] for row in rows])
    if asked:
        running.asked_up_to = min(running.asked_up_to, min(each.subscriber_id for each in asked) - 1)
        running.asked -= len(asked)
        running.all_asked = False
        current_session().execute(
            delete(AskedAgain)
            .where(AskedAgain.id.in_([each.id for each in asked]))
            .execution_options(synchronize_session=False)
        )
        current_session().flush()
    return len(rows)


def _note_some_refused(on: date) -> int:
    """Write down whose mail server refused the message for good, and note that of the reader."""
    running = _held()
    if running is None:
        return 0
    said = queries.refused(running, at_most=PORTION)
    asked = queries.waiting(running, list(said))
    kept = queries.keep_readers(asked)
    for each in asked:
        reader, (address, words) = kept[each.subscriber_id], said[each.token]
        # What is said of an address that a reader moved from says nothing of the one they have.
        if reader.email == address:
            bounces.note_gone(
                subscriber=reader,
                code=readers.enhanced_code(words),
                said=words,
                report_id=key_of(each.token),
            )
    _write_down("not_reached", asked)
    running.not_reached += len(asked)
    _forget_addresses(asked)
    return len(asked)


def _end_some(on: date) -> int:
    running = _held()
    if running is None or not rules.is_over(running.answer_by, today=on):
        return 0
    silent = queries.next_silent(running, at_most=PORTION)
    sent = queries.sent([each.token for each in silent])
    kept = queries.keep_readers(silent)
    came_to: dict[str, list[AskedAgain]] = defaultdict(list)
    for each in silent:
        came_to[_outcome(running, each, kept[each.subscriber_id], sent)].append(each)
    for outcome, those in came_to.items():
        _write_down(outcome, those)
    running.taken_off += len(came_to["taken_off"])
    running.not_reached += len(came_to["not_reached"])
    running.confirmed += len(came_to["confirmed"])
    changing.leave_together(
        readers=[kept[each.subscriber_id] for each in came_to["taken_off"]], reason=readers.NOT_CONFIRMED
    )
    _forget_addresses(silent)
    if len(silent) < PORTION:
        _end(running, f"Ended asking readers to confirm again: {running.ref}")
    return len(silent)


def _forget_some(on: date) -> int:
    left_over = queries.left_over(at_most=PORTION)
    _write_down("stopped", left_over)
    _forget_addresses(left_over)
    return len(left_over)


def _write_down(outcome: str, asked: Sequence[AskedAgain]) -> None:
    current_session().execute(
        update(AskedAgain)
        .where(AskedAgain.id.in_([each.id for each in asked]))
        .values(outcome=outcome)
        .execution_options(synchronize_session=False)
    )


def _forget_addresses(asked: Sequence[AskedAgain]) -> None:
    """Keep no address of whom it is settled what they answered: nothing is sent to them about it any more."""
    current_session().flush()
    outbox.forget(keys=[key_of(each.token) for each in asked])


def _outcome(
    running: Reconfirmation,
    each: AskedAgain,
    subscriber: Subscriber,
    sent: Mapping[str, tuple[date, timedelta | None]],
) -> str:
    if subscriber.state != SubscriberState.ACTIVE:
        return "gone"
    if subscriber.confirmed_on is not None and subscriber.confirmed_on >= running.began_on:
        return "confirmed"
    queued_on, took = sent.get(each.token, (running.answer_by, None))
    came_early = rules.was_reached(queued_on, took, answer_by=running.answer_by)
    if subscriber.person_id is not None or not came_early:
        return "not_reached"
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
        # The owner's own word is the better basis; on which they came to be here is told with it.
        subscriber.basis = Basis.SIGNED_UP
    digests.allow(subscriber.email or "")
    _forget_addresses([asked])
    record(
        verb="subscriber.sign_up",
        subject=subscriber.audit_subject,
        line=f"{subscriber.ref} confirmed again that they want the briefing",
    )
    return subscriber
