"""What the page of an action says of its impact, of challenges about it, and of how it slipped."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.accounts.guard import may, person
from app.accounts.policy import ExtensionDecider
from app.actions.challenges import queries as challenges
from app.actions.challenges.rules import EntryKind, Outcome
from app.actions.models import Action, Challenge, DateChange, ImpactLook, ImpactStatement
from app.actions.queries.escalated import Ask, reached_on
from app.actions.rules.date_changes import DECIDER_LABELS, Cause, Reason, total_slip
from app.actions.rules.impact import STATED_WHILE, Level
from app.actions.rules.lifecycle import Status
from app.actions.rules.sign_off import Decision, decide_by
from app.core.clock import today
from app.core.filters import days_late
from app.core.holidays import working_days


@dataclass(frozen=True)
class Revision:
    """One change of the due date: by how much, why, and who approved it."""

    change: DateChange
    days: int
    why: str
    #: Who approved it: the person's name, and as whom where a tier decided.
    approved_by: str


@dataclass(frozen=True)
class SlipPart:
    """How the due date moved since it was first agreed."""

    first_due_on: date | None
    due_on: date | None
    total_days: int
    revisions: Sequence[Revision]


@dataclass(frozen=True)
class ImpactPart:
    """What difference it made, what waits, and what is still to be looked at."""

    is_shown: bool
    statements: Sequence[ImpactStatement]
    looks: Sequence[tuple[ImpactLook, str]]
    levels: Sequence[Level]
    waiting: ImpactStatement | None
    may_state: bool
    may_confirm: bool


@dataclass(frozen=True)
class ChallengesPart:
    """Challenges about the action, and the letter that may be written."""

    challenges: Sequence[Challenge]
    may_raise: bool
    #: Since when the ladder has been at its end; null while it is not.
    letter_since: date | None
    agenda_since: date | None
    entry_labels: dict[str, str]
    outcome_labels: dict[str, str]


@dataclass(frozen=True)
class Clock:
    """The group's own clock about a sign-off that waits."""

    decide_by: date
    #: How late the decision is, in words; empty while it is not.
    late: str


def slip_part(action: Action) -> SlipPart:
    """How the due date moved: each revision with who approved it, and by how much in all."""
    first, due = action.first_due_on, action.due_on
    return SlipPart(
        first_due_on=first,
        due_on=due,
        total_days=total_slip(first, due) if first and due else 0,
        revisions=[_revision(action, change) for change in action.date_changes],
    )


def impact_part(action: Action) -> ImpactPart:
    """What difference it made, for the person signed in."""
    on, calendar = today(), working_days()
    closed = Status(action.status) in STATED_WHILE
    waiting = action.waiting_impact
    return ImpactPart(
        is_shown=closed or bool(action.impact_statements),
        statements=list(reversed(action.impact_statements)),
        looks=[
            (look, days_late(look.due_on, on, calendar) if look.is_open else "")
            for look in action.impact_looks
        ],
        levels=list(Level),
        waiting=waiting,
        may_state=closed and waiting is None and may("action.show_impact", action),
        may_confirm=closed and waiting is not None and may("action.confirm_impact", action),
    )


def challenges_part(action: Action) -> ChallengesPart:
    """Challenges about the action that the person may read."""
    may_raise = may("challenge.change", action)
    return ChallengesPart(
        challenges=challenges.of_action(action, person().facts),
        may_raise=may_raise,
        letter_since=reached_on(action, Ask.RISK_PROMPT) if may_raise else None,
        agenda_since=reached_on(action, Ask.AGENDA_ITEM),
        entry_labels={kind.value: kind.label for kind in EntryKind},
        outcome_labels={outcome.value: outcome.label for outcome in Outcome},
    )


def sign_off_clock(action: Action) -> Clock | None:
    """By when the group decides, and how late it is; None while nothing waits for it."""
    if Status(action.status) is not Status.SUBMITTED or action.submitted_on is None:
        return None
    by = decide_by(action.submitted_on)
    return Clock(by, days_late(by, today(), working_days()))


def _revision(action: Action, change: DateChange) -> Revision:
    return Revision(
        change=change,
        days=(change.to_on - change.from_on).days,
        why=_why(change),
        approved_by=_approver(action, change),
    )


def _why(change: DateChange) -> str:
    """The cause, and the coded reason where it says more than the cause."""
    label = Cause(change.cause).label
    return label if change.reason_code == change.cause else f"{label}: {_reason(change.reason_code)}"


def _reason(code: str) -> str:
    known: dict[str, str] = {each.value: each.label for each in (*Reason, *Decision, *Cause)}
    return known.get(code, code).lower()


def _approver(action: Action, change: DateChange) -> str:
    """Who approved a change: by name, and as which tier where it was more time that was asked for."""
    name = change.decided_by.name if change.decided_by else "Not recorded"
    granted = next(
        (
            request
            for request in action.extension_requests
            if request.decision == "granted"
            and (request.new_due_on, request.decided_on) == (change.to_on, change.decided_on)
        ),
        None,
    )
    if granted is None or change.cause != Cause.EXTENSION:
        return name
    return f"{name}, as {DECIDER_LABELS[ExtensionDecider(granted.decider)].lower()}"
