"""Deputies: for oneself, for the people of one's agency, with days that do not overlap."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import select

from app.accounts.models import Agency, Deputy
from app.accounts.queries import person_by_ref
from app.core.database import current_session
from tests.support.client import PageClient
from tests.support.world import by_ref

ClientAs = Callable[[str], PageClient]


def form(deputy: str = "homerton.lead", *, absence: bool = True, **days: str) -> dict[str, Any]:
    """An arrangement from 3 to 14 April 2017 unless told otherwise."""
    chosen = {"from_on": "3 4 2017", "until_on": "14 4 2017", **days}
    return {
        "deputy": deputy,
        "is_absence": "yes" if absence else "no",
        **{name: value.split() for name, value in chosen.items()},
    }


def held() -> list[Deputy]:
    """Every arrangement."""
    return list(current_session().scalars(select(Deputy).order_by(Deputy.id)))


def test_one_arranges_a_deputy_for_oneself_and_ends_it_early(world: Flask, client_as: ClientAs) -> None:
    client = client_as("homerton.owner")
    client.get("/account/deputy")
    client.post("/account/deputy", form())
    arrangement = held()[0]
    assert (arrangement.person.ref, arrangement.deputy.ref) == ("homerton.owner", "homerton.lead")
    assert arrangement.is_absence
    assert arrangement.arranged_by is arrangement.person
    assert "Homerton lead" in client.get("/account/deputy").get_data(as_text=True)
    client.post(f"/people/homerton.owner/deputy/{arrangement.id}/end")
    current_session().expire_all()
    assert held()[0].ended_on is not None
    assert person_by_ref("homerton.lead").facts.deputises_for == frozenset()


def test_arrangements_of_one_kind_do_not_overlap(world: Flask, client_as: ClientAs) -> None:
    client = client_as("homerton.owner")
    client.post("/account/deputy", form())
    overlapping: tuple[dict[str, Any], ...] = (
        {"from_on": "14 4 2017", "until_on": "20 4 2017"},
        {"from_on": "1 4 2017", "until_on": ""},
        {"from_on": "5 4 2017", "until_on": "6 4 2017"},
    )
    for days in overlapping:
        page = client.post("/account/deputy", form(**days), status=422).get_data(as_text=True)
        assert "Another arrangement holds from 3 April 2017 until 14 April 2017" in page
    client.post("/account/deputy", form(from_on="15 4 2017", until_on="20 4 2017"))
    client.post("/account/deputy", form(absence=False, until_on=""))
    assert len(held()) == 3


def test_days_stand_in_order_and_begin_today_at_the_earliest(world: Flask, client_as: ClientAs) -> None:
    client = client_as("homerton.owner")
    client.post("/account/deputy", form(from_on="30 3 2017"), status=422)
    client.post("/account/deputy", form(until_on="2 4 2017"), status=422)
    client.post("/account/deputy", form(from_on="3 4 2100", until_on=""), status=422)
    assert held() == []


def test_a_deputy_works_for_the_same_agency_is_here_and_is_somebody_else(
    world: Flask, client_as: ClientAs
) -> None:
    client = client_as("homerton.owner")
    for deputy in ("hlt.lead", "left.owner", "homerton.owner"):
        client.post("/account/deputy", form(deputy), status=422)
    assert held() == []


def test_a_lead_arranges_for_the_people_of_the_agency_and_for_no_others(
    world: Flask, client_as: ClientAs
) -> None:
    lead = client_as("homerton.lead")
    assert "Homerton owner" in lead.get("/people/deputies").get_data(as_text=True)
    lead.get("/people/homerton.owner/deputy")
    lead.post("/people/homerton.owner/deputy", form())
    assert [row.arranged_by_id for row in held()] == [person_by_ref("homerton.lead").id]
    lead.get("/people/police.owner/deputy", status=404)
    number = held()[0].id
    client_as("hlt.lead").post(f"/people/homerton.owner/deputy/{number}/end", status=404)
    client_as("board.manager").get("/people/homerton.owner/deputy")
    client_as("administrator").post(f"/people/homerton.owner/deputy/{number}/end")


def test_somebody_of_an_agency_with_nobody_else_is_told_why_there_is_no_choice(
    world: Flask, client_as: ClientAs
) -> None:
    page = client_as("police.owner").get("/account/deputy").get_data(as_text=True)
    assert "Nobody else of Metropolitan Police, Hackney Borough has an account" in page


def test_nobody_makes_themselves_the_deputy_of_somebody_whose_agency_they_do_not_lead(
    world: Flask, client_as: ClientAs
) -> None:
    ours = by_ref(Agency, "chscb")
    person_by_ref("qa.chair").agency = ours
    current_session().commit()
    client = client_as("administrator")
    own = form("administrator")
    page = client.post("/people/qa.chair/deputy", own, status=422).get_data(as_text=True)
    assert "somebody else has to give it to you" in page
    assert held() == []
    # A lead opens what the people of the agency owe as it is, and others may choose anybody.
    client_as("homerton.lead").post("/people/homerton.owner/deputy", form("homerton.lead"))
    client_as("board.manager").post("/people/qa.chair/deputy", own)
    assert [row.deputy.ref for row in held()] == ["homerton.lead", "administrator"]
