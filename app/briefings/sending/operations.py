"""The sending of an issue: whom it goes to, when it begins, and how somebody stops it."""

from datetime import date, time
from typing import Any, cast

from sqlalchemy import Table, case, delete, insert, literal, select, update

from app.audit.operations import record
from app.briefings import queries as briefings
from app.briefings.models import BriefingIssue, Delivery, DeliveryState, IssueState, Subscriber
from app.briefings.rules import MoveNotPossible, check_move
from app.briefings.sending import audience, mail, queries, rules
from app.core.acting import current_actor
from app.core.clock import machine_now, today
from app.core.database import current_session, keep_for_change
from app.core.filters import date_long
from app.outbox.models import OutboxMessage, State
from app.outbox.operations import batches

#: How many deliveries one statement takes back.
AT_ONCE = 1000


def plan(*, issue: BriefingIssue) -> int:
    """Freeze whom the issue goes to, as they are now, and say how many they are.

    One statement, however many there are: nobody who joins or leaves meanwhile is half in.
    """
    session = current_session()
    session.flush()
    session.execute(
        delete(Delivery)
        .where(Delivery.issue_id == issue.id, Delivery.state == DeliveryState.PLANNED)
        .execution_options(synchronize_session=False)
    )
    readers = audience.of(issue).add_columns(literal(issue.id), literal(DeliveryState.PLANNED.value))
    done = session.execute(
        insert(cast(Table, Delivery.__table__)).from_select(
            ["subscriber_id", "agency_id", "audience_id", "issue_id", "state"],
            readers.order_by(Subscriber.id),
        ),
        # PostgreSQL does not say how many were inserted unless it is asked.
        execution_options={"preserve_rowcount": True},
    )
    return int(cast(Any, done).rowcount)


def schedule(*, issue: BriefingIssue, on: date, at: time | None = None) -> BriefingIssue:
    """Have the issue go on a day, from a time in London on.

    Raises NotCleared, MoveNotPossible, HeldBack, DayGone, TooFarAhead.
    """
    _keep(issue, IssueState.SCHEDULED)
    rules.check_day(on, today=today())
    rules.check_holds(queries.holds(issue, on=on), ref=issue.ref)
    before = _facts(issue)
    issue.scheduled_on, issue.scheduled_time, issue.stopped_reason = on, at, None
    issue.scheduled_by_id = current_actor().person_id
    when = date_long(on) if at is None else f"{date_long(on)} at {at:%H:%M}"
    return _moved(issue, IssueState.SCHEDULED, f"Set {issue.ref} to be sent on {when}", before)


def unschedule(*, issue: BriefingIssue) -> BriefingIssue:
    """Take the day away on which the issue was to go; it stays cleared. Raises MoveNotPossible."""
    _keep(issue, IssueState.CLEARED)
    before = _facts(issue)
    issue.scheduled_on = issue.scheduled_time = issue.scheduled_by_id = None
    return _moved(issue, IssueState.CLEARED, f"Took the day away on which {issue.ref} was to be sent", before)


def hold_back(*, issue: BriefingIssue, reason: str) -> BriefingIssue:
    """Not begin an issue whose day has come, because of what came up since; it stays cleared.

    Raises MoveNotPossible.
    """
    _keep(issue, IssueState.CLEARED)
    before = _facts(issue)
    issue.scheduled_on = issue.scheduled_time = issue.scheduled_by_id = None
    issue.stopped_reason = reason
    return _moved(issue, IssueState.CLEARED, f"Held {issue.ref} back on the day it was to be sent", before)


def send_now(*, issue: BriefingIssue) -> BriefingIssue:
    """Begin the sending. Raises NotCleared, MoveNotPossible, HeldBack."""
    _keep(issue, IssueState.SENDING)
    if issue.state == IssueState.PAUSED:
        # When it began stands already, and what is held would stay held.
        raise MoveNotPossible(f"{issue.ref} is paused: go on with it instead")
    rules.check_holds(queries.holds(issue), ref=issue.ref)
    before = _facts(issue)
    issue.sent_on, issue.began_at, issue.stopped_reason = today(), machine_now(), None
    batches.open_batch(name=issue.ref, hold_after=briefings.settings().failures_before_pause)
    return _moved(issue, IssueState.SENDING, f"Began to send {issue.ref}", before)


def pause(*, issue: BriefingIssue, reason: str | None = None) -> BriefingIssue:
    """Stop the sending for now; what is just on its way arrives. Raises MoveNotPossible.

    ``reason`` is that of a sending which pauses itself: a person in a hurry is asked for none.
    """
    _keep(issue, IssueState.PAUSED)
    before = _facts(issue)
    batches.hold(name=issue.ref, reason="Paused")
    issue.stopped_reason = reason
    return _moved(issue, IssueState.PAUSED, f"Paused the sending of {issue.ref}", before)


