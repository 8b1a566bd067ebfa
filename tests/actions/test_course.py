"""The moves beside the main line: who makes them, what they change, and what they leave as it was."""

from datetime import date, timedelta

import pytest
from flask import Flask

from app.accounts.models import Agency
from app.accounts.queries import person_by_ref
from app.actions import operations
from app.actions.handing_over import hand_over, owed_by
from app.actions.models import Action, Challenge, Evidence, NotForUs
from app.actions.operations import Part
from app.actions.rules import (
    Acknowledgement,
    Colour,
    ColourNotDeclared,
    Decision,
    MayNotDecide,
    NotForUsDecision,
)
from app.actions.rules.lifecycle import IllegalMove
from app.actions.standing import asked_on
from app.core.database import current_session
from app.core.errors import RuleBroken
from app.reports.course_part import owed_acknowledgement
from tests.actions.support import (
    a_lesson,
    a_submitted_action,
    acting,
    an_action,
    write,
)
from tests.support.trail import entries
from tests.support.world import DAY, by_ref, make_action, make_evidence, make_recommendation

DUE = date(2017, 5, 31)
LATER = date(2017, 9, 29)


def _dates(action: Action) -> tuple[date | None, date | None]:
    return action.first_due_on, action.due_on


def _say(action: Action) -> NotForUs:
    with acting("homerton.lead"):
        return operations.say_not_for_us(
            action=action, reason="The ward belongs to the CCG", suggested=by_ref(Agency, "ccg")
        )


# Acknowledged, and passed on


def test_an_acknowledgement_is_asked_for_within_five_working_days_and_says_how_late_it_is(
    world: Flask,
) -> None:
    action = an_action(status="agreed", agreed_on=DAY)
    assert asked_on(action) == DAY

    def owed(on: date) -> Acknowledgement | None:
        return owed_acknowledgement(action, on)

    assert owed(date(2017, 4, 10)) == Acknowledgement(DAY, date(2017, 4, 7), 1)
    assert owed(date(2017, 4, 7)) == Acknowledgement(DAY, date(2017, 4, 7), 0)
    with acting("homerton.owner"):
        operations.acknowledge(action=action)
        with pytest.raises(RuleBroken, match="acknowledged on 31 March 2017"):
            operations.acknowledge(action=action)
    assert (action.acknowledged_on, owed(date(2017, 4, 10))) == (DAY, None)


def test_an_update_says_as_much_as_an_acknowledgement(world: Flask) -> None:
    action = an_action(status="agreed")
    write(action)
    assert action.acknowledged_on == DAY


def test_reassigned_it_has_another_owner_of_the_agency_and_is_to_be_acknowledged_anew(world: Flask) -> None:
    action = an_action(acknowledged_on=DAY)
    with acting("homerton.lead"):
        with pytest.raises(RuleBroken, match="works for Homerton"):
            operations.reassign(action=action, owner=person_by_ref("police.owner"), reason="Moved")
        with pytest.raises(RuleBroken, match="has left"):
            operations.reassign(action=action, owner=person_by_ref("left.owner"), reason="Moved")
        with pytest.raises(RuleBroken, match="reason"):
            operations.reassign(action=action, owner=person_by_ref("homerton.lead"), reason=" ")
        operations.reassign(action=action, owner=person_by_ref("homerton.lead"), reason="The nurse moved")
    assert action.owner
    assert (action.owner.ref, action.owner_role, action.acknowledged_on) == (
        "homerton.lead",
        "Named nurse",
        None,
    )
    change = action.owner_changes[-1]
    assert (change.cause, change.from_agency_id, change.reason) == (
        "reassigned",
        change.to_agency_id,
        "The nurse moved",
    )
    assert _dates(action) == (DUE, DUE)


