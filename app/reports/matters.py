"""What waits on whom about an action, and what became of it, in short sentences."""

from collections.abc import Sequence
from datetime import date

from app.accounts.models import Person
from app.accounts.policy import ExtensionDecider, PersonFacts, Role
from app.actions.deciders import of_extension
from app.actions.models import Action, ExtensionRequest, SignOff
from app.actions.rules.date_changes import DECIDER_LABELS, total_slip
from app.actions.rules.impact import STATED_WHILE
from app.actions.rules.lifecycle import Status
from app.core.filters import date_long, date_short, plural
from app.core.holidays import working_days
from app.outbox.models import State
from app.reports.rules import Matter, Reminded, reminded

_BLUE = frozenset({Status.COMPLETE, Status.IMPACT_CONFIRMED})


def matters_of(action: Action, person: PersonFacts, on: date) -> list[Matter]:
    """Everything that somebody has to do about the action before it can go on.

    A request for more time waits on whoever decides it, and meanwhile the action itself is still owed.
    While it is on hold nobody owes anything.
    """
    status = Status(action.status)
    group = action.group.name
    sits_there = action.group_id in person.member_of
    found = []
    if status is Status.DRAFT:
        found.append(Matter(group, action.created_on, "to agree the action", action.ref, sits_there))
    sign_off = action.waiting_sign_off if status is Status.SUBMITTED else None
    if sign_off is not None:
        found.append(Matter(group, sign_off.sent_on, "to decide the sign-off", action.ref, sits_there))
    if action.is_open and action.due_on is not None:
        found += _of_open(action, person, on)
    if status is Status.ESCALATED:
        since = max((step.taken_on for step in action.steps), default=action.created_on)
        whom = action.agency.short_name
        found.append(Matter(whom, since, "outside the partnership", action.ref, _is_of(person, action)))
    if status in STATED_WHILE:
        found += _of_the_difference(action, person, on)
    return found


def _of_the_difference(action: Action, person: PersonFacts, on: date) -> list[Matter]:
    """What the group has to confirm, and a look that is due."""
    found = []
    stated, look = action.waiting_impact, action.next_look
    if stated is not None:
        sits_there = action.group_id in person.member_of
        found.append(
            Matter(action.group.name, stated.stated_on, "to confirm the impact", action.ref, sits_there)
        )
    if look is not None and look.due_on <= on:
        whom, is_us = action.agency.short_name, _is_of(person, action)
        what = "a look at the difference it made was due"
        found.append(Matter(whom, look.due_on, what, action.ref, is_us, is_late=look.due_on < on))
    return found


def _of_open(action: Action, person: PersonFacts, on: date) -> list[Matter]:
    found = []
    request = action.waiting_extension
    if request is not None:
        whom, is_us = decider_of(request, person)
        found.append(Matter(whom, request.asked_on, "to decide on more time", action.ref, is_us))
    if action.due_on is not None and action.due_on < on:
        whom = action.agency.short_name
        is_us = _is_of(person, action)
        found.append(Matter(whom, action.due_on, "was due", action.ref, is_us, is_late=True))
    return found


def decider_of(request: ExtensionRequest, person: PersonFacts) -> tuple[str, bool]:
    """Who decides a request for more time, in words, and whether that is the person.

    Where everybody whom the tier names answers for the action, it is the independent chair.
    """
    action, decider = request.action, ExtensionDecider(request.decider)
    deciding = of_extension(action)
    if deciding and all(_is_independent_chair(each) for each in deciding):
        decider = ExtensionDecider.INDEPENDENT_CHAIR
    if decider is ExtensionDecider.GROUP_CHAIR:
        return action.group.name, action.group_id in person.member_of
    return DECIDER_LABELS[decider], any(each.id == person.id for each in deciding)


def _is_independent_chair(person: Person) -> bool:
    return any(assignment.role == Role.INDEPENDENT_CHAIR for assignment in person.assignments)


def _is_of(person: PersonFacts, action: Action) -> bool:
    own = {person.agency_id} | person.leads | person.board_member_for
    return action.owner_id == person.id or action.agency_id in own


