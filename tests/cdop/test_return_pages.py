"""Pages of agency returns: what is asked, the answer in under a minute, and what whoever asked does."""

import csv
import io
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.queries import person_by_ref
from app.audit.models import AuditEntry
from app.cdop.models import AgencyReturn
from app.core.database import current_session
from app.reminders.models import Nudge
from tests.support.cases import make_conflict, make_deputy, make_glass
from tests.support.client import PageClient
from tests.support.deaths import make_death, make_return
from tests.support.statements import statements
from tests.support.world import DAY, make_action, make_lesson, make_review

Sign = Callable[[str], PageClient]
TODAY = {"returned_on": [str(DAY.day), str(DAY.month), str(DAY.year)]}
#: What the page of a return must not tell whoever answers.
OF_THE_CASE = ("D-0001", "2017/01", "Hackney, ", "January to March", "unexpected", "1 to 4")


def a_return(owner: str | None = "homerton.owner", **values: Any) -> AgencyReturn:
    """What Homerton was asked about a death; late by the day of the tests."""
    death = make_death(ecdop_ref="EC-4711")
    made = make_return(
        death,
        owner=person_by_ref(owner) if owner else None,
        asked_by_id=person_by_ref("cdop.coordinator").id,
        due_on=date(2017, 3, 16),
        **values,
    )
    current_session().commit()
    return made


def html(client: PageClient, path: str, *, status: int = 200) -> str:
    return client.get(path, status=status).get_data(as_text=True)


