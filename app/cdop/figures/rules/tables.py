"""The statistics of one publication and the relations of its counts, from dimensions, years and pools."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app.cdop.figures.rules.counts import TOTAL, Atom, Grade, Relation, Statistic, name_of

#: Over how many consecutive years figures are pooled, beside the single years.
POOLS = (3, 5)


@dataclass(frozen=True)
class Dimension:
    """What the counts of a year are divided by.

    In a *partition* (age band, sex, area) every case has exactly one value, so the values sum to the year's
    total. Otherwise (domains, modifiable factors) a case may have several or none: then no value counts more
    cases than there are, and how many cases do *not* have it can be read off as well, so that is a count of
    its own (`without`). A value may be a part of another (a factor of its domain): it counts no more than
    that one, and that one no more than its parts together.
    """

    name: str
    values: tuple[str, ...]
    partition: bool = True
    #: The value that each part belongs to; all parts of a value that has any are named.
    part_of: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        if self.name == TOTAL:
            raise ValueError("The dimension of the totals is made for every basis.")
        if self.partition and self.part_of:
            raise ValueError(f"The values of ‘{self.name}’ sum to the total; none is part of another.")

    def counted(self) -> Iterator[str]:
        """The values that are counted, and where it does not go without saying the cases without each."""
        for value in self.values:
            yield value
            if not self.partition:
                yield without(value)


def without(value: str) -> str:
    """The name of the count of the cases that do not have a value."""
    return f"not {value}"


@dataclass(frozen=True)
class Tables:
    """What one publication shows: the statistics in order, and what ties their counts together."""

    statistics: tuple[Statistic, ...]
    relations: tuple[Relation, ...]


def build(
    basis: str, dimensions: Sequence[Dimension], years: Sequence[str], pools: Iterable[int] = POOLS
) -> Tables:
    """The tables of one counting basis: each year, and each pool of consecutive years among them.

    ``years`` are consecutive and in order.
    """
    columns = list(_columns(dimensions))
    statistics: list[Statistic] = []
    for length in (1, *pools):
        for first in range(len(years) - length + 1):
            window = years[first : first + length]
            for column in columns:
                parts = tuple(Atom(basis, column.dimension, column.value, year) for year in window)
                grade = Grade.POOL if length > 1 and column.grade is Grade.CELL else column.grade
                statistics.append(Statistic(_key(basis, column, window), parts, grade))
    return Tables(tuple(statistics), tuple(relations(basis, dimensions, years)))


def relations(basis: str, dimensions: Iterable[Dimension], years: Iterable[str]) -> Iterator[Relation]:
    """What ties the counts of these years together, whichever issue shows them."""
    known = tuple(dimensions)
    for year in years:
        total = Atom(basis, TOTAL, "", year)
        for dimension in known:
            atoms = {value: Atom(basis, dimension.name, value, year) for value in dimension.counted()}
            if dimension.partition:
                yield Relation((*((atom, 1) for atom in atoms.values()), (total, -1)))
                continue
            for value in dimension.values:
                yield Relation(((atoms[value], 1), (atoms[without(value)], 1), (total, -1)))
            yield from _within_values(dimension, atoms)


def _within_values(dimension: Dimension, atoms: dict[str, Atom]) -> Iterator[Relation]:
    """That a part counts no more than its whole, and a whole no more than its parts together."""
    for part, whole in dimension.part_of:
        yield Relation(((atoms[whole], 1), (atoms[part], -1)), 0, None)
    for whole in dict.fromkeys(whole for _, whole in dimension.part_of):
        parts = [part for part, of in dimension.part_of if of == whole]
        yield Relation((*((atoms[part], 1) for part in parts), (atoms[whole], -1)), 0, None)


class _Column(NamedTuple):
    """What one column of the tables counts, in whichever years."""

    dimension: str
    value: str
    grade: Grade


def _columns(dimensions: Iterable[Dimension]) -> Iterator[_Column]:
    """The total, then each dimension's values."""
    yield _Column(TOTAL, "", Grade.TOTAL)
    for dimension in dimensions:
        for value in dimension.counted():
            grade = Grade.CELL if value in dimension.values else Grade.IMPLIED
            yield _Column(dimension.name, value, grade)


def _key(basis: str, column: _Column, window: Sequence[str]) -> str:
    """A number is called by its basis, dimension, value and year; a pool by its first and last year."""
    years = window[0] if len(window) == 1 else f"{window[0]} to {window[-1]}"
    return name_of(Atom(basis, column.dimension, column.value, years))
