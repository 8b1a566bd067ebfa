"""When an issue may be sent for clearance, and what binds a clearance to the words that were read."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from app.briefings.composing.rules import QUESTIONS, questions_in
from app.briefings.models.issues import Section
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


@dataclass(frozen=True)
class Said:
    """What an item says: where it stands, its heading, and the texts and the link under it."""

    section: str
    heading: str
    texts: Sequence[str]


def lacking(
    *,
    title: str,
    headline: str,
    questions: str,
    items: Sequence[Said],
    has_readers: bool,
    held: Sequence[str],
) -> list[str]:
    """What stands between an issue and its clearance, each as a thing to do.

    The composer and the check show it, and no issue is sent for clearance or cleared past it. ``held`` is why
    something in it may not go out.
    """
    told: list[str] = []
    if not title.strip():
        told.append("Give it a title: it stands in the subject of the mail")
    if not headline.strip():
        told.append("Write the headline")
    sections = {item.section for item in items}
    if Section.LEARNING not in sections:
        told.append("Add something that was learned")
    if Section.TRAINING not in sections:
        told.append("Add training: every issue points to some")
    for number, item in enumerate(items, start=1):
        if not item.heading.strip():
            told.append(f"Give item {number} a heading")
        elif not any(text.strip() for text in item.texts):
            told.append(f"Item {number} is only a heading: say what was learned or what to do, or add a link")
    if len(questions_in(questions)) != len(QUESTIONS):
        told.append("Write three questions for teams to discuss, one on each line")
    if not has_readers:
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
