"""Figures for tests: counts of made-up years, what issues show of them, and what an attacker sees."""

import random
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from app.cdop.figures.rules.counts import ABSENT, TOTAL, Atom, Mark, Shown, Statistic
from app.cdop.figures.rules.suppression import Suppression, suppress
from app.cdop.figures.rules.tables import Dimension, Tables, build, relations, without
from tests.support.attacker import Attacker, Sight, Table

BASIS = "deaths"


def year_names(count: int, first: int = 2007) -> list[str]:
    """Consecutive report years, as they are written."""
    return [f"{first + number}/{(first + number + 1) % 100:02d}" for number in range(count)]


def counts_of(dimension: Dimension, rows: Mapping[str, Sequence[int]], basis: str = BASIS) -> dict[Atom, int]:
    """The counts of one partition, year by year in the order of its values, with the totals they sum to."""
    counts = {}
    for year, row in rows.items():
        counts[Atom(basis, TOTAL, "", year)] = sum(row)
        for value, count in zip(dimension.values, row, strict=True):
            counts[Atom(basis, dimension.name, value, year)] = count
    return counts


def made_up(
    chance: random.Random, dimensions: Iterable[Dimension], years: Iterable[str], mean: int
) -> dict[Atom, int]:
    """The counts of made-up cases, about so many a year; each value of a dimension has its weight."""
    known = tuple(dimensions)
    weights = {
        dimension.name: [chance.random() ** 3 + 0.005 for _ in dimension.values] for dimension in known
    }
    counts: dict[Atom, int] = {}
    for year in years:
        total = chance.randint(0, 2 * mean)
        counts[Atom(BASIS, TOTAL, "", year)] = total
        for dimension in known:
            cases = [_values(chance, dimension, weights[dimension.name]) for _ in range(total)]
            for value in dimension.values:
                having = sum(value in case for case in cases)
                counts[Atom(BASIS, dimension.name, value, year)] = having
                if not dimension.partition:
                    counts[Atom(BASIS, dimension.name, without(value), year)] = total - having
    return counts


def _values(chance: random.Random, dimension: Dimension, weights: list[float]) -> set[str]:
    """The values one case has: with a part it has the whole, and a whole with parts only by a part."""
    if dimension.partition:
        return set(chance.choices(dimension.values, weights))
    wholes = {whole for _, whole in dimension.part_of}
    drawn = zip(dimension.values, weights, strict=True)
    having = {value for value, weight in drawn if value not in wholes and chance.random() < weight}
    return having | {whole for part, whole in dimension.part_of if part in having}


@dataclass
class Record:
    """The issues of one figure over time, all from the same counts."""

    dimensions: Sequence[Dimension]
    counts: Mapping[Atom, int]
    public: list[Shown] = field(default_factory=list)
    years: set[str] = field(default_factory=set)

    def publish(
        self,
        years: Sequence[str],
        pools: Iterable[int] = (),
        *,
        dimensions: Sequence[Dimension] | None = None,
        overridden: Collection[str] = (),
    ) -> Suppression:
        """Bring out the next issue: these years, of all dimensions unless some are named."""
        tables = build(BASIS, self.dimensions if dimensions is None else dimensions, years, pools)
        self.years |= set(years)
        result = suppress(
            {atom: count for atom, count in self.counts.items() if atom.year in self.years},
            tables.statistics,
            list(relations(BASIS, self.dimensions, sorted(self.years))),
            earlier=tuple(self.public),
            overridden=overridden,
        )
        self.public += [Shown(each, result.marks[each.key]) for each in tables.statistics]
        return result

    def publish_naively(self, tables: Tables, marks: Mapping[str, Mark]) -> None:
        """Bring out an issue with the marks somebody else decided on."""
        self.years |= {part.year for each in tables.statistics for part in each.parts}
        self.public += [Shown(each, marks[each.key]) for each in tables.statistics]

    def attacker(self, ceiling: int | None = None) -> Attacker:
        """One who holds every issue, and knows the marks at their strictest."""
        tables = [
            Table(each.name, each.values, each.partition, dict(each.part_of)) for each in self.dimensions
        ]
        sights = [
            Sight(_cells(each.statistic), each.mark.low, each.mark.high)
            for each in self.public
            if each.mark != ABSENT
        ]
        highest = max(self.counts.values(), default=0)
        return Attacker(tables, sorted(self.years), sights, 2 * highest + 10 if ceiling is None else ceiling)


def _cells(statistic: Statistic) -> frozenset[tuple[str, str, str]]:
    return frozenset(
        ("" if part.dimension == TOTAL else part.dimension, part.value, part.year) for part in statistic.parts
    )
