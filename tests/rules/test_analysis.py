"""The analysis of a death: factors in their domain, the category that is kept, what follows from marks."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from app.cdop.analysis.rules import (
    NOT_CONTRIBUTING,
    Analysis,
    AnalysisIncomplete,
    CategoryNotUsable,
    ConclusionDiffers,
    DecidesWithInterest,
    Factor,
    FactorNotUsable,
    NotModifiable,
    category_of,
    check_complete,
    check_conclusion,
    check_factor,
    check_no_interest,
    conclusion_after,
    in_precedence,
    missing_of_analysis,
    worth_a_look,
)

TEN = [str(number) for number in range(1, 11)]
CONCLUSIONS = ("modifiable", "not_modifiable", "inadequate")
DOMAINS_OF = {"disability": "A", "unsafe_sleep": "B", "housing": "C", "delay": "D"}
OF_2008 = ("0", "1", "1*", "2", "3")
OF_2018 = ("0", "1", "2")


def _check(factor: Factor, *, relevances: tuple[str, ...] = OF_2018, recorded: tuple[str, ...] = ()) -> None:
    check_factor(factor, domains_of=DOMAINS_OF, relevances=relevances, recorded=recorded)


@given(some.permutations(TEN), some.lists(some.sampled_from(TEN), max_size=12))
def test_the_category_kept_is_one_that_applies_and_nothing_that_applies_stands_above_it(
    precedence: list[str], considered: list[str]
) -> None:
    kept = category_of(considered, precedence)
    if not considered:
        assert kept is None
        return
    # Said without sorting: by walking the list from its top until something that applies is met.
    assert kept in considered
    above = precedence[: precedence.index(kept)]
    assert not set(above) & set(considered)


@given(some.permutations(TEN), some.sets(some.sampled_from(TEN), min_size=2))
def test_a_lower_category_is_kept_only_once_every_higher_one_is_taken_off(
    precedence: list[str], considered: set[str]
) -> None:
    ranked = in_precedence(considered, precedence)
    assert set(ranked) == considered
    assert all(precedence.index(one) < precedence.index(next_one) for one, next_one in pairwise(ranked))
    for place, code in enumerate(ranked):
        assert category_of(ranked[place:], precedence) == code
        assert category_of(considered - {code}, precedence) == (ranked[0] if place else ranked[1])


@given(some.permutations(TEN), some.lists(some.sampled_from(TEN)), some.randoms())
def test_the_order_and_number_of_ticks_do_not_matter(
    precedence: list[str], considered: list[str], chance: object
) -> None:
    again = considered * 2
    chance.shuffle(again)  # type: ignore[attr-defined]
    assert category_of(again, precedence) == category_of(considered, precedence)


def test_a_category_that_nobody_knows_is_refused() -> None:
    with pytest.raises(CategoryNotUsable, match="from the list"):
        category_of(["4", "11"], TEN)


@given(some.lists(some.booleans(), max_size=6), some.sampled_from(CONCLUSIONS))
def test_modifiable_factors_are_concluded_if_and_only_if_a_factor_is_marked(
    marks: list[bool], conclusion: str
) -> None:
    factors = [
        Factor("B", f"factor{number}", "2", is_modifiable=mark, has_note=True)
        for number, mark in enumerate(marks)
    ]
    analysis = Analysis(factors=factors, considered=["4"], conclusion=conclusion)
    says_modifiable = conclusion == "modifiable"
    agrees = says_modifiable == (True in marks)
    try:
        check_conclusion(conclusion, has_modifiable_factor=analysis.has_modifiable_factor, known=CONCLUSIONS)
        passed = True
    except ConclusionDiffers:
        passed = False
    assert passed == agrees
    assert any("different things" in each for each in missing_of_analysis(analysis)) == (not agrees)


@given(some.sampled_from((None, *CONCLUSIONS)), some.booleans())
def test_a_draft_s_conclusion_follows_its_factors_and_then_agrees_with_them(
    conclusion: str | None, has_modifiable: bool
) -> None:
    after = conclusion_after(conclusion, has_modifiable_factor=has_modifiable)
    check_conclusion(after, has_modifiable_factor=has_modifiable, known=CONCLUSIONS)
    if has_modifiable:
        assert after == "modifiable"
    elif conclusion in ("not_modifiable", "inadequate"):
        assert after == conclusion
    else:
        assert after is None


def test_a_conclusion_that_nobody_knows_is_refused_and_none_is_none() -> None:
    check_conclusion(None, has_modifiable_factor=True, known=CONCLUSIONS)
    with pytest.raises(ConclusionDiffers, match="Choose one"):
        check_conclusion("preventable", has_modifiable_factor=False, known=CONCLUSIONS)


@pytest.mark.parametrize("relevance", OF_2008)
def test_only_what_may_have_contributed_can_be_modifiable(relevance: str) -> None:
    judged = Factor("B", "unsafe_sleep", relevance, is_modifiable=True)
    if relevance in ("2", "3"):
        _check(judged, relevances=OF_2008)
    else:
        assert relevance in NOT_CONTRIBUTING
        with pytest.raises(NotModifiable) as refused:
            _check(judged, relevances=OF_2008)
        assert refused.value.field == "is_modifiable"
    _check(Factor("B", "unsafe_sleep", relevance), relevances=OF_2008)


@pytest.mark.parametrize("relevance", ["1*", "3", "", "4"])
def test_a_relevance_of_another_regime_is_refused(relevance: str) -> None:
    with pytest.raises(FactorNotUsable, match="how far"):
        _check(Factor("A", "disability", relevance))


@pytest.mark.parametrize("domain", ["A", "C", "D", "", "b"])
def test_a_factor_stands_only_in_its_own_domain(domain: str) -> None:
    with pytest.raises(FactorNotUsable, match="another domain"):
        _check(Factor(domain, "unsafe_sleep", "2"))


def test_a_factor_is_one_of_the_words_and_recorded_once() -> None:
    with pytest.raises(FactorNotUsable, match="from the list"):
        _check(Factor("A", "bad_luck", "2"))
    with pytest.raises(FactorNotUsable, match="already"):
        _check(Factor("A", "disability", "2"), recorded=("disability",))


def test_an_empty_analysis_says_everything_it_lacks() -> None:
    missing = missing_of_analysis(Analysis())
    assert [each.split(":")[0] for each in missing] == [
        "No category of death was considered",
        "The conclusion on modifiable factors is open",
        "No factor was looked at",
    ]
    with pytest.raises(AnalysisIncomplete) as refused:
        check_complete(Analysis())
    assert all(each in refused.value.sentence for each in missing)


def test_where_information_was_inadequate_no_factor_is_asked_for() -> None:
    check_complete(Analysis(considered=["10"], conclusion="inadequate"))
    with pytest.raises(AnalysisIncomplete, match="No factor"):
        check_complete(Analysis(considered=["10"], conclusion="not_modifiable"))


def test_what_is_often_forgotten_is_said_and_stops_nobody() -> None:
    whole = Analysis(
        factors=[Factor("B", "unsafe_sleep", "2", is_modifiable=True), Factor("A", "disability", "1")],
        considered=["10"],
        conclusion="modifiable",
        domains={"A": "Child", "B": "Family", "C": "Place"},
    )
    check_complete(whole)
    assert worth_a_look(whole) == [
        "Domain C (Place) has no factor. Was it looked at?",
        "A factor that may have contributed does not say what was seen.",
        "A factor is modifiable, and no learning is written down.",
    ]


def test_nobody_decides_with_an_interest_in_the_case() -> None:
    check_no_interest(7, frozenset({8}))
    check_no_interest(None, frozenset({8}))
    with pytest.raises(DecidesWithInterest, match="Somebody else decides"):
        check_no_interest(8, frozenset({8}))
