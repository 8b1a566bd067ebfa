"""An issue's words as the check shows them: each finding marked where it stands."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from app.briefings.checking import queries
from app.briefings.checking.queries import Checked
from app.briefings.checking.rules import Field
from app.briefings.models import BriefingIssue, BriefingItem


@dataclass(frozen=True)
class Numbered:
    """A finding with the number that it has on the page."""

    number: int
    checked: Checked


@dataclass(frozen=True)
class Part:
    """A piece of a text, the findings that it lies in, and those that end with it."""

    text: str
    within: tuple[Numbered, ...] = ()
    ending: tuple[Numbered, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether one of them is not settled."""
        return any(not each.checked.is_settled for each in self.within)


@dataclass(frozen=True)
class Shown:
    """A text in pieces, with what was found in it."""

    field: Field
    parts: Sequence[Part]
    findings: Sequence[Numbered]


@dataclass(frozen=True)
class Block:
    """The texts of the issue itself, or of one of its items."""

    title: str
    item: BriefingItem | None
    shown: list[Shown] = field(default_factory=list)


@dataclass(frozen=True)
class Marked:
    """The whole issue, with how many findings there are and how many of them wait to be settled."""

    blocks: list[Block]
    findings: list[Numbered]

    @property
    def unsettled(self) -> int:
        """How many findings are neither changed nor kept."""
        return sum(not each.checked.is_settled for each in self.findings)


def marked(issue: BriefingIssue) -> Marked:
    """The words of an issue with what was found in them, in the order in which they are read."""
    numbered = [Numbered(number, each) for number, each in enumerate(queries.findings_of(issue), start=1)]
    blocks = {None: Block("The issue itself", None)} | {
        item.id: Block(f"Item {number}", item) for number, item in enumerate(issue.items, start=1)
    }
    for text in queries.fields_of(issue):
        here = [each for each in numbered if each.checked.finding.field == text]
        blocks[text.item_id].shown.append(Shown(text, _parts(text.text, here), here))
    return Marked([block for block in blocks.values() if block.shown], numbered)


def _parts(text: str, found: Sequence[Numbered]) -> list[Part]:
    """The text cut wherever a finding begins or ends."""
    places = {each.number: (each.checked.finding.start, each.checked.finding.end) for each in found}
    cuts = sorted({0, len(text), *(place for span in places.values() for place in span)})
    return [
        Part(
            text[start:end],
            tuple(each for each in found if places[each.number][0] <= start < places[each.number][1]),
            tuple(each for each in found if places[each.number][1] == end),
        )
        for start, end in pairwise(cuts)
    ]
