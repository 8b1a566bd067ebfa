"""More time: asked for with a reason and what keeps children safe meanwhile, and decided by its tier."""

from datetime import date

from app.actions import deciders, queries
from app.actions.models import Action, ExtensionRequest
from app.actions.operations.change import Change, words
from app.actions.operations.errors import AlreadyAsked, AlreadyDecided
from app.actions.rules.date_changes import (
    Cause,
    NotOwed,
    Reason,
    check_extension_request,
    check_new_date,
    who_decides_extension,
)
from app.actions.rules.lifecycle import OPEN
from app.actions.rules.sign_off import ExtensionDecision
from app.core.database import current_session
from app.core.filters import date_long


def ask_for_more_time(
    *, action: Action, new_due_on: date, reason_code: Reason, reason: str = "", interim_safeguard: str
) -> ExtensionRequest:
    """Ask for a later date. Who decides is settled by how often and how long.

    Raises AlreadyAsked, NotOwed, NewDateTooEarly, DateTooFar, ReasonMissing, SafeguardMissing.
    """
    change = Change(action)
    waiting = change.action.waiting_extension
    if waiting is not None:
        raise AlreadyAsked(
            f"More time was asked for on {date_long(waiting.asked_on)} and waits for a decision"
        )
    due_on = change.action.due_on or date.min
    check_extension_request(
        status=change.status,
        due_on=due_on,
        new_due_on=new_due_on,
        reason_code=reason_code,
        reason=reason,
        interim_safeguard=interim_safeguard,
        on=change.on,
    )
    decider = who_decides_extension(
        queries.tiers(change.on), change.action.extension_count, due_on, new_due_on
    )
    request = ExtensionRequest(
        ref=queries.next_reference_of(change.action, Action.extension_requests, "X"),
        action=change.action,
        asked_on=change.on,
        asked_by_id=change.by_id,
        from_due_on=due_on,
        new_due_on=new_due_on,
        reason_code=reason_code,
        reason=reason.strip(),
        interim_safeguard=interim_safeguard.strip(),
        decider=decider,
    )
    current_session().add(request)
    change.finish(
        "action.ask_for_more_time",
        f"Asked for more time as {request.ref}, until {new_due_on:%Y-%m-%d}",
        after={
            "reason_code": str(reason_code),
            "reason": request.reason,
            "interim_safeguard": request.interim_safeguard,
        },
    )
    return request


def decide_extension(*, action: Action, decision: ExtensionDecision, reason: str = "") -> ExtensionRequest:
    """Grant the time that was asked for, or refuse it with a reason.

    Granted, the due date moves by a decision on record; the date first agreed never does. Who decides was
    settled when it was asked, and anew where the date has moved since.
    Raises AlreadyDecided, NotAPerson, MayNotDecide, TextMissing, NotOwed, NewDateTooEarly.
    """
    change = Change(action)
    request = change.action.waiting_extension
    if request is None:
        raise _already_decided(change.action)
    deciders.check_decides_extension(change.person(), change.action, request)
    granted = decision is ExtensionDecision.GRANTED
    if granted:
        _check_can_be_granted(change, request)
    else:
        words(reason, "Give the reason", "reason")
    request.decision, request.decision_reason = decision, reason.strip()
    request.decided_on, request.decided_by_id = change.on, change.by_id
    if granted:
        change.move_date(
            request.new_due_on,
            cause=Cause.EXTENSION,
            reason_code=request.reason_code,
            reason=request.reason,
        )
    change.finish(
        "action.decide_extension",
        f"{'Granted' if granted else 'Refused'} more time: {request.ref}",
        after={"decision": str(decision), "reason": request.decision_reason, "due_on": change.action.due_on},
    )
    return request


def _check_can_be_granted(change: Change, request: ExtensionRequest) -> None:
    if change.status not in OPEN or change.action.due_on is None:
        raise NotOwed(f"This action is ‘{change.status.label}’, so it needs no more time")
    check_new_date(change.action.due_on, request.new_due_on, on=change.on)


def _already_decided(action: Action) -> AlreadyDecided:
    last = action.extension_requests[-1] if action.extension_requests else None
    if last is None or last.decided_on is None:
        return AlreadyDecided("No more time was asked for, so there is nothing to decide")
    if last.decision == ExtensionDecision.LAPSED:
        return AlreadyDecided(last.decision_reason)
    who = f" by {last.decided_by.name}" if last.decided_by else ""
    return AlreadyDecided(f"This was {last.decision}{who} on {date_long(last.decided_on)}")
