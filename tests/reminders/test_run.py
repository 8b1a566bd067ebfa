"""The day's run: who is reminded of what, once, and in one message."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Person, RoleAssignment, Seat
from app.accounts.queries import person_by_ref
from app.audit.models import AuditEntry
from app.core.database import current_session
from app.outbox import sender
from app.outbox.models import State
from app.reminders import operations
from app.reminders.operations import RunOutcome
from app.reminders.operations.queueing import Tally, queue_batch
from app.reminders.planning import Item
from app.reminders.rules import Tier
from tests.reminders.support import FRIDAY, MONDAY, action, actions, ledger, lesson, messages, queued
from tests.support.world import make_action


def late(days: int, on: date = FRIDAY) -> date:
    """The due date of what is so many days late on a day."""
    return on - timedelta(days=days)


def test_everything_a_person_is_owed_goes_into_one_message(world: Flask) -> None:
    actions(late(3), date(2017, 4, 7), FRIDAY)
    outcome = operations.run(on=FRIDAY)
    assert outcome == RunOutcome(
        on=FRIDAY, open_actions=3, queued=3, recipients=1, already_sent=0, skipped=None
    )
    assert messages() == [("homerton.owner", FRIDAY, State.QUEUED)]
    assert queued(FRIDAY) == {"homerton.owner": ["A-0001 owner+1", "A-0002 owner-7", "A-0003 owner+0"]}


def test_a_second_run_of_the_day_adds_nothing(world: Flask) -> None:
    actions(late(15), date(2017, 4, 7), FRIDAY)
    first = operations.run(on=FRIDAY)
    before = ledger()
    second = operations.run(on=FRIDAY)
    assert (second.queued, second.recipients, second.already_sent) == (0, 0, first.queued)
    assert ledger() == before
    entries = current_session().scalars(select(AuditEntry).where(AuditEntry.verb == "reminder.run")).all()
    assert [entry.line for entry in entries] == ["Queued 5 reminders for 3 people"]


def test_each_tier_is_reached_when_it_is_its_turn(world: Flask) -> None:
    action(late(60), owner="hlt.lead")
    operations.run(on=FRIDAY)
    assert queued(FRIDAY) == {
        "hlt.member": ["A-0001 board_member+14"],
        "hlt.lead": ["A-0001 agency_lead+7", "A-0001 owner+57"],
        "independent.chair": ["A-0001 independent_chair+56"],
        "scr.chair": ["A-0001 group_chair+28"],
    }


def test_a_week_without_runs_sends_one_message_at_the_latest_rung_of_each_tier(world: Flask) -> None:
    action(date(2017, 3, 16), owner="hlt.lead")
    operations.run(on=date(2017, 3, 17))
    sender.send(until_empty=True)
    operations.run(on=date(2017, 3, 31))
    assert queued(date(2017, 3, 31)) == {
        "hlt.member": ["A-0001 board_member+14"],
        "hlt.lead": ["A-0001 agency_lead+7", "A-0001 owner+15"],
    }


def test_every_reminder_stands_on_the_timeline_of_its_subject(world: Flask) -> None:
    action(late(8))
    operations.run(on=FRIDAY)
    statement = select(AuditEntry).where(AuditEntry.verb == "reminder.queue").order_by(AuditEntry.line)
    entries = current_session().scalars(statement).all()
    assert [(entry.actor_name, entry.subject_ref, entry.source_ref, entry.line) for entry in entries] == [
        ("System", "A-0001", "R-0001", "Reminded the agency lead: overdue (7 days after the due date)"),
        ("System", "A-0001", "R-0001", "Reminded the owner: overdue (8 days after the due date)"),
    ]


def test_before_it_is_agreed_nothing_is_owed_and_then_the_latest_rung(world: Flask) -> None:
    action(date(2017, 4, 5), agreed_on=MONDAY)
    assert operations.run(on=FRIDAY).queued == 0
    operations.run(on=MONDAY)
    assert queued(MONDAY) == {"homerton.owner": ["A-0001 owner-7"]}


@pytest.mark.parametrize("status", ["draft", "submitted", "complete", "on_hold", "withdrawn"])
def test_what_nobody_owes_reminds_nobody(world: Flask, status: str) -> None:
    action(late(3), status=status)
    assert operations.run(on=FRIDAY).queued == 0


def test_what_has_no_owner_falls_to_the_board_manager(world: Flask) -> None:
    action(late(3), owner=None)
    operations.run(on=FRIDAY)
    assert queued(FRIDAY) == {"board.manager": ["A-0001 owner+1"]}


def test_an_owner_who_left_holds_nothing(world: Flask) -> None:
    action(late(3), owner="left.owner")
    operations.run(on=FRIDAY)
    assert queued(FRIDAY) == {"board.manager": ["A-0001 owner+1"]}


def test_every_tier_that_nobody_holds_falls_to_the_board_manager(world: Flask) -> None:
    session = current_session()
    session.query(RoleAssignment).filter(RoleAssignment.role != "board_manager").delete()
    session.query(Seat).update({"is_chair": False})
    action(late(60), owner=None)
    operations.run(on=FRIDAY)
    assert queued(FRIDAY) == {
        "board.manager": [
            "A-0001 agency_lead+7",
            "A-0001 board_member+14",
            "A-0001 group_chair+28",
            "A-0001 independent_chair+56",
            "A-0001 owner+57",
        ]
    }


def test_without_a_board_manager_it_waits_until_there_is_one(world: Flask) -> None:
    person_by_ref("board.manager").active = False
    action(late(3), owner=None)
    assert operations.run(on=FRIDAY).queued == 0
    person_by_ref("board.manager").active = True
    current_session().commit()
    assert operations.run(on=MONDAY).queued == 1


def test_two_who_hold_a_tier_are_both_reminded(world: Flask) -> None:
    owner = person_by_ref("homerton.owner")
    owner.assignments.append(RoleAssignment(role="agency_lead", agency=owner.agency))
    action(late(8), owner="homerton.owner")
    operations.run(on=FRIDAY)
    assert queued(FRIDAY) == {
        "homerton.lead": ["A-0001 agency_lead+7"],
        "homerton.owner": ["A-0001 agency_lead+7", "A-0001 owner+8"],
    }


def test_a_new_due_date_begins_the_ladder_anew(world: Flask) -> None:
    moved = action(late(3))
    operations.run(on=FRIDAY)
    sender.send(until_empty=True)
    moved.due_on = moved.sort_due_on = date(2017, 4, 10)
    current_session().commit()
    operations.run(on=MONDAY)
    assert queued(MONDAY) == {"homerton.owner": ["A-0001 owner-7"]}


def test_a_new_owner_is_reminded_of_what_the_old_one_was_told(world: Flask) -> None:
    moved = action(late(3))
    operations.run(on=FRIDAY)
    sender.send(until_empty=True)
    moved.owner = person_by_ref("police.owner")
    current_session().commit()
    operations.run(on=MONDAY)
    assert queued(MONDAY) == {"police.owner": ["A-0001 owner+1"]}


def test_one_bad_recipient_loses_only_their_own(world: Flask) -> None:
    parent = lesson()
    for owner in ("homerton.owner", "hlt.lead", "police.owner", "city.owner"):
        make_action(parent, owner=owner, due_on=late(3))
    current_session().query(Person).filter_by(ref="police.owner").update(
        {"email": "no address\r\nBcc: x@y.z"}
    )
    current_session().commit()
    outcome = operations.run(on=FRIDAY)
    assert (outcome.queued, outcome.recipients) == (3, 3)
    assert sorted(queued(FRIDAY)) == ["city.owner", "hlt.lead", "homerton.owner"]
    told = current_session().scalars(select(AuditEntry).where(AuditEntry.verb == "reminder.lose")).one()
    assert told.line == "The reminders of one person could not be queued (WrongAddress)"
    current_session().query(Person).filter_by(ref="police.owner").update({"email": "police@example.org"})
    current_session().commit()
    operations.run(on=MONDAY)
    assert queued(MONDAY) == {"police.owner": ["A-0003 owner+1"]}


def test_more_recipients_than_one_commit_takes_are_all_reminded(world: Flask) -> None:
    parent = lesson()
    agency = person_by_ref("homerton.owner").agency
    for number in range(120):
        current_session().add(
            Person(
                ref=f"owner.{number:03d}",
                name=f"Owner {number}",
                role_title="Owner",
                email=f"owner{number}@example.org",
                agency=agency,
            )
        )
        current_session().flush()
        make_action(parent, owner=f"owner.{number:03d}", due_on=late(3))
    current_session().commit()
    outcome = operations.run(on=FRIDAY)
    assert (outcome.queued, outcome.recipients) == (120, 120)
    assert operations.run(on=FRIDAY).queued == 0


def test_a_preview_says_what_the_runs_would_queue_and_writes_nothing(world: Flask) -> None:
    actions(date(2017, 4, 3), date(2017, 4, 7), date(2017, 2, 1), owner="hlt.lead")
    forecasts = operations.preview(days=21, on=FRIDAY)
    assert ledger() == []
    assert messages() == []
    foretold = [
        (forecast.on, forecast.recipient, sorted(f"{item.ref} {item.rung}" for item in forecast.items))
        for forecast in forecasts
    ]
    happened = []
    for day in (FRIDAY + timedelta(days=number) for number in range(21)):
        operations.run(on=day)
        happened += [(day, f"{ref}@example.org", items) for ref, items in queued(day).items()]
        sender.send(until_empty=True)
    assert sorted(foretold) == sorted(happened)
    assert len({on for on, _recipient, _items in foretold}) > 4


def item(ref: str, **values: object) -> Item:
    """An item as a plan has it."""
    made = Item(ref=ref, rung="owner+1", tier=Tier.OWNER, offset_days=1, due_on=late(3), stands_in=False)
    return replace(made, **values)  # type: ignore[arg-type]


def test_a_plan_that_somebody_else_carried_out_meanwhile_leaves_no_empty_message(world: Flask) -> None:
    action(late(3))
    operations.run(on=FRIDAY)
    sender.send(until_empty=True)
    owner_id = person_by_ref("homerton.owner").id
    tally = queue_batch(items={owner_id: [item("A-0001")]}, on=MONDAY)
    current_session().commit()
    assert tally == Tally(queued=0, recipients=0, already_sent=1)
    assert messages() == [("homerton.owner", FRIDAY, State.SENT)]


def test_a_recipient_who_fails_half_way_leaves_nothing_behind(world: Flask) -> None:
    actions(late(3), late(3))
    ids = {ref: person_by_ref(ref).id for ref in ("hlt.lead", "homerton.owner", "police.owner")}
    broken = item("A-0001", due_on=None)
    owed = {
        ids["hlt.lead"]: [item("A-0001")],
        ids["homerton.owner"]: [broken],
        ids["police.owner"]: [item("A-0002")],
    }
    tally = queue_batch(items=owed, on=FRIDAY)
    current_session().commit()
    assert tally == Tally(queued=2, recipients=2, already_sent=0)
    assert [ref for ref, _on, _state in messages()] == ["hlt.lead", "police.owner"]
