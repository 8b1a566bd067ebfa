"""The thread of an action: what is to be done, why, by whom, what happened so far and what comes next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.accounts.guard import may, person
from app.accounts.models import Person
from app.actions import deciders
from app.actions import queries as actions
from app.actions.models import Action, Evidence
from app.actions.queries import LessonsShown
from app.actions.rules.brag import OwnerView, reason
from app.actions.rules.date_changes import Cause, Reason
from app.actions.rules.impact import STATED_WHILE
from app.actions.rules.lifecycle import CLOSED, Move, Status
from app.actions.rules.sign_off import decide_by
from app.actions.standing import standing_of
from app.core.clock import today
from app.core.filters import date_long, days_late, plural
from app.core.holidays import working_days
from app.outbox.models import State
from app.reminders.models import Nudge, Reminder
from app.reminders.queries import nudges_of
from app.reminders.rules import Tier
from app.reports import happenings, links
from app.reports.briefed import Told, briefings_of
from app.reports.course_part import CoursePart, course_part, matters_of_course, owed_acknowledgement
from app.reports.impact_part import (
    ChallengesPart,
    Clock,
    ImpactPart,
    SlipPart,
    challenges_part,
    impact_part,
    sign_off_clock,
    slip_part,
)
from app.reports.matters import (
    accepted,
    decider_of,
    matters_of,
    names,
    slip,
    with_new_evidence,
)
from app.reports.rules import (
    VERBS,
    Chances,
    Happening,
    Mark,
    Step,
    Waiting,
    band,
    next_steps,
    rung_in_words,
    waiting_on,
)


@dataclass(frozen=True)
class ReminderRow:
    """A reminder as the page tells it."""

    reminder: Reminder
    to: str
    why: str
    state: str
    is_loud: bool


@dataclass(frozen=True)
class ActionThread:
    """Everything the page of an action says."""

    action: Action
    above: LessonsShown
    #: The issues of the briefing that each lesson above it went out in, by its reference.
    briefed: Mapping[str, Sequence[Told]]
    #: The issues that told of the action itself.
    told: Sequence[Told]
    may_open_source: bool
    late: str
    slip: int
    colour_reason: str
    owner_view: str
    #: The main step, then the quiet ones, in words with their addresses; none where it is another's turn.
    steps: Sequence[tuple[str, str]]
    #: What the person is told where the next step is not theirs.
    whose_turn: str
    band: Sequence[Step]
    waiting: Sequence[Waiting]
    evidence: Sequence[Evidence]
    withdrawn_evidence: Sequence[Evidence]
    reminders: Sequence[ReminderRow]
    #: What the owner was asked by hand, newest first.
    nudges: Sequence[Nudge]
    #: Whether the person may ask the owner, which nobody asks themselves.
    may_ask: bool
    timeline: Sequence[Happening]
    views: dict[str, str]
    reasons: dict[str, str]
    deciders: dict[str, str]
    causes: dict[str, str]
    course: CoursePart
    moved: SlipPart
    impact: ImpactPart
    challenges: ChallengesPart
    #: The group's own clock, while a sign-off waits.
    clock: Clock | None


def action_thread(action: Action) -> ActionThread:
    """Put the page together for the person signed in. Expects what ``queries.action_thread`` loads."""
    on, facts = today(), person().facts
    steps = next_steps(_chances(action, on))
    above = actions.lessons_shown(action, facts)
    briefings = briefings_of(above.lessons, [action])
    return ActionThread(
        action=action,
        above=above,
        briefed={lesson.ref: briefings.of_lesson(lesson) for lesson in above.lessons},
        told=briefings.of_action(action),
        may_open_source=may(action.source.read_verb, action.source),
        late=days_late(action.due_on, on) if action.is_open else "",
        slip=slip(action),
        colour_reason=_colour_reason(action, on),
        owner_view=OwnerView(action.owner_view).label if action.owner_view else "",
        steps=[links.step(action, step) for step in steps],
        whose_turn="" if steps else _whose_turn(action, on),
        band=band(_marks(action, on), on),
        waiting=waiting_on(
            [*matters_of(action, facts, on), *matters_of_course(action, facts, on)], on, working_days()
        ),
        evidence=action.evidence_standing,
        withdrawn_evidence=[piece for piece in action.evidence if piece.withdrawn_on is not None],
        reminders=[_reminder_row(reminder) for reminder in reversed(action.reminders)],
        nudges=nudges_of(action.ref),
        may_ask=action.is_open and may("action.nudge", action) and action.owner_id != person().id,
        timeline=happenings.of_action(action, with_reads=may("audit.see_reads")),
        views={view.value: view.label for view in OwnerView},
        reasons={code.value: code.label for code in Reason},
        deciders={request.ref: decider_of(request, facts)[0] for request in action.extension_requests},
        causes={cause.value: cause.label for cause in Cause},
        course=course_part(action, on),
        moved=slip_part(action),
        impact=impact_part(action),
        challenges=challenges_part(action),
        clock=sign_off_clock(action),
    )


def _colour_reason(action: Action, on: date) -> str:
    """Why it has its colour; what every agency returns its part of has the worst colour of the parts."""
    if action.is_all_agency and action.is_open:
        count = sum(letter == action.colour for letter in actions.colours_of_returns(action))
        if count:
            return f"The worst colour of its parts, that of {plural(count, 'part')}"
    return reason(standing_of(action), actions.thresholds(on), on)


def _chances(action: Action, on: date) -> Chances:
    return Chances(
        status=Status(action.status),
        may=frozenset(verb for verb in set(VERBS.values()) if may(verb, action)),
        has_new_evidence=with_new_evidence(action),
        has_waiting_extension=action.waiting_extension is not None,
        is_said_not_for_us=action.waiting_not_for_us is not None,
        has_waiting_impact=action.waiting_impact is not None,
        owes_acknowledgement=owed_acknowledgement(action, on) is not None,
        is_theirs=action.owner_id in {person().id, *person().facts.deputises_for},
        is_nobodys=action.owner is None or not action.owner.active,
    )


def _whose_turn(action: Action, on: date) -> str:
    """Who takes the next step, in a sentence, for those who only read."""
    status = Status(action.status)
    if status is Status.DRAFT:
        return f"{action.group.name} has not agreed this action yet."
    if status is Status.SUBMITTED:
        by = decide_by(action.submitted_on) if action.submitted_on else None
        return (
            f"{_names(deciders.of_sign_off(action))} decides the sign-off for {action.group.name}"
            f"{f', by {date_long(by)}' if by else ''}. "
            "Nobody decides about an action of their own, or of their agency."
        )
    if status in STATED_WHILE and action.waiting_impact is not None:
        return f"{_names(deciders.of_course(action))} confirms the difference that is stated, or returns it."
    look = action.next_look
    if status in CLOSED and look is not None:
        if look.due_on < on:
            was_due = f"was due on {date_long(look.due_on)}, {days_late(look.due_on, on)}"
            return f"The work is done. A look at what difference it made {was_due}."
        return f"The work is done. By {date_long(look.due_on)} somebody looks at what difference it made."
    if status in CLOSED:
        return f"Nothing more is owed. The action is “{action.status_label}”."
    if action.is_open and (action.owner is None or not action.owner.active):
        whose = f"{action.owner.name} has left." if action.owner else "Nobody has it now."
        giving = f"The lead of {action.agency.short_name} or the board manager gives it to somebody."
        return f"{whose} {giving}"
    if action.is_open:
        whom = action.owner.name if action.owner else action.owner_role or "The owner"
        return f"{whom} does this for {action.agency.short_name}, and updates it here."
    return f"Nothing is owed while it is “{action.status_label.lower()}”."


def _names(people: Sequence[Person]) -> str:
    return names(people) if people else "The independent chair"


#: What was decided of work that was sent, as the band says it.
_DECIDED = {"accepted": "Signed off", "accepted_in_part": "Accepted in part", "returned": "Returned"}


def _marks(action: Action, on: date) -> list[Mark]:
    """What the band of an action passes: added, agreed, due, sent for sign-off, signed off."""
    marks = [Mark("Added", action.created_on), Mark("Agreed", action.agreed_on)]
    if action.first_due_on is not None and action.first_due_on != action.due_on:
        marks.append(Mark("First due", action.first_due_on))
    late = days_late(action.due_on, on) if action.is_open else ""
    if action.due_on is not None:
        marks.append(Mark("Due", action.due_on, late, is_missed=bool(late)))
    last = action.sign_offs[-1] if action.sign_offs else None
    signed_off = accepted(action)
    if signed_off is not None:
        marks.append(Mark("Sent for sign-off", signed_off.sent_on))
        return _until(signed_off.decided_on, marks, "Signed off")
    if Status(action.status) in CLOSED:
        return _until(action.closed_on, marks, action.status_label)
    if last is not None and last.decision is not None:
        marks.append(Mark(_DECIDED[last.decision], last.decided_on))
    again = [step.taken_on for step in action.steps if step.move == Move.REOPEN]
    if again:
        marks.append(Mark("Reopened", max(again)))
    sent_on = action.waiting_sign_off.sent_on if action.waiting_sign_off else None
    return [*marks, Mark("Sent for sign-off", sent_on), Mark("Signed off")]


def _until(end: date | None, marks: Sequence[Mark], name: str) -> list[Mark]:
    """The marks of a way that has ended: what it never came to is left out."""
    return [*(mark for mark in marks if mark.on and (end is None or mark.on <= end)), Mark(name, end)]


TIER_LABELS = {
    Tier.OWNER: "the owner",
    Tier.DEPUTY: "the deputy",
    Tier.AGENCY_LEAD: "the agency's lead",
    Tier.BOARD_MEMBER: "the agency's board member",
    Tier.GROUP_CHAIR: "the sub-group's chair",
    Tier.INDEPENDENT_CHAIR: "the independent chair",
    Tier.BOARD_MANAGER: "the board manager",
}

#: What became of a message, in words, and whether somebody should look into it.
_MESSAGE_WORDS = {
    State.QUEUED: ("Waiting to be sent", False),
    State.SENDING: ("Being sent", False),
    State.SENT: ("Sent", False),
    State.FAILED: ("Not delivered", True),
    State.UNCERTAIN: ("May not have arrived", True),
    State.CANCELLED: ("Not sent", False),
}


def _reminder_row(reminder: Reminder) -> ReminderRow:
    tier = TIER_LABELS[Tier(reminder.tier)]
    to = f"the board manager, in place of {tier}" if reminder.stands_in else tier
    state, is_loud = _MESSAGE_WORDS[State(reminder.message.state)]
    if reminder.taken_out_at is not None:
        state, is_loud = "Taken out: no longer true", False
    return ReminderRow(reminder, to, rung_in_words(reminder.rung), state, is_loud)
