"""What is hidden beside small numbers, on tables small enough to follow by hand."""

import random

import pytest

from app.cdop.figures.rules.counts import (
    ABSENT,
    TOTAL,
    Atom,
    Grade,
    Kind,
    Mark,
    Relation,
    Shown,
    Statistic,
    Unprotected,
    number,
    primary,
    stars,
)
from app.cdop.figures.rules.numbers import Numbers
from app.cdop.figures.rules.proof import Contradiction
from app.cdop.figures.rules.suppression import Suppression, suppress
from app.cdop.figures.rules.tables import Dimension, build, relations, without
from tests.support.figures import BASIS, Record, counts_of, made_up, year_names

Y1, Y2, Y3 = "2014/15", "2015/16", "2016/17"
AGE = Dimension("age band", ("under 1", "1 to 4", "5 to 9", "10 to 17"))


def record_of(*rows: tuple[int, ...], dimension: Dimension = AGE) -> Record:
    """A record of one partition, with years from 2014/15 on."""
    years = (Y1, Y2, Y3)[: len(rows)]
    return Record((dimension,), counts_of(dimension, dict(zip(years, rows, strict=True))))


def seen(result: Suppression, year: str = Y1, dimension: Dimension = AGE) -> list[str]:
    """A row as a reader sees it, the year's total last."""
    row = [str(result.marks[f"{BASIS} · {dimension.name} · {value} · {year}"]) for value in dimension.values]
    return [*row, str(result.marks[f"{BASIS} · {TOTAL} · {year}"])]


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (1, "<5"), (4, "<5"), (5, "5"), (27, "27"), (1000, "1000")]
)
def test_a_small_number_is_hidden_and_zero_is_shown(value: int, text: str) -> None:
    assert str(primary(value)) == text


@pytest.mark.parametrize(
    ("value", "granted"),
    [
        (0, [(0, None)]),
        (3, [(1, None), (0, None)]),
        (5, [(5, 19), (5, None), (0, None)]),
        (19, [(5, 19), (5, None), (0, None)]),
        (20, [(20, None), (5, None), (0, None)]),
    ],
)
def test_a_star_grants_less_and_less_and_always_the_truth(
    value: int, granted: list[tuple[int, int | None]]
) -> None:
    marks = stars(value)
    assert [(mark.low, mark.high) for mark in marks] == granted
    assert {str(mark) for mark in marks} == {"*"}
    assert all(mark.admits(value) for mark in marks)


def test_nothing_small_hides_nothing() -> None:
    assert seen(record_of((12, 0, 9, 6)).publish([Y1])) == ["12", "0", "9", "6", "27"]


def test_one_small_number_alone_takes_another_with_it() -> None:
    assert seen(record_of((12, 3, 0, 7)).publish([Y1])) in (
        ["12", "<5", "0", "*", "22"],
        ["*", "<5", "0", "7", "22"],
    )


def test_of_two_numbers_the_one_in_the_smaller_class_goes() -> None:
    assert seen(record_of((40, 3, 0, 8)).publish([Y1])) == ["40", "<5", "0", "*", "51"]
    assert seen(record_of((8, 3, 0, 40)).publish([Y1])) == ["*", "<5", "0", "40", "51"]


def test_which_number_goes_does_not_tell_which_is_smaller() -> None:
    either_way = [seen(record_of(row).publish([Y1])) for row in [(8, 3, 0, 6), (6, 3, 0, 8)]]
    assert [mark == "*" for mark in either_way[0]] == [mark == "*" for mark in either_way[1]]


def test_two_small_numbers_that_can_only_be_four_each_are_not_left_alone() -> None:
    row = seen(record_of((4, 4, 0, 9)).publish([Y1]))
    assert row == ["<5", "<5", "0", "*", "17"]


def test_two_fours_alone_look_like_five_and_three() -> None:
    """8 = 4 + 4 and nothing else: one of them no longer says that it is small, and the total may stay."""
    row = seen(record_of((4, 4, 0, 0)).publish([Y1]))
    assert row in (["*", "<5", "0", "0", "8"], ["<5", "*", "0", "0", "8"])
    assert row == seen(record_of((5, 3, 0, 0)).publish([Y1]))


def test_two_ones_alone_hide_their_total() -> None:
    assert seen(record_of((1, 1, 0, 0)).publish([Y1])) == ["<5", "<5", "0", "0", "<5"]
    assert seen(record_of((1, 5, 0, 0)).publish([Y1])) == ["<5", "*", "0", "0", "*"]


