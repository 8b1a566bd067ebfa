"""Counting: grouped questions to the record, a fixed number of them however many cases there are."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, case, cast, extract, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from app.accounts.models import Area, Provenance
from app.cdop.figures.rules import bases
from app.cdop.figures.rules.bases import Basis, Words
from app.cdop.figures.rules.counts import Atom
from app.cdop.models import CaseFactor, CaseStage, ChildDeathCase, Term, Vocabulary, Wait
from app.clocks.models import Stage
from app.core.database import current_session
from app.core.report_year import ReportYear, report_year_of

_APRIL = 4
#: The stage of the child death review meeting.
_MEETING = "cdrm"
#: The codes of a case that both bases divide by.
_CODES: Mapping[str, InstrumentedAttribute[str]] = {
    bases.AGE_BAND: ChildDeathCase.age_band,
    bases.SEX: ChildDeathCase.sex,
    bases.ETHNICITY: ChildDeathCase.ethnicity_group,
    bases.PLACE: ChildDeathCase.place,
    bases.EXPECTEDNESS: ChildDeathCase.expectedness,
}
#: Those that only a completed review has.
_FOUND: Mapping[str, InstrumentedAttribute[str | None]] = {
    bases.CATEGORY: ChildDeathCase.category,
    bases.CONCLUSION: ChildDeathCase.conclusion,
}
_VOCABULARIES = {
    bases.AGE_BAND: Vocabulary.AGE_BAND,
    bases.SEX: Vocabulary.SEX,
    bases.ETHNICITY: Vocabulary.ETHNICITY_GROUP,
    bases.PLACE: Vocabulary.PLACE,
    bases.CATEGORY: Vocabulary.CATEGORY,
    bases.CONCLUSION: Vocabulary.CONCLUSION,
    bases.DOMAIN: Vocabulary.DOMAIN,
    bases.FACTOR: Vocabulary.FACTOR,
}


@dataclass
class Counted:
    """The counts of a basis that are not zero, by report year as written, and how long its reviews took."""

    counts: Counter[Atom] = field(default_factory=Counter)
    #: Days from known to panel, by report year; of reviews alone.
    days: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    #: Days from known to the child death review meeting, of those of them that had it.
    meeting_days: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    #: The report years in which some of the cases are illustrative.
    illustrative: set[str] = field(default_factory=set)

    @property
    def start_years(self) -> list[int]:
        """The years in which the report years begin that anything was counted in."""
        return sorted({int(atom.year[:4]) for atom, count in self.counts.items() if count})


def year_of(basis: Basis) -> ColumnElement[int]:
    """The calendar year in which the report year begins that a case is counted in."""
    if basis is Basis.DEATHS:
        return ChildDeathCase.death_year_start.expression
    year = cast(extract("year", ChildDeathCase.reviewed_on), Integer)
    return year - case((extract("month", ChildDeathCase.reviewed_on) < _APRIL, 1), else_=0)


def counts_in(basis: Basis) -> ColumnElement[bool]:
    """The cases that count: neither excluded nor withdrawn, and of reviews those that are complete."""
    conditions = [ChildDeathCase.exclusion.is_(None), ChildDeathCase.withdrawn_on.is_(None)]
    if basis is Basis.REVIEWS:
        conditions.append(ChildDeathCase.reviewed_on.is_not(None))
    return and_(*conditions)


def _grouped(basis: Basis, *columns: Any) -> Any:
    """How many cases there are for each year and combination of codes."""
    year = year_of(basis)
    return select(year, *columns, func.count()).where(counts_in(basis)).group_by(year, *columns)


def count(basis: Basis) -> Counted:
    """The record's counts of a basis: one question for each thing it is divided by."""
    found = Counted()
    session = current_session()
    made_up = select(year_of(basis)).where(
        counts_in(basis), ChildDeathCase.provenance == Provenance.ILLUSTRATIVE
    )
    found.illustrative = {str(ReportYear(start)) for start in session.scalars(made_up.distinct())}

    def add(dimension: str, value: str, start: int, number: int) -> None:
        found.counts[Atom(basis, dimension, value, str(ReportYear(start)))] += number

    for dimension, column in _CODES.items():
        if dimension == bases.AGE_BAND and basis is Basis.DEATHS:
            continue
        for start, value, number in session.execute(_grouped(basis, column)):
            add(dimension, value, start, number)
    if basis is Basis.DEATHS:
        by_age = _grouped(basis, ChildDeathCase.age_band, Area.ref).join(ChildDeathCase.area)
        for start, band, area, number in session.execute(by_age):
            group = bases.age_group_of(band)
            add(bases.AGE_BAND, band, start, number)
            add(bases.AGE_GROUP, group, start, number)
            add(bases.AREA, area, start, number)
            add(bases.AREA_AGE, bases.area_age_value(area, group), start, number)
        return found
    for start, area, number in session.execute(_grouped(basis, Area.ref).join(ChildDeathCase.area)):
        add(bases.AREA, area, start, number)
    for dimension, found_column in _FOUND.items():
        for start, value, number in session.execute(_grouped(basis, found_column)):
            add(dimension, value or bases.NOT_RECORDED, start, number)
    _count_factors(add)
    _count_times(found)
    return found


