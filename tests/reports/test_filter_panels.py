"""The panel that narrows a list opens where something typed into it is no good, and says so, on every one."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests.support.client import PageClient

Sign = Callable[[str], PageClient]

LISTS = (
    ("board.manager", "/reviews?stage=no-such-stage"),
    ("board.manager", "/lessons?kind=no-such-kind"),
    ("board.manager", "/actions?status=no-such-status"),
    ("board.manager", "/impact?level=9"),
    ("board.manager", "/challenges?stands=no-such-standing"),
    ("board.manager", "/messages?state=no-such-state"),
    ("board.manager", "/audit?business_from=31&business_from=2&business_from=2017"),
    ("administrator", "/administration/people?role=no-such-role"),
    ("administrator", "/administration/agencies?sector=no-such-sector"),
)


@pytest.mark.parametrize(("who", "address"), LISTS)
def test_a_value_that_is_no_good_opens_the_panel_and_is_named_there(
    world: Flask, client_as: Sign, who: str, address: str
) -> None:
    client = client_as(who)
    panel = client.get(address).get_data(as_text=True).split('<details class="filter-panel"')[1]
    assert panel.startswith(" open>")
    assert "govuk-error-message" in panel.split("</details>")[0]
    panel = client.get(address.partition("?")[0]).get_data(as_text=True).split('class="filter-panel"')[1]
    assert panel.startswith(">")


def test_the_sector_stands_between_the_name_and_the_withdrawn_ones(world: Flask, client_as: Sign) -> None:
    page = client_as("administrator").get("/administration/agencies").get_data(as_text=True)
    assert page.index('name="text"') < page.index('name="sector"') < page.index('name="withdrawn"')


def test_a_filter_by_what_was_withdrawn_is_told_alike_on_every_list(world: Flask, client_as: Sign) -> None:
    for address in ("/reviews", "/lessons", "/administration/groups"):
        client = client_as("administrator" if "administration" in address else "board.manager")
        page = client.get(f"{address}?withdrawn=y").get_data(as_text=True)
        assert "Only: <strong>those that were withdrawn</strong>" in page, address