def test_a_total_is_hidden_in_every_dimension_at_once() -> None:
    sex = Dimension("sex", ("female", "male"))
    record = Record((AGE, sex), counts_of(AGE, {Y1: (1, 5, 0, 0)}) | counts_of(sex, {Y1: (6, 0)}))
    result = record.publish([Y1])
    assert seen(result) == ["<5", "*", "0", "0", "*"]
    assert seen(result, dimension=sex) == ["*", "0", "*"]
    assert list(record.attacker().worked_out()) == []


def test_pools_do_not_give_single_years_away_by_their_difference() -> None:
    record = record_of((9, 3, 6, 9), (9, 6, 6, 9), (9, 7, 6, 9))
    record.publish([Y1, Y2, Y3], (2, 3))
    assert list(record.attacker().worked_out()) == []
    hidden = {item.statistic.key for item in record.public if item.mark.is_hidden}
    assert f"{BASIS} · age band · 1 to 4 · {Y1}" in hidden


def test_a_pool_below_five_tells_less_where_it_would_tell_that_every_year_is_one() -> None:
    """Four years of one each are "<5" together only if none is more: the pool may say so no longer."""
    years = year_names(5)
    dimension = Dimension("place", ("home", "hospital"))
    counts = counts_of(dimension, dict(zip(years, [(1, 9), (1, 9), (1, 9), (1, 9), (0, 9)], strict=True)))
    record = Record((dimension,), counts)
    result = record.publish(years, (5,))
    pool = result.marks[f"{BASIS} · place · home · {years[0]} to {years[-1]}"]
    assert (str(pool), pool.low) == ("*", 1)
    assert list(record.attacker().worked_out()) == []


def test_the_figures_of_2016_17_hide_nothing() -> None:
    expected = Dimension("expected", ("unexpected", "expected"))
    deaths = Record((expected,), counts_of(expected, {Y2: (0, 21), Y3: (16, 11)}))
    conclusion = Dimension("modifiable", ("identified", "none identified"))
    reviews = Record((conclusion,), counts_of(conclusion, {Y3: (5, 13)}))
    shown = seen(deaths.publish([Y3]), Y3, expected), seen(reviews.publish([Y3]), Y3, conclusion)
    assert shown == (["16", "11", "27"], ["5", "13", "18"])


def test_what_was_shown_is_shown_again_and_what_was_hidden_stays_hidden() -> None:
    record = record_of((12, 3, 0, 7), (12, 6, 9, 7))
    first = record.publish([Y1])
    second = record.publish([Y1, Y2])
    assert seen(second) == seen(first)
    assert seen(second, Y2) == ["12", "6", "9", "7", "34"]
    assert list(record.attacker().worked_out()) == []


def test_a_later_pool_does_not_undo_what_an_earlier_issue_hid() -> None:
    """Issue by issue the pool would be harmless; with the single years of later issues it is a difference."""
    record = record_of((12, 3, 0, 7), (12, 6, 9, 7), (12, 8, 9, 7))
    for years, pools in (([Y1], ()), ([Y2], ()), ([Y1, Y2, Y3], (2, 3))):
        record.publish(years, pools)
        assert list(record.attacker().worked_out()) == []
    hidden = {item.statistic.key for item in record.public if item.mark.is_hidden}
    assert f"{BASIS} · age band · 1 to 4 · {Y1} to {Y2}" in hidden


def test_a_zero_is_hidden_only_when_the_total_was_public_before() -> None:
    """6 = 1 + 5 again, but an earlier issue had shown the 6, so that it cannot be hidden any more."""
    record = record_of((1, 5, 0, 0))
    record.publish([Y1], dimensions=[])
    result = record.publish([Y1])
    assert seen(result)[-1] == "6"
    assert any(mark.kind is Kind.STAR and mark.low == 0 for mark in result.marks.values())
    assert list(record.attacker().worked_out()) == []


def test_a_count_that_no_issue_shows_is_protected_too() -> None:
    counts = counts_of(AGE, {Y1: (12, 3, 9, 7)})
    total, *cells = (Statistic(" ".join(atom), (atom,)) for atom in counts)
    shown = [Statistic(total.key, total.parts, Grade.TOTAL), cells[0], cells[2], cells[3]]
    result = suppress(counts, shown, list(relations(BASIS, (AGE,), [Y1])))
    assert any(mark.is_hidden for mark in result.marks.values())


def test_who_is_left_is_a_count_as_well() -> None:
    """25 of 27 had a factor: then 2 had none, although no table says so."""
    domains = Dimension("domain", ("A", "B"), partition=False)
    atoms = {
        Atom(BASIS, TOTAL, "", Y1): 27,
        Atom(BASIS, "domain", "A", Y1): 25,
        Atom(BASIS, "domain", without("A"), Y1): 2,
        Atom(BASIS, "domain", "B", Y1): 14,
        Atom(BASIS, "domain", without("B"), Y1): 13,
    }
    result = Record((domains,), atoms).publish([Y1])
    assert seen(result, dimension=domains) == ["*", "14", "27"]


