"""Every page, as every person of the cast: nothing for axe, no sideways scrolling, no errors."""

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from tests.e2e.conftest import Demonstration, overflow, violations

CAST = (
    "scr.chair",
    "board.manager",
    "hlt.lead",
    "homerton.owner",
    "staff.reader",
    "administrator",
)

#: Of pages that differ only by the record they show, so many are looked at.
EACH_SHAPE = 1


def shape(path: str) -> str:
    """The address without what names one record: pages of one shape come from one template."""
    return re.sub(r"/([A-Z]-\d{4}(-\w\d+)?|\d+|(?<=figures/)[^/]+)(?=/|$)", "/*", path)


def walk(page: Page, home: str) -> Iterator[str]:
    """Every page that links lead to from the home page, a few of each shape."""
    waiting, met, looked = ["/"], {"/"}, dict[str, int]()
    while waiting:
        path = waiting.pop(0)
        if looked.get(shape(path), 0) >= EACH_SHAPE:
            continue
        looked[shape(path)] = looked.get(shape(path), 0) + 1
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, f"{path} answered {answer.status}"
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        yield path
        hrefs: list[str] = page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
        for href in hrefs:
            parts = urlsplit(href)
            if href.startswith(home) and not parts.query and parts.path not in met:
                met.add(parts.path)
                waiting.append(parts.path)


@pytest.mark.parametrize("ref", CAST)
def test_a_person_walks_every_page_they_may_open(
    demonstration: Demonstration, open_as: Callable[..., Page], ref: str
) -> None:
    page = open_as(demonstration, ref)
    found: list[str] = []
    for path in walk(page, demonstration.url):
        found += [f"{path}: {line}" for line in violations(page)]
        page.set_viewport_size({"width": 320, "height": 700})
        if overflow(page) > 0:
            found.append(f"{path} scrolls sideways by {overflow(page)} pixels at 320")
        page.set_viewport_size({"width": 1280, "height": 900})
    assert found == []
    assert page.faults == []  # type: ignore[attr-defined]


def test_the_sign_in_page_and_a_missing_page_are_as_good_as_the_rest(
    demonstration: Demonstration, page: Page
) -> None:
    for path in ("/sign-in", "/nothing-here"):
        page.goto(demonstration.url + path)
        assert violations(page) == []
        page.set_viewport_size({"width": 320, "height": 700})
        assert overflow(page) <= 0
