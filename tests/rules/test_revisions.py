"""Publishing a year again with other counts."""

import pytest

from app.cdop.figures.rules.counts import Atom, Shown
from app.cdop.figures.rules.revisions import as_edition, edition_name, old_counts, ties, why_not
from app.cdop.figures.rules.suppression import suppress
from app.cdop.figures.rules.tables import Dimension, build, relations
from tests.support.attacker import Attacker, Sight, Table
from tests.support.figures import BASIS, counts_of

Y1, Y2 = "2015/16", "2016/17"
AREA = Dimension("area", ("north", "south", "east"))
TABLES = build(BASIS, (AREA,), [Y1, Y2], (2,))


def counts(first: tuple[int, ...]) -> dict[Atom, int]:
    return counts_of(AREA, {Y1: first, Y2: (9, 7, 12)})


@pytest.mark.parametrize(
    ("revised", "against"),
    [
        ((3, 8, 11), []),
        ((3, 8, 16), []),
        ((3, 2, 17), []),
        ((4, 8, 11), ["north", "total"]),
        ((3, 9, 10), ["south", "east"]),
        ((3, 8, 15), ["east", "total"]),
        ((3, 8, 6), []),
        ((8, 5, 11), ["south", "total"]),
    ],
)
def test_a_year_changes_by_nothing_or_by_five_and_more(revised: tuple[int, ...], against: list[str]) -> None:
    single = [each for each in TABLES.statistics if each.parts[0].year == Y1 and len(each.parts) == 1]
    found = why_not(counts((3, 8, 11)), counts(revised), single)
    assert {part for key in found for part in key.split(" · ") if part in {*AREA.values, "total"}} == set(
        against
    )


def test_pools_stand_against_it_too() -> None:
    found = why_not(counts((3, 8, 11)), counts((3, 8, 12)), TABLES.statistics)
    assert f"{BASIS} · area · east · {Y1} to {Y2}" in found


def test_both_editions_stay_protected_against_who_compares_them() -> None:
    published, revised = counts((3, 8, 11)), counts((3, 8, 17))
    assert why_not(published, revised, TABLES.statistics) == []
    first = suppress(published, TABLES.statistics, TABLES.relations)
    before = [Shown(each, first.marks[each.key]) for each in TABLES.statistics]
    earlier = list(as_edition(before, {Y1}, 1))
    old_year = edition_name(Y1, 1)
    again = suppress(
        revised | dict(old_counts(published, {Y1}, 1)),
        TABLES.statistics,
        [
            *relations(BASIS, (AREA,), [Y1, Y2, old_year]),
            *ties(published, revised, TABLES.statistics, {Y1}, 1),
        ],
        earlier=earlier,
    )
    now = [Shown(each, again.marks[each.key]) for each in TABLES.statistics]
    sights = [
        Sight(
            frozenset(
                ("" if not part.value else part.dimension, part.value, part.year) for part in each.parts
            ),
            mark.low,
            mark.high,
        )
        for each, mark in ((item.statistic, item.mark) for item in [*earlier, *now])
    ]
    attacker = Attacker([Table(AREA.name, AREA.values)], [Y1, Y2, old_year], sights, 100)
    for column in ("north", "south"):
        # He takes it that these did not change.
        attacker.rows.append(({(AREA.name, column, Y1): 1, (AREA.name, column, old_year): -1}, 0, 0))
    assert list(attacker.worked_out()) == []


def test_what_did_not_change_is_tied_and_what_did_keeps_its_distance() -> None:
    published, revised = counts((3, 8, 11)), counts((3, 8, 4))
    tied = {
        relation.terms[0][0].value: relation
        for relation in ties(published, revised, TABLES.statistics[:4], {Y1}, 1)
    }
    assert (tied["north"].low, tied["north"].high) == (0, 0)
    assert (tied["east"].low, tied["east"].high) == (None, -5)
    both = revised | dict(old_counts(published, {Y1}, 1))
    assert all(relation.holds(both) for relation in tied.values())
    other = [each for each in TABLES.statistics if each.parts == (Atom(BASIS, "area", "north", Y2),)]
    assert list(ties(published, revised, other, {Y1}, 1)) == []
