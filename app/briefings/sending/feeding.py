"""What the job does while an issue is sent: begins it, hands deliveries to the outbox, and settles them.

Each step is a short transaction that may be cut off anywhere and done again: the key of a message makes it
exist once, and a delivery knows its message.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, cast

from flask import current_app
from sqlalchemy import String, Table, bindparam, literal, select, update
from sqlalchemy import cast as as_type

from app.accounts import queries as accounts
from app.accounts.policy import Role
from app.audit.operations import record
from app.briefings import queries as briefings
from app.briefings.models import BriefingIssue, Delivery, DeliveryState, IssueState
from app.briefings.rules import first_day
from app.briefings.sending import ends, operations, queries, rules
from app.core.clock import london, machine_now, today
from app.core.database import current_session, keep_for_change
from app.core.errors import RuleBroken
from app.core.installation import Mode
from app.core.patience import with_patience
from app.core.transactions import apart
from app.outbox.models import OutboxBatch, OutboxMessage
from app.outbox.operations import Envelope, batches, enqueue_all, enqueue_batch
from app.outbox.rules import is_usable

#: The kinds of messages in the outbox: a briefing, and the word to the editors that one stopped by itself.
BRIEFING = "briefing"
STOPPED = "briefing_stopped"
#: How many deliveries one transaction handles: others write in between.
PORTION = 1000
#: How far ahead messages are set out where only so many may leave in a minute.
HORIZON = timedelta(seconds=20)
#: So many wait in the outbox at most, more than leave between two ticks: a rate that is set later must count.
AHEAD = 50_000

logger = logging.getLogger(__name__)

Stopping = Callable[[], bool]


class NoIssue(RuleBroken):
    """The month has no issue."""


_DELIVERY = cast(Table, Delivery.__table__)
_MESSAGE = cast(Table, OutboxMessage.__table__)
_ITS_KEY = (
    literal(f"{BRIEFING}:")
    + as_type(_DELIVERY.c.issue_id, String)
    + ":"
    + as_type(_DELIVERY.c.subscriber_id, String)
)
_ITS_MESSAGE = select(_MESSAGE.c.id).where(_MESSAGE.c.dedupe_key == _ITS_KEY).scalar_subquery()
_OF_PORTION = (
    _DELIVERY.c.issue_id == bindparam("issue"),
    _DELIVERY.c.state == DeliveryState.PLANNED,
    _DELIVERY.c.id.between(bindparam("first"), bindparam("last")),
)
_QUEUE = (
    update(_DELIVERY)
    .where(*_OF_PORTION, _ITS_MESSAGE.is_not(None))
    .values(state=DeliveryState.QUEUED, message_id=_ITS_MESSAGE)
)
_LEAVE_OUT = update(_DELIVERY).where(*_OF_PORTION).values(state=DeliveryState.NOT_SENT)


def begin_due(*, stopping: Stopping, failures: list[Exception]) -> int:
    """Begin every scheduled issue whose time has come, whatever others fail at; say how many began."""
    with apart(reading=True):
        day = today()
        refs = [issue.ref for issue in queries.scheduled(up_to=day)]
    begun = 0
    for ref in refs:
        if not stopping():
            begun += _or_failure(ref, partial(with_patience, partial(_begin_if_due, ref)), failures)
    return begun


def _or_failure(ref: str, work: Callable[[], int], failures: list[Exception]) -> int:
    """What the work on an issue says; where it fails that is noted, and the others go on."""
    try:
        return work()
    except Exception as error:
        logger.error("The sending of %s stands still (%s).", ref, type(error).__name__)
        failures.append(error)
        return 0


def _begin_if_due(ref: str) -> int:
    issue = briefings.issue(ref)
    keep_for_change(issue)
    if issue.state != IssueState.SCHEDULED or issue.scheduled_on is None:
        return 0
    is_demonstration = current_app.config["TRACKER_MODE"] == Mode.DEMO
    clock = None if is_demonstration else london(machine_now()).time()
    if not rules.is_due(issue.scheduled_on, issue.scheduled_time, today=today(), clock=clock):
        return 0
    try:
        operations.send_now(issue=issue)
    except rules.HeldBack as held:
        operations.hold_back(issue=issue, reason=held.sentence)
        _tell_editors(issue, since=machine_now())
        return 0
    return 1


def feed(ref: str, *, stopping: Stopping = lambda: False, ahead: int | None = AHEAD) -> int:
    """Hand the issue's deliveries to the outbox, as many as may leave now; say how many were.

    No more than so many wait there for a sender, or all of them with ``ahead`` null.
    """
    fed = 0
    room = _room(ref, ahead)
    while not stopping():
        # Also without room it is asked whether what waits was set out at the pace that holds now.
        number = with_patience(partial(_feed_some, ref, PORTION if room is None else min(PORTION, room)))
        if number is None:
            if not _take_back_all(ref, stopping):
                # Senders are just at them: the next tick looks again.
                break
            room = _room(ref, ahead)
            continue
        fed += number
        if number < PORTION:
            break
        room = None if room is None else room - number
    return fed


def _room(ref: str, ahead: int | None) -> int | None:
    """How many more may wait in the outbox; null for as many as there are."""
    if ahead is None:
        return None
    with apart(reading=True):
        return max(0, ahead - batches.number_waiting(ref))


def _take_back_all(ref: str, stopping: Stopping) -> int:
    """Take whatever no sender has tried back out of the outbox, and plan it again; say how many."""
    taken = 0
    while not stopping() and (number := with_patience(partial(_take_back_some, ref))):
        taken += number
    return taken


def _take_back_some(ref: str) -> int:
    issue = briefings.issue(ref)
    keep_for_change(issue)
    return operations.take_back(issue=issue, at_most=PORTION)


def _feed_some(ref: str, at_most: int) -> int | None:
    """Queue the next deliveries and say how many; null where some are to be taken back before."""
    session = current_session()
    issue = briefings.issue(ref)
    keep_for_change(issue)
    if issue.state != IssueState.SENDING:
        return 0
    settings = briefings.settings()
    batch = batches.open_batch(name=issue.ref, hold_after=settings.failures_before_pause)
    moments = None
    if settings.rate_per_minute is not None:
        moments = batches.pace(
            batch=batch, a_minute=settings.rate_per_minute, horizon=HORIZON, at_most=at_most
        )
        if moments is None:
            return None
        at_most = len(moments)
    planned = queries.next_planned(issue.id, at_most=at_most) if at_most else []
    if not planned:
        return 0
    # One that no mail could be written to, from a file perhaps, keeps nobody else from theirs.
    unusable = [row.id for row in planned if row.email is not None and not is_usable(row.email)]
    with_address = [row for row in planned if row.email is not None and row.id not in unusable]
    enqueue_batch(
        kind=BRIEFING,
        business_on=issue.sent_on or today(),
        batch=issue.ref,
        envelopes=[
            Envelope(
                key_of(issue.id, row.subscriber_id),
                row.email,
                not_before=None if moments is None else moments[number],
            )
            for number, row in enumerate(with_address)
        ],
    )
    portion = {"issue": issue.id, "first": planned[0].id, "last": planned[-1].id}
    session.connection().execute(_QUEUE, portion)
    if unusable:
        session.execute(
            update(Delivery)
            .where(Delivery.id.in_(unusable))
            .values(state=DeliveryState.FAILED)
            .execution_options(synchronize_session=False)
        )
    # Whoever was erased since the audience was frozen has no address any more.
    session.connection().execute(_LEAVE_OUT, portion)
    return len(planned)


def key_of(issue_id: int, subscriber_id: int) -> str:
    """What makes a message the issue's one message to a subscriber."""
    return f"{BRIEFING}:{issue_id}:{subscriber_id}"


