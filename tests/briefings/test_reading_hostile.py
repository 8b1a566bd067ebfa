"""What somebody types into an issue stays words, wherever the issue is shown."""

import re
from collections.abc import Callable, Sequence
from email import message_from_bytes
from email.policy import SMTP
from xml.etree import ElementTree

import html5lib
import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import String, inspect, select

from app.accounts.queries import partnership
from app.briefings.models import Audience, BriefingIssue, IssueState
from app.briefings.queries import settings as briefing_settings
from app.briefings.reading import places, team
from app.briefings.reading.content import content
from app.briefings.reading.freezing import freeze
from app.briefings.reading.operations import send_test
from app.briefings.reading.places import Place, PlaceKind
from app.briefings.reading.words import rendered
from app.briefings.sending.operations import plan
from app.core.clock import machine_now
from app.core.database import Base, current_session
from app.outbox.composing import Mailbox, compose
from tests.support.briefings import make_event, make_issue, make_item
from tests.support.client import PageClient
from tests.support.sendings import cleared_issue, send_out
from tests.support.smtp_server import ordinary_server
from tests.support.world import DAY, by_ref

Sign = Callable[[str], PageClient]

#: What has been used to break out of each place that words stand in.
PAYLOADS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</title></style></textarea><svg onload=alert(1)>",
    "<!--[if mso]><script>x</script><![endif]-->",
    "--><b>bold</b>",
    "{{ 7*7 }}{% include 'base.html' %}",
    "]]><x/>&lt;&amp;",
    '#eval("1+1") *bold* [x] $x$ `code` @label',
    "Subject\r\nBcc: victim@example.org\r\n\r\n<p>body</p>",
    "a\u2028b\u2029c",
    "=cmd|' /C calc'!A0",
    "@@0123456789abcdef01234567:link:1@@ @@:leave:0@@",
    "\u202egpj.exe",
    "x" * 300,
)
FIELDS = ("heading", "what_happened", "what_we_learned", "what_you_should_do")


def hostile(payloads: Sequence[str], own: str) -> BriefingIssue:
    """An issue with each payload in every field of an item, and one in each field of its own."""
    issue = make_issue(
        title=own[:120], headline=own[:200], introduction=own, questions=own, state="sent", sent_on=DAY
    )
    issue.items = [
        make_item(
            section=section,
            position=position,
            url=f"https://example.org/{position}?a=1&b=\u00e9",
            url_words=payload[:120],
            event=make_event(where_and_when=payload[:200]) if section == "training" else None,
            **dict.fromkeys(FIELDS, payload[:300]),
        )
        for position, payload in enumerate(payloads)
        for section in ("learning", "training")
    ]
    briefing_settings().publisher = own[:300]
    here = partnership()
    assert here is not None
    here.briefing_name = own[:100]
    current_session().flush()
    return issue


def check_mail(html: str) -> None:
    """The mail has the elements and attributes of ours, and none that somebody typed."""
    parser = html5lib.HTMLParser(strict=False, namespaceHTMLElements=False)
    tree = parser.parse(html)
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        assert element.tag not in {"script", "img", "svg", "b", "x", "iframe", "form"}, element.tag
        assert not [name for name in element.attrib if name.startswith("on")], element.attrib
        assert (element.get("href") or "https:").startswith(("http", "mailto:", "@@")), element.get("href")


