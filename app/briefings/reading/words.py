"""The words of an issue as mail: one way to make them, for the preview, for a test and for what is frozen."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from markupsafe import escape

from app.briefings.models import BriefingIssue, BriefingLink
from app.briefings.reading import addresses, rules
from app.briefings.reading.content import ILLUSTRATIVE, Content, Link, content
from app.briefings.reading.places import Place, PlaceKind, split
from app.briefings.rules import went_out
from app.core.letters import letter

#: What stands in a place.
Filling = Callable[[Place], str]


@dataclass(frozen=True)
class Rendered:
    """An issue as mail."""

    subject: str
    text: str
    html: str


def rendered(issue: BriefingIssue, places: Filling | None = None) -> Rendered:
    """The issue as mail, with what ``places`` gives in the places where readers differ.

    Without it, as it is shown to those who work on it, and to no reader: links lead where ``as_previewed``
    says, and there is no picture. An issue that is frozen then says what was frozen.
    """
    if issue.frozen is not None and places is None:
        return frozen(issue)
    said = content(issue)
    return laid_out(said, places or as_previewed(issue, said.links))


def laid_out(said: Content, places: Filling) -> Rendered:
    """What an issue says as mail."""
    made = letter(
        "briefing",
        subject=said.subject,
        said=said,
        illustrative=ILLUSTRATIVE,
        link=lambda link: places(Place(PlaceKind.LINK, link.number)),
        preferences=places(Place(PlaceKind.PREFERENCES)),
        leave=places(Place(PlaceKind.LEAVE)),
        picture=places(Place(PlaceKind.PICTURE)),
        wrapped=rules.wrapped,
        underlined=rules.underlined,
        plain=rules.plain,
    )
    return Rendered(made.subject, rules.tidied(made.text), made.html)


def frozen(issue: BriefingIssue) -> Rendered:
    """What was frozen of an issue, as nobody's own."""
    assert issue.frozen is not None, "only what was frozen can be shown as it is"
    filling = as_previewed(issue, issue.links)
    fill = partial(_filled, issue.link_key)
    return Rendered(
        issue.frozen.subject,
        fill(filling, issue.frozen.text),
        fill(lambda place: str(escape(filling(place))), issue.frozen.html),
    )


def as_previewed(issue: BriefingIssue, links: Iterable[Link | BriefingLink]) -> Filling:
    """What stands in the places of words that no reader gets: addresses that work for who looks at them.

    The issue's own pages are there once it is out; until then its preview stands in for them. Instead of a
    reader's own pages, which need a key, there is the page by which whoever has an account chooses.
    """
    urls = {each.number: addresses.preview(issue) if waits(issue, each) else each.url for each in links}

    def fill(place: Place) -> str:
        match place.kind:
            case PlaceKind.LINK:
                return urls[place.number]
            case PlaceKind.PICTURE:
                return ""
            case _:
                return addresses.own_choice()

    return fill


def waits(issue: BriefingIssue, link: Link | BriefingLink) -> bool:
    """Whether a link leads to a page that is there only once the issue is out."""
    if link.item_id is not None or went_out(issue.state, issue.sent_on):
        return False
    return issue.corrects is None or link.url != addresses.permanent(issue.corrects)


def _filled(link_key: str, filling: Filling, words: str) -> str:
    between, places = split(link_key, words)
    parts = [between[0]]
    for place, following in zip(places, between[1:], strict=True):
        parts += [filling(place), following]
    return "".join(parts)
