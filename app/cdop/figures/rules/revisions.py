"""When a year that was published may be published with other counts, and what a reader then knows of both.

A published year keeps its counts as they were published. If one late case were added to it, the difference
between two issues would be that case. So a revision is published only where every number of the year, shown
or hidden, changes by nothing or by the threshold and more (`why_not`).

Where it is, the old counts and the new ones are different counts, and earlier issues speak of the old. They
go on being protected: `as_edition` keeps the earlier issues under a name of the old year, and `ties` states
what everybody may take from the rule, so that no certificate has the two drift apart as if nobody could
compare them.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from app.cdop.figures.rules.counts import THRESHOLD, Atom, Relation, Shown, Statistic


def why_not(
    published: Mapping[Atom, int],
    revised: Mapping[Atom, int],
    statistics: Iterable[Statistic],
    threshold: int = THRESHOLD,
) -> list[str]:
    """The names of the statistics that stand against publishing revised counts; none when they may be.

    ``statistics`` are all that an issue has spoken of, single years and pools, with what was hidden of them.
    """
    changes = ((each.key, each.of(revised) - each.of(published)) for each in statistics)
    return [key for key, change in changes if 0 < abs(change) < threshold]


def edition_name(year: str, edition: int) -> str:
    """What a year is called in relations and certificates as it was published before its revisions."""
    return f"{year} (edition {edition})"


def as_edition(earlier: Iterable[Shown], years: Collection[str], edition: int) -> Iterator[Shown]:
    """Earlier issues, speaking of the counts of these years as they were before the revision."""
    for item in earlier:
        parts = tuple(_old(part, years, edition) for part in item.statistic.parts)
        yield replace(item, statistic=replace(item.statistic, parts=parts))


def old_counts(
    published: Mapping[Atom, int], years: Collection[str], edition: int
) -> Iterator[tuple[Atom, int]]:
    """The counts of these years before the revision, under their old name."""
    for atom, count in published.items():
        if atom.year in years:
            yield _old(atom, years, edition), count


def ties(
    published: Mapping[Atom, int],
    revised: Mapping[Atom, int],
    statistics: Iterable[Statistic],
    years: Collection[str],
    edition: int,
    threshold: int = THRESHOLD,
) -> Iterator[Relation]:
    """What the rule tells of old and new: each number is the same in both, or differs by the threshold and
    more.

    A reader seldom knows which of the two it is, and in which direction; here he is granted both.
    """
    for each in statistics:
        old = [_old(part, years, edition) for part in each.parts]
        if old == list(each.parts):
            continue
        terms = (*((part, 1) for part in each.parts if part.year in years), *_against(old, each.parts))
        change = each.of(revised) - each.of(published)
        if change == 0:
            yield Relation(terms)
        elif change > 0:
            yield Relation(terms, threshold, None)
        else:
            yield Relation(terms, None, -threshold)


def _against(old: Iterable[Atom], new: Iterable[Atom]) -> Iterator[tuple[Atom, int]]:
    return ((before, -1) for before, after in zip(old, new, strict=True) if before != after)


def _old(atom: Atom, years: Collection[str], edition: int) -> Atom:
    return atom._replace(year=edition_name(atom.year, edition)) if atom.year in years else atom
