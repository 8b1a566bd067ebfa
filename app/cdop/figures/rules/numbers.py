"""The numbers of a publication while it is decided what to show of them, and how far each may move."""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from app.cdop.figures.rules.counts import (
    ABSENT,
    THRESHOLD,
    Atom,
    Grade,
    Kind,
    Mark,
    Shown,
    Statistic,
    name_of,
    number,
    primary,
    stars,
)
from app.cdop.figures.rules.search import NONE, Leeway

#: What a reader loses by a star over a number; a total only where nothing else helps.
_COST = {Grade.IMPLIED: 1.0, Grade.CELL: 10.0, Grade.POOL: 15.0, Grade.TOTAL: 1000.0}
#: By how much more it costs to hide a number of the larger class (`counts.stars`).
_LARGE = 2.0
#: "<5" becoming a star.
_WIDENED = 8.0
#: A star no longer telling the class of size.
_CLASS = 1.0
#: A zero becoming a star, or a star telling less: what is done last, and only to protect earlier issues.
_DESPERATE = 500.0


@dataclass
class Number:
    """One sum of counts, wherever it stands, and what is public of it."""

    name: str
    parts: tuple[Atom, ...]
    value: int
    grade: Grade
    #: What earlier issues grant a reader; no mark where none showed it.
    before: tuple[Mark, ...] = ()
    #: What this issue shows of it; None where it does not.
    mark: Mark | None = None
    #: Whether the number itself is known to everybody for good: it was shown before, or the chair decided.
    is_public: bool = False
    #: Whether the mark is no longer ours to choose: it is public, or was hidden before.
    is_settled: bool = True
    #: Whether some certificate differs from the truth here.
    is_protected: bool = False
    _leeway: Leeway | None = field(default=None, repr=False)

    @property
    def is_shown(self) -> bool:
        """Whether the number itself is public, as matters stand."""
        return self.is_public or (self.mark is not None and not self.mark.is_hidden)

    @property
    def is_small(self) -> bool:
        """Whether it is known to be small, but not how small."""
        marks = self.before if self.mark is None else (*self.before, self.mark)
        return not self.is_public and any(mark.kind is Kind.BELOW for mark in marks)

    def leeway(self, threshold: int, *, desperate: bool = False) -> Leeway:
        """How far it may move, from the truth, in a certificate."""
        if desperate:
            return self._reckoned(threshold, desperate=True)
        if self._leeway is None:
            self._leeway = self._reckoned(threshold, desperate=False)
        return self._leeway

    def _reckoned(self, threshold: int, *, desperate: bool) -> Leeway:
        if self.is_public:
            return NONE
        marks = [mark for mark in (*self.before, self.mark) if mark is not None]
        low = max((mark.low for mark in marks), default=0) - self.value
        high = min((math.inf if mark.high is None else mark.high for mark in marks), default=math.inf)
        high -= self.value
        if self.is_settled or self.mark is None:
            return Leeway(low, high, low, high)
        if desperate:
            return Leeway(low, high, -self.value, math.inf, self.cost(threshold, desperate=True))
        widest = self._widest(threshold)
        most = math.inf if widest.high is None else widest.high - self.value
        return Leeway(low, high, widest.low - self.value, most, self.cost(threshold, desperate=False))

    def widen(self, change: int, threshold: int) -> bool:
        """Show no more than a reader may know who holds ``value + change`` possible; whether that is less.

        Every mark here admits what the one before it admitted, so whatever was possible stays so.
        """
        if self.is_settled or self.mark is None or self.mark.admits(self.value + change):
            return False
        self._leeway = None
        self.mark = next(mark for mark in self._stars(threshold) if mark.admits(self.value + change))
        return True

    def leave_out(self) -> bool:
        """Leave a sum out that nobody published before; whether that may be."""
        if self.is_settled or self.mark is None or len(self.parts) == 1:
            return False
        self.mark, self.is_settled, self._leeway = ABSENT, True, None
        return True

    def hide(self, threshold: int) -> None:
        """Put a star over it, if that is ours to choose and it is not zero."""
        if not self.is_settled and self.value and self.mark is not None and self.mark.kind is not Kind.STAR:
            self._leeway = None
            self.mark = self._stars(threshold)[0]

    def _stars(self, threshold: int) -> tuple[Mark, ...]:
        """The stars it may have; an implied number, which nobody misses, has no class of size."""
        possible = stars(self.value, threshold)
        return possible[1:] if self.grade is Grade.IMPLIED and self.value >= threshold else possible

    def _widest(self, threshold: int) -> Mark:
        """The mark that grants least of those it may get without despair."""
        assert self.mark is not None
        return self.mark if self.value == 0 else self._stars(threshold)[-2]

    def cost(self, threshold: int, *, desperate: bool = False) -> float:
        """By a unit; it may look at nothing of the number that its star does not grant."""
        assert self.mark is not None
        if desperate and (self.mark.kind is Kind.STAR or self.value == 0):
            return _DESPERATE
        if self.mark.kind is Kind.STAR:
            return _CLASS
        if self.mark.kind is Kind.BELOW:
            return _WIDENED
        is_large = self._stars(threshold)[0].low > threshold
        return _COST[self.grade] * (_LARGE if is_large else 1)


