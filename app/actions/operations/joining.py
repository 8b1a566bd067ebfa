"""One action into several, and several into one; what was promised goes on as it was."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.accounts.models import Agency, Person
from app.actions import deciders, queries
from app.actions.models import Action, ActionStep, DateChange
from app.actions.operations.change import Change, words
from app.actions.operations.ending import answer_too, go_on_in, set_aside
from app.actions.operations.errors import CourseBarred
from app.actions.operations.passing import check_owner
from app.actions.rules.course import SuccessionKind
from app.actions.rules.date_changes import Cause
from app.actions.rules.lifecycle import CLOSED, Move, Status
from app.actions.standing import keep
from app.audit.operations import record
from app.core.clock import machine_now
from app.core.database import current_session
from app.core.references import next_reference

#: Why the part of one agency is not split, and what to do instead.
PART_IS_ONE_RETURN = (
    "This is what one agency returns, and it stays one return. Say in updates how far each piece of it is, "
    "or draft another action for the same lesson and give the piece to its owner there"
)


@dataclass(frozen=True)
class Part:
    """One of the actions that another is split into."""

    title: str
    agency: Agency
    owner: Person
    owner_role: str = ""


def split(*, action: Action, parts: Sequence[Part], reason: str) -> list[Action]:
    """Split an action into parts, each owed by its own agency and owner.

    Each part keeps the first and the present due date and every change between them, so that no promise is
    lost and the ladder of extensions goes on where it stood. The evidence stays with the whole, which goes
    on in its parts. What one agency returns stays one return and is not split.
    Raises IllegalMove, NotAPerson, MayNotDecide, CourseBarred, TextMissing, OwnerElsewhere, and RuleBroken
    without a reason.
    """
    change = Change(action)
    change.check_possible(Move.SUPERSEDE)
    if change.action.is_all_agency:
        raise CourseBarred("Every agency has its part of this already, so it is not split")
    if change.action.parent_id is not None:
        raise CourseBarred(PART_IS_ONE_RETURN)
    if len(parts) < 2:
        raise CourseBarred("Enter at least two parts")
    for part in parts:
        words(part.title, "Say what is to be done", "title")
        check_owner(part.owner, part.agency)
    set_aside(change, Move.SUPERSEDE, reason)
    made = [_made(change, part) for part in parts]
    refs = ", ".join(each.ref for each in made)
    change.finish(
        "action.split",
        f"Split {action.ref} into {refs}",
        after={"parts": [each.ref for each in made], "reason": reason.strip()},
    )
    for each in made:
        keep(each, on=change.on)
        current_session().flush()
        record(
            verb="action.create",
            subject=each.audit_subject,
            line=f"{each.ref} was split from {action.ref}",
            after={"title": each.title, "agency": each.agency.ref, "due_on": each.due_on},
        )
    return made


def merge(*, action: Action, others: Sequence[Action], reason: str) -> Action:
    """Let other actions of the same source go on in this one, which keeps its dates and answers theirs too.

    Raises NotAPerson, MayNotDecide, CourseBarred, and RuleBroken without a reason.
    """
    if not others:
        raise CourseBarred("Choose at least one action", "others")
    queries.lock([action.ref, *(other.ref for other in others)])
    target = Change(action)
    if target.status in CLOSED or target.status is Status.DRAFT:
        raise CourseBarred(f"This action is ‘{target.status.label}’, so nothing can go on in it")
    deciders.check_decides_course(target.person(), target.action)
    for each in [target.action, *others]:
        if each.is_all_agency or each.parent_id is not None:
            raise CourseBarred(f"{each.ref} is one of those that every agency returns its part of", "others")
    for other in sorted(others, key=lambda each: each.id):
        if other.id == target.action.id or other.source_id != target.action.source_id:
            raise CourseBarred("Choose other actions of the same source", "others")
        change = Change(other)
        change.check_possible(Move.SUPERSEDE)
        set_aside(change, Move.SUPERSEDE, reason)
        go_on_in(change, target.action, SuccessionKind.MERGED)
        answer_too(target.action, change.action)
        change.finish(
            "action.merge",
            f"{other.ref} goes on in {action.ref}",
            after={"successor": action.ref, "reason": reason.strip()},
        )
    refs = ", ".join(other.ref for other in others)
    target.finish("action.merge", f"{refs} merged into {action.ref}", after={"reason": reason.strip()})
    return target.action


def _made(change: Change, part: Part) -> Action:
    whole, session = change.action, current_session()
    first_due_on, due_on = whole.first_due_on, whole.due_on
    assert first_due_on is not None, "what was agreed has its dates"
    assert due_on is not None, "what was agreed has its dates"
    made = Action(
        ref=next_reference(session, "A"),
        source_id=whole.source_id,
        title=part.title.strip(),
        details=whole.details,
        intended_outcome=whole.intended_outcome,
        measure_of_success=whole.measure_of_success,
        agency=part.agency,
        owner=part.owner,
        owner_role=part.owner_role.strip() or part.owner.role_title,
        group_id=whole.group_id,
        priority=whole.priority,
        status=Status.AGREED,
        created_on=change.on,
        agreed_on=change.on,
        first_due_on=first_due_on,
        due_on=due_on,
        created_at=machine_now(),
        lessons=list(whole.lessons),
        recommendations=list(whole.recommendations),
    )
    session.add(made)
    session.add(
        ActionStep(
            action=made,
            move=Move.AGREE,
            from_status=Status.DRAFT,
            to_status=Status.AGREED,
            taken_on=change.on,
            taken_by_id=change.by_id,
            reason=f"Split from {whole.ref}",
        )
    )
    session.add_all(
        DateChange(
            action=made,
            from_on=moved.from_on,
            to_on=moved.to_on,
            cause=Cause.SPLIT,
            # The reason says which of them were extensions, which count on in the part.
            reason_code=moved.reason_code,
            decided_on=change.on,
            decided_by_id=change.by_id,
        )
        for moved in whole.date_changes
    )
    session.flush()
    go_on_in(change, made, SuccessionKind.SPLIT)
    return made
