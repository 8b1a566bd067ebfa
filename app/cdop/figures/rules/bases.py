"""The two counting bases of child deaths, what each is divided by, and what ties their counts.

*Deaths in the year* are the deaths whose quarter falls into the report year. *Reviews completed in the year*
are the reviews that the panel completed in it, whenever the death was. They are not the same children, and no
table mixes them. Deaths that are excluded, and cases that are withdrawn, count in neither.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.cdop.figures.rules.counts import TOTAL, Atom, Relation
from app.cdop.figures.rules.tables import Dimension, without


class Basis(StrEnum):
    """What is counted."""

    DEATHS = "deaths"
    REVIEWS = "reviews"


BASIS_LABELS = {
    Basis.DEATHS: "Deaths in the year",
    Basis.REVIEWS: "Reviews completed in the year",
}
BASIS_MEANING = {
    Basis.DEATHS: "Counted by the report year the death fell in, whether or not its review is complete.",
    Basis.REVIEWS: "Counted by the report year the panel completed the review in, whenever the death was. "
    "Not the same children as the deaths in the year.",
}

AGE_BAND, SEX, ETHNICITY, AREA, PLACE = "age_band", "sex", "ethnicity_group", "area", "place"
EXPECTEDNESS, AGE_GROUP, AREA_AGE = "expectedness", "age_group", "area_and_age"
CATEGORY, CONCLUSION, DOMAIN, FACTOR, TIME_TAKEN = "category", "conclusion", "domain", "factor", "time_taken"

DIMENSION_LABELS = {
    TOTAL: "All",
    AGE_BAND: "Age band",
    AGE_GROUP: "Under 1 year, and 1 to 17",
    SEX: "Sex",
    ETHNICITY: "Ethnicity group",
    AREA: "Area",
    AREA_AGE: "Area, under 1 year and 1 to 17",
    PLACE: "Place of death",
    EXPECTEDNESS: "Expected or unexpected",
    CATEGORY: "Category of death",
    CONCLUSION: "Conclusion on modifiable factors",
    DOMAIN: "Domain with a contributory factor",
    FACTOR: "Modifiable factor, by domain",
    TIME_TAKEN: "Time from known to panel",
}
#: What a reader must know of a table.
DIMENSION_NOTES = {
    DOMAIN: "A review may have factors in several domains, or in none, so these do not sum to the total.",
    FACTOR: "Of reviews that concluded on modifiable factors. A review may have several: these do not sum.",
    TIME_TAKEN: "From the day the death became known to the day the panel completed its review.",
}

#: Not divided by, but known of: the domain that a factor is part of.
PART_OF = "part_of"

#: What stands for a code that was not given.
NOT_RECORDED = "not_recorded"
UNDER_1, AGED_1_TO_17 = "under_1", "1_to_17"
#: The age bands under one year.
INFANT_BANDS = frozenset({"0_27_days", "28_364_days"})
UNEXPECTED = "unexpected"
MODIFIABLE = "modifiable"
#: The relevance of a factor that may have contributed, under any regime.
CONTRIBUTED = frozenset({"2", "3"})
WITHIN_6, WITHIN_12, OVER_12 = "within_6_months", "6_to_12_months", "over_12_months"

#: The words of what no vocabulary holds.
WORDS = {
    NOT_RECORDED: "Not recorded",
    UNDER_1: "Under 1 year",
    AGED_1_TO_17: "1 to 17 years",
    UNEXPECTED: "Unexpected",
    "expected": "Expected",
    WITHIN_6: "Within 6 months",
    WITHIN_12: "After 6 and within 12 months",
    OVER_12: "After more than 12 months",
}


@dataclass(frozen=True)
class Words:
    """The codes there are, in their order; factors with the domain they belong to."""

    codes: Mapping[str, tuple[str, ...]]
    areas: tuple[str, ...]
    domain_of: Mapping[str, str]


def domain_value(domain: str) -> str:
    """How a domain is named among the factors that are part of it."""
    return f"domain {domain}"


def area_age_value(area: str, age: str) -> str:
    """How those of an area and an age group are named."""
    return f"{area} {age}"


def age_group_of(band: str) -> str:
    """Which of the two groups of a rate an age band belongs to."""
    return UNDER_1 if band in INFANT_BANDS else AGED_1_TO_17


def dimensions(basis: Basis, words: Words) -> tuple[Dimension, ...]:
    """What the cases of a basis are divided by."""
    common = [Dimension(name, words.codes[name]) for name in (AGE_BAND, SEX, ETHNICITY, PLACE, EXPECTEDNESS)]
    common.append(Dimension(AREA, words.areas))
    if basis is Basis.DEATHS:
        ages = (UNDER_1, AGED_1_TO_17)
        crossed = tuple(area_age_value(area, age) for area in words.areas for age in ages)
        return (*common, Dimension(AGE_GROUP, ages), Dimension(AREA_AGE, crossed))
    domains = tuple(domain_value(domain) for domain in words.codes[DOMAIN])
    factors = words.codes[FACTOR]
    parts = tuple((factor, domain_value(words.domain_of[factor])) for factor in factors)
    return (
        *common,
        Dimension(CATEGORY, (*words.codes[CATEGORY], NOT_RECORDED)),
        Dimension(CONCLUSION, (*words.codes[CONCLUSION], NOT_RECORDED)),
        Dimension(TIME_TAKEN, (WITHIN_6, WITHIN_12, OVER_12)),
        Dimension(DOMAIN, words.codes[DOMAIN], partition=False),
        Dimension(FACTOR, (*domains, *factors), partition=False, part_of=parts),
    )


def ties(basis: Basis, words: Words, years: Iterable[str]) -> Iterator[Relation]:
    """What ties counts of different dimensions, which a reader knows from what they mean."""
    for year in years:
        yield from _ties_of_deaths(words, year) if basis is Basis.DEATHS else _ties_of_reviews(words, year)


def _ties_of_deaths(words: Words, year: str) -> Iterator[Relation]:
    """The age bands make up the age groups, and areas by age group make up both."""

    def atom(dimension: str, value: str) -> Atom:
        return Atom(Basis.DEATHS, dimension, value, year)

    infants = [band for band in words.codes[AGE_BAND] if band in INFANT_BANDS]
    bands = tuple((atom(AGE_BAND, band), 1) for band in infants)
    yield Relation((*bands, (atom(AGE_GROUP, UNDER_1), -1)))
    for area in words.areas:
        both = tuple((atom(AREA_AGE, area_age_value(area, age)), 1) for age in (UNDER_1, AGED_1_TO_17))
        yield Relation((*both, (atom(AREA, area), -1)))
    everywhere = tuple((atom(AREA_AGE, area_age_value(area, UNDER_1)), 1) for area in words.areas)
    yield Relation((*everywhere, (atom(AGE_GROUP, UNDER_1), -1)))


def _ties_of_reviews(words: Words, year: str) -> Iterator[Relation]:
    """A modifiable factor contributed to its domain, and is of a review that concluded on such factors."""

    def atom(dimension: str, value: str) -> Atom:
        return Atom(Basis.REVIEWS, dimension, value, year)

    for domain in words.codes[DOMAIN]:
        modifiable = atom(FACTOR, domain_value(domain))
        yield Relation(((atom(DOMAIN, domain), 1), (modifiable, -1)), 0, None)
        yield Relation(((atom(CONCLUSION, MODIFIABLE), 1), (modifiable, -1)), 0, None)


def expected(basis: Basis, words: Words, years: Iterable[str]) -> Iterator[Relation]:
    """What a reader takes for granted though the record need not obey it.

    A review that found modifiable factors names at least one, so their domains together count no fewer. Of a
    review that came from elsewhere the conclusion may be held alone.
    """
    if basis is Basis.REVIEWS:
        for year in years:
            domains = [Atom(basis, FACTOR, domain_value(domain), year) for domain in words.codes[DOMAIN]]
            terms = (*((domain, 1) for domain in domains), (Atom(basis, CONCLUSION, MODIFIABLE, year), -1))
            yield Relation(terms, 0, None)


def totals(counts: Mapping[Atom, int], dimension: Dimension, basis: Basis, year: str) -> int:
    """The total of a year, as a dimension that divides all cases sums to it."""
    return sum(counts.get(Atom(basis, dimension.name, value, year), 0) for value in dimension.values)


def filled(
    counts: Mapping[Atom, int], basis: Basis, shape: Sequence[Dimension], years: Iterable[str]
) -> dict[Atom, int]:
    """The counts of these years with a zero for everything that did not occur.

    The totals, and how many cases do not have a value that cases may have several of, follow from the rest.
    """
    whole: dict[Atom, int] = {}
    for year in years:
        total = totals(counts, shape[0], basis, year)
        whole[Atom(basis, TOTAL, "", year)] = total
        for dimension in shape:
            for value in dimension.values:
                atom = Atom(basis, dimension.name, value, year)
                whole[atom] = counts.get(atom, 0)
                if not dimension.partition:
                    whole[Atom(basis, dimension.name, without(value), year)] = total - whole[atom]
    return whole


def time_taken(known_on: date, reviewed_on: date) -> str:
    """How long a review took, in classes; a review of six months to the day took no more than six."""
    if reviewed_on <= _months_after(known_on, 6):
        return WITHIN_6
    return WITHIN_12 if reviewed_on <= _months_after(known_on, 12) else OVER_12


def _months_after(day: date, months: int) -> date:
    """The same day of the month so many months later, or the last day of a month that has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for number in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, number)
        except ValueError:
            continue
    raise AssertionError("unreachable: every month has 28 days")