class Numbers:
    """All numbers that are public in part or shall be, each once by its parts, in the order given."""

    def __init__(
        self,
        counts: Mapping[Atom, int],
        statistics: Iterable[Statistic],
        earlier: Iterable[Shown],
        overridden: Collection[str],
        threshold: int = THRESHOLD,
    ) -> None:
        self.counts = counts
        self.threshold = threshold
        self._by_parts: dict[frozenset[Atom], Number] = {}
        for item in earlier:
            of = self._number(item.statistic)
            if item.mark.kind is Kind.ABSENT:
                continue
            if item.mark not in of.before:
                of.before = (*of.before, item.mark)
            of.is_public |= not item.mark.is_hidden
        for statistic in statistics:
            self._mark(self._number(statistic), statistic.key in overridden)
        for atom in counts:
            self._number(Statistic(name_of(atom), (atom,)))
        self._settle()

    def __iter__(self) -> Iterator[Number]:
        return iter(self._by_parts.values())

    def of(self, statistic: Statistic) -> Number:
        """The number that a statistic is."""
        return self._by_parts[frozenset(statistic.parts)]

    def exposed(self) -> list[Number]:
        """The numbers that are hidden and not protected yet, in order; the counts first."""
        zeros = {part for of in self if of.value == 0 and of.is_shown for part in of.parts}
        found = [
            of
            for of in self
            if not of.is_protected
            and not of.is_shown
            and of.mark != ABSENT
            and not (len(of.parts) == 1 and of.parts[0] in zeros)
        ]
        return sorted(found, key=lambda of: len(of.parts) > 1)

    def _number(self, statistic: Statistic) -> Number:
        parts = frozenset(statistic.parts)
        of = self._by_parts.get(parts)
        if of is None:
            value = statistic.of(self.counts)
            of = Number(statistic.key, statistic.parts, value, statistic.grade)
            self._by_parts[parts] = of
        return of

    def _mark(self, of: Number, is_overridden: bool) -> None:
        """The mark to begin with: as it was published before, else as if the number stood by itself.

        What earlier issues hid stays hidden: other numbers may rest on it.
        """
        if of.is_public or is_overridden:
            of.mark = number(of.value)
            self._publish(of)
        elif of.before:
            of.mark = of.before[-1]
        elif of.mark is None:
            of.mark, of.is_settled = primary(of.value, self.threshold), False

    def _settle(self) -> None:
        """What follows at once from public numbers is public: the parts of a zero, sums of known counts."""
        for of in [of for of in self if of.is_public and of.value == 0]:
            for part in of.parts:
                self._publish(self._by_parts[frozenset([part])])
        for of in self:
            if all(self._by_parts[frozenset([part])].is_public for part in of.parts):
                self._publish(of)

    def _publish(self, of: Number) -> None:
        of.is_public = of.is_settled = True
        if of.mark is not None:
            of.mark = number(of.value)
