"""The proof that figures are safe, held against figures that are not and certificates that prove nothing."""

from collections.abc import Mapping
from typing import Any

import pytest

from app.cdop.figures.rules.counts import (
    TOTAL,
    Atom,
    Kind,
    Mark,
    Relation,
    Shown,
    Statistic,
    Unprotected,
    number,
    primary,
)
from app.cdop.figures.rules.proof import Certificate, Contradiction, prove
from app.cdop.figures.rules.suppression import suppress
from app.cdop.figures.rules.tables import Dimension, Tables, build
from tests.support.figures import BASIS, counts_of

YEAR = "2016/17"
AREA = Dimension("area", ("north", "south", "east"))
BELOW, STAR = Mark(Kind.BELOW, 1, 4), Mark(Kind.STAR, 5, None)
NORTH, SOUTH, EAST = (Atom(BASIS, AREA.name, value, YEAR) for value in AREA.values)
ALL = Atom(BASIS, TOTAL, "", YEAR)
TABLES = build(BASIS, (AREA,), [YEAR])
COUNTS = counts_of(AREA, {YEAR: (2, 8, 11)})
MARKS = {ALL: number(21), NORTH: BELOW, SOUTH: STAR, EAST: number(11)}
UP = Certificate({NORTH: 1, SOUTH: -1})


def issue(marks: Mapping[Atom, Mark] = MARKS, tables: Tables = TABLES) -> list[Shown]:
    return [Shown(each, marks[each.parts[0]]) for each in tables.statistics if each.parts[0] in marks]


def held(
    marks: Mapping[Atom, Mark] = MARKS,
    *certificates: Certificate,
    counts: Mapping[Atom, int] = COUNTS,
    **given: Any,
) -> None:
    prove(counts, issue(marks), TABLES.relations, certificates, **given)


def test_one_other_set_of_counts_protects_all_that_differs_in_it() -> None:
    held(MARKS, UP)
    held(MARKS, Certificate({NORTH: -1, SOUTH: 1}))


def test_without_a_certificate_nothing_is_protected() -> None:
    with pytest.raises(Unprotected) as refusal:
        held(MARKS)
    assert refusal.value.statistic == f"{BASIS} · area · north · {YEAR}"


def test_every_hidden_number_must_differ_somewhere() -> None:
    marks = MARKS | {EAST: STAR}
    with pytest.raises(Unprotected, match="east"):
        held(marks, UP)
    held(marks, UP, Certificate({SOUTH: 1, EAST: -1}))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({NORTH: 1}, "relation"),
        ({NORTH: 1, SOUTH: -2}, "relation"),
        ({NORTH: 1, EAST: -1}, "what is shown of ‘deaths · area · east"),
        ({NORTH: 1, ALL: 1}, "what is shown of ‘deaths · total"),
        ({NORTH: 3, SOUTH: -3}, "what is shown of ‘deaths · area · north"),
        ({NORTH: -2, SOUTH: 2}, "what is shown of ‘deaths · area · north"),
        ({NORTH: -3, SOUTH: 3}, "no possible count"),
        ({NORTH: 0.5, SOUTH: -0.5}, "no possible count"),
    ],
)
def test_counts_that_are_not_possible_prove_nothing(changes: dict[Atom, Any], reason: str) -> None:
    with pytest.raises(Contradiction, match=reason):
        held(MARKS, UP, Certificate(changes))


def test_a_star_is_held_to_what_it_grants() -> None:
    counts = COUNTS | {SOUTH: 5, ALL: 18}
    marks = MARKS | {ALL: number(18)}
    with pytest.raises(Contradiction, match="south"):
        held(marks, UP, counts=counts)


def test_a_change_of_nothing_proves_nothing() -> None:
    with pytest.raises(Unprotected):
        held(MARKS, Certificate({NORTH: 0, SOUTH: 0}), Certificate({}))


