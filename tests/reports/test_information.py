"""Help, privacy and the accessibility statement: open to everybody, and at the foot of every page."""

from collections.abc import Callable

import pytest
from flask import Flask

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


@pytest.mark.parametrize("path", ["/reviews", "/actions", "/impact", "/challenges"])
def test_a_page_of_case_material_says_on_paper_who_printed_it_and_when(
    world: Flask, client_as: Callable[[str], PageClient], path: str
) -> None:
    page = client_as("board.manager").get(path).get_data(as_text=True)
    assert "OFFICIAL-SENSITIVE · Printed from the" in page
    assert "by Board manager" in page
    assert "on 31 March 2017</p>" in page
