"""The group's decision about work that was sent for sign-off."""

from datetime import date

from app.accounts.models import Person
from app.accounts.policy import Role
from app.actions import deciders, queries
from app.actions.models import Action, SignOff
from app.actions.operations.change import Change
from app.actions.operations.errors import AlreadyDecided, WrongDay
from app.actions.operations.impact import make_looks
from app.actions.rules.date_changes import CAUSE_OF_MOVE
from app.actions.rules.delegation import Work, decides_under_delegation
from app.actions.rules.lifecycle import Given, Status, check_needs
from app.actions.rules.sign_off import Decision
from app.core import hooks
from app.core.filters import date_long


def decide_sign_off(
    *,
    action: Action,
    decision: Decision,
    reason: str = "",
    resubmit_by_on: date | None = None,
    meeting_on: date | None = None,
) -> SignOff:
    """Accept the work, accept it in part, or return it with a reason and a date to send it again by.

    1. Nobody else decided it in the meantime.
    2. Whoever decides does not answer for the action, and neither does their agency.
    3. A chair decides for the group. The board manager records what a meeting decided, or accepts under the
       group's delegation, which the group ratifies afterwards.
    4. What the decision asks for is there.

    From the day it is complete, looks at the difference it made are owed.
    Raises AlreadyDecided, NotAPerson, MayNotDecide, WrongDay, MeetingMissing, and RuleBroken for what is
    missing.
    """
    change = Change(action)
    waiting = change.action.waiting_sign_off
    if change.status is not Status.SUBMITTED or waiting is None:
        raise _already_decided(change.action)
    person = change.person()
    deciders.check_decides_sign_off(person, change.action)
    if meeting_on is not None and not waiting.sent_on <= meeting_on <= change.on:
        raise WrongDay(
            f"Enter a meeting between {date_long(waiting.sent_on)}, when it was sent, and today", "meeting_on"
        )
    is_final = decision is Decision.ACCEPTED
    given = Given(
        evidence_count=len(change.action.evidence_standing),
        reason=reason,
        new_due_on=resubmit_by_on,
        decided_on=change.on,
        by_another_person=True,
    )
    check_needs(change.status, decision.move, given, on=change.on)
    is_delegated = decides_under_delegation(
        work_of(change.action),
        decision,
        for_the_group=_speaks_for(person, change.action),
        meeting_on=meeting_on,
    )
    waiting.decision, waiting.decision_reason = decision, reason.strip()
    waiting.decided_on, waiting.decided_by_id = change.on, change.by_id
    waiting.meeting_on, waiting.is_delegated = meeting_on, is_delegated
    # What came while it waited was judged too, and stays on the record from now on.
    waiting.evidence_number = max((piece.number for piece in change.action.evidence), default=None)
    change.step(decision.move, reason=reason.strip())
    if is_final:
        change.action.closed_on = change.on
        make_looks(change.action, change.on)
    else:
        waiting.resubmit_by_on = resubmit_by_on
        change.move_date(
            resubmit_by_on, cause=CAUSE_OF_MOVE[decision.move], reason_code=decision, reason=reason.strip()
        )
    change.finish(
        "action.decide_sign_off",
        f"{decision.label}{' under delegation' if is_delegated else ''}: {waiting.ref}",
        after={
            "decision": str(decision),
            "reason": waiting.decision_reason,
            "meeting_on": meeting_on,
            "is_delegated": is_delegated,
            "resubmit_by_on": waiting.resubmit_by_on,
        },
    )
    # The group's own clock stops too.
    hooks.dues_changed.ask(queries.DueKind.SIGN_OFF, waiting.ref)
    return waiting


def work_of(action: Action) -> Work:
    """What was sent for sign-off, as far as delegation asks."""
    return Work(
        priority=action.priority,
        is_of_one_agency=not action.is_all_agency and action.parent_id is None,
        can_be_ratified=bool(deciders.of_ratification(action)),
    )


def _speaks_for(person: Person, action: Action) -> bool:
    """Whether the person chairs the group, or is the independent chair who stands in for everybody."""
    held = person.facts
    return action.group_id in held.chairs or Role.INDEPENDENT_CHAIR in held.roles


def _already_decided(action: Action) -> AlreadyDecided:
    last = action.sign_offs[-1] if action.sign_offs else None
    if last is None or last.decided_on is None:
        return AlreadyDecided(f"This action is ‘{action.status_label}’; there is nothing to decide")
    who = f" by {last.decided_by.name}" if last.decided_by else ""
    said = Decision(str(last.decision)).label.lower()
    return AlreadyDecided(f"This was decided{who} on {date_long(last.decided_on)}: {said}")