def _count_factors(add: Any) -> None:
    """Reviews with a contributory factor in a domain, and with a modifiable one by domain and factor."""
    session, year = current_session(), year_of(Basis.REVIEWS)
    concluded = and_(CaseFactor.is_modifiable, ChildDeathCase.conclusion == bases.MODIFIABLE)
    contributed = or_(CaseFactor.relevance.in_(sorted(bases.CONTRIBUTED)), concluded)
    asked = (
        (bases.DOMAIN, CaseFactor.domain_code, contributed, str),
        (bases.FACTOR, CaseFactor.domain_code, concluded, bases.domain_value),
        (bases.FACTOR, CaseFactor.factor, concluded, str),
    )
    for dimension, column, condition, named in asked:
        statement = (
            select(year, column, func.count(CaseFactor.case_id.distinct()))
            .join(CaseFactor, CaseFactor.case_id == ChildDeathCase.id)
            .where(counts_in(Basis.REVIEWS), condition)
            .group_by(year, column)
        )
        for start, value, number in session.execute(statement):
            add(dimension, named(value), start, number)


def _count_times(found: Counted) -> None:
    """How long each completed review took; days are counted here, as each database does it in its own way."""
    statement: Any = (
        select(ChildDeathCase.known_on, ChildDeathCase.reviewed_on, func.count())
        .where(counts_in(Basis.REVIEWS))
        .group_by(ChildDeathCase.known_on, ChildDeathCase.reviewed_on)
    )
    for known_on, reviewed_on, number in current_session().execute(statement):
        year = str(report_year_of(reviewed_on))
        taken = bases.time_taken(known_on, reviewed_on)
        found.counts[Atom(Basis.REVIEWS, bases.TIME_TAKEN, taken, year)] += number
        found.days[year] += [(reviewed_on - known_on).days] * number
    held: Any = (
        select(ChildDeathCase.known_on, CaseStage.reached_on, ChildDeathCase.reviewed_on, func.count())
        .join(CaseStage, CaseStage.case_id == ChildDeathCase.id)
        .join(CaseStage.stage)
        .where(counts_in(Basis.REVIEWS), Stage.code == _MEETING, CaseStage.withdrawn_on.is_(None))
        .group_by(ChildDeathCase.known_on, CaseStage.reached_on, ChildDeathCase.reviewed_on)
    )
    for known_on, met_on, reviewed_on, number in current_session().execute(held):
        found.meeting_days[str(report_year_of(reviewed_on))] += [(met_on - known_on).days] * number