def settle(ref: str, *, stopping: Stopping = lambda: False) -> int:
    """Write to the issue's deliveries what became of their messages; say of how many.

    Takes out what waits of a cancelled issue, takes back what waits of a paused one, and ends the sending
    once it has come to everybody. What there is to do is looked for while nobody is kept from writing.
    """
    settled = 0
    while not stopping():
        with apart(reading=True):
            issue = briefings.issue(ref)
            ended = queries.ended(issue.id, at_most=PORTION)
            is_idle = not ended and not _moves_on(issue)
        number = 0 if is_idle else with_patience(partial(_settle_some, ref, ended))
        settled += number
        # What was taken out of a cancelled issue is still to be written down.
        if not number or (number < PORTION and issue.state != IssueState.CANCELLED):
            break
    return settled


def _moves_on(issue: BriefingIssue) -> bool:
    """Whether something is to be done to the issue itself, or to what waits of it."""
    if issue.state == IssueState.SENDING:
        return _held(issue) is not None or not queries.has_untried(issue.id)
    if issue.state == IssueState.SENT:
        return _held(issue) is not None and batches.has_queued(issue.ref)
    return issue.state == IssueState.CANCELLED or (
        issue.state == IssueState.PAUSED and bool(batches.number_waiting(issue.ref))
    )


