"""What an issue says, in its standing order, before it is laid out as mail, page or paper."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.accounts import queries as accounts
from app.briefings import queries, wording
from app.briefings.composing.rules import SECTION_LABELS
from app.briefings.models import BriefingIssue, BriefingItem, Section
from app.briefings.reading import addresses, rules
from app.briefings.reading.rules import Block
from app.briefings.results import links as signed
from app.briefings.training import queries as training
from app.outbox.rules import clean_text, one_line

ILLUSTRATIVE = "Illustrative: made up to show how the tracker works."

LONGEST_HEADING = 300
LONGEST_ADDRESS = 500


@dataclass(frozen=True)
class Link:
    """A link of the issue: its number, where it leads, what it is called, and the item it stands in."""

    number: int
    url: str
    words: str
    item_id: int | None = None


@dataclass(frozen=True)
class Piece:
    """One item: its heading, and each of its texts under the label it has."""

    heading: str
    texts: tuple[tuple[str, tuple[Block, ...]], ...]
    #: When and where, for learning events.
    when: str
    #: For whom it is, in words; empty for everybody.
    for_whom: str
    link: Link | None
    is_illustrative: bool
    item: BriefingItem

    @property
    def asking(self) -> str:
        """The label of what its readers are asked to do, which is set off from the rest."""
        return WHAT_YOU_SHOULD_DO

    def text(self, label: str) -> tuple[Block, ...]:
        """The text under a label."""
        return next((each for name, each in self.texts if name == label), ())


@dataclass(frozen=True)
class Part:
    """A standing section with what stands in it."""

    section: Section
    title: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Content:
    """Everything that an issue says."""

    ref: str
    #: What the partnership calls its briefing.
    name: str
    partnership: str
    publisher: str
    help_email: str
    title: str
    #: The month in words, or the day it was sent; empty where nobody knows.
    month: str
    headline: str
    introduction: tuple[Block, ...]
    is_illustrative: bool
    questions: tuple[str, ...]
    parts: tuple[Part, ...]
    browser: Link
    #: The earlier issue that this one puts right, and what to say of it.
    corrects: Link | None
    #: For readers of the mail, who need no account; and the page for whoever is signed in.
    discuss: Link
    discuss_page: str
    feedback: Link
    #: Every link by its number, the first is 1.
    links: tuple[Link, ...]

    @property
    def subject(self) -> str:
        """The subject line of the mail."""
        return rules.subject(self.name, self.title)

    @property
    def preheader(self) -> str:
        """What stands beside the subject in a list of mail, and says more than the subject does."""
        headline = [] if self.headline == self.title else [self.headline]
        lines = [line for block in self.introduction for line in block.lines]
        told = [piece.heading for piece in self.part(Section.LEARNING) if piece.heading != self.title]
        return rules.preheader([*headline, *lines, *told])

    @property
    def told(self) -> Sequence[Part]:
        """What the issue tells; how to answer it stands behind, with the buttons that do."""
        return [part for part in self.parts if part.section is not Section.FEEDBACK]

    @property
    def answering(self) -> Sequence[Piece]:
        """What the editors say of how to answer."""
        return self.part(Section.FEEDBACK)

    def part(self, section: Section) -> Sequence[Piece]:
        """What stands in a section."""
        return next((part.pieces for part in self.parts if part.section is section), ())


BROWSER = "View it in a browser"
BROWSER_FOR_MEMBERS = f"{BROWSER}, if you have an account here"
WHAT_HAPPENED = "What happened"
WHAT_WE_LEARNED = "What we learned"
WHAT_YOU_SHOULD_DO = "What you should do"
#: The sections that ask their readers to do something; elsewhere the same text says what there is.
ASKS = frozenset({Section.LEARNING, Section.POLICY})


class _Links:
    """Gives the links of an issue their numbers, in the order in which they stand."""

    def __init__(self) -> None:
        self.made: list[Link] = []

    def add_typed(self, url: str | None, words: str, item: BriefingItem) -> Link | None:
        """A link that an editor typed, or none where its address is not one of the web."""
        if url is None or len(url) > LONGEST_ADDRESS or not rules.is_web_address(url):
            return None
        return self.add(url, words, item)

    def add(self, url: str, words: str, item: BriefingItem | None = None) -> Link:
        """A link to an address of our own making."""
        words = one_line(words, LONGEST_HEADING)
        self.made.append(Link(len(self.made) + 1, url, words, item.id if item else None))
        return self.made[-1]


def content(issue: BriefingIssue) -> Content:
    """What the issue says as it stands now."""
    partnership = accounts.partnership()
    links = _Links()
    # As the settings are when the words are frozen: who has no account is led to no closed door unwarned.
    words = BROWSER if queries.archive_is_public() else BROWSER_FOR_MEMBERS
    browser = links.add(addresses.permanent(issue), words)
    corrects = None
    if issue.corrects is not None:
        corrects = links.add(addresses.permanent(issue.corrects), wording.called(issue.corrects))
    return Content(
        ref=issue.ref,
        name=wording.briefing_name(),
        partnership=partnership.name if partnership else "",
        publisher=queries.settings().publisher,
        help_email=(partnership.help_email or "") if partnership else "",
        title=one_line(issue.title, LONGEST_HEADING),
        month=wording.month(issue),
        headline=one_line(issue.headline, LONGEST_HEADING) or one_line(issue.title, LONGEST_HEADING),
        introduction=rules.blocks(issue.introduction),
        is_illustrative=issue.is_illustrative,
        questions=tuple(line.strip() for line in clean_text(issue.questions).split("\n") if line.strip()),
        parts=_parts(issue, links),
        browser=browser,
        corrects=corrects,
        discuss=links.add(_discuss(issue), "We discussed this"),
        discuss_page=addresses.discuss(issue),
        feedback=links.add(_feedback(issue), "Tell us what you think"),
        links=tuple(links.made),
    )


def _discuss(issue: BriefingIssue) -> str:
    """Where a reader says that their team talked about it: signed with the issue's key, once it has one."""
    return signed.discussed(issue, signed.ANY_AGENCY) if issue.link_key else addresses.discuss(issue)


def _feedback(issue: BriefingIssue) -> str:
    """Where readers say what they think: signed with the issue's key, once it has one."""
    return signed.feedback(issue) if issue.link_key else addresses.feedback()


def _parts(issue: BriefingIssue, links: _Links) -> tuple[Part, ...]:
    made = []
    for section, title in SECTION_LABELS.items():
        items = [item for item in issue.items if item.section == section]
        if items:
            made.append(Part(section, title, tuple(_piece(item, links) for item in items)))
    return tuple(made)


def _piece(item: BriefingItem, links: _Links) -> Piece:
    heading = one_line(item.heading, LONGEST_HEADING)
    is_learning = item.section == Section.LEARNING
    texts = (
        (WHAT_HAPPENED if is_learning else "", rules.blocks(item.what_happened)),
        (WHAT_WE_LEARNED if is_learning else "", rules.blocks(item.what_we_learned)),
        (WHAT_YOU_SHOULD_DO if item.section in ASKS else "", rules.blocks(item.what_you_should_do)),
    )
    return Piece(
        heading=heading,
        texts=tuple((label, text) for label, text in texts if text),
        when=training.when(item),
        for_whom="; ".join(audience.name for audience in item.audiences),
        link=links.add_typed(item.url, item.url_words or f"Read more: {heading}", item),
        is_illustrative=item.is_illustrative,
        item=item,
    )
