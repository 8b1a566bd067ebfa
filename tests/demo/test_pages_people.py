"""Signing in from a role card, and going on as somebody else."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.queries import person_by_ref
from app.audit.models import AuditEntry
from app.core.database import current_session
from app.demo.cast import CAST
from tests.support.client import PageClient

Sign = Callable[[str], PageClient]


def signed_in_as(client: PageClient) -> str:
    page = client.get("/demo/mailbox").get_data(as_text=True)
    return page.split('<span class="masthead__who"><strong>')[1].split("<")[0]


def test_the_sign_in_page_offers_everybody_of_the_cast_but_who_has_left(
    world: Flask, stranger: PageClient
) -> None:
    page = stranger.get("/sign-in").get_data(as_text=True)
    offered = [ref for ref, _question in CAST if f'action="/demo/sign-in-as/{ref}"' in page]
    assert offered == [ref for ref, _question in CAST]
    assert "left.owner" not in page
    assert "Today is Friday 31 March 2017." in page


def test_a_card_signs_in_and_the_trail_says_so(world: Flask, stranger: PageClient) -> None:
    stranger.post("/demo/sign-in-as/scr.chair")
    assert signed_in_as(stranger) == "Scr chair"
    entry = current_session().scalars(select(AuditEntry).where(AuditEntry.verb == "account.sign_in")).one()
    assert (entry.actor_id, entry.subject_ref) == (person_by_ref("scr.chair").id, "scr.chair")


def test_one_goes_on_as_somebody_else_without_signing_out(world: Flask, client_as: Sign) -> None:
    client = client_as("scr.chair")
    assert 'action="/demo/sign-in-as/hlt.lead"' in client.get("/demo/people").get_data(as_text=True)
    client.post("/demo/sign-in-as/hlt.lead")
    assert signed_in_as(client) == "Hlt lead"


@pytest.mark.parametrize("ref", ["left.owner", "former.member", "nobody", "../scr.chair"])
def test_nobody_outside_the_cast_is_signed_in_and_nobody_who_left(
    world: Flask, stranger: PageClient, ref: str
) -> None:
    stranger.post(f"/demo/sign-in-as/{ref}", status=404)
    assert stranger.get("/demo/mailbox", status=302).headers["Location"] == "/sign-in"


def test_somebody_of_the_cast_who_has_left_is_not_signed_in(world: Flask, stranger: PageClient) -> None:
    person_by_ref("hlt.lead").active = False
    current_session().commit()
    stranger.post("/demo/sign-in-as/hlt.lead", status=404)


def test_a_card_without_its_token_signs_nobody_in(world: Flask, stranger: PageClient) -> None:
    stranger.post("/demo/sign-in-as/scr.chair", {"csrf_token": "another"}, status=400)
    assert stranger.get("/demo/mailbox", status=302).headers["Location"] == "/sign-in"