def test_what_is_not_for_an_agency_moves_by_a_decision_and_its_date_does_not(world: Flask) -> None:
    action = an_action(acknowledged_on=DAY)
    said = _say(action)
    with acting("homerton.owner"), pytest.raises(RuleBroken, match="waits for a decision"):
        operations.say_not_for_us(action=action, reason="Again")
    with acting("homerton.lead"), pytest.raises(MayNotDecide):
        operations.answer_not_for_us(action=action, decision=NotForUsDecision.KEPT, reason="No")
    with acting("board.manager"):
        with pytest.raises(RuleBroken, match="another agency"):
            operations.answer_not_for_us(action=action, decision=NotForUsDecision.MOVED, reason="Yes")
        operations.answer_not_for_us(
            action=action,
            decision=NotForUsDecision.MOVED,
            reason="They run the ward",
            agency=by_ref(Agency, "ccg"),
            owner=person_by_ref("scr.chair"),
        )
        with pytest.raises(RuleBroken, match="nothing to decide"):
            operations.answer_not_for_us(action=action, decision=NotForUsDecision.KEPT, reason="No")
    assert (action.agency.ref, said.decision, action.acknowledged_on) == ("ccg", "moved", None)
    assert action.owner_role == "Chair of the SCR Sub-Group"
    assert _dates(action) == (DUE, DUE)
    assert action.owner_changes[-1].cause == "not_for_us"


def test_kept_it_stays_where_it_was_with_the_reason(world: Flask) -> None:
    action = an_action()
    said = _say(action)
    with acting("scr.chair"):
        operations.answer_not_for_us(action=action, decision=NotForUsDecision.KEPT, reason="Yours it is")
    assert (action.agency.ref, said.decision, said.decision_reason) == ("homerton", "kept", "Yours it is")
    assert action.owner_changes == []


def test_whoever_says_that_it_is_not_for_them_does_not_decide_about_it(world: Flask) -> None:
    action = an_action()
    with acting("scr.chair"):
        operations.say_not_for_us(action=action, reason="The ward belongs to the CCG")
        with pytest.raises(MayNotDecide, match="You said this"):
            operations.answer_not_for_us(action=action, decision=NotForUsDecision.KEPT, reason="Yours it is")
    with acting("board.manager"):
        operations.answer_not_for_us(action=action, decision=NotForUsDecision.KEPT, reason="Yours it is")


def test_what_a_leaver_owns_goes_to_a_successor_of_the_agency(world: Flask) -> None:
    action, draft = an_action(), an_action(status="draft", due_on=None)
    done = an_action(status="complete", closed_on=DAY)
    leaver, lead = person_by_ref("homerton.owner"), person_by_ref("homerton.lead")
    assert [each.ref for each in owed_by(leaver.id)] == [action.ref, draft.ref]
    assert done.title not in str(owed_by(leaver.id))
    hand_over(action.ref, leaver.id, lead.id, "Retired")
    hand_over(draft.ref, leaver.id, None, "Retired")
    assert (action.owner, draft.owner, action.agency.ref) == (lead, None, "homerton")
    assert action.owner_changes[-1].cause == "left"
    assert owed_by(leaver.id) == []


# Waiting with a date


def test_on_hold_nobody_owes_it_and_resumed_its_date_stands_on_a_decision(world: Flask) -> None:
    action = an_action()
    with acting("homerton.lead"), pytest.raises(MayNotDecide):
        operations.hold(action=action, reason="Building works", review_on=LATER)
    with acting("scr.chair"):
        with pytest.raises(RuleBroken, match="after today"):
            operations.hold(action=action, reason="Building works", review_on=DAY)
        operations.hold(action=action, reason="Building works", review_on=LATER)
        assert (action.status, action.is_chased, action.colour, action.review_on) == (
            "on_hold",
            False,
            "X",
            LATER,
        )
        operations.resume(action=action, new_due_on=DUE)
        assert (action.status, action.review_on, action.date_changes) == ("in_progress", None, [])
        operations.hold(action=action, reason="Once more", review_on=LATER)
        with pytest.raises(RuleBroken, match="after today"):
            operations.resume(action=action, new_due_on=DAY)
        operations.resume(action=action, new_due_on=LATER, reason="The works are done")
    assert _dates(action) == (DUE, LATER)
    assert (action.date_changes[-1].cause, action.date_changes[-1].reason) == (
        "resumed",
        "The works are done",
    )


def test_escalated_a_log_is_opened_and_brought_back_it_is_owed_again(world: Flask) -> None:
    action = an_action()
    with acting("board.manager"):
        challenge = operations.escalate(
            action=action,
            reason="Only the department can change it",
            review_on=LATER,
            about="A change of the national guidance",
            put_to="A government department",
        )
        assert (action.status, action.is_chased) == ("escalated", False)
        operations.bring_back(action=action, new_due_on=LATER)
    kept = current_session().get(Challenge, challenge.id)
    assert kept
    assert (kept.kind, kept.action_id, kept.closed_on) == ("escalation", action.id, None)
    assert (action.status, _dates(action)) == ("in_progress", (DUE, LATER))


