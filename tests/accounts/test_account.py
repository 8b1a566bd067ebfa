"""One's own account, and the confidentiality statement that stands before everything."""

from collections.abc import Callable
from datetime import date

from flask import Flask

from app.accounts.models import Deputy
from app.accounts.queries import person_by_ref
from app.accounts.signing_in import queries
from app.accounts.signing_in.notices import PASSWORD_CHANGED, message_text, still_wanted
from app.accounts.signing_in.operations import write_statement
from app.core.clock import machine_now
from app.core.database import current_session
from app.outbox.models import OutboxMessage
from tests.accounts.support import OTHER_PASSWORD, PASSWORD, give_password, lines
from tests.support.client import PageClient

Sign = Callable[[str], PageClient]


def words_of(client: PageClient, path: str, *, status: int = 200) -> str:
    """The text of a page."""
    return " ".join(client.get(path, status=status).get_data(as_text=True).split())


def wording_on(client: PageClient) -> str:
    """The number of the wording that the statement's page shows."""
    page = client.get("/account/statement").get_data(as_text=True)
    return page.split('name="wording" value="')[1].split('"')[0]


def not_accepted(app: Flask, ref: str) -> PageClient:
    """A browser of somebody who has yet to accept the statement."""
    return PageClient(app).sign_in(ref, accepts=False)


def test_the_page_says_what_the_partnership_knows_of_a_person(world: Flask, client_as: Sign) -> None:
    client = client_as("hlt.lead")
    page = words_of(client, "/account")
    for said in (
        "Safeguarding lead",
        "hlt.lead@example.org",
        "Hackney Learning Trust",
        "Agency lead for Hackney Learning Trust",
        "after 30 minutes without use, and after 12 hours in any case",
        "You accepted the",
    ):
        assert said in page
    assert 'href="/account"' in words_of(client, "/")
    assert "Chair of SCR Sub-Group" in words_of(client_as("scr.chair"), "/account")


def test_a_person_without_roles_or_deputies_reads_so(world: Flask, client_as: Sign) -> None:
    reader = person_by_ref("staff.reader")
    reader.assignments.clear()
    current_session().commit()
    page = words_of(client_as("staff.reader"), "/account")
    assert "You hold no role and sit on no group" in page
    assert "Nobody." in page


def test_who_stands_in_is_listed_on_both_sides_until_it_ends(world: Flask, client_as: Sign) -> None:
    owner, lead = person_by_ref("homerton.owner"), person_by_ref("homerton.lead")
    for until_on, ended_on in ((date(2017, 4, 7), None), (date(2017, 3, 30), None), (None, date(2017, 3, 1))):
        current_session().add(
            Deputy(
                person=owner,
                deputy=lead,
                from_on=date(2017, 3, 1),
                until_on=until_on,
                ended_on=ended_on,
                is_absence=True,
                arranged_at=machine_now(),
            )
        )
    page = words_of(client_as("homerton.owner"), "/account")
    assert page.count("Homerton lead, while away, from 1 March 2017") == 1
    assert "to 7 April 2017" in page
    page = words_of(client_as("homerton.lead"), "/account")
    assert "You stand in for" in page
    assert page.count("Homerton owner, while away") == 1


def test_changing_the_password_needs_the_present_one(world: Flask, client_as: Sign) -> None:
    give_password("scr.chair")
    client = client_as("scr.chair")
    client.get("/account/password")
    for present, password, problem in (
        ("not the right phrase", OTHER_PASSWORD, "Enter the password you use now; this is not it"),
        (PASSWORD, "short", "Use a password of at least 12 characters"),
        (PASSWORD, PASSWORD, "Enter another password than the one you use now"),
        ("", "", "Enter a new password"),
    ):
        page = client.post("/account/password", {"present": present, "password": password}, status=422)
        assert problem in page.get_data(as_text=True)
        assert OTHER_PASSWORD not in page.get_data(as_text=True)
    client.post("/account/password", {"present": PASSWORD, "password": OTHER_PASSWORD})
    assert "every other session of yours has ended" in words_of(client, "/account")
    assert lines("account.set_password") == [("scr.chair", "Password changed")]


def test_guessing_the_present_password_is_held_back(world: Flask, client_as: Sign) -> None:
    give_password("scr.chair")
    client = client_as("scr.chair")
    wrong = {"present": "wrong wrong wrong", "password": OTHER_PASSWORD}
    for _ in range(10):
        client.post("/account/password", wrong, status=422)
    page = client.post("/account/password", {**wrong, "present": PASSWORD}, status=422)
    assert "That was tried too often just now" in page.get_data(as_text=True)


