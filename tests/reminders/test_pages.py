"""Messages, refused addresses, nudges, what is to come, and the health of the system."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.accounts.administration.mail import ADDRESS_CHANGED
from app.accounts.cases.operations import NOTICE
from app.accounts.models import ConflictOfInterest, Group, Person, Seat
from app.accounts.queries import person_by_ref
from app.accounts.signing_in.notices import PASSWORD_CHANGED
from app.audit.models import AuditEntry
from app.core import hooks
from app.core.clock import machine_now, today
from app.core.database import current_session
from app.core.installation import Installation
from app.core.job_runs import JobRun, record_tick
from app.outbox import queries as outbox
from app.outbox import sender
from app.outbox.models import OutboxMessage, State
from app.reminders import operations
from app.reminders.models import Nudge, RefusedAddress
from app.reminders.views.messages import KIND_LABELS
from app.reports import health
from app.scheduler import TIMETABLE, step_days
from tests.reminders.support import FRIDAY, MONDAY, action, messages
from tests.support import notes
from tests.support.cases import make_conflict, make_team_member
from tests.support.client import PageClient
from tests.support.world import by_ref

Sign = Callable[[str], PageClient]


def the_message(state: str = State.QUEUED) -> OutboxMessage:
    """The one message there is, put into a state; committed."""
    action(FRIDAY - timedelta(days=1))
    operations.run(on=FRIDAY)
    message = current_session().scalars(select(OutboxMessage)).one()
    message.state = state
    current_session().commit()
    return message


def refuse(message: OutboxMessage) -> RefusedAddress:
    """The receiver refuses the message; committed."""
    hooks.delivery_failed.ask(message.kind, message.id, "550 No such user")
    current_session().commit()
    return current_session().scalars(select(RefusedAddress)).one()


def test_the_outbox_is_narrowed_by_state_and_address(world: Flask, client_as: Sign) -> None:
    the_message(State.FAILED)
    client = client_as("board.manager")
    assert "homerton.owner@example.org" in client.get("/messages").get_data(as_text=True)
    for query, found in (
        ("state=failed", True),
        ("state=sent", False),
        ("state=nonsense", True),
        ("kind=nudge", False),
        ("address=Homerton.Owner@example.org", True),
        ("address=nobody@example.org", False),
    ):
        page = client.get(f"/messages?{query}").get_data(as_text=True)
        assert ('href="/messages/1"' in page) == found, query


def test_nobody_takes_out_a_message_that_tells_what_was_done(world: Flask, client_as: Sign) -> None:
    owner = by_ref(Person, "homerton.owner")
    owner.password = "so it was chosen"
    current_session().commit()
    client = client_as("administrator")
    form = {"name": owner.name, "role_title": "Named nurse", "agency": "homerton"}
    client.post("/administration/people/homerton.owner/edit", form | {"email": "taken.over@example.org"})
    message = current_session().scalars(select(OutboxMessage)).one()
    page = client.get(f"/messages/{message.id}").get_data(as_text=True)
    assert "Take it out" not in page
    refused = client.post(f"/messages/{message.id}/cancel", status=422).get_data(as_text=True)
    assert "nobody takes it out" in refused
    current_session().expire_all()
    assert message.state == State.QUEUED
    assert {ADDRESS_CHANGED, NOTICE, PASSWORD_CHANGED} == operations.NEVER_TAKEN_OUT


@pytest.mark.parametrize(
    ("state", "deed", "reached"),
    [
        (State.FAILED, "send-again", State.QUEUED),
        (State.UNCERTAIN, "send-again", State.QUEUED),
        (State.UNCERTAIN, "received", State.SENT),
        (State.QUEUED, "cancel", State.CANCELLED),
    ],
)
def test_a_message_in_trouble_is_settled_by_a_person_and_on_record(
    world: Flask, client_as: Sign, state: State, deed: str, reached: State
) -> None:
    the_message(state)
    client = client_as("administrator")
    client.post(f"/messages/1/{deed}")
    assert [found for _ref, _on, found in messages()] == [reached]
    lines = (
        current_session().scalars(select(AuditEntry.line).where(AuditEntry.verb == "message.settle")).all()
    )
    assert len(lines) == 1
    client.get("/messages/1")


def test_what_was_settled_meanwhile_says_so(world: Flask, client_as: Sign) -> None:
    the_message(State.SENT)
    for deed in ("send-again", "received", "cancel"):
        client_as("board.manager").post(f"/messages/1/{deed}", status=422)
    assert [found for _ref, _on, found in messages()] == [State.SENT]


def test_the_lead_of_the_agency_corrects_a_refused_address(world: Flask, client_as: Sign) -> None:
    refused = refuse(the_message(State.FAILED))
    lead = client_as("homerton.lead")
    assert "Mail to 1 person was refused" in lead.get("/").get_data(as_text=True)
    assert "550 No such user" in lead.get("/addresses").get_data(as_text=True)
    page = lead.post("/addresses/1", {"email": "police.owner@example.org"}, status=422)
    assert "Somebody else has an account with that address" in page.get_data(as_text=True)
    lead.post("/addresses/1", {"email": "no address"}, status=422)
    lead.post("/addresses/1", {"email": "nurse@example.org"})
    current_session().expire_all()
    assert person_by_ref("homerton.owner").email == "nurse@example.org"
    assert refused.settled_on == FRIDAY
    assert "refused" not in lead.get("/").get_data(as_text=True)
    client_as("hlt.lead").get("/addresses/1", status=404)


@pytest.mark.parametrize("more", ["a seat", "a restricted team"])
def test_the_lead_does_not_say_where_the_links_of_somebody_go_who_may_do_more(
    world: Flask, client_as: Sign, more: str
) -> None:
    refuse(the_message(State.FAILED))
    owner = person_by_ref("homerton.owner")
    if more == "a seat":
        owner.seats.append(Seat(group=by_ref(Group, "scr")))
    else:
        make_team_member("R-0007", "homerton.owner")
    current_session().commit()
    data = {"email": "nurse@example.org"}
    page = client_as("homerton.lead").post("/addresses/1", data, status=422).get_data(as_text=True)
    assert "the administrator or the board manager corrects the address" in page
    client_as("board.manager").post("/addresses/1", data)
    current_session().expire_all()
    assert person_by_ref("homerton.owner").email == "nurse@example.org"


def test_an_address_that_works_is_left_as_it_is(world: Flask, client_as: Sign) -> None:
    message = the_message(State.FAILED)
    refused = refuse(message)
    hooks.delivery_failed.ask(message.kind, message.id, "550 Again")
    current_session().commit()
    assert len(current_session().scalars(select(RefusedAddress)).all()) == 1
    client_as("board.manager").post("/addresses/1/works")
    current_session().expire_all()
    assert refused.settled_how == "The address works, somebody says."
    client_as("administrator").post("/addresses/1/works", status=422)


def test_a_nudge_is_mail_with_a_reference_and_a_note_on_the_page(world: Flask, client_as: Sign) -> None:
    action(date(2017, 5, 31))
    chair = client_as("scr.chair")
    chair.post("/actions/A-0001/nudge", {"note": ""}, status=422)
    chair.post("/actions/A-0001/nudge", {"note": "How many plans are left?"})
    page = chair.post("/actions/A-0001/nudge", {"note": "And now?"}, status=422).get_data(as_text=True)
    assert "today; ask again tomorrow" in page
    assert "And now?" in page
    sender.send(until_empty=True)
    (message,) = outbox.all_messages()
    assert (message.kind, message.state, message.address) == (
        "nudge", State.SENT, "homerton.owner@example.org",
    )  # fmt: skip
    for words in (message.subject, message.text_body, message.html_body):
        assert "A-0001" in (words or "")
        assert "plans" not in (words or "")
    assert "How many plans are left?" in client_as("homerton.owner").get("/actions/A-0001").get_data(
        as_text=True
    )
    client_as("homerton.owner").get("/actions/A-0001/nudge", status=404)


@pytest.mark.parametrize("how", ["nobody", "conflict", "closed"])
def test_nobody_is_nudged_who_cannot_answer(world: Flask, client_as: Sign, how: str) -> None:
    values = {"status": "complete", "closed_on": FRIDAY} if how == "closed" else {}
    action(date(2017, 5, 31), owner=None if how == "nobody" else "homerton.owner", **values)
    if how == "conflict":
        current_session().add(
            ConflictOfInterest(
                source_ref="R-0001", person_id=person_by_ref("homerton.owner").id, nature="A relative.",
                declared_on=FRIDAY,
            )
        )  # fmt: skip
        current_session().commit()
    client_as("scr.chair").post("/actions/A-0001/nudge", {"note": "How is it going?"}, status=422)
    assert current_session().scalars(select(Nudge)).all() == []


def test_nobody_is_offered_to_ask_themselves(world: Flask, client_as: Sign) -> None:
    action(date(2017, 5, 31), agency="hackney-learning-trust", owner="hlt.lead")
    lead = client_as("hlt.lead")
    assert "Ask the owner" not in lead.get("/actions/A-0001").get_data(as_text=True)
    page = lead.post("/actions/A-0001/nudge", {"note": "How is it going?"}, status=422)
    assert "You own this action yourself" in page.get_data(as_text=True)
    assert "Ask the owner" in client_as("scr.chair").get("/actions/A-0001").get_data(as_text=True)


def test_the_next_days_are_shown_by_person_and_reference_and_nothing_is_written(
    world: Flask, client_as: Sign
) -> None:
    action(date(2017, 4, 10), title="Ask who lives in the household")
    page = client_as("administrator").get("/reminders/preview").get_data(as_text=True)
    assert page.index("Friday 31 March 2017") < page.index("Monday 3 April 2017")
    assert "Homerton owner" in page
    assert "A-0001" in page
    assert "household" not in page
    assert messages() == []


def test_whoever_stands_too_near_to_a_case_is_shown_none_of_its_reminders(
    world: Flask, client_as: Sign
) -> None:
    of = action(date(2017, 4, 10)).source.ref
    manager = client_as("board.manager")
    assert "A-0001" in manager.get("/reminders/preview").get_data(as_text=True)
    make_conflict(of, "board.manager")
    current_session().commit()
    assert "A-0001" not in manager.get("/reminders/preview").get_data(as_text=True)
    assert "A-0001" in client_as("independent.chair").get("/reminders/preview").get_data(as_text=True)


def test_the_health_page_watches_every_job_of_the_timetable() -> None:
    assert set(health.JOBS) == {job.name for job in TIMETABLE}


def test_the_home_is_loud_while_a_job_is_silent_and_quiet_once_all_ran(world: Flask, client_as: Sign) -> None:
    manager = client_as("board.manager")
    assert "The system is silent: " in manager.get("/").get_data(as_text=True)
    assert "<code>flask scheduler</code>" in manager.get("/system").get_data(as_text=True)
    for job in health.JOBS:
        record_tick(job, on=FRIDAY, began_at=machine_now())
    current_session().rollback()
    assert "All jobs of the system are running." in manager.get("/").get_data(as_text=True)
    assert "The system is silent" not in client_as("homerton.owner").get("/").get_data(as_text=True)
    manager.get("/system")


def test_a_monitor_hears_one_word_and_those_entitled_hear_all(
    world: Flask, client_as: Sign, stranger: PageClient
) -> None:
    assert stranger.get("/health.json").get_json() == {"status": "silent"}
    assert client_as("homerton.owner").get("/health.json").get_json() == {"status": "silent"}
    # The first run of all: the turn of the others has yet to come. Half an hour later it should have.
    for is_silent in (False, True):
        record_tick("outbox", on=FRIDAY, began_at=machine_now())
        told = client_as("administrator").get("/health.json").get_json()
        assert told["status"] == "silent", "in a demonstration those of the day are run when it begins"
        assert (told["jobs"]["outbox"]["silent"], told["jobs"]["bounces"]["silent"]) == (False, is_silent)
        current_session().execute(update(JobRun).values(began_at=machine_now() - timedelta(minutes=30)))
        current_session().commit()
    assert told["outbox"]["queued"] == 0


def test_a_week_is_stepped_day_by_day_by_the_scheduler(world: Flask, client_as: Sign) -> None:
    action(date(2017, 4, 10))
    client = client_as("scr.chair")
    client.post("/demo/next-week", {"day": "2017-03-31"})
    page = client.get("/demo/stepping").get_data(as_text=True)
    assert "It is now Friday 31 March 2017, on the way to Friday 7 April 2017." in page
    assert step_days() == 7
    assert today() == date(2017, 4, 7)
    assert [(on, state) for _ref, on, state in messages()] == [(FRIDAY, State.SENT), (MONDAY, State.SENT)]
    assert "It is Friday 7 April 2017." in client.get("/demo/stepping").get_data(as_text=True)
    client.post("/demo/next-week", {"day": "2017-03-31"})
    assert current_session().scalar(select(Installation.stepping_to_on)) is None


def test_stepping_stops_when_asked_and_says_when_nobody_steps(world: Flask, client_as: Sign) -> None:
    client = client_as("scr.chair")
    client.post("/demo/next-month")
    current_session().rollback()
    assert current_session().scalar(select(Installation.stepping_to_on)) == date(2017, 5, 2)
    client.post("/demo/stop-stepping")
    current_session().rollback()
    assert current_session().scalar(select(Installation.stepping_to_on)) is None
    assert step_days() == 0
    assert today() == FRIDAY


def test_every_kind_of_message_is_named_in_words() -> None:
    kinds = set(hooks.message_text.kinds) - {notes.KIND}
    assert kinds
    assert kinds <= set(KIND_LABELS)
