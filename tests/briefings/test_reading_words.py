"""The words of an issue as mail, as they are shown, sent as a test, and frozen."""

import re

from flask import Flask

from app.briefings.reading import places
from app.briefings.reading.freezing import freeze
from app.briefings.reading.places import Place, PlaceKind
from app.briefings.reading.words import rendered
from tests.support.briefings import make_issue, make_item

#: What another key signs in another way.
UNSIGNED = re.compile(r"/feedback\?on=[^\s\"]*")


def test_the_subject_is_what_the_briefing_is_called_and_the_title(world: Flask) -> None:
    made = rendered(make_issue(items=1))
    assert made.subject == "TUSK: What we learned this month"


def test_every_link_of_a_frozen_issue_is_a_place_with_its_number_and_its_address_kept(world: Flask) -> None:
    issue = make_issue()
    issue.items = [make_item(url="https://training.example.org/fgm?a=1&b=2", url_words="Free e-learning")]
    frozen = freeze(issue)
    urls = {link.number: link.url for link in issue.links}
    assert list(urls) == list(range(1, len(urls) + 1))
    assert "https://training.example.org/fgm?a=1&b=2" in urls.values()
    for words in (frozen.html, frozen.text):
        between, found = places.split(issue.link_key, words)
        assert "http" not in "".join(between).replace("http://www.w3.org/1999/xhtml", "")
        assert {place.number for place in found if place.kind is PlaceKind.LINK} == set(urls)
        assert {Place(PlaceKind.PREFERENCES), Place(PlaceKind.LEAVE)} <= set(found)
    assert places.split(issue.link_key, frozen.html)[1].count(Place(PlaceKind.PICTURE)) == 1
    assert places.split(issue.link_key, frozen.text)[1].count(Place(PlaceKind.PICTURE)) == 0


def test_what_is_shown_of_a_frozen_issue_is_what_was_shown_of_the_draft(world: Flask) -> None:
    issue = make_issue(items=2)
    issue.link_key = "so that the address for feedback is signed"
    before = rendered(issue)
    freeze(issue)
    after = rendered(issue)
    assert UNSIGNED.sub("", after.text) == UNSIGNED.sub("", before.text)
    assert UNSIGNED.sub("", after.html) == UNSIGNED.sub("", before.html)


def test_an_issue_that_is_frozen_anew_has_another_key_and_no_link_twice(world: Flask) -> None:
    issue = make_issue(items=1)
    freeze(issue)
    key, numbers = issue.link_key, [link.number for link in issue.links]
    freeze(issue)
    assert issue.link_key != key
    assert [link.number for link in issue.links] == numbers
