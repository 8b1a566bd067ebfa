"""The pages of the moves beside the main line, and what the page of an action offers to whom."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Flask
from sqlalchemy import select

from app.accounts.models import Agency
from app.accounts.queries import person_by_ref
from app.actions import operations, queries
from app.actions.models import Action
from app.actions.rules import Colour, Decision
from app.core.database import current_session
from tests.actions.support import a_lesson, a_plan, a_submitted_action, acting, an_action, set_day
from tests.support.client import PageClient
from tests.support.statements import statements
from tests.support.world import DAY, by_ref, make_action, make_recommendation

Sign = Callable[[str], PageClient]
AHEAD = ["29", "9", "2017"]


def _text(answer: Any) -> str:
    return " ".join(answer.get_data(as_text=True).split())


def _only(ref: str) -> Action:
    session = current_session()
    session.rollback()
    session.expire_all()
    return session.scalars(select(Action).where(Action.ref == ref)).one()


def _offered(page: str) -> set[str]:
    """The pages of moves that the action's own page leads to."""
    moves = (
        "acknowledge", "not-for-us", "reassign", "hold", "resume", "escalate", "bring-back", "split",
        "merge", "supersede", "withdraw-action", "close-not-implemented", "reopen", "colour",
    )  # fmt: skip
    return {move for move in moves if f'/{move}"' in page}


def test_the_page_offers_each_person_the_moves_that_are_theirs_where_it_stands(
    world: Flask, client_as: Sign
) -> None:
    ref = an_action().ref
    deciding = {"reassign", "hold", "escalate", "split", "merge", "supersede", "withdraw-action", "colour"}
    expected = {
        "homerton.owner": {"not-for-us"},
        "homerton.lead": {"not-for-us", "reassign"},
        "scr.chair": deciding - {"reassign"} | {"close-not-implemented"},
        "board.manager": deciding,
        "scr.member": set(),
        "executive.member": set(),
    }
    for who, moves in expected.items():
        assert _offered(_text(client_as(who).get(f"/actions/{ref}"))) == moves, who
    closed = an_action(status="complete", closed_on=DAY).ref
    for who, moves in {"scr.member": {"reopen"}, "homerton.owner": set()}.items():
        assert _offered(_text(client_as(who).get(f"/actions/{closed}"))) == moves, who


def test_the_main_step_on_hold_is_to_resume_for_whoever_decides(world: Flask, client_as: Sign) -> None:
    held = an_action(status="on_hold", review_on=date(2017, 3, 1)).ref
    page = _text(client_as("scr.chair").get(f"/actions/{held}"))
    assert 'class="govuk-button" href="/actions/A-0001/resume"' in page
    assert "to look at it again" in page
    assert "/resume" not in _text(client_as("homerton.owner").get(f"/actions/{held}"))


def test_a_late_acknowledgement_is_seen_by_the_lead_and_given_by_the_owner(
    world: Flask, client_as: Sign
) -> None:
    ref = an_action(status="agreed", agreed_on=DAY).ref
    set_day(date(2017, 4, 11))
    page = _text(client_as("homerton.lead").get(f"/actions/{ref}"))
    assert "asked for by 7 April 2017, 2 working days late" in page
    assert "to acknowledge it" in page
    owner = client_as("homerton.owner")
    assert _offered(_text(owner.get(f"/actions/{ref}"))) >= {"acknowledge"}
    owner.post(f"/actions/{ref}/acknowledge")
    page = _text(owner.get(f"/actions/{ref}"))
    assert "11 April 2017, 2 working days late" in page
    assert "acknowledge" not in _offered(page)
    assert "was acknowledged on 11 April 2017" in _text(owner.get(f"/actions/{ref}/acknowledge"))


def test_not_for_us_is_said_under_the_update_and_answered_by_whoever_decides(
    world: Flask, client_as: Sign
) -> None:
    ref = an_action().ref
    owner = client_as("homerton.owner")
    page = _text(owner.get(f"/actions/{ref}/update"))
    assert page.index("Ask for more time") < page.index("Send for sign-off") < page.index("Not for us")
    page = _text(owner.post(f"/actions/{ref}/not-for-us", {"agency_id": "ccg"}, status=422))
    assert "Enter why it is not for you" in page
    owner.post(f"/actions/{ref}/not-for-us", {"reason": "The ward is theirs", "agency_id": "ccg"})
    assert "Not for us" not in _text(owner.get(f"/actions/{ref}/update"))
    chair = client_as("scr.chair")
    assert "Decide who does it" in _text(chair.get(f"/actions/{ref}"))
    page = _text(chair.get(f"/actions/{ref}/not-for-us/decide"))
    assert "The ward is theirs" in page
    assert "who thinks it is for City &amp; Hackney CCG" in page
    sent = {"decision": "moved", "reason": "So it is", "agency_id": ""}
    page = _text(chair.post(f"/actions/{ref}/not-for-us/decide", sent, status=422))
    assert "Choose another agency" in page
    sent |= {"agency_id": "ccg", "owner_id": "scr.chair"}
    chair.post(f"/actions/{ref}/not-for-us/decide", sent)
    action = _only(ref)
    assert (action.agency.ref, action.due_on) == ("ccg", date(2017, 5, 31))
    page = _text(client_as("board.manager").get(f"/actions/{ref}"))
    assert "Moved to another agency: from Homerton owner to Scr chair" in page