def said(page: str) -> str:
    """The words of a page."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def now(ref: str = "N-0001") -> AgencyReturn:
    current_session().expire_all()
    return current_session().scalars(select(AgencyReturn).where(AgencyReturn.ref == ref)).one()


# The answer


def test_whoever_owes_it_sees_what_is_asked_and_nothing_else_of_the_case(
    world: Flask, client_as: Sign
) -> None:
    a_return()
    make_deputy("homerton.owner", "police.owner")
    current_session().commit()
    for ref in ("homerton.owner", "homerton.lead", "police.owner"):
        page = html(client_as(ref), "/returns/N-0001")
        words = said(page)
        for shown in ("EC-4711", "Form B: agency report", "Cdop coordinator", "16 March 2017", "Answer"):
            assert shown in words, (ref, shown)
        assert "11 working days late" in words
        assert not [word for word in OF_THE_CASE if word in page], ref
        assert "Waive" not in words


def test_nobody_else_opens_it(world: Flask, client_as: Sign) -> None:
    a_return()
    make_glass("D-0001", "board.manager")
    current_session().commit()
    for ref in ("homerton.member", "hlt.lead", "board.manager", "independent.chair", "scr.chair"):
        for path in ("/returns/N-0001", "/returns/N-0001/returned", "/returns/N-0001/waive"):
            client_as(ref).get(path, status=404)
    make_conflict("D-0001", "homerton.lead")
    client_as("homerton.lead").get("/returns/N-0001", status=404)
    client_as("cdop.chair").get("/returns/N-0001")


def test_today_is_offered_and_one_button_answers(world: Flask, client_as: Sign) -> None:
    a_return()
    client = client_as("homerton.owner")
    page = html(client, "/returns/N-0001")
    for box, value in (("day", "31"), ("month", "03"), ("year", "2017")):
        assert re.search(rf'id="returned_on-{box}"[^>]*value="{value}"', page) or re.search(
            rf'value="{value}"[^>]*id="returned_on-{box}"', page
        )
    assert now().returned_on is None
    client.post("/returns/N-0001/returned", TODAY)
    assert (now().returned_on, now().is_open) == (DAY, False)
    told = said(html(client, "/returns/N-0001"))
    assert "returned on 31 March 2017, 11 working days after it was first due. Thank you." in told
    assert "Returned on 31 March 2017, 11 working days" in told
    assert "It is not for us" not in told


def test_opening_it_changes_nothing_but_is_on_record(world: Flask, client_as: Sign) -> None:
    a_return()
    client = client_as("homerton.owner")
    for path in ("", "/returned", "/not-for-us"):
        client.get(f"/returns/N-0001{path}")
    assert now().returned_on is None
    reads = current_session().scalars(
        select(AuditEntry.line).where(AuditEntry.is_read, AuditEntry.subject_ref == "N-0001")
    )
    assert set(reads) == {"Opened N-0001"}


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (["1", "4", "2017"], "Enter today’s date or an earlier one"),
        (["15", "1", "2017"], "on or after the one on which you were asked"),
        (["31", "2", "2017"], "must be a real date"),
        (["", "", ""], "Enter the day it was returned in eCDOP"),
    ],
)
def test_a_wrong_day_comes_back_with_the_form(
    world: Flask, client_as: Sign, day: list[str], sentence: str
) -> None:
    a_return()
    answer = client_as("homerton.owner").post("/returns/N-0001/returned", {"returned_on": day}, status=422)
    page = answer.get_data(as_text=True)
    assert sentence in said(page)
    assert f'value="{day[2]}"' in page or not day[2]
    assert now().returned_on is None


def test_not_for_us_goes_back_to_whoever_asked(world: Flask, client_as: Sign) -> None:
    a_return()
    owner, coordinator = client_as("homerton.owner"), client_as("cdop.coordinator")
    owner.post("/returns/N-0001/not-for-us", {"reason": ""}, status=422)
    owner.post("/returns/N-0001/not-for-us", {"reason": "The family was never known to us."})
    page = said(html(coordinator, "/returns/N-0001"))
    assert "The family was never known to us." in page
    assert page.index("It is for them: leave it there") < page.index("Returned in eCDOP on")
    assert "Said not to be for them" in said(html(coordinator, "/child-deaths/D-0001"))
    coordinator.post("/returns/N-0001/put-back", {"reason": "Born there."})
    assert now().not_for_us_on is None
    assert "Born there." in said(html(owner, "/returns/N-0001"))


def test_what_may_identify_somebody_is_warned_of(world: Flask, client_as: Sign) -> None:
    a_return()
    answer = client_as("homerton.owner").post(
        "/returns/N-0001/not-for-us", {"reason": "NHS number 943 476 5919 is not ours"}, status=422
    )
    assert "this may identify somebody" in answer.get_data(as_text=True)


def test_the_lead_lets_another_person_answer(world: Flask, client_as: Sign) -> None:
    a_return(owner=None)
    client_as("homerton.owner").get("/returns/N-0001", status=404)
    lead = client_as("homerton.lead")
    assert "as lead of the agency" in said(html(lead, "/returns/N-0001"))
    lead.post("/returns/N-0001/reassign", {"owner": "homerton.owner", "reason": ""})
    client_as("homerton.owner").get("/returns/N-0001/reassign", status=404)
    client_as("homerton.owner").get("/returns/N-0001")
    lead.post("/returns/N-0001/reassign", {"owner": "police.owner"}, status=422)
    lead.post("/returns/N-0001/reassign", {"owner": ""})
    assert now().owner is None


# Whoever asked


def test_the_coordinator_asks_several_agencies_at_once(world: Flask, client_as: Sign) -> None:
    make_death(ecdop_ref="EC-1")
    client = client_as("cdop.coordinator")
    page = html(client, "/child-deaths/D-0001/returns/ask")
    assert "Homerton University Hospital NHS FT: Homerton lead" in page
    assert "nobody leads it here" in page
    assert "due on 21 April 2017" in said(page)
    form = {
        "agencies": ["homerton", "ccg"],
        "owner": "homerton.owner",
        "forms": ["reporting", "b2"],
        "asked_on": ["31", "3", "2017"],
        "due_on": ["", "", ""],
    }
    client.post("/child-deaths/D-0001/returns/ask", {**form, "agencies": []}, status=422)
    client.post("/child-deaths/D-0001/returns/ask", {**form, "owner": "police.owner"}, status=422)
    client.post("/child-deaths/D-0001/returns/ask", form)
    assert [(each.agency.ref, each.owner and each.owner.ref) for each in (now(), now("N-0002"))] == [
        ("homerton", "homerton.owner"),
        ("ccg", None),
    ]
    again = client.post("/child-deaths/D-0001/returns/ask", {**form, "owner": ""}, status=422)
    assert "Choose only from this list" in again.get_data(as_text=True)
    assert "0 of 2" in said(html(client, "/child-deaths/D-0001"))
    told = said(html(client, "/child-deaths/D-0001/returns"))
    assert "Form B: agency report; Form B2: neonatal death" in told


def test_without_the_reference_in_ecdop_nobody_is_asked(world: Flask, client_as: Sign) -> None:
    make_death()
    client = client_as("cdop.chair")
    assert "no eCDOP reference yet" in html(client, "/child-deaths/D-0001/returns/ask")
    form = {"agencies": ["ccg"], "forms": ["reporting"], "asked_on": ["31", "3", "2017"]}
    client.post("/child-deaths/D-0001/returns/ask", form, status=422)


@pytest.mark.parametrize(
    ("path", "form", "state"),
    [
        ("waive", {"reason": "Not needed"}, "waived"),
        ("withdraw", {"reason": "The other trust"}, "withdrawn"),
        ("due", {"due_on": ["28", "4", "2017"], "reason": "Leave"}, "owed"),
        ("forms", {"forms": ["b4"]}, "owed"),
        ("returned", TODAY, "returned"),
        ("reassign", {"owner": "homerton.member"}, "owed"),
    ],
)
def test_whoever_asked_may_do_it_and_members_may_not(
    world: Flask, client_as: Sign, path: str, form: dict[str, object], state: str
) -> None:
    a_return()
    coordinator = client_as("cdop.coordinator")
    coordinator.get(f"/returns/N-0001/{path}")
    coordinator.post(f"/returns/N-0001/{path}", form)
    assert now().state == state
    html(coordinator, "/returns/N-0001")
    html(coordinator, "/child-deaths/D-0001/returns")
    if path in {"waive", "withdraw", "due", "forms"}:
        client_as("homerton.owner").get(f"/returns/N-0001/{path}", status=404)
    if state in {"waived", "withdrawn", "returned"}:
        coordinator.post("/returns/N-0001/ask-again", {"due_on": ["28", "4", "2017"], "reason": "After all"})
        assert now().state == "owed"


def test_a_move_that_is_not_possible_now_says_why(world: Flask, client_as: Sign) -> None:
    a_return(returned_on=date(2017, 3, 15))
    client = client_as("cdop.coordinator")
    for path, form in (
        ("waive", {"reason": "Late"}),
        ("due", {"due_on": ["28", "4", "2017"], "reason": "Late"}),
        ("put-back", {"reason": "Late"}),
        ("not-for-us", {"reason": "Late"}),
        ("returned", TODAY),
    ):
        page = client.post(f"/returns/N-0001/{path}", form, status=422).get_data(as_text=True)
        assert "There is a problem" in page, path


def test_a_return_is_chased_by_hand(world: Flask, client_as: Sign) -> None:
    a_return()
    client = client_as("cdop.coordinator")
    for ref in ("homerton.owner", "homerton.lead", "board.manager"):
        client_as(ref).get("/returns/N-0001/chase", status=404)
    assert "When can we expect it in eCDOP?" in html(client, "/returns/N-0001/chase")
    client.post("/returns/N-0001/chase", {"note": "The panel meets on Monday."})
    assert current_session().scalars(select(Nudge.subject_ref)).all() == ["N-0001"]
    assert "The panel meets on Monday." in html(client_as("homerton.owner"), "/returns/N-0001")
    client.post("/returns/N-0001/chase", {"note": "Again"}, status=422)


# Lists and homes


def test_the_list_narrows_sorts_and_leaves_as_a_file(world: Flask, client_as: Sign) -> None:
    late = a_return()
    other = make_death(known_on=date(2016, 12, 1), ecdop_ref="EC-9")
    make_return(other, due_on=date(2017, 4, 14), not_for_us_on=DAY)
    make_return(other, agency="ccg", due_on=date(2017, 4, 28))
    make_return(other, agency="city-ccs", returned_on=date(2017, 2, 1))
    make_return(other, agency="hackney-cyps", waived_on=DAY, waived_reason="Not known")
    client = client_as("cdop.coordinator")

    def shown(query: str) -> list[str]:
        return re.findall(r'reference" href="/returns/(N-\d+)"', html(client, f"/returns{query}"))

    assert shown("") == ["N-0001", "N-0002", "N-0003"]
    assert shown("?show=late") == [late.ref]
    assert shown("?show=not_for_us") == ["N-0002"]
    assert shown("?show=returned") == ["N-0004"]
    assert shown("?show=waived") == ["N-0005"]
    assert len(shown("?show=any")) == 5
    assert shown("?agency=ccg") == ["N-0003"]
    assert shown("?text=ec-9&show=any") == ["N-0004", "N-0005", "N-0002", "N-0003"]
    assert shown("?text=n-0003") == ["N-0003"]
    assert shown("?agency=nowhere&show=strange") == ["N-0001", "N-0002", "N-0003"]
    assert shown("?show=late&agency=ccg") == []
    file = client.get("/returns/export?format=csv&show=late").get_data(as_text=True)
    rows = [row for row in csv.reader(io.StringIO(file)) if row and row[0] == "N-0001"]
    assert rows[0][1:3] == ["EC-4711", "Homerton University Hospital NHS FT"]
    assert "OFFICIAL-SENSITIVE" in file
    assert "D-0001" not in file


def test_an_agency_finds_its_own_returns_only(world: Flask, client_as: Sign) -> None:
    a_return()
    make_return(make_death(known_on=date(2016, 12, 1)), agency="ccg")
    page = html(client_as("homerton.lead"), "/returns")
    assert "N-0001" in page
    assert "N-0002" not in page
    assert "No return is owed." in html(client_as("homerton.member"), "/returns")
    client_as("staff.reader").get("/returns", status=404)


def test_my_home_has_returns_with_my_actions_overdue_first(world: Flask, client_as: Sign) -> None:
    a_return()
    make_action(make_lesson(make_review()), due_on=date(2017, 3, 20))
    page = html(client_as("homerton.owner"), "/")
    assert page.index("N-0001") < page.index("A-0001")
    assert 'href="/returns/N-0001" role="button"' in page
    words = said(page)
    assert "Overdue 2" in words
    assert "2 open" in words
    assert "EC-4711" not in page
    assert not [word for word in OF_THE_CASE if word in page]


def test_somebody_without_a_role_finds_what_they_were_asked(world: Flask, client_as: Sign) -> None:
    client = client_as("staff.reader")
    assert "What must I do" not in html(client, "/")
    found = a_return()
    found.agency, found.owner = person_by_ref("staff.reader").agency, person_by_ref("staff.reader")  # type: ignore[assignment]
    page = html(client, "/")
    assert "N-0001" in page
    client.get("/returns/N-0001")
    client.post("/returns/N-0001/returned", TODAY)


def test_a_lead_sees_the_agencys_returns_and_a_board_member_does_not(world: Flask, client_as: Sign) -> None:
    a_return()
    second = make_return(make_death(known_on=date(2016, 12, 1), ecdop_ref="EC-2"), due_on=date(2017, 4, 7))
    make_return(second.case, agency="ccg")
    page = html(client_as("homerton.lead"), "/")
    words = said(page)
    assert "2 agency returns owed" in words
    assert "1 of them overdue" in words
    # What nobody was named for is the lead's own.
    mine, of_agency = words.split("What must Homerton")
    assert "N-0002" in mine
    assert "N-0001" in of_agency
    assert "N-0003" not in page
    assert "N-0001" not in html(client_as("homerton.member"), "/")


def test_what_is_said_not_to_be_for_us_waits_on_others(world: Flask, client_as: Sign) -> None:
    a_return(not_for_us_on=DAY)
    words = said(html(client_as("homerton.owner"), "/"))
    assert "Waiting on others 1" in words
    assert "with whoever asked: said not to be for us" in words


def test_a_home_says_how_many_more_returns_there_are(world: Flask, client_as: Sign) -> None:
    for number in range(12):
        death = make_death(known_on=date(2017, 1, 9), cdop_number=f"2017/{number}", ecdop_ref=f"EC-{number}")
        make_return(death, owner=person_by_ref("homerton.owner"), due_on=date(2017, 3, 1))
    page = html(client_as("homerton.owner"), "/")
    assert "Overdue 12" in said(page)
    assert "and 2 more agency returns" in said(page)


def test_pages_ask_as_much_of_many_returns_as_of_a_few(world: Flask, client_as: Sign) -> None:
    def asked(path: str, ref: str) -> int:
        client = client_as(ref)
        html(client, path)
        with statements() as made:
            html(client, path)
        return len(made)

    def fill(first: int, last: int) -> None:
        for number in range(first, last):
            death = make_death(cdop_number=f"2017/{number}", ecdop_ref=f"EC-{number}")
            owner = person_by_ref("homerton.owner") if number % 2 else None
            make_return(death, owner=owner, due_on=date(2017, 3, 1))
            make_return(death, agency="ccg")
        current_session().commit()

    fill(0, 3)
    pages = (("/returns", "cdop.coordinator"), ("/", "homerton.lead"), ("/", "homerton.owner"))
    before = [asked(*page) for page in pages]
    fill(3, 9)
    assert [asked(*page) for page in pages] == before
