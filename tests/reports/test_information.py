"""Help, privacy and the accessibility statement: open to everybody, and at the foot of every page."""

from collections.abc import Callable

import pytest
from flask import Flask

from app.briefings.models import BriefingSettings
from app.core.database import current_session
from tests.support.client import PageClient

PAGES = {"/help": "Help", "/privacy": "Privacy", "/accessibility": "Accessibility statement"}


@pytest.mark.parametrize("path", PAGES)
def test_strangers_and_everybody_else_may_read_it(
    world: Flask, stranger: PageClient, client_as: Callable[[str], PageClient], path: str
) -> None:
    for client in (stranger, client_as("administrator")):
        page = client.get(path).get_data(as_text=True)
        assert f"{PAGES[path]}</h1>" in page
        assert "help@example.org" in page


def test_every_page_leads_to_all_three(world: Flask, stranger: PageClient) -> None:
    page = stranger.get("/sign-in").get_data(as_text=True)
    for path, label in PAGES.items():
        assert f'href="{path}">{label}</a>' in page


@pytest.mark.parametrize("path", PAGES)
def test_it_stands_before_there_is_a_partnership(app: Flask, path: str) -> None:
    PageClient(app).get(path)


@pytest.mark.parametrize(
    ("keeps_people", "counts_opens", "there", "not_there"),
    [
        (
            True,
            True,
            "you followed|picture in an issue|no trackers: what the mail",
            "not by whom",
        ),
        (True, False, "you followed", "picture in an issue|not by whom"),
        (False, True, "not by whom", "you followed,|you followed a link|picture in an issue"),
    ],
)
def test_privacy_says_what_the_settings_have_kept(
    world: Flask, stranger: PageClient, keeps_people: bool, counts_opens: bool, there: str, not_there: str
) -> None:
    settings = current_session().get_one(BriefingSettings, 1)
    settings.keeps_clicks_of_people, settings.counts_opens = keeps_people, counts_opens
    page = stranger.get("/privacy").text
    assert all(each in page for each in [*there.split("|"), "to be erased", "you can object"])
    assert not any(each in page for each in not_there.split("|"))


@pytest.mark.parametrize("path", ["/reviews", "/actions", "/impact", "/challenges"])
def test_a_page_of_case_material_says_on_paper_who_printed_it_and_when(
    world: Flask, client_as: Callable[[str], PageClient], path: str
) -> None:
    page = client_as("board.manager").get(path).get_data(as_text=True)
    assert "OFFICIAL-SENSITIVE · Printed from the" in page
    assert "by Board manager" in page
    assert "on 31 March 2017</p>" in page
