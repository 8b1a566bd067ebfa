"""From a lesson to an agreed action: drafted, rewritten, agreed or withdrawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.accounts.models import Agency, Group, Person
from app.actions.models import Action
from app.actions.operations.change import Change, words
from app.actions.operations.errors import NotDrafted, OwnerElsewhere, SourceMissing, WrongDay
from app.actions.rules.delegation import Priority
from app.actions.rules.lifecycle import Given, Move, Status, check_needs
from app.actions.standing import keep
from app.audit.operations import record
from app.core.clock import machine_now, today
from app.core.database import current_session
from app.core.filters import date_long
from app.core.references import next_reference
from app.lessons.models import Lesson, Recommendation
from app.reviews import queries as reviews


@dataclass(frozen=True)
class Plan:
    """What is to be done, by whom, and by when. A draft may leave the owner and the date open."""

    title: str
    intended_outcome: str
    measure_of_success: str
    #: The agency that is accountable.
    agency: Agency
    #: The group that oversees it and signs it off.
    group: Group
    details: str = ""
    #: The post that does it.
    owner_role: str = ""
    #: The person in the post.
    owner: Person | None = None
    due_on: date | None = None
    #: How much depends on it; what is low may be signed off under delegation.
    priority: Priority = Priority.NORMAL


def create_draft(
    *, plan: Plan, lessons: Sequence[Lesson] = (), recommendations: Sequence[Recommendation] = ()
) -> Action:
    """Draft an action that answers lessons or recommendations of one source.

    Raises SourceMissing, TextMissing, OwnerElsewhere, WrongDay.
    """
    session, on = current_session(), today()
    sources: list[Lesson | Recommendation] = [*lessons, *recommendations]
    answered_ids = {source.review_id for source in sources}
    if len(answered_ids) != 1:
        raise SourceMissing("Choose at least one lesson or recommendation, all of them from one source")
    reviews.hold(sources[0].review, *sources)
    if any(source.withdrawn_on for source in sources):
        raise SourceMissing("Choose lessons and recommendations that were not withdrawn")
    checked = _checked(plan, on)
    action = Action(
        ref=next_reference(session, "A"),
        review_id=answered_ids.pop(),
        status=Status.DRAFT,
        created_on=on,
        created_at=machine_now(),
        lessons=list(lessons),
        recommendations=list(recommendations),
        **checked,
    )
    session.add(action)
    session.flush()
    keep(action, on=on)
    session.flush()
    answered = ", ".join(source.ref for source in sources)
    record(
        verb="action.create",
        subject=action.audit_subject,
        line=f"Drafted {action.ref} to answer {answered}",
        after=_payload(action),
    )
    return action


def edit_draft(*, action: Action, plan: Plan) -> Action:
    """Rewrite a draft; nothing was promised yet. Raises NotDrafted, TextMissing, OwnerElsewhere, WrongDay."""
    change = Change(action)
    _check_draft(change)
    before = _payload(change.action)
    for name, value in _checked(plan, change.on).items():
        setattr(change.action, name, value)
    change.finish(
        "action.edit", f"Changed the draft {action.ref}", before=before, after=_payload(change.action)
    )
    return change.action


def agree(*, action: Action) -> Action:
    """Agree a draft: from now on it is owed, and its first due date is kept for ever.

    Raises IllegalMove, OwnerElsewhere, and RuleBroken for what the draft still lacks.
    """
    change = Change(action)
    owner = change.action.owner
    given = Given(lead_agency=True, owner=owner is not None, due_on=change.action.due_on)
    check_needs(change.status, Move.AGREE, given, on=change.on)
    _check_owner(owner, change.action.agency)
    change.step(Move.AGREE)
    change.action.agreed_on = change.on
    change.action.first_due_on = change.action.due_on
    change.finish(
        "action.agree",
        f"Agreed {action.ref}, due {date_long(change.action.due_on)}",
        after={"due_on": change.action.due_on, "owner": owner.ref if owner else None},
    )
    return change.action


def withdraw_draft(*, action: Action, reason: str) -> Action:
    """Withdraw a draft that should not be. Raises NotDrafted, and RuleBroken without a reason."""
    change = Change(action)
    _check_draft(change)
    check_needs(change.status, Move.WITHDRAW, Given(reason=reason), on=change.on)
    change.step(Move.WITHDRAW, reason=reason.strip())
    change.action.closed_on = change.on
    change.finish("action.withdraw", f"Withdrew the draft {action.ref}", after={"reason": reason.strip()})
    return change.action


def _check_draft(change: Change) -> None:
    if change.status is not Status.DRAFT:
        raise NotDrafted(
            f"This action is ‘{change.status.label}’. Only a draft is changed like this; "
            "from then on each change is a decision"
        )


def _checked(plan: Plan, on: date) -> dict[str, Any]:
    """The columns that a plan fills. Raises TextMissing, OwnerElsewhere, WrongDay."""
    _check_owner(plan.owner, plan.agency)
    if plan.due_on is not None and plan.due_on < on:
        raise WrongDay("Enter the date it is due, which must be today or later", "due_on")
    role = plan.owner_role.strip() or (plan.owner.role_title if plan.owner else "")
    return {
        "title": words(plan.title, "Say what is to be done", "title"),
        "details": plan.details.strip(),
        "intended_outcome": words(
            plan.intended_outcome, "Say what should be different for children", "intended_outcome"
        ),
        "measure_of_success": words(
            plan.measure_of_success, "Say how you will know it worked", "measure_of_success"
        ),
        "agency": plan.agency,
        "group": plan.group,
        "owner_role": words(role, "Enter the post that does it, for example Named nurse", "owner_role"),
        "owner": plan.owner,
        "first_due_on": plan.due_on,
        "due_on": plan.due_on,
        "priority": plan.priority,
    }


def _check_owner(owner: Person | None, agency: Agency) -> None:
    if owner is None:
        return
    if not owner.active:
        raise OwnerElsewhere(f"{owner.name} has left. Choose somebody else", "owner_id")
    if owner.agency_id != agency.id:
        raise OwnerElsewhere(f"Choose somebody who works for {agency.name}", "owner_id")


def _payload(action: Action) -> dict[str, Any]:
    return {
        "title": action.title,
        "details": action.details,
        "intended_outcome": action.intended_outcome,
        "measure_of_success": action.measure_of_success,
        "agency": action.agency.ref,
        "group": action.group.ref,
        "owner_role": action.owner_role,
        "owner": action.owner.ref if action.owner else None,
        "due_on": action.due_on,
        "priority": action.priority,
    }
