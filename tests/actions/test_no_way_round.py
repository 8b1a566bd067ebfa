"""What nobody gets round another way: tiers, the count of extensions, an agency's own return."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from app.accounts.models import Agency
from app.accounts.queries import person_by_ref
from app.actions import deciders, operations, queries
from app.actions.models import Action, ExtensionRequest
from app.actions.operations import Part
from app.actions.rules import (
    Decision,
    EvidenceKind,
    ExtensionDecision,
    MayNotDecide,
    NotForUsDecision,
    Reason,
    Status,
)
from app.actions.rules.entry import Nature
from app.actions.rules.impact import ImpactDecision, Level
from app.core.clock import today
from app.core.database import current_session
from app.core.errors import RuleBroken
from app.reports.queries import own_extensions, own_impact, own_not_for_us
from tests.actions.support import a_lesson, a_plan, a_submitted_action, acting, an_action, set_day
from tests.support.trail import entries
from tests.support.world import DAY, by_ref, make_evidence

DUE = date(2017, 5, 31)
LATER = date(2017, 9, 29)


def _ask(action: Action, new_due_on: date) -> ExtensionRequest:
    with acting("homerton.owner"):
        return operations.ask_for_more_time(
            action=action,
            new_due_on=new_due_on,
            reason_code=Reason.FUNDING,
            interim_safeguard="The duty nurse checks each ward",
        )


def _extend(action: Action, days: int = 14) -> None:
    """Ask for more time, and have it given by whoever decides."""
    assert action.due_on
    _ask(action, action.due_on + timedelta(days=days))
    with acting(deciders.of_extension(action)[0].ref):
        operations.decide_extension(action=action, decision=ExtensionDecision.GRANTED)


def _parts(*owners: str) -> list[Part]:
    people = [person_by_ref(owner) for owner in owners]
    return [Part("A piece of it", person.agency, person) for person in people if person.agency]


def _all_agency() -> tuple[Action, Action]:
    """An agreed action for two agencies, and the part of the first."""
    with acting("board.manager"):
        whole = operations.create_for_agencies(
            plan=a_plan(agency=by_ref(Agency, "chscb"), owner=person_by_ref("board.manager")),
            agencies=[by_ref(Agency, ref) for ref in ("homerton", "hackney-learning-trust")],
            lessons=[a_lesson()],
        )
    with acting("scr.chair"):
        operations.agree(action=whole)
    return whole, next(part for part in queries.parts_of(whole) if part.agency.ref == "homerton")


# The tier that decides


def test_a_request_is_decided_by_whoever_may_give_so_much_from_the_present_date(world: Flask) -> None:
    action = an_action(status="on_hold")
    # As older records have it: asked before it was put on hold, and never decided.
    request = ExtensionRequest(
        ref=f"{action.ref}-X1",
        action=action,
        asked_on=DAY,
        asked_by_id=person_by_ref("homerton.owner").id,
        from_due_on=DUE,
        new_due_on=DUE + timedelta(days=28),
        reason_code=Reason.FUNDING,
        interim_safeguard="The duty nurse checks each ward",
        decider="board_manager",
    )
    current_session().add(request)
    current_session().flush()
    with acting("scr.chair"):
        operations.resume(action=action, new_due_on=DUE - timedelta(days=20))
    assert (action.status, request.decision, request.decider) == ("in_progress", None, "group_chair")
    manager, chair = person_by_ref("board.manager"), person_by_ref("scr.chair")
    assert [list(own_extensions(who, limit=9)) for who in (manager, chair)] == [[], [request]]
    with acting("board.manager"), pytest.raises(MayNotDecide):
        operations.decide_extension(action=action, decision=ExtensionDecision.GRANTED)
    with acting("scr.chair"):
        operations.decide_extension(action=action, decision=ExtensionDecision.GRANTED)
    assert action.due_on == DUE + timedelta(days=28)


def test_parts_of_a_split_go_on_with_the_count_and_with_every_change_of_the_date(world: Flask) -> None:
    action = an_action(due_on=date(2017, 8, 31))
    _extend(action)
    _extend(action)
    with acting("scr.chair"):
        operations.hold(action=action, reason="Works", review_on=LATER)
        operations.resume(action=action, new_due_on=date(2017, 10, 31))
        part, _ = operations.split(
            action=action, parts=_parts("homerton.owner", "hlt.lead"), reason="Two wards"
        )
    assert (part.extension_count, part.colour, part.first_due_on, part.due_on) == (
        2,
        "R",
        date(2017, 8, 31),
        date(2017, 10, 31),
    )
    moves = [(row.from_on, row.to_on, row.reason_code) for row in part.date_changes]
    assert moves == [(row.from_on, row.to_on, row.reason_code) for row in action.date_changes]
    assert {row.cause for row in part.date_changes} == {"split"}
    assert _ask(part, date(2017, 11, 1)).decider == "independent_chair"
    with acting("independent.chair"):
        operations.decide_extension(action=part, decision=ExtensionDecision.GRANTED)
    with acting("scr.chair"):
        piece, _ = operations.split(action=part, parts=_parts("homerton.owner", "hlt.lead"), reason="Two")
    assert (part.extension_count, piece.extension_count) == (3, 3)


# What one agency returns


def test_the_part_of_one_agency_stays_one_return(world: Flask) -> None:
    whole, part = _all_agency()
    with acting("scr.chair"), pytest.raises(RuleBroken, match="stays one return"):
        operations.split(action=part, parts=_parts("homerton.owner", "homerton.lead"), reason="Two wards")
    assert (len(queries.parts_of(whole)), str(queries.returns_of(whole))) == (2, "0 of 2 returned")


def test_reopened_the_part_of_an_agency_stays_with_it(world: Flask) -> None:
    _, part = _all_agency()
    with acting("scr.chair"):
        operations.close_not_implemented(action=part, reason="They have no wards", decided_on=DAY)
        with pytest.raises(RuleBroken, match="Choose Homerton") as refused:
            operations.reopen(
                action=part,
                reason="They have",
                agency=by_ref(Agency, "ccg"),
                owner=person_by_ref("scr.chair"),
                new_due_on=LATER,
            )
        assert refused.value.field == "agency_id"
        operations.reopen(
            action=part,
            reason="They have",
            agency=part.agency,
            owner=person_by_ref("homerton.owner"),
            new_due_on=LATER,
        )
    assert (part.status, part.agency.ref) == ("reopened", "homerton")


# What nobody decided


@pytest.mark.parametrize(
    ("ending", "status"),
    [
        ("hold", "On hold"),
        ("escalate", "Escalated externally"),
        ("withdraw", "Withdrawn"),
        ("close_not_implemented", "Closed: not implemented"),
        ("supersede", "Superseded"),
        ("split", "Superseded"),
        ("send_for_sign_off", "Submitted for sign-off"),
    ],
)
def test_a_request_for_more_time_lapses_where_the_clock_of_the_owner_stops(
    world: Flask, ending: str, status: str
) -> None:
    action, other = an_action(), an_action()
    request = _ask(action, LATER)
    with acting("homerton.lead"):
        said = operations.say_not_for_us(action=action, reason="The CCG runs the ward")
    make_evidence(action)
    why = {"reason": "So"}
    of_each: dict[str, dict[str, Any]] = {
        "hold": {**why, "review_on": LATER},
        "escalate": {**why, "review_on": LATER, "about": "The guidance", "put_to": "A department"},
        "close_not_implemented": {**why, "decided_on": DAY},
        "supersede": {**why, "successor": other},
        "split": {**why, "parts": _parts("homerton.owner", "hlt.lead")},
        "send_for_sign_off": {"what_is_different": "Every ward has it"},
    }
    with acting("scr.chair"):
        getattr(operations, ending)(action=action, **of_each.get(ending, why))
    chair = person_by_ref("scr.chair")
    assert (request.decision, request.decided_on, request.decided_by_id) == ("lapsed", DAY, chair.id)
    assert request.decision_reason == f"Nothing is left to decide: the action is ‘{status}’"
    is_over = not action.is_open and action.closed_on is not None
    assert said.decision == ("lapsed" if is_over else None)
    assert entries(f"action.{ending}")
    assert action.extension_count == 0


def test_taken_up_again_nothing_waits_that_was_not_decided_before_it_ended(world: Flask) -> None:
    action = an_action()
    with acting("homerton.lead"):
        operations.say_not_for_us(action=action, reason="The CCG runs the ward")
    with acting("scr.chair"):
        operations.withdraw(action=action, reason="A double")
        operations.reopen(
            action=action,
            reason="It was none",
            agency=action.agency,
            owner=action.owner,
            new_due_on=LATER,
        )
        assert list(own_not_for_us(person_by_ref("scr.chair"), limit=9)) == []
        with pytest.raises(RuleBroken, match="nothing to decide"):
            operations.answer_not_for_us(action=action, decision=NotForUsDecision.KEPT, reason="Yours")
    with acting("homerton.lead"):
        said = operations.say_not_for_us(action=action, reason="It still does")
    assert (action.waiting_not_for_us, said.ref) == (said, f"{action.ref}-N2")


def test_what_was_stated_of_a_difference_waits_again_only_once_the_work_is_accepted_again(
    world: Flask,
) -> None:
    action, chair = a_submitted_action(), person_by_ref("scr.chair")

    def waiting() -> int:
        return len(own_impact(chair, limit=9))

    def accept() -> None:
        with acting("scr.chair"):
            operations.decide_sign_off(action=action, decision=Decision.ACCEPTED)

    accept()
    with acting("homerton.owner"):
        operations.state_impact(action=action, stated=operations.Stated(Level.ACTIVITY, "All were told"))
    assert waiting() == 1
    with acting("scr.chair"):
        operations.reopen(
            action=action, reason="More", agency=action.agency, owner=action.owner, new_due_on=LATER
        )
    assert waiting() == 0
    with acting("homerton.owner"):
        operations.send_for_sign_off(action=action, what_is_different="Every ward has it")
    accept()
    assert waiting() == 1


# Days


def test_it_cannot_have_been_decided_against_before_it_was_agreed(world: Flask) -> None:
    action = an_action(agreed_on=date(2017, 2, 1))
    with acting("scr.chair"):
        with pytest.raises(RuleBroken, match="between 1 February 2017, when it was agreed") as refused:
            operations.close_not_implemented(action=action, reason="No", decided_on=date(2017, 1, 31))
        assert refused.value.field == "decided_on"
        operations.close_not_implemented(action=action, reason="No", decided_on=date(2017, 2, 1))
    assert action.status == Status.NOT_IMPLEMENTED


def test_a_date_that_nobody_plans_for_is_refused_beside_its_field(world: Flask) -> None:
    action, sent, far = an_action(), a_submitted_action(), date(2100, 6, 30)
    with acting("scr.chair"):
        for field, attempt in (
            ("due_on", lambda: operations.create_draft(plan=a_plan(due_on=far), lessons=[a_lesson()])),
            (
                "new_due_on",
                lambda: operations.decide_sign_off(
                    action=sent, decision=Decision.RETURNED, reason="More", resubmit_by_on=far
                ),
            ),
            ("review_on", lambda: operations.hold(action=action, reason="Works", review_on=far)),
            ("new_due_on", lambda: _ask(action, far)),
            (
                "answer_by_on",
                lambda: operations.escalate(
                    action=action,
                    reason="So",
                    review_on=LATER,
                    about="The guidance",
                    put_to="A department",
                    answer_by_on=far,
                ),
            ),
        ):
            with pytest.raises(RuleBroken, match="Check the year") as refused:
                attempt()
            assert refused.value.field == field


# What a decision stood on


def test_evidence_that_came_while_the_decision_waited_stays_on_the_record_with_it(world: Flask) -> None:
    action = a_submitted_action()
    set_day(DAY + timedelta(days=3))
    with acting("homerton.owner"):
        late = operations.add_evidence(action=action, proof=operations.Proof(EvidenceKind.WORDS, "An audit"))
    with acting("scr.chair"):
        sign_off = operations.decide_sign_off(
            action=action,
            decision=Decision.RETURNED,
            reason="More wards",
            resubmit_by_on=LATER,
        )
    assert sign_off.evidence_number == 2
    # As records have it that were loaded: then the days say what was there.
    sign_off.evidence_number = None
    with acting("homerton.owner"), pytest.raises(RuleBroken, match="stays on the record"):
        operations.withdraw_evidence(evidence=late, reason="Not right")
    set_day(today() + timedelta(days=1))
    with acting("homerton.owner"):
        with pytest.raises(RuleBroken, match="stays on the record"):
            operations.withdraw_evidence(evidence=late, reason="Not right")
        new = operations.add_evidence(action=action, proof=operations.Proof(EvidenceKind.WORDS, "A slip"))
        operations.withdraw_evidence(evidence=new, reason="Not right")


def test_evidence_that_showed_a_difference_stays_on_the_record_with_what_was_stated(world: Flask) -> None:
    action = a_submitted_action()
    with acting("scr.chair"):
        operations.decide_sign_off(action=action, decision=Decision.ACCEPTED)
    audit = operations.NewEvidence("An audit of twenty plans", Nature.AUDIT)
    with acting("homerton.owner"):
        stated = operations.state_impact(
            action=action, stated=operations.Stated(Level.PRACTICE, "Wards do it", added=[audit])
        )
    with acting("scr.chair"):
        operations.decide_impact(action=action, decision=ImpactDecision.CONFIRMED)
        operations.reopen(
            action=action, reason="More", agency=action.agency, owner=action.owner, new_due_on=LATER
        )
    with acting("homerton.owner"), pytest.raises(RuleBroken, match="so it stays on the record"):
        operations.withdraw_evidence(evidence=stated.evidence[0], reason="Not right")
    assert (action.impact_level, stated.evidence[0].withdrawn_on) == (4, None)


def test_work_that_was_sent_is_moved_to_no_agency_whose_absence_lets_its_own_chair_decide(
    world: Flask,
) -> None:
    action = an_action(owner="city.owner", group="qa")
    make_evidence(action)
    with acting("city.owner"):
        operations.say_not_for_us(action=action, reason="The ward is not ours")
        operations.send_for_sign_off(action=action, what_is_different="Every ward has it")
    owner = person_by_ref("homerton.owner")
    with acting("board.manager"), pytest.raises(RuleBroken, match="decide that first"):
        operations.answer_not_for_us(
            action=action,
            decision=NotForUsDecision.MOVED,
            reason="It is theirs",
            agency=owner.agency,
            owner=owner,
        )
    with acting("qa.chair"), pytest.raises(MayNotDecide):
        operations.decide_sign_off(action=action, decision=Decision.ACCEPTED)
