"""The team version of an issue: one page of A4 to talk about, as PDF and as Word.

An issue is as long as it is, and a page is not. So what does not fit is left out by rule, a step at a time,
until it does: first what happened, then what was learned, then all but the first thing to do, then all but
the headings. The page says what was left out and where to read it. The words go into a fixed template as
data, so that nothing that somebody wrote is read as more than words.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from app.briefings.composing.rules import QUESTIONS, SECTION_LABELS
from app.briefings.models import BriefingIssue, Section
from app.briefings.reading.content import (
    ILLUSTRATIVE,
    WHAT_HAPPENED,
    WHAT_WE_LEARNED,
    WHAT_YOU_SHOULD_DO,
    Content,
    Piece,
    content,
)
from app.briefings.reading.rules import Block
from app.outbox.rules import one_line

PDF = "application/pdf"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

ONE_THING = "The one thing we will do"

LONGEST_QUESTION = 160
LONGEST_DEED = 160
LONGEST_SHORT_HEADING = 100
#: Of the shortest version: so many headings, and so many of the other sections.
MOST_HEADINGS, MOST_OTHERS = 8, 4


@dataclass(frozen=True)
class Topic:
    """One thing to talk about."""

    heading: str
    happened: tuple[str, ...] = ()
    learned: tuple[str, ...] = ()
    do: tuple[str, ...] = ()
    #: Stands behind the heading of what was made up, where not the whole issue was.
    mark: str = ""


@dataclass(frozen=True)
class Paper:
    """Everything the page says."""

    ref: str
    name: str
    partnership: str
    title: str
    month: str
    headline: str
    #: What must be said of where it comes from; empty for what is recorded.
    illustrative: str
    topics: tuple[Topic, ...]
    #: Training, policy and the rest, a line each.
    others: tuple[str, ...]
    questions: tuple[str, ...]
    #: What was left out, as a sentence.
    left_out: str
    read_at: str
    #: Where the team says that it talked about it.
    tell_at: str
    #: What must be said of a page that nobody has cleared; empty once it is.
    draft: str = ""

    @property
    def read_on(self) -> str:
        """What was left out, and where the whole issue is read."""
        return f"{self.left_out} Read the whole issue: {self.read_at}".strip()


def shortenings(said: Content, tell_at: str, draft: str = "") -> Sequence[Paper]:
    """The page in its fullest form, and in each that is shorter than the one before."""
    learning = said.part(Section.LEARNING)
    rest = [(part.section, piece) for part in said.told for piece in part.pieces]
    others = tuple(
        f"{SECTION_LABELS[section]}: {one_line(piece.heading, LONGEST_SHORT_HEADING)}"
        f"{f' ({piece.when})' if piece.when else ''}{_mark(piece, said)}"
        for section, piece in rest
        if section is not Section.LEARNING
    )
    full = Paper(
        ref=said.ref,
        name=said.name,
        partnership=said.partnership,
        title=f"{said.name} team version: {said.title}",
        month=said.month,
        headline=said.headline,
        illustrative=_said_of_it(said),
        topics=tuple(replace(_topic(piece), mark=_mark(piece, said)) for piece in learning),
        others=others,
        questions=three(said.questions),
        left_out="",
        read_at=said.browser.url,
        tell_at=tell_at,
        draft=draft,
    )
    with_learning = replace(
        full,
        topics=tuple(replace(topic, happened=()) for topic in full.topics),
        left_out="Left out here, to fit one page: what happened.",
    )
    with_deeds = replace(
        with_learning,
        topics=tuple(replace(topic, learned=()) for topic in with_learning.topics),
        left_out="Left out here, to fit one page: what happened and what we learned.",
    )
    with_first_deed = replace(
        with_deeds,
        topics=tuple(replace(topic, do=_first(topic.do)) for topic in with_deeds.topics),
        left_out="Left out here, to fit one page: what happened, what we learned, and all but the first thing"
        " to do.",
    )
    gone = len(full.topics) - MOST_HEADINGS, len(others) - MOST_OTHERS
    missing = sum(number for number in gone if number > 0)
    headings = replace(
        with_first_deed,
        headline=one_line(full.headline, LONGEST_SHORT_HEADING),
        topics=tuple(
            Topic(one_line(topic.heading, LONGEST_SHORT_HEADING), mark=topic.mark)
            for topic in full.topics[:MOST_HEADINGS]
        ),
        others=tuple(one_line(each, LONGEST_SHORT_HEADING) for each in others[:MOST_OTHERS]),
        left_out="Left out here, to fit one page: everything but headings"
        + (f", and {missing} more of those." if missing else "."),
    )
    return full, with_learning, with_deeds, with_first_deed, headings


def three(asked: Sequence[str]) -> tuple[str, ...]:
    """Three questions: the issue's own, and as many of those that every issue can ask as it takes."""
    own = [one_line(question, LONGEST_QUESTION) for question in asked][:3]
    return tuple([*own, *(each for each in QUESTIONS if each not in own)][:3])


