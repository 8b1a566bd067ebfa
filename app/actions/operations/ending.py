"""Ended without being done, and taken up again: superseded, withdrawn, not implemented, reopened."""

from collections.abc import Collection
from datetime import date

from app.accounts.models import Agency, Person
from app.actions import deciders, queries
from app.actions.models import Action, Succession
from app.actions.operations.change import Change
from app.actions.operations.errors import CourseBarred, OwnerElsewhere
from app.actions.operations.impact import end_looks
from app.actions.operations.passing import check_owner, pass_on
from app.actions.rules.course import OwnerCause, SuccessionKind
from app.actions.rules.date_changes import CAUSE_OF_MOVE
from app.actions.rules.lifecycle import CLOSED, Given, Move, Status, check_needs
from app.audit.operations import record
from app.core.database import current_session
from app.core.filters import date_long


def supersede(*, action: Action, successor: Action, reason: str) -> Action:
    """Let another action take the place of this one; of the same source, it answers what this one did.

    Raises IllegalMove, NotAPerson, MayNotDecide, CourseBarred, and RuleBroken without a reason.
    """
    if successor.id == action.parent_id:
        # Nor would the two be locked in the order in which everybody takes a part and its whole.
        raise CourseBarred(
            f"{action.ref} is one agency’s part of {successor.ref}. Enter another one", "successor"
        )
    queries.lock([action.ref, successor.ref])
    change = Change(action)
    change.check_possible(Move.SUPERSEDE)
    if successor.id == change.action.id:
        raise CourseBarred("An action cannot take its own place. Enter another one", "successor")
    if Status(successor.status) in CLOSED or successor.status == Status.DRAFT:
        raise CourseBarred(
            f"{successor.ref} is ‘{successor.status_label}’, so nothing can go on in it", "successor"
        )
    set_aside(change, Move.SUPERSEDE, reason)
    go_on_in(change, successor, SuccessionKind.SUPERSEDED)
    if successor.source_id == change.action.source_id and answer_too(successor, change.action):
        record(
            verb="action.supersede",
            subject=successor.audit_subject,
            line=f"{successor.ref} takes the place of {action.ref} and answers what that did",
        )
    change.finish(
        "action.supersede",
        f"{action.ref} is superseded by {successor.ref}",
        after={"successor": successor.ref, "reason": reason.strip()},
    )
    return change.action


def withdraw(*, action: Action, reason: str) -> Action:
    """Withdraw an action that was agreed and should not have been.

    Raises IllegalMove, NotAPerson, MayNotDecide, CourseBarred, and RuleBroken without a reason.
    """
    change = Change(action)
    if change.status is Status.DRAFT:
        raise CourseBarred("This action is still a draft. Withdraw the draft instead")
    change.check_possible(Move.WITHDRAW)
    set_aside(change, Move.WITHDRAW, reason)
    change.finish("action.withdraw", f"Withdrew {action.ref}", after={"reason": reason.strip()})
    return change.action


def close_not_implemented(*, action: Action, reason: str, decided_on: date | None) -> Action:
    """Close an action that will not be done; only the group's chair decides that, or who stands in.

    Raises IllegalMove, NotAPerson, MayNotDecide, CourseBarred, and RuleBroken for what is missing.
    """
    change = Change(action)
    change.check_possible(Move.CLOSE_NOT_IMPLEMENTED)
    deciders.check_decides_ending(change.person(), change.action)
    check_no_open_parts(change.action)
    given = Given(
        reason=reason,
        decided_on=decided_on,
        began_on=change.action.agreed_on,
        by_chair=True,
        by_another_person=True,
    )
    check_needs(change.status, Move.CLOSE_NOT_IMPLEMENTED, given, on=change.on)
    change.step(Move.CLOSE_NOT_IMPLEMENTED, reason=reason.strip())
    change.action.closed_on, change.action.review_on = change.on, None
    change.finish(
        "action.close_not_implemented",
        f"Closed {action.ref} as not implemented, as decided on {date_long(decided_on)}",
        after={"reason": reason.strip(), "decided_on": decided_on},
    )
    return change.action