def working_days_since(day: date, on: date) -> int:
    """How many working days have passed since a day."""
    return max(0, working_days().between(day, on))


def for_so_long(since: date, on: date) -> str:
    """For how long something has waited: "for 7 working days", or "since today"."""
    days = working_days_since(since, on)
    return f"for {plural(days, 'working day')}" if days else "since today"


def reminders_sent(action: Action) -> Reminded | None:
    """How often reminders about the action have gone out; what still waits in the outbox does not count."""
    return reminded(
        reminder.queued_on
        for reminder in action.reminders
        if reminder.taken_out_at is None and reminder.message.state in {State.SENT, State.UNCERTAIN}
    )


def became_of(action: Action, person: PersonFacts, on: date) -> list[str]:
    """What became of the action, in short sentences for its place under a lesson."""
    return [
        sentence
        for sentence in (
            _evidence(action),
            *_moved(action),
            _decided(action),
            _sent(action, on),
            _more_time(action, person, on),
            *_reminded(action),
        )
        if sentence
    ]


def _evidence(action: Action) -> str:
    count = len(action.evidence_standing)
    return f"{plural(count, 'piece')} of evidence" if count else ""


def _moved(action: Action) -> list[str]:
    if action.first_due_on is None or action.due_on is None or action.due_on == action.first_due_on:
        return []
    return [f"first due {date_short(action.first_due_on)}"]


def accepted(action: Action) -> SignOff | None:
    """The sign-off that closed the action; None while nothing has."""
    if Status(action.status) not in _BLUE:
        return None
    return next((each for each in reversed(action.sign_offs) if each.decision == "accepted"), None)


def _decided(action: Action) -> str:
    sign_off = accepted(action)
    if sign_off is not None:
        return f"signed off {date_short(sign_off.decided_on)}{_by(sign_off.decided_by, action)}"
    last = action.sign_offs[-1] if action.sign_offs else None
    if last is not None and action.is_open and last.decision in {"returned", "accepted_in_part"}:
        words = "returned" if last.decision == "returned" else "accepted in part"
        return f"{words} {date_short(last.decided_on)}{_by(last.decided_by, action)}"
    return ""


def _by(person: Person | None, action: Action) -> str:
    if person is None:
        return f", {action.group.name}"
    return f" by {person.name}, {action.group.name}"


def _sent(action: Action, on: date) -> str:
    sign_off = action.waiting_sign_off
    if sign_off is None or Status(action.status) is not Status.SUBMITTED:
        return ""
    waiting = _waiting(action.group.name, sign_off.sent_on, on)
    return f"sent for sign-off {date_short(sign_off.sent_on)}, {waiting}"


def _more_time(action: Action, person: PersonFacts, on: date) -> str:
    request = action.waiting_extension if action.is_open else None
    if request is None:
        return ""
    whom, _ = decider_of(request, person)
    return f"more time asked for {date_short(request.asked_on)}, {_waiting(whom, request.asked_on, on)}"


def _waiting(whom: str, since: date, on: date) -> str:
    return f"waiting on {whom} {for_so_long(since, on)}"


def _reminded(action: Action) -> list[str]:
    sent = reminders_sent(action)
    if sent is None:
        return []
    times = {1: "once", 2: "twice"}.get(sent.times, f"{sent.times} times")
    return [f"reminded {times}, last {date_long(sent.last_on)}"]


def with_new_evidence(action: Action) -> bool:
    """Whether there is proof that nobody has judged yet."""
    return any(
        not any(sign_off.decision and sign_off.stood_on(piece) for sign_off in action.sign_offs)
        for piece in action.evidence_standing
    )


def slip(action: Action) -> int:
    """By how many days the due date stands after the first one agreed."""
    if action.first_due_on is None or action.due_on is None:
        return 0
    return total_slip(action.first_due_on, action.due_on)


def names(things: Sequence[Person]) -> str:
    """Names in a sentence: "Ann, Ben or Carol"."""
    *others, last = [each.name for each in things] or ["nobody"]
    return f"{', '.join(others)} or {last}" if others else last
