"""The timeline of a thread: what its records say of the days before the trail began, then the trail."""

from collections.abc import Iterable
from datetime import date

from app.accounts.models import Person
from app.actions.models import Action
from app.actions.rules.lifecycle import Move
from app.audit import queries as audit
from app.audit.models import AuditEntry
from app.audit.refusals import plain_line
from app.cdop.models import Panel
from app.core.filters import date_short
from app.lessons.models import Lesson
from app.reports import queries
from app.reports.rules import Happening, folded
from app.reviews.models import Review

#: How many lines of the trail a page shows.
LONGEST = 200


def of_review(review: Review, actions: Iterable[Action], *, with_reads: bool) -> list[Happening]:
    """Everything that happened on the thread of a review, newest first."""
    told = [*_stages(review), *_lessons(review.lessons), *_responses(review)]
    for action in actions:
        told += _of_action(action)
    return _joined("review", review.ref, told, with_reads)


def of_panel(panel: Panel, actions: Iterable[Action], *, with_reads: bool) -> list[Happening]:
    """Everything that happened on the thread of a panel, newest first; nothing of what was before it."""
    told = _lessons(panel.lessons)
    for action in actions:
        told += _of_action(action)
    return _joined("panel", panel.ref, told, with_reads)


def of_lesson(lesson: Lesson, *, with_reads: bool) -> list[Happening]:
    """Everything that happened to a lesson itself, newest first."""
    return _joined("lesson", lesson.ref, _lessons([lesson]), with_reads)


def of_action(action: Action, *, with_reads: bool) -> list[Happening]:
    """Everything that happened to an action, newest first."""
    return _joined("action", action.ref, _of_action(action), with_reads)


def _joined(kind: str, ref: str, told: list[Happening], with_reads: bool) -> list[Happening]:
    """The trail, and before its first entry what the records themselves say."""
    trail = [
        Happening(entry.business_on, _named(entry, ref), entry.actor_name, entry.is_read, entry.verb)
        for entry in audit.timeline(kind, ref, with_reads=with_reads, limit=LONGEST)
    ]
    began_on = queries.first_entry_on(kind, ref)
    earlier = [each for each in told if began_on is None or each.business_on < began_on]
    earlier.sort(key=lambda each: each.business_on, reverse=True)
    return folded([*trail, *earlier])


def _named(entry: AuditEntry, ref: str) -> str:
    """The entry's line; on the thread of another record it says which one it is about."""
    line = plain_line(entry.verb, entry.line)
    if entry.subject_ref == ref or entry.subject_ref in line:
        return line
    return f"{entry.subject_ref}: {line[:1].lower()}{line[1:]}"


def _happened(on: date, line: str, person: Person | None) -> Happening:
    return Happening(on, line, person.name if person else "")


def _stages(review: Review) -> list[Happening]:
    return [
        _happened(row.reached_on, f"{review.ref} reached the stage “{row.stage.label}”", row.recorded_by)
        for row in review.stages
        if row.withdrawn_on is None
    ]


def _lessons(lessons: Iterable[Lesson]) -> list[Happening]:
    told = []
    for lesson in lessons:
        if lesson.withdrawn_on is not None:
            continue
        if lesson.cleared_on is not None:
            told.append(_happened(lesson.cleared_on, f"{lesson.ref} cleared for sharing", lesson.cleared_by))
        if lesson.published_on is not None:
            told.append(_happened(lesson.published_on, f"{lesson.ref} published", None))
    return told


def _responses(review: Review) -> list[Happening]:
    return [
        _happened(each.responded_on, f"{each.ref}: {each.response_label.lower()}", each.responded_by)
        for each in review.recommendations
        if each.responded_on is not None and each.withdrawn_on is None
    ]


_STEP_WORDS = {
    Move.AGREE: "agreed",
    Move.START: "started",
    Move.SEND_FOR_SIGN_OFF: "sent for sign-off",
    Move.RETURN_TO_OWNER: "returned",
    Move.ACCEPT: "signed off",
    Move.ACCEPT_IN_PART: "accepted in part",
    Move.CONFIRM_IMPACT: "impact confirmed",
    Move.HOLD: "put on hold",
    Move.RESUME: "resumed",
    Move.ESCALATE: "escalated outside the partnership",
    Move.BRING_BACK: "brought back",
    Move.SUPERSEDE: "superseded",
    Move.CLOSE_NOT_IMPLEMENTED: "closed without being implemented",
    Move.REOPEN: "reopened",
    Move.WITHDRAW: "withdrawn",
}


def _of_action(action: Action) -> list[Happening]:
    ref = action.ref
    told = [_happened(action.created_on, f"{ref} added", None)]
    told += [
        _happened(step.taken_on, f"{ref} {_STEP_WORDS[Move(step.move)]}", step.taken_by)
        for step in action.steps
    ]
    told += [_happened(each.written_on, f"{ref} updated", each.written_by) for each in action.updates]
    for request in action.extension_requests:
        until = date_short(request.new_due_on)
        line = f"{ref}: more time asked for, until {until}"
        told.append(_happened(request.asked_on, line, request.asked_by))
        if request.decided_on is not None:
            line = f"{ref}: more time {request.decision}"
            told.append(_happened(request.decided_on, line, request.decided_by))
    return told
