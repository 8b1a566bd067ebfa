"""The archive as an Atom feed: what is out, newest first, with nobody's own links."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from xml.etree import ElementTree

from app.briefings.models import BriefingIssue
from app.briefings.reading import addresses
from app.briefings.wording import headed, sent_on
from app.core.clock import LONDON

MEDIA_TYPE = "application/atom+xml"
NAMESPACE = "http://www.w3.org/2005/Atom"
#: When a feed changed in which nothing ever stood.
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: So many issues stand in the feed: two years of them.
ENTRIES = 24

#: Characters that XML 1.0 has no way to write.
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def atom(issues: Sequence[BriefingIssue], *, name: str, publisher: str) -> bytes:
    """The feed of these issues."""
    ElementTree.register_namespace("", NAMESPACE)
    feed = ElementTree.Element(_in_atom("feed"), {"xml:lang": "en-GB"})
    _add(feed, "id", addresses.whole("archive.index"))
    _add(feed, "title", name)
    _add(feed, "updated", max((_moment(issue) for issue in issues), default=_EPOCH).isoformat())
    _link(feed, addresses.whole("archive.atom"), rel="self", type=MEDIA_TYPE)
    _link(feed, addresses.whole("archive.index"), rel="alternate", type="text/html")
    _add(_add(feed, "author"), "name", publisher or name)
    for issue in issues:
        _entry(feed, issue)
    written: bytes = ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written


def _entry(feed: ElementTree.Element, issue: BriefingIssue) -> None:
    entry, moment, address = _add(feed, "entry"), _moment(issue).isoformat(), addresses.permanent(issue)
    _add(entry, "id", address)
    _add(entry, "title", headed(issue))
    day = sent_on(issue)
    if day is not None:
        _add(entry, "published", _beginning(day).isoformat())
    _add(entry, "updated", moment)
    _link(entry, address, rel="alternate", type="text/html")
    _add(entry, "summary", "\n".join([issue.headline, *(item.heading for item in issue.items)]).strip())


def _moment(issue: BriefingIssue) -> datetime:
    """When what stands here last changed, which the standard asks of every entry.

    That is the day on which the issue went out. Of one from a published record nobody knows the day; what is
    known is when it came to stand here.
    """
    day = sent_on(issue)
    return issue.created_at if day is None else _beginning(day)


def _beginning(day: date) -> datetime:
    return datetime.combine(day, time(), LONDON)


def _in_atom(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _add(to: ElementTree.Element, name: str, words: str | None = None) -> ElementTree.Element:
    made = ElementTree.SubElement(to, _in_atom(name))
    if words is not None:
        made.text = _NOT_XML.sub("", words)
    return made


def _link(to: ElementTree.Element, href: str, **attributes: str) -> None:
    ElementTree.SubElement(to, _in_atom("link"), {"href": href, **attributes})