@pytest.mark.parametrize("own", [PAYLOADS[0], PAYLOADS[1], PAYLOADS[9]])
def test_what_is_typed_stays_words_in_mail_page_feed_and_paper(
    world: Flask, client_as: Sign, own: str
) -> None:
    issue = hostile(PAYLOADS, own)
    freeze(issue)
    assert issue.frozen is not None
    check_mail(issue.frozen.html)
    check_mail(rendered(issue).html)
    assert "\n" not in issue.frozen.subject
    assert ">49<" not in issue.frozen.html
    client = client_as("staff.reader")
    for path in ("/briefings", "/briefings/B-0001"):
        page = client.get(path).get_data(as_text=True)
        for tag in ("<script>a", "<img", "<svg", "<b>bold", "<x/>"):
            assert tag not in page
    ElementTree.fromstring(client.get("/briefings/feed.atom").get_data())
    assert client.get("/briefings/B-0001/team.pdf").get_data().startswith(b"%PDF")
    assert client.get("/briefings/B-0001/team.docx").get_data().startswith(b"PK")


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    payload=st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=120)
)
def test_whatever_is_typed_the_places_and_the_headers_are_ours(world: Flask, payload: str) -> None:
    issue = hostile([payload], payload)
    freeze(issue)
    assert issue.frozen is not None
    numbers = {link.number for link in issue.links}
    for words, is_html in ((issue.frozen.text, False), (issue.frozen.html, True)):
        between, found = places.split(issue.link_key, words)
        assert {place.number for place in found if place.kind is PlaceKind.LINK} == numbers
        assert found.count(Place(PlaceKind.LEAVE)) == 1
        assert found.count(Place(PlaceKind.PICTURE)) == int(is_html)
        assert issue.link_key not in "".join(between)
    check_mail(issue.frozen.html)
    parcel = compose(
        sender=Mailbox("from@example.org", "TUSK"),
        recipient="to@example.org",
        message_id="<1@example.org>",
        sent_at=machine_now(),
        subject=issue.frozen.subject,
        text=issue.frozen.text,
        html=issue.frozen.html,
    )
    read = message_from_bytes(parcel.content, policy=SMTP)
    assert set(map(str.lower, read)) == {
        "from",
        "to",
        "subject",
        "date",
        "message-id",
        "auto-submitted",
        "mime-version",
        "content-type",
    }
    team.shortenings(content(issue), "http://example.org")
    current_session().rollback()


def test_an_address_that_is_not_of_the_web_is_no_link(world: Flask) -> None:
    issue = make_issue()
    issue.items = [make_item(url="javascript:alert(1)", url_words="Click me")]
    made = rendered(issue)
    assert "javascript" not in made.html + made.text
    assert not re.search("Click me", made.html)


#: What breaks a header or a line wherever it is let through; no database keeps a NUL, and no form takes one.
BREAKING = "Words\r\nBcc: victim@example.org\r\n\r\nx\u2028y\u2029z\x85\x0b\x0c\x1b" + "w" * 10_000
#: Texts that nobody types: references, codes and digests; and addresses of the web, which hold an issue up.
NOT_TYPED = {
    "ref",
    "period",
    "state",
    "section",
    "kind",
    "provenance",
    "link_key",
    "lesson_digest",
    "event_digest",
    "url",
}


def break_every_text(thing: Base) -> Base:
    """Put what breaks a header into every text column of a record, a new one too, as far as it has room."""
    for column in inspect(type(thing)).columns:
        if isinstance(column.type, String) and column.key not in NOT_TYPED:
            setattr(thing, column.key, BREAKING[: column.type.length])
    return thing


def test_no_text_of_an_issue_or_of_what_stands_in_it_breaks_the_headers_of_its_mail(
    world: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = current_session()
    with ordinary_server() as server:
        monkeypatch.setitem(world.config, "MAIL_URL", server.url)
        send_out(cleared_issue(readers=1))
        earlier = session.scalars(select(BriefingIssue)).one()
        issue = make_issue(items=1, number=2, corrects=earlier)
        issue.items += [
            make_item(position=2, section="training", event=make_event(), url="https://example.org/a"),
            make_item(position=3, section="policy", audiences=[by_ref(Audience, "health")]),
        ]
        things: list[Base] = [earlier, issue, *issue.items, briefing_settings(), by_ref(Audience, "health")]
        for around in (partnership(), issue.items[1].event):
            assert around is not None
            things.append(around)
        for thing in things:
            break_every_text(thing)
        session.flush()
        freeze(issue)
        plan(issue=issue)
        issue.state = IssueState.CLEARED
        send_test(issue=issue, address="tusk.editor@example.org")
        session.commit()
        send_out(issue)
    plain, *broken = server.received.envelopes
    assert len(broken) == 2
    for _, recipients, sent in server.received.envelopes:
        assert len(recipients) == 1
        assert b"\nBcc:" not in sent.split(b"\r\n\r\n")[0]
    # An address for answers that is none is left out; nothing else goes, and nothing comes.
    known, *others = (
        sorted(map(str.lower, message_from_bytes(each[2], policy=SMTP))) for each in (plain, *broken)
    )
    assert [each for each in known if each != "reply-to"] in others
    assert all(len(set(each)) == len(each) and set(each) <= set(known) for each in others)
