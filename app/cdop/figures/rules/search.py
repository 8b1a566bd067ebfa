"""The search for other counts that a reader must hold possible; it proposes, and `proof` is what is believed.

Asked is how the true counts could change by whole numbers so that a given number changes, all relations hold,
and as little as possible has to be hidden that is not hidden yet. Each number has a *leeway*: how far it may
change at no cost (a hidden one within what its mark grants, a shown one not at all) and how far at a cost a
unit (a shown one that may still be hidden; a mark that may be widened). Cost by the unit, not by the number
of numbers hidden, keeps this a linear problem whose best solution is nearly always whole, and close to the
best pattern, since one unit is nearly always enough. Where it is not whole, branch and bound makes it so.
Neither has a limit of time, only of steps, so that the same question has the same answer.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.cdop.figures.rules.counts import Atom, Relation

#: Steps of branch and bound before a question counts as not answered.
_NODES = 500
#: How far from whole a number of the solver's may be and still be taken for it.
_ALMOST = 1e-5
#: The reward for changing another number on the way: too little to hide one more for it.
_BONUS = 1e-3


@dataclass(frozen=True)
class Leeway:
    """How far a number may change: freely from ``low`` to ``high``, at a cost from ``least`` to ``most``."""

    low: float
    high: float
    least: float
    most: float
    cost: float = 0.0


#: A number everybody knows.
NONE = Leeway(0, 0, 0, 0)


class Search:
    """The counts of one block: numbers and relations that share counts not known to everybody.

    ``numbers`` are the sums of counts that are known, hidden or shown, each by its parts; those parts and
    terms that are not among ``atoms`` do not change.
    """

    def __init__(
        self,
        counts: Mapping[Atom, int],
        atoms: Sequence[Atom],
        numbers: Sequence[Iterable[Atom]],
        relations: Iterable[Relation],
    ) -> None:
        self.atoms = list(atoms)
        place = {atom: column for column, atom in enumerate(self.atoms)}
        self._rows = [[place[atom] for atom in parts if atom in place] for parts in numbers]
        self._relations: list[tuple[list[tuple[int, int]], float, float]] = []
        for relation in relations:
            terms = [(place[atom], factor) for atom, factor in relation.terms if atom in place]
            if terms:
                now = sum(factor * counts[atom] for atom, factor in relation.terms)
                low = -math.inf if relation.low is None else relation.low - now
                high = math.inf if relation.high is None else relation.high - now
                self._relations.append((terms, low, high))
        self._model: Any = None

    def change(
        self,
        leeways: Sequence[Leeway],
        target: int | None,
        direction: int,
        bonus: Mapping[int, float],
        step: int,
        *,
        outline: bool = False,
    ) -> tuple[float, dict[Atom, int]] | None:
        """A cheap change by which the ``target``, one of the numbers, changes so; and its cost.

        No count changes by more than ``step``. ``bonus`` names numbers that might as well change, with a
        factor each; with no target they are all that is asked. None where there is no such change, or none is
        found. An ``outline`` looks at no count: of the relations it keeps those of sums that are equal.
        """
        model = self._ready()
        count, rows = len(self.atoms), len(self._rows)
        cost = [0.0] * count
        for row, factor in bonus.items():
            for column in self._rows[row]:
                cost[column] -= factor * _BONUS
        lower, upper = [-float(step)] * count, [float(step)] * count
        row_lower, row_upper = [0.0] * rows, [0.0] * rows
        for row, leeway in enumerate(leeways):
            reach = float(step * len(self._rows[row]))
            low, high = max(leeway.low, -reach), min(leeway.high, reach)
            over, under = min(leeway.most, reach) - high, low - max(leeway.least, -reach)
            least_over = 0.0
            least_under = 0.0
            if row == target and direction > 0:
                least_over, under, low = max(0.0, 1 - high), 0.0, min(1.0, high)
            elif row == target:
                least_under, over, high = max(0.0, 1 + low), 0.0, max(-1.0, low)
            if least_over > over or least_under > under:
                return None
            lower += [least_over, least_under]
            upper += [over, under]
            cost += [leeway.cost, leeway.cost]
            row_lower[row], row_upper[row] = low, high
        for _, least, most in self._relations:
            loose = outline and least < most
            row_lower.append(-math.inf if loose else least)
            row_upper.append(math.inf if loose else most)
        return self._solve(model, (cost, lower, upper, row_lower, row_upper))

    def _solve(self, model: Any, numbers: tuple[list[float], ...]) -> tuple[float, dict[Atom, int]] | None:
        """The solution in whole numbers, None where there is none or none is found."""
        from highspy import HighsModelStatus, HighsVarType, SolutionStatus
        from numpy import arange, array, float64, full, int32

        cost, lower, upper, row_lower, row_upper = (array(each, dtype=float64) for each in numbers)
        columns = arange(len(cost), dtype=int32)
        rows = arange(len(row_lower), dtype=int32)
        model.changeColsCost(len(columns), columns, cost)
        model.changeColsBounds(len(columns), columns, lower, upper)
        model.changeRowsBounds(len(rows), rows, row_lower, row_upper)
        model.run()
        if model.getModelStatus() != HighsModelStatus.kOptimal:
            return None
        values = list(model.getSolution().col_value)
        count = len(self.atoms)
        if not _whole(values[:count]):
            kinds = full(count, HighsVarType.kInteger)
            model.changeColsIntegrality(count, columns[:count], kinds)
            model.run()
            found = model.getInfo().primal_solution_status == SolutionStatus.kSolutionStatusFeasible
            values = list(model.getSolution().col_value)
            kinds = full(count, HighsVarType.kContinuous)
            model.changeColsIntegrality(count, columns[:count], kinds)
            if not found or not _whole(values[:count]):
                return None
        price = sum(one * each for one, each in zip(cost[count:], values[count:], strict=True))
        changes = {
            atom: round(value) for atom, value in zip(self.atoms, values, strict=False) if round(value)
        }
        return float(price), changes

    def _ready(self) -> Any:
        """The solver with this block's matrix: the counts, then what each number is over or under by."""
        if self._model is not None:
            return self._model
        from highspy import Highs, HighsLp, MatrixFormat
        from numpy import array, float64, int32, zeros

        start, index, value = [0], list[int](), list[float]()
        first = len(self.atoms)
        for row, columns in enumerate(self._rows):
            index += [*columns, first + 2 * row, first + 2 * row + 1]
            value += [*([1.0] * len(columns)), -1.0, 1.0]
            start.append(len(index))
        for terms, _, _ in self._relations:
            index += [column for column, _ in terms]
            value += [float(factor) for _, factor in terms]
            start.append(len(index))
        width, height = first + 2 * len(self._rows), len(self._rows) + len(self._relations)
        lp = HighsLp()
        lp.num_col_, lp.num_row_ = width, height
        lp.col_cost_ = lp.col_lower_ = lp.col_upper_ = zeros(width)
        lp.row_lower_ = array([0.0] * len(self._rows) + [low for _, low, _ in self._relations])
        lp.row_upper_ = array([0.0] * len(self._rows) + [high for _, _, high in self._relations])
        lp.a_matrix_.format_ = MatrixFormat.kRowwise
        lp.a_matrix_.num_col_, lp.a_matrix_.num_row_ = width, height
        lp.a_matrix_.start_ = array(start, dtype=int32)
        lp.a_matrix_.index_ = array(index, dtype=int32)
        lp.a_matrix_.value_ = array(value, dtype=float64)

        class Quiet(Highs):
            """The solver without its callbacks, which are not used: to have them, it prints who it is."""

            def enableCallbacks(self) -> None:
                """Have none."""

        model: Any = Quiet()  # type: ignore[no-untyped-call]
        for option, setting in _OPTIONS.items():
            model.setOptionValue(option, setting)
        model.passModel(lp)
        self._model = model
        return model


_OPTIONS: dict[str, Any] = {
    "output_flag": False,
    "threads": 1,
    "random_seed": 1,
    "mip_max_nodes": _NODES,
    "mip_rel_gap": 0.05,
}


def _whole(values: Iterable[float]) -> bool:
    """Whether all are whole numbers, as far as the solver reckons."""
    return all(abs(value - round(value)) < _ALMOST for value in values)
