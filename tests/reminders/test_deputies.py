"""Deputies, absence, conflicts of interest, and what is owed beside the work itself."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import ConflictOfInterest, Deputy
from app.accounts.queries import person_by_ref
from app.actions import operations as actions_of
from app.actions.models import Action, ImpactLook, SignOff
from app.audit.models import AuditEntry
from app.core import hooks
from app.core.clock import machine_now
from app.core.database import current_session
from app.outbox import queries as outbox
from app.outbox import sender
from app.outbox.models import State
from app.reminders import operations
from app.reminders.models import LadderRung
from tests.actions.support import acting
from tests.reminders.support import FRIDAY, MONDAY, action, actions, messages, queued


def late(days: int) -> date:
    """The due date of what is so many days late on Friday."""
    return FRIDAY - timedelta(days=days)


def deputy(
    of: str, whom: str, *, away: bool = False, until_on: date | None = None, from_on: date = FRIDAY
) -> Deputy:
    """An arrangement; committed."""
    made = Deputy(
        person_id=person_by_ref(of).id,
        deputy_id=person_by_ref(whom).id,
        from_on=from_on,
        until_on=until_on,
        is_absence=away,
        arranged_at=machine_now(),
    )
    current_session().add(made)
    current_session().commit()
    return made


def conflict(ref: str, source_ref: str = "R-0001") -> ConflictOfInterest:
    """A conflict of interest in the case; committed."""
    person = person_by_ref(ref)
    made = ConflictOfInterest(
        source_ref=source_ref, person_id=person.id, nature="A relative.", declared_on=FRIDAY
    )
    current_session().add(made)
    current_session().commit()
    return made


def sent_for_sign_off(sent_on: date, **values: Any) -> SignOff:
    """Work that waits for the group; committed."""
    waiting = action(date(2017, 5, 31), status="submitted", **values)
    sign_off = SignOff(
        ref=f"{waiting.ref}-S1", action=waiting, sent_on=sent_on, what_is_different="Every plan is known."
    )
    current_session().add(sign_off)
    current_session().commit()
    return sign_off


def closed_with_a_look(due_on: date) -> Action:
    """A complete action that somebody owes a look at; committed."""
    closed = action(date(2016, 12, 31), status="complete", closed_on=date(2016, 12, 31))
    look = ImpactLook(
        ref=f"{closed.ref}-K3", action=closed, closed_on=date(2016, 12, 31), months=3, due_on=due_on
    )
    current_session().add(look)
    current_session().commit()
    return closed


def test_a_standing_deputy_hears_of_what_is_overdue_and_of_nothing_else(world: Flask) -> None:
    actions(late(3), date(2017, 4, 7))
    deputy("homerton.owner", "police.owner")
    operations.run(on=FRIDAY)
    assert queued(FRIDAY) == {
        "homerton.owner": ["A-0001 owner+1", "A-0002 owner-7"],
        "police.owner": ["A-0001 deputy+1"],
    }


def test_while_somebody_is_away_the_deputy_gets_everything_and_the_owner_keeps_theirs(world: Flask) -> None:
    actions(late(8), date(2017, 4, 7))
    deputy("homerton.owner", "police.owner")
    deputy("homerton.owner", "police.owner", away=True)
    deputy("homerton.lead", "csc.lead", away=True)
    operations.run(on=FRIDAY)
    owners = ["A-0001 owner+8", "A-0002 owner-7"]
    assert queued(FRIDAY) == {
        "csc.lead": ["A-0001 agency_lead+7"],
        "homerton.lead": ["A-0001 agency_lead+7"],
        "homerton.owner": owners,
        "police.owner": owners,
    }
    assert operations.run(on=FRIDAY).queued == 0
    sender.send(until_empty=True)
    texts = {message.address: message.text_body or "" for message in outbox.all_messages()}
    assert "(6 working days late), on behalf of Homerton owner" in texts["police.owner@example.org"]
    assert "you stand in for Homerton lead." in texts["csc.lead@example.org"]
    assert "on behalf" not in texts["homerton.owner@example.org"]
    lines = (
        current_session().scalars(select(AuditEntry.line).where(AuditEntry.verb == "reminder.queue")).all()
    )
    assert "Reminded the deputy of the owner: overdue (8 days after the due date)" in lines


@pytest.mark.parametrize("how", ["left", "over", "called off", "not yet"])
def test_a_deputy_who_left_or_whose_time_it_is_not_gets_nothing(world: Flask, how: str) -> None:
    action(late(3))
    arranged = deputy("homerton.owner", "police.owner", away=True)
    if how == "left":
        person_by_ref("police.owner").active = False
    elif how == "over":
        arranged.from_on, arranged.until_on = late(5), late(1)
    elif how == "called off":
        arranged.ended_on = FRIDAY
    else:
        arranged.from_on = MONDAY
    current_session().commit()
    operations.run(on=FRIDAY)
    assert list(queued(FRIDAY)) == ["homerton.owner"]


def test_what_waits_for_a_deputy_is_not_sent_once_the_arrangement_was_called_off(world: Flask) -> None:
    action(late(3))
    arranged = deputy("homerton.owner", "police.owner", away=True)
    operations.run(on=FRIDAY)
    arranged.ended_on = arranged.from_on
    current_session().commit()
    sender.send(until_empty=True)
    assert messages() == [
        ("homerton.owner", FRIDAY, State.SENT),
        ("police.owner", FRIDAY, State.CANCELLED),
    ]


def test_nobody_with_a_conflict_of_interest_is_reached_and_the_tier_falls(world: Flask) -> None:
    action(late(8))
    deputy("homerton.owner", "police.owner")
    conflict("homerton.lead")
    conflict("police.owner")
    operations.run(on=FRIDAY)
    assert queued(FRIDAY) == {
        "board.manager": ["A-0001 agency_lead+7"],
        "homerton.owner": ["A-0001 owner+8"],
    }


def test_where_the_board_manager_may_not_know_either_the_independent_chair_stands_in(world: Flask) -> None:
    action(late(8))
    conflict("homerton.lead")
    conflict("board.manager")
    operations.run(on=FRIDAY)
    assert queued(FRIDAY)["independent.chair"] == ["A-0001 agency_lead+7"]
    sender.send(until_empty=True)
    texts = {message.address: message.text_body or "" for message in outbox.all_messages()}
    assert "this comes to you as independent chair." in texts["independent.chair@example.org"]


def test_a_conflict_declared_meanwhile_takes_the_case_out_of_what_is_sent(world: Flask) -> None:
    action(late(3))
    operations.run(on=FRIDAY)
    conflict("homerton.owner")
    sender.send(until_empty=True)
    assert messages() == [("homerton.owner", FRIDAY, State.CANCELLED)]


def test_a_sign_off_is_owed_by_those_who_decide_it_and_by_no_agency(world: Flask) -> None:
    sent_for_sign_off(late(28 + 56))
    operations.run(on=FRIDAY)
    ref = "A-0001-S1"
    assert queued(FRIDAY) == {
        "board.manager": [f"{ref} group_chair+28"],
        "independent.chair": [f"{ref} independent_chair+56"],
        "scr.chair": [f"{ref} owner+50"],
    }
    sender.send(until_empty=True)
    texts = {message.address: message.text_body or "" for message in outbox.all_messages()}
    assert "A-0001   decide the sign-off, due 3 February 2017" in texts["scr.chair@example.org"]
    assert "own these actions" not in texts["scr.chair@example.org"]


def test_nobody_is_asked_to_decide_for_their_own_agency(world: Flask) -> None:
    sent_for_sign_off(FRIDAY, agency="ccg")
    operations.run(on=FRIDAY)
    assert queued(FRIDAY) == {"board.manager": ["A-0001-S1 owner-28"]}


def test_a_decided_sign_off_is_taken_out_of_what_waits(world: Flask) -> None:
    sign_off = sent_for_sign_off(FRIDAY)
    operations.run(on=FRIDAY)
    sign_off.decision = "accepted"
    sign_off.action.status = "complete"
    current_session().flush()
    hooks.dues_changed.ask("action", "A-0001")
    current_session().commit()
    assert messages() == [("scr.chair", FRIDAY, State.CANCELLED)]


def test_a_look_at_what_difference_it_made_has_the_same_ladder(world: Flask) -> None:
    closed_with_a_look(late(8))
    operations.run(on=FRIDAY)
    assert queued(FRIDAY) == {
        "homerton.lead": ["A-0001-K3 agency_lead+7"],
        "homerton.owner": ["A-0001-K3 owner+8"],
    }
    assert operations.run(on=FRIDAY).queued == 0
    sender.send(until_empty=True)
    texts = {message.address: message.text_body or "" for message in outbox.all_messages()}
    assert "A-0001   look at the difference it made, due 23 March 2017" in texts["homerton.owner@example.org"]


def test_a_look_that_was_answered_is_not_sent(world: Flask) -> None:
    closed = closed_with_a_look(FRIDAY)
    operations.run(on=FRIDAY)
    closed.impact_looks[0].is_open = False
    current_session().commit()
    sender.send(until_empty=True)
    assert messages() == [("homerton.owner", FRIDAY, State.CANCELLED)]


def test_the_ladder_of_the_latest_day_is_the_one_in_force(world: Flask) -> None:
    actions(date(2017, 4, 10), date(2017, 4, 13))
    current_session().add(
        LadderRung(in_force_from=MONDAY, name="owner-10", offset_days=-10, tier="owner", every_days=None)
    )
    current_session().commit()
    assert [
        (item.ref, item.rung) for each in operations.preview(days=5, on=FRIDAY) for item in each.items
    ] == [
        ("A-0001", "owner-28"),
        ("A-0002", "owner-28"),
        ("A-0001", "owner-10"),
        ("A-0002", "owner-10"),
    ]
    operations.run(on=FRIDAY)
    assert queued(FRIDAY) == {"homerton.owner": ["A-0001 owner-28", "A-0002 owner-28"]}


def test_the_end_of_the_calendar_is_no_trouble(world: Flask) -> None:
    action(late(3))
    assert operations.preview(days=366, on=date(9999, 12, 1))


def test_what_was_taken_out_and_comes_back_to_somebody_as_deputy_is_sent_to_them_as_deputy(
    world: Flask,
) -> None:
    owed, _ = actions(late(1), late(1))
    operations.run(on=FRIDAY)
    with acting("homerton.member"):
        actions_of.reassign(action=owed, owner=person_by_ref("homerton.lead"), reason="Another ward")
    current_session().commit()
    assert queued(FRIDAY)["homerton.owner"] == ["A-0002 owner+1"]
    deputy("homerton.lead", "homerton.owner", away=True, until_on=MONDAY)
    operations.run(on=FRIDAY)
    both = ["A-0001 owner+1", "A-0002 owner+1"]
    assert queued(FRIDAY)["homerton.owner"] == both
    assert sender.send(until_empty=True).sent == 2
    assert queued(FRIDAY)["homerton.owner"] == both
