"""What changes after a reminder was queued: taken over, taken out, no longer wanted, not delivered."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.queries import person_by_ref
from app.actions import operations as acts
from app.actions.models import Action
from app.actions.rules.date_changes import Reason
from app.actions.rules.sign_off import Decision, ExtensionDecision
from app.audit.models import AuditEntry
from app.core import hooks
from app.core.acting import Actor, acting_as
from app.core.clock import machine_now
from app.core.database import current_session
from app.core.transactions import apart
from app.outbox import queries as outbox
from app.outbox import sender
from app.outbox.models import OutboxMessage, State
from app.outbox.operations import claims, marks
from app.reminders import operations, queries
from app.reminders.models import Reminder
from tests.reminders.support import FRIDAY, MONDAY, action, actions, ledger, messages, queued
from tests.support.smtp_server import Script, stub_server
from tests.support.world import make_evidence


def as_person(ref: str, work: Callable[[], object]) -> None:
    """Do something as a person, and commit it."""
    person = person_by_ref(ref)
    with acting_as(Actor(person.id, person.name)):
        work()
    current_session().commit()


def send_for_sign_off(sent: Action) -> None:
    make_evidence(sent)
    as_person(
        "homerton.owner",
        lambda: acts.send_for_sign_off(action=sent, what_is_different="Every plan is known."),
    )


def the_message(on: date = FRIDAY) -> OutboxMessage:
    """The one message of a day."""
    return current_session().scalars(select(OutboxMessage).where(OutboxMessage.business_on == on)).one()


def begin_sending(on: date = FRIDAY) -> None:
    """Let a sender claim and begin the message of a day, and go no further."""
    with apart():
        group = claims.claim(claimant="tester", lease=timedelta(seconds=60), at_most=1)
        assert group is not None
        assert marks.begin(
            message_id=group.message_ids[0],
            claimant="tester",
            lease_until=machine_now() + timedelta(seconds=60),
        )


# What is not sent yet goes into the next day's message.


def test_the_next_days_message_takes_over_what_was_not_sent(world: Flask) -> None:
    actions(date(2017, 4, 28), date(2017, 4, 10))
    operations.run(on=FRIDAY)
    rows = ledger()
    assert queued(FRIDAY) == {"homerton.owner": ["A-0001 owner-28", "A-0002 owner-28"]}
    operations.run(on=MONDAY)
    assert [state for _ref, _on, state in messages()] == [State.CANCELLED, State.QUEUED]
    assert queued(FRIDAY) == {}
    assert queued(MONDAY) == {"homerton.owner": ["A-0001 owner-28", "A-0002 owner-28", "A-0002 owner-7"]}
    assert set(rows) < set(ledger())
    assert len(ledger()) == len(rows) + 1


def test_a_message_that_waits_stays_where_the_next_day_has_nothing_to_add(world: Flask) -> None:
    action(date(2017, 4, 28))
    operations.run(on=FRIDAY)
    operations.run(on=MONDAY)
    assert messages() == [("homerton.owner", FRIDAY, State.QUEUED)]


@pytest.mark.parametrize("state", [State.SENDING, State.UNCERTAIN])
def test_a_message_on_its_way_or_in_doubt_is_never_touched(world: Flask, state: State) -> None:
    actions(date(2017, 4, 28), date(2017, 4, 10))
    operations.run(on=FRIDAY)
    begin_sending()
    if state is State.UNCERTAIN:
        message = the_message()
        message.state, message.doubtful = State.UNCERTAIN, True
        current_session().commit()
    operations.run(on=MONDAY)
    assert ("homerton.owner", FRIDAY, state) in messages()
    assert ("homerton.owner", MONDAY, State.QUEUED) in messages()
    assert queued(FRIDAY) == {"homerton.owner": ["A-0001 owner-28", "A-0002 owner-28"]}
    assert queued(MONDAY) == {"homerton.owner": ["A-0002 owner-7"]}


def test_a_message_sent_today_takes_nothing_more_and_the_new_item_waits_for_tomorrow(world: Flask) -> None:
    action(date(2017, 4, 28))
    operations.run(on=FRIDAY)
    sender.send(until_empty=True)
    action(date(2017, 4, 7))
    outcome = operations.run(on=FRIDAY)
    assert (outcome.queued, outcome.recipients) == (0, 0)
    operations.run(on=MONDAY)
    assert queued(MONDAY) == {"homerton.owner": ["A-0002 owner-7"]}


def test_what_is_new_joins_todays_message_while_it_waits(world: Flask) -> None:
    action(date(2017, 4, 28))
    operations.run(on=FRIDAY)
    action(date(2017, 4, 7))
    assert operations.run(on=FRIDAY).queued == 1
    assert queued(FRIDAY) == {"homerton.owner": ["A-0001 owner-28", "A-0002 owner-7"]}
    assert len(messages()) == 1


# What is no longer true is taken out of what was not sent yet.


def test_what_is_sent_for_sign_off_is_taken_out_and_the_message_goes_with_the_rest(world: Flask) -> None:
    first, _second = actions(date(2017, 4, 7), date(2017, 3, 30))
    operations.run(on=FRIDAY)
    send_for_sign_off(first)
    assert queued(FRIDAY) == {"homerton.owner": ["A-0002 owner+1"]}
    sender.send(until_empty=True)
    message = the_message()
    assert (message.state, message.subject) == (State.SENT, "1 action needs you: overdue")
    assert "A-0001" not in (message.text_body or "") + (message.html_body or "")
    entry = current_session().scalars(select(AuditEntry).where(AuditEntry.verb == "reminder.take_out")).one()
    assert (entry.actor_name, entry.subject_ref, entry.source_ref, entry.line) == (
        "Homerton owner",
        "A-0001",
        "R-0001",
        "1 reminder not sent yet was taken out",
    )


def test_a_message_with_nothing_left_is_cancelled(world: Flask) -> None:
    only = action(date(2017, 4, 7))
    operations.run(on=FRIDAY)
    send_for_sign_off(only)
    message = the_message()
    assert (message.state, message.error) == (State.CANCELLED, "Nothing in it was owed any more.")


def test_more_time_granted_takes_the_reminder_out_and_the_new_date_has_its_own(world: Flask) -> None:
    extended = action(date(2017, 4, 3))
    operations.run(on=FRIDAY)
    as_person(
        "homerton.owner",
        lambda: acts.ask_for_more_time(
            action=extended,
            new_due_on=date(2017, 4, 24),
            reason_code=Reason.APPROVAL_CYCLE,
            interim_safeguard="The named nurse checks each plan by hand.",
        ),
    )
    assert queued(FRIDAY) != {}
    as_person(
        "board.manager",
        lambda: acts.decide_extension(action=extended, decision=ExtensionDecision.GRANTED),
    )
    assert queued(FRIDAY) == {}
    operations.run(on=MONDAY)
    assert queued(MONDAY) == {"homerton.owner": ["A-0001 owner-28"]}
    assert {due_on for _ref, _rung, due_on, _recipient in ledger()} == {date(2017, 4, 3), date(2017, 4, 24)}


def test_what_was_taken_out_and_is_owed_again_goes_out_on_its_own_row(world: Flask) -> None:
    returned = action(date(2017, 4, 7))
    operations.run(on=FRIDAY)
    rows = ledger()
    send_for_sign_off(returned)
    as_person(
        "scr.chair",
        lambda: acts.decide_sign_off(
            action=returned,
            decision=Decision.RETURNED,
            reason="Show the sample too.",
            resubmit_by_on=date(2017, 4, 7),
        ),
    )
    operations.run(on=MONDAY)
    assert queued(MONDAY) == {"homerton.owner": ["A-0001 owner-7"]}
    assert ledger() == rows


def test_a_new_owner_takes_out_the_old_ones_reminder_and_leaves_the_leads(world: Flask) -> None:
    moved = action(date(2017, 3, 23))
    operations.run(on=FRIDAY)
    assert sorted(queued(FRIDAY)) == ["homerton.lead", "homerton.owner"]
    moved.owner = person_by_ref("homerton.lead")
    current_session().flush()
    hooks.dues_changed.ask("action", moved.ref)
    current_session().commit()
    assert queued(FRIDAY) == {"homerton.lead": ["A-0001 agency_lead+7"]}


def test_a_change_that_leaves_it_owed_takes_nothing_out(world: Flask) -> None:
    action(date(2017, 3, 23))
    operations.run(on=FRIDAY)
    before = queued(FRIDAY)
    hooks.dues_changed.ask("action", "A-0001")
    current_session().commit()
    assert queued(FRIDAY) == before


def test_a_message_on_its_way_keeps_what_it_says(world: Flask) -> None:
    only = action(date(2017, 4, 7))
    operations.run(on=FRIDAY)
    begin_sending()
    send_for_sign_off(only)
    assert queued(FRIDAY) == {"homerton.owner": ["A-0001 owner-7"]}
    assert the_message().state == State.SENDING


def test_words_kept_from_an_attempt_that_did_not_count_are_made_anew(world: Flask) -> None:
    first, _second = actions(date(2017, 4, 7), date(2017, 3, 30))
    operations.run(on=FRIDAY)
    with stub_server(Script("sender", "451 later")) as server:
        world.config["MAIL_URL"], kept = server.url, world.config["MAIL_URL"]
        try:
            sender.send(until_empty=True)
        finally:
            world.config["MAIL_URL"] = kept
    assert "A-0001" in (the_message().text_body or "")
    current_session().commit()
    send_for_sign_off(first)
    message = the_message()
    assert (message.state, message.attempts, message.text_body) == (State.QUEUED, 0, None)


# What slipped in behind: judged again when the message is sent.


def test_what_is_no_longer_true_when_it_is_sent_is_left_out(world: Flask) -> None:
    first, _second = actions(date(2017, 4, 7), date(2017, 3, 30))
    operations.run(on=FRIDAY)
    first.is_chased = False
    current_session().commit()
    sender.send(until_empty=True)
    message = the_message()
    assert message.subject == "1 action needs you: overdue"
    assert "A-0001" not in (message.text_body or "")
    statement = select(Reminder.subject_ref).where(Reminder.taken_out_at.is_not(None))
    assert current_session().scalars(statement).all() == ["A-0001"]


def test_a_message_with_nothing_true_in_it_is_not_sent(world: Flask) -> None:
    only = action(date(2017, 4, 7))
    operations.run(on=FRIDAY)
    only.due_on = only.sort_due_on = date(2017, 6, 30)
    current_session().commit()
    assert sender.send(until_empty=True).sent == 0
    assert the_message().state == State.CANCELLED


def test_nothing_is_sent_to_somebody_who_has_left_since(world: Flask) -> None:
    action(date(2017, 4, 7))
    operations.run(on=FRIDAY)
    person_by_ref("homerton.owner").active = False
    current_session().commit()
    assert sender.send(until_empty=True).sent == 0
    assert the_message().state == State.CANCELLED


# What could not be delivered.


def refuse_for_good(world: Flask, recipient: str) -> None:
    """Send what is due to a server that knows one recipient not."""
    with stub_server(Script("recipient", "550 unknown", when=lambda address: address == recipient)) as server:
        world.config["MAIL_URL"], kept = server.url, world.config["MAIL_URL"]
        try:
            sender.send(until_empty=True)
        finally:
            world.config["MAIL_URL"] = kept


def test_a_failure_stands_on_the_timeline_and_in_the_board_managers_next_message(world: Flask) -> None:
    action(date(2017, 4, 7))
    operations.run(on=FRIDAY)
    refuse_for_good(world, "homerton.owner@example.org")
    entry = current_session().scalars(select(AuditEntry).where(AuditEntry.verb == "reminder.fail")).one()
    assert (entry.subject_ref, entry.line) == ("A-0001", "The reminder to the owner could not be delivered")
    current_session().commit()
    operations.run(on=MONDAY)
    assert messages()[-1] == ("board.manager", MONDAY, State.QUEUED)
    sender.send(until_empty=True)
    told = the_message(MONDAY)
    assert told.subject == "1 message could not be delivered"
    assert "1 message of ours could not be delivered since your last reminder." in (told.text_body or "")
    current_session().commit()
    operations.run(on=date(2017, 4, 4))
    assert [recipient for recipient, _, _ in messages()].count("board.manager") == 1


def test_of_what_is_sent_by_the_thousand_nobody_is_told_each_that_came_back(world: Flask) -> None:
    action(date(2017, 4, 7))
    operations.run(on=FRIDAY)
    refuse_for_good(world, "homerton.owner@example.org")
    board_manager = person_by_ref("board.manager").id
    assert queries.undelivered_since_last(board_manager) == 1
    the_message().batch = "B-0001"
    current_session().flush()
    assert queries.undelivered_since_last(board_manager) == 0
    assert outbox.in_trouble() == {State.FAILED: 0, State.UNCERTAIN: 0}


def test_a_failure_is_told_beside_what_the_board_manager_owes(world: Flask) -> None:
    action(date(2017, 4, 7))
    action(date(2017, 3, 31), owner=None)
    operations.run(on=FRIDAY)
    refuse_for_good(world, "homerton.owner@example.org")
    operations.run(on=MONDAY)
    sender.send(until_empty=True)
    told = the_message(MONDAY)
    assert told.subject == "1 action needs you: overdue"
    assert "1 message of ours could not be delivered" in (told.html_body or "")


def test_a_failed_reminder_is_not_sent_again_by_itself(world: Flask) -> None:
    action(date(2017, 4, 7))
    operations.run(on=FRIDAY)
    refuse_for_good(world, "homerton.owner@example.org")
    operations.run(on=MONDAY)
    assert "homerton.owner" not in queued(MONDAY)
