"""From hand to hand: acknowledged, said not to be for an agency, reassigned, handed over by who leaves."""

from app.accounts.models import Agency, Person
from app.actions import deciders, queries
from app.actions.models import Action, NotForUs, OwnerChange
from app.actions.operations.change import Change, words
from app.actions.operations.errors import AlreadyAsked, AlreadyDecided, CourseBarred, OwnerElsewhere
from app.actions.rules.course import NotForUsDecision, OwnerCause
from app.actions.rules.four_eyes import MayNotDecide
from app.actions.rules.lifecycle import OPEN, Status, check_not_closed
from app.core.database import current_session
from app.core.filters import date_long


def acknowledge(*, action: Action) -> Action:
    """Say that the action has arrived with whoever owes it. Raises CourseBarred."""
    change = Change(action)
    if change.status not in OPEN:
        raise CourseBarred(f"This action is ‘{change.status.label}’, so there is nothing to acknowledge")
    if change.action.acknowledged_on is not None:
        raise CourseBarred(f"This was acknowledged on {date_long(change.action.acknowledged_on)}")
    change.action.acknowledged_on = change.on
    change.finish("action.acknowledge", f"Acknowledged {action.ref}")
    return change.action


def say_not_for_us(*, action: Action, reason: str, suggested: Agency | None = None) -> NotForUs:
    """Say that the action is for somebody else; until that is decided it stays as it is, its date too.

    Raises CourseBarred, AlreadyAsked, TextMissing.
    """
    change = Change(action)
    if change.status not in OPEN:
        raise CourseBarred(f"This action is ‘{change.status.label}’, so nobody has to take it over")
    waiting = change.action.waiting_not_for_us
    if waiting is not None:
        raise AlreadyAsked(f"This was said on {date_long(waiting.said_on)} and waits for a decision")
    said = NotForUs(
        ref=queries.next_reference_of(change.action, Action.not_for_us, "N"),
        action=change.action,
        said_on=change.on,
        said_by_id=change.by_id,
        reason=words(reason, "Say why it is not for you", "reason"),
        suggested_agency=suggested,
    )
    current_session().add(said)
    change.finish(
        "action.say_not_for_us",
        f"Said not to be for {change.action.agency.short_name}: {said.ref}",
        after={"reason": said.reason, "suggested_agency": suggested.ref if suggested else None},
    )
    return said


def answer_not_for_us(
    *,
    action: Action,
    decision: NotForUsDecision,
    reason: str = "",
    agency: Agency | None = None,
    owner: Person | None = None,
    owner_role: str = "",
) -> NotForUs:
    """Move the action to another agency and owner, or leave it where it is with the reason.

    Its date stays what it was either way. Raises AlreadyDecided, NotAPerson, MayNotDecide, TextMissing,
    RecordClosed, CourseBarred, OwnerElsewhere.
    """
    change = Change(action)
    said = change.action.waiting_not_for_us
    if said is None:
        raise AlreadyDecided("Nobody says that this action is not for them, so there is nothing to decide")
    check_not_closed(change.status)
    person = change.person()
    if person.id == said.said_by_id:
        raise MayNotDecide("You said this, so somebody else decides it")
    deciders.check_decides_course(person, change.action)
    given = words(reason, "Give the reason", "reason")
    if decision is NotForUsDecision.MOVED:
        if change.action.parent_id is not None:
            raise CourseBarred("Every agency returns its own part of this, so a part is not moved to another")
        if change.status is Status.SUBMITTED:
            # Elsewhere, those of the agency that did the work could decide about it.
            raise CourseBarred("The work was sent for sign-off, so decide that first")
        if agency is None or agency.id == change.action.agency_id:
            raise OwnerElsewhere("Choose another agency", "agency_id")
        pass_on(change, OwnerCause.NOT_FOR_US, agency, owner, owner_role, given)
    said.decision, said.decision_reason = decision, given
    said.decided_on, said.decided_by_id = change.on, change.by_id
    moved = decision is NotForUsDecision.MOVED
    change.finish(
        "action.answer_not_for_us",
        f"{said.ref}: {'moved to ' + change.action.agency.short_name if moved else 'stays where it is'}",
        after={"decision": str(decision), "reason": given, "agency": change.action.agency.ref},
    )
    return said


def reassign(*, action: Action, owner: Person, reason: str, owner_role: str = "") -> Action:
    """Give the action to another person of the same agency.

    Raises RecordClosed, CourseBarred, TextMissing, OwnerElsewhere.
    """
    change = Change(action)
    _check_can_pass(change)
    given = words(reason, "Give the reason", "reason")
    if owner.id == change.action.owner_id:
        raise OwnerElsewhere(f"{owner.name} has it already. Choose somebody else", "owner_id")
    before = change.action.owner.ref if change.action.owner else None
    pass_on(change, OwnerCause.REASSIGNED, change.action.agency, owner, owner_role, given)
    change.finish(
        "action.reassign",
        f"Reassigned {action.ref}",
        before={"owner": before},
        after={"owner": owner.ref, "reason": given},
    )
    return change.action


def hand_over(*, action: Action, owner: Person | None, reason: str) -> Action:
    """Give what somebody had who leaves to a successor of the same agency, or for now to nobody.

    Raises RecordClosed, OwnerElsewhere.
    """
    change = Change(action)
    check_not_closed(change.status)
    if owner is not None or change.status is not Status.DRAFT:
        pass_on(change, OwnerCause.LEFT, change.action.agency, owner, "", reason, may_be_nobody=True)
    else:
        change.action.owner = None
    change.finish(
        "action.hand_over",
        f"Handed over {action.ref}",
        after={"owner": owner.ref if owner else None, "reason": reason},
    )
    return change.action


def pass_on(
    change: Change,
    cause: OwnerCause,
    agency: Agency,
    owner: Person | None,
    owner_role: str,
    reason: str,
    *,
    may_be_nobody: bool = False,
) -> None:
    """Let another person, and perhaps another agency, owe the action, and put that on record.

    The new owner acknowledges it anew. Raises OwnerElsewhere.
    """
    action = change.action
    if owner is None and not may_be_nobody:
        raise OwnerElsewhere("Choose the person who owns this action", "owner_id")
    if owner is not None:
        check_owner(owner, agency)
    current_session().add(
        OwnerChange(
            action=action,
            cause=cause,
            from_agency_id=action.agency_id,
            to_agency_id=agency.id,
            from_owner_id=action.owner_id,
            to_owner_id=owner.id if owner else None,
            reason=reason,
            changed_on=change.on,
            changed_by_id=change.by_id,
        )
    )
    moved = agency.id != action.agency_id
    if owner_role.strip() or (moved and owner is not None):
        action.owner_role = owner_role.strip() or (owner.role_title if owner else "")
    action.agency, action.owner = agency, owner
    action.agency_id, action.owner_id = agency.id, owner.id if owner else None
    action.acknowledged_on = None


def check_owner(owner: Person, agency: Agency) -> None:
    """Raise OwnerElsewhere unless the person works for the agency and has not left."""
    if not owner.active:
        raise OwnerElsewhere(f"{owner.name} has left. Choose somebody else", "owner_id")
    if owner.agency_id != agency.id:
        raise OwnerElsewhere(f"Choose somebody who works for {agency.name}", "owner_id")


def _check_can_pass(change: Change) -> None:
    check_not_closed(change.status)
    if change.status is Status.DRAFT:
        raise CourseBarred("This action is still a draft. Change the draft instead")
