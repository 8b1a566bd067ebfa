"""Inviting somebody: an account, a link by mail, and a password of their own."""

import json
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from app.accounts.models import Agency, Person
from app.accounts.policy import Role
from app.accounts.queries import person_by_ref
from app.accounts.signing_in import rules
from app.accounts.signing_in.operations import HasLeft, NeedsAgency, invite, send_invitation
from app.core.database import current_session
from app.core.errors import RuleBroken
from app.outbox.models import OutboxMessage
from app.outbox.rules import WrongAddress
from tests.accounts.support import PASSWORD, letters, lines, link_in, token_of
from tests.support.client import PageClient
from tests.support.world import by_ref

Run = Callable[..., subprocess.CompletedProcess[str]]
MORNING = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def invited(**values: object) -> Person:
    """Somebody new, invited."""
    asked = {"email": "Jo.Bloggs@example.org", "name": "Jo Bloggs", "role_title": "Named nurse", **values}
    return invite(**asked)  # type: ignore[arg-type]


def test_who_is_invited_chooses_a_password_accepts_the_statement_and_is_in(
    world: Flask, stranger: PageClient, tmp_path: Path
) -> None:
    invited(agency=by_ref(Agency, "homerton"), roles=[Role.ACTION_OWNER])
    ((to, subject, text),) = letters(tmp_path)
    assert (to, subject) == ("Jo.Bloggs@example.org", "Your account on the Case Learning Tracker")
    assert "The link works for 7 days, and once." in text
    link = link_in(text)
    stranger.get(link)
    stranger.post("/choose-password", {"link": token_of(link), "password": PASSWORD})
    stranger.post("/sign-in", {"email": "jo.bloggs@example.org", "password": PASSWORD})
    assert stranger.get("/", status=302).headers["Location"] == "/account/statement"
    page = stranger.get("/account/statement").get_data(as_text=True)
    wording = page.split('name="wording" value="')[1].split('"')[0]
    assert stranger.post("/account/statement", {"wording": wording}).headers["Location"] == "/"
    stranger.get("/")


def test_the_account_is_named_after_the_address_and_holds_its_roles(world: Flask) -> None:
    homerton = by_ref(Agency, "homerton")
    first = invited(agency=homerton, roles=[Role.ACTION_OWNER, Role.STAFF_READER])
    second = invited(email="jo.bloggs@other.example.org")
    assert (first.ref, second.ref) == ("jo.bloggs", "jo.bloggs-2")
    assert {(each.role, each.agency) for each in first.assignments} == {
        ("action_owner", homerton),
        ("staff_reader", None),
    }
    assert lines("person.invite") == [
        ("jo.bloggs", "Account made for jo.bloggs"),
        ("jo.bloggs", "Invitation sent"),
        ("jo.bloggs-2", "Account made for jo.bloggs-2"),
        ("jo.bloggs-2", "Invitation sent"),
    ]


@pytest.mark.parametrize(
    ("email", "name"),
    [("A.B@x.org", "a.b"), ("o'neil+x@x.org", "o-neil-x"), ("...@x.org", "person"), ("é@x.org", "person")],
)
def test_an_account_name_is_letters_figures_dots_and_hyphens(email: str, name: str) -> None:
    assert rules.account_name(email, set()) == name
    assert rules.account_name(email, {name, f"{name}-2"}) == f"{name}-3"


def test_who_has_an_account_keeps_it_and_gets_the_roles_that_are_missing(world: Flask) -> None:
    for _ in range(2):
        person = invite(
            email="SCR.chair@example.org", name="Another", role_title="Other", roles=[Role.EXECUTIVE]
        )
    assert (person.ref, person.name) == ("scr.chair", "Scr chair")
    assert [each.role for each in person.assignments] == ["executive"]


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"email": "not an address"}, WrongAddress),
        ({"email": "left.owner@example.org"}, HasLeft),
        ({"roles": [Role.AGENCY_LEAD]}, NeedsAgency),
        ({"name": " "}, RuleBroken),
        ({"role_title": ""}, RuleBroken),
    ],
)
def test_what_cannot_be_invited_is_refused(
    world: Flask, values: dict[str, object], refusal: type[RuleBroken]
) -> None:
    with pytest.raises(refusal):
        invited(**values)


def test_a_newer_invitation_makes_the_older_link_worthless(
    world: Flask, stranger: PageClient, tmp_path: Path
) -> None:
    person = invited()
    ((_, _, text),) = letters(tmp_path)
    send_invitation(person=person)
    ((_, _, newer),) = letters(tmp_path)
    stranger.get(link_in(text), status=410)
    stranger.get(link_in(newer))


def test_an_invitation_overtaken_before_it_was_sent_is_not_sent(world: Flask, tmp_path: Path) -> None:
    send_invitation(person=invited())
    assert len(letters(tmp_path)) == 1
    states = [message.state for message in current_session().query(OutboxMessage).order_by(OutboxMessage.id)]
    assert states == ["cancelled", "sent"]


def test_a_link_sent_late_works_a_week_from_its_sending(
    world: Flask, stranger: PageClient, tmp_path: Path
) -> None:
    with time_machine.travel(MORNING, tick=False) as clock:
        invited()
        clock.shift(timedelta(days=2))
        ((_, _, text),) = letters(tmp_path)
        clock.shift(timedelta(days=7))
        stranger.get(link_in(text))
        clock.shift(timedelta(seconds=1))
        stranger.get(link_in(text), status=410)


def test_the_command_makes_the_first_administrator_of_an_empty_database(
    app: Flask, flask_command: Run, stranger: PageClient, tmp_path: Path
) -> None:
    words = ("accounts", "invite", "jane.smith@example.org", "--role", "administrator", "--json")
    done = flask_command(*words)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == {"person": "jane.smith", "email": "jane.smith@example.org"}
    person = person_by_ref("jane.smith")
    assert (person.name, person.role_title) == ("Jane Smith", "Administrator")
    ((to, _, text),) = letters(tmp_path)
    assert to == "jane.smith@example.org"
    stranger.get(link_in(text))


def test_the_command_refuses_an_agency_that_is_not_there(app: Flask, flask_command: Run) -> None:
    done = flask_command("accounts", "invite", "jo@example.org", "--agency", "nowhere")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "There is no agency nowhere.\n")
