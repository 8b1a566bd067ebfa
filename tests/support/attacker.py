"""An attacker on published figures, who shares nothing with the engine that hid them but the meaning of the
marks.

He holds everything that was ever published, as a reader sees it: of each number the years and values it sums
and what stood in its cell. He builds his own inequalities from what everybody knows of such tables, and looks
for the least and the greatest whole number each hidden cell can hold. `Attacker` asks a solver of integer
programs and checks what it says in whole numbers; `enumerate_worlds` tries every world there is, on tables
small enough, and holds the first to account.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

Cell = tuple[str, str, str]
"""Dimension, value and year; the dimension of a year's total is empty."""


@dataclass(frozen=True)
class Table:
    """What everybody knows of a table: its values, whether each case has just one, what is part of what."""

    name: str
    values: tuple[str, ...]
    one_each: bool = True
    inside: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Sight:
    """One published cell: what it sums, and from where to where one who knows the method sees it lie."""

    cells: frozenset[Cell]
    least: int
    most: int | None

    @property
    def tells_all(self) -> bool:
        """Whether the number itself stands there."""
        return self.least == self.most


class Attacker:
    """All that was published, as inequalities over the cells; no count is held to pass the ``ceiling``."""

    def __init__(
        self, tables: Sequence[Table], years: Sequence[str], sights: Iterable[Sight], ceiling: int
    ) -> None:
        self.sights = list(sights)
        self.cells = [("", "", year) for year in years]
        self.cells += [
            (table.name, value, year) for year in years for table in tables for value in table.values
        ]
        self.ceiling = ceiling
        self.rows: list[tuple[dict[Cell, int], int | None, int | None]] = []
        for year in years:
            for table in tables:
                self.rows += self._everybody_knows(table, year)
        for sight in self.sights:
            self.rows.append((self._counted(sight.cells), sight.least, sight.most))
        self._model: Any = None
        self._possible: list[dict[Cell, int]] = []

    def _everybody_knows(
        self, table: Table, year: str
    ) -> Iterator[tuple[dict[Cell, int], int | None, int | None]]:
        def cell(value: str) -> Cell:
            return (table.name, value, year)

        total = ("", "", year)
        if table.one_each:
            yield {total: -1, **{cell(value): 1 for value in table.values}}, 0, 0
            return
        for value in table.values:
            yield {total: 1, cell(value): -1}, 0, None
        for part, whole in table.inside.items():
            yield {cell(whole): 1, cell(part): -1}, 0, None
        for whole in set(table.inside.values()):
            parts = [part for part, of in table.inside.items() if of == whole]
            yield {cell(whole): -1, **{cell(part): 1 for part in parts}}, 0, None

    @staticmethod
    def _counted(cells: Iterable[Cell]) -> dict[Cell, int]:
        """Cases without a value ("not …") are those of the year that do not have it."""
        factors: dict[Cell, int] = {}
        for dimension, value, year in cells:
            if value.startswith("not "):
                factors["", "", year] = factors.get(("", "", year), 0) + 1
                factors[dimension, value.removeprefix("not "), year] = -1
            else:
                factors[dimension, value, year] = factors.get((dimension, value, year), 0) + 1
        return factors

    def agrees(self, world: dict[Cell, int]) -> bool:
        """Whether a world is possible, reckoned in whole numbers."""
        if any(not 0 <= count <= self.ceiling for count in world.values()):
            return False
        for factors, least, most in self.rows:
            value = sum(factor * world[cell] for cell, factor in factors.items())
            if (least is not None and value < least) or (most is not None and value > most):
                return False
        return True

    def value_in(self, world: dict[Cell, int], cells: Iterable[Cell]) -> int:
        """What a sum of cells is in one world."""
        return sum(factor * world[cell] for cell, factor in self._counted(cells).items())

    def extreme(self, cells: Iterable[Cell], sign: int) -> int | None:
        """The least (sign 1) or greatest (sign -1) sum of these cells; None where nothing agrees."""
        from highspy import HighsModelStatus
        from numpy import arange, float64, zeros

        model = self._ready()
        place = {cell: column for column, cell in enumerate(self.cells)}
        cost = zeros(len(self.cells), dtype=float64)
        for cell, factor in self._counted(cells).items():
            cost[place[cell]] = sign * factor
        model.changeColsCost(len(cost), arange(len(cost), dtype="int32"), cost)
        model.run()
        if model.getModelStatus() != HighsModelStatus.kOptimal:
            return None
        solution = model.getSolution().col_value
        world = {cell: round(value) for cell, value in zip(self.cells, solution, strict=True)}
        assert self.agrees(world), "the solver proposed a world that is not possible"
        self._possible.append(world)
        return self.value_in(world, cells)

    def worked_out(self) -> Iterator[frozenset[Cell]]:
        """Every published number that was hidden, and every count that was not published, with one value
        only.

        A number that had two different values in worlds met on the way is not asked for again.
        """
        told = {sight.cells for sight in self.sights if sight.tells_all}
        for sight in self.sights:
            if sight.least == sight.most == 0:
                told |= {frozenset([cell]) for cell in sight.cells}
        wanted = dict.fromkeys(sight.cells for sight in self.sights if sight.cells not in told)
        wanted |= {frozenset([cell]): None for cell in self.cells if frozenset([cell]) not in told}
        for cells in wanted:
            if len({self.value_in(world, cells) for world in self._possible}) > 1:
                continue
            least, most = self.extreme(cells, 1), self.extreme(cells, -1)
            assert least is not None, "what was published contradicts itself"
            if least == most:
                yield cells

    def _ready(self) -> Any:
        """The integer program of all inequalities."""
        if self._model is not None:
            return self._model
        import highspy
        from numpy import array

        class Quiet(highspy.Highs):
            def enableCallbacks(self) -> None:
                """Have none, and print nothing."""

        model: Any = Quiet()  # type: ignore[no-untyped-call]
        model.setOptionValue("output_flag", False)
        model.setOptionValue("threads", 1)
        infinity = highspy.kHighsInf
        for _ in self.cells:
            model.addVar(0.0, float(self.ceiling))
        place = {cell: column for column, cell in enumerate(self.cells)}
        for factors, least, most in self.rows:
            model.addRow(
                -infinity if least is None else float(least),
                infinity if most is None else float(most),
                len(factors),
                array([place[cell] for cell in factors], dtype="int32"),
                array(list(factors.values()), dtype=float),
            )
        kinds = array([highspy.HighsVarType.kInteger] * len(self.cells))
        model.changeColsIntegrality(len(self.cells), array(range(len(self.cells)), dtype="int32"), kinds)
        self._model = model
        return model


def enumerate_worlds(attacker: Attacker) -> Iterator[dict[Cell, int]]:
    """Every possible world, by trying all numbers in all cells; for a handful of cells and a low ceiling."""
    ranges = []
    for cell in attacker.cells:
        least, most = 0, attacker.ceiling
        for sight in attacker.sights:
            if sight.cells == frozenset([cell]):
                least = max(least, sight.least)
                most = min(most, attacker.ceiling if sight.most is None else sight.most)
        ranges.append(range(least, most + 1))
    for counts in product(*ranges):
        world = dict(zip(attacker.cells, counts, strict=True))
        if attacker.agrees(world):
            yield world
