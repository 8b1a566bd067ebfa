"""Faults in what a file says of child deaths, and of what agencies return about them, are told in place."""

import pytest

from tests.transfer.documents import whole_with_deaths
from tests.transfer.faults import Fault, Load, must_be_told

FAULTS: dict[str, Fault] = {
    # The case
    "a day of birth": (
        lambda d: d["child_deaths"][1].update(date_of_birth="2010-01-01"),
        "child_deaths[1].date_of_birth",
        None,
        "no such field",
    ),
    "a day instead of a quarter": (
        lambda d: d["child_deaths"][1].update(death_quarter_on="2017-01-19"),
        "child_deaths[1].death_quarter_on",
        "2017-01-19",
        "first day",
    ),
    "a quarter after the death became known": (
        lambda d: d["child_deaths"][1].update(death_quarter_on="2017-04-01"),
        "child_deaths[1].death_quarter_on",
        "2017-04-01",
        "after the death became known",
    ),
    "a stage before the death was known": (
        lambda d: d["child_deaths"][0]["stages"][1].update(reached_on="2016-05-02"),
        "child_deaths[0].stages[1].reached_on",
        "2016-05-02",
        "before the death became known",
    ),
    "a stage after the end": (
        lambda d: d["child_deaths"][0]["stages"].append({"stage": "closed", "reached_on": "2016-06-01"}),
        "child_deaths[0].stages[5].reached_on",
        "2017-02-01",
        "after the case was closed",
    ),
    "a number of two": (
        lambda d: d["child_deaths"][1].update(cdop_number="CH/2016/01"),
        "child_deaths[1].cdop_number",
        "CH/2016/01",
        "already that of D-0001",
    ),
    "a reference of two": (
        lambda d: d["child_deaths"][2].update(ecdop_ref="E100"),
        "child_deaths[2].ecdop_ref",
        "E100",
        "already that of D-0001",
    ),
    "a number in small letters": (
        lambda d: d["child_deaths"][1].update(cdop_number="ch/2016/01"),
        "child_deaths[1].cdop_number",
        "ch/2016/01",
        "in capitals",
    ),
    "a group that reviews no deaths": (
        lambda d: d["child_deaths"][1].update(group="scr"),
        "child_deaths[1].group",
        "scr",
        "does not review child deaths",
    ),
    "guidance for reviews": (
        lambda d: d["child_deaths"][1].update(regime="WT2015_SCR"),
        "child_deaths[1].regime",
        "WT2015_SCR",
        "no guidance for child deaths",
    ),
    "guidance to come": (
        lambda d: d["child_deaths"][1].update(regime="CDR2018"),
        "child_deaths[1].regime",
        "CDR2018",
        "not in force when the death became known",
    ),
    **{
        f"a word that is none: {name}": (
            lambda d, name=name: d["child_deaths"][0].update({name: "odd"}),  # type: ignore[misc]
            f"child_deaths[0].{name}",
            "odd",
            "must be one of",
        )
        for name in ("age_band", "sex", "ethnicity_group", "place", "category", "conclusion")
    },
    "an exclusion that is none": (
        lambda d: d["child_deaths"][2].update(exclusion="odd"),
        "child_deaths[2].exclusion",
        "odd",
        "must be one of",
    ),
    "an excluded death that a panel reviewed": (
        lambda d: d["child_deaths"][0].update(exclusion="stillbirth"),
        "child_deaths[0].exclusion",
        "stillbirth",
        "passed no panel",
    ),
    # Its stages
    "a stage of other guidance": (
        lambda d: d["child_deaths"][1]["stages"][1].update(stage="cdrm"),
        "child_deaths[1].stages[1].stage",
        "cdrm",
        "does not pass this stage",
    ),
    "a stage twice": (
        lambda d: d["child_deaths"][1]["stages"].append({"stage": "notified", "reached_on": "2017-02-07"}),
        "child_deaths[1].stages[2].stage",
        "notified",
        "reached this stage already",
    ),
    "no day on which it became known": (
        lambda d: d["child_deaths"][1]["stages"].pop(0),
        "child_deaths[1].stages",
        "a list of 1",
        "became known is missing",
    ),
    "a stage withdrawn without a reason": (
        lambda d: d["child_deaths"][1]["stages"][1].update(withdrawn_on="2017-02-07"),
        "child_deaths[1].stages[1].withdrawn_reason",
        None,
        "both the day and the reason",
    ),
    # What it waits on
    "a wait that ended before it began": (
        lambda d: d["child_deaths"][0]["waits"][0].update(until_on="2016-05-01"),
        "child_deaths[0].waits[0].until_on",
        "2016-05-01",
        "before it began",
    ),
    "a wait twice": (
        lambda d: d["child_deaths"][0]["waits"].append({"reason": "pmrt", "since_on": "2016-07-01"}),
        "child_deaths[0].waits[2].reason",
        "pmrt",
        "waits on this already",
    ),
    "a wait on what is no word": (
        lambda d: d["child_deaths"][0]["waits"][1].update(reason="odd"),
        "child_deaths[0].waits[1].reason",
        "odd",
        "must be one of",
    ),
    "a clock that is none": (
        lambda d: d["child_deaths"][0]["pauses"][0].update(limit="odd"),
        "child_deaths[0].pauses[0].limit",
        "odd",
        "no such time limit",
    ),
    "a clock that ran again before it stopped": (
        lambda d: d["child_deaths"][0]["pauses"][0].update(resumed_on="2016-05-01"),
        "child_deaths[0].pauses[0].resumed_on",
        "2016-05-01",
        "before it stopped",
    ),
    "a pause both approved and declined": (
        lambda d: d["child_deaths"][0]["pauses"][1].update(approved_by="chair"),
        "child_deaths[0].pauses[1].declined_on",
        "2017-02-03",
        "was no pause",
    ),
    # The analysis
    "a factor in another domain": (
        lambda d: d["child_deaths"][0]["factors"][0].update(domain="C"),
        "child_deaths[0].factors[0].factor",
        "smoking",
        "belongs to another domain",
    ),
    "a factor twice": (
        lambda d: d["child_deaths"][0]["factors"].append(dict(d["child_deaths"][0]["factors"][0])),
        "child_deaths[0].factors[2].factor",
        "smoking",
        "has this factor already",
    ),
    "a modifiable factor that did not contribute": (
        lambda d: d["child_deaths"][0]["factors"][0].update(is_modifiable=True),
        "child_deaths[0].factors[0].is_modifiable",
        "true",
        "may have contributed",
    ),
    "a relevance of other guidance": (
        lambda d: d["child_deaths"][0]["factors"][0].update(relevance="4"),
        "child_deaths[0].factors[0].relevance",
        "4",
        "must be one of",
    ),
    "a category that another precedes": (
        lambda d: d["child_deaths"][0].update(category="10"),
        "child_deaths[0].category",
        "10",
        "first in their order is 8",
    ),
    "categories considered that are none": (
        lambda d: d["child_deaths"][0].update(categories_considered="8 11"),
        "child_deaths[0].categories_considered",
        "8 11",
        "must be some of",
    ),
    "modifiable factors without one": (
        lambda d: d["child_deaths"][0]["factors"][1].pop("is_modifiable"),
        "child_deaths[0].conclusion",
        "modifiable",
        "No factor is marked",
    ),
    "a modifiable factor that the conclusion denies": (
        lambda d: d["child_deaths"][0].update(conclusion="inadequate"),
        "child_deaths[0].conclusion",
        "inadequate",
        "modifiable factors are identified",
    ),
    "a review without a category": (
        lambda d: d["child_deaths"][0].pop("category"),
        "child_deaths[0].category",
        None,
        "say what it decided",
    ),
    "a review by a panel that is still to meet": (
        lambda d: d["child_deaths"][0].update(panel="P-0002"),
        "child_deaths[0].panel",
        "P-0002",
        "was not held",
    ),
    "two referrals": (
        lambda d: d["child_deaths"][0]["referrals"].append({"review": "R-0002", "referred_on": "2016-05-13"}),
        "child_deaths[0].referrals[1].review",
        "R-0002",
        "referred once already",
    ),
    "a conflict of interest twice": (
        lambda d: d["child_deaths"][0]["conflicts"].append(
            {"person": "nurse", "nature": "The same.", "declared_on": "2016-06-10"}
        ),
        "child_deaths[0].conflicts[1].person",
        "nurse",
        "has this person here twice",
    ),
    # What is stated elsewhere
    "a figure stated twice": (
        lambda d: d["stated_figures"].append({**d["stated_figures"][0], "ref": "SF-0003"}),
        "stated_figures[2].code",
        "deaths_in_year",
        "stands already",
    ),
    "a count with a fraction": (
        lambda d: d["stated_figures"][0].update(value="21.5"),
        "stated_figures[0].value",
        "21.5",
        "whole number",
    ),
    "a number with a comma": (
        lambda d: d["stated_figures"][0].update(value="1,021"),
        "stated_figures[0].value",
        "1,021",
        "without commas",
    ),
    "a population of nobody": (
        lambda d: d["populations"][0].update(number=0),
        "populations[0].number",
        "0",
        "1 or more",
    ),
    # What agencies return
    "an agency asked twice": (
        lambda d: d["agency_returns"][1].update(agency="homerton"),
        "agency_returns[1].agency",
        "homerton",
        "N-0001 asks this agency about D-0001 already",
    ),
    "no forms": (
        lambda d: d["agency_returns"][2].pop("forms"),
        "agency_returns[2].forms",
        None,
        "which forms",
    ),
    "a form of other guidance": (
        lambda d: d["agency_returns"][2].update(forms=["drowning"]),
        "agency_returns[2].forms",
        "drowning",
        "must be some of",
    ),
    "returned before it was asked": (
        lambda d: d["agency_returns"][0].update(returned_on="2016-05-01"),
        "agency_returns[0].returned_on",
        "2016-05-01",
        "before the day it was asked",
    ),
    "returned and waived": (
        lambda d: d["agency_returns"][1].update(returned_on="2016-06-01"),
        "agency_returns[1].waived_on",
        "2016-06-20",
        "not waived",
    ),
    "waived without a reason": (
        lambda d: d["agency_returns"][1].pop("waived_reason"),
        "agency_returns[1].waived_reason",
        None,
        "the day and the reason",
    ),
    "returned by somebody on no day": (
        lambda d: d["agency_returns"][0].pop("returned_on"),
        "agency_returns[0].returned_on",
        None,
        "Give the day",
    ),
    "steps that lead to another day": (
        lambda d: d["agency_returns"][0]["steps"].pop(1),
        "agency_returns[0].due_on",
        "2016-06-07",
        "lead to 2016-05-31",
    ),
    "steps that lead to another end": (
        lambda d: d["agency_returns"][0]["steps"].pop(2),
        "agency_returns[0].steps",
        "a list of 2",
        "Asked for",
    ),
    "asked twice": (
        lambda d: d["agency_returns"][0]["steps"][1].update(move="asked"),
        "agency_returns[0].steps[1].move",
        "asked",
        "asked once",
    ),
    "a step before what precedes it": (
        lambda d: d["agency_returns"][0]["steps"][2].update(taken_on="2016-05-11"),
        "agency_returns[0].steps[2].taken_on",
        "2016-05-11",
        "before what precedes it",
    ),
    "not for the agency, and waived": (
        lambda d: d["agency_returns"][1].update(not_for_us_on="2016-06-10"),
        "agency_returns[1].not_for_us_on",
        "2016-06-10",
        "has answered this",
    ),
    "answered by somebody of another agency": (
        lambda d: d["agency_returns"][2].update(owner="chair"),
        "agency_returns[2].owner",
        "chair",
        "Somebody of the agency",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_and_nothing_is_loaded(name: str, load: Load) -> None:
    must_be_told(FAULTS[name], load, of=whole_with_deaths)