def resume(*, issue: BriefingIssue) -> BriefingIssue:
    """Go on with the sending where it was paused. Raises MoveNotPossible, HeldBack."""
    _keep(issue, IssueState.SENDING)
    if issue.state != IssueState.PAUSED:
        raise MoveNotPossible(f"{issue.ref} is not paused, so it cannot go on")
    rules.check_holds(queries.holds(issue), ref=issue.ref)
    before = _facts(issue)
    # Before its messages, as senders keep it: crosswise the two would wait for each other.
    settings = briefings.settings()
    batches.open_batch(name=issue.ref, hold_after=settings.failures_before_pause)
    # It is set out anew, at the pace that holds now; mostly the job has taken it back already.
    while settings.rate_per_minute is not None and take_back(issue=issue, at_most=AT_ONCE):
        pass
    batches.let_go(name=issue.ref)
    issue.stopped_reason = None
    return _moved(issue, IssueState.SENDING, f"Went on sending {issue.ref}", before)


def take_back(*, issue: BriefingIssue, at_most: int) -> int:
    """Plan deliveries again whose messages no sender has tried, up to so many; say how many were."""
    message_ids = [row.id for row in batches.take_back_some(name=issue.ref, at_most=at_most)]
    waits = Delivery.state == DeliveryState.QUEUED
    current_session().execute(
        update(Delivery)
        # None keeps a number that another message may come to have.
        .where(Delivery.message_id.in_(message_ids))
        .values(state=case((waits, DeliveryState.PLANNED.value), else_=Delivery.state), message_id=None)
        .execution_options(synchronize_session=False)
    )
    return len(message_ids)


def stop_trying(*, issue: BriefingIssue, reason: str) -> BriefingIssue:
    """Try no more to hand over what receivers put off of an issue that was sent; it stays sent.

    What waits beyond a portion is taken out by the next ticks of the job, and held until then. Raises
    MoveNotPossible, ReasonMissing.
    """
    said = rules.checked_reason(reason)
    keep_for_change(issue)
    if issue.state != IssueState.SENT or not batches.has_queued(issue.ref):
        raise MoveNotPossible(f"Nothing of {issue.ref} is tried again")
    before = _facts(issue)
    batches.hold(name=issue.ref, reason="Stopped")
    take_out(issue=issue, at_most=AT_ONCE)
    issue.stopped_reason = said
    return _moved(issue, IssueState.SENT, f"Stopped trying to hand over what is left of {issue.ref}", before)


def take_out(*, issue: BriefingIssue, at_most: int) -> int:
    """Take messages out that were to be tried again, up to so many; say how many were."""
    return batches.cancel_some(name=issue.ref, reason="What was left was stopped.", at_most=at_most)


def settled_by_hand(message_id: int) -> None:
    """Follow what a person settled of a briefing: it is sent again, or it had arrived."""
    session = current_session()
    delivery = session.scalar(select(Delivery).where(Delivery.message_id == message_id).with_for_update())
    if delivery is None:
        return
    message = session.get_one(OutboxMessage, message_id)
    if message.state == State.SENT:
        delivery.state, delivery.delivered_at = DeliveryState.DELIVERED, message.sent_at
    elif mail.still_wanted(message_id, message.business_on):
        # The job writes down what becomes of it, as it does of every one.
        delivery.state = DeliveryState.QUEUED
    session.flush()


def cancel(*, issue: BriefingIssue, reason: str) -> BriefingIssue:
    """End the sending for good, or see to it that it never begins: who has not got the issue gets it no more.

    What waits is taken out by the next ticks of the job, and held until then. Raises MoveNotPossible,
    ReasonMissing.
    """
    said = rules.checked_reason(reason)
    keep_for_change(issue)
    check_move(IssueState(issue.state), IssueState.CANCELLED, ref=issue.ref)
    before = _facts(issue)
    if issue.began_at is not None:
        batches.hold(name=issue.ref, reason="Cancelled")
        issue.ended_at = machine_now()
    issue.stopped_reason = said
    return _moved(issue, IssueState.CANCELLED, f"Cancelled {issue.ref}", before)


def _keep(issue: BriefingIssue, following: IssueState) -> None:
    """Keep the issue from others, and check that it may come to this."""
    keep_for_change(issue)
    rules.check_may_go(IssueState(issue.state), following, ref=issue.ref)


def _facts(issue: BriefingIssue) -> dict[str, Any]:
    return {
        "state": issue.state,
        "scheduled_on": issue.scheduled_on,
        "scheduled_time": None if issue.scheduled_time is None else issue.scheduled_time.isoformat(),
        "reason": issue.stopped_reason,
    }


def _moved(issue: BriefingIssue, following: IssueState, line: str, before: dict[str, Any]) -> BriefingIssue:
    """Bring the issue to its new state and put that on record."""
    issue.state = following
    current_session().flush()
    record(verb="briefing.send", subject=issue.audit_subject, line=line, before=before, after=_facts(issue))
    return issue
