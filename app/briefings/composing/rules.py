"""What is proposed for an issue, in which order and why; and what an issue lacks. Pure, on plain values.

The order is written down, so that two people who look on the same day see the same:

1. what several reviews found, by how many found it before, the most first;
2. what is new: its wording was cleared in the last weeks;
3. what has waited: cleared before, and never briefed, the longest first.

What came of an action comes by how far its impact reaches, training by its day, and sources from elsewhere by
the day they were recorded, the latest first. What is equal in all this goes by its reference.
"""

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum
from typing import Protocol, TypeVar

from app.accounts.models.provenance import Provenance
from app.actions.rules.impact import Level
from app.briefings.models.issues import Section
from app.core.errors import RuleBroken

#: When on the first working day of a month its issue is drafted, in London.
PREPARED_AT = time(7, 30)


class Placed(Protocol):
    """Something that stands in a section."""

    section: str


Item = TypeVar("Item", bound=Placed)


class AlreadyThere(RuleBroken):
    """The issue has an item about it."""


class NotOnOffer(RuleBroken):
    """It may not go into this issue, or not by this person."""


class NotCorrectable(RuleBroken):
    """Only what went out is put right by a new issue; anything else is changed or cancelled."""


class NotToComeAgain(RuleBroken):
    """The issue is not brought again to those who followed no link in it."""


class GoneMeanwhile(RuleBroken):
    """Somebody else took it out."""


class WordsFrozen(RuleBroken):
    """What was cleared changes no more."""


class Kind(StrEnum):
    """What a candidate is."""

    LESSON = "lesson"
    ACTION = "action"
    EVENT = "event"
    SOURCE = "source"


#: Where an item made from a candidate stands.
SECTION_OF = {
    Kind.LESSON: Section.LEARNING,
    Kind.ACTION: Section.LEARNING,
    Kind.EVENT: Section.TRAINING,
    Kind.SOURCE: Section.RESOURCES,
}

KIND_LABELS = {
    Kind.LESSON: "Lessons",
    Kind.ACTION: "What came of actions",
    Kind.EVENT: "Training ahead",
    Kind.SOURCE: "Learned elsewhere",
}

SECTION_LABELS = {
    Section.LEARNING: "Learning from reviews",
    Section.POLICY: "Policy and procedure",
    Section.TRAINING: "Training",
    Section.RESOURCES: "Resources",
    Section.FEEDBACK: "Feedback",
}

#: A lesson counts as new for so many days after its wording was cleared: since the last issue, and a little.
NEW_DAYS = 45
#: Training this far ahead is proposed.
AHEAD_DAYS = 56
#: So many of each kind are taken into the draft; the editor adds others. More, and nobody reads it.
TAKEN = {Kind.LESSON: 4, Kind.ACTION: 2, Kind.EVENT: 4, Kind.SOURCE: 2}
#: The levels of impact end here: an outcome for children.
HIGHEST_LEVEL = 5
#: How fast people read, in words a minute.
WORDS_A_MINUTE = 200
#: Above so many it is no longer counted how many reviews found a thing.
MOST_FINDERS = 10

#: What readers find of each kind, as the headline of a draft says it.
_FOUND = {
    Kind.LESSON: "what we learned",
    Kind.ACTION: "what came of it",
    Kind.EVENT: "training ahead",
    Kind.SOURCE: "what others learned",
}

#: What came of an action, as readers are told it: how far its impact reaches, and nothing of its own words.
CAME_OF_IT = {
    Level.NOT_KNOWN: "",
    Level.ACTIVITY: "What was planned has been done.",
    Level.REACTION: "The people it was meant for say that it helps them.",
    Level.CONFIDENCE: "People know more, or are surer of what to do.",
    Level.PRACTICE: "What people or systems do has changed, and an audit or figures show it.",
    Level.OUTCOME: "Something is different for children or families, and it can be shown.",
}

QUESTIONS = (
    "Where have we met this in our own work?",
    "What helps us to do what it asks, and what gets in the way?",
    "What one thing will we do before next month?",
)

_ORDINALS = (
    "",
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
)
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


@dataclass(frozen=True)
class Candidate:
    """What may go into an issue, as plain values: nothing of it that was not cleared."""

    kind: Kind
    ref: str
    #: A lesson's clearing, an action's closing, the day of training (none for any day), a source's recording.
    day: date | None
    #: The lesson that it tells of.
    about: str = ""
    #: For a lesson: how many reviews, this one included, had found one of its themes by then.
    finders: int = 1
    #: For an action: the level of its impact.
    level: int = 0
    #: Whether an issue that went out told of it; training is told of until its day has come.
    was_briefed: bool = False
    #: Whether it stands in an issue that has not gone out yet.
    waits: bool = False


