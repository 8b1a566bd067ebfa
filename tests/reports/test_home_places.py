"""The pages that a home leads to beside its lists: each where it belongs, for those it is open to."""

from collections.abc import Callable

import pytest
from flask import Flask

from app.accounts.models import Group, Seat
from app.accounts.queries import person_by_ref
from app.audit.redaction import operations as redactions
from app.audit.redaction import queries as redaction_queries
from app.core.clock import machine_now, today
from app.core.database import current_session
from app.outbox.models import OutboxMessage
from tests.actions.support import acting
from tests.support.cases import make_team_member
from tests.support.client import PageClient
from tests.support.world import by_ref, make_review

Sign = Callable[[str], PageClient]

RUNNING = "Keep the service running"


def seat(ref: str) -> None:
    """Give somebody a seat on the SCR Sub-Group."""
    current_session().add(Seat(group=by_ref(Group, "scr"), person=person_by_ref(ref)))
    current_session().commit()


def home(client_as: Sign, ref: str) -> str:
    return client_as(ref).get("/").get_data(as_text=True)


def test_whoever_sits_on_a_group_comes_from_their_home_to_assurance_and_redactions(
    world: Flask, client_as: Sign
) -> None:
    assert 'href="/assurance"' not in home(client_as, "csc.lead")
    seat("csc.lead")
    for ref in ("csc.lead", "scr.member", "scr.chair"):
        page = home(client_as, ref)
        assert page.count('href="/assurance"') == 1, ref
        assert page.count('href="/redactions"') == 1, ref
        assert RUNNING not in page, ref


@pytest.mark.parametrize("ref", ["board.manager", "independent.chair"])
def test_those_who_watch_over_the_service_find_redactions_among_its_pages(
    world: Flask, client_as: Sign, ref: str
) -> None:
    before, running = home(client_as, ref).split(RUNNING)
    assert before.count('href="/assurance"') == 1
    assert 'href="/redactions"' not in before
    assert 'href="/redactions"' in running


def test_on_a_team_alone_they_stand_beside_the_case(world: Flask, client_as: Sign) -> None:
    review = make_review(is_restricted=True)
    make_team_member(review.ref, "staff.reader")
    current_session().commit()
    page = home(client_as, "staff.reader")
    assert 'href="/redactions"' in page.split("Restricted cases you are on the team of")[1]
    assert RUNNING not in page


def test_refused_mail_is_a_page_for_those_whose_work_it_is(world: Flask, client_as: Sign) -> None:
    for ref in ("administrator", "board.manager", "homerton.lead"):
        page = client_as(ref).get("/addresses").get_data(as_text=True)
        assert "the person comes here by themselves" in page
    for ref in ("homerton.owner", "scr.chair", "staff.reader", "independent.chair"):
        client_as(ref).get("/addresses", status=404)
    assert 'href="/addresses"' in home(client_as, "administrator").split(RUNNING)[1]
    assert 'href="/addresses"' not in home(client_as, "homerton.lead")


def invited(state: str, *, key: str = "1") -> None:
    """The named nurse's invitation, as far as it came."""
    person = person_by_ref("homerton.owner")
    person.invited_at = machine_now()
    current_session().add(
        OutboxMessage(
            dedupe_key=f"invitation/{key}",
            message_id=f"<{key}@tracker.example.org>",
            kind="invitation",
            recipient_id=person.id,
            address=person.email,
            business_on=today(),
            queued_at=machine_now(),
            next_attempt_at=machine_now(),
            state=state,
            error="550 No such user" if state == "failed" else None,
        )
    )
    current_session().commit()


def test_a_refused_invitation_stands_on_the_home_and_on_the_account_until_it_is_sent_again(
    world: Flask, client_as: Sign
) -> None:
    said = "The invitation to 1 person was refused."
    assert said not in home(client_as, "administrator")
    invited("failed")
    for ref in ("administrator", "board.manager"):
        assert said in home(client_as, ref)
        page = client_as(ref).get("/addresses").get_data(as_text=True)
        assert 'href="/administration/people/homerton.owner"' in page
        page = client_as(ref).get("/administration/people/homerton.owner").get_data(as_text=True)
        assert "550 No such user" in page
    assert said not in home(client_as, "homerton.lead")
    invited("queued", key="2")
    assert said not in home(client_as, "administrator")
    page = client_as("administrator").get("/administration/people/homerton.owner").get_data(as_text=True)
    assert "550" not in page


@pytest.mark.parametrize("change", ["address", "password", "left"])
def test_it_stands_no_more_once_there_is_nothing_to_do_about_it(
    world: Flask, client_as: Sign, change: str
) -> None:
    invited("failed")
    person = person_by_ref("homerton.owner")
    if change == "address":
        person.email = "nurse@example.org"
    elif change == "password":
        person.password = "chosen by another link"
    else:
        person.active = False
    current_session().commit()
    assert "The invitation to" not in home(client_as, "administrator")


def test_a_redaction_that_waits_is_counted_for_those_who_decide_it_and_not_for_who_asked(
    world: Flask, client_as: Sign
) -> None:
    review = make_review()
    with acting("scr.chair"):
        redactions.ask(
            of=redaction_queries.record("review", review.ref), field="caption", reason="It names a child."
        )
    current_session().commit()
    for ref in ("board.manager", "independent.chair"):
        assert "Redactions: 1 to decide" in home(client_as, ref), ref
    for ref in ("scr.chair", "scr.member", "qa.chair"):
        assert "to decide" not in home(client_as, ref), ref


def test_who_does_nothing_but_keep_the_service_running_finds_that_first(
    world: Flask, client_as: Sign
) -> None:
    first = home(client_as, "administrator")
    assert first.index(RUNNING) < first.index("What should I know this month?")
    assert first.count(RUNNING) == 1
    manager = home(client_as, "board.manager")
    assert manager.index(RUNNING) > manager.index("What needs attention across the partnership?")
