"""When an issue may be sent for clearance, and what binds a clearance to the words that were read."""

from collections.abc import Sequence
from hashlib import sha256

from app.core.errors import RuleBroken


class NotReady(RuleBroken):
    """Something that every issue has is missing, or something in it may not go out."""


class FindingsOpen(RuleBroken):
    """Words that may identify somebody were neither changed nor kept with a reason."""


class NotRead(RuleBroken):
    """Nobody has said that they read the words."""


class ChangedMeanwhile(RuleBroken):
    """The issue is not the one that was read."""


def words_digest(parts: Sequence[str]) -> str:
    """A digest by which two versions of an issue are told apart."""
    return sha256("\0".join(parts).encode(errors="replace")).hexdigest()


def lacking(
    *, title: str, items: Sequence[tuple[str, Sequence[str]]], readers: int, held: Sequence[str]
) -> list[str]:
    """What stands between an issue and its clearance, each as a sentence.

    ``items`` are headings with the texts under them, ``readers`` how many there are, and
    ``held`` why something in it may not go out.
    """
    told: list[str] = []
    if not title.strip():
        told.append("Give it a title: it stands in the subject of the mail")
    if not items:
        told.append("Add at least one item")
    for number, (heading, texts) in enumerate(items, start=1):
        if not heading.strip():
            told.append(f"Give item {number} a heading")
        elif not any(text.strip() for text in texts):
            told.append(f"Item {number} is only a heading: say what was learned or what to do, or add a link")
    if readers == 0:
        told.append("Nobody would get it: widen whom it is for")
    return [*told, *held]


def check_ready(told: Sequence[str]) -> None:
    """Raise NotReady with the first of what is lacking."""
    if told:
        more = f" ({len(told) - 1} more)" if len(told) > 1 else ""
        raise NotReady(f"{told[0]}{more}")


def check_settled(unsettled: int) -> None:
    """Raise FindingsOpen while something found is neither changed nor kept with a reason."""
    if unsettled:
        several = f"{unsettled} findings are" if unsettled > 1 else "1 finding is"
        raise FindingsOpen(f"{several} not settled: change the words, or keep them with a reason")
