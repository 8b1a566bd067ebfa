"""Who decides about an action, and what a decision changes."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask

from app.accounts.models import Agency, Person
from app.accounts.queries import person_by_ref
from app.actions import operations, queries
from app.actions.models import Action
from app.actions.rules import (
    Decision,
    ExtensionDecision,
    MayNotDecide,
    Reason,
)
from app.audit.models import AuditEntry
from app.core.database import current_session
from app.core.errors import RuleBroken
from app.reports.queries import Scope, waiting_sign_offs
from tests.actions.support import (
    NOTES,
    a_lesson,
    a_plan,
    a_submitted_action,
    acting,
    an_action,
    set_day,
    write,
)
from tests.support.world import DAY, by_ref, make_evidence

SAFEGUARD = "The ward manager checks each discharge."


def _entries() -> list[AuditEntry]:
    return current_session().query(AuditEntry).order_by(AuditEntry.id).all()


def _ask(action: Action, days: int = 20, by: str = "homerton.owner") -> None:
    assert action.due_on
    with acting(by):
        operations.ask_for_more_time(
            action=action,
            new_due_on=action.due_on + timedelta(days=days),
            reason_code=Reason.FUNDING,
            interim_safeguard=SAFEGUARD,
        )


# Deciding


def test_accepted_it_is_complete_and_closed(world: Flask) -> None:
    action = a_submitted_action()
    with acting("scr.chair"):
        sign_off = operations.decide_sign_off(action=action, decision=Decision.ACCEPTED, meeting_on=DAY)
    assert (action.status, action.closed_on, action.colour) == ("complete", DAY, "B")
    assert (action.submitted_on, sign_off.decided_on, sign_off.meeting_on) == (None, DAY, DAY)
    assert sign_off.decided_by
    assert sign_off.decided_by.ref == "scr.chair"


def test_returned_it_is_owed_again_by_the_date_given(world: Flask) -> None:
    action = a_submitted_action(due_on=date(2017, 4, 14))
    with acting("scr.chair"), pytest.raises(RuleBroken, match="reason"):
        operations.decide_sign_off(action=action, decision=Decision.RETURNED, resubmit_by_on=date(2017, 5, 1))
    with acting("scr.chair"), pytest.raises(RuleBroken, match="after today"):
        operations.decide_sign_off(
            action=action, decision=Decision.RETURNED, reason="Show the sample", resubmit_by_on=DAY
        )
    with acting("board.manager"):
        operations.decide_sign_off(
            action=action,
            decision=Decision.RETURNED,
            reason="Show the sample",
            resubmit_by_on=date(2017, 5, 1),
            meeting_on=DAY,
        )
    assert (action.status, action.due_on, action.first_due_on) == (
        "in_progress",
        date(2017, 5, 1),
        date(2017, 4, 14),
    )
    assert (action.return_count, action.is_chased) == (1, True)
    moved = action.date_changes[-1]
    assert (moved.from_on, moved.to_on, moved.cause, moved.reason_code) == (
        date(2017, 4, 14),
        date(2017, 5, 1),
        "returned",
        "returned",
    )


def test_returned_for_the_date_it_is_due_anyway_moves_nothing(world: Flask) -> None:
    action = a_submitted_action(due_on=date(2017, 5, 1))
    with acting("scr.chair"):
        operations.decide_sign_off(
            action=action, decision=Decision.ACCEPTED_IN_PART, reason="Half", resubmit_by_on=date(2017, 5, 1)
        )
    assert action.date_changes == []
    assert (action.status, action.return_count, action.closed_on) == ("in_progress", 0, None)


@pytest.mark.parametrize(
    "who", ["homerton.owner", "homerton.lead", "scr.member", "qa.chair", "independent.chair"]
)
def test_nobody_else_decides_a_sign_off(world: Flask, who: str) -> None:
    action = a_submitted_action()
    with acting(who), pytest.raises(MayNotDecide):
        operations.decide_sign_off(action=action, decision=Decision.ACCEPTED)
    assert (action.status, action.waiting_sign_off is not None) == ("submitted", True)


def test_the_system_decides_nothing(world: Flask) -> None:
    with pytest.raises(operations.NotAPerson):
        operations.decide_sign_off(action=a_submitted_action(), decision=Decision.ACCEPTED)


def test_a_chair_of_the_accountable_agency_leaves_it_to_the_board_manager(world: Flask) -> None:
    action = a_submitted_action(agency="ccg", owner=None)
    with acting("scr.chair"), pytest.raises(MayNotDecide, match="agency"):
        operations.decide_sign_off(action=action, decision=Decision.ACCEPTED)
    with acting("independent.chair"), pytest.raises(MayNotDecide):
        operations.decide_sign_off(action=action, decision=Decision.ACCEPTED)
    with acting("board.manager"):
        operations.decide_sign_off(action=action, decision=Decision.ACCEPTED, meeting_on=DAY)


def test_where_all_deciders_answer_for_it_the_independent_chair_decides(world: Flask) -> None:
    action = a_submitted_action(agency="ccg", owner=None)
    person_by_ref("board.manager").agency = by_ref(Agency, "ccg")
    with acting("board.manager"), pytest.raises(MayNotDecide):
        operations.decide_sign_off(action=action, decision=Decision.ACCEPTED)
    with acting("independent.chair"):
        operations.decide_sign_off(action=action, decision=Decision.ACCEPTED)


def test_whoever_sent_it_does_not_decide_it(world: Flask) -> None:
    action = an_action()
    make_evidence(action)
    with acting("scr.chair"):
        operations.send_for_sign_off(action=action, what_is_different="Wards know")
        with pytest.raises(MayNotDecide):
            operations.decide_sign_off(action=action, decision=Decision.ACCEPTED)


def test_a_second_decision_is_told_of_the_first(world: Flask) -> None:
    action = a_submitted_action()
    with acting("scr.chair"):
        operations.decide_sign_off(action=action, decision=Decision.ACCEPTED)
    with acting("board.manager"), pytest.raises(operations.AlreadyDecided) as refused:
        operations.decide_sign_off(action=action, decision=Decision.RETURNED, reason="No")
    assert refused.value.sentence == "This was decided by Scr chair on 31 March 2017: accepted"


def test_what_was_set_aside_while_it_waited_is_decided_no_more(world: Flask) -> None:
    action = a_submitted_action()
    action.status = "superseded"
    with acting("scr.chair"), pytest.raises(operations.AlreadyDecided, match="nothing to decide"):
        operations.decide_sign_off(action=action, decision=Decision.ACCEPTED)


def test_a_meeting_lies_between_sending_and_today(world: Flask) -> None:
    action = a_submitted_action()
    with acting("scr.chair"):
        for day in (DAY - timedelta(days=1), DAY + timedelta(days=1)):
            with pytest.raises(operations.WrongDay):
                operations.decide_sign_off(action=action, decision=Decision.ACCEPTED, meeting_on=day)


# More time


def test_granted_the_date_moves_and_the_first_one_stays(world: Flask) -> None:
    action = an_action(due_on=date(2017, 5, 31))
    _ask(action)
    request = action.waiting_extension
    assert request
    assert request.decider == "board_manager"
    with acting("board.manager"):
        operations.decide_extension(action=action, decision=ExtensionDecision.GRANTED)
    assert (action.due_on, action.first_due_on) == (date(2017, 6, 20), date(2017, 5, 31))
    assert (action.extension_count, action.colour) == (1, "A")
    moved = action.date_changes[-1]
    assert (moved.cause, moved.reason_code, moved.from_on) == ("extension", "funding", date(2017, 5, 31))


def test_refused_with_a_reason_nothing_moves(world: Flask) -> None:
    action = an_action()
    _ask(action)
    with acting("board.manager"), pytest.raises(operations.TextMissing):
        operations.decide_extension(action=action, decision=ExtensionDecision.REFUSED)
    with acting("board.manager"):
        operations.decide_extension(action=action, decision=ExtensionDecision.REFUSED, reason="Too long")
    assert (action.due_on, action.extension_count, action.date_changes) == (date(2017, 5, 31), 0, [])
    with acting("board.manager"), pytest.raises(operations.AlreadyDecided, match=r"refused by Board manager"):
        operations.decide_extension(action=action, decision=ExtensionDecision.GRANTED)


def test_only_one_request_waits(world: Flask) -> None:
    action = an_action()
    _ask(action)
    with pytest.raises(operations.AlreadyAsked):
        _ask(action)


def test_each_extension_is_decided_one_tier_higher(world: Flask) -> None:
    action = an_action()
    for decider, who, others in (
        ("board_manager", "board.manager", ("scr.chair", "independent.chair")),
        ("group_chair", "scr.chair", ("board.manager", "independent.chair")),
        ("independent_chair", "independent.chair", ("board.manager", "scr.chair")),
    ):
        _ask(action)
        assert action.waiting_extension
        assert action.waiting_extension.decider == decider
        for other in others:
            with acting(other), pytest.raises(MayNotDecide):
                operations.decide_extension(action=action, decision=ExtensionDecision.GRANTED)
        with acting(who):
            operations.decide_extension(action=action, decision=ExtensionDecision.GRANTED)
    assert (action.extension_count, action.colour) == (3, "R")


def test_a_long_extension_goes_to_the_groups_chair(world: Flask) -> None:
    action = an_action()
    _ask(action, days=29)
    assert action.waiting_extension
    assert action.waiting_extension.decider == "group_chair"


def test_the_board_managers_own_agency_asks_the_independent_chair(world: Flask) -> None:
    action = an_action(agency="chscb", owner=None)
    _ask(action, by="tusk.editor")
    with acting("board.manager"), pytest.raises(MayNotDecide):
        operations.decide_extension(action=action, decision=ExtensionDecision.GRANTED)
    with acting("independent.chair"):
        operations.decide_extension(action=action, decision=ExtensionDecision.GRANTED)


def test_time_that_has_passed_meanwhile_cannot_be_granted(world: Flask) -> None:
    action = an_action()
    _ask(action)
    set_day(date(2017, 6, 20))
    with acting("board.manager"), pytest.raises(RuleBroken, match="after today"):
        operations.decide_extension(action=action, decision=ExtensionDecision.GRANTED)


def test_what_is_sent_for_sign_off_needs_no_more_time(world: Flask) -> None:
    action = an_action()
    _ask(action)
    make_evidence(action)
    operations.send_for_sign_off(action=action, what_is_different="Wards know")
    request = action.extension_requests[-1]
    assert (request.decision, request.decided_on) == ("lapsed", DAY)
    with acting("board.manager"), pytest.raises(RuleBroken, match="‘Submitted for sign-off’"):
        operations.decide_extension(action=action, decision=ExtensionDecision.GRANTED)


# The record


def test_every_operation_leaves_one_entry_without_the_words_of_the_case(world: Flask) -> None:
    lesson = a_lesson()
    seen = len(_entries())
    with acting("scr.chair"):
        action = operations.create_draft(plan=a_plan(), lessons=[lesson])
        operations.edit_draft(action=action, plan=a_plan(title="Check each ward"))
        operations.agree(action=action)
    write(action)
    operations.add_evidence(action=action, proof=NOTES)
    spare = operations.add_evidence(action=action, proof=replace(NOTES, shows="Those of another meeting."))
    operations.withdraw_evidence(evidence=spare, reason="Twice")
    _ask(action)
    with acting("board.manager"):
        operations.decide_extension(action=action, decision=ExtensionDecision.GRANTED)
    operations.send_for_sign_off(action=action, what_is_different="Wards know")
    with acting("scr.chair"):
        operations.decide_sign_off(action=action, decision=Decision.ACCEPTED)
    entries = _entries()[seen:]
    assert [entry.verb.partition(".")[2] for entry in entries] == [
        "create", "edit", "agree", "update", "add_evidence", "add_evidence", "withdraw_evidence",
        "ask_for_more_time", "decide_extension", "send_for_sign_off", "decide_sign_off",
    ]  # fmt: skip
    assert {entry.subject_ref for entry in entries} == {action.ref}
    lines = " ".join(entry.line for entry in entries)
    for words in ("ward", "Wards", "plan", "Minutes", "Twice", "manager"):
        assert words not in lines


def test_operations_do_not_commit(world: Flask) -> None:
    lesson = a_lesson()
    current_session().commit()
    operations.create_draft(plan=a_plan(), lessons=[lesson])
    current_session().rollback()
    assert current_session().query(Action).count() == 0
    assert current_session().query(Person).count() > 0


# Ended while it waited, reopened and sent again


def test_a_sign_off_that_nobody_decided_waits_no_more_once_the_action_was_reopened_and_sent_again(
    world: Flask,
) -> None:
    action = a_submitted_action()
    with acting("scr.chair"):
        operations.close_not_implemented(action=action, reason="There is no money.", decided_on=DAY)
        operations.reopen(
            action=action,
            reason="There is money now.",
            agency=action.agency,
            owner=person_by_ref("homerton.owner"),
            new_due_on=DAY + timedelta(days=60),
        )
    assert action.waiting_sign_off is None
    again_on = DAY + timedelta(days=3)
    set_day(again_on)
    with acting("homerton.lead"):
        operations.send_for_sign_off(action=action, what_is_different="Every ward has the new plan.")
    second = f"{action.ref}-S2"
    assert action.submitted_on == again_on
    assert action.waiting_sign_off is not None
    assert action.waiting_sign_off.ref == second
    everything = Scope(person_by_ref("board.manager").facts)
    assert [each.ref for each in waiting_sign_offs(everything, limit=10)] == [second]
    assert [due.ref for due in queries.all_dues(again_on, 60) if due.kind == "sign_off"] == [second]
    assert {ref: each.is_owed for ref, each in queries.standing([f"{action.ref}-S1", second]).items()} == {
        f"{action.ref}-S1": False,
        second: True,
    }
    with acting("scr.chair"):
        decided = operations.decide_sign_off(action=action, decision=Decision.ACCEPTED, meeting_on=again_on)
    assert decided.ref == second