# Ended and taken up again


def test_only_a_chair_closes_it_as_not_implemented(world: Flask) -> None:
    action = an_action()
    for who in ("board.manager", "independent.chair", "homerton.owner"):
        with acting(who), pytest.raises(MayNotDecide):
            operations.close_not_implemented(action=action, reason="No money", decided_on=DAY)
    with acting("scr.chair"):
        with pytest.raises(RuleBroken, match="today or earlier"):
            operations.close_not_implemented(action=action, reason="No money", decided_on=LATER)
        operations.close_not_implemented(action=action, reason="No money", decided_on=DAY)
    assert (action.status, action.closed_on) == ("not_implemented", DAY)


def test_where_the_chair_answers_for_it_the_independent_chair_stands_in(world: Flask) -> None:
    action = an_action(agency="ccg", owner="scr.chair")
    with acting("scr.chair"), pytest.raises(MayNotDecide, match="You answer for this action"):
        operations.close_not_implemented(action=action, reason="No money", decided_on=DAY)
    with acting("independent.chair"):
        operations.close_not_implemented(action=action, reason="No money", decided_on=DAY)
    assert action.status == "not_implemented"


def test_superseded_it_goes_on_in_another_that_is_not_closed(world: Flask) -> None:
    action, other, closed = an_action(), an_action(), an_action(status="complete", closed_on=DAY)
    with acting("scr.chair"):
        with pytest.raises(RuleBroken, match="nothing can go on in it"):
            operations.supersede(action=action, successor=closed, reason="Wider")
        with pytest.raises(RuleBroken, match="its own place"):
            operations.supersede(action=action, successor=action, reason="Wider")
        operations.supersede(action=action, successor=other, reason="Wider")
    assert [(row.successor.ref, row.kind) for row in action.successions] == [(other.ref, "superseded")]
    assert (action.status, action.closed_on) == ("superseded", DAY)
    with acting("scr.chair"):
        operations.reopen(
            action=action,
            reason="Not after all",
            agency=action.agency,
            owner=person_by_ref("homerton.owner"),
            new_due_on=LATER,
        )
        operations.supersede(action=action, successor=other, reason="After all")
    current_session().expire(action)
    assert len(action.successions) == 1


def test_withdrawn_after_agreeing_it_stays_with_the_reason_and_a_draft_is_withdrawn_otherwise(
    world: Flask,
) -> None:
    action, draft = an_action(), an_action(status="draft")
    with acting("scr.chair"):
        with pytest.raises(RuleBroken, match="still a draft"):
            operations.withdraw(action=draft, reason="A double")
        operations.withdraw(action=action, reason="A double")
    assert (action.status, action.closed_on, action.steps[-1].reason) == ("withdrawn", DAY, "A double")


def test_reopened_it_is_owed_again_and_no_look_at_its_impact_is(world: Flask) -> None:
    action = a_submitted_action()
    with acting("scr.chair"):
        operations.decide_sign_off(action=action, decision=Decision.ACCEPTED)
        assert [look.is_open for look in action.impact_looks] == [True, True, True]
        with pytest.raises(RuleBroken, match="after today"):
            operations.reopen(
                action=action,
                reason="It came back",
                agency=action.agency,
                owner=action.owner,
                new_due_on=DAY,
            )
        operations.reopen(
            action=action,
            reason="It came back",
            agency=by_ref(Agency, "ccg"),
            owner=person_by_ref("scr.chair"),
            new_due_on=LATER,
        )
    assert (action.status, action.closed_on, _dates(action)) == ("reopened", None, (DUE, LATER))
    assert [look.is_open for look in action.impact_looks] == [False, False, False]
    assert (action.owner_changes[-1].cause, action.date_changes[-1].cause) == ("reopened", "reopened")


def test_a_draft_that_was_withdrawn_is_agreed_by_being_reopened(world: Flask) -> None:
    action = an_action(status="draft", due_on=None)
    with acting("scr.chair"):
        operations.withdraw_draft(action=action, reason="Too early")
        operations.reopen(
            action=action, reason="Now", agency=action.agency, owner=action.owner, new_due_on=LATER
        )
    assert (action.agreed_on, _dates(action), action.is_chased) == (DAY, (LATER, LATER), True)


