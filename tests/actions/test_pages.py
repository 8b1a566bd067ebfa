"""The pages on which something is done about an action, opened by whoever may and whoever may not."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.actions.models import Action, Evidence
from app.core.database import current_session
from tests.actions.support import a_lesson, a_submitted_action, an_action
from tests.support.client import PageClient
from tests.support.world import make_evidence, make_lesson, make_recommendation, make_review

Sign = Callable[[str], PageClient]

PLAN = {
    "title": "Check that every ward knows the plan",
    "intended_outcome": "No child is sent home without a plan.",
    "measure_of_success": "All of a sample of twenty have one.",
    "agency_id": "homerton",
    "owner_id": "homerton.owner",
    "group_id": "scr",
    "due_on": ["30", "6", "2017"],
}


def _only(ref: str | None = None) -> Action:
    """The action as it stands in the database now."""
    session = current_session()
    session.rollback()
    session.expire_all()
    statement = select(Action)
    if ref:
        statement = statement.where(Action.ref == ref)
    return session.scalars(statement).one()


def _text(answer: Any) -> str:
    text: str = answer.get_data(as_text=True)
    return text


# From a lesson to an agreed action


def test_a_member_drafts_an_action_from_a_lesson(world: Flask, client_as: Sign) -> None:
    lesson = a_lesson()
    client = client_as("scr.member")
    page = _text(client.get(f"/lessons/{lesson.ref}/actions/new"))
    assert lesson.heading in page
    answer = client.post(f"/lessons/{lesson.ref}/actions/new", PLAN)
    action = _only()
    assert answer.headers["Location"] == f"/actions/{action.ref}"
    assert (action.status, action.due_on, action.owner_role) == ("draft", date(2017, 6, 30), "Named nurse")
    assert [answered.ref for answered in action.lessons] == [lesson.ref]


def test_a_member_drafts_an_action_from_a_recommendation(world: Flask, client_as: Sign) -> None:
    recommendation = make_recommendation(make_review())
    client = client_as("board.manager")
    assert recommendation.wording in _text(client.get(f"/recommendations/{recommendation.ref}/actions/new"))
    client.post(f"/recommendations/{recommendation.ref}/actions/new", PLAN)
    assert [answered.ref for answered in _only().recommendations] == [recommendation.ref]


@pytest.mark.parametrize("who", ["homerton.owner", "hlt.lead", "qa.chair", "staff.reader", "administrator"])
def test_others_draft_nothing(world: Flask, client_as: Sign, who: str) -> None:
    lesson = a_lesson(sharing="published")
    client = client_as(who)
    client.get(f"/lessons/{lesson.ref}/actions/new", status=404)
    client.post(f"/lessons/{lesson.ref}/actions/new", PLAN, status=404)
    assert current_session().query(Action).count() == 0


def test_a_withdrawn_lesson_takes_no_actions(world: Flask, client_as: Sign) -> None:
    lesson = make_lesson(make_review(), withdrawn_on=date(2017, 3, 1), withdrawn_reason="A double")
    client_as("scr.chair").get(f"/lessons/{lesson.ref}/actions/new", status=404)


def test_an_owner_of_another_agency_comes_back_beside_the_field(world: Flask, client_as: Sign) -> None:
    lesson = a_lesson()
    client = client_as("scr.member")
    typed = PLAN | {"owner_id": "police.owner", "title": "Keep these words"}
    page = _text(client.post(f"/lessons/{lesson.ref}/actions/new", typed, status=422))
    assert "Choose somebody who works for Homerton University Hospital NHS FT" in page
    assert "Keep these words" in page
    assert current_session().query(Action).count() == 0


def test_nobody_drafts_into_a_compartment_they_do_not_share(world: Flask, client_as: Sign) -> None:
    lesson = a_lesson()
    path = f"/lessons/{lesson.ref}/actions/new"
    member = client_as("scr.member")
    assert '<option value="qa">' not in _text(member.get(path))
    assert "Choose one from the list" in _text(member.post(path, PLAN | {"group_id": "qa"}, status=422))
    assert current_session().query(Action).count() == 0
    client_as("board.manager").post(path, PLAN | {"group_id": "qa"})
    assert _only().group.ref == "qa"


def test_an_empty_plan_says_what_each_field_needs(world: Flask, client_as: Sign) -> None:
    lesson = a_lesson()
    page = _text(client_as("scr.member").post(f"/lessons/{lesson.ref}/actions/new", {}, status=422))
    for sentence in (
        "Enter what is to be done",
        "Enter what should be different for children",
        "Choose the agency that leads on this action",
    ):
        assert sentence in page


def test_the_chair_agrees_a_draft_and_the_member_does_not(world: Flask, client_as: Sign) -> None:
    action = an_action(status="draft")
    ref = action.ref
    client_as("scr.member").post(f"/actions/{ref}/agree", status=404)
    client = client_as("scr.chair")
    assert "Agree this action" in _text(client.get(f"/actions/{ref}/agree"))
    client.post(f"/actions/{ref}/agree")
    assert (_only().status, _only().agreed_on) == ("agreed", date(2017, 3, 31))
    client.get(f"/actions/{ref}/agree", status=302)
    client.get(f"/actions/{ref}/edit", status=302)
    client.get(f"/actions/{ref}/withdraw", status=302)


def test_a_draft_that_lacks_something_says_what(world: Flask, client_as: Sign) -> None:
    action = an_action(status="draft", owner=None, due_on=None, owner_role="Matron")
    client = client_as("scr.chair")
    page = _text(client.get(f"/actions/{action.ref}/agree"))
    assert "it needs an owner and a due date" in page
    assert "Agree this action" not in page
    client.post(f"/actions/{action.ref}/agree", status=422)
    assert _only().status == "draft"


def test_a_draft_is_changed_and_withdrawn_on_its_pages(world: Flask, client_as: Sign) -> None:
    action = an_action(status="draft")
    ref = action.ref
    client = client_as("board.manager")
    assert action.title in _text(client.get(f"/actions/{ref}/edit"))
    client.post(f"/actions/{ref}/edit", PLAN | {"title": "Another title"})
    assert _only().title == "Another title"
    client.post(f"/actions/{ref}/withdraw", {"reason": ""}, status=422)
    client.post(f"/actions/{ref}/withdraw", {"reason": "The same as another"})
    assert _only().status == "withdrawn"


# Working


def test_the_owner_updates_in_one_page(world: Flask, client_as: Sign) -> None:
    action = an_action(status="agreed")
    ref = action.ref
    client = client_as("homerton.owner")
    assert "What has happened since 3 October 2016?" in _text(client.get(f"/actions/{ref}/update"))
    client.post(
        f"/actions/{ref}/update",
        {
            "words": "The protocol was agreed.",
            "owner_view": "at_risk",
            "shows": "The minutes of 3 March.",
            "link": "https://www.example.org/minutes.pdf",
        },
    )
    action = _only()
    assert (action.status, action.owner_view) == ("in_progress", "at_risk")
    assert [(piece.kind, piece.link) for piece in action.evidence] == [
        ("link", "https://www.example.org/minutes.pdf")
    ]
    assert "What has happened since 31 March 2017?" in _text(client.get(f"/actions/{ref}/update"))


def test_a_link_that_is_a_script_comes_back_and_writes_nothing(world: Flask, client_as: Sign) -> None:
    action = an_action()
    ref = action.ref
    client = client_as("homerton.owner")
    typed = {"words": "Done", "owner_view": "on_track", "shows": "Minutes", "link": "javascript:alert(1)"}
    page = _text(client.post(f"/actions/{ref}/update", typed, status=422))
    assert "Enter a link that begins with https:// or http://" in page
    assert not _only().updates
    page = _text(client.post(f"/actions/{ref}/evidence", typed, status=422))
    assert "Enter a link that begins with" in page
    assert current_session().query(Evidence).count() == 0


@pytest.mark.parametrize(
    "who", ["hlt.lead", "scr.chair", "board.manager", "independent.chair", "homerton.lead"]
)
def test_only_those_who_owe_it_do_the_owners_work(world: Flask, client_as: Sign, who: str) -> None:
    action = a_submitted_action() if who == "nobody" else an_action()
    piece = make_evidence(action)
    client, may = client_as(who), who == "homerton.lead"
    for page in (
        "update",
        "evidence",
        "send-for-sign-off",
        "more-time",
        f"evidence/{piece.ref}/withdraw",
    ):
        client.get(f"/actions/{action.ref}/{page}", status=200 if may else 404)
        if not may:
            client.post(f"/actions/{action.ref}/{page}", {"reason": "x"}, status=404)
    assert not _only().updates


def test_evidence_of_another_action_is_not_found_here(world: Flask, client_as: Sign) -> None:
    mine = an_action()
    client = client_as("homerton.owner")
    for other in (an_action(), an_action(owner="police.owner")):
        piece = make_evidence(other)
        client.get(f"/actions/{mine.ref}/evidence/{piece.ref}/withdraw", status=404)


def test_evidence_is_withdrawn_with_a_reason(world: Flask, client_as: Sign) -> None:
    action = an_action()
    ref, piece = action.ref, make_evidence(action).ref
    client = client_as("homerton.owner")
    client.post(f"/actions/{ref}/evidence/{piece}/withdraw", {"reason": ""}, status=422)
    client.post(f"/actions/{ref}/evidence/{piece}/withdraw", {"reason": "The wrong minutes"})
    assert _only().evidence[0].withdrawn_reason == "The wrong minutes"
    page = _text(client.get(f"/actions/{ref}/send-for-sign-off"))
    assert "Add at least one piece of proof first" in page


def test_it_is_sent_with_proof_and_an_answer(world: Flask, client_as: Sign) -> None:
    action = an_action()
    ref = action.ref
    client = client_as("homerton.owner")
    client.post(f"/actions/{ref}/send-for-sign-off", {"what_is_different": "Wards know"}, status=422)
    client.post(f"/actions/{ref}/evidence", {"shows": "Minutes of 3 March"})
    client.post(f"/actions/{ref}/send-for-sign-off", {"what_is_different": ""}, status=422)
    client.post(f"/actions/{ref}/send-for-sign-off", {"what_is_different": "Wards know"})
    assert (_only().status, _only().submitted_on) == ("submitted", date(2017, 3, 31))
    page = _text(client.get(f"/actions/{ref}/send-for-sign-off"))
    assert "there is nothing to send" in page
