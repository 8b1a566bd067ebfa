"""Waiting with a date on which somebody looks again: on hold, or with a body outside the partnership."""

from datetime import date

from app.accounts.models import Agency
from app.actions import deciders
from app.actions.challenges.operations import open_escalation
from app.actions.models import Action, Challenge
from app.actions.operations.change import Change
from app.actions.rules.date_changes import CAUSE_OF_MOVE
from app.actions.rules.lifecycle import Given, Move, check_needs
from app.core.filters import date_long


def hold(*, action: Action, reason: str, review_on: date | None) -> Action:
    """Let nobody owe it until a day on which somebody looks again.

    Raises IllegalMove, NotAPerson, MayNotDecide, and RuleBroken for what is missing.
    """
    change = Change(action)
    _park(change, Move.HOLD, reason, review_on)
    change.finish(
        "action.hold",
        f"Put {action.ref} on hold until {date_long(review_on)}",
        after={"reason": reason.strip(), "review_on": review_on},
    )
    return change.action


def resume(*, action: Action, new_due_on: date | None, reason: str = "") -> Action:
    """Let it be owed again, by a new date or by the one it had where that still lies ahead.

    Raises IllegalMove, NotAPerson, MayNotDecide, and RuleBroken for what is missing.
    """
    return _go_on(action, Move.RESUME, new_due_on, reason)


def escalate(
    *,
    action: Action,
    reason: str,
    review_on: date | None,
    about: str,
    put_to: str,
    agency: Agency | None = None,
    answer_by_on: date | None = None,
) -> Challenge:
    """Put it to a body outside the partnership, open the log of that, and look again on a day.

    Raises IllegalMove, NotAPerson, MayNotDecide, WordsLacking, DayImpossible, and RuleBroken for what is
    missing.
    """
    change = Change(action)
    _park(change, Move.ESCALATE, reason, review_on)
    opened = open_escalation(
        action=change.action, about=about, put_to=put_to, agency=agency, answer_by_on=answer_by_on
    )
    change.finish(
        "action.escalate",
        f"Escalated {action.ref} outside the partnership, as {opened.ref}",
        after={"reason": reason.strip(), "review_on": review_on, "challenge": opened.ref},
    )
    return opened


def bring_back(*, action: Action, new_due_on: date | None, reason: str = "") -> Action:
    """Take it back from the body outside; its log stays open until its outcome is recorded.

    Raises IllegalMove, NotAPerson, MayNotDecide, and RuleBroken for what is missing.
    """
    return _go_on(action, Move.BRING_BACK, new_due_on, reason)


def _park(change: Change, move: Move, reason: str, review_on: date | None) -> None:
    change.check_possible(move)
    deciders.check_decides_course(change.person(), change.action)
    given = Given(reason=reason, review_on=review_on, by_another_person=True)
    check_needs(change.status, move, given, on=change.on)
    change.step(move, reason=reason.strip())
    change.action.review_on = review_on


def _go_on(action: Action, move: Move, new_due_on: date | None, reason: str) -> Action:
    change = Change(action)
    change.check_possible(move)
    deciders.check_decides_course(change.person(), change.action)
    given = Given(new_due_on=new_due_on, by_another_person=True)
    check_needs(change.status, move, given, on=change.on)
    change.step(move, reason=reason.strip())
    change.action.review_on = None
    cause = CAUSE_OF_MOVE[move]
    change.move_date(new_due_on, cause=cause, reason_code=cause, reason=reason.strip())
    change.finish(
        f"action.{move}",
        f"{'Resumed' if move is Move.RESUME else 'Brought back'} {action.ref}, due {date_long(new_due_on)}",
        after={"due_on": new_due_on, "reason": reason.strip()},
    )
    return change.action
