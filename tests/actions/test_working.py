"""From a lesson to work that is handed in: what may be done to an action, and what the record keeps of it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask

from app.accounts.models import Agency
from app.accounts.queries import person_by_ref
from app.actions import operations
from app.actions.operations import Proof
from app.actions.rules import (
    Decision,
    EvidenceKind,
    IllegalMove,
    LinkNotUsable,
    OwnerView,
    RecordClosed,
)
from app.audit.models import AuditEntry
from app.core.database import current_session
from app.core.errors import RuleBroken
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
from tests.support.world import DAY, by_ref, make_evidence, make_lesson, make_recommendation, make_review


def _entries() -> list[AuditEntry]:
    return current_session().query(AuditEntry).order_by(AuditEntry.id).all()


# Drafting


def test_a_draft_is_of_the_source_of_what_it_answers(world: Flask) -> None:
    lesson = a_lesson()
    recommendation = make_recommendation(lesson.source, lessons=[lesson])
    with acting("scr.member"):
        action = operations.create_draft(plan=a_plan(), lessons=[lesson], recommendations=[recommendation])
    assert action.source is lesson.source
    assert (action.status, action.colour, action.is_open, action.is_chased) == ("draft", "X", False, False)
    assert action.owner_role == "Named nurse"
    entry = _entries()[-1]
    assert entry.line == f"Drafted {action.ref} to answer {lesson.ref}, {recommendation.ref}"
    assert (entry.actor_name, entry.source_ref) == ("Scr member", lesson.source.ref)


def test_an_action_for_a_recommendation_answers_the_lessons_behind_it(world: Flask) -> None:
    lesson = a_lesson()
    withdrawn = make_lesson(lesson.source, withdrawn_on=DAY, withdrawn_reason="Found twice.")
    recommendation = make_recommendation(lesson.source, lessons=[lesson, withdrawn])
    with acting("scr.member"):
        action = operations.create_draft(plan=a_plan(), recommendations=[recommendation])
        whole = operations.create_for_agencies(
            plan=a_plan(), agencies=[by_ref(Agency, "homerton")], recommendations=[recommendation]
        )
    for made in (action, whole):
        assert (made.lessons, made.recommendations) == ([lesson], [recommendation])


def test_an_action_answers_something_and_only_one_source(world: Flask) -> None:
    with pytest.raises(operations.SourceMissing):
        operations.create_draft(plan=a_plan())
    with pytest.raises(operations.SourceMissing):
        operations.create_draft(plan=a_plan(), lessons=[a_lesson(), a_lesson()])
    withdrawn = make_lesson(make_review(), withdrawn_on=DAY, withdrawn_reason="A double")
    with pytest.raises(operations.SourceMissing):
        operations.create_draft(plan=a_plan(), lessons=[withdrawn])


def test_the_owner_works_for_the_accountable_agency_and_has_not_left(world: Flask) -> None:
    lesson = a_lesson()
    for owner in ("police.owner", "left.owner"):
        with pytest.raises(operations.OwnerElsewhere) as refused:
            operations.create_draft(plan=a_plan(owner=person_by_ref(owner)), lessons=[lesson])
        assert refused.value.field == "owner_id"


@pytest.mark.parametrize("field", ["title", "intended_outcome", "measure_of_success"])
def test_a_draft_says_what_why_and_how_one_will_know(world: Flask, field: str) -> None:
    with pytest.raises(operations.TextMissing) as refused:
        operations.create_draft(plan=a_plan(**{field: "  "}), lessons=[a_lesson()])
    assert refused.value.field == field


def test_a_draft_is_not_due_in_the_past(world: Flask) -> None:
    with pytest.raises(operations.WrongDay):
        operations.create_draft(plan=a_plan(due_on=DAY - timedelta(days=1)), lessons=[a_lesson()])


def test_a_draft_is_rewritten_until_it_is_agreed(world: Flask) -> None:
    action = operations.create_draft(plan=a_plan(), lessons=[a_lesson()])
    later = date(2017, 9, 30)
    operations.edit_draft(action=action, plan=a_plan(due_on=later, owner_role="Matron"))
    assert (action.first_due_on, action.due_on, action.owner_role) == (later, later, "Matron")
    operations.agree(action=action)
    with pytest.raises(operations.NotDrafted):
        operations.edit_draft(action=action, plan=a_plan())
    with pytest.raises(operations.NotDrafted):
        operations.withdraw_draft(action=action, reason="A double")


def test_a_draft_is_withdrawn_with_a_reason(world: Flask) -> None:
    action = operations.create_draft(
        plan=a_plan(due_on=None, owner=None, owner_role="Matron"), lessons=[a_lesson()]
    )
    with pytest.raises(RuleBroken, match="reason"):
        operations.withdraw_draft(action=action, reason=" ")
    operations.withdraw_draft(action=action, reason="The same as another")
    assert (action.status, action.steps[-1].reason) == ("withdrawn", "The same as another")


def test_agreeing_asks_for_an_owner_and_a_date_that_lie_ahead(world: Flask) -> None:
    action = operations.create_draft(
        plan=a_plan(due_on=None, owner=None, owner_role="Matron"), lessons=[a_lesson()]
    )
    with pytest.raises(RuleBroken, match="owns"):
        operations.agree(action=action)
    operations.edit_draft(action=action, plan=a_plan(due_on=None))
    with pytest.raises(RuleBroken, match="date it is due"):
        operations.agree(action=action)
    operations.edit_draft(action=action, plan=a_plan())
    set_day(date(2017, 7, 3))
    with pytest.raises(RuleBroken, match="today or later"):
        operations.agree(action=action)
    set_day(DAY)
    with acting("scr.chair"):
        operations.agree(action=action)
    assert (action.status, action.agreed_on, action.first_due_on) == ("agreed", DAY, date(2017, 6, 30))
    assert (action.colour, action.is_open, action.is_chased) == ("G", True, True)
    assert [(step.from_status, step.to_status) for step in action.steps] == [("draft", "agreed")]


def test_an_owner_who_left_since_cannot_be_agreed(world: Flask) -> None:
    action = operations.create_draft(plan=a_plan(), lessons=[a_lesson()])
    assert action.owner
    action.owner.active = False
    with pytest.raises(operations.OwnerElsewhere):
        operations.agree(action=action)


# Working


def test_the_first_update_begins_the_work(world: Flask) -> None:
    action = an_action(status="agreed")
    write(action, OwnerView.AT_RISK)
    assert (action.status, action.owner_view, action.last_update_on) == ("in_progress", "at_risk", DAY)
    write(action)
    assert [step.move for step in action.steps] == ["agree", "start"]
    assert [update.ref for update in action.updates] == [f"{action.ref}-U2", f"{action.ref}-U1"]
    assert action.owner_view == "on_track"


def test_an_update_with_proof_is_one_change(world: Flask) -> None:
    action = an_action()
    before = len(_entries())
    with acting("homerton.owner"):
        operations.write_update(action=action, words="Done", owner_view=OwnerView.ON_TRACK, proof=NOTES)
    assert len(_entries()) == before + 1
    assert _entries()[-1].line == f"Wrote update {action.ref}-U1 and added evidence {action.ref}-E1"


def test_what_is_sent_twice_stands_once(world: Flask) -> None:
    action = an_action()
    other = replace(NOTES, shows="The minutes of another meeting.")
    with acting("homerton.owner"):
        operations.write_update(action=action, words="Done", owner_view=OwnerView.ON_TRACK, proof=NOTES)
        for proof in (None, NOTES):
            with pytest.raises(operations.AlreadyWritten):
                operations.write_update(
                    action=action, words=" Done ", owner_view=OwnerView.ON_TRACK, proof=proof
                )
        with pytest.raises(operations.AlreadyWritten):
            operations.add_evidence(action=action, proof=NOTES)
        operations.write_update(action=action, words="Done", owner_view=OwnerView.ON_TRACK, proof=other)
    assert len(action.updates) == len(action.evidence) == 2
    assert {piece.shows for piece in action.evidence} == {other.shows, NOTES.shows}
    with acting("homerton.lead"):
        operations.write_update(action=action, words="Done", owner_view=OwnerView.ON_TRACK)
    assert len(action.updates) == 3


def test_an_update_says_that_it_came_only_where_that_is_asked(world: Flask) -> None:
    running = an_action()
    write(running)
    assert running.acknowledged_on is None
    agreed = an_action(status="agreed")
    write(agreed)
    assert agreed.acknowledged_on == DAY


def test_bad_proof_leaves_no_half_of_an_update(world: Flask) -> None:
    action = an_action()
    script = Proof(EvidenceKind.LINK, "The protocol", "javascript:alert(1)")
    with pytest.raises(LinkNotUsable):
        operations.write_update(action=action, words="Done", owner_view=OwnerView.ON_TRACK, proof=script)
    assert not action.updates
    assert not action.evidence


def test_drafts_and_closed_actions_take_no_updates(world: Flask) -> None:
    with pytest.raises(RuleBroken, match="draft"):
        write(an_action(status="draft"))
    with pytest.raises(RecordClosed):
        write(an_action(status="complete"))
    with pytest.raises(RecordClosed):
        operations.add_evidence(action=an_action(status="complete"), proof=NOTES)


def test_evidence_is_withdrawn_with_a_reason_and_stays_on_record(world: Flask) -> None:
    action = an_action()
    piece = operations.add_evidence(action=action, proof=NOTES)
    with pytest.raises(operations.TextMissing):
        operations.withdraw_evidence(evidence=piece, reason="")
    operations.withdraw_evidence(evidence=piece, reason="The wrong minutes")
    assert (piece.withdrawn_on, piece.withdrawn_reason, piece.shows) == (
        DAY,
        "The wrong minutes",
        NOTES.shows,
    )
    assert action.evidence == [piece]
    assert action.evidence_standing == []
    with pytest.raises(operations.EvidenceKept):
        operations.withdraw_evidence(evidence=piece, reason="Again")


def test_what_was_sent_for_sign_off_is_not_withdrawn(world: Flask) -> None:
    action = a_submitted_action()
    with pytest.raises(operations.EvidenceKept):
        operations.withdraw_evidence(evidence=action.evidence[0], reason="The wrong minutes")
    with acting("scr.chair"):
        operations.decide_sign_off(
            action=action,
            decision=Decision.RETURNED,
            reason="Show the sample",
            resubmit_by_on=date(2017, 5, 1),
        )
    with pytest.raises(operations.EvidenceKept):
        operations.withdraw_evidence(evidence=action.evidence[0], reason="The wrong minutes")


def test_sending_needs_evidence_that_stands_and_an_answer(world: Flask) -> None:
    action = an_action()
    piece = make_evidence(action, withdrawn_on=DAY, withdrawn_reason="Wrong")
    with pytest.raises(RuleBroken) as refused:
        operations.send_for_sign_off(action=action, what_is_different="Wards know")
    assert refused.value.field == "evidence"
    piece.withdrawn_on = None
    with pytest.raises(RuleBroken) as refused:
        operations.send_for_sign_off(action=action, what_is_different=" ")
    assert refused.value.field == "what_is_different"
    operations.send_for_sign_off(action=action, what_is_different="Wards know")
    assert (action.status, action.submitted_on, action.is_chased, action.colour) == (
        "submitted",
        DAY,
        False,
        "X",
    )
    with pytest.raises(IllegalMove):
        operations.send_for_sign_off(action=action, what_is_different="Again")
