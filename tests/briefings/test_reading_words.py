"""The words of an issue as mail, as they are shown, sent as a test, and frozen."""

import re
from itertools import pairwise

import html5lib
from flask import Flask

from app.briefings.composing.rules import SECTION_LABELS
from app.briefings.models import BriefingIssue, Section
from app.briefings.queries import settings
from app.briefings.reading import places
from app.briefings.reading.freezing import freeze
from app.briefings.reading.places import Place, PlaceKind
from app.briefings.reading.rules import LINE
from app.briefings.reading.words import rendered
from tests.support.briefings import make_issue, make_item

#: What another key signs in another way.
UNSIGNED = re.compile(r"/(feedback\?on|discussed\?link)=[^\s\"]*")


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


def full_issue() -> BriefingIssue:
    """An issue with an item in each section, a list in it, and an earlier one that it puts right."""
    old = make_issue(title="With a mistake", number=2)
    issue = make_issue(introduction="Three things:\n\n- ask\n- listen", corrects=old)
    issue.items = [
        make_item(section=section, what_you_should_do="- Ask who lives there\n- Write it down")
        for section in reversed(Section)
    ]
    return issue


def test_the_mail_is_well_made_with_headings_in_order_real_lists_and_a_language(world: Flask) -> None:
    html = rendered(full_issue()).html
    # Outlook's own part of the page is hidden from everybody else, a checker included.
    shown = re.sub(r"<!--.*?-->| xmlns(:o)?=\"[^\"]*\"", "", html, flags=re.S)
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(shown)
    levels = [int(each.tag[1]) for each in tree.iter() if re.fullmatch("h[1-6]", str(each.tag))]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert levels.count(1) == 1
    assert len(tree.findall(".//ul/li")) == 2 + 2 * len(Section)
    assert tree.get("lang") == "en-GB"
    assert all(table.get("role") == "presentation" for table in tree.iter("table"))
    titles = [" ".join(each.itertext()).strip() for each in tree.iter("h2")]
    # How to answer stands once, with the buttons that do it.
    assert titles == [*list(SECTION_LABELS.values())[:-1], "Tell us"]
    asked = [" ".join(each.itertext()).strip() for each in tree.iter("h4")]
    assert asked.count("What you should do") == 2, "Training and resources ask for nothing"


def test_the_mail_needs_no_picture_and_nothing_from_elsewhere(world: Flask) -> None:
    html = rendered(full_issue()).html
    assert not re.search(r"<(img|link|script|svg|object|iframe)|url\(|@import|\ssrc=|background=", html)


def test_the_mail_is_drawn_by_outlook_and_by_dark_and_narrow_screens(world: Flask) -> None:
    html = rendered(full_issue()).html
    assert '<!--[if mso]><table role="presentation"' in html
    assert 'width="600"' in html
    assert "mso-line-height-rule: exactly" in html
    assert "mso-hide: all" in html
    (kept,) = re.findall(r"<style[^>]*>(.*?)</style>", re.sub(r"<!--.*?-->", "", html, flags=re.S), re.S)
    assert "color-scheme: light dark" in kept
    assert "@media (prefers-color-scheme: dark)" in kept
    assert "max-width: 480px" in kept
    assert not re.search(r"display:\s*(flex|grid)", html)
    assert html.count("bgcolor=") >= 4, "Outlook paints a cell by its attribute"


def test_every_reader_is_told_why_they_got_it_and_how_to_leave(world: Flask) -> None:
    settings().publisher = "CHSCB, 1 Hillman Street, London"
    issue = full_issue()
    waits = rendered(issue)
    assert "http://127.0.0.1:5000/briefings/B-0002/preview" in waits.text
    assert "/briefings/B-0002\n" not in waits.text, "There is no such page before it is out"
    issue.state = "sent"
    made = rendered(issue)
    for words in (made.html, made.text):
        assert "CHSCB, 1 Hillman Street, London" in words
        assert "You get this because" in words
        assert "http://127.0.0.1:5000/account/briefing" in words
        assert "http://127.0.0.1:5000/briefings/B-0002" in words
        assert "http://127.0.0.1:5000/briefings/B-0002/discussed" in words
        assert "puts an earlier one right" in words
        assert "With a mistake (March 2017)" in words
        # While the archive is for members, who has none is told before they meet a closed door.
        assert "View it in a browser, if you have an account here" in words
    settings().archive_is_public = True
    assert "if you have an account" not in rendered(issue).html


def test_a_link_of_the_plain_text_stands_whole_on_a_line_of_its_own(world: Flask) -> None:
    address = f"https://www.example.org/{'x' * 200}?a=1&b=2"
    issue = make_issue()
    issue.items = [make_item(url=address, what_we_learned="word " * 60)]
    lines = rendered(issue).text.split("\n")
    assert address in lines
    assert max(len(line) for line in lines if "://" not in line) <= LINE
