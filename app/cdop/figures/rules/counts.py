"""Counts, the statistics made of them, and the marks by which a reader is shown a statistic.

A *mark* is told apart by what the strictest reader may take from it: an interval of whole numbers. The number
itself is the interval that holds nothing else; "<5" is 1 to 4; "*" stands for a hidden number of which the
page says that it may be any. A reader who knows how we work knows more: that small numbers are shown as "<5",
so that most stars hide five or more. Each star therefore carries what such a reader is granted (`stars`), and
the proof grants it. The page shows one and the same "*" for all of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import NamedTuple

#: Counts below it, and above zero, are never shown as they are.
THRESHOLD = 5

#: Hidden numbers from this many thresholds up are spared where a smaller one can be hidden; see `stars`.
_LARGE = 4

#: The dimension of a year's total, which all dimensions of a basis have in common.
TOTAL = "total"


class Atom(NamedTuple):
    """One count of one report year on one counting basis; everything that is shown is a sum of these.

    ``basis`` says what is counted (deaths in the year, or reviews completed in it); no relation joins two.
    """

    basis: str
    dimension: str
    value: str
    year: str


class Grade(IntEnum):
    """How much a reader loses with a statistic; what is lost first comes first.

    What is *implied* stands in no table but can be read off one, and is held as if it stood there.
    """

    IMPLIED = 1
    CELL = 2
    POOL = 3
    TOTAL = 4


@dataclass(frozen=True)
class Statistic:
    """A number that is published: the sum of its parts, under the name messages and overrides use.

    Two statistics of the same parts are one and the same number, whatever table or issue they stand in.
    """

    key: str
    parts: tuple[Atom, ...]
    grade: Grade = Grade.CELL

    def __post_init__(self) -> None:
        if not self.parts or len(set(self.parts)) != len(self.parts):
            raise ValueError(f"The statistic ‘{self.key}’ must have parts, each of them once.")

    def of(self, counts: Mapping[Atom, int]) -> int:
        """The number itself."""
        return sum(counts[part] for part in self.parts)


@dataclass(frozen=True)
class Relation:
    """What everybody knows of counts: their sum, each times its factor, lies from ``low`` to ``high``.

    None is no end. That no count is below zero needs no relation.
    """

    terms: tuple[tuple[Atom, int], ...]
    low: int | None = 0
    high: int | None = 0

    def holds(self, counts: Mapping[Atom, int]) -> bool:
        """Whether these counts obey it."""
        return within(sum(factor * counts[atom] for atom, factor in self.terms), self.low, self.high)


class Kind(StrEnum):
    """What stands in a cell."""

    NUMBER = "number"
    BELOW = "below"
    STAR = "star"
    ABSENT = "absent"


@dataclass(frozen=True)
class Mark:
    """What is shown of a statistic, and from where to where the strictest reader knows it to lie."""

    kind: Kind
    low: int
    high: int | None

    @property
    def is_hidden(self) -> bool:
        """Whether the number itself is kept from the reader."""
        return self.kind is not Kind.NUMBER

    def admits(self, value: int) -> bool:
        """Whether the number may be this one, for the strictest reader."""
        return within(value, self.low, self.high)

    def __str__(self) -> str:
        if self.kind is Kind.BELOW:
            assert self.high is not None
            return f"<{self.high + 1}"
        return _SIGNS.get(self.kind) or str(self.low)


#: What stands in the place of a number that is not shown, beside "<5".
_SIGNS = {Kind.STAR: "*", Kind.ABSENT: "–"}

#: The star that tells nothing at all.
BLANK = Mark(Kind.STAR, 0, None)
#: A sum that is left out, because what was published before tells it already: it is neither shown nor hidden.
ABSENT = Mark(Kind.ABSENT, 0, None)


def number(value: int) -> Mark:
    """The number itself."""
    return Mark(Kind.NUMBER, value, value)


def primary(value: int, threshold: int = THRESHOLD) -> Mark:
    """What is shown of a number that stands by itself: of a small one only that it is; zero is shown as 0."""
    return Mark(Kind.BELOW, 1, threshold - 1) if 0 < value < threshold else number(value)


def stars(value: int, threshold: int = THRESHOLD) -> tuple[Mark, ...]:
    """The stars there may be over this number, from the one that grants most to the one that grants none.

    A reader who knows the method is granted that it is not zero, and not below the threshold, if it is not;
    and where it can be, in which of two classes of size it lies. The engine hides smaller numbers before
    larger ones, so what it hid tells the class; it looks at nothing else of a number it may hide, or its
    choice would tell that too (the smallest of a row, say).
    """
    if value < threshold:
        return (BLANK,) if value == 0 else (Mark(Kind.STAR, 1, None), BLANK)
    large = threshold * _LARGE
    class_of_size = (large, None) if value >= large else (threshold, large - 1)
    return Mark(Kind.STAR, *class_of_size), Mark(Kind.STAR, threshold, None), BLANK


@dataclass(frozen=True)
class Shown:
    """What an issue of the figures showed of a statistic; public for ever."""

    statistic: Statistic
    mark: Mark


class Unprotected(Exception):
    """A hidden number that a reader can work out, or that cannot be shown to be safe.

    ``statistic`` is the name of the statistic, or of the count where no statistic shows it by itself.
    """

    def __init__(self, statistic: str, reason: str) -> None:
        super().__init__(f"‘{statistic}’ is not protected: {reason}")
        self.statistic = statistic
        self.reason = reason


def name_of(atom: Atom) -> str:
    """What a count is called where no statistic shows it by itself."""
    return " · ".join(part for part in atom if part)


def within(value: int, low: int | None, high: int | None) -> bool:
    """Whether a value lies from ``low`` to ``high``, None being no end."""
    return (low is None or low <= value) and (high is None or value <= high)