def test_a_pool_of_changes_that_cancel_is_not_protected_by_them() -> None:
    earlier = "2015/16"
    tables = build(BASIS, (AREA,), [earlier, YEAR], (2,))
    counts = counts_of(AREA, {earlier: (2, 8, 11), YEAR: (2, 8, 11)})
    shown = []
    for each in tables.statistics:
        hidden = each.parts[0].value in {"north", "south"}
        value = each.of(counts)
        mark = (BELOW if value < 5 else STAR) if hidden else number(value)
        shown.append(Shown(each, mark))
    cancelling = {
        each._replace(year=year): change * sign
        for each, change in UP.changes.items()
        for year, sign in ((earlier, 1), (YEAR, -1))
    }
    with pytest.raises(Unprotected, match="2015/16 to 2016/17"):
        prove(counts, shown, tables.relations, [Certificate(cancelling)])
    both = [Certificate(cancelling), Certificate({NORTH: -1, SOUTH: 1})]
    prove(counts, shown, tables.relations, both)


def test_a_small_number_may_not_stand_there() -> None:
    marks = MARKS | {NORTH: number(2)}
    with pytest.raises(Unprotected, match="small"):
        held(marks, UP)


def test_a_small_number_may_stand_there_by_decision_or_because_it_did_before() -> None:
    marks = {ALL: number(21), NORTH: number(2), SOUTH: number(8), EAST: number(11)}
    with pytest.raises(Unprotected):
        held(marks)
    held(marks, overridden=[f"{BASIS} · area · north · {YEAR}"])
    held(marks, earlier=issue(marks))


def test_what_an_earlier_issue_showed_counts_against_this_one() -> None:
    held(MARKS, UP, earlier=issue(MARKS))
    with pytest.raises(Contradiction, match="south"):
        held(MARKS, UP, earlier=issue({SOUTH: number(8)}))


def test_what_an_earlier_issue_hid_must_stay_protected() -> None:
    shown = {ALL: number(21), EAST: number(11)}
    with pytest.raises(Unprotected):
        held(shown, earlier=issue(MARKS))
    held(shown, UP, earlier=issue(MARKS))


def test_a_count_no_issue_shows_must_be_protected_by_its_own_name() -> None:
    with pytest.raises(Unprotected, match="deaths · area · north"):
        held({ALL: number(21), SOUTH: number(8), EAST: number(11)})


def test_the_parts_of_a_zero_are_zero_for_everybody() -> None:
    nobody = Statistic("north and south", (NORTH, SOUTH))
    counts = counts_of(AREA, {YEAR: (0, 0, 21)})
    shown = [Shown(nobody, number(0)), *issue({ALL: number(21), EAST: number(21)})]
    prove(counts, shown, TABLES.relations, [])


@pytest.mark.parametrize("wrong", [-1, 2.0, True])
def test_counts_are_whole_numbers(wrong: Any) -> None:
    with pytest.raises(Contradiction, match="no count"):
        held(MARKS, UP, counts=COUNTS | {NORTH: wrong})


def test_a_mark_must_admit_the_truth() -> None:
    with pytest.raises(Contradiction, match="is 11, but was shown as 12"):
        held(MARKS | {EAST: number(12)}, UP)
    with pytest.raises(Contradiction, match="is 11, but was shown as <5"):
        held(MARKS | {EAST: BELOW}, UP)


def test_a_relation_with_one_end_is_held() -> None:
    part, whole = NORTH, ALL
    at_most = Relation(((whole, 1), (part, -1)), 0, None)
    hidden = [Shown(Statistic("part", (part,)), STAR), Shown(Statistic("whole", (whole,)), STAR)]
    counts = {part: 9, whole: 9}
    prove(counts, hidden, [at_most], [Certificate({part: -1}), Certificate({whole: 1})])
    with pytest.raises(Contradiction):
        prove(counts, hidden, [at_most], [Certificate({part: 1})])


def test_a_result_of_the_engine_with_one_star_lifted_proves_nothing_any_more() -> None:
    counts = counts_of(AREA, {YEAR: (2, 8, 11)})
    result = suppress(counts, TABLES.statistics, TABLES.relations)
    shown = [Shown(each, result.marks[each.key]) for each in TABLES.statistics]
    prove(counts, shown, TABLES.relations, result.certificates)
    for place, item in enumerate(shown):
        if item.mark.is_hidden:
            lifted = list(shown)
            lifted[place] = Shown(item.statistic, number(item.statistic.of(counts)))
            with pytest.raises((Contradiction, Unprotected)):
                prove(counts, lifted, TABLES.relations, result.certificates)
    assert primary(2) in result.marks.values()
