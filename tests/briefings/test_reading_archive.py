"""The archive: what is out, for those who may read it, and for nobody before its time."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any
from xml.etree import ElementTree

from flask import Flask
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.briefings import queries as briefings
from app.briefings.models import BriefingIssue, IssueState
from app.briefings.rules import OUT, went_out
from app.core.clock import machine_now
from app.core.database import current_session
from app.lessons.queries import theme
from tests.support.briefings import make_event, make_issue, make_item
from tests.support.client import PageClient
from tests.support.statements import statements
from tests.support.world import DAY, make_action, make_lesson, make_review

Sign = Callable[[str], PageClient]
ATOM = "{http://www.w3.org/2005/Atom}"


def out(**values: Any) -> BriefingIssue:
    """An issue that went out."""
    return make_issue(**{"state": "sent", "sent_on": DAY, **values})


def publish() -> None:
    """Let anybody read the archive."""
    briefings.settings().archive_is_public = True


def test_an_issue_is_read_once_it_is_out_and_by_nobody_before(world: Flask, client_as: Sign) -> None:
    issues = [make_issue(number=n, state=state) for n, state in enumerate(IssueState, start=1)]
    stopped = make_issue(number=20, state="cancelled", sent_on=DAY, title="Stopped on its way")
    client = client_as("tusk.editor")
    for issue in issues:
        client.get(f"/briefings/{issue.ref}", status=200 if issue.state in OUT else 404)
    # Some have it, and its links lead here.
    assert "stopped before everybody had it" in client.get(f"/briefings/{stopped.ref}").get_data(as_text=True)
    assert stopped.title in client.get("/briefings").get_data(as_text=True)
    for state in IssueState:
        for sent_on in (None, DAY):
            issue = make_issue(number=30 + len(issues), period="2016-01", state=state, sent_on=sent_on)
            issues.append(issue)
            found = current_session().scalars(select(BriefingIssue.ref).where(briefings.went_out())).all()
            assert (issue.ref in found) == went_out(state, sent_on)


def test_what_is_not_out_and_what_is_not_there_answer_alike(world: Flask, client_as: Sign) -> None:
    make_issue(items=1)
    client = client_as("staff.reader")
    pages = [client.get(f"/briefings/B-000{number}", status=404).get_data(as_text=True) for number in (1, 9)]
    without_tokens = [re.sub(r'name="csrf_token" value="[^"]*"', "", page) for page in pages]
    assert without_tokens[0] == without_tokens[1]


def test_strangers_sign_in_first_while_the_archive_is_not_public(world: Flask, stranger: PageClient) -> None:
    out(items=1)
    for path in ("/briefings", "/briefings/B-0001", "/briefings/B-0009", "/briefings/feed.atom"):
        assert stranger.get(path, status=302).headers["Location"] == "/sign-in"


def test_strangers_read_a_public_archive_without_any_part_for_accounts(
    world: Flask, stranger: PageClient
) -> None:
    lesson = make_lesson(make_review(), sharing="published")
    issue = out()
    issue.items = [make_item(lesson=lesson)]
    make_issue(number=2)
    make_event()
    publish()
    page = stranger.get("/briefings/B-0001").get_data(as_text=True)
    assert "Think about the whole family" in page
    for words in ("Sign out", "Account", "/lessons", 'href="/"'):
        assert words not in page.partition("</header>")[2], words
    found = stranger.get("/briefings?text=family").get_data(as_text=True)
    assert "/briefings/B-0001" in found
    assert lesson.ref not in found
    stranger.get("/briefings/B-0002", status=404)
    stranger.get("/briefings/B-0009", status=404)
    make_event(withdrawn_on=DAY, withdrawn_reason="A secret of ours", title="Withdrawn training")
    page = stranger.get("/training?withdrawn=y").get_data(as_text=True)
    assert "A secret of ours" not in page
    stranger.get("/briefings/B-0001/team.pdf")
    stranger.get("/briefings/B-0001/preview", status=302)
    # Every issue points to training; how one gets the issues stands beside them.
    assert "Domestic abuse" in stranger.get("/training").get_data(as_text=True)
    stranger.get("/training/export", status=302)
    assert "feed.atom" in found


def test_a_stranger_leaves_nothing_in_the_trail(world: Flask, stranger: PageClient) -> None:
    publish()
    stranger.get("/briefings/B-0009", status=404)
    assert current_session().query(AuditEntry).count() == 0


def test_the_newest_stands_first_and_each_tells_what_is_in_it(world: Flask, client_as: Sign) -> None:
    out(items=1, sent_on=date(2016, 9, 1), title="Older", number=2)
    out(items=2, title="Newer")
    out(title="Of a month nobody knows", period=None, sent_on=None, prepared_on=date(2015, 1, 1))
    make_issue(title="Not yet", number=3)
    page = client_as("staff.reader").get("/briefings").get_data(as_text=True)
    assert page.index("Newer") < page.index("Item 2") < page.index("Older") < page.index("nobody knows")
    assert "Not yet" not in page


def test_the_archive_is_searched_by_words_theme_and_audience(world: Flask, client_as: Sign) -> None:
    lesson = make_lesson(make_review(), sharing="published")
    lesson.themes = [theme("neglect")]
    about = out(title="About neglect")
    theirs, others = briefings.audiences()[:2]
    about.items = [make_item(lesson=lesson, audiences=[theirs], what_happened="100% sure")]
    elsewhere = out(title="About another thing", number=2)
    elsewhere.items = [make_item(audiences=[others]), make_item(position=2, section="feedback")]
    out(title="For others", number=3, items=1, for_audiences=[others])
    # What came of an action is about its lesson, and what is for everybody is for them too.
    action = make_action(lesson)
    out(title="What came of it", number=4).items = [make_item(action=action)]
    draft = make_lesson(make_review(), themes=[theme("neglect")])
    out(title="Of a draft", number=5, for_audiences=[others]).items = [make_item(action=make_action(draft))]
    client = client_as("staff.reader")
    audience = theirs.ref
    for query in ("text=100%25", "text=NEGLECT", "theme=neglect", f"audience={audience}"):
        page = client.get(f"/briefings?{query}").get_data(as_text=True)
        assert "About neglect" in page, query
        for title in ("About another thing", "For others", "Of a draft"):
            assert title not in page, (query, title)
        assert ("What came of it" in page) == (not query.startswith("text")), query
    for query in ("theme=neglect", f"audience={audience}"):
        assert lesson.ref in client.get(f"/briefings?{query}").get_data(as_text=True), query
    nothing = client.get('/briefings?text="NEAR(*%27').get_data(as_text=True)
    assert "No issues match" in nothing


def test_lessons_that_are_not_published_are_not_found(world: Flask, client_as: Sign) -> None:
    lesson = make_lesson(make_review(), sharing="cleared", heading="Only cleared")
    page = client_as("board.manager").get("/briefings?text=only+cleared").get_data(as_text=True)
    assert lesson.ref not in page


def test_an_issue_leads_straight_to_where_its_links_lead(world: Flask, client_as: Sign) -> None:
    out().items = [make_item(url="https://training.example.org/?a=1&b=2", url_words="E-learning")]
    page = client_as("staff.reader").get("/briefings/B-0001").get_data(as_text=True)
    assert 'href="https://training.example.org/?a=1&amp;b=2"' in page
    assert "/go?" not in page


def test_a_correction_and_what_it_puts_right_name_each_other(world: Flask, client_as: Sign) -> None:
    old = out(title="With a mistake", items=1)
    out(title="Put right", corrects=old, number=2, items=1)
    client = client_as("staff.reader")
    assert "Put right" in client.get("/briefings/B-0001").get_data(as_text=True)
    assert "With a mistake" in client.get("/briefings/B-0002").get_data(as_text=True)


def test_what_is_illustrative_says_so(world: Flask, client_as: Sign) -> None:
    out().items = [make_item(provenance="illustrative")]
    page = client_as("staff.reader").get("/briefings/B-0001").get_data(as_text=True)
    assert page.count("Illustrative: made up") == 1


def test_the_feed_holds_what_is_out_and_nobodys_own_links(world: Flask, client_as: Sign) -> None:
    out(title="Out <&> about\x0b", items=1)
    make_issue(title="A draft", number=2)
    client = client_as("staff.reader")
    # No feed reader signs in: while only members read it, nobody is led to it.
    assert "feed.atom" not in client.get("/briefings?text=nothing+like+it").get_data(as_text=True)
    answer = client.get("/briefings/feed.atom")
    assert answer.mimetype == "application/atom+xml"
    feed = ElementTree.fromstring(answer.get_data())
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == ["March 2017: Out <&> about"]
    for whole in (feed, *entries):
        for needed in ("id", "title", "updated"):
            assert whole.findtext(f"{ATOM}{needed}"), needed
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    assert entries[0].findtext(f"{ATOM}updated") == "2017-03-31T00:00:00+01:00"
    links = [link.get("href") or "" for link in feed.iter(f"{ATOM}link")]
    assert all("?" not in link and link.startswith("http://127.0.0.1:5000/briefings") for link in links)


def test_a_page_of_the_archive_asks_as_much_for_many_issues_as_for_few(world: Flask, client_as: Sign) -> None:
    client = client_as("staff.reader")
    asked = []
    for numbers in (range(1, 3), range(3, 11)):
        for number in numbers:
            out(items=3, number=number)
        for path in ("/briefings?text=item", "/briefings/feed.atom"):
            client.get(path)
            with statements() as sent:
                client.get(path)
            asked.append(len(sent))
    assert asked[:2] == asked[2:]


def test_an_issue_asks_as_much_for_many_items_as_for_few(world: Flask, client_as: Sign) -> None:
    review = make_review()
    for number, items in ((1, 2), (2, 9)):
        issue = out(number=number)
        issue.items = [
            make_item(
                position=place,
                lesson=make_lesson(review, sharing="published") if place % 2 else None,
                event=None if place % 2 else make_event(),
            )
            for place in range(items)
        ]
    client = client_as("staff.reader")
    client.get("/briefings/B-0001")
    asked = []
    for ref in ("B-0001", "B-0002"):
        with statements() as sent:
            client.get(f"/briefings/{ref}")
        asked.append(len(sent))
    assert asked[0] == asked[1]


def test_only_who_may_read_a_lesson_is_led_to_what_became_of_it(world: Flask, client_as: Sign) -> None:
    review = make_review()
    lessons = [make_lesson(review, sharing="cleared"), make_lesson(review, sharing="published")]
    out().items = [make_item(position=place, lesson=lesson) for place, lesson in enumerate(lessons)]
    page = client_as("staff.reader").get("/briefings/B-0001").get_data(as_text=True)
    assert f"/lessons/{lessons[0].ref}" not in page
    assert f"/lessons/{lessons[1].ref}" in page


def test_of_an_issue_from_the_published_record_no_day_is_told_that_it_does_not_give(
    world: Flask, client_as: Sign
) -> None:
    out(title="A month", provenance="published", period="2016-05", sent_on=date(2016, 5, 3))
    out(title="No month", provenance="published", period=None, sent_on=date(2016, 6, 1), number=2)
    client = client_as("staff.reader")
    page = client.get("/briefings").get_data(as_text=True)
    assert "May 2016: A month" in page
    assert "Sent in May 2016" in page
    assert "Month not given: No month" in page
    for path in ("/briefings", "/briefings/B-0001", "/briefings/B-0002"):
        page = client.get(path).get_data(as_text=True)
        assert "3 May 2016" not in page
        assert "1 June 2016" not in page
    # The standard asks of every entry when it changed last: that is when it came to stand here.
    feed = ElementTree.fromstring(client.get("/briefings/feed.atom").get_data())
    for entry in feed.findall(f"{ATOM}entry"):
        assert entry.findtext(f"{ATOM}published") is None
        assert (entry.findtext(f"{ATOM}updated") or "")[:4] == str(machine_now().year)
    listed = client_as("tusk.editor").get("/briefings/issues/export?format=csv").get_data(as_text=True)
    assert "2016-05,1," in listed
    assert not re.search("2016-0[56]-0[0-9]|2017-03-31,", listed.split("Ref,Month")[1])
