"""The figures of one report year as they are kept: written to plain values, and read back.

A year holds its own numbers and the pools of three and five years that end in it, by basis, dimension and
value. A number that is shown is a whole number; a hidden one is its mark with what the strictest reader is
granted, so that the next publication can be held against it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from app.cdop.figures.rules.counts import (
    ABSENT,
    BLANK,
    THRESHOLD,
    TOTAL,
    Atom,
    Grade,
    Kind,
    Mark,
    Shown,
    Statistic,
    number,
)
from app.cdop.figures.rules.tables import POOLS, Dimension, without

#: Over how many years a number may be: the year by itself, and the pools.
WINDOWS = (1, *POOLS)
#: Basis, dimension, value, first and last year: what a number is told apart by.
Place = tuple[str, str, str, str, str]


def place_of(parts: Sequence[Atom]) -> Place:
    """Where a number stands."""
    first = parts[0]
    return first.basis, first.dimension, first.value, first.year, parts[-1].year


def write_mark(mark: Mark) -> int | list[Any]:
    """A mark as a plain value."""
    return mark.low if mark.kind is Kind.NUMBER else [mark.kind.value, mark.low, mark.high]


def read_mark(written: int | list[Any]) -> Mark:
    """A mark from its plain value."""
    return number(written) if isinstance(written, int) else Mark(Kind(written[0]), written[1], written[2])


def write_year(
    mark_at: Callable[[Place], Mark | None],
    shapes: Mapping[str, Sequence[Dimension]],
    spans: Mapping[str, Sequence[str]],
    year: str,
) -> dict[str, Any]:
    """The numbers of a year: basis, window, dimension, value. ``spans`` are the years each basis counts."""
    bases: dict[str, Any] = {}
    for basis, shape in shapes.items():
        years = spans[basis]
        if year not in years:
            continue
        windows = {}
        for length in WINDOWS:
            first = years.index(year) - length + 1
            if first >= 0:
                ends = years[first], year
                windows[str(length)] = _window(mark_at, basis, shape, ends)
        bases[basis] = windows
    return bases


def _window(
    mark_at: Callable[[Place], Mark | None], basis: str, shape: Sequence[Dimension], ends: tuple[str, str]
) -> dict[str, Any]:
    found: dict[str, dict[str, Any]] = {}
    for name, value in _columns(shape):
        mark = mark_at((basis, name, value, *ends))
        if mark is not None:
            found.setdefault(name, {})[value] = write_mark(mark)
    return found


def _columns(shape: Sequence[Dimension]) -> Iterator[tuple[str, str]]:
    yield TOTAL, ""
    for dimension in shape:
        for value in dimension.counted():
            yield dimension.name, value


def read_shown(bases: Mapping[str, Any], basis: str, years: Sequence[str], year: str) -> Iterator[Shown]:
    """What an issue showed of a basis in a year, pools included; ``years`` are the issue's, in order."""
    windows = bases.get(basis, {})
    for length, dimensions in windows.items():
        window = years[years.index(year) - int(length) + 1 : years.index(year) + 1]
        for name, values in dimensions.items():
            for value, written in values.items():
                if read_mark(written) == ABSENT:
                    continue
                parts = tuple(Atom(basis, name, value, each) for each in window)
                yield Shown(Statistic(_key(parts), parts, Grade.CELL), read_mark(written))


class Exceptions(NamedTuple):
    """What is not as it commonly is among the marks of some years."""

    #: A small number is shown: it was public before, or the chair decided so.
    shows_small: bool
    #: A sum is left out.
    leaves_out: bool
    #: A star may hide a zero.
    hides_zeros: bool


def exceptions(years: Iterable[Mapping[str, Any]]) -> Exceptions:
    """What is uncommon in these years, pools included."""
    written = [
        each
        for bases in years
        for windows in bases.values()
        for dimensions in windows.values()
        for values in dimensions.values()
        for each in values.values()
    ]
    hidden = [each for each in written if not isinstance(each, int)]
    return Exceptions(
        shows_small=any(isinstance(each, int) and 0 < each < THRESHOLD for each in written),
        leaves_out=any(read_mark(each) == ABSENT for each in hidden),
        hides_zeros=any(read_mark(each) == BLANK for each in hidden),
    )


def read_counts(bases: Mapping[str, Any], basis: str, year: str) -> Iterator[tuple[Atom, int]]:
    """The counts an issue was made of, from its numbers in full."""
    for name, values in bases.get(basis, {}).get("1", {}).items():
        for value, written in values.items():
            yield Atom(basis, name, value, year), int(written)


def _key(parts: Sequence[Atom]) -> str:
    first, last = parts[0], parts[-1]
    name = first.year if len(parts) == 1 else f"{first.year} to {last.year}"
    return " · ".join(part for part in (*first[:3], name) if part)


class Numbers:
    """The numbers of one year as a page reads them."""

    def __init__(self, bases: Mapping[str, Any]) -> None:
        self._bases = bases

    def has(self, basis: str, window: int = 1) -> bool:
        """Whether anything of the basis is counted in the year, over so many years."""
        return str(window) in self._bases.get(basis, {})

    def windows(self, basis: str) -> list[int]:
        """Over how many years there are numbers."""
        return [int(length) for length in self._bases.get(basis, {})]

    def mark(self, basis: str, dimension: str, value: str, window: int = 1) -> Mark | None:
        """One number as it is shown; None where it is not counted."""
        written = self._bases.get(basis, {}).get(str(window), {}).get(dimension, {}).get(value)
        return None if written is None else read_mark(written)

    def total(self, basis: str, window: int = 1) -> Mark | None:
        """The number of all cases."""
        return self.mark(basis, TOTAL, "", window)

    def rest(self, basis: str, dimension: str, value: str, window: int = 1) -> Mark | None:
        """How many do not have a value that a case may have several of; None for any other."""
        return self.mark(basis, dimension, without(value), window)
