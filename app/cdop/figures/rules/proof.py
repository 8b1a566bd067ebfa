"""The proof that nothing hidden can be worked out, in whole numbers and without trust in how it was decided.

The reader of the proof holds every issue there ever was and this one: each number shown, each mark at its
strictest (`counts.stars`), that counts are whole and not below zero, and every relation between them. The
true counts are one set of numbers that agrees with all that. A *certificate* is another. A number is
protected when some certificate gives it another value than the truth: then at least two values are possible,
and the reader cannot say which. Whoever finds that no certificate does so has not shown that the number can
be worked out, only that nobody has shown that it cannot; it must not be published then either.

What the proof does not grant its reader: to run the engine on every set of counts that agrees with the
publication, and to strike out those from which it would have published something else. Against him stands
`pattern`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from app.cdop.figures.rules.counts import (
    THRESHOLD,
    Atom,
    Kind,
    Mark,
    Relation,
    Shown,
    Unprotected,
    name_of,
    within,
)

_Thing = TypeVar("_Thing")


@dataclass(frozen=True)
class Certificate:
    """Another set of counts that a reader must hold possible, by what it adds to the true ones."""

    changes: Mapping[Atom, int]


class Contradiction(Exception):
    """Counts, marks, relations or certificates that do not agree: what is to be proved is not even so."""


def prove(
    counts: Mapping[Atom, int],
    shown: Collection[Shown],
    relations: Collection[Relation],
    certificates: Iterable[Certificate],
    *,
    earlier: Collection[Shown] = (),
    overridden: Collection[str] = (),
    threshold: int = THRESHOLD,
) -> None:
    """Hold that everything hidden in this issue or an earlier one, and every count not shown, is protected.

    1. The true counts are whole, not below zero, and agree with the relations and with every issue.
    2. This issue shows no small number, unless an earlier issue did, the chair decided so, or it is the sum
       of counts that are public for such a reason.
    3. Every certificate agrees with all that a reader knows.
    4. Each number to be protected differs from the truth in some certificate.

    Raises `Contradiction` where 1 or 3 fails and `Unprotected`, naming the number, where 2 or 4 does.
    """
    public = [*earlier, *shown]
    check_truth(counts, public, relations)
    _check_small(counts, shown, earlier, overridden, threshold)
    knowledge = Knowledge(counts, public, relations)
    protected: set[frozenset[Atom]] = set()
    for certificate in certificates:
        touched = knowledge.check(certificate)
        protected.update(touched)
    for parts, name in to_protect(counts, public).items():
        if parts not in protected:
            raise Unprotected(name, "no certificate shows a second value that it may have.")


def check_truth(
    counts: Mapping[Atom, int], public: Collection[Shown], relations: Collection[Relation]
) -> None:
    """Raise `Contradiction` unless the true counts agree with everything."""
    for atom, count in counts.items():
        if type(count) is not int or count < 0:
            raise Contradiction(f"‘{name_of(atom)}’ is no count: {count!r}.")
    for relation in relations:
        if not relation.holds(counts):
            names = ", ".join(name_of(atom) for atom, _ in relation.terms)
            raise Contradiction(f"These counts do not obey their relation: {names}.")
    for item in public:
        value = item.statistic.of(counts)
        if not item.mark.admits(value):
            raise Contradiction(f"‘{item.statistic.key}’ is {value}, but was shown as {item.mark}.")


def _check_small(
    counts: Mapping[Atom, int],
    shown: Collection[Shown],
    earlier: Collection[Shown],
    overridden: Collection[str],
    threshold: int,
) -> None:
    """Raise `Unprotected` for a small number that stands in this issue without leave."""
    allowed = [item for item in earlier if not item.mark.is_hidden]
    allowed += [item for item in shown if item.statistic.key in overridden]
    known = public_parts(counts, allowed)
    for item in shown:
        small = 0 < item.statistic.of(counts) < threshold
        if not small or item.mark.is_hidden or frozenset(item.statistic.parts) in known:
            continue
        if not all(frozenset([part]) in known for part in item.statistic.parts):
            raise Unprotected(item.statistic.key, "it is a small number, and it is shown.")


def public_parts(counts: Mapping[Atom, int], public: Iterable[Shown]) -> set[frozenset[Atom]]:
    """The numbers that are shown, each by its parts; the parts of a zero are zero for everybody."""
    known: set[frozenset[Atom]] = set()
    for item in public:
        if item.mark.is_hidden:
            continue
        known.add(frozenset(item.statistic.parts))
        if item.statistic.of(counts) == 0:
            known.update(frozenset([part]) for part in item.statistic.parts)
    return known


def to_protect(counts: Mapping[Atom, int], public: Collection[Shown]) -> dict[frozenset[Atom], str]:
    """Every number that is hidden wherever it stands, and every count that stands nowhere; with their names.

    A sum that was left out is no number of the publication, but its parts are counts like all.

    In the order in which they were published, and the counts in the order in which they are given.
    """
    known = public_parts(counts, public)
    hidden: dict[frozenset[Atom], str] = {}
    for item in public:
        parts = frozenset(item.statistic.parts)
        if item.mark.is_hidden and item.mark.kind is not Kind.ABSENT and parts not in known:
            hidden.setdefault(parts, item.statistic.key)
    for atom in counts:
        single = frozenset([atom])
        if single not in known:
            hidden.setdefault(single, name_of(atom))
    return hidden


class Knowledge:
    """All that a reader knows, arranged so that a certificate is checked where it differs from the truth.

    Where it does not differ the truth agrees, and so does the certificate.
    """

    def __init__(
        self, counts: Mapping[Atom, int], public: Iterable[Shown], relations: Iterable[Relation]
    ) -> None:
        self.counts = counts
        self._marks: dict[frozenset[Atom], tuple[str, list[Mark]]] = {}
        for item in public:
            _, marks = self._marks.setdefault(frozenset(item.statistic.parts), (item.statistic.key, []))
            if item.mark not in marks:
                marks.append(item.mark)
        for atom in counts:
            self._marks.setdefault(frozenset([atom]), (name_of(atom), []))
        self._holding: dict[Atom, list[frozenset[Atom]]] = defaultdict(list)
        for parts in self._marks:
            for atom in parts:
                self._holding[atom].append(parts)
        self._relations: dict[Atom, list[Relation]] = defaultdict(list)
        for relation in relations:
            for atom, _ in relation.terms:
                self._relations[atom].append(relation)

    def check(self, certificate: Certificate) -> list[frozenset[Atom]]:
        """The numbers that differ from the truth in it; raises `Contradiction` if it cannot be."""
        changes = {atom: change for atom, change in certificate.changes.items() if change}
        for atom, change in changes.items():
            if type(change) is not int or self.counts[atom] + change < 0:
                raise Contradiction(f"A certificate gives ‘{name_of(atom)}’ no possible count.")
        for relation in _each_once(self._relations, changes):
            moved = sum(
                factor * (self.counts[atom] + changes.get(atom, 0)) for atom, factor in relation.terms
            )
            if not within(moved, relation.low, relation.high):
                names = ", ".join(name_of(atom) for atom, _ in relation.terms)
                raise Contradiction(f"A certificate does not obey a relation: {names}.")
        differing = []
        for parts in _each_once(self._holding, changes):
            change = sum(changes.get(part, 0) for part in parts)
            if not change:
                continue
            key, marks = self._marks[parts]
            value = sum(self.counts[part] for part in parts) + change
            if not all(mark.admits(value) for mark in marks):
                raise Contradiction(f"A certificate does not agree with what is shown of ‘{key}’.")
            differing.append(parts)
        return differing


def _each_once(by_atom: Mapping[Atom, Sequence[_Thing]], atoms: Iterable[Atom]) -> Iterator[_Thing]:
    """What these atoms stand in, each thing once."""
    seen: set[int] = set()
    for atom in atoms:
        for thing in by_atom.get(atom, ()):
            if id(thing) not in seen:
                seen.add(id(thing))
                yield thing
