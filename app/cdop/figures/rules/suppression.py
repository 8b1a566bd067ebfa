"""What is shown of each statistic of a publication, so that nothing hidden can be worked out.

1. Small numbers are hidden as if each stood by itself ("<5"); what earlier issues showed of a number is shown
   again, and what they hid stays hidden; what the chair decided to show is shown.
2. Numbers that others could be worked out from are hidden beside them ("*"), few, small and detailed ones
   before large ones and pools, without a look at what is hidden (`pattern`).
3. A hidden number is protected when other counts agree with everything public and give it another value
   (`proof`). As long as one is not, the search looks for such counts, now in the true numbers, and hides as
   little more as it can; totals last (a total of a year is one number, hidden in all dimensions). It may also
   let a mark tell less: "<5" becomes "*". What had to change for it is hidden, and by the same certificate
   protected: so each search settles at least one number and leaves none behind, and it ends.
4. Where that fails, zeros may be hidden too, and stars tell nothing at all: then nothing of this issue stands
   against what earlier issues left open. If even so there are no other counts, the number can be worked out
   from what is public already. A sum that earlier issues tell so is left out ("–"); a number that a decision
   of now would tell, or a count that earlier issues did not keep, is named by `Unprotected`.
5. The result is proved, every time.

Dimensions are searched one by one while the totals stay as they are, and together where they cannot.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from app.cdop.figures.rules.blocks import Block, Blocks
from app.cdop.figures.rules.counts import (
    THRESHOLD,
    TOTAL,
    Atom,
    Mark,
    Relation,
    Shown,
    Statistic,
    Unprotected,
    name_of,
)
from app.cdop.figures.rules.numbers import Number, Numbers
from app.cdop.figures.rules.pattern import hide_pattern
from app.cdop.figures.rules.proof import Certificate, Contradiction, Knowledge, check_truth, prove
from app.cdop.figures.rules.search import Leeway

#: By how much counts may change in a certificate: one at a time at first, at most this much where that fails.
_STEP, _STEPS = 1, 4
#: Searches without a target, each for counts that differ from the truth in many numbers at once.
_SWEEPS = 4


@dataclass(frozen=True)
class Suppression:
    """What a publication shows, by the names of its statistics, and why that is safe."""

    marks: Mapping[str, Mark]
    certificates: tuple[Certificate, ...] = field(default=())
    #: The names of what only hidden numbers were the reason to hide, or to tell less of; see `pattern`.
    driven: tuple[str, ...] = field(default=())


def suppress(
    counts: Mapping[Atom, int],
    statistics: Sequence[Statistic],
    relations: Collection[Relation],
    *,
    earlier: Collection[Shown] = (),
    overridden: Collection[str] = (),
    threshold: int = THRESHOLD,
    secret: str = "",
    progress: Callable[[float], None] | None = None,
) -> Suppression:
    """The marks of a publication, with their certificates.

    ``counts`` holds every count that this or an earlier issue speaks of, and ``relations`` what ties them,
    for every year and dimension of any issue: what they leave out, the reader is taken not to know.
    ``overridden`` names the statistics that the chair decided to show. With a ``secret``, which must never be
    told, decoys are hidden too (`pattern`). ``progress`` is told how much is done, from 0 to 1. Raises
    `Contradiction` for counts that do not agree with their relations or with earlier issues, ValueError for
    counts that nothing ties, and `Unprotected` where earlier issues or an override leave a number no
    protection.
    """
    _check_names(statistics, overridden)
    _check_ties(counts, relations)
    check_truth(counts, earlier, relations)
    numbers = Numbers(counts, statistics, earlier, overridden, threshold)
    engine = _Engine(numbers, relations, progress, decided=bool(overridden), secret=secret)
    engine.run()
    shown = [Shown(statistic, _mark_of(numbers, statistic)) for statistic in statistics]
    prove(
        counts,
        shown,
        relations,
        engine.certificates,
        earlier=earlier,
        overridden=overridden,
        threshold=threshold,
    )
    return Suppression(
        {item.statistic.key: item.mark for item in shown},
        tuple(engine.certificates),
        tuple(dict.fromkeys(of.name for of in engine.driven)),
    )


def _check_names(statistics: Iterable[Statistic], overridden: Collection[str]) -> None:
    """Raise ValueError where a name means two numbers, or an override none."""
    parts: dict[str, frozenset[Atom]] = {}
    for statistic in statistics:
        if parts.setdefault(statistic.key, frozenset(statistic.parts)) != frozenset(statistic.parts):
            raise ValueError(f"Two different statistics are called ‘{statistic.key}’.")
    if unknown := sorted(set(overridden) - parts.keys()):
        raise ValueError(f"‘{unknown[0]}’ cannot be shown by decision: no statistic has that name.")


def _check_ties(counts: Iterable[Atom], relations: Iterable[Relation]) -> None:
    """Raise ValueError for a count that no relation holds to its year: much would seem possible."""
    tied = {atom for relation in relations for atom, _ in relation.terms}
    if loose := [atom for atom in counts if atom.dimension != TOTAL and atom not in tied]:
        raise ValueError(f"No relation says what ‘{name_of(loose[0])}’ has to do with its year.")


def _mark_of(numbers: Numbers, statistic: Statistic) -> Mark:
    mark = numbers.of(statistic).mark
    assert mark is not None
    return mark


class Price(Enum):
    """What may be paid for a certificate: nothing more hidden, what may fairly be, or zeros and all."""

    NOTHING = 0
    FAIR = 1
    ANY = 2


class _Engine:
    """One decision: the numbers as they stand, and the certificates found."""

    def __init__(
        self,
        numbers: Numbers,
        relations: Iterable[Relation],
        progress: Callable[[float], None] | None,
        *,
        decided: bool,
        secret: str,
    ) -> None:
        self.numbers = numbers
        self._decided = decided
        self._secret = secret
        self.certificates: list[Certificate] = []
        self.driven: list[Number] = []
        self._relations = tuple(relations)
        # Marks are left to `Number`, which changes them as it goes.
        self._knowledge = Knowledge(numbers.counts, (), self._relations)
        self._by_atom: dict[Atom, list[Number]] = defaultdict(list)
        for of in numbers:
            for part in of.parts:
                self._by_atom[part].append(of)
        self._progress = progress or (lambda share: None)
        self._round = 0
        self._far = _STEPS + 2 * max((of.value for of in numbers), default=0)

    def run(self) -> None:
        """Protect one number after another until none is exposed."""
        parts = Blocks(self.numbers, self._relations, apart=True)
        wholes = Blocks(self.numbers, self._relations, apart=False)
        # The pattern looks at nothing hidden, nor may the solver have seen it yet: first all of that.
        for done, block in enumerate(parts.all):
            self._progress(done / len(parts.all) / 2)
            hide_pattern(block, self.numbers.threshold, self._secret)
        for done, block in enumerate(parts.all):
            self._progress(0.5 + done / len(parts.all) / 4)
            self._sweep(block)
        # What is hidden on the way is protected with it; only a zero that is hidden can expose others.
        while exposed := self.numbers.exposed():
            for place, of in enumerate(exposed):
                self._progress(0.75 + place / len(exposed) / 4)
                if not of.is_protected:
                    self._protect(of, parts.of(of), wholes.of(of))
        self._progress(1.0)

    def _sweep(self, block: Block) -> None:
        """Find counts that differ in as many hidden numbers of a block as possible, hiding no more."""
        for _ in range(_SWEEPS):
            bonus = self._bonus(block)
            if not bonus:
                return
            found = block.search.change(self._leeways(block, Price.NOTHING), None, 0, bonus, _STEP)
            if found is None or not self._take(found[1]):
                return

    def _bonus(self, block: Block) -> dict[int, float]:
        """The exposed numbers of a block, each to change one way or the other as chance has it.

        The same chance every time: the result must not depend on anything but what goes in.
        """
        self._round += 1
        chance = random.Random(self._round)
        return {
            row: chance.uniform(0.5, 1) * chance.choice((-1, 1))
            for row, of in enumerate(block.numbers)
            if not of.is_protected and not of.is_shown
        }

    def _protect(self, target: Number, part: Block | None, whole: Block | None) -> None:
        """Find a certificate for this number, or leave it out; raises `Unprotected` where neither can be.

        No more is hidden as long as any change, however far, needs nothing more: or what is hidden would tell
        how far hidden numbers are from their ends.
        """
        attempts = [(Price.NOTHING, part, _STEP), (Price.NOTHING, part, self._far)]
        attempts += [(Price.NOTHING, whole, _STEP), (Price.NOTHING, whole, self._far)]
        attempts += [(Price.FAIR, part, _STEP), (Price.FAIR, part, _STEPS)]
        attempts += [(Price.FAIR, whole, _STEP), (Price.FAIR, whole, _STEPS)]
        attempts += [(Price.ANY, part, self._far), (Price.ANY, whole, self._far)]
        for price, block, step in attempts:
            if block is None:
                continue
            found = self._cheapest(target, block, price, step)
            if found is not None and self._take(found):
                return
        if not self._decided and target.leave_out():
            return
        raise Unprotected(
            target.name,
            "it can be worked out from what earlier issues, published figures or decisions to show numbers "
            "have made public.",
        )

    def _cheapest(self, target: Number, block: Block, price: Price, step: int) -> dict[Atom, int] | None:
        """The cheaper of the changes up and down."""
        leeways = self._leeways(block, price)
        row = block.row(target)
        bonus = {} if price is Price.ANY else self._bonus(block)
        best: tuple[float, dict[Atom, int]] | None = None
        for direction in (1, -1):
            found = block.search.change(leeways, row, direction, bonus, step)
            if found is not None and (best is None or found[0] < best[0]):
                best = found
            if best is not None and best[0] < 1:
                break
        return None if best is None else best[1]

    def _leeways(self, block: Block, price: Price) -> list[Leeway]:
        """How far the numbers of a block may move at this price."""
        leeways = [of.leeway(self.numbers.threshold, desperate=price is Price.ANY) for of in block.numbers]
        if price is Price.NOTHING:
            return [Leeway(each.low, each.high, each.low, each.high) for each in leeways]
        return leeways

    def _take(self, changes: dict[Atom, int]) -> bool:
        """Keep a certificate, in exact numbers, with what must be hidden for it; whether it was one."""
        if not changes:
            return False
        certificate = Certificate(changes)
        try:
            self._knowledge.check(certificate)
        except Contradiction:
            return False
        moved: dict[int, tuple[Number, int]] = {}
        for atom, change in changes.items():
            for of in self._by_atom[atom]:
                before = moved[id(of)][1] if id(of) in moved else 0
                moved[id(of)] = (of, before + change)
        differing = [(of, change) for of, change in moved.values() if change]
        for of, change in differing:
            leeway = of.leeway(self.numbers.threshold, desperate=True)
            if not leeway.least <= change <= leeway.most:
                return False
        for of, change in differing:
            if of.widen(change, self.numbers.threshold):
                self.driven.append(of)
            of.is_protected = True
        self.certificates.append(certificate)
        return True