def reopen(
    *,
    action: Action,
    reason: str,
    agency: Agency,
    owner: Person | None,
    new_due_on: date | None,
    owner_role: str = "",
) -> Action:
    """Take a closed action up again, with an agency, an owner and a date of today's.

    What was never agreed becomes agreed by it. Looks at the difference it made are not owed any more. The
    part of one agency stays that agency's, because every agency returns its own.
    Raises IllegalMove, NotAPerson, OwnerElsewhere, and RuleBroken for what is missing.
    """
    change = Change(action)
    change.check_possible(Move.REOPEN)
    change.person()
    given = Given(lead_agency=True, owner=owner is not None, reason=reason, new_due_on=new_due_on)
    check_needs(change.status, Move.REOPEN, given, on=change.on)
    assert owner is not None, "the needs of the move ask for an owner"
    if change.action.parent_id is not None and agency.id != change.action.agency_id:
        raise OwnerElsewhere(
            f"Every agency returns its own part of this. Choose {change.action.agency.name}", "agency_id"
        )
    check_owner(owner, agency)
    change.step(Move.REOPEN, reason=reason.strip())
    held = change.action
    held.closed_on = None
    if held.agreed_on is None:
        held.agreed_on, held.first_due_on, held.due_on = change.on, new_due_on, new_due_on
    else:
        cause = CAUSE_OF_MOVE[Move.REOPEN]
        change.move_date(new_due_on, cause=cause, reason_code=cause, reason=reason.strip())
    if (agency.id, owner.id) != (held.agency_id, held.owner_id):
        pass_on(change, OwnerCause.REOPENED, agency, owner, owner_role, reason.strip())
    held.acknowledged_on = None
    end_looks(held)
    change.finish(
        "action.reopen",
        f"Reopened {action.ref}, due {date_long(new_due_on)}",
        after={"reason": reason.strip(), "agency": agency.ref, "owner": owner.ref, "due_on": new_due_on},
    )
    return held


def set_aside(change: Change, move: Move, reason: str) -> None:
    """End an action because it goes on elsewhere or should not be; decided by who does not answer for it.

    Raises NotAPerson, MayNotDecide, CourseBarred, and RuleBroken without a reason.
    """
    deciders.check_decides_course(change.person(), change.action)
    check_no_open_parts(change.action)
    check_needs(change.status, move, Given(reason=reason, by_another_person=True), on=change.on)
    change.step(move, reason=reason.strip())
    change.action.closed_on, change.action.review_on = change.on, None


def go_on_in(change: Change, successor: Action, kind: SuccessionKind) -> None:
    """Put on record in which action this one goes on; once is enough, also after it was reopened."""
    if any(row.successor_id == successor.id for row in change.action.successions):
        return
    current_session().add(
        Succession(
            action=change.action,
            successor=successor,
            kind=kind,
            decided_on=change.on,
            decided_by_id=change.by_id,
        )
    )


def answer_too(action: Action, other: Action) -> bool:
    """Let an action answer what another answered that goes on in it; whether that is more than it did.

    Otherwise what the other answered would count as done while the work goes on.
    """
    lessons = [lesson for lesson in other.lessons if lesson not in action.lessons]
    recommendations = [each for each in other.recommendations if each not in action.recommendations]
    action.lessons += lessons
    action.recommendations += recommendations
    return bool(lessons or recommendations)


def check_no_open_parts(action: Action, *, besides: Collection[str] = ()) -> None:
    """Raise CourseBarred while a part is not closed, ``besides`` those that end with the whole."""
    open_parts = queries.open_parts(action) if action.is_all_agency else ()
    parts = [ref for ref in open_parts if ref not in besides]
    if parts:
        raise CourseBarred(
            f"{len(parts)} parts of agencies are not closed, first {parts[0]}. End those before the whole"
        )
