"""What the job does while an issue is sent: begins it, hands deliveries to the outbox, and settles them.

Each step is a short transaction that may be cut off anywhere and done again: the key of a message makes it
exist once, and a delivery knows its message.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
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
from app.briefings.sending import operations, queries, rules
from app.briefings.subscribers import bounces
from app.core.clock import london, machine_now, today
from app.core.database import current_session, keep_for_change
from app.core.errors import RuleBroken
from app.core.installation import Mode
from app.core.patience import with_patience
from app.core.transactions import apart
from app.outbox.models import OutboxBatch, OutboxMessage, State
from app.outbox.operations import Envelope, batches, enqueue, enqueue_batch
from app.outbox.rules import is_usable

#: The kinds of messages in the outbox: a briefing, and the word to the editors that one stopped by itself.
BRIEFING = "briefing"
STOPPED = "briefing_stopped"
#: How many deliveries one transaction handles: others write in between.
PORTION = 1000
#: How far ahead messages are set out where only so many may leave in a minute.
HORIZON = timedelta(seconds=20)

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


def begin_due(*, stopping: Stopping) -> int:
    """Begin every scheduled issue whose time has come; say how many began."""
    with apart(reading=True):
        day = today()
        refs = [issue.ref for issue in queries.scheduled(up_to=day)]
    begun = 0
    for ref in refs:
        if not stopping():
            begun += with_patience(partial(_begin_if_due, ref))
    return begun


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
        operations.unschedule(issue=issue)
        issue.stopped_reason = held.sentence
        return 0
    return 1


def feed(ref: str, *, stopping: Stopping = lambda: False) -> int:
    """Hand the issue's deliveries to the outbox, as many as may leave now; say how many were."""
    fed = 0
    while not stopping():
        number = with_patience(partial(_feed_some, ref))
        fed += number
        if number < PORTION:
            break
    return fed


def _feed_some(ref: str) -> int:
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
            batch=batch, a_minute=settings.rate_per_minute, horizon=HORIZON, at_most=PORTION
        )
    planned = queries.next_planned(issue.id, at_most=PORTION if moments is None else len(moments))
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

    Takes out what waits of a cancelled issue, and ends the sending once every delivery has come to an end.
    """
    settled = 0
    while not stopping():
        number = with_patience(partial(_settle_some, ref))
        settled += number
        if not number:
            break
    return settled


def _settle_some(ref: str) -> int:
    issue = briefings.issue(ref)
    keep_for_change(issue)
    _pause_what_holds_itself(issue)
    taken_out = _take_out_some(issue) if issue.state == IssueState.CANCELLED else 0
    ended = queries.ended(issue.id, at_most=PORTION)
    _write_down(ended)
    if not ended and not taken_out and issue.state == IssueState.SENDING and not queries.has_open(issue.id):
        _finish(issue)
    return len(ended) + taken_out


#: What a delivery comes to when its message has come to this.
_BECOMES = {
    State.SENT: DeliveryState.DELIVERED,
    State.FAILED: DeliveryState.FAILED,
    State.UNCERTAIN: DeliveryState.FAILED,
    State.CANCELLED: DeliveryState.NOT_SENT,
}


def _write_down(ended: Sequence[queries.Ended]) -> None:
    by_state: Mapping[DeliveryState, list[int]] = defaultdict(list)
    refused = []
    for each in ended:
        state = _BECOMES[State(each.state)]
        code = rules.refusal_code(each.error or "") if each.state == State.FAILED else None
        if code is not None:
            state = DeliveryState.BOUNCED
            refused.append((each, code))
        by_state[state].append(each.delivery_id)
    if refused:
        queries.keep_readers([each.delivery_id for each, _ in refused])
    its_time = select(_MESSAGE.c.sent_at).where(_MESSAGE.c.id == _DELIVERY.c.message_id).scalar_subquery()
    for state, delivery_ids in by_state.items():
        current_session().execute(
            update(Delivery)
            .where(Delivery.id.in_(delivery_ids))
            .values(state=state, delivered_at=its_time)
            .execution_options(synchronize_session=False)
        )
    for each, code in refused:
        _note_refusal(each, code)


def _note_refusal(each: queries.Ended, code: str) -> None:
    delivery = current_session().get_one(Delivery, each.delivery_id, populate_existing=True)
    bounces.note_refusal(delivery=delivery, code=code, said=each.error or "", came_by="smtp")


def _take_out_some(issue: BriefingIssue) -> int:
    """Take out some of what waits of a cancelled issue: what is in the outbox, and what is not there yet."""
    taken_out = batches.cancel_some(name=issue.ref, reason="The issue was cancelled.", at_most=PORTION)
    planned = queries.next_planned(issue.id, at_most=PORTION)
    if planned:
        portion = {"issue": issue.id, "first": planned[0].id, "last": planned[-1].id}
        current_session().connection().execute(_LEAVE_OUT, portion)
    return taken_out + len(planned)


def _finish(issue: BriefingIssue) -> None:
    issue.state, issue.ended_at = IssueState.SENT, machine_now()
    numbers = queries.numbers(issue)
    delivered = numbers[DeliveryState.DELIVERED]
    record(
        verb="briefing.send",
        subject=issue.audit_subject,
        line=f"Sent {issue.ref}: delivered to {delivered} of {sum(numbers.values())}",
        before={"state": IssueState.SENDING},
        after={"state": IssueState.SENT, **{state.value: number for state, number in numbers.items()}},
    )


def _pause_what_holds_itself(issue: BriefingIssue) -> None:
    """Pause an issue whose messages were refused one after the other, and tell the editors.

    Its messages are held already: the outbox did so with the last refusal.
    """
    batch = current_session().get(OutboxBatch, issue.ref)
    if batch is None or batch.held_at is None or issue.state != IssueState.SENDING:
        return
    operations.pause(issue=issue, reason=batch.held_reason or "Held by the outbox.")
    for person in accounts.holders(Role.BRIEFING_EDITOR) or accounts.holders(Role.BOARD_MANAGER):
        if not is_usable(person.email):
            continue
        enqueue(
            kind=STOPPED,
            dedupe_key=f"{STOPPED}:{issue.ref}:{batch.held_at.isoformat()}:{person.id}",
            address=person.email,
            business_on=today(),
            recipient_id=person.id,
        )


def run(*, stopping: Stopping = lambda: False) -> dict[str, int]:
    """What one tick of the job does; says how many issues began, and how many deliveries moved."""
    begun = begin_due(stopping=stopping)
    with apart(reading=True):
        refs = list(queries.under_way())
    queued = settled = 0
    failures: list[Exception] = []
    for ref in refs:
        try:
            queued += feed(ref, stopping=stopping)
            settled += settle(ref, stopping=stopping)
        except Exception as error:
            logger.error("The sending of %s stands still (%s).", ref, type(error).__name__)
            failures.append(error)
    if failures:
        # The others went on; that the job failed is told.
        raise failures[0]
    return {"begun": begun, "queued": queued, "settled": settled}


def send_month(period: str) -> dict[str, Any]:
    """Send the month's issue: begin it where it is cleared, and hand over what may leave now.

    Raises WrongPeriod, NoIssue, NotCleared, MoveNotPossible, HeldBack.
    """
    ref, deliveries = with_patience(partial(_begin_month, period))
    return {"period": period, "deliveries": deliveries, "queued": feed(ref)}


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
