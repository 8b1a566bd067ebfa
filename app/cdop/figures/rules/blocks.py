"""The counts of a publication in blocks that can be searched by themselves."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from app.cdop.figures.rules.counts import TOTAL, Atom, Relation
from app.cdop.figures.rules.numbers import Number, Numbers
from app.cdop.figures.rules.search import Search


class Block:
    """Counts that can be searched by themselves."""

    def __init__(
        self,
        counts: Mapping[Atom, int],
        atoms: Sequence[Atom],
        numbers: Sequence[Number],
        relations: Sequence[Relation],
    ) -> None:
        self.numbers = numbers
        self.relations = relations
        self.search = Search(counts, atoms, [of.parts for of in numbers], relations)
        self._rows = {id(of): row for row, of in enumerate(numbers)}

    def row(self, of: Number) -> int:
        """The place of a number."""
        return self._rows[id(of)]


class Blocks:
    """The counts that are not known to everybody, in blocks that no number and no relation joins.

    With ``apart`` the totals count as known: their dimensions are blocks of their own.
    """

    def __init__(self, numbers: Numbers, relations: Sequence[Relation], *, apart: bool) -> None:
        known = {of.parts[0] for of in numbers if of.is_public and len(of.parts) == 1}
        self._leader = {
            atom: atom
            for atom in numbers.counts
            if atom not in known and not (apart and atom.dimension == TOTAL)
        }
        for of in numbers:
            self._join(of.parts)
        for relation in relations:
            self._join(atom for atom, _ in relation.terms)
        atoms: dict[Atom, list[Atom]] = defaultdict(list)
        for atom in self._leader:
            atoms[self._find(atom)].append(atom)
        inside: dict[Atom, list[Number]] = defaultdict(list)
        for of in numbers:
            if (leader := self._leader_of(of.parts)) is not None:
                inside[leader].append(of)
        tied: dict[Atom, list[Relation]] = defaultdict(list)
        for relation in relations:
            if (leader := self._leader_of(atom for atom, _ in relation.terms)) is not None:
                tied[leader].append(relation)
        self._blocks = {
            leader: Block(numbers.counts, members, inside[leader], tied[leader])
            for leader, members in atoms.items()
        }

    @property
    def all(self) -> list[Block]:
        """Every block, in the order of the counts."""
        return list(self._blocks.values())

    def of(self, number: Number) -> Block | None:
        """The block a number can change in, if there is one."""
        leader = self._leader_of(number.parts)
        return None if leader is None else self._blocks[leader]

    def _leader_of(self, atoms: Iterable[Atom]) -> Atom | None:
        return next((self._find(atom) for atom in atoms if atom in self._leader), None)

    def _join(self, atoms: Iterable[Atom]) -> None:
        """Put these counts into one block."""
        for first, second in pairwise(atom for atom in atoms if atom in self._leader):
            self._leader[self._find(second)] = self._find(first)

    def _find(self, atom: Atom) -> Atom:
        """The count that stands for a block."""
        while self._leader[atom] != atom:
            self._leader[atom] = self._leader[self._leader[atom]]
            atom = self._leader[atom]
        return atom
