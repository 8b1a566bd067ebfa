"""The administrator's pages for the partnership, areas, agencies, groups and seats."""

import re
from collections.abc import Callable

from flask import Flask
from sqlalchemy import select

from app.accounts import queries as accounts
from app.accounts.models import Agency, Area, Group, Partnership
from app.audit.models import AuditEntry
from app.core.database import current_session
from tests.support.client import PageClient
from tests.support.deaths import make_death
from tests.support.trail import change
from tests.support.world import by_ref, make_action, make_lesson, make_review

ClientAs = Callable[[str], PageClient]

AGENCY = {
    "name": "Hackney Ark",
    "short_name": "Ark",
    "sector": "commissioned",
    "other_names": "The Ark\nHackney Ark Centre",
    "board_seats": "1",
}


def lines() -> list[str]:
    """What the trail says was done, the newest first."""
    statement = select(AuditEntry.line).where(~AuditEntry.is_read).order_by(AuditEntry.id.desc())
    return list(current_session().scalars(statement))


def test_everything_that_an_administrator_keeps_is_led_to(world: Flask, client_as: ClientAs) -> None:
    client = client_as("administrator")
    main = client.get("/administration").get_data(as_text=True).partition("<main")[2]
    found = re.findall(r'href="(/[^"]*)"', main)
    assert {"/administration/clocks", "/administration/words", "/panels/quoracy", "/rules"} <= set(found)
    for path in found:
        client.get(path)


def test_an_agency_is_added_with_its_other_names_and_found_by_any_of_them(
    world: Flask, client_as: ClientAs
) -> None:
    client = client_as("administrator")
    client.get("/administration")
    client.get("/administration/agencies/new")
    client.post("/administration/agencies/new", AGENCY)
    ark = by_ref(Agency, "ark")
    assert sorted(other.name for other in ark.other_names) == ["Hackney Ark Centre", "The Ark"]
    assert lines()[0] == "Added the agency ark"
    page = client.get("/administration/agencies?text=Ark+Centre").get_data(as_text=True)
    assert "Hackney Ark" in page
    assert "Homerton" not in page


def test_a_name_leads_to_one_agency(world: Flask, client_as: ClientAs) -> None:
    client = client_as("administrator")
    taken = {**AGENCY, "other_names": "homerton university hospital NHS FT"}
    page = client.post("/administration/agencies/new", taken, status=422).get_data(as_text=True)
    assert "is a name of Homerton University Hospital NHS FT already" in page
    assert "Hackney Ark" in page, "what was typed comes back"


def test_a_number_of_seats_is_a_number(world: Flask, client_as: ClientAs) -> None:
    client = client_as("administrator")
    for typed in ("many", "-1", "101", "²", "9" * 5_000):
        client.post("/administration/agencies/new", {**AGENCY, "board_seats": typed}, status=422)


def test_an_agency_is_changed_and_the_trail_has_both_sides(world: Flask, client_as: ClientAs) -> None:
    client = client_as("administrator")
    client.post("/administration/agencies/new", AGENCY)
    client.get("/administration/agencies/ark/edit")
    client.post("/administration/agencies/ark/edit", {**AGENCY, "other_names": "The Ark\nArk Two"})
    entry = current_session().scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert entry.payload is not None
    assert "Hackney Ark Centre" in entry.payload.body
    assert "Ark Two" in entry.payload.body
    client.post("/administration/agencies/ark/edit", {**AGENCY, "other_names": "The Ark\nArk Two"})
    assert lines()[:2] == ["Changed the agency ark", "Added the agency ark"], "no entry for no change"


def test_what_open_things_use_is_not_withdrawn_and_the_page_says_what_uses_it(
    world: Flask, client_as: ClientAs
) -> None:
    make_action(make_lesson(make_review()))
    client = client_as("administrator")
    page = client.get("/administration/agencies/homerton/withdraw").get_data(as_text=True)
    assert "3 people of it have an account" in page
    assert "it has 1 open action" in page
    refused = client.post("/administration/agencies/homerton/withdraw", {"reason": "Merged"}, status=422)
    assert "cannot be withdrawn yet" in refused.get_data(as_text=True)
    page = client.get("/administration/groups/scr/withdraw").get_data(as_text=True)
    assert "1 open action" in page
    assert "1 review in progress" in page
    assert "3 people sit on it" in page
    page = client.get("/administration/areas/hackney/withdraw").get_data(as_text=True)
    assert "1 review in progress" in page
    assert by_ref(Agency, "homerton").withdrawn_on is None


def test_what_is_withdrawn_is_offered_no_more_and_can_be_brought_back(
    world: Flask, client_as: ClientAs
) -> None:
    client = client_as("administrator")
    client.post("/administration/areas/new", {"name": "Islington"})
    client.post("/administration/areas/islington/withdraw", {"reason": "Never ours"})
    assert [area.ref for area in accounts.areas()] == ["city-of-london", "hackney"]
    assert "islington" in [area.ref for area in accounts.areas(with_withdrawn=True)]
    board = client_as("board.manager")
    assert 'value="islington"' not in board.get("/reviews/new").get_data(as_text=True)
    assert 'value="islington"' in board.get("/reviews").get_data(as_text=True), "history can be found"
    page = client.get("/administration/areas?withdrawn=y").get_data(as_text=True)
    assert "Never ours" in page
    assert "Bring back" in page
    client.get("/administration/areas/islington/withdraw")
    client.post("/administration/areas/islington/withdraw", {"reason": "It joined us"})
    assert by_ref(Area, "islington").withdrawn_on is None


