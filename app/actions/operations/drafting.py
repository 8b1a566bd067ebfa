"""From a lesson to an agreed action: drafted, rewritten, agreed or withdrawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from json import dumps
from typing import Any

from app.accounts.models import Agency, Group, Person
from app.actions import queries
from app.actions.models import Action
from app.actions.operations.change import Change, words
from app.actions.operations.ending import check_no_open_parts
from app.actions.operations.errors import DraftChanged, NotDrafted, SourceMissing, WrongDay
from app.actions.operations.passing import check_owner
from app.actions.rules.delegation import Priority
from app.actions.rules.lifecycle import Given, Move, Status, check_needs, check_not_too_far
from app.actions.standing import keep
from app.audit.operations import record
from app.core.clock import machine_now, today
from app.core.database import current_session
from app.core.filters import date_long
from app.core.references import next_reference
from app.lessons.models import Lesson, Recommendation
from app.lessons.sources import hold

#: What the parts of the agencies share with the whole while they are drafts.
_OF_EVERY_PART = (
    "title",
    "details",
    "intended_outcome",
    "measure_of_success",
    "group",
    "first_due_on",
    "due_on",
    "priority",
)


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

    With a recommendation it answers the lessons that this was made of. Raises SourceMissing, TextMissing,
    OwnerElsewhere, WrongDay.
    """
    sources: list[Lesson | Recommendation] = [*lessons, *recommendations]
    lessons = with_lessons_behind(lessons, recommendations)
    check_sources([*lessons, *recommendations])
    action = put_draft(plan, lessons, recommendations)
    answered = ", ".join(source.ref for source in sources)
    record(
        verb="action.create",
        subject=action.audit_subject,
        line=f"Drafted {action.ref} to answer {answered}",
        after=payload(action),
    )
    return action


def with_lessons_behind(lessons: Sequence[Lesson], recommendations: Sequence[Recommendation]) -> list[Lesson]:
    """The lessons, and those behind the recommendations, so that no thread breaks at a recommendation."""
    behind = (lesson for each in recommendations for lesson in each.lessons if lesson.withdrawn_on is None)
    return list(dict.fromkeys([*lessons, *behind]))


def check_sources(sources: Sequence[Lesson | Recommendation]) -> None:
    """Hold what is to be answered, and check that it can be. Raises SourceMissing."""
    if len({source.source_id for source in sources}) != 1:
        raise SourceMissing("Choose at least one lesson or recommendation, all of them from one source")
    hold(sources[0].source, *sources)
    if any(source.withdrawn_on for source in sources):
        raise SourceMissing("Choose lessons and recommendations that were not withdrawn")


def put_draft(
    plan: Plan,
    lessons: Sequence[Lesson],
    recommendations: Sequence[Recommendation],
    *,
    is_all_agency: bool = False,
    parent: Action | None = None,
) -> Action:
    """Make the draft; who calls has checked what it answers. Raises TextMissing, OwnerElsewhere, WrongDay."""
    session, on = current_session(), today()
    source: Lesson | Recommendation = (lessons or recommendations)[0]
    action = Action(
        ref=next_reference(session, "A"),
        source_id=source.source_id,
        status=Status.DRAFT,
        created_on=on,
        created_at=machine_now(),
        is_all_agency=is_all_agency,
        parent_id=parent.id if parent else None,
        lessons=list(lessons),
        recommendations=list(recommendations),
        **_checked(plan, on),
    )
    session.add(action)
    session.flush()
    keep(action, on=on)
    session.flush()
    return action


def edit_draft(*, action: Action, plan: Plan) -> Action:
    """Rewrite a draft; nothing was promised yet. Raises NotDrafted, TextMissing, OwnerElsewhere, WrongDay."""
    parts = queries.drafts_of(action) if action.is_all_agency else ()
    change = Change(action)
    _check_draft(change)
    before = payload(change.action)
    for name, value in _checked(plan, change.on).items():
        setattr(change.action, name, value)
    for part in parts:
        for name in _OF_EVERY_PART:
            setattr(part, name, getattr(change.action, name))
        current_session().flush()
        keep(part, on=change.on)
    change.finish(
        "action.edit", f"Changed the draft {action.ref}", before=before, after=payload(change.action)
    )
    return change.action


def agree(*, action: Action, as_read: str | None = None) -> Action:
    """Agree a draft: from now on it is owed, and its first due date is kept for ever.

    ``as_read`` is the digest of the draft that was read, where it was read on a page. With an action that
    every agency returns its part of, the parts are agreed that have an owner; the others stay drafts.
    Raises IllegalMove, DraftChanged, OwnerElsewhere, and RuleBroken for what the draft still lacks.
    """
    parts = queries.drafts_of(action) if action.is_all_agency else ()
    # Every part is locked before the whole, and each agreed part recolours the whole.
    change = Change(action)
    change.check_possible(Move.AGREE)
    if as_read is not None and as_read != digest(change.action):
        raise DraftChanged(
            "This draft was changed after you opened it. Read it again; agreed is what stands here now"
        )
    _agree(change)
    for part in parts:
        if part.owner is not None and part.owner.active:
            _agree(Change(part))
    return change.action


def _agree(change: Change) -> None:
    action = change.action
    owner = action.owner
    given = Given(lead_agency=True, owner=owner is not None, due_on=action.due_on)
    check_needs(change.status, Move.AGREE, given, on=change.on)
    if owner is not None:
        check_owner(owner, action.agency)
    change.step(Move.AGREE)
    action.agreed_on = change.on
    action.first_due_on = action.due_on
    change.finish(
        "action.agree",
        f"Agreed {action.ref}, due {date_long(action.due_on)}",
        after={"due_on": action.due_on, "owner": owner.ref if owner else None},
    )


def digest(action: Action) -> str:
    """A digest by which the draft as it was read is told from another wording of it."""
    said = {name: str(value) for name, value in payload(action).items()}
    return sha256(dumps(said, sort_keys=True).encode()).hexdigest()


def withdraw_draft(*, action: Action, reason: str) -> Action:
    """Withdraw a draft that should not be, and the drafts of its parts.

    Raises NotDrafted, CourseBarred while a part that was agreed is open, and RuleBroken without a reason.
    """
    parts = queries.drafts_of(action) if action.is_all_agency else ()
    change = Change(action)
    _check_draft(change)
    check_no_open_parts(change.action, besides=[part.ref for part in parts])
    for each in [change, *map(Change, parts)]:
        check_needs(each.status, Move.WITHDRAW, Given(reason=reason), on=each.on)
        each.step(Move.WITHDRAW, reason=reason.strip())
        each.action.closed_on = each.on
        each.finish(
            "action.withdraw", f"Withdrew the draft {each.action.ref}", after={"reason": reason.strip()}
        )
    return change.action


def _check_draft(change: Change) -> None:
    if change.status is not Status.DRAFT:
        raise NotDrafted(
            f"This action is ‘{change.status.label}’. Only a draft is changed like this; "
            "from then on each change is a decision"
        )


def _checked(plan: Plan, on: date) -> dict[str, Any]:
    """The columns that a plan fills. Raises TextMissing, OwnerElsewhere, WrongDay, DateTooFar."""
    if plan.owner is not None:
        check_owner(plan.owner, plan.agency)
    if plan.due_on is not None and plan.due_on < on:
        raise WrongDay("Enter the date it is due, which must be today or later", "due_on")
    check_not_too_far(plan.due_on, on, "due_on")
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


def payload(action: Action) -> dict[str, Any]:
    """What a plan says, as the trail keeps it."""
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
