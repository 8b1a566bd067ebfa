"""Every page, as every kind of person: nothing for axe, no scrolling sideways, focus that shows."""

import re
from collections import Counter, deque
from collections.abc import Callable, Iterator
from html import unescape
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Page

from tests.e2e.conftest import Demonstration
from tests.e2e.looking import control_without_focus, overflow, skeleton, unfold, violations

#: Whose pages cover those of the whole cast: the others open fewer of the same.
#: Of the co-ordinator's, those that only the panel opens.
CAST = {
    "board.manager": ("/",),
    "hlt.lead": ("/",),
    "administrator": ("/",),
    "cdop.coordinator": ("/child-deaths", "/panels", "/returns"),
}

#: Of pages that show one record, so many are read for the links they hold, which depend on how it stands: one
#: action of each status there is, and a few of everything else.
RECORDS, ACTIONS = 2, 13

_OPTION = re.compile(r'<option value="([^"]+)"')
_RECORD = re.compile(r'href="(/\w+/[A-Z]-\d+)"')
_LINK = re.compile(r'<a [^>]*href="([^"]*)"')

#: The skeletons that axe has been over, whoever opened the page.
looked_over: set[str] = set()
#: The ways in which elements were coloured there.
coloured: set[int] = set()
#: Rule and skeleton of each page that was opened, by whomever.
opened_already: set[tuple[str, str]] = set()


def walk(page: Page, app: Flask, within: tuple[str, ...]) -> Iterator[str]:
    """Every shape of page below these addresses that links lead to from the home page: where it was opened.

    Pages of one rule of the URL map come from one template.
    """
    rules = app.url_map.bind("127.0.0.1")
    waiting, met, times = deque(["/"]), {"/"}, Counter[str]()
    while waiting:
        path = waiting.popleft()
        rule = rules.match(path, return_rule=True)[0].rule
        times[rule] += 1
        if times[rule] > most_read(rule):
            continue
        is_first = times[rule] == 1
        html, is_open = opened(page, path, rule) if is_first else (page.request.get(path).text(), False)
        if html is None:
            continue
        if is_open:
            yield path
        if is_first:
            of_each = set(one_of_each_status(page, path, html)) - met
            met |= of_each
            waiting.extendleft(sorted(of_each))
        for href in map(unescape, _LINK.findall(html)):
            parts = urlsplit(href)
            if href.startswith(within) and not parts.query and parts.path not in met:
                met.add(parts.path)
                waiting.append(parts.path)


def most_read(rule: str) -> int:
    """How many pages of one rule are read for their links."""
    if rule == "/actions/<ref>":
        return ACTIONS
    return RECORDS if rule.endswith((">", "/access")) else 1


def one_of_each_status(page: Page, path: str, html: str) -> Iterator[str]:
    """The first record of each status that a list can be narrowed to: what may be done with it differs."""
    _, _, choices = html.partition('name="status"')
    for status in _OPTION.findall(choices.partition("</select>")[0]):
        narrowed = page.request.get(path, params={"status": status}).text()
        if found := _RECORD.search(narrowed.partition("<tbody")[2]):
            yield found[1]


def opened(page: Page, path: str, rule: str) -> tuple[str | None, bool]:
    """The source of a page, and whether it was opened in the browser.

    Null for what is no page: a file, a feed, or the mail that a page shows in a frame. A page of the rule
    that is made of the same parts was looked over when somebody else opened it.
    """
    answer = page.request.get(path)
    assert answer.status == 200, f"{path} answered {answer.status}"
    is_framed = "sandbox" in answer.headers.get("content-security-policy", "")
    if is_framed or not answer.headers["content-type"].startswith("text/html"):
        return None, False
    source = answer.text()
    made_of = (rule, skeleton(page, source))
    if made_of in opened_already:
        return source, False
    opened_already.add(made_of)
    shown = page.goto(path)
    assert shown is not None
    assert shown.status == 200, f"{path} answered {shown.status}"
    return shown.text(), True


def faults(page: Page) -> Iterator[str]:
    """What is wrong with the page as it stands, and with what is folded away in it."""
    unfold(page)
    if (made_of := skeleton(page)) not in looked_over:
        looked_over.add(made_of)
        yield from violations(page, coloured)
        if unseen := control_without_focus(page):
            yield f"focus does not show on {unseen}"
    page.set_viewport_size({"width": 320, "height": 700})
    if (wide := overflow(page)) > 0:
        yield f"scrolls sideways by {wide} pixels at 320"
    page.set_viewport_size({"width": 1280, "height": 900})


@pytest.mark.parametrize("ref", CAST)
def test_a_person_walks_every_page_they_may_open(
    demonstration: Demonstration, open_as: Callable[..., Page], shared_app: Flask, ref: str
) -> None:
    page = open_as(demonstration, ref)
    found: list[str] = []
    for path in walk(page, shared_app, CAST[ref]):
        found += [f"{path}: {fault}" for fault in faults(page)]
    assert found == []
    assert page.faults == []  # type: ignore[attr-defined]


def test_the_sign_in_page_and_a_missing_page_are_as_good_as_the_rest(
    demonstration: Demonstration, page: Page
) -> None:
    for path in ("/sign-in", "/forgotten-password", "/nothing-here"):
        page.goto(demonstration.url + path)
        assert list(faults(page)) == []
