"""Runs of words that two texts have in common, found without reading one of them.

Of a text are kept the digests of some of its short runs, so many that any longer run which another text
shares holds one of them; whoever finds one looks at that text alone.
"""

import re
from collections.abc import Iterator
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
    """A run of words: its digest, and where in the text it stands."""

    digest: int
    start: int
    end: int


def kept(text: str) -> set[int]:
    """The digests that are kept of a text; none of one that is shorter than a long run."""
    runs = list(_runs(text, SHORT))
    return {run.digest for run in runs[::STEP]} if len(runs) > LONG - SHORT else set()


def short_runs(text: str) -> set[int]:
    """The digests by which a text that shares a long run with this one is found."""
    runs = list(_runs(text, SHORT))
    return {run.digest for run in runs} if len(runs) > LONG - SHORT else set()


def long_runs(text: str) -> list[Run]:
    """Every long run of a text, in its order."""
    return list(_runs(text, LONG))


def _runs(text: str, size: int) -> Iterator[Run]:
    seen = as_seen(text)
    # An apostrophe is left out in haste, and parts no words.
    plain = seen.text.casefold().replace("'", "")
    places = [place for place, sign in enumerate(seen.text) for _ in sign.casefold() if sign != "'"]
    words = list(_WORD.finditer(plain))
    for first in range(len(words) - size + 1):
        part = words[first : first + size]
        start, end = seen.span(places[part[0].start()], places[part[-1].end() - 1] + 1)
        yield Run(_digest(" ".join(word.group() for word in part)), start, end)


def _digest(words: str) -> int:
    """A number that a database counts by."""
    return int.from_bytes(blake2b(words.encode(errors="replace"), digest_size=8).digest(), signed=True)
