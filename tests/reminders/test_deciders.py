"""Reminders of a sign-off that waits reach those who decide it, and nobody whom the case is closed to."""

from datetime import date

import pytest
from flask import Flask

from app.accounts.queries import person_by_ref
from app.actions import deciders, operations
from app.actions.models import Action
from app.core.database import current_session
from app.reminders import operations as reminders
from tests.actions.support import acting
from tests.reminders.support import queued
from tests.support.cases import make_conflict, make_deputy, restrict
from tests.support.world import make_action, make_evidence, make_lesson, make_review

#: One day after the group should have decided, four weeks after that, and eight.
LATE, LATER, LAST = date(2017, 5, 2), date(2017, 5, 26), date(2017, 6, 23)


def _sent(action: Action) -> Action:
    make_evidence(action)
    with acting("homerton.owner"):
        operations.send_for_sign_off(action=action, what_is_different="Every ward has it")
    current_session().commit()
    return action


def _told(on: date) -> set[str]:
    # A run belongs to no transaction.
    current_session().commit()
    reminders.run(on=on)
    return set(queued(on))


def _restricted(*, lead: str, members: tuple[str, ...] = ()) -> Action:
    review = restrict(make_review(), lead=lead, members=members)
    return _sent(make_action(make_lesson(review)))


def test_of_a_restricted_case_those_on_its_team_who_decide_are_told(world: Flask) -> None:
    action = _restricted(lead="tusk.editor", members=("scr.member", "scr.chair"))
    assert {person.ref for person in deciders.of_sign_off(action)} == {"tusk.editor", "scr.chair"}
    assert _told(LATE) == {"tusk.editor", "scr.chair"}
    assert _told(LATER) == {"tusk.editor", "scr.chair"}
    assert _told(LAST) == {"tusk.editor", "scr.chair"}


def test_nobody_beside_the_team_hears_of_it_however_late_it_is(world: Flask) -> None:
    _restricted(lead="tusk.editor")
    make_deputy("tusk.editor", "csc.lead", is_absence=True, until_on=date(2017, 12, 31))
    current_session().commit()
    assert [_told(on) for on in (LATE, LATER, LAST)] == [{"tusk.editor"}] * 3


def test_where_the_whole_team_answers_for_it_the_independent_chair_is_told_who_decides_then(
    world: Flask,
) -> None:
    action = _restricted(lead="homerton.lead")
    assert [person.ref for person in deciders.of_sign_off(action)] == ["independent.chair"]
    assert _told(LATE) == {"independent.chair"}


@pytest.mark.parametrize("standing", [True, False])
def test_who_stands_in_for_the_owner_decides_nothing_and_is_not_asked_to(
    world: Flask, standing: bool
) -> None:
    values = {} if standing else {"is_absence": True, "until_on": date(2017, 12, 31)}
    make_deputy("homerton.owner", "scr.chair", **values)
    action = _sent(make_action(make_lesson(make_review())))
    assert [person.ref for person in deciders.of_sign_off(action)] == ["board.manager"]
    assert _told(LATE) == {"board.manager"}


def test_a_conflict_of_interest_keeps_a_lead_of_the_team_out_too(world: Flask) -> None:
    action = _restricted(lead="tusk.editor", members=("scr.chair",))
    make_conflict(action.source.ref, "tusk.editor")
    current_session().commit()
    assert _told(LATE) == {person_by_ref("scr.chair").ref}