def test_a_password_beyond_ascii_signs_in_however_it_is_composed(world: Flask, stranger: PageClient) -> None:
    from app.accounts.signing_in.operations import set_password

    set_password(person=person_by_ref("scr.chair"), password="caf\u00e9 caf\u00e9 caf\u00e9")
    current_session().commit()
    decomposed = "cafe\u0301 cafe\u0301 cafe\u0301"
    stranger.post("/sign-in", {"email": "scr.chair@example.org", "password": decomposed})


def test_until_the_statement_is_accepted_every_page_leads_to_it(world: Flask, shared_app: Flask) -> None:
    client = not_accepted(shared_app, "scr.chair")
    for path in ("/", "/lessons", "/account", "/nowhere"):
        if path == "/nowhere":
            client.get(path, status=404)
            continue
        assert client.get(path, status=302).headers["Location"] == "/account/statement"
    assert client.post("/account/password", {}).headers["Location"] == "/account/statement"
    page = words_of(client, "/account/statement")
    assert "You need to accept it to go on." in page
    assert 'aria-label="Menu"' not in page
    assert (
        client.post("/account/statement", {"wording": wording_on(client)}).headers["Location"] == "/account"
    )
    client.get("/lessons")
    assert lines("account.accept_statement") == [
        ("scr.chair", f"Accepted the confidentiality statement, wording {queries.statement().id}")  # type: ignore[union-attr]
    ]


def test_who_does_not_accept_can_sign_out(world: Flask, shared_app: Flask) -> None:
    client = not_accepted(shared_app, "scr.chair")
    client.post("/sign-out")
    assert client.get("/account/statement", status=302).headers["Location"] == "/sign-in"


def test_a_new_wording_is_accepted_anew_and_only_by_who_saw_it(world: Flask, client_as: Sign) -> None:
    client = client_as("scr.chair")
    client.get("/lessons")
    write_statement(words="Other words.")
    client.get("/lessons", status=302)
    assert "It has a new wording since you accepted it." in words_of(client, "/account/statement")
    seen = wording_on(client)
    write_statement(words="Yet other words.")
    page = client.post("/account/statement", {"wording": seen}, status=422).get_data(as_text=True)
    assert "The statement has a new wording since just now" in page
    assert "Yet other words." in page
    for no_number in ("9" * 5_000, "²", "-1"):
        client.post("/account/statement", {"wording": no_number}, status=422)
    client.post("/account/statement", {"wording": wording_on(client)})
    client.get("/lessons")
    assert "You accepted this at" in words_of(client, "/account/statement")


def test_a_role_of_the_demonstration_accepts_when_it_is_first_played(
    world: Flask, stranger: PageClient
) -> None:
    for _ in range(2):
        stranger.post("/demo/sign-in-as/scr.chair")
        stranger.get("/")
    assert len(lines("account.accept_statement")) == 1


def test_an_administrator_writes_a_new_wording_and_older_ones_stay_in_sight(
    world: Flask, client_as: Sign
) -> None:
    client = client_as("administrator")
    path = "/administration/statement"
    page = client.get(path).get_data(as_text=True)
    present = queries.statement()
    assert present is not None
    first_line = present.words.splitlines()[0]
    assert page.count(first_line) == 2
    current_session().rollback()
    for words, problem in (("", "Enter the words"), (present.words, "Change the words first")):
        assert problem in client.post(path, {"words": words}, status=422).get_data(as_text=True)
    client.post(path, {"words": "Tell nobody."})
    assert client.get(path, status=302).headers["Location"] == "/account/statement"
    client.post("/account/statement", {"wording": wording_on(client)})
    page = client.get(path).get_data(as_text=True)
    assert "1 person accepted this one last." in page
    assert first_line in page
    assert lines("rules.change")[-1][1].startswith("Confidentiality statement given wording")
    client_as("scr.chair").get(path, status=404)


def test_who_has_a_password_is_told_by_mail_that_it_is_another_now(world: Flask, client_as: Sign) -> None:
    person = give_password("hlt.lead")
    assert not current_session().query(OutboxMessage).filter_by(kind=PASSWORD_CHANGED).count()
    client = client_as("hlt.lead")
    form = {"present": PASSWORD, "password": OTHER_PASSWORD}
    client.post("/account/password", form, status=302)
    (told,) = current_session().query(OutboxMessage).filter_by(kind=PASSWORD_CHANGED)
    assert (told.address, told.recipient_id) == (person.email, person.id)
    text = message_text(told.id, told.business_on)
    assert "was changed on 31 March 2017" in text.text
    assert "http" not in text.text
    assert 'href="http' not in text.html
    assert still_wanted(told.id, told.business_on)
    person_by_ref("hlt.lead").active = False
    assert not still_wanted(told.id, told.business_on)