def test_a_form_that_came_too_late_says_why_and_keeps_what_was_typed(world: Flask, client_as: Sign) -> None:
    ref = an_action().ref
    chair = client_as("scr.chair")
    chair.post(f"/actions/{ref}/hold", {"reason": "Building works", "review_on": AHEAD})
    page = _text(chair.post(f"/actions/{ref}/hold", {"reason": "Works again"}, status=422))
    assert "so that is not possible now" in page
    assert "Works again" in page
    chair.post(f"/actions/{ref}/resume", {"new_due_on": AHEAD, "reason": "Done"})
    assert _only(ref).due_on == date(2017, 9, 29)


def test_another_action_is_named_by_its_reference_and_only_where_it_may_be_read(
    world: Flask, client_as: Sign
) -> None:
    ref = an_action().ref
    elsewhere = make_action(a_lesson(group="qa"), owner="hlt.lead", group="qa").ref
    other = an_action().ref
    chair = client_as("scr.chair")
    for wrong in ("A-9999", elsewhere, "nonsense"):
        page = _text(
            chair.post(f"/actions/{ref}/supersede", {"successor": wrong, "reason": "So"}, status=422)
        )
        assert "Enter the reference of another action" in page
    chair.post(f"/actions/{ref}/supersede", {"successor": other.lower(), "reason": "So"})
    page = _text(chair.get(f"/actions/{ref}"))
    assert f'Superseded by <a class="govuk-link reference" href="/actions/{other}"' in page
    assert f'Takes the place of <a class="govuk-link reference" href="/actions/{ref}"' in _text(
        chair.get(f"/actions/{other}")
    )


def test_half_a_part_is_told_beside_its_field(world: Flask, client_as: Sign) -> None:
    ref = an_action().ref
    chair = client_as("scr.chair")
    sent = {"reason": "Two agencies", "title_1": "Tell the wards", "owner_id_1": "homerton.owner"}
    page = _text(chair.post(f"/actions/{ref}/split", sent | {"title_2": "Tell the schools"}, status=422))
    assert "Choose who owns part 2" in page
    assert 'value="Tell the wards"' in page
    chair.post(f"/actions/{ref}/split", sent | {"title_2": "Tell the schools", "owner_id_2": "hlt.lead"})
    assert [row.successor.ref for row in _only(ref).successions] == ["A-0002", "A-0003"]


def test_others_of_the_same_source_are_offered_to_be_merged(world: Flask, client_as: Sign) -> None:
    lesson = a_lesson()
    target, other = make_action(lesson).ref, make_action(lesson).ref
    elsewhere = an_action().ref
    chair = client_as("scr.chair")
    page = _text(chair.get(f"/actions/{target}/merge"))
    assert other in page
    assert elsewhere not in page
    chair.post(f"/actions/{target}/merge", {"others": [other], "reason": "One thing"})
    assert _only(other).status == "superseded"
    assert f'Took in <a class="govuk-link reference" href="/actions/{other}"' in _text(
        chair.get(f"/actions/{target}")
    )


def test_both_colours_stand_wherever_one_does(world: Flask, client_as: Sign) -> None:
    action = an_action()
    with acting("scr.chair"):
        operations.declare_colour(action=action, declared=Colour.RED, reason="It will not hold")
    ref = action.ref
    chair = client_as("scr.chair")
    for path in (f"/actions/{ref}", "/actions", "/reviews/R-0001"):
        page = _text(chair.get(path))
        assert "brag--amber" in page, path
        assert 'declared <span class="brag brag--red">' in page, path
    assert "Declared red until 1 May 2017; calculated amber. It will not hold" in _text(
        chair.get(f"/actions/{ref}")
    )


def test_a_draft_that_was_rewritten_is_read_again_before_it_is_agreed(world: Flask, client_as: Sign) -> None:
    with acting("board.manager"):
        action = operations.create_draft(plan=a_plan(), lessons=[a_lesson()])
    ref, read = action.ref, operations.digest(action)
    with acting("scr.chair"):
        operations.edit_draft(action=action, plan=a_plan(title="Something else altogether"))
    now = operations.digest(action)
    manager = client_as("board.manager")
    page = _text(manager.post(f"/actions/{ref}/agree", {"as_read": read}, status=422))
    assert "changed after you opened it" in page
    assert "Something else altogether" in page
    assert f'name="as_read" value="{now}"' in page
    assert _only(ref).status == "draft"
    manager.post(f"/actions/{ref}/agree", {"as_read": now})
    assert _only(ref).status == "agreed"


def test_pages_of_a_draft_say_of_anything_else_that_it_is_no_draft(world: Flask, client_as: Sign) -> None:
    ref = a_submitted_action().ref
    manager = client_as("board.manager")
    for page in ("edit", "agree", "withdraw"):
        manager.get(f"/actions/{ref}/{page}", status=302)
    assert _only(ref).status == "submitted"