def test_a_domain_no_longer_says_it_is_small_where_a_factor_shown_by_decision_would_tell_it() -> None:
    """A factor of four is shown; a domain of "<5" that holds it could only be four as well."""
    parts = (("smoking", "B"), ("housing", "B"))
    factors = Dimension("factor", ("B", "smoking", "housing"), partition=False, part_of=parts)
    counts = {Atom(BASIS, TOTAL, "", Y1): 20}
    for value, count in zip(factors.values, (4, 4, 3), strict=True):
        having, lacking = (Atom(BASIS, "factor", name, Y1) for name in (value, without(value)))
        counts |= {having: count, lacking: 20 - count}
    record = Record((factors,), counts)
    result = record.publish([Y1], overridden=[f"{BASIS} · factor · smoking · {Y1}"])
    assert seen(result, dimension=factors) == ["*", "4", "<5", "20"]
    assert list(record.attacker().worked_out()) == []


def test_years_go_before_pools_and_pools_before_totals() -> None:
    counts = counts_of(AGE, {Y1: (12, 9, 0, 7)})
    atom = Atom(BASIS, AGE.name, "under 1", Y1)
    costs = []
    for grade in Grade:
        numbers = Numbers(counts, [Statistic("number", (atom,), grade)], (), ())
        costs.append(numbers.of(Statistic("number", (atom,))).cost(5))
    assert costs == sorted(costs)
    assert costs[-1] > 20 * costs[-2]


def test_a_factor_counts_no_more_than_its_domain() -> None:
    """A domain of one factor counts as many as it: hidden there, it must be hidden here."""
    factors = Dimension("factor", ("B", "smoking"), partition=False, part_of=(("smoking", "B"),))
    counts = {Atom(BASIS, TOTAL, "", Y1): 20}
    for value in factors.values:
        counts |= {Atom(BASIS, "factor", value, Y1): 7, Atom(BASIS, "factor", without(value), Y1): 13}
    record = Record((factors,), counts)
    first = record.publish([Y1])
    assert seen(first, dimension=factors) == ["7", "7", "20"]
    few = counts | {
        Atom(BASIS, "factor", "smoking", Y1): 4,
        Atom(BASIS, "factor", without("smoking"), Y1): 16,
    }
    with pytest.raises(Contradiction):
        Record((factors,), few).publish([Y1])
    few |= {Atom(BASIS, "factor", "B", Y1): 4, Atom(BASIS, "factor", without("B"), Y1): 16}
    record = Record((factors,), few)
    assert seen(record.publish([Y1]), dimension=factors) == ["<5", "<5", "20"]
    assert list(record.attacker().worked_out()) == []


def test_a_decision_shows_a_number_and_the_rest_stays_protected() -> None:
    record = record_of((12, 3, 2, 7))
    result = record.publish([Y1], overridden=[f"{BASIS} · age band · 1 to 4 · {Y1}"])
    row = seen(result)
    assert row[1:3] == ["3", "<5"]
    assert "*" in row
    assert list(record.attacker().worked_out()) == []


def test_a_decision_that_would_tell_another_number_is_refused_by_name() -> None:
    record = record_of((12, 3, 0, 0))
    record.publish([Y1], dimensions=[])
    hidden = f"{BASIS} · age band · 1 to 4 · {Y1}"
    everything = [f"{BASIS} · age band · {value} · {Y1}" for value in AGE.values if value != "1 to 4"]
    with pytest.raises(Unprotected) as refusal:
        record.publish([Y1], overridden=everything)
    assert refusal.value.statistic == hidden


def test_a_decision_about_a_number_that_is_not_there_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="no statistic has that name"):
        record_of((12, 3, 0, 7)).publish([Y1], overridden=["age band under 5"])


def test_one_name_for_two_numbers_is_a_mistake() -> None:
    counts = counts_of(AGE, {Y1: (12, 9, 9, 7)})
    twice = [Statistic("deaths", (atom,)) for atom in list(counts)[:2]]
    with pytest.raises(ValueError, match="Two different statistics"):
        suppress(counts, twice, [])


def test_counts_that_do_not_sum_to_their_total_are_refused() -> None:
    counts = counts_of(AGE, {Y1: (12, 3, 0, 7)}) | {Atom(BASIS, TOTAL, "", Y1): 23}
    with pytest.raises(Contradiction, match="do not obey"):
        Record((AGE,), counts).publish([Y1])


