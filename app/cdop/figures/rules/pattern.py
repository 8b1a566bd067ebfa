"""Which numbers to hide beside the small ones, decided without looking at any number that is hidden.

Whoever knows the method can run it on every set of counts that agrees with a publication, and strike out
those for which it would have published something else. If a choice of ours looks at a hidden number, what we
chose tells of it. So the pattern is laid by what everybody may know anyway: which numbers are zero, small, of
one class of size or the other (`counts.stars`), and how sums tie them. In every set of counts that agrees
with the result at its strictest these are the same, so the pattern is, so what is published is, and nothing
is struck out.

For each hidden number the pattern leaves a *move*: counts that go up and down by one so that the number
changes and nothing shown does. Whether the true counts have room for it is seen only when certificates are
searched. Where they have not (a small number is one and its partner just five, say), more must be hidden
because of what they are. These marks are named in the result as `driven`: from them alone such a reader can
learn something.

That he cannot be sure of it, some numbers are hidden that need not be: *decoys*, drawn by a secret that he
does not have. Then what was driven may as well have been drawn. Totals are never drawn, nor is anything in a
row in which nothing is hidden. Without a secret there are no decoys.
"""

import hashlib

from app.cdop.figures.rules.blocks import Block
from app.cdop.figures.rules.counts import Atom, Kind
from app.cdop.figures.rules.numbers import Number
from app.cdop.figures.rules.search import NONE, Leeway

#: With so few small numbers in one sum they are often all one, and no move among themselves has room.
_FEW = 2
#: How many of the numbers that may be are hidden as decoys.
_DECOYS = 1 / 30


def hide_pattern(block: Block, threshold: int, secret: str = "") -> None:
    """Hide numbers of this block until every hidden one has a move."""
    moved: set[int] = set()
    _find_moves(block, threshold, moved)
    if secret:
        # After the pattern, which must not lean on them: with the same decoys, others would have the same
        # pattern.
        _hide_decoys(block, threshold, secret)
        _find_moves(block, threshold, moved)


def _find_moves(block: Block, threshold: int, moved: set[int]) -> None:
    """A move for each hidden number that is not among those ``moved`` yet."""
    few = _few(block)
    for row, of in enumerate(block.numbers):
        if of.is_shown or row in moved:
            continue
        for tight in (few, set[int]()):
            leeways = [
                _outline(each, threshold, only_up=place in tight) for place, each in enumerate(block.numbers)
            ]
            found = block.search.change(leeways, row, 1, {}, 1, outline=True)
            if found is None:
                continue
            for place, each in enumerate(block.numbers):
                if sum(found[1].get(part, 0) for part in each.parts):
                    moved.add(place)
                    if each.is_shown:
                        each.hide(threshold)
            break


def _hide_decoys(block: Block, threshold: int, secret: str) -> None:
    """Hide what is drawn of the numbers that share a sum with a hidden one; a small one tells less."""
    place = {of.parts[0]: of for of in block.numbers if len(of.parts) == 1}
    near: set[Atom] = set()
    for relation in block.relations:
        atoms = [atom for atom, _ in relation.terms if atom in place]
        if any(not place[atom].is_shown for atom in atoms):
            near.update(atoms)
    for of in block.numbers:
        if near.intersection(of.parts) and is_drawn(of, secret):
            of.hide(threshold)


def is_drawn(of: Number, secret: str) -> bool:
    """Whether the secret draws a number as a decoy; by its parts alone, never by its value."""
    name = "|".join("/".join(part) for part in sorted(of.parts))
    drawn = hashlib.sha256(f"{secret}|{name}".encode()).digest()
    return int.from_bytes(drawn[:8]) < _DECOYS * 2**64


def _few(block: Block) -> set[int]:
    """The small counts that stand in one sum with few others."""
    place = {of.parts[0]: row for row, of in enumerate(block.numbers) if len(of.parts) == 1}
    few: set[int] = set()
    for relation in block.relations:
        if relation.low == relation.high:
            rows = [place[atom] for atom, _ in relation.terms if atom in place]
            small = [row for row in rows if block.numbers[row].is_small]
            if len(small) <= _FEW:
                few.update(small)
    return few


def _outline(of: Number, threshold: int, *, only_up: bool) -> Leeway:
    """How far a number might move, for all that is known of it: by one, a small one among few only up."""
    if of.is_public or (of.mark is not None and of.mark.kind is Kind.NUMBER and of.value == 0):
        return NONE
    if of.is_shown:
        return Leeway(0, 0, -1, 1, of.cost(threshold))
    return Leeway(0, 1, 0, 1) if only_up else Leeway(-1, 1, -1, 1)