def test_withdrawing_what_another_withdrew_meanwhile_does_not_bring_it_back(
    world: Flask, client_as: ClientAs
) -> None:
    client = client_as("administrator")
    client.post("/administration/areas/new", {"name": "Islington"})
    address, form = "/administration/areas/islington/withdraw", {"reason": "Never ours", "turn": "away"}
    assert re.search(r'<input[^>]*name="turn"[^>]*value="away"', client.get(address).get_data(as_text=True))
    client.post(address, form)
    again = client.post(address, form, status=422).get_data(as_text=True)
    assert "Somebody did this already" in again
    assert re.search(r'<input[^>]*name="turn"[^>]*value="back"', again)
    assert by_ref(Area, "islington").withdrawn_on is not None


def test_an_area_is_renamed_and_a_name_is_given_once(world: Flask, client_as: ClientAs) -> None:
    client = client_as("administrator")
    client.post("/administration/areas/hackney/edit", {"name": "city of london"}, status=422)
    client.post("/administration/areas/hackney/edit", {"name": "London Borough of Hackney"})
    assert by_ref(Area, "hackney").name == "London Borough of Hackney"


def test_the_partnerships_names_are_changed(world: Flask, client_as: ClientAs) -> None:
    client = client_as("administrator")
    client.get("/administration/partnership")
    names = {
        "name": "Ours",
        "short_name": "O",
        "briefing_name": "News",
        "help_email": "help@example.org",
    }
    client.post("/administration/partnership", names)
    held = current_session().scalars(select(Partnership)).one()
    assert (held.name, held.briefing_name, held.help_email) == ("Ours", "News", "help@example.org")
    # Every message names it, so it is one that can be written to.
    for typed in ("ask Ann", "help@example.org, other@example.org"):
        page = client.post("/administration/partnership", {**names, "help_email": typed}, status=422)
        assert "Enter an e-mail address in the form name@example.org" in page.get_data(as_text=True)
        assert typed in page.get_data(as_text=True), "what was typed comes back"


def test_a_seat_is_given_and_ends_and_the_page_says_first_what_follows(
    world: Flask, client_as: ClientAs
) -> None:
    make_action(make_lesson(make_review()))
    client = client_as("administrator")
    client.post("/administration/groups/new", {"name": "Training Sub-Group", "short_name": "Training"})
    assert "Nobody sits on this group yet" in client.get("/administration/groups/training").get_data(
        as_text=True
    )
    client.get("/administration/groups/training/seats/new")
    client.post("/administration/groups/training/seats/new", {"person": "qa.chair", "is_chair": "y"})
    assert [seat.is_chair for seat in by_ref(Group, "training").seats] == [True]
    page = client.get("/administration/groups/scr/seats/scr.chair/end").get_data(as_text=True)
    assert (
        "1 open action and 1 review in progress of SCR Sub-Group would have no chair to decide: "
        "the board manager decides." in page
    )
    client.post("/administration/groups/scr/seats/scr.chair/end", {"reason": "Term over"})
    assert "scr.chair" not in [seat.person.ref for seat in by_ref(Group, "scr").seats]
    assert lines()[0] == "Took Scr chair off SCR Sub-Group"
    client.get("/administration/groups/scr/seats/scr.chair/end", status=404)


def test_a_seat_given_anew_does_not_end_the_only_chair(world: Flask, client_as: ClientAs) -> None:
    client, where = client_as("administrator"), "/administration/groups/scr/seats/new"
    page = client.post(where, {"person": "scr.chair"}, status=422).get_data(as_text=True)
    assert "Scr chair is the only chair of SCR Sub-Group: let somebody else chair it first" in page
    client.post(where, {"person": "scr.member", "is_chair": "y"})
    client.post(where, {"person": "scr.chair"})
    seats = {seat.person.ref: seat.is_chair for seat in by_ref(Group, "scr").seats}
    assert (seats["scr.member"], seats["scr.chair"]) == (True, False)


def test_lists_are_paged_by_name(world: Flask, client_as: ClientAs) -> None:
    current_session().add_all(Area(ref=f"area-{n:02}", name=f"Area {n:02}") for n in range(60))
    current_session().flush()
    client = client_as("administrator")
    page = client.get("/administration/areas").get_data(as_text=True)
    assert "62 areas" in page
    assert "Area 49" in page
    assert "Area 50" not in page
    assert "Area 50" in client.get("/administration/areas?after=area-49").get_data(as_text=True)


def test_an_empty_list_says_how_to_begin(app: Flask) -> None:
    from flask import render_template

    from app.accounts.administration.forms import StructureFilterForm
    from app.core.paging import Page

    with app.test_request_context():
        text = render_template(
            "accounts/administration/structures.html",
            form=StructureFilterForm(),
            applied=[],
            page=Page([], None, None),
            count=0,
            one="agency",
            many="agencies",
            sectors={},
        )
    assert "Add the first agency" in text


def test_a_group_is_marked_as_reviewing_child_deaths_and_keeps_the_mark_while_it_holds_some(
    world: Flask, client_as: ClientAs
) -> None:
    client = client_as("administrator")
    path, names = "/administration/groups/qa/edit", {"name": "QA Sub-Group", "short_name": "QA"}
    client.post(path, {**names, "reviews_child_deaths": "y"})
    assert change("group.change")[1]["reviews_child_deaths"] is True
    make_death(group=by_ref(Group, "qa"))
    page = client.post(path, names, status=422).get_data(as_text=True)
    assert "QA Sub-Group holds child deaths, which nobody could open then" in page
    assert by_ref(Group, "qa").reviews_child_deaths
