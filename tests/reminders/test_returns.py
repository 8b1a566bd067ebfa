"""Agency returns on the ladder of reminders: the same one message a day, and nothing of a case in it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import RoleAssignment
from app.accounts.policy import Role
from app.accounts.queries import person_by_ref
from app.audit.models import AuditEntry
from app.cdop.models import AgencyReturn, ChildDeathCase
from app.cdop.operations import close_case, withdraw_case
from app.cdop.returns import operations as returns
from app.core.acting import Actor, acting_as
from app.core.database import current_session
from app.outbox import sender
from app.outbox.models import OutboxMessage, State
from app.reminders import operations
from app.reminders.models import Nudge
from app.reminders.operations import CannotNudge
from tests.reminders.support import FRIDAY, MONDAY, ledger, messages, queued
from tests.support.cases import make_conflict, make_deputy
from tests.support.deaths import make_death, make_return
from tests.support.world import make_action, make_lesson, make_review

#: So many days before the day of the tests, each rung's own.
LATE = {days: FRIDAY - timedelta(days=days) for days in (1, 7, 8, 14, 28, 56)}


def a_return(due_on: date = LATE[1], *, owner: str | None = "homerton.owner", **values: Any) -> AgencyReturn:
    """What Homerton was asked to return about a death of its own; committed."""
    number = f"ZEBRA/{current_session().query(ChildDeathCase).count() + 1}"
    death = make_death(ecdop_ref="EC-4711", caption="Zebra", cdop_number=number)
    person = person_by_ref(owner) if owner else None
    made = make_return(death, owner=person, due_on=due_on, **values)
    current_session().commit()
    return made


def as_person(ref: str, work: Callable[[], object]) -> None:
    person = person_by_ref(ref)
    with acting_as(Actor(person.id, person.name)):
        work()
    current_session().commit()


def the_message(ref: str, on: date = FRIDAY) -> OutboxMessage:
    """The message of a day to a person, in words."""
    current_session().commit()
    sender.send(until_empty=True)
    return (
        current_session()
        .scalars(
            select(OutboxMessage).where(
                OutboxMessage.business_on == on, OutboxMessage.recipient_id == person_by_ref(ref).id
            )
        )
        .one()
    )


def text_of(message: OutboxMessage) -> str:
    return f"{message.subject}\n{message.text_body}\n{message.html_body}"


# Whom each rung reaches


@pytest.mark.parametrize(
    ("days", "reached"),
    [
        (1, {"homerton.owner": ["N-0001 owner+1"]}),
        (7, {"homerton.owner": ["N-0001 owner+1"], "homerton.lead": ["N-0001 agency_lead+7"]}),
        (
            14,
            {
                "homerton.owner": ["N-0001 owner+8"],
                "homerton.lead": ["N-0001 agency_lead+7"],
                "homerton.member": ["N-0001 board_member+14"],
            },
        ),
        (
            28,
            {
                "homerton.owner": ["N-0001 owner+22"],
                "homerton.lead": ["N-0001 agency_lead+7"],
                "homerton.member": ["N-0001 board_member+14"],
                "cdop.chair": ["N-0001 group_chair+28"],
            },
        ),
    ],
)
def test_the_ladder_climbs_from_whoever_was_asked_to_the_chair_of_the_panel(
    world: Flask, days: int, reached: dict[str, list[str]]
) -> None:
    a_return(LATE[days])
    operations.run(on=FRIDAY)
    assert queued(FRIDAY) == reached


def test_the_agencys_lead_is_reminded_where_nobody_is_named_who_can_answer(
    world: Flask,
) -> None:
    a_return(owner=None)
    a_return(owner="left.owner")
    third = a_return()
    make_conflict(third.case.ref, "homerton.owner")
    current_session().commit()
    operations.run(on=FRIDAY)
    assert queued(FRIDAY) == {
        "homerton.lead": ["N-0001 owner+1", "N-0002 owner+1", "N-0003 owner+1"],
    }
    # What is sent is judged once more, by the same.
    assert the_message("homerton.lead").state == State.SENT
    assert "N-0003" in text_of(the_message("homerton.lead"))


def test_where_nobody_leads_the_agency_the_board_manager_hears_the_reference_alone(
    world: Flask,
) -> None:
    held = current_session().query(RoleAssignment).filter_by(role=Role.AGENCY_LEAD)
    for row in held.filter_by(person_id=person_by_ref("homerton.lead").id):
        current_session().delete(row)
    a_return(owner=None)
    operations.run(on=FRIDAY)
    assert queued(FRIDAY) == {"board.manager": ["N-0001 owner+1"]}
    said = text_of(the_message("board.manager"))
    assert "N-0001" in said
    assert "Homerton" not in said
    assert "Overview Panel" not in said


def test_whoever_the_ladder_reached_finds_at_home_what_the_message_said_and_no_more(
    world: Flask, client_as: Callable[[str], Any]
) -> None:
    late, _ = a_return(LATE[14], owner=None), a_return(LATE[8])
    operations.run(on=FRIDAY)
    current_session().commit()
    home = client_as("homerton.member").get("/").get_data(as_text=True)
    section = home.split('id="home-brought"')[1].split("</section>")[0]
    assert late.ref in section
    assert "working days late" in section
    assert "N-0002" not in section, "the ladder has not reached the board member for this one"
    assert "EC-4711" not in home
    assert f"/returns/{late.ref}" not in home
    assert "home-brought" not in client_as("hlt.member").get("/").get_data(as_text=True)
    as_person("homerton.owner", lambda: returns.record_returned(agency_return=late, returned_on=FRIDAY))
    assert "home-brought" not in client_as("homerton.member").get("/").get_data(as_text=True)


def test_a_deputy_gets_what_whoever_is_away_is_asked(world: Flask) -> None:
    a_return()
    make_deputy("homerton.owner", "police.owner", is_absence=True)
    current_session().commit()
    operations.run(on=FRIDAY)
    assert queued(FRIDAY) == {
        "homerton.owner": ["N-0001 owner+1"],
        "police.owner": ["N-0001 owner+1"],
    }
    assert "on behalf of Homerton owner" in text_of(the_message("police.owner"))


# One message a person, each rung once


def test_actions_and_returns_of_a_person_go_in_one_message_overdue_first(world: Flask) -> None:
    make_action(make_lesson(make_review()), due_on=date(2017, 4, 7))
    a_return(LATE[8])
    outcome = operations.run(on=FRIDAY)
    assert (outcome.queued, outcome.recipients) == (3, 2)
    assert queued(FRIDAY)["homerton.owner"] == ["A-0001 owner-7", "N-0001 owner+8"]
    message = the_message("homerton.owner")
    assert message.subject == "1 action and 1 agency return need you: 1 overdue"
    body = message.text_body or ""
    assert body.index("N-0001") < body.index("A-0001")
    assert "Open what you owe" in body
    assert "own this action for" in body
    assert "answer this agency return for" in body


def test_each_rung_is_sent_once_however_often_the_run_begins(world: Flask) -> None:
    a_return(LATE[28])
    first = operations.run(on=FRIDAY)
    rows = ledger()
    again = operations.run(on=FRIDAY)
    assert (first.queued, again.queued, again.already_sent) == (4, 0, 4)
    assert ledger() == rows
    assert len(rows) == len(set(rows)) == 4


def test_a_single_return_is_one_click_from_its_answer(world: Flask) -> None:
    a_return()
    operations.run(on=FRIDAY)
    message = the_message("homerton.owner")
    assert message.subject == "1 agency return needs you: overdue"
    assert "Answer your agency return" in (message.text_body or "")
    assert "http://127.0.0.1:5000/returns/N-0001" in (message.text_body or "")


def test_a_message_carries_no_word_of_the_case(world: Flask) -> None:
    a_return(LATE[56])
    operations.run(on=FRIDAY)
    sender.send(until_empty=True)
    sent = current_session().scalars(select(OutboxMessage).where(OutboxMessage.state == State.SENT)).all()
    assert [ref for ref, _on, _state in messages()] == [
        "cdop.chair",
        "homerton.lead",
        "homerton.member",
        "homerton.owner",
        "independent.chair",
    ]
    for message in sent:
        said = text_of(message)
        for word in ("D-0001", "EC-4711", "Zebra", "ZEBRA", "death", "child death", "Form B"):
            assert word not in said.replace("Child Death Overview Panel", ""), (word, message.recipient_id)


def test_what_was_queued_stands_on_the_timeline_of_the_return(world: Flask) -> None:
    a_return()
    operations.run(on=FRIDAY)
    entries = current_session().scalars(
        select(AuditEntry).where(AuditEntry.verb == "reminder.queue", AuditEntry.subject_ref == "N-0001")
    )
    (entry,) = entries
    assert (entry.subject_kind, entry.source_ref) == ("agency_return", "D-0001")
    assert entry.line == "Reminded the owner: overdue (1 day after the due date)"


# What changes takes it out


@pytest.mark.parametrize(
    "change",
    [
        lambda it: returns.record_returned(agency_return=it, returned_on=FRIDAY),
        lambda it: returns.say_not_for_us(agency_return=it, reason="Not known to us"),
        lambda it: returns.waive(agency_return=it, reason="Not needed"),
        lambda it: returns.withdraw(agency_return=it, reason="Another trust"),
        lambda it: returns.move_due(agency_return=it, due_on=date(2017, 4, 28), reason="Leave"),
        lambda it: returns.reassign(agency_return=it, owner=person_by_ref("homerton.member")),
    ],
    ids=["returned", "not for us", "waived", "withdrawn", "re-dated", "reassigned"],
)
def test_what_is_answered_waived_or_moved_is_taken_out_of_the_message(
    world: Flask, change: Callable[[AgencyReturn], object]
) -> None:
    found = a_return()
    make_action(make_lesson(make_review()), due_on=LATE[1])
    current_session().commit()
    operations.run(on=FRIDAY)
    assert queued(FRIDAY) == {"homerton.owner": ["A-0001 owner+1", "N-0001 owner+1"]}
    as_person("cdop.coordinator", lambda: change(found))
    assert queued(FRIDAY) == {"homerton.owner": ["A-0001 owner+1"]}
    assert "N-0001" not in text_of(the_message("homerton.owner"))
    taken_out = select(AuditEntry.subject_ref).where(AuditEntry.verb == "reminder.take_out")
    assert current_session().scalars(taken_out).all() == ["N-0001"]


def test_a_message_of_which_nothing_is_left_is_cancelled(world: Flask) -> None:
    found = a_return()
    operations.run(on=FRIDAY)
    as_person("homerton.owner", lambda: returns.record_returned(agency_return=found, returned_on=FRIDAY))
    assert messages() == [("homerton.owner", FRIDAY, State.CANCELLED)]
    assert operations.run(on=MONDAY).queued == 0


def test_whoever_is_asked_instead_is_reminded_and_a_new_date_begins_the_ladder_anew(world: Flask) -> None:
    found = a_return()
    operations.run(on=FRIDAY)
    as_person(
        "cdop.coordinator",
        lambda: returns.reassign(agency_return=found, owner=person_by_ref("homerton.member")),
    )
    operations.run(on=MONDAY)
    assert queued(MONDAY) == {"homerton.member": ["N-0001 owner+1"]}
    as_person(
        "cdop.coordinator",
        lambda: returns.move_due(agency_return=found, due_on=date(2017, 4, 10), reason="Leave"),
    )
    operations.run(on=date(2017, 4, 4))
    assert queued(date(2017, 4, 4)) == {"homerton.member": ["N-0001 owner-7"]}


@pytest.mark.parametrize("how", ["withdrawn", "closed"])
def test_nothing_is_sent_about_a_review_that_ended_meanwhile(world: Flask, how: str) -> None:
    found = a_return()
    operations.run(on=FRIDAY)
    if how == "withdrawn":
        as_person("cdop.coordinator", lambda: withdraw_case(case=found.case, reason="Logged twice"))
    else:
        as_person(
            "cdop.chair",
            lambda: close_case(case=found.case, closed_on=FRIDAY, may_approve=True, reason="Not known here"),
        )
    # At once, not only when it would be sent.
    assert messages() == [("homerton.owner", FRIDAY, State.CANCELLED)]
    assert operations.run(on=MONDAY).queued == 0


def test_a_conflict_of_interest_declared_meanwhile_leaves_nothing_in_the_message(world: Flask) -> None:
    found = a_return()
    operations.run(on=FRIDAY)
    make_conflict(found.case.ref, "homerton.owner")
    current_session().commit()
    sender.send(until_empty=True)
    assert messages() == [("homerton.owner", FRIDAY, State.CANCELLED)]


def test_the_preview_of_the_next_days_tells_returns_too(world: Flask) -> None:
    a_return(date(2017, 4, 5))
    found = operations.preview(days=8, on=FRIDAY)
    assert [(each.on, each.recipient, [item.rung for item in each.items]) for each in found] == [
        (FRIDAY, "homerton.owner@example.org", ["owner-7"]),
        (date(2017, 4, 5), "homerton.owner@example.org", ["owner+0"]),
        (date(2017, 4, 6), "homerton.owner@example.org", ["owner+1"]),
    ]


# By hand


def test_whoever_was_asked_is_chased_once_a_day_by_reference_alone(world: Flask) -> None:
    found = a_return()
    as_person("cdop.coordinator", lambda: operations.chase(agency_return=found, note="The panel meets soon"))
    with pytest.raises(CannotNudge, match="today"):
        operations.chase(agency_return=found, note="Again")
    current_session().rollback()
    said = text_of(the_message("homerton.owner"))
    assert "N-0001: somebody asks how it is going" in said
    assert "/returns/N-0001" in said
    for word in ("The panel meets", "D-0001", "EC-4711", "Zebra"):
        assert word not in said


def test_all_who_lead_the_agency_are_chased_where_nobody_was_named(world: Flask) -> None:
    found = a_return(owner=None)
    member = person_by_ref("homerton.member")
    current_session().add(
        RoleAssignment(person_id=member.id, role=Role.AGENCY_LEAD, agency_id=found.agency_id)
    )
    current_session().commit()
    as_person("cdop.coordinator", lambda: operations.chase(agency_return=found, note="How is it going?"))
    asked = current_session().scalars(select(Nudge).order_by(Nudge.id)).all()
    assert [each.recipient.ref for each in asked] == ["homerton.lead", "homerton.member"]
    assert the_message("homerton.lead").state == State.SENT


def test_nobody_is_chased_for_what_is_not_owed_or_where_nobody_may_know(world: Flask) -> None:
    answered = a_return(returned_on=date(2017, 3, 30))
    closed = a_return()
    make_conflict(closed.case.ref, "homerton.owner")
    make_conflict(closed.case.ref, "homerton.lead")
    current_session().commit()
    for found, words in ((answered, "Nothing is owed"), (closed, "Nobody answers")):
        with pytest.raises(CannotNudge, match=words):
            operations.chase(agency_return=found, note="How is it going?")
        current_session().rollback()


def test_a_question_by_hand_is_not_sent_once_it_was_answered(world: Flask) -> None:
    found = a_return()
    as_person("cdop.coordinator", lambda: operations.chase(agency_return=found, note="How is it going?"))
    as_person("homerton.owner", lambda: returns.record_returned(agency_return=found, returned_on=FRIDAY))
    sender.send(until_empty=True)
    assert messages() == [("homerton.owner", FRIDAY, State.CANCELLED)]
