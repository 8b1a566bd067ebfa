"""The administrator's pages for people: the list, one person, invitations and roles."""

from collections.abc import Callable

from flask import Flask
from sqlalchemy import select

from app.accounts.models import Person
from app.accounts.queries import person_by_ref
from app.actions.models import Action
from app.core import hooks
from app.core.database import current_session
from app.outbox.models import OutboxMessage
from tests.support.client import PageClient
from tests.support.world import DAY, by_ref, make_action, make_lesson, make_review

ClientAs = Callable[[str], PageClient]


def messages() -> list[OutboxMessage]:
    """Everything in the outbox."""
    return list(current_session().scalars(select(OutboxMessage).order_by(OutboxMessage.id)))


def test_people_are_found_by_words_agency_role_and_whether_they_left(
    world: Flask, client_as: ClientAs
) -> None:
    client = client_as("administrator")
    assert "19 accounts" in client.get("/administration/people").get_data(as_text=True)
    found = client.get("/administration/people?agency=homerton&role=action_owner").get_data(as_text=True)
    assert "Homerton owner" in found
    assert "Homerton lead" not in found
    assert "Left owner" in client.get("/administration/people?left=y").get_data(as_text=True)
    nobody = client.get("/administration/people?text=zzz").get_data(as_text=True)
    assert "Nobody matches these filters" in nobody


def test_an_invitation_makes_an_account_with_its_role_and_is_queued(
    world: Flask, client_as: ClientAs
) -> None:
    client = client_as("administrator")
    client.get("/administration/people/invite")
    form = {
        "name": "New nurse",
        "role_title": "Named nurse",
        "email": "new.nurse@example.org",
        "agency": "homerton",
        "role": "action_owner",
    }
    client.post("/administration/people/invite", {**form, "email": "nobody"}, status=422)
    assert messages() == []
    client.post("/administration/people/invite", form)
    person = current_session().scalars(select(Person).where(Person.email == form["email"])).one()
    assert [(held.role, held.agency) for held in person.assignments] == [("action_owner", person.agency)]
    assert [message.recipient_id for message in messages()] == [person.id]
    page = client.get(f"/administration/people/{person.ref}").get_data(as_text=True)
    assert "Send the invitation again" in page
    client.post(f"/administration/people/{person.ref}/invitation")
    assert len(messages()) == 2


def test_nobody_but_an_administrator_invites_and_only_those_who_list_people_see_them(
    world: Flask, client_as: ClientAs
) -> None:
    client_as("board.manager").get("/administration/people/homerton.owner")
    client_as("board.manager").get("/administration/people/invite", status=404)
    client_as("hlt.lead").get("/administration/people", status=404)


def test_a_persons_record_is_changed_but_not_away_from_an_agency_they_stand_for(
    world: Flask, client_as: ClientAs
) -> None:
    client = client_as("administrator")
    form = {
        "name": "Homerton owner",
        "role_title": "Named midwife",
        "email": "homerton.owner@example.org",
        "agency": "homerton",
    }
    client.get("/administration/people/homerton.owner/edit")
    client.post("/administration/people/homerton.owner/edit", form)
    assert person_by_ref("homerton.owner").role_title == "Named midwife"
    moved = client.post("/administration/people/homerton.owner/edit", {**form, "agency": "ccg"}, status=422)
    assert "holds a role for Homerton" in moved.get_data(as_text=True)
    taken = {**form, "email": "HLT.lead@example.org"}
    client.post("/administration/people/homerton.owner/edit", taken, status=422)


def test_a_role_for_an_agency_is_held_for_the_persons_own(world: Flask, client_as: ClientAs) -> None:
    client = client_as("administrator")
    client.get("/administration/people/homerton.owner/roles/new")
    client.post("/administration/people/homerton.owner/roles/new", {"role": "board_member"})
    person = person_by_ref("homerton.owner")
    held = {(held.role, held.agency) for held in person.assignments}
    assert held == {("action_owner", person.agency), ("board_member", person.agency)}
    twice = client.post(
        "/administration/people/homerton.owner/roles/new", {"role": "board_member"}, status=422
    )
    assert "holds this role already" in twice.get_data(as_text=True)
    client.post("/administration/people/independent.chair/roles/new", {"role": "agency_lead"}, status=422)


def test_a_role_ends_with_a_reason_and_the_page_says_first_what_follows(
    world: Flask, client_as: ClientAs
) -> None:
    make_action(make_lesson(make_review()))
    client = client_as("administrator")
    number = person_by_ref("homerton.lead").assignments[0].id
    path = f"/administration/people/homerton.lead/roles/{number}/end"
    assert (
        "1 open action of Homerton University Hospital NHS FT would have no lead to be reminded."
        in client.get(path).get_data(as_text=True)
    )
    client.post(path, {"reason": ""}, status=422)
    client.post(path, {"reason": "Another lead"})
    assert person_by_ref("homerton.lead").assignments == []


def test_the_last_administrator_stays_one(world: Flask, client_as: ClientAs) -> None:
    client = client_as("administrator")
    number = person_by_ref("administrator").assignments[0].id
    path = f"/administration/people/administrator/roles/{number}/end"
    page = client.post(path, {"reason": "Enough"}, status=422).get_data(as_text=True)
    assert "is the only administrator" in page


