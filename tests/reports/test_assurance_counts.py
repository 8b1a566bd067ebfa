"""What counts as finished in the assurance by agency."""

from datetime import timedelta

from flask import Flask

from app.accounts.queries import person_by_ref
from app.actions import operations
from app.actions.models import Action
from app.actions.rules import Decision
from app.core.clock import today
from app.core.report_year import report_year_of
from app.reports.queries import Scope
from app.reports.queries.assurance import agency_counts
from tests.actions.support import a_submitted_action, acting, set_day
from tests.support.world import DAY


def _closed(action: Action) -> int:
    scope = Scope(person_by_ref("board.manager").facts)
    return agency_counts(scope, today(), report_year_of(DAY))[action.agency_id].closed


def _accepted() -> Action:
    action = a_submitted_action()
    with acting("scr.chair"):
        operations.decide_sign_off(action=action, decision=Decision.ACCEPTED, meeting_on=today())
    return action


def _reopen(action: Action) -> None:
    operations.reopen(
        action=action,
        reason="One ward was left out.",
        agency=action.agency,
        owner=person_by_ref("homerton.owner"),
        new_due_on=DAY + timedelta(days=30),
    )


def test_what_was_reopened_and_accepted_again_is_finished_once(world: Flask) -> None:
    action = _accepted()
    assert _closed(action) == 1
    with acting("scr.chair"):
        _reopen(action)
        assert _closed(action) == 0
    with acting("homerton.owner"):
        operations.send_for_sign_off(action=action, what_is_different="Now every ward has it.")
    with acting("scr.chair"):
        operations.decide_sign_off(action=action, decision=Decision.ACCEPTED, meeting_on=DAY)
    assert _closed(action) == 1


def test_what_was_reopened_and_not_implemented_in_the_end_was_not_finished(world: Flask) -> None:
    set_day(DAY - timedelta(days=1))
    action = _accepted()
    set_day(DAY)
    with acting("scr.chair"):
        _reopen(action)
        operations.close_not_implemented(action=action, reason="There is no money.", decided_on=DAY)
    assert _closed(action) == 0


def test_a_years_figures_stay_when_something_is_reopened_in_the_next(world: Flask) -> None:
    action = _accepted()
    set_day(DAY + timedelta(days=1))
    with acting("scr.chair"):
        _reopen(action)
    assert _closed(action) == 1