def _settle_some(ref: str, ended: Sequence[queries.Ended]) -> int:
    issue = briefings.issue(ref)
    keep_for_change(issue)
    _pause_what_holds_itself(issue)
    ends.write_down(ended)
    moved = len(ended)
    if issue.state == IssueState.CANCELLED:
        moved += _take_out_some(issue)
    elif issue.state == IssueState.PAUSED:
        moved += operations.take_back(issue=issue, at_most=PORTION)
    elif issue.state == IssueState.SENT and _held(issue) is not None:
        # Somebody wants no more tries at what was put off.
        moved += operations.take_out(issue=issue, at_most=PORTION)
    elif issue.state == IssueState.SENDING and not queries.has_untried(issue.id):
        _finish(issue)
    return moved


def _take_out_some(issue: BriefingIssue) -> int:
    """Take out some of what waits of a cancelled issue: what is in the outbox, and what is not there yet."""
    taken_out = batches.cancel_some(name=issue.ref, reason="The issue was cancelled.", at_most=PORTION)
    planned = queries.next_planned(issue.id, at_most=PORTION)
    if planned:
        portion = {"issue": issue.id, "first": planned[0].id, "last": planned[-1].id}
        current_session().connection().execute(_LEAVE_OUT, portion)
    return taken_out + len(planned)


def _finish(issue: BriefingIssue) -> None:
    """End the sending: every reader was written to, though some receivers put it off and will be asked again.

    That can take two days, and whoever hears of the issue need not wait for it. What is left holds itself no
    more: there is no sending that somebody could go on with.
    """
    batch = batches.open_batch(name=issue.ref, hold_after=None)
    if batch.held_at is not None:
        return
    issue.state, issue.ended_at = IssueState.SENT, machine_now()
    numbers = queries.numbers(issue)
    delivered, left = numbers[DeliveryState.DELIVERED], numbers[DeliveryState.QUEUED]
    record(
        verb="briefing.send",
        subject=issue.audit_subject,
        line=f"Sent {issue.ref}: delivered to {delivered:,} of {sum(numbers.values()):,}"
        + (f"; {left} put off by their receivers are tried again" if left else ""),
        before={"state": IssueState.SENDING},
        after={"state": IssueState.SENT, **{state.value: number for state, number in numbers.items()}},
    )


def _pause_what_holds_itself(issue: BriefingIssue) -> None:
    """Pause an issue whose messages were refused one after the other, and tell the editors.

    Its messages are held already: the outbox did so with the last refusal.
    """
    batch = _held(issue)
    if batch is None or batch.held_at is None or issue.state != IssueState.SENDING:
        return
    operations.pause(issue=issue, reason=batch.held_reason or "Held by the outbox.")
    _tell_editors(issue, since=batch.held_at)


def _held(issue: BriefingIssue) -> OutboxBatch | None:
    batch = current_session().get(OutboxBatch, issue.ref)
    return batch if batch is not None and batch.held_at is not None else None


def _tell_editors(issue: BriefingIssue, *, since: datetime) -> None:
    """Write to the editors that an issue does not go by itself; once for each time that it stops."""
    people = accounts.holders(Role.BRIEFING_EDITOR) or accounts.holders(Role.BOARD_MANAGER)
    enqueue_all(
        kind=STOPPED,
        business_on=today(),
        envelopes=[
            Envelope(f"{STOPPED}:{issue.ref}:{since.isoformat()}:{person.id}", person.email, person.id)
            for person in people
            if is_usable(person.email)
        ],
    )


def run(*, stopping: Stopping = lambda: False) -> dict[str, int]:
    """What one tick of the job does; says how many issues began, and how many deliveries moved."""
    failures: list[Exception] = []
    begun = begin_due(stopping=stopping, failures=failures)
    with apart(reading=True):
        refs = list(queries.under_way())
    queued = settled = 0
    for ref in refs:
        queued += _or_failure(ref, partial(feed, ref, stopping=stopping), failures)
        settled += _or_failure(ref, partial(settle, ref, stopping=stopping), failures)
    if failures:
        # The others went on; that the job failed is told.
        raise failures[0]
    return {"begun": begun, "queued": queued, "settled": settled}


def send_month(period: str) -> dict[str, Any]:
    """Send the month's issue: begin it where it is cleared, and hand over what may leave now.

    Raises WrongPeriod, NoIssue, NotCleared, MoveNotPossible, HeldBack.
    """
    ref, deliveries = with_patience(partial(_begin_month, period))
    return {"period": period, "deliveries": deliveries, "queued": feed(ref, ahead=None)}


def _begin_month(period: str) -> tuple[str, int]:
    first_day(period)
    issue = briefings.issue_of_month(period)
    if issue is None:
        raise NoIssue(f"There is no issue for {period}: prepare it first")
    if issue.state == IssueState.PAUSED:
        operations.resume(issue=issue)
    elif issue.state not in {IssueState.SENDING, IssueState.SENT}:
        operations.send_now(issue=issue)
    return issue.ref, sum(queries.numbers(issue).values())