def test_somebody_who_left_meanwhile_is_sent_no_invitation(world: Flask, client_as: ClientAs) -> None:
    client = client_as("administrator")
    client.post("/administration/people/left.owner/invitation")
    assert messages() == []
    page = client.get("/administration/people/left.owner").get_data(as_text=True)
    assert "This person has left, so no invitation can be sent" in page


def test_inviting_somebody_with_an_account_says_that_what_was_typed_is_not_taken(
    world: Flask, client_as: ClientAs
) -> None:
    client = client_as("administrator")
    known = person_by_ref("homerton.owner")
    form = {"name": "Another name", "role_title": "Another post", "email": known.email}
    client.post("/administration/people/invite", form)
    page = client.get("/administration/people/homerton.owner").get_data(as_text=True)
    assert "Their account was there already" in page
    assert "Another name" not in page
    client.post("/administration/people/invite", {**form, "email": "somebody.new@example.org"})
    page = client.get("/administration/people").get_data(as_text=True)
    assert "An invitation is on its way to Another name." in page
    assert "Their account was there already" not in page


def test_nobody_gives_a_role_or_a_seat_to_themselves(world: Flask, client_as: ClientAs) -> None:
    client = client_as("administrator")
    own = "/administration/people/administrator"
    page = client.post(f"{own}/roles/new", {"role": "board_manager"}, status=422).get_data(as_text=True)
    assert "somebody else has to give it to you" in page
    seat = {"person": "administrator", "is_chair": "y"}
    page = client.post("/administration/groups/scr/seats/new", seat, status=422).get_data(as_text=True)
    assert "somebody else has to give it to you" in page
    invitation = {
        "name": "Administrator",
        "role_title": "Administrator",
        "email": "administrator@example.org",
        "agency": "chscb",
        "role": "board_manager",
    }
    client.post("/administration/people/invite", invitation, status=422)
    current_session().expire_all()
    person = person_by_ref("administrator")
    assert [held.role for held in person.assignments] == ["administrator"]
    assert person.seats == []


def test_a_former_address_is_told_that_it_was_changed_and_not_to_what(
    world: Flask, client_as: ClientAs
) -> None:
    owner = person_by_ref("homerton.owner")
    owner.password = "so it was chosen"
    current_session().commit()
    client = client_as("administrator")
    form = {"name": owner.name, "role_title": "Named nurse", "agency": "homerton"}
    where = "/administration/people/homerton.owner/edit"
    client.post(where, form | {"email": "homerton.owner@example.org"})
    assert messages() == []
    client.post(where, form | {"email": "taken.over@example.org"})
    current_session().expire_all()
    (message,) = messages()
    assert (message.kind, message.address) == ("address_changed", "homerton.owner@example.org")
    words = hooks.message_text.ask(message.kind, message.id, DAY)
    assert "was changed on 31 March 2017" in words.text
    assert "taken.over" not in f"{words.subject}{words.text}{words.html}"
    assert hooks.still_wanted.ask(message.kind, message.id, DAY)
    # A slip that was put right before anything went.
    client.post(where, form | {"email": "homerton.owner@example.org"})
    current_session().expire_all()
    first, second = messages()
    assert not hooks.still_wanted.ask(first.kind, first.id, DAY)
    assert second.address == "taken.over@example.org"


def test_an_invitation_gives_nobody_a_role_for_an_agency_they_do_not_work_for(
    world: Flask, client_as: ClientAs
) -> None:
    client = client_as("administrator")
    form = {
        "name": "Homerton owner",
        "role_title": "Named nurse",
        "email": "homerton.owner@example.org",
        "agency": "hackney-learning-trust",
        "role": "agency_lead",
    }
    page = client.post("/administration/people/invite", form, status=422).get_data(as_text=True)
    assert "does not work for Hackney Learning Trust" in page
    assert messages() == []
    client.post("/administration/people/invite", form | {"agency": "homerton"})
    person = person_by_ref("homerton.owner")
    assert {held.agency for held in person.assignments} == {person.agency}


def test_an_invitation_to_the_address_of_somebody_who_left_says_what_to_do(
    world: Flask, client_as: ClientAs
) -> None:
    form = {"name": "Left owner", "role_title": "Officer", "email": "left.owner@example.org"}
    page = client_as("administrator").post("/administration/people/invite", form, status=422)
    assert "who has left: open that account again instead" in page.get_data(as_text=True)


def test_somebody_who_moves_to_another_agency_takes_nothing_of_the_former_one_along(
    world: Flask, client_as: ClientAs
) -> None:
    make_action(make_lesson(make_review()))
    client, where = client_as("administrator"), "/administration/people/homerton.owner/edit"
    owner = person_by_ref("homerton.owner")
    owner.assignments[0].agency = None
    current_session().commit()
    form = {"name": owner.name, "role_title": owner.role_title, "email": owner.email, "agency": "ccg"}
    page = client.post(where, form, status=422).get_data(as_text=True)
    assert "Homerton owner has for Homerton University Hospital NHS FT: Action A-0001, " in page
    by_ref(Action, "A-0001").owner = person_by_ref("homerton.lead")
    current_session().commit()
    client.post(where, form)
    current_session().expire_all()
    assert owner.agency is not None
    assert owner.agency.ref == "ccg"