def test_counts_that_changed_since_an_earlier_issue_are_refused() -> None:
    record = record_of((12, 3, 0, 7))
    record.publish([Y1])
    record.counts = counts_of(AGE, {Y1: (12, 3, 0, 8)})
    with pytest.raises(Contradiction, match="22"):
        record.publish([Y1])


def test_what_an_earlier_issue_gave_away_is_named() -> None:
    """Not our issue: somebody printed the row with only the small number left out."""
    counts = counts_of(AGE, {Y1: (12, 3, 0, 7)})
    tables = build(BASIS, (AGE,), [Y1])
    printed = [Shown(each, primary(each.of(counts))) for each in tables.statistics]
    with pytest.raises(Unprotected, match="made public") as refusal:
        suppress(counts, tables.statistics, tables.relations, earlier=printed)
    assert refusal.value.statistic == f"{BASIS} · age band · 1 to 4 · {Y1}"


def test_a_sum_that_earlier_issues_tell_is_left_out() -> None:
    """A pool of two years was shown by decision, and so was the year after: now comes the pool of all."""
    record = record_of((1, 12, 9, 8), (1, 12, 9, 8), (0, 12, 9, 8))
    pool = f"{BASIS} · age band · under 1 · {Y1} to {Y2}"
    record.publish([Y1, Y2], (2,), overridden=[pool])
    record.publish([Y3])
    result = record.publish([Y1, Y2, Y3], (3,))
    left_out = result.marks[f"{BASIS} · age band · under 1 · {Y1} to {Y3}"]
    assert left_out == ABSENT
    assert (str(left_out), left_out.is_hidden) == ("–", True)
    assert list(record.attacker().worked_out()) == []
    again = record.publish([Y1, Y2, Y3], (3,))
    assert again.marks == result.marks


def test_a_decision_that_would_tell_a_sum_is_refused_too() -> None:
    """Nobody decided to show the pool of three years, but with the two it would be told."""
    record = record_of((1, 12, 9, 8), (1, 12, 9, 8), (0, 12, 9, 8))
    record.publish([Y3])
    with pytest.raises(Unprotected) as refusal:
        record.publish([Y1, Y2, Y3], (2, 3), overridden=[f"{BASIS} · age band · under 1 · {Y1} to {Y2}"])
    assert refusal.value.statistic == f"{BASIS} · age band · under 1 · {Y1} to {Y3}"


def test_the_two_bases_do_not_touch() -> None:
    conclusion = Dimension("modifiable", ("identified", "none identified"))
    deaths = build(BASIS, (AGE,), [Y1])
    reviews = build("reviews", (conclusion,), [Y1])
    counts = counts_of(AGE, {Y1: (12, 9, 0, 7)}) | counts_of(conclusion, {Y1: (3, 13)}, "reviews")
    both = suppress(
        counts, deaths.statistics + reviews.statistics, deaths.relations + reviews.relations
    ).marks
    assert {key for key, mark in both.items() if mark.is_hidden} == {
        f"reviews · modifiable · identified · {Y1}",
        f"reviews · modifiable · none identified · {Y1}",
    }


def test_the_same_figures_are_hidden_in_the_same_way() -> None:
    years = year_names(4)
    counts = made_up(random.Random(8), (AGE,), years, 20)
    results = [Record((AGE,), counts).publish(years, (3,)) for _ in range(2)]
    assert results[0] == results[1]


def test_progress_is_told_from_nothing_to_all() -> None:
    told: list[float] = []
    counts = counts_of(AGE, {Y1: (1, 5, 0, 0)})
    tables = build(BASIS, (AGE,), [Y1])
    suppress(counts, tables.statistics, tables.relations, progress=told.append)
    assert told == sorted(told)
    assert (told[0], told[-1]) == (0, 1)
    assert len(told) > 2


def test_a_count_that_nothing_ties_to_its_year_is_a_mistake() -> None:
    """Whoever forgets the relations of an earlier issue's dimension would prove too little."""
    counts = counts_of(AGE, {Y1: (12, 3, 0, 7)})
    tables = build(BASIS, (AGE,), [Y1])
    with pytest.raises(ValueError, match="has to do with its year"):
        suppress(counts, tables.statistics, [])


def test_relations_and_marks_know_their_ends() -> None:
    atom = Atom(BASIS, TOTAL, "", Y1)
    assert Relation(((atom, 1),), 3, None).holds({atom: 3})
    assert not Relation(((atom, 1),), 3, None).holds({atom: 2})
    assert not Relation(((atom, 2),), None, 5).holds({atom: 3})
    assert number(3) == Mark(Kind.NUMBER, 3, 3)
    with pytest.raises(ValueError, match="each of them once"):
        Statistic("twice", (atom, atom))
