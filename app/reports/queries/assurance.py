"""How each agency stands: what it owes, what it finished in a year, and how far its dates have moved.

Unlike a home, this reads every action of the scope; it is a page for a meeting, not for every morning.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from app.accounts.models import Agency
from app.actions.models import Action, ActionStep, SignOff
from app.actions.rules.lifecycle import Move
from app.actions.rules.sign_off import Decision
from app.core.database import current_session
from app.core.report_year import ReportYear
from app.reports.queries.homes import Scope


@dataclass
class AgencyCounts:
    """What is counted of one agency. The slips are those of its open actions, in days."""

    open: int = 0
    late: int = 0
    extensions: int = 0
    oldest_first_due_on: date | None = None
    slips: list[int] = field(default_factory=list)
    #: Of the year: what was signed off, and of that what was sent by the first date and by the present one.
    closed: int = 0
    on_time: int = 0
    on_time_present: int = 0


def agency_counts(scope: Scope, on: date, year: ReportYear) -> Mapping[int, AgencyCounts]:
    """The counts by the row number of the agency; agencies that never owed anything are left out."""
    found: dict[int, AgencyCounts] = defaultdict(AgencyCounts)
    session = current_session()
    for agency_id, is_open, late, extensions, oldest in session.execute(_owed(scope, on)):
        counts = found[agency_id]
        counts.open, counts.late, counts.extensions = is_open, late or 0, extensions or 0
        counts.oldest_first_due_on = oldest
    for agency_id, first_due_on, due_on in session.execute(_moved(scope)):
        found[agency_id].slips.append((due_on - first_due_on).days)
    for agency_id, sent_on, first_due_on, due_on in session.execute(_finished(scope, year)):
        counts = found[agency_id]
        counts.closed += 1
        counts.on_time += sent_on <= first_due_on
        counts.on_time_present += sent_on <= due_on
    return found


def agencies_with(ids: Sequence[int]) -> Sequence[Agency]:
    """The agencies with these row numbers, by name."""
    statement = select(Agency).where(Agency.id.in_(ids)).order_by(Agency.name, Agency.id)
    return current_session().scalars(statement).all()


def _owed(scope: Scope, on: date) -> Any:
    return (
        select(
            Action.agency_id,
            func.count(),
            func.sum(case((Action.sort_due_on < on, 1), else_=0)),
            func.sum(Action.extension_count),
            func.min(Action.first_due_on),
        )
        .where(*scope.of_actions(), Action.is_open)
        .group_by(Action.agency_id)
    )


def _moved(scope: Scope) -> Any:
    """The open actions whose date is another than the first; those that never moved need not be read."""
    return select(Action.agency_id, Action.first_due_on, Action.due_on).where(
        *scope.of_actions(), Action.is_open, Action.due_on != Action.first_due_on
    )


def _finished(scope: Scope, year: ReportYear) -> Any:
    """What was accepted in the year, with the day it was sent: waiting for the decision is not counted.

    Once for each action, and only what stood as finished when the year ended.
    """
    later, last_day = aliased(SignOff), year.last_day
    again = exists().where(
        later.action_id == SignOff.action_id,
        later.id > SignOff.id,
        later.decision == Decision.ACCEPTED,
        later.decided_on <= last_day,
    )
    at_once = and_(ActionStep.taken_on == SignOff.decided_on, Action.closed_on.is_(None))
    reopened = exists().where(
        ActionStep.action_id == SignOff.action_id,
        ActionStep.move == Move.REOPEN,
        ActionStep.taken_on <= last_day,
        or_(ActionStep.taken_on > SignOff.decided_on, at_once),
    )
    return (
        select(Action.agency_id, SignOff.sent_on, Action.first_due_on, Action.due_on)
        .join(SignOff.action)
        .where(
            *scope.of_actions(),
            SignOff.decision == Decision.ACCEPTED,
            SignOff.decided_on.between(year.first_day, last_day),
            ~again,
            ~reopened,
        )
    )