def why(candidate: Candidate, *, on: date) -> str:
    """The reason for proposing it, in words."""
    match candidate.kind:
        case Kind.LESSON:
            found = [_found(candidate.finders)] if candidate.finders > 1 else []
            age = ["new"] if _is_new(candidate, on) else [] if candidate.was_briefed else ["never briefed"]
            reasons = found + age
        case Kind.ACTION:
            reasons = [f"closed with impact, level {candidate.level} of {HIGHEST_LEVEL}"]
        case Kind.EVENT:
            reasons = [_on_day(candidate.day, on)]
        case Kind.SOURCE:
            reasons = [] if candidate.was_briefed else ["never briefed"]
    told = ["briefed before"] * candidate.was_briefed + ["in an issue that is to go out"] * candidate.waits
    return ", ".join(reasons + told)


def ranked(candidates: Iterable[Candidate], *, on: date) -> list[Candidate]:
    """The candidates in the order in which they are proposed: by kind, and within it as written above."""
    return sorted(candidates, key=lambda each: (list(Kind).index(each.kind), *_place(each, on), each.ref))


def taken(order: Sequence[Candidate]) -> list[Candidate]:
    """Those that a draft begins with: the first of each kind, and of the actions for one lesson the first.

    They stand as they are read: of training by the day, also where the first choice was what nobody heard of.
    """
    found: list[Candidate] = []
    for candidate in order:
        same = [each for each in found if each.kind is candidate.kind]
        is_told = candidate.about and any(each.about == candidate.about for each in same)
        if len(same) < TAKEN[candidate.kind] and not is_told:
            found.append(candidate)
    events = sorted(
        (each for each in found if each.kind is Kind.EVENT),
        key=lambda each: (each.day or date.max, each.ref),
    )
    return [events.pop(0) if each.kind is Kind.EVENT else each for each in found]


def proposed_title(headings: Sequence[str], *, longest: int) -> str:
    """What a draft is called: the first heading that a subject shows whole, else the first, cut at a word."""
    for heading in headings:
        if len(heading) <= longest:
            return heading
    return f"{headings[0][:longest].rpartition(' ')[0].rstrip(' ,;:.–-') or headings[0][: longest - 1]}…"


def proposed_headline(kinds: Collection[Kind]) -> str:
    """What stands above a draft: what readers find in it, since each item has a heading of its own."""
    found = [words for kind, words in _FOUND.items() if kind in kinds]
    line = " and ".join([", ".join(found[:-1]), found[-1]] if len(found) > 1 else found)
    return line[:1].upper() + line[1:]


def _place(candidate: Candidate, on: date) -> tuple[int, ...]:
    day = (candidate.day or date.max).toordinal()
    match candidate.kind:
        case Kind.LESSON if candidate.finders > 1:
            return (0, -min(candidate.finders, MOST_FINDERS), -day)
        case Kind.LESSON if _is_new(candidate, on):
            return (1, 0, -day)
        case Kind.LESSON:
            return (2, 0, day)
        case Kind.ACTION:
            return (-candidate.level, -day)
        case Kind.EVENT:
            return (candidate.was_briefed, day)
        case Kind.SOURCE:
            return (-day,)


def _is_new(candidate: Candidate, on: date) -> bool:
    return candidate.day is not None and candidate.day > on - timedelta(days=NEW_DAYS)


def _found(finders: int) -> str:
    if finders > MOST_FINDERS:
        return f"more than {MOST_FINDERS} reviews found this"
    return f"{_ORDINALS[finders]} review to find this"


def _on_day(day: date | None, on: date) -> str:
    if day is None:
        return "any day"
    year = f" {day.year}" if day.year != on.year else ""
    return f"on {day.day} {_MONTHS[day.month - 1]}{year}"


def in_order(items: Iterable[Item]) -> list[Item]:
    """The items by their sections in the standing order, otherwise as they stood."""
    order = list(Section)
    return sorted(items, key=lambda item: order.index(Section(item.section)))


def moved(items: Sequence[Item], item: Item, *, up: bool) -> list[Item]:
    """The items with one a place further up or down in its section; at either end of it, it stays."""
    order = in_order(items)
    place = order.index(item)
    other = place - 1 if up else place + 1
    if 0 <= other < len(order) and order[other].section == item.section:
        order[place], order[other] = order[other], order[place]
    return order


def questions_in(text: str) -> list[str]:
    """The questions of an issue, which stand one a line."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def carried(*origins: str) -> str:
    """The provenance of words taken over from records of these provenances.

    What was made up says so wherever its words go. Anything else is recorded here: an issue that puts right
    what was published was not published itself.
    """
    return Provenance.ILLUSTRATIVE if Provenance.ILLUSTRATIVE in origins else Provenance.RECORDED


def count_words(texts: Iterable[str]) -> int:
    """How many words a reader has before them."""
    return sum(len(text.split()) for text in texts)


def minutes_to_read(words: int) -> int:
    """How many minutes it takes to read so many words, begun minutes counted whole."""
    return max(1, math.ceil(words / WORDS_A_MINUTE))