def words(counted: Sequence[Counted] = ()) -> Words:
    """The codes there are, still offered or not, and any that is counted without being one."""
    codes: dict[str, list[str]] = {dimension: [] for dimension in _VOCABULARIES}
    by_vocabulary = {str(vocabulary): dimension for dimension, vocabulary in _VOCABULARIES.items()}
    domain_of: dict[str, str] = {}
    for vocabulary, code, domain in current_session().execute(
        select(Term.vocabulary, Term.code, Term.domain_code).order_by(Term.position, Term.id)
    ):
        dimension = by_vocabulary.get(vocabulary)
        if dimension is not None and code not in codes[dimension]:
            codes[dimension].append(code)
            if vocabulary == Vocabulary.FACTOR:
                domain_of[code] = domain or ""
    codes[bases.EXPECTEDNESS] = ["expected", bases.UNEXPECTED]
    for each in counted:
        for atom in sorted(each.counts):
            known = codes.get(atom.dimension)
            is_made_here = atom.value == bases.NOT_RECORDED or atom.value.startswith(bases.domain_value(""))
            if known is not None and atom.value not in known and not is_made_here:
                known.append(atom.value)
    codes[bases.FACTOR] = [code for code in codes[bases.FACTOR] if domain_of.get(code) in codes[bases.DOMAIN]]
    areas = current_session().scalars(select(Area.ref).order_by(Area.id)).all()
    return Words({name: tuple(values) for name, values in codes.items()}, tuple(areas), domain_of)


def labels() -> dict[tuple[str, str], str]:
    """The words for each value of each dimension, and of each factor the domain it is part of."""
    found: dict[tuple[str, str], str] = {}
    by_vocabulary = {str(vocabulary): dimension for dimension, vocabulary in _VOCABULARIES.items()}
    for vocabulary, code, label, domain in current_session().execute(
        select(Term.vocabulary, Term.code, Term.label, Term.domain_code).order_by(Term.position, Term.id)
    ):
        if domain:
            found.setdefault((bases.PART_OF, code), bases.domain_value(domain))
        if (dimension := by_vocabulary.get(vocabulary)) is not None:
            found.setdefault((dimension, code), label)
            if dimension == bases.DOMAIN:
                found.setdefault((bases.FACTOR, bases.domain_value(code)), f"{code}: {label}")
    for ref, name in current_session().execute(select(Area.ref, Area.name)):
        found[bases.AREA, ref] = name
        for group in (bases.UNDER_1, bases.AGED_1_TO_17):
            crossed = bases.area_age_value(ref, group)
            found[bases.AREA_AGE, crossed] = f"{name}: {bases.WORDS[group].lower()}"
    return found


def stamp() -> str:
    """How many cases and factors there are: a bulk load past the models changes it."""
    session = current_session()
    cases = session.execute(select(func.count(), func.max(ChildDeathCase.id)).select_from(ChildDeathCase))
    factors = session.execute(select(func.count(), func.max(CaseFactor.id)).select_from(CaseFactor))
    return "/".join(str(number or 0) for rows in (cases, factors) for number in rows.one())


#: Of open reviews: how old, from and below how many months.
AGES = (("Under 6 months", 0, 6), ("6 to 12 months", 6, 12), ("12 to 18 months", 12, 18))
OLDEST = "Over 18 months"


def open_by_age(on: date) -> list[tuple[str, int]]:
    """How many reviews are open, by their age on the day since the death became known."""
    statement = (
        select(ChildDeathCase.known_on, func.count())
        .where(ChildDeathCase.is_open)
        .group_by(ChildDeathCase.known_on)
    )
    ages: Counter[str] = Counter()
    for known_on, number in current_session().execute(statement):
        months = (on.year - known_on.year) * 12 + on.month - known_on.month - (on.day < known_on.day)
        label = next((label for label, low, high in AGES if low <= months < high), OLDEST)
        ages[label if months >= 0 else AGES[0][0]] += number
    return [(label, ages[label]) for label in (*(label for label, _, _ in AGES), OLDEST)]


def open_by_wait() -> list[tuple[str, int]]:
    """What open reviews wait on now, the commonest first; one may wait on several things, or on nothing."""
    statement = (
        select(Wait.reason, func.count(Wait.case_id.distinct()))
        .join(Wait.case)
        .where(ChildDeathCase.is_open, Wait.until_on.is_(None), Wait.holds_up)
        .group_by(Wait.reason)
        .order_by(func.count(Wait.case_id.distinct()).desc(), Wait.reason)
    )
    rows = current_session().execute(statement).all()
    terms = dict(
        current_session()
        .execute(select(Term.code, Term.label).where(Term.vocabulary == Vocabulary.WAITING_ON))
        .all()
    )
    return [(terms.get(reason, reason), number) for reason, number in rows]
