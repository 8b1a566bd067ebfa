"""Builders of child death reviews and what belongs to them, one by one or by the thousand.

They are minimal synthetic cases that no child is behind.
"""

import random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Table, func, insert, select

from app.accounts.models import Agency, Area, Group, Provenance, Source, SourceKind
from app.cdop.models import AgencyReturn, AgencyReturnForm, CaseStage, ChildDeathCase, Term, Vocabulary, Wait
from app.cdop.rules.cases import quarter_of
from app.cdop.standing import keep
from app.clocks.models import Regime, Stage
from app.core.clock import machine_now
from app.core.database import Base, current_session
from app.core.references import next_reference
from tests.support.world import DAY, by_ref

#: What a case has where a test does not say.
_USUAL = {
    "age_band": "1_4_years",
    "sex": "female",
    "ethnicity_group": "black",
    "place": "hospital",
    "area": "hackney",
    "expectedness": "expected",
    "known_on": date(2016, 7, 1),
    "reviewed_on": None,
    "category": None,
    "conclusion": None,
    "exclusion": None,
    "withdrawn_on": None,
    "factors": (),
}


def add_deaths(cases: Sequence[Mapping[str, Any]]) -> list[int]:
    """Add a case for each of these, with what is said of it; the row numbers, in order.

    ``death_year`` is the year in which the report year of the death begins, else that of ``known_on``;
    ``factors`` are (domain, factor, relevance, whether modifiable). The caller commits.
    """
    session = current_session()
    areas = {area.ref: area.id for area in session.scalars(select(Area))}
    regime = session.scalars(select(Regime.id).where(Regime.code == "CDR2008")).one()
    group = session.scalars(select(Group.id).where(Group.ref == "cdop")).one()
    first = (session.scalar(select(func.max(Source.id))) or 0) + 1
    sources, deaths, factors = [], [], []
    for number, given in enumerate(cases, start=first):
        case = {**_USUAL, **given}
        known_on: date = case["known_on"]
        start = case.get("death_year", known_on.year if known_on.month >= 4 else known_on.year - 1)
        reviewed_on = case["reviewed_on"]
        sources.append(
            {
                "id": number,
                "kind": SourceKind.CHILD_DEATH,
                "ref": f"D-{number:04d}",
                "group_id": group,
                "is_restricted": True,
                "caption": f"CDOP {number}",
                "withdrawn_on": case["withdrawn_on"],
                "withdrawn_reason": "Entered twice" if case["withdrawn_on"] else None,
            }
        )
        deaths.append(
            {
                "id": number,
                "cdop_number": f"CDOP-{number}",
                "regime_id": regime,
                "death_quarter_on": date(start, 4, 1),
                "death_year_start": start,
                "age_band": case["age_band"],
                "sex": case["sex"],
                "ethnicity_group": case["ethnicity_group"],
                "place": case["place"],
                "area_id": areas[case["area"]],
                "expectedness": case["expectedness"],
                "joint_agency_response": False,
                "exclusion": case["exclusion"],
                "stage_code": "panel" if reviewed_on else "known",
                "stage_reached_on": reviewed_on or known_on,
                "known_on": known_on,
                "reviewed_on": reviewed_on,
                "is_open": not (case["exclusion"] or case["withdrawn_on"] or reviewed_on),
                "category": case["category"],
                "conclusion": case["conclusion"],
                "categories_considered": case["category"] or "",
                "learning": "",
                "good_practice": "",
                "key_worker_role": "",
                "created_at": machine_now(),
                "provenance": Provenance.ILLUSTRATIVE,
            }
        )
        factors += [
            {
                "case_id": number,
                "domain_code": domain,
                "factor": factor,
                "relevance": relevance,
                "is_modifiable": modifiable,
                "note": "",
            }
            for domain, factor, relevance, modifiable in case["factors"]
        ]
    session.execute(insert(_table("source")), sources)
    session.execute(insert(_table("child_death_case")), deaths)
    if factors:
        session.execute(insert(_table("child_death_factor")), factors)
    return [source["id"] for source in sources]


def _table(name: str) -> Table:
    return Base.metadata.tables[name]


def year_of_the_record() -> list[dict[str, Any]]:
    """The published year 2016/17 in minimal cases: 27 deaths, 16 unexpected; 18 reviews, 5 modifiable.

    Of the reviews completed in the year some are of deaths in the year before. What the report does not say
    (ages, sexes, places) is made up.
    """
    bands = ["0_27_days"] * 9 + ["28_364_days"] * 6 + ["1_4_years"] * 5 + ["15_17_years"] * 7
    deaths: list[dict[str, Any]] = [
        {
            "age_band": band,
            "sex": "male" if place % 5 < 3 else "female",
            "ethnicity_group": ("black", "white", "asian")[place % 3],
            "place": "home" if place % 4 == 0 else "hospital",
            "expectedness": "unexpected" if place < 16 else "expected",
            "known_on": date(2016, 4, 11) + timedelta(days=12 * place),
        }
        for place, band in enumerate(bands)
    ]
    for place, death in enumerate(deaths[:11]):
        death["reviewed_on"] = death["known_on"] + timedelta(days=120 + 5 * place)
    earlier: list[dict[str, Any]] = [
        {
            "age_band": "0_27_days",
            "sex": "male",
            "known_on": date(2016, 1, 5) + timedelta(days=3 * place),
            "reviewed_on": date(2016, 9, 1) + timedelta(days=20 * place),
        }
        for place in range(7)
    ]
    reviewed = [*deaths[:11], *earlier]
    for place, case in enumerate(reviewed):
        is_modifiable = place < 5
        case["category"] = "8" if place % 2 else "7"
        case["conclusion"] = "modifiable" if is_modifiable else "not_modifiable"
        if is_modifiable:
            case["factors"] = (("B", "smoking", "2", True),)
    return deaths + earlier