def fitting(issue: BriefingIssue, *, tell_at: str | None = None, draft: str = "") -> Paper:
    """The fullest page that fits on one sheet.

    ``tell_at`` is where a team says that it talked about it; ``draft`` what the page says of not being
    cleared.
    """
    said = content(issue)
    *fuller, shortest = shortenings(said, tell_at or said.discuss_page, draft)
    for paper in fuller:
        if _pages(_data(paper)) == 1:
            return paper
    return shortest


def as_pdf(paper: Paper) -> bytes:
    """The page as tagged PDF. Nothing from outside is read for it."""
    return _made(_data(paper))


def as_word(paper: Paper) -> bytes:
    """The page as a Word document, to be changed by whoever leads the talk."""
    from app.briefings.reading.team_word import as_word as written

    return written(paper)


def _topic(piece: Piece) -> Topic:
    return Topic(
        heading=piece.heading,
        happened=_lines(piece.text(WHAT_HAPPENED)),
        learned=_lines(piece.text(WHAT_WE_LEARNED)),
        do=_lines(piece.text(WHAT_YOU_SHOULD_DO)),
    )


def _mark(piece: Piece, said: Content) -> str:
    return " (illustrative)" if piece.is_illustrative and not said.is_illustrative else ""


def _said_of_it(said: Content) -> str:
    """What must be said of a page that was made up, in whole or in part."""
    if said.is_illustrative:
        return ILLUSTRATIVE
    if any(piece.is_illustrative for part in said.parts for piece in part.pieces):
        return "What is marked illustrative was made up to show how the tracker works."
    return ""


def _lines(many: Sequence[Block]) -> tuple[str, ...]:
    """What stands in paragraphs and lists, an entry or a paragraph each."""
    return tuple(
        line for block in many for line in (block.lines if block.is_list else [" ".join(block.lines)])
    )


def _first(deeds: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(one_line(deed, LONGEST_DEED) for deed in deeds[:1])


def _data(paper: Paper) -> str:
    said: dict[str, Any] = asdict(paper)
    return json.dumps(
        {
            **said,
            "read_on": paper.read_on,
            "one_thing": ONE_THING,
            "happened": WHAT_HAPPENED,
            "learned": WHAT_WE_LEARNED,
        },
        sort_keys=True,
    )


# Kept, because a team version never changes once its issue is out, and many leads open the same one.
@lru_cache(maxsize=32)
def _pages(data: str) -> int:
    import typst

    found = typst.query(
        _template(), "<pages>", field="value", one=True, sys_inputs={"data": data}, ignore_system_fonts=True
    )
    return int(json.loads(found))


@lru_cache(maxsize=16)
def _made(data: str) -> bytes:
    # Imported on first use: few requests make a paper.
    import typst

    made = typst.compile(
        _template(),
        format="pdf",
        sys_inputs={"data": data},
        pdf_standards=["ua-1"],
        ignore_system_fonts=True,
    )
    assert isinstance(made, bytes), "a document comes as one file"
    return made


@cache
def _template() -> bytes:
    return Path(__file__).with_name("team.typ").read_bytes()
