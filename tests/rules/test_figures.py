"""The rules of the figures: bases and spans, facts, editions of published years, times, stated numbers."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

import pytest

from app.cdop.figures.rules import bases, body, timeliness
from app.cdop.figures.rules.bases import Basis, Words
from app.cdop.figures.rules.counts import ABSENT, TOTAL, Atom, Mark, Relation, Shown, number, primary, stars
from app.cdop.figures.rules.editions import Issue, stand
from app.cdop.figures.rules.facts import facts
from app.cdop.figures.rules.issuing import NotIssuable, check_issuable
from app.cdop.figures.rules.spans import MOST_YEARS, span
from app.cdop.figures.rules.stated import Code, StatedValue, ValueNotUsable, check_value
from app.cdop.figures.rules.suppression import suppress
from app.cdop.figures.rules.tables import build, relations
from app.cdop.figures.rules.year_rates import year_rates
from app.core.report_year import ReportYear

YEAR = ReportYear(2016)
WORDS = Words(
    {
        bases.AGE_BAND: ("0_27_days", "28_364_days", "1_4_years"),
        bases.SEX: ("female", "male"),
        bases.ETHNICITY: ("black", "white"),
        bases.PLACE: ("home", "hospital"),
        bases.EXPECTEDNESS: ("expected", "unexpected"),
        bases.CATEGORY: ("1", "2"),
        bases.CONCLUSION: ("modifiable", "not_modifiable"),
        bases.DOMAIN: ("A", "B"),
        bases.FACTOR: ("disability", "smoking"),
    },
    ("hackney",),
    {"disability": "A", "smoking": "B"},
)


@pytest.mark.parametrize(
    ("known", "reviewed", "expected"),
    [
        (date(2016, 1, 31), date(2016, 7, 31), bases.WITHIN_6),
        (date(2016, 1, 31), date(2016, 8, 1), bases.WITHIN_12),
        (date(2015, 8, 31), date(2016, 2, 29), bases.WITHIN_6),
        (date(2015, 8, 31), date(2016, 3, 1), bases.WITHIN_12),
        (date(2016, 2, 29), date(2017, 2, 28), bases.WITHIN_12),
        (date(2016, 2, 29), date(2017, 3, 1), bases.OVER_12),
    ],
)
def test_the_time_a_review_took_is_counted_in_months_to_the_day(
    known: date, reviewed: date, expected: str
) -> None:
    assert bases.time_taken(known, reviewed) == expected


def test_every_relation_holds_of_cases_that_are_counted_case_by_case() -> None:
    cases = [
        {"age_band": band, "area": "hackney", "sex": sex, "modifiable": place % 2 == 0}
        for place, (band, sex) in enumerate(
            (band, sex) for band in WORDS.codes[bases.AGE_BAND] for sex in ("female", "male", "male")
        )
    ]
    counts: dict[Atom, int] = {}

    def add(basis: Basis, dimension: str, value: str) -> None:
        atom = Atom(basis, dimension, value, "2016/17")
        counts[atom] = counts.get(atom, 0) + 1

    for case in cases:
        group = bases.age_group_of(str(case["age_band"]))
        for basis in Basis:
            add(basis, bases.AGE_BAND, str(case["age_band"]))
            add(basis, bases.SEX, str(case["sex"]))
            add(basis, bases.AREA, "hackney")
            for dimension, value in (("ethnicity_group", "black"), ("place", "home")):
                add(basis, dimension, value)
            add(basis, bases.EXPECTEDNESS, "expected")
        add(Basis.DEATHS, bases.AGE_GROUP, group)
        add(Basis.DEATHS, bases.AREA_AGE, bases.area_age_value("hackney", group))
        add(Basis.REVIEWS, bases.CATEGORY, "1")
        add(Basis.REVIEWS, bases.TIME_TAKEN, bases.WITHIN_6)
        add(Basis.REVIEWS, bases.CONCLUSION, "modifiable" if case["modifiable"] else "not_modifiable")
        add(Basis.REVIEWS, bases.DOMAIN, "A")
        if case["modifiable"]:
            add(Basis.REVIEWS, bases.FACTOR, "domain B")
            add(Basis.REVIEWS, bases.FACTOR, "smoking")
            add(Basis.REVIEWS, bases.DOMAIN, "B")
    for basis in Basis:
        shape = bases.dimensions(basis, WORDS)
        whole = bases.filled(counts, basis, shape, ["2016/17"])
        assert whole[Atom(basis, TOTAL, "", "2016/17")] == 9
        ties = [*relations(basis, shape, ["2016/17"]), *bases.ties(basis, WORDS, ["2016/17"])]
        assert all(relation.holds(whole) for relation in ties)


def test_a_basis_counts_from_the_first_year_that_is_held_in_full() -> None:
    held = {2014: 1, 2015: 7, 2016: 27}
    years = span(held, [(2015, 21)], lambda start: held[start], YEAR)
    assert [str(year) for year in years] == ["2016/17"]
    # A year whose published number is what is held is counted, and so is what nobody published.
    assert [year.start_year for year in span(held, [(2015, 7)], lambda start: held[start], YEAR)] == [
        2014,
        2015,
        2016,
    ]
    assert span({}, [(2015, 21)], lambda start: 0, YEAR) == ()
    long = span(range(1990, 2017), [], lambda start: 1, YEAR)
    assert (len(long), long[-1]) == (MOST_YEARS, YEAR)


def stated(**values: str) -> dict[tuple[str, int], StatedValue]:
    """Stated figures of 2016/17, and of the year before where the name says so."""
    return {
        (name.removesuffix("_before"), 2015 if name.endswith("_before") else 2016): StatedValue(
            value, "", "L1", "published"
        )
        for name, value in values.items()
    }


def test_facts_are_counted_where_the_record_counts_and_stated_elsewhere() -> None:
    counted = {
        (Basis.DEATHS, TOTAL): number(27),
        (Basis.DEATHS, bases.EXPECTEDNESS): number(16),
        (Basis.REVIEWS, TOTAL): number(18),
        (Basis.REVIEWS, bases.CONCLUSION): number(5),
    }

    def look(basis: Basis, dimension: str, value: str, year: ReportYear) -> Mark | None:
        return counted[basis, dimension] if year == YEAR else None

    found = facts(
        YEAR,
        look,
        stated(deaths_in_year_before="21", reviewed_since_2008="253", infant_mortality_rate="5.4"),
    )
    assert (found["deaths_in_year"].value, found["deaths_in_year"].is_stated) == (27, False)
    assert (found["deaths_previous_year"].value, found["deaths_previous_year"].is_stated) == (21, True)
    assert found["modifiable_percent"].value == 28
    assert found["reviewed_since_2008"].value == 253, "never 253 and the 18 of the year, nor less them"
    assert found["reviewed_since_2008"].is_stated, "as published, and not made of anything"
    assert found["infant_mortality_rate"].value == 5.4
    assert found["child_mortality_rate"].value is None


def test_reviews_after_the_published_count_add_to_it_and_a_hidden_year_hides_the_sum() -> None:
    totals = {2016: number(18), 2017: number(11), 2018: primary(3)}

    def look(basis: Basis, dimension: str, value: str, year: ReportYear) -> Mark | None:
        return totals.get(year.start_year) if dimension == TOTAL else None

    base = stated(reviewed_since_2008="253")
    assert facts(ReportYear(2017), look, base)["reviewed_since_2008"].value == 264
    assert facts(ReportYear(2018), look, base)["reviewed_since_2008"].value == "*"
    assert facts(ReportYear(2015), look, base)["reviewed_since_2008"].value is None


def test_a_hidden_number_is_a_mark_in_the_facts_and_hides_its_share() -> None:
    def look(basis: Basis, dimension: str, value: str, year: ReportYear) -> Mark | None:
        return primary(2) if dimension == bases.CONCLUSION else number(18)

    found = facts(YEAR, look, {})
    assert found["modifiable"].value == "<5"
    assert found["modifiable_percent"].value == "*"


def relate(years: Iterable[str]) -> Iterator[Relation]:
    """What ties the counts of one small basis."""
    names = list(years)
    yield from relations(Basis.DEATHS, SHAPE, names)
    yield from bases.ties(Basis.DEATHS, WORDS, names)


SHAPE = bases.dimensions(Basis.DEATHS, WORDS)


def fill(counts: Mapping[Atom, int], years: Iterable[str]) -> dict[Atom, int]:
    """Every count of these years."""
    return bases.filled(counts, Basis.DEATHS, SHAPE, years)


def year_of(*bands: int, year: str = "2016/17") -> dict[Atom, int]:
    """The counts of a year with so many deaths in each age band, all else alike."""
    infants, total = sum(bands[:2]), sum(bands)
    values = {
        **{
            (bases.AGE_BAND, band): count
            for band, count in zip(WORDS.codes[bases.AGE_BAND], bands, strict=True)
        },
        (bases.AGE_GROUP, bases.UNDER_1): infants,
        (bases.AGE_GROUP, bases.AGED_1_TO_17): total - infants,
        (bases.AREA_AGE, "hackney under_1"): infants,
        (bases.AREA_AGE, "hackney 1_to_17"): total - infants,
        (bases.AREA, "hackney"): total,
        (bases.SEX, "male"): total,
        (bases.ETHNICITY, "black"): total,
        (bases.PLACE, "home"): total,
        (bases.EXPECTEDNESS, "expected"): total,
    }
    return fill({Atom(Basis.DEATHS, name, value, year): n for (name, value), n in values.items()}, [year])


def issued(
    counts: Mapping[Atom, int],
    earlier: Iterable[Issue] = (),
    year: str = "2016/17",
    overridden: Iterable[str] = (),
) -> Issue:
    """An issue of these counts after those before it."""
    standing = stand(list(earlier), counts, fill=fill, relate=relate)
    statistics = build(Basis.DEATHS, SHAPE, [year]).statistics
    result = suppress(
        standing.counts,
        statistics,
        standing.relations,
        earlier=standing.earlier,
        overridden=list(overridden),
    )
    used = {atom: standing.counts[atom] for atom in counts}
    return Issue(used, tuple(Shown(each, result.marks[each.key]) for each in statistics))


def test_a_published_year_stays_when_a_number_would_change_by_few_and_says_which() -> None:
    first = issued(year_of(9, 6, 7))
    standing = stand([first], year_of(10, 6, 7), fill=fill, relate=relate)
    assert standing.held_back == ("2016/17",)
    assert "deaths · age_band · 0_27_days · 2016/17" in standing.against
    assert standing.counts[Atom(Basis.DEATHS, TOTAL, "", "2016/17")] == 22


def test_a_year_is_revised_in_steps_again_and_again_and_every_edition_stays_protected() -> None:
    issues: list[Issue] = []
    for bands in ((9, 6, 7), (14, 6, 7), (14, 6, 12), (20, 11, 12)):
        issues.append(issued(year_of(*bands), issues))
        total = Atom(Basis.DEATHS, TOTAL, "", "2016/17")
        assert issues[-1].counts[total] == sum(bands)
    standing = stand(issues, year_of(20, 11, 12), fill=fill, relate=relate)
    assert standing.held_back == ()
    editions = {atom.year for atom in standing.counts} - {"2016/17"}
    assert editions == {f"2016/17 (edition {number_})" for number_ in (1, 2, 3)}
    assert all(relation.holds(standing.counts) for relation in standing.relations)
    assert all(item.mark.admits(item.statistic.of(standing.counts)) for item in standing.earlier)


def test_a_small_number_that_was_shown_by_decision_is_shown_again_in_a_revised_year() -> None:
    """That it is the same is taken for known, so nothing could protect it once the decision is gone."""
    name = f"{Basis.DEATHS} · age_band · 28_364_days · 2016/17"
    first = issued(year_of(9, 2, 7), overridden=[name])
    again = issued(year_of(15, 2, 7), [first])
    assert str({item.statistic.key: item.mark for item in again.shown}[name]) == "2"


def test_what_is_written_is_read_back() -> None:
    shape = (*SHAPE,)
    years = ["2014/15", "2015/16", "2016/17"]
    tables = build(Basis.DEATHS, shape, years)
    marks = {
        body.place_of(each.parts): mark
        for each, mark in zip(
            tables.statistics,
            [number(7), primary(3), stars(30)[0], stars(6)[0], ABSENT] * len(tables.statistics),
            strict=False,
        )
    }
    shown = {
        year: body.write_year(marks.get, {Basis.DEATHS: shape}, {Basis.DEATHS: years}, year) for year in years
    }
    read = [item for year in years for item in body.read_shown(shown[year], Basis.DEATHS, years, year)]
    told = {item.statistic.key: item for item in read}
    for each in tables.statistics:
        mark = marks[body.place_of(each.parts)]
        if mark == ABSENT:
            assert each.key not in told, "a sum that was left out told nothing"
        else:
            assert (told[each.key].statistic.parts, told[each.key].mark) == (each.parts, mark)


def test_rates_are_made_where_deaths_and_population_are_held() -> None:
    def deaths(group: str, area: str | None, window: int) -> Mark | None:
        if window > 1:
            return None
        return primary(4) if area else number(24)

    populations = {("live_births", None, 2016): 4500, ("live_births", "hackney", 2016): 4400}
    whole, part = year_rates(YEAR, deaths, populations, ["hackney"])
    assert (whole["rate"], whole["low"], whole["high"], whole["unreliable"]) == (5.3, 3.4, 7.9, False)
    assert (part["rate"], part["why"]) == (None, "the number of deaths is hidden")


def test_median_and_quartiles_lie_where_their_share_of_the_way_falls() -> None:
    assert timeliness.times([]) is None
    found = timeliness.times([10, 40, 20, 30])
    assert found is not None
    assert (found.lower, found.median, found.upper) == (17.5, 25, 32.5)
    assert not found.is_enough
    enough = timeliness.times(list(range(10)))
    assert enough is not None
    assert enough.is_enough
    assert [timeliness.in_months(days) for days in (0, 15, 16, 183, 365)] == [0, 0, 1, 6, 12]


@pytest.mark.parametrize(
    ("reviews", "within_6", "months", "over_12", "longer", "tells"),
    [
        pytest.param(
            13, 4, 5, 0, 14, True, id="the fourth of thirteen took five months: the small number is four"
        ),
        pytest.param(13, 3, 5, 0, 14, True, id="the fourth took eight: the small number is not four"),
        pytest.param(18, 3, 5, 0, 14, False, id="a quarter of eighteen is more than any small number"),
        pytest.param(13, 4, 6, 0, 14, False, id="six months may lie on either side of six"),
        pytest.param(13, 0, 7, 4, 14, True, id="the fourth from the end took fourteen months"),
        pytest.param(13, 0, 7, 4, 12, False, id="twelve months may lie on either side of twelve"),
        pytest.param(13, 0, 7, 0, 8, False, id="nothing is hidden"),
    ],
)
def test_times_do_not_stand_where_they_tell_of_a_hidden_number(
    reviews: int, within_6: int, months: int, over_12: int, longer: int, tells: bool
) -> None:
    between = [245] * (reviews - within_6 - over_12)
    found = timeliness.times([months * 30] * within_6 + between + [longer * 31] * over_12)
    assert found is not None
    assert found.tells_of_hidden(primary(within_6), primary(over_12)) is tells


@pytest.mark.parametrize(
    ("code", "written", "kept"),
    [
        (Code.DEATHS_IN_YEAR, "21", "21"),
        (Code.REVIEWED_SINCE_2008, "1,253", "1253"),
        (Code.INFANT_MORTALITY_RATE, " 5.40 ", "5.4"),
        (Code.MODIFIABLE_PERCENT_NATIONAL, "27%", "27"),
        (Code.CHILD_MORTALITY_RATE, "10", "10"),
    ],
)
def test_a_stated_number_is_kept_as_it_is_printed(code: Code, written: str, kept: str) -> None:
    assert check_value(code, written) == kept


@pytest.mark.parametrize("written", ["", None, "-1", "1e3", "inf", "nan", "5,4 to 6", "99999999"])
def test_what_is_no_number_is_not_stated(written: str | None) -> None:
    with pytest.raises(ValueNotUsable):
        check_value(Code.INFANT_MORTALITY_RATE, written)


def test_figures_are_issued_once_the_year_is_over_and_nothing_waits() -> None:
    after = date(2017, 4, 1)
    check_issuable(YEAR, after, years=[2016], is_current=True, problem=None)
    for on, years, is_current, problem in (
        (date(2017, 3, 31), [2016], True, None),
        (after, [2015], True, None),
        (after, [2016], False, None),
        (after, [2016], True, "The figures cannot be computed."),
    ):
        with pytest.raises(NotIssuable):
            check_issuable(YEAR, on, years=years, is_current=is_current, problem=problem)