def test_an_action_for_all_agencies_is_drafted_agreed_and_counted(world: Flask, client_as: Sign) -> None:
    lesson = a_lesson().ref
    manager = client_as("board.manager")
    path = f"/lessons/{lesson}/actions/all-agencies"
    page = _text(manager.get(path))
    assert "Without a lead" in page
    assert page.count("checked") >= 7
    sent = {
        "title": "Tell everybody who works with children",
        "intended_outcome": "All know",
        "measure_of_success": "All asked know",
        "agency_id": "chscb",
        "owner_id": "board.manager",
        "group_id": "scr",
        "priority": "normal",
        "due_on": ["30", "6", "2017"],
        "agencies": [],
    }
    assert "Choose at least one agency" in _text(manager.post(path, sent, status=422))
    manager.post(path, sent | {"agencies": ["homerton", "hackney-cyps", "ccg"]})
    whole = _only("A-0001")
    with acting("scr.chair"):
        operations.agree(action=whole)
    page = _text(manager.get("/actions/A-0001"))
    assert "0 of 3 returned" in page
    assert "nobody owns it yet" in page
    assert "0 of 3 returned" in _text(manager.get("/actions"))
    part = next(part for part in queries.parts_of(_only("A-0001")) if part.agency.ref == "homerton")
    page = _text(client_as("homerton.lead").get(f"/actions/{part.ref}"))
    assert "The part of one agency in 1 action that you cannot open." in page
    assert "A-0001" not in page


def test_the_page_names_no_part_and_no_successor_that_the_person_may_not_open(
    world: Flask, client_as: Sign
) -> None:
    with acting("board.manager"):
        whole = operations.create_for_agencies(
            plan=a_plan(agency=by_ref(Agency, "homerton"), owner=person_by_ref("homerton.owner")),
            agencies=[by_ref(Agency, ref) for ref in ("homerton", "hackney-cyps", "ccg")],
            lessons=[a_lesson()],
        )
    own, *others = sorted(queries.parts_of(whole), key=lambda part: part.agency.ref != "homerton")
    with acting("scr.chair"):
        split = an_action()
        pieces = operations.split(
            action=split,
            parts=[
                operations.Part("One half", person.agency, person)
                for person in map(person_by_ref, ("homerton.owner", "hlt.lead", "csc.lead"))
                if person.agency
            ],
            reason="Three wards",
        )
    lead = client_as("homerton.lead")
    page = lead.get(f"/actions/{whole.ref}").get_data(as_text=True)
    assert f'href="/actions/{own.ref}"' in page
    assert "2 parts of other agencies not shown." in page
    assert not [part.ref for part in others if part.ref in page]
    page = _text(lead.get(f"/actions/{split.ref}"))
    where = page[page.index("Where it went") :]
    assert f"{pieces[0].ref}</a> and 2 actions that you cannot open." in where[: where.index("</p>")]
    page = _text(client_as("scr.member").get(f"/actions/{split.ref}"))
    assert all(f'href="/actions/{piece.ref}"' in page for piece in pieces)


def test_a_list_asks_once_for_the_returns_of_all_its_rows(world: Flask, client_as: Sign) -> None:
    def build() -> None:
        with acting("board.manager"):
            operations.create_for_agencies(
                plan=a_plan(agency=by_ref(Agency, "chscb"), owner=person_by_ref("board.manager")),
                agencies=[by_ref(Agency, "homerton"), by_ref(Agency, "ccg")],
                lessons=[a_lesson()],
            )

    manager = client_as("board.manager")
    build()
    manager.get("/actions?status=any")
    with statements() as few:
        manager.get("/actions?status=any")
    build()
    build()
    with statements() as many:
        manager.get("/actions?status=any")
    asked = [[each for each in sent if each.startswith("SELECT")] for sent in (few, many)]
    assert len(asked[0]) == len(asked[1])


def test_a_recommendation_says_how_many_of_its_actions_are_closed(world: Flask, client_as: Sign) -> None:
    action = a_submitted_action()
    recommendation = make_recommendation(action.source)
    recommendation.actions += [action, make_action(action.lessons[0])]
    with acting("scr.chair"):
        operations.decide_sign_off(action=action, decision=Decision.ACCEPTED, meeting_on=DAY)
    page = _text(client_as("scr.chair").get(f"/recommendations/{recommendation.ref}"))
    assert "1 of 2 closed" in page
    assert "Open until every action that answers it is closed" in page


def test_a_recommendation_closes_only_when_all_its_actions_are_closed(world: Flask) -> None:
    action, other = an_action(), an_action()
    recommendation = make_recommendation(action.source)
    assert not recommendation.is_closed
    recommendation.actions += [action, other]
    with acting("scr.chair"):
        operations.close_not_implemented(action=action, reason="No money", decided_on=DAY)
        assert (recommendation.closed_count, recommendation.is_closed) == (1, False)
        operations.withdraw(action=other, reason="A double")
    assert recommendation.is_closed
