"""Reminders of looks at what difference an action made, from when somebody has looked."""

from datetime import date

from flask import Flask

from app.actions import operations as actions
from app.actions.models import Action, ImpactLook
from app.actions.rules.impact import ImpactDecision, Level
from app.core.database import current_session
from app.outbox.models import State
from app.reminders import operations
from tests.actions.support import acting
from tests.reminders.support import FRIDAY, MONDAY, action, messages, queued

CLOSED = date(2016, 12, 31)


def _with_looks(*due_on: date) -> Action:
    """A complete action of which looks are owed; committed."""
    closed = action(CLOSED, status="complete", closed_on=CLOSED)
    current_session().add_all(
        ImpactLook(ref=f"{closed.ref}-K{months}", action=closed, closed_on=CLOSED, months=months, due_on=day)
        for months, day in zip((3, 6, 12), due_on, strict=False)
    )
    current_session().commit()
    return closed


def _state(closed: Action) -> None:
    with acting("homerton.owner"):
        actions.state_impact(action=closed, stated=actions.Stated(Level.ACTIVITY, "Everybody was told."))
    current_session().commit()


def test_a_reminder_of_a_look_that_was_taken_and_confirmed_is_not_sent(world: Flask) -> None:
    closed = _with_looks(FRIDAY)
    operations.run(on=FRIDAY)
    assert queued(FRIDAY) == {"homerton.owner": ["A-0001-K3 owner+0"]}
    _state(closed)
    with acting("scr.chair"):
        actions.decide_impact(action=closed, decision=ImpactDecision.CONFIRMED)
    current_session().commit()
    assert messages() == [("homerton.owner", FRIDAY, State.CANCELLED)]


def test_what_else_is_owed_stays_in_the_message(world: Flask) -> None:
    closed, _ = _with_looks(FRIDAY), _with_looks(FRIDAY)
    operations.run(on=FRIDAY)
    _state(closed)
    assert messages() == [("homerton.owner", FRIDAY, State.QUEUED)]
    assert queued(FRIDAY) == {"homerton.owner": ["A-0002-K3 owner+0"]}


def test_a_statement_that_is_returned_lets_its_look_be_owed_and_reminded_of_again(world: Flask) -> None:
    closed = _with_looks(FRIDAY)
    _state(closed)
    assert operations.run(on=FRIDAY).queued == 0
    with acting("scr.chair"):
        actions.decide_impact(action=closed, decision=ImpactDecision.RETURNED, reason="Show it")
    current_session().commit()
    operations.run(on=MONDAY)
    assert queued(MONDAY)["homerton.owner"] == ["A-0001-K3 owner+1"]
