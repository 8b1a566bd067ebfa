"""A reader who knows the method runs it on every set of counts that agrees with what was published.

He strikes out those from which something else would have been published. Where no mark was driven by hidden
numbers he is left with two values for each number all the same; where one was, decoys that he cannot know
leave them to him.
"""

import os
import random
from collections.abc import Iterable, Mapping

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.cdop.figures.rules import pattern
from app.cdop.figures.rules.counts import TOTAL, Atom, Grade
from app.cdop.figures.rules.numbers import Number
from app.cdop.figures.rules.suppression import Suppression, suppress
from app.cdop.figures.rules.tables import Dimension, Tables, build
from tests.support.attacker import enumerate_worlds
from tests.support.figures import BASIS, Record, counts_of, made_up, year_names

EXAMPLES = int(os.environ.get("FIGURES_EXAMPLES", "6"))
YEAR = "2016/17"
PLACE = Dimension("place", ("x", "y", "z"))
TABLES = build(BASIS, (PLACE,), [YEAR])
ROW = st.lists(st.integers(0, 9), min_size=3, max_size=3)


def published(row: Iterable[int], secret: str = "") -> tuple[dict[Atom, int], Suppression]:
    counts = counts_of(PLACE, {YEAR: tuple(row)})
    return counts, suppress(counts, TABLES.statistics, TABLES.relations, secret=secret)


def as_seen(result: Suppression) -> list[str]:
    return [str(mark) for mark in result.marks.values()]


def left_to_the_reader(
    counts: Mapping[Atom, int], result: Suppression, secret: str = ""
) -> Mapping[str, set[int]]:
    """The values each hidden number has in the worlds that would have been published in the same way."""
    record = Record((PLACE,), counts)
    record.publish_naively(TABLES, result.marks)
    possible: dict[str, set[int]] = {key: set() for key, mark in result.marks.items() if mark.is_hidden}
    for world in enumerate_worlds(record.attacker(ceiling=max(*counts.values(), 9) + 5)):
        row = [world["place", value, YEAR] for value in PLACE.values]
        others, again = published(row, secret)
        if as_seen(again) != as_seen(result):
            continue
        for statistic in TABLES.statistics:
            if statistic.key in possible:
                possible[statistic.key].add(statistic.of(others))
    return possible


@given(ROW)
@settings(max_examples=4 * EXAMPLES, deadline=None)
def test_who_runs_the_method_is_left_with_two_values_where_nothing_was_driven(row: list[int]) -> None:
    counts, result = published(row)
    assume(not result.driven)
    for key, values in left_to_the_reader(counts, result).items():
        assert len(values) > 1, key


def test_what_is_driven_is_named() -> None:
    """12 = 5 + 1 + 6: the five has no room beside the one, so the six is hidden because of what they are."""
    _, result = published((5, 1, 6))
    assert result.driven == (f"{BASIS} · place · z · {YEAR}",)
    assert published((7, 2, 6))[1].driven == ()


def test_decoys_make_what_is_driven_look_like_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    counts, result = published((5, 1, 6))
    assert {len(values) for values in left_to_the_reader(counts, result).values()} == {1}
    monkeypatch.setattr(pattern, "is_drawn", lambda of, secret: of.name in result.driven)
    left = left_to_the_reader(counts, result, "one of the secrets there may be")
    assert all(len(values | {counts_value(key, counts)}) > 1 for key, values in left.items())


def counts_value(key: str, counts: Mapping[Atom, int]) -> int:
    return next(each.of(counts) for each in TABLES.statistics if each.key == key)


def test_decoys_are_drawn_by_name_and_never_by_value() -> None:
    numbers = [
        Number("a count", (Atom(BASIS, "place", "x", year),), value, Grade.CELL)
        for year in year_names(200, 1900)
        for value in (5, 6, 70)
    ]
    drawn = [pattern.is_drawn(of, "a secret") for of in numbers]
    assert drawn[::3] == drawn[1::3] == drawn[2::3]
    assert 0 < sum(drawn[::3]) < 20


def decoyed(secret: str) -> tuple[Record, Tables, Suppression, Suppression]:
    """The same ten years without decoys and with."""
    years = year_names(10)
    dimensions = (Dimension("p", tuple("abcdef")), Dimension("q", ("even", "odd")))
    counts = made_up(random.Random(5), dimensions[:1], years, 40)
    for year in years:
        total = counts[Atom(BASIS, TOTAL, "", year)]
        counts |= {Atom(BASIS, "q", "even", year): 0, Atom(BASIS, "q", "odd", year): total}
    tables = build(BASIS, dimensions, years, (3,))
    plain, secretly = (
        suppress(counts, tables.statistics, tables.relations, secret=each) for each in ("", secret)
    )
    record = Record(dimensions, counts)
    record.publish_naively(tables, secretly.marks)
    return record, tables, plain, secretly


def test_decoys_hide_some_numbers_more_but_no_total_and_nothing_where_nothing_is_hidden() -> None:
    record, tables, plain, secretly = decoyed("a secret")
    more = [
        each
        for each in tables.statistics
        if secretly.marks[each.key].is_hidden and not plain.marks[each.key].is_hidden
    ]
    assert more
    assert {each.grade for each in more} <= {Grade.CELL, Grade.POOL}
    assert {part.dimension for each in more for part in each.parts} == {"p"}
    assert list(record.attacker().worked_out()) == []


def test_the_same_secret_draws_the_same_and_another_draws_others() -> None:
    assert decoyed("a secret")[3].marks == decoyed("a secret")[3].marks
    assert decoyed("a secret")[3].marks != decoyed("another secret")[3].marks
