"""An attacker who holds every table, pool and issue of random years finds two values for all that is hidden.

More examples by hand: FIGURES_EXAMPLES=500 pytest tests/rules/test_suppression_attack.py
"""

import os
import random
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.cdop.figures.rules.counts import Atom, Unprotected, primary
from app.cdop.figures.rules.tables import POOLS, Dimension, build
from tests.support.attacker import Attacker, Sight, Table, enumerate_worlds
from tests.support.figures import BASIS, Record, counts_of, made_up, year_names

EXAMPLES = int(os.environ.get("FIGURES_EXAMPLES", "10"))
many = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

more = settings(many, max_examples=3 * EXAMPLES)


@st.composite
def dimension(draw: st.DrawFn, name: str) -> Dimension:
    """A partition, or domains with factors of some of them."""
    if draw(st.integers(0, 3)):
        return Dimension(name, tuple(f"{name}{number}" for number in range(draw(st.integers(2, 6)))))
    domains = tuple("ABCD"[: draw(st.integers(1, 4))])
    of = draw(st.lists(st.sampled_from(domains), max_size=4))
    parts = tuple((f"factor {number}", domain) for number, domain in enumerate(of))
    return Dimension(name, domains + tuple(part for part, _ in parts), partition=False, part_of=parts)


@st.composite
def records(draw: st.DrawFn, years: int = 10) -> tuple[Record, list[str]]:
    """The counts of some years, in up to three dimensions, from a few cases in all to many a year."""
    dimensions = tuple(draw(dimension(name)) for name in ("p", "q", "r")[: draw(st.integers(1, 3))])
    mean = draw(st.sampled_from([1, 3, 6, 10, 15, 25, 60]))
    named = year_names(years)
    counts = made_up(random.Random(draw(st.integers(0, 2**32))), dimensions, named, mean)
    return Record(dimensions, counts), named


def publish_earlier(data: st.DataObject, record: Record, years: Sequence[str]) -> None:
    """One or two issues of some of the years and dimensions, with pools of their own."""
    for _ in range(data.draw(st.integers(1, 2))):
        first = data.draw(st.integers(0, len(years) - 1))
        last = data.draw(st.integers(first, len(years) - 1))
        pools = data.draw(st.sets(st.sampled_from([2, 3, 5])))
        some = data.draw(st.lists(st.sampled_from(record.dimensions), unique=True))
        record.publish(years[first : last + 1], sorted(pools), dimensions=some)


@many
@given(st.data())
def test_nothing_hidden_can_be_worked_out_from_every_table_pool_and_issue(data: st.DataObject) -> None:
    record, years = data.draw(records())
    publish_earlier(data, record, years)
    record.publish(years, POOLS)
    assert list(record.attacker().worked_out()) == []


@more
@given(st.data())
def test_decisions_to_show_numbers_are_refused_or_tell_nothing_else(data: st.DataObject) -> None:
    record, years = data.draw(records(years=4))
    keys = [each.key for each in build(BASIS, record.dimensions, years, (3,)).statistics]
    overridden = data.draw(st.lists(st.sampled_from(keys), min_size=1, max_size=3))
    before = len(record.public)
    record.publish(years[:2])
    try:
        record.publish(years, (3,), overridden=overridden)
    except Unprotected:
        assert len(record.public) > before
    else:
        shown = {item.statistic.key for item in record.public if not item.mark.is_hidden}
        assert shown >= set(overridden)
    assert list(record.attacker().worked_out()) == []


@more
@given(st.data())
def test_what_is_small_is_never_shown_and_zero_and_the_earlier_always(data: st.DataObject) -> None:
    record, years = data.draw(records(years=5))
    record.publish(years[:3], (3,))
    assert all(str(item.mark) == "0" for item in record.public if not item.statistic.of(record.counts))
    earlier = {
        frozenset(item.statistic.parts): item.statistic.of(record.counts)
        for item in record.public
        if not item.mark.is_hidden
    }
    record.publish(years, POOLS)
    for item in record.public:
        value = item.statistic.of(record.counts)
        assert item.mark.admits(value)
        assert item.mark.is_hidden or not 0 < value < 5
        assert not item.mark.is_hidden or frozenset(item.statistic.parts) not in earlier


# The attacker himself.