# Split and merged


def test_each_part_of_a_split_keeps_the_promise_and_the_evidence_stays_with_the_whole(world: Flask) -> None:
    action = an_action()
    make_evidence(action)
    parts = [
        Part("Tell the wards", by_ref(Agency, "homerton"), person_by_ref("homerton.owner")),
        Part("Tell the schools", by_ref(Agency, "hackney-learning-trust"), person_by_ref("hlt.lead")),
    ]
    with acting("scr.chair"):
        operations.hold(action=action, reason="Works", review_on=LATER)
        operations.resume(action=action, new_due_on=LATER)
        with pytest.raises(RuleBroken, match="at least two"):
            operations.split(action=action, parts=parts[:1], reason="Two agencies")
        made = operations.split(action=action, parts=parts, reason="Two agencies")
    assert [(_dates(part), part.status, part.is_chased) for part in made] == [
        ((DUE, LATER), "agreed", True)
    ] * 2
    assert [part.lessons for part in made] == [action.lessons] * 2
    assert [(row.successor.ref, row.kind) for row in action.successions] == [
        (part.ref, "split") for part in made
    ]
    assert (action.status, len(action.evidence)) == ("superseded", 1)
    assert current_session().query(Evidence).filter(Evidence.action_id.in_([p.id for p in made])).all() == []


def test_merged_the_target_keeps_its_dates_and_answers_what_the_others_did(world: Flask) -> None:
    lesson = a_lesson()
    target, other = make_action(lesson), make_action(lesson, due_on=date(2017, 4, 30))
    recommendation = make_recommendation(lesson.source)
    other.recommendations.append(recommendation)
    stranger = an_action()
    with acting("scr.chair"):
        with pytest.raises(RuleBroken, match="same source"):
            operations.merge(action=target, others=[stranger], reason="One thing")
        operations.merge(action=target, others=[other], reason="One thing")
    assert (other.status, [row.kind for row in other.successions]) == ("superseded", ["merged"])
    assert (_dates(target), target.recommendations) == ((DUE, DUE), [recommendation])


# A declared colour


def test_a_declared_colour_stands_beside_the_calculated_one_and_lapses(world: Flask) -> None:
    action = an_action(due_on=date(2017, 12, 31))
    write(action)
    with acting("homerton.lead"), pytest.raises(MayNotDecide):
        operations.declare_colour(action=action, declared=Colour.RED, reason="It will not hold")
    with acting("scr.chair"):
        for colour, match in ((Colour.GREEN, "already"), (Colour.BLUE, "red, amber or green")):
            with pytest.raises(ColourNotDeclared, match=match):
                operations.declare_colour(action=action, declared=colour, reason="So")
        operations.declare_colour(action=action, declared=Colour.RED, reason="It will not hold")
    lapses = DAY + timedelta(days=31)
    assert (action.colour, action.declared_colour, action.declared_until) == ("G", "R", lapses)
    assert action.colour_changes_on == lapses
    current_session().commit()
    operations.refresh_colours(on=lapses - timedelta(days=1))
    assert action.declared_colour == "R"
    operations.refresh_colours(on=lapses)
    current_session().refresh(action)
    assert action.declared_until is None
    assert action.declared_colour is None
    assert len(action.colour_overrides) == 1


def test_a_later_declaration_takes_its_place_and_paused_it_shows_none(world: Flask) -> None:
    action = an_action(due_on=date(2017, 12, 31))
    with acting("scr.chair"):
        operations.declare_colour(action=action, declared=Colour.RED, reason="So")
        operations.declare_colour(action=action, declared=Colour.GREEN, reason="Better")
        assert (action.colour, action.declared_colour) == ("A", "G")
        operations.hold(action=action, reason="Works", review_on=LATER)
        assert action.declared_colour is None
        with pytest.raises(ColourNotDeclared, match="only while"):
            operations.declare_colour(action=action, declared=Colour.RED, reason="So")


def test_what_was_ended_cannot_be_paused(world: Flask) -> None:
    action = an_action(status="withdrawn", closed_on=DAY)
    with acting("scr.chair"), pytest.raises(IllegalMove):
        operations.hold(action=action, reason="So", review_on=LATER)
    assert entries("action.hold") == []
