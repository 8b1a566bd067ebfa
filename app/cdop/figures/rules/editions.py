"""What is public by now: every earlier issue, whichever counts it was made of, beside the counts of today.

A year that was published keeps its counts. Where the record has moved on since, and every number of the year
would change by nothing or by the threshold and more, the year is revised: its old counts become those of an
*edition* of the year (`revisions`). Otherwise the newer counts wait, and the year stays as it was published.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from app.cdop.figures.rules.counts import Atom, Relation, Shown, Statistic
from app.cdop.figures.rules.revisions import as_edition, edition_name, old_counts, ties, why_not


@dataclass(frozen=True)
class Issue:
    """What one issue of the figures showed of a basis, and of which counts."""

    counts: Mapping[Atom, int]
    shown: tuple[Shown, ...]


@dataclass
class Standing:
    """Counts, relations and earlier issues as the next computation must take them."""

    counts: dict[Atom, int] = field(default_factory=dict)
    earlier: list[Shown] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    #: Published years whose newer counts wait, and the names of what stands against them.
    held_back: tuple[str, ...] = ()
    against: tuple[str, ...] = ()


#: Every count of a year under the name given, zeros included, from those that are known.
Fill = Callable[[Mapping[Atom, int], Iterable[str]], dict[Atom, int]]


def stand(
    issues: Sequence[Issue],
    live: Mapping[Atom, int],
    *,
    fill: Fill,
    relate: Callable[[Iterable[str]], Iterator[Relation]],
) -> Standing:
    """Where the figures stand after these issues, oldest first, with the record's counts as they are now."""
    book = _Book(fill)
    for issue in issues:
        book.take(issue)
    names = {atom.year for atom in live}
    standing = Standing()
    changed = book.changed(live)
    if changed:
        standing.against = tuple(book.why_not(live, changed))
        if standing.against:
            standing.held_back = tuple(sorted(changed))
        else:
            book.revise(live, changed)
    kept = {atom: count for atom, count in live.items() if atom.year not in book.years}
    standing.counts = fill({**kept, **book.current, **book.old}, sorted(names | book.years | book.editions))
    standing.earlier = book.earlier
    standing.relations = [*relate(sorted(names | book.years | book.editions)), *book.ties]
    return standing


class _Book:
    """What was published up to a point: the present counts of published years, and those of old editions."""

    def __init__(self, fill: Fill) -> None:
        self.current: dict[Atom, int] = {}
        self.old: dict[Atom, int] = {}
        self.earlier: list[Shown] = []
        self.ties: list[Relation] = []
        self.years: set[str] = set()
        self.editions: set[str] = set()
        self._fill = fill
        self._edition = 0

    def take(self, issue: Issue) -> None:
        """Add an issue; where it revised years that were published before, those become an edition."""
        if changed := self.changed(issue.counts):
            self.revise(issue.counts, changed)
        self.current |= issue.counts
        self.years |= {atom.year for atom in issue.counts}
        self.earlier += issue.shown

    def changed(self, counts: Mapping[Atom, int]) -> set[str]:
        """The published years that these counts tell differently; others have not changed."""
        spoken = {atom.year for atom in counts} & self.years
        now = self._fill(counts, spoken)
        published = self._fill(self.current, spoken)
        return {atom.year for atom, count in now.items() if count != published.get(atom, 0)}

    def why_not(self, counts: Mapping[Atom, int], years: set[str]) -> list[str]:
        """The names of what stands against publishing these counts of these years."""
        return why_not(self._before(), self._after(counts, years), self._spoken(years))

    def revise(self, counts: Mapping[Atom, int], years: set[str]) -> None:
        """Let the counts published of these years become an edition, and these counts take their place."""
        self._edition += 1
        number = self._edition
        before, after = self._before(), self._after(counts, years)
        statistics = self._spoken(years)
        self.ties = [_renamed(relation, years, number) for relation in self.ties]
        self.ties += ties(before, after, statistics, years, number)
        # What was shown and did not change is as public of the new counts as it is of the old.
        same = [
            item
            for item in self.earlier
            if not item.mark.is_hidden
            and any(part.year in years for part in item.statistic.parts)
            and item.statistic.of(after) == item.statistic.of(before)
        ]
        self.earlier = [*as_edition(self.earlier, years, number), *same]
        published = {atom: count for atom, count in before.items() if atom.year in years}
        self.old |= old_counts(published, years, number)
        self.editions |= {edition_name(year, number) for year in years}
        self.current |= {atom: count for atom, count in after.items() if atom.year in years}

    def _spoken(self, years: set[str]) -> list[Statistic]:
        """Every number of these years that an issue spoke of, each once."""
        found = {
            frozenset(item.statistic.parts): item.statistic
            for item in self.earlier
            if any(part.year in years for part in item.statistic.parts)
        }
        return list(found.values())

    def _before(self) -> dict[Atom, int]:
        return {**self._fill(self.current, sorted(self.years)), **self.old}

    def _after(self, counts: Mapping[Atom, int], years: set[str]) -> dict[Atom, int]:
        return {**self._before(), **self._fill(counts, sorted(years))}


def _renamed(relation: Relation, years: set[str], edition: int) -> Relation:
    """A relation that spoke of these years as they were published until now."""
    terms = tuple(
        (atom._replace(year=edition_name(atom.year, edition)) if atom.year in years else atom, factor)
        for atom, factor in relation.terms
    )
    return Relation(terms, relation.low, relation.high)