def naive(years: Sequence[str], rows: Sequence[Sequence[int]], pools: Sequence[int] = ()) -> Record:
    """A record with an issue in which only small numbers were hidden."""
    place = Dimension("place", tuple("xyzw"[: len(rows[0])]))
    counts: dict[Atom, int] = {}
    for year, row in zip(years, rows, strict=True):
        counts |= counts_of(place, {year: list(row)})
    record = Record((place,), counts)
    tables = build(BASIS, (place,), years, pools)
    record.publish_naively(tables, {each.key: primary(each.of(counts)) for each in tables.statistics})
    return record


@pytest.mark.parametrize(
    ("rows", "pools", "given_away"),
    [
        pytest.param([[9, 3, 7]], (), {"y"}, id="one alone"),
        pytest.param([[4, 4, 7]], (), {"x", "y"}, id="two fours"),
        pytest.param([[1, 1, 1]], (), set(), id="three ones below a small total"),
        pytest.param([[1, 1, 1, 7]], (), {"x", "y", "z"}, id="three ones"),
        pytest.param([[2, 3, 7]], (), set(), id="two that are safe"),
        pytest.param([[2, 2, 7], [6, 6, 9]], (2,), {"x", "y"}, id="a pool less a year"),
        pytest.param(
            [[1, 8, 1], [1, 8, 1], [1, 8, 1], [1, 8, 1]], (4,), {"x", "z"}, id="four ones in a pool"
        ),
    ],
)
def test_the_attacker_breaks_what_only_hides_small_numbers(
    rows: list[list[int]], pools: tuple[int, ...], given_away: set[str]
) -> None:
    attacker = naive(year_names(len(rows)), rows, pools).attacker()
    assert {value for cells in attacker.worked_out() for _, value, _ in cells} == given_away


@given(st.lists(st.lists(st.integers(0, 6), min_size=3, max_size=3), min_size=1, max_size=2), st.booleans())
@settings(max_examples=6 * EXAMPLES, deadline=None)
def test_the_attacker_finds_what_trying_every_world_finds(rows: list[list[int]], pooled: bool) -> None:
    record = naive(year_names(len(rows)), rows, (2,) if pooled else ())
    attacker = record.attacker(ceiling=max(6, *map(sum, rows)))
    worlds = list(enumerate_worlds(attacker))
    assert worlds
    for sight in attacker.sights:
        values = [attacker.value_in(world, sight.cells) for world in worlds]
        assert attacker.extreme(sight.cells, 1) == min(values)
        assert attacker.extreme(sight.cells, -1) == max(values)
    determined = {
        cells
        for cells in {sight.cells for sight in attacker.sights if not sight.tells_all}
        if len({attacker.value_in(world, cells) for world in worlds}) == 1
    }
    assert set(attacker.worked_out()) >= determined


@given(st.data())
@settings(max_examples=6 * EXAMPLES, deadline=None)
def test_on_small_tables_every_hidden_number_has_two_worlds(data: st.DataObject) -> None:
    """No solver on the attacker's side: all worlds are tried."""
    row = st.lists(st.integers(0, 7), min_size=3, max_size=3)
    rows = data.draw(st.lists(row, min_size=1, max_size=2))
    years = year_names(len(rows))
    place = Dimension("place", ("x", "y", "z"))
    counts = naive(years, rows).counts
    record = Record((place,), counts)
    record.publish(years[:1])
    record.publish(years, (2,))
    attacker = record.attacker(ceiling=max(counts.values()) + 1)
    worlds = list(enumerate_worlds(attacker)) if len(rows) == 1 else []
    for sight in attacker.sights:
        if worlds and not sight.tells_all:
            assert len({attacker.value_in(world, sight.cells) for world in worlds}) > 1
    assert list(attacker.worked_out()) == []


def test_the_attacker_reads_domains_and_factors_as_everybody_does() -> None:
    """One factor in a domain of its own: as many as the domain, whatever its own cell says."""
    table = Table("factor", ("B", "smoking"), one_each=False, inside={"smoking": "B"})
    year = "2016/17"
    sights = [
        Sight(frozenset({("", "", year)}), 20, 20),
        Sight(frozenset({("factor", "not B", year)}), 17, 17),
        Sight(frozenset({("factor", "smoking", year)}), 1, 4),
    ]
    attacker = Attacker([table], [year], sights, 40)
    assert set(attacker.worked_out()) == {
        frozenset({("factor", "B", year)}),
        frozenset({("factor", "smoking", year)}),
    }
