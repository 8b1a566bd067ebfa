"""People who leave: everything they have finds somebody, and the account is closed for good."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.administration import rules
from app.accounts.administration.operations import leavers
from app.accounts.models import CaseTeamMember, Deputy, Group, Person
from app.accounts.queries import chairs_of, person_by_ref
from app.actions.models import Action
from app.core.acting import Actor, acting_as
from app.core.clock import now
from app.core.database import current_session
from app.outbox import operations as outbox
from app.outbox.models import OutboxMessage
from tests.support.cases import make_conflict
from tests.support.client import PageClient
from tests.support.world import DAY, by_ref, make_action, make_lesson, make_review

ClientAs = Callable[[str], PageClient]


def form(**choices: str) -> dict[str, Any]:
    """The form of a leaver whose last day was today."""
    return {"left_on": ["31", "3", "2017"], "reason": "A new post", **choices}


def arrangement(person: str, deputy: str) -> Deputy:
    """That one stands in for the other from today."""
    row = Deputy(person=person_by_ref(person), deputy=person_by_ref(deputy), from_on=DAY, arranged_at=now())
    current_session().add(row)
    current_session().flush()
    return row


def team(person: str, *, is_lead: bool = True) -> CaseTeamMember:
    """A place on the team of a restricted case."""
    row = CaseTeamMember(
        source_ref="R-0007", person=person_by_ref(person), is_lead=is_lead, joined_on=date(2017, 1, 4)
    )
    current_session().add(row)
    current_session().flush()
    return row


def test_a_chair_leaves_once_the_chair_has_a_successor(world: Flask, client_as: ClientAs) -> None:
    client = client_as("administrator")
    page = client.get("/administration/people/scr.chair/deactivate").get_data(as_text=True)
    assert "Chair of SCR Sub-Group" in page
    assert "Nobody for now" in page
    refused = client.post("/administration/people/scr.chair/deactivate", form(), status=422)
    assert "Choose who takes on: Chair of SCR Sub-Group" in refused.get_data(as_text=True)
    client.post("/administration/people/scr.chair/deactivate", form(**{"to-seat-scr": "scr.member"}))
    left = person_by_ref("scr.chair")
    assert (left.active, left.left_on, left.seats) == (False, DAY, [])
    assert [chair.ref for chair in chairs_of(by_ref(Group, "scr").id)] == ["scr.member"]


def test_one_person_takes_on_everything_and_a_row_may_say_otherwise(
    world: Flask, client_as: ClientAs
) -> None:
    client = client_as("administrator")
    client.post(
        "/administration/people/cdop.coordinator/deactivate",
        form(same="tusk.editor", **{"to-seat-cdop": "scr.member"}),
    )
    assert [held.role for held in person_by_ref("tusk.editor").assignments] == [
        "briefing_editor",
        "cdop_coordinator",
    ]
    assert "scr.member" in [seat.person.ref for seat in by_ref(Group, "cdop").seats]


def test_an_agencys_role_goes_to_somebody_of_the_agency(world: Flask, client_as: ClientAs) -> None:
    client = client_as("administrator")
    page = client.get("/administration/people/homerton.lead/deactivate").get_data(as_text=True)
    assert "Agency lead for Homerton" in page
    refused = client.post(
        "/administration/people/homerton.lead/deactivate", form(same="police.owner"), status=422
    )
    assert "Choose somebody of Homerton" in refused.get_data(as_text=True)
    assert person_by_ref("homerton.lead").active
    client.post("/administration/people/homerton.lead/deactivate", form(same="homerton.owner"))
    assert person_by_ref("homerton.owner").facts.leads == {by_ref(Person, "homerton.owner").agency_id}


def test_the_only_board_manager_names_a_successor_and_nobody_is_no_answer(
    world: Flask, client_as: ClientAs
) -> None:
    client = client_as("administrator")
    page = client.post(
        "/administration/people/board.manager/deactivate",
        form(**{"to-role-board-manager": "-", "to-seat-scr": "-", "to-seat-qa": "-"}),
        status=422,
    )
    assert "Choose" in page.get_data(as_text=True)
    person = person_by_ref("board.manager")
    with pytest.raises(rules.SomebodyNeeded):
        leavers.leave(
            person=person,
            successors={(owed.kind, owed.ref): None for owed in leavers.belongings(person.id)},
            left_on=DAY,
            reason="A new post",
        )


def test_a_restricted_teams_lead_and_a_deputys_days_pass_on(world: Flask) -> None:
    place, row = team("qa.chair"), arrangement("city.owner", "qa.chair")
    own = arrangement("qa.chair", "city.owner")
    person, successor = person_by_ref("qa.chair"), person_by_ref("executive.member")
    successors: dict[tuple[str, str], int | None] = {
        (owed.kind, owed.ref): successor.id for owed in leavers.belongings(person.id)
    }
    assert set(successors) == {("seat", "qa"), ("case_team", "R-0007"), ("deputy", str(row.id))}
    leavers.leave(person=person, successors=successors, left_on=DAY, reason="A new post")
    current_session().expire_all()
    assert (place.ended_on, row.ended_on, own.ended_on) == (DAY, DAY, DAY)
    assert successor.facts.leads_teams == {"R-0007"}
    assert successor.facts.deputises_for == {person_by_ref("city.owner").id}


def test_nobody_lets_themselves_into_a_restricted_case_by_closing_its_leads_account(world: Flask) -> None:
    team("qa.chair")
    person, manager = person_by_ref("qa.chair"), person_by_ref("board.manager")

    def leave() -> None:
        owed = leavers.belongings(person.id)
        successors: dict[tuple[str, str], int | None] = {
            (one.kind, one.ref): manager.id if one.kind == "case_team" else None for one in owed
        }
        with acting_as(Actor(manager.id, manager.name)):
            leavers.leave(person=person, successors=successors, left_on=DAY, reason="A new post")

    with pytest.raises(rules.SuccessorUnfit, match="You are not on the team"):
        leave()
    team("board.manager", is_lead=False)
    current_session().expire_all()
    leave()
    current_session().expire_all()
    assert manager.facts.leads_teams == {"R-0007"}


def test_nobody_takes_over_a_role_or_a_seat_by_closing_an_account(world: Flask) -> None:
    manager = person_by_ref("board.manager")
    for ref in ("administrator", "scr.chair"):
        person = person_by_ref(ref)
        owed = leavers.belongings(person.id)
        assert owed
        own = pytest.raises(rules.SuccessorUnfit, match="somebody else has to give it to you")
        with acting_as(Actor(manager.id, manager.name)), own:
            leavers.leave(
                person=person,
                successors={(one.kind, one.ref): manager.id for one in owed},
                left_on=DAY,
                reason="A new post",
            )
        current_session().rollback()


def test_nobody_gets_to_open_an_action_or_stand_in_by_closing_an_account(
    world: Flask, client_as: ClientAs
) -> None:
    make_action(make_lesson(make_review()))
    administrator, owner = person_by_ref("administrator"), person_by_ref("homerton.owner")
    administrator.agency = owner.agency
    row = arrangement("homerton.lead", "homerton.owner")
    current_session().commit()
    client, where = client_as("administrator"), "/administration/people/homerton.owner/deactivate"
    action, deputy = "to-action-A-0001", f"to-deputy-{row.id}"
    for choices in (
        {action: "administrator", deputy: "-"},
        {action: "homerton.lead", deputy: "administrator"},
    ):
        page = client.post(where, form(**choices), status=422)
        assert "somebody else has to give it to you" in page.get_data(as_text=True)
    # Who leads the agency opens its actions anyway.
    lead = person_by_ref("homerton.lead")
    with acting_as(Actor(lead.id, lead.name)):
        leavers.leave(
            person=owner,
            successors={("action", "A-0001"): lead.id, ("deputy", str(row.id)): None},
            left_on=DAY,
            reason="A new post",
        )
    assert by_ref(Action, "A-0001").owner is lead


def test_a_member_of_a_team_simply_goes_and_a_lead_does_not(world: Flask) -> None:
    member, lead = team("scr.member", is_lead=False), team("qa.chair")
    owed = leavers.belongings(person_by_ref("qa.chair").id)
    assert [thing.is_person_needed for thing in owed if thing.kind == "case_team"] == [True]
    assert "case_team" not in {thing.kind for thing in leavers.belongings(member.person_id)}
    with pytest.raises(rules.SomebodyNeeded, match="Lead of the team"):
        leavers.leave(
            person=lead.person,
            successors={(thing.kind, thing.ref): None for thing in owed},
            left_on=DAY,
            reason="Gone",
        )


def test_the_account_is_closed_the_session_ends_and_waiting_mail_is_taken_out(
    world: Flask, client_as: ClientAs
) -> None:
    theirs = client_as("staff.reader")
    theirs.get("/")
    person = person_by_ref("staff.reader")
    outbox.enqueue(
        kind="invitation",
        dedupe_key="one",
        address=person.email,
        business_on=DAY,
        recipient_id=person.id,
    )
    client_as("administrator").post("/administration/people/staff.reader/deactivate", form())
    theirs.get("/", status=302)
    current_session().expire_all()
    message = current_session().scalars(select(OutboxMessage)).one()
    assert (message.state, message.error) == ("cancelled", "The person has left.")
    assert person_by_ref("staff.reader").password is None


def test_an_open_action_goes_to_somebody_of_its_agency(world: Flask, client_as: ClientAs) -> None:
    action = make_action(make_lesson(make_review()))
    client = client_as("administrator")
    page = client.get("/administration/people/homerton.owner/deactivate").get_data(as_text=True)
    assert action.ref in page
    assert action.title not in page
    client.post("/administration/people/homerton.owner/deactivate", form(), status=422)
    client.post("/administration/people/homerton.owner/deactivate", form(same="homerton.lead"))
    current_session().expire_all()
    assert action.owner is person_by_ref("homerton.lead")


def test_whoever_stands_too_near_to_a_case_does_not_choose_who_owns_its_action(
    world: Flask, client_as: ClientAs
) -> None:
    action = make_action(make_lesson(make_review()))
    make_conflict(action.source.ref, "board.manager")
    current_session().commit()
    where = "/administration/people/homerton.owner/deactivate"
    page = client_as("board.manager").post(where, form(same="homerton.lead"), status=422).text
    assert "Somebody else says who takes on A-0001: you stand too near to its case" in page
    client_as("administrator").post(where, form(same="homerton.lead"))
    assert by_ref(Action, "A-0001").owner is person_by_ref("homerton.lead")


def test_an_action_left_behind_is_found_and_passed_on(world: Flask, client_as: ClientAs) -> None:
    action = make_action(make_lesson(make_review()), owner="left.owner")
    client = client_as("board.manager")
    assert action.ref in client.get("/administration/to-hand-over").get_data(as_text=True)
    chosen = {"same": "homerton.owner", "reason": "Left last year"}
    client.post("/administration/people/left.owner/hand-over", chosen)
    current_session().expire_all()
    assert action.owner is person_by_ref("homerton.owner")


def test_a_last_day_does_not_lie_ahead_and_a_reason_is_given(world: Flask, client_as: ClientAs) -> None:
    client = client_as("administrator")
    ahead = form() | {"left_on": ["1", "4", "2017"]}
    client.post("/administration/people/staff.reader/deactivate", ahead, status=422)
    long_ago = form() | {"left_on": ["31", "3", "1917"]}
    client.post("/administration/people/staff.reader/deactivate", long_ago, status=422)
    client.post("/administration/people/staff.reader/deactivate", form() | {"reason": ""}, status=422)
    assert person_by_ref("staff.reader").active


def test_somebody_who_left_does_not_leave_again(world: Flask, client_as: ClientAs) -> None:
    client_as("administrator").post("/administration/people/left.owner/deactivate", form(), status=422)


def test_what_people_who_left_still_have_is_listed_until_somebody_has_it(
    world: Flask, client_as: ClientAs
) -> None:
    row = arrangement("homerton.owner", "left.owner")
    client = client_as("board.manager")
    page = client.get("/administration/to-hand-over").get_data(as_text=True)
    assert "Left owner" in page
    assert "Deputy of Homerton owner" in page
    client.get("/administration/people/left.owner/hand-over")
    client.post(
        "/administration/people/left.owner/hand-over",
        {f"to-deputy-{row.id}": "homerton.lead", "reason": "Left last year"},
    )
    assert "Nothing is left to hand over" in client.get("/administration/to-hand-over").get_data(as_text=True)


def test_an_arrangement_is_not_handed_on_where_another_of_its_kind_holds_already(
    world: Flask, client_as: ClientAs
) -> None:
    row, other = (arrangement("homerton.owner", deputy) for deputy in ("left.owner", "homerton.lead"))
    other.from_on = date(2017, 4, 20)
    current_session().commit()
    client, field = client_as("board.manager"), f"to-deputy-{row.id}"
    chosen = {field: "homerton.lead", "reason": "Left last year"}
    page = client.post("/administration/people/left.owner/hand-over", chosen, status=422)
    sentence = "stands in for Homerton owner from 20 April 2017 until further notice already"
    assert sentence in page.get_data(as_text=True)
    row.until_on = date(2017, 4, 19)
    current_session().commit()
    client.post("/administration/people/left.owner/hand-over", chosen)
    current_session().expire_all()
    days = [(each.deputy.ref, each.from_on, each.until_on, each.ended_on) for each in _deputies()]
    assert days == [
        ("left.owner", DAY, date(2017, 4, 19), DAY),
        ("homerton.lead", date(2017, 4, 20), None, None),
        ("homerton.lead", DAY, date(2017, 4, 19), None),
    ]


def test_who_stands_in_for_somebody_of_no_agency_may_be_of_any(world: Flask, client_as: ClientAs) -> None:
    row = arrangement("independent.chair", "left.owner")
    chosen = {f"to-deputy-{row.id}": "homerton.lead", "reason": "Left last year"}
    client_as("board.manager").post("/administration/people/left.owner/hand-over", chosen)
    current_session().expire_all()
    assert [each.deputy.ref for each in _deputies()] == ["left.owner", "homerton.lead"]


def _deputies() -> list[Deputy]:
    return list(current_session().scalars(select(Deputy).order_by(Deputy.id)))


def test_somebody_comes_back_and_is_invited_anew(world: Flask, client_as: ClientAs) -> None:
    client = client_as("administrator")
    client.get("/administration/people/left.owner/reactivate")
    client.post("/administration/people/left.owner/reactivate", {"reason": ""}, status=422)
    client.post("/administration/people/left.owner/reactivate", {"reason": "Back from leave"})
    person = person_by_ref("left.owner")
    assert (person.active, person.left_on) == (True, None)
    assert [message.kind for message in current_session().scalars(select(OutboxMessage))] == ["invitation"]
    client.post("/administration/people/left.owner/reactivate", {"reason": "Again"}, status=422)
