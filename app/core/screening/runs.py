"""Runs of words that two texts have in common, found without reading one of them.

Of a text are kept the digests of some of its short runs, so many that any longer run which another text
shares holds one of them; whoever finds one looks at that text alone.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b

from app.core.screening.seeing import as_seen

#: So many words in a row that two texts share are taken over, not met by chance.
LONG = 8
#: Of how many words a kept run is, and how many words there are from one to the next. A long run begins at
#: some word; of the short ones in it, one begins at each of its first ``LONG - SHORT + 1`` words.
SHORT = 5
STEP = LONG - SHORT + 1

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Run:
    """A run of words as they are compared, and where in the text it stands."""

    words: str
    start: int
    end: int


def kept(text: str) -> set[int]:
    """The digests that are kept of a text; none of one that is shorter than a long run."""
    words = _words(text)
    return _digests(words, range(0, len(words) - SHORT + 1, STEP)) if len(words) >= LONG else set()


def short_runs(text: str) -> set[int]:
    """The digests by which a text that shares a long run with this one is found."""
    words = _words(text)
    return _digests(words, range(len(words) - SHORT + 1)) if len(words) >= LONG else set()


def long_words(text: str) -> set[str]:
    """Every long run of a text, as its words are compared."""
    words = _words(text)
    return {" ".join(words[first : first + LONG]) for first in range(len(words) - LONG + 1)}


def long_runs(text: str) -> list[Run]:
    """Every long run of a text with its place, in its order."""
    seen = as_seen(text)
    places = [place for place, sign in enumerate(seen.text) for _ in sign.casefold() if sign != "'"]
    found = list(_WORD.finditer(_plain(seen.text)))
    runs: list[Run] = []
    for first in range(len(found) - LONG + 1):
        part = found[first : first + LONG]
        start, end = seen.span(places[part[0].start()], places[part[-1].end() - 1] + 1)
        runs.append(Run(" ".join(word.group() for word in part), start, end))
    return runs


def _words(text: str) -> list[str]:
    # What has no sign but ours is seen as it is written; most texts are such, and many of them are read.
    seen = text if text.isascii() and text.isprintable() and "&" not in text else as_seen(text).text
    return _WORD.findall(_plain(seen))


def _plain(seen: str) -> str:
    """The words in small letters; an apostrophe is left out in haste, and parts no words."""
    return seen.casefold().replace("'", "")


def _digests(words: list[str], firsts: Iterable[int]) -> set[int]:
    """Numbers that a database counts by."""
    return {
        int.from_bytes(
            blake2b(" ".join(words[first : first + SHORT]).encode(errors="replace"), digest_size=8).digest(),
            signed=True,
        )
        for first in firsts
    }
