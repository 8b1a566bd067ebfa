"""The life of an action: its states, the moves between them, and what each move asks for.

``TRANSITIONS`` is the whole of it; everything else here reads that table.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.core.errors import RuleBroken
from app.core.filters import date_long

#: How many years ahead a date may be promised. Plans of a partnership reach three to five years; what lies
#: further off is a slip of the keyboard, such as 2071 for 2017, and nobody would ever be reminded of it.
MOST_YEARS_AHEAD = 10


class Status(StrEnum):
    """Where an action stands."""

    DRAFT = "draft"
    AGREED = "agreed"
    IN_PROGRESS = "in_progress"
    SUBMITTED = "submitted"
    COMPLETE = "complete"
    IMPACT_CONFIRMED = "impact_confirmed"
    ON_HOLD = "on_hold"
    ESCALATED = "escalated"
    SUPERSEDED = "superseded"
    NOT_IMPLEMENTED = "not_implemented"
    REOPENED = "reopened"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """The state as screens and reports write it."""
        return _STATUS_LABELS[self]


_STATUS_LABELS = {
    Status.DRAFT: "Draft",
    Status.AGREED: "Agreed",
    Status.IN_PROGRESS: "In progress",
    Status.SUBMITTED: "Submitted for sign-off",
    Status.COMPLETE: "Closed: complete",
    Status.IMPACT_CONFIRMED: "Impact confirmed",
    Status.ON_HOLD: "On hold",
    Status.ESCALATED: "Escalated externally",
    Status.SUPERSEDED: "Superseded",
    Status.NOT_IMPLEMENTED: "Closed: not implemented",
    Status.REOPENED: "Reopened",
    Status.WITHDRAWN: "Withdrawn",
}

#: The owner owes the work.
OPEN = frozenset({Status.AGREED, Status.IN_PROGRESS, Status.REOPENED})
#: The owner has done their part and the sub-group owes a decision.
AWAITING = frozenset({Status.SUBMITTED})
#: Nobody owes anything until the review date.
PAUSED = frozenset({Status.ON_HOLD, Status.ESCALATED})
#: Nothing more is owed; the record is read-only.
CLOSED = frozenset(
    {
        Status.COMPLETE,
        Status.IMPACT_CONFIRMED,
        Status.SUPERSEDED,
        Status.NOT_IMPLEMENTED,
        Status.WITHDRAWN,
    }
)
#: The reminder ladder counts from the due date.
CHASED = OPEN


class Move(StrEnum):
    """What a person can do that changes where an action stands."""

    AGREE = "agree"
    START = "start"
    SEND_FOR_SIGN_OFF = "send_for_sign_off"
    RETURN_TO_OWNER = "return_to_owner"
    ACCEPT = "accept"
    ACCEPT_IN_PART = "accept_in_part"
    CONFIRM_IMPACT = "confirm_impact"
    HOLD = "hold"
    RESUME = "resume"
    ESCALATE = "escalate"
    BRING_BACK = "bring_back"
    SUPERSEDE = "supersede"
    CLOSE_NOT_IMPLEMENTED = "close_not_implemented"
    REOPEN = "reopen"
    WITHDRAW = "withdraw"

    @property
    def label(self) -> str:
        """The words of the button."""
        return _MOVE_LABELS[self]


_MOVE_LABELS = {
    Move.AGREE: "Agree",
    Move.START: "Start",
    Move.SEND_FOR_SIGN_OFF: "Send for sign-off",
    Move.RETURN_TO_OWNER: "Return",
    Move.ACCEPT: "Accept",
    Move.ACCEPT_IN_PART: "Accept in part",
    Move.CONFIRM_IMPACT: "Confirm impact",
    Move.HOLD: "Put on hold",
    Move.RESUME: "Resume",
    Move.ESCALATE: "Escalate externally",
    Move.BRING_BACK: "Bring back",
    Move.SUPERSEDE: "Mark as superseded",
    Move.CLOSE_NOT_IMPLEMENTED: "Close as not implemented",
    Move.REOPEN: "Reopen",
    Move.WITHDRAW: "Withdraw",
}


class Need(StrEnum):
    """What a move asks for."""

    LEAD_AGENCY = "lead_agency"
    OWNER = "owner"
    DUE_DATE = "due_date"
    REASON = "reason"
    EVIDENCE = "evidence"
    WHAT_IS_DIFFERENT = "what_is_different"
    NEW_DATE = "new_date"
    REVIEW_DATE = "review_date"
    DECISION_DATE = "decision_date"
    IMPACT = "impact"
    CHAIR = "chair"
    ANOTHER_PERSON = "another_person"


@dataclass(frozen=True)
class Transition:
    """One line of the table: from this state this move leads to that one, for these needs."""

    move: Move
    frm: Status
    to: Status
    needs: tuple[Need, ...] = ()


# Whoever stops, moves or ends the owner's clock decides for the owner, so somebody else must do it.
_DECIDED = (Need.DECISION_DATE, Need.ANOTHER_PERSON)
_AGREED = (Need.LEAD_AGENCY, Need.OWNER, Need.DUE_DATE)
_SENT = (Need.EVIDENCE, Need.WHAT_IS_DIFFERENT)
_AGAIN = (Need.REASON, Need.NEW_DATE, *_DECIDED)
_PARKED = (Need.REASON, Need.REVIEW_DATE, Need.ANOTHER_PERSON)
_RESUMED = (Need.NEW_DATE, Need.ANOTHER_PERSON)
_SET_ASIDE = (Need.REASON, Need.ANOTHER_PERSON)
_ENDED = (Need.REASON, Need.DECISION_DATE, Need.CHAIR, Need.ANOTHER_PERSON)
# The owner and agency are asked again: they may have gone since, or never have been named.
_REOPENED = (Need.REASON, Need.LEAD_AGENCY, Need.OWNER, Need.NEW_DATE)

TRANSITIONS = (
    # The main line.
    Transition(Move.AGREE, Status.DRAFT, Status.AGREED, _AGREED),
    Transition(Move.START, Status.AGREED, Status.IN_PROGRESS),
    Transition(Move.START, Status.REOPENED, Status.IN_PROGRESS),
    Transition(Move.SEND_FOR_SIGN_OFF, Status.AGREED, Status.SUBMITTED, _SENT),
    Transition(Move.SEND_FOR_SIGN_OFF, Status.IN_PROGRESS, Status.SUBMITTED, _SENT),
    Transition(Move.SEND_FOR_SIGN_OFF, Status.REOPENED, Status.SUBMITTED, _SENT),
    # The decision. Work accepted in part is recorded, but the action is not closed.
    Transition(Move.ACCEPT, Status.SUBMITTED, Status.COMPLETE, (Need.EVIDENCE, *_DECIDED)),
    Transition(Move.ACCEPT_IN_PART, Status.SUBMITTED, Status.IN_PROGRESS, _AGAIN),
    Transition(Move.RETURN_TO_OWNER, Status.SUBMITTED, Status.IN_PROGRESS, _AGAIN),
    Transition(Move.CONFIRM_IMPACT, Status.COMPLETE, Status.IMPACT_CONFIRMED, (Need.IMPACT, *_DECIDED)),
    # Waiting, with a date on which somebody looks again.
    Transition(Move.HOLD, Status.AGREED, Status.ON_HOLD, _PARKED),
    Transition(Move.HOLD, Status.IN_PROGRESS, Status.ON_HOLD, _PARKED),
    Transition(Move.HOLD, Status.REOPENED, Status.ON_HOLD, _PARKED),
    Transition(Move.RESUME, Status.ON_HOLD, Status.IN_PROGRESS, _RESUMED),
    Transition(Move.ESCALATE, Status.AGREED, Status.ESCALATED, _PARKED),
    Transition(Move.ESCALATE, Status.IN_PROGRESS, Status.ESCALATED, _PARKED),
    Transition(Move.ESCALATE, Status.ON_HOLD, Status.ESCALATED, _PARKED),
    Transition(Move.ESCALATE, Status.REOPENED, Status.ESCALATED, _PARKED),
    Transition(Move.BRING_BACK, Status.ESCALATED, Status.IN_PROGRESS, _RESUMED),
    # Ended without being done: another action takes its place, the sub-group's chair decides against it,
    # or it should not have been recorded. A draft was never promised, so it is only withdrawn.
    Transition(Move.SUPERSEDE, Status.AGREED, Status.SUPERSEDED, _SET_ASIDE),
    Transition(Move.SUPERSEDE, Status.IN_PROGRESS, Status.SUPERSEDED, _SET_ASIDE),
    Transition(Move.SUPERSEDE, Status.SUBMITTED, Status.SUPERSEDED, _SET_ASIDE),
    Transition(Move.SUPERSEDE, Status.ON_HOLD, Status.SUPERSEDED, _SET_ASIDE),
    Transition(Move.SUPERSEDE, Status.ESCALATED, Status.SUPERSEDED, _SET_ASIDE),
    Transition(Move.SUPERSEDE, Status.REOPENED, Status.SUPERSEDED, _SET_ASIDE),
    Transition(Move.CLOSE_NOT_IMPLEMENTED, Status.AGREED, Status.NOT_IMPLEMENTED, _ENDED),
    Transition(Move.CLOSE_NOT_IMPLEMENTED, Status.IN_PROGRESS, Status.NOT_IMPLEMENTED, _ENDED),
    Transition(Move.CLOSE_NOT_IMPLEMENTED, Status.SUBMITTED, Status.NOT_IMPLEMENTED, _ENDED),
    Transition(Move.CLOSE_NOT_IMPLEMENTED, Status.ON_HOLD, Status.NOT_IMPLEMENTED, _ENDED),
    Transition(Move.CLOSE_NOT_IMPLEMENTED, Status.ESCALATED, Status.NOT_IMPLEMENTED, _ENDED),
    Transition(Move.CLOSE_NOT_IMPLEMENTED, Status.REOPENED, Status.NOT_IMPLEMENTED, _ENDED),
    Transition(Move.WITHDRAW, Status.DRAFT, Status.WITHDRAWN, (Need.REASON,)),
    Transition(Move.WITHDRAW, Status.AGREED, Status.WITHDRAWN, _SET_ASIDE),
    Transition(Move.WITHDRAW, Status.IN_PROGRESS, Status.WITHDRAWN, _SET_ASIDE),
    Transition(Move.WITHDRAW, Status.SUBMITTED, Status.WITHDRAWN, _SET_ASIDE),
    Transition(Move.WITHDRAW, Status.ON_HOLD, Status.WITHDRAWN, _SET_ASIDE),
    Transition(Move.WITHDRAW, Status.ESCALATED, Status.WITHDRAWN, _SET_ASIDE),
    Transition(Move.WITHDRAW, Status.REOPENED, Status.WITHDRAWN, _SET_ASIDE),
    # Nothing is closed for good. What was never agreed becomes agreed by being reopened.
    Transition(Move.REOPEN, Status.COMPLETE, Status.REOPENED, _REOPENED),
    Transition(Move.REOPEN, Status.IMPACT_CONFIRMED, Status.REOPENED, _REOPENED),
    Transition(Move.REOPEN, Status.SUPERSEDED, Status.REOPENED, _REOPENED),
    Transition(Move.REOPEN, Status.NOT_IMPLEMENTED, Status.REOPENED, _REOPENED),
    Transition(Move.REOPEN, Status.WITHDRAWN, Status.REOPENED, _REOPENED),
)

_TABLE = {(transition.frm, transition.move): transition for transition in TRANSITIONS}


class IllegalMove(RuleBroken, ValueError):
    """The move does not lead anywhere from the state the action is in."""


class RecordClosed(RuleBroken):
    """The record is closed, and closed records are read-only until they are reopened."""


class DateTooFar(RuleBroken):
    """The date lies so far ahead that its year must be a slip."""


def last_day_ahead(on: date) -> date:
    """The last day that may be promised on this one."""
    year = on.year + MOST_YEARS_AHEAD
    return date(year, 2, 28) if (on.month, on.day) == (2, 29) else on.replace(year=year)


def check_not_too_far(day: date | None, on: date, field: str) -> None:
    """Raise DateTooFar for a day that lies further ahead than anybody plans."""
    if day is not None and day > last_day_ahead(on):
        raise DateTooFar(_too_far(on), field)


def _too_far(on: date) -> str:
    return f"Check the year. The date must be {date_long(last_day_ahead(on))} or earlier"


def transition_for(status: Status, move: Move) -> Transition:
    """The line of the table for this move from this state.

    Raises IllegalMove, saying what can be done instead.
    """
    found = _TABLE.get((status, move))
    if found is None:
        choices = _either(f"‘{choice.label}’" for choice in moves_from(status))
        raise IllegalMove(
            f"‘{move.label}’ is not possible while an action is ‘{status.label}’. Possible now: {choices}."
        )
    return found


def next_status(status: Status, move: Move) -> Status:
    """Where the move leads. Raises IllegalMove."""
    return transition_for(status, move).to


def moves_from(status: Status) -> tuple[Move, ...]:
    """The moves possible from this state, in the order of the table."""
    return tuple(transition.move for transition in TRANSITIONS if transition.frm is status)


def check_not_closed(status: Status) -> None:
    """Raise RecordClosed when nothing may be added or changed any more."""
    if status in CLOSED:
        raise RecordClosed(f"This action is ‘{status.label}’ and cannot be changed. Reopen it first.")


@dataclass(frozen=True)
class Given:
    """What stands behind a move: on the record already, or on the form that asks for it.

    ``began_on`` is the day from which there was something to decide, where a decision is dated by hand.
    ``by_chair`` and ``by_another_person`` say that the acting person chairs the overseeing sub-group (or is
    the independent chair, standing in), and that the four-eyes rule lets them decide.
    """

    lead_agency: bool = False
    owner: bool = False
    due_on: date | None = None
    reason: str | None = None
    evidence_count: int = 0
    what_is_different: str | None = None
    new_due_on: date | None = None
    review_on: date | None = None
    decided_on: date | None = None
    began_on: date | None = None
    impact: str | None = None
    by_chair: bool = False
    by_another_person: bool = False


def unmet_needs(status: Status, move: Move, given: Given, *, on: date) -> tuple[RuleBroken, ...]:
    """Every need of the move that is not met on this day, each beside its field.

    Raises IllegalMove when the move is not possible at all.
    """
    needs = transition_for(status, move).needs
    found = (_unmet(need, given, on) for need in needs)
    return tuple(problem for problem in found if problem is not None)


def check_needs(status: Status, move: Move, given: Given, *, on: date) -> None:
    """Raise the first need of the move that is not met, or IllegalMove."""
    for problem in unmet_needs(status, move, given, on=on):
        raise problem


def _unmet(need: Need, given: Given, on: date) -> RuleBroken | None:
    field, met, sentence = _demand(need, given, on)
    return None if met else RuleBroken(sentence, field)


def _demand(need: Need, given: Given, on: date) -> tuple[str | None, bool, str]:
    """The form field of a need, whether it is met, and the sentence to show when it is not."""
    match need:
        case Need.LEAD_AGENCY:
            return "agency_id", given.lead_agency, "Choose the agency that leads on this action"
        case Need.OWNER:
            return "owner_id", given.owner, "Choose the person who owns this action"
        case Need.REASON:
            return "reason", _has_words(given.reason), "Give the reason"
        case Need.EVIDENCE:
            return "evidence", given.evidence_count > 0, "Add at least one piece of evidence"
        case Need.WHAT_IS_DIFFERENT:
            return "what_is_different", _has_words(given.what_is_different), "Say what is different now"
        case Need.IMPACT:
            return "impact", _has_words(given.impact), "Say what difference it made"
        case Need.CHAIR:
            return None, given.by_chair, "Only the chair of the sub-group that oversees it decides this"
        case Need.ANOTHER_PERSON:
            return None, given.by_another_person, "Somebody who does not answer for it decides this"
        case _:
            return _dated_demand(need, given, on)


def _dated_demand(need: Need, given: Given, on: date) -> tuple[str, bool, str]:
    """The same, for needs that are dates: promises lie ahead, decisions have been made."""
    if need is Need.DUE_DATE:
        met = given.due_on is not None and given.due_on >= on
        sentence = "Enter the date it is due, which must be today or later"
        return "due_on", *_within_reach(given.due_on, met, sentence, on)
    if need is Need.NEW_DATE:
        met = given.new_due_on is not None and given.new_due_on > on
        sentence = "Enter the new date, which must be after today"
        return "new_due_on", *_within_reach(given.new_due_on, met, sentence, on)
    if need is Need.REVIEW_DATE:
        met = given.review_on is not None and given.review_on > on
        sentence = "Enter the date to look at this again, which must be after today"
        return "review_on", *_within_reach(given.review_on, met, sentence, on)
    if given.decided_on is None or given.decided_on > on:
        return "decided_on", False, "Enter the date of the decision, which must be today or earlier"
    began_on = given.began_on or given.decided_on
    sentence = f"Enter the date of the decision, between {date_long(began_on)}, when it was agreed, and today"
    return "decided_on", began_on <= given.decided_on, sentence


def _within_reach(day: date | None, met: bool, sentence: str, on: date) -> tuple[bool, str]:
    """The same for a promise, which lies no further ahead than anybody plans."""
    if met and day is not None and day > last_day_ahead(on):
        return False, _too_far(on)
    return met, sentence


def _has_words(text: str | None) -> bool:
    return bool(text and text.strip())


def _either(choices: Iterable[str]) -> str:
    *others, last = choices
    return f"{', '.join(others)} or {last}" if others else last