def many_deaths(number: int, *, first: int = 2007, years: int = 10, seed: int = 7) -> list[dict[str, Any]]:
    """So many made-up deaths over these report years, most of them reviewed within two years."""
    chance = random.Random(seed)
    session = current_session()
    codes: dict[str, list[str]] = {}
    domain_of = {}
    for vocabulary, code, domain in session.execute(
        select(Term.vocabulary, Term.code, Term.domain_code).order_by(Term.id)
    ):
        codes.setdefault(vocabulary, []).append(code)
        if vocabulary == Vocabulary.FACTOR:
            domain_of[code] = domain
    weights = {name: [chance.random() ** 3 + 0.01 for _ in each] for name, each in codes.items()}

    def one(vocabulary: Vocabulary) -> str:
        return chance.choices(codes[vocabulary], weights[vocabulary])[0]

    last_day = date(first + years, 3, 31)
    made = []
    for _ in range(number):
        known_on = date(first, 4, 1) + timedelta(days=chance.randrange(365 * years))
        reviewed_on = known_on + timedelta(days=chance.randrange(60, 700))
        case: dict[str, Any] = {
            "age_band": one(Vocabulary.AGE_BAND),
            "sex": one(Vocabulary.SEX),
            "ethnicity_group": one(Vocabulary.ETHNICITY_GROUP),
            "place": one(Vocabulary.PLACE),
            "area": chance.choices(["hackney", "city-of-london"], [97, 3])[0],
            "expectedness": chance.choice(["expected", "unexpected"]),
            "known_on": known_on,
        }
        if reviewed_on <= last_day:
            modifiable = chance.random() < 0.3
            names = {one(Vocabulary.FACTOR) for _ in range(chance.randrange(3))} if modifiable else set()
            case |= {
                "reviewed_on": reviewed_on,
                "category": one(Vocabulary.CATEGORY),
                "conclusion": "modifiable" if modifiable else "not_modifiable",
                "factors": tuple((domain_of[name], name, "2", True) for name in sorted(names)),
            }
        made.append(case)
    return made


def make_death(*, known_on: date = date(2017, 1, 9), **values: Any) -> ChildDeathCase:
    """A case that became known on a day, at its first stage; ``stages`` are the days of others, by code."""
    session = current_session()
    regime = values.pop("regime", "CDR2008" if known_on < date(2019, 4, 1) else "CDR2018")
    stages = {"known": known_on, **values.pop("stages", {})}
    ref = next_reference(session, "D")
    number = values.pop("cdop_number", f"{known_on.year}/{ref[-2:]}")
    case = ChildDeathCase(
        **{
            "ref": ref,
            "is_restricted": True,
            "caption": number,
            "cdop_number": number,
            "group": by_ref(Group, "cdop"),
            "regime": session.query(Regime).filter_by(code=regime).one(),
            "death_quarter_on": quarter_of(known_on),
            "death_year_start": known_on.year,
            "age_band": "1_4_years",
            "sex": "female",
            "ethnicity_group": "white",
            "place": "hospital",
            "area": by_ref(Area, values.pop("area", "hackney")),
            "expectedness": "unexpected",
            "stage_code": "known",
            "stage_reached_on": known_on,
            "known_on": known_on,
            "created_at": machine_now(),
            **values,
        }
    )
    for code, day in stages.items():
        reach_stage(case, code, day)
    session.add(case)
    session.flush()
    keep(case, on=DAY)
    session.flush()
    return case


def reach_stage(case: ChildDeathCase, code: str, on: date) -> CaseStage:
    """That a case reached a stage on a day."""
    stage = (
        current_session()
        .query(Stage)
        .filter_by(regime_id=case.regime.id, pathway="child_death", code=code)
        .one()
    )
    row = CaseStage(stage=stage, reached_on=on, recorded_at=machine_now())
    case.stages.append(row)
    return row


def make_return(case: ChildDeathCase, *, agency: str = "homerton", **values: Any) -> AgencyReturn:
    """That an agency was asked what it knows; still owed unless told otherwise."""
    session = current_session()
    due_on = values.pop("due_on", date(2017, 2, 6))
    row = AgencyReturn(
        **{
            "ref": next_reference(session, "N"),
            "case": case,
            "agency": by_ref(Agency, agency),
            "asked_on": date(2017, 1, 16),
            "first_due_on": due_on,
            "due_on": due_on,
            "is_open": not values.keys() & {"returned_on", "waived_on"},
            "forms": [AgencyReturnForm(form="reporting")],
            **values,
        }
    )
    session.add(row)
    session.flush()
    keep(case, on=DAY)
    session.flush()
    return row


def make_wait(case: ChildDeathCase, reason: str = "inquest", **values: Any) -> Wait:
    """That a case waits on something."""
    wait = Wait(case=case, reason=reason, since_on=values.pop("since_on", date(2017, 1, 20)), **values)
    current_session().add(wait)
    current_session().flush()
    return wait
