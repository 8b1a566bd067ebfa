"""Faults in what a file says of the partnership, people, reviews and lessons are told where they stand."""

import pytest

from tests.transfer.documents import person
from tests.transfer.faults import Fault, Load, must_be_told

FAULTS: dict[str, Fault] = {
    # The partnership and its people
    "a second partnership": (
        lambda d: d["partnership"].append({"ref": "other", "name": "Other", "short_name": "O"}),
        "partnership[1].ref",
        "other",
        "serves one partnership",
    ),
    "another name of two agencies": (
        lambda d: d["agencies"][0].update(other_names=["HUH"]),
        "agencies[1].other_names",
        "HUH",
        "this one to ccg",
    ),
    "an address of two people": (
        lambda d: d["people"].append(person("twin", "ccg", email="CHAIR@example.org")),
        "people[5].email",
        "CHAIR@example.org",
        "already that of chair",
    ),
    "a lead of no agency": (
        lambda d: d["people"][0].update(roles=[{"role": "agency_lead"}]),
        "people[0].roles[0].agency",
        None,
        "held for an agency",
    ),
    "a role twice": (
        lambda d: d["people"][1]["roles"].append({"role": "independent_chair"}),
        "people[1].roles[1].role",
        "independent_chair",
        "twice",
    ),
    "a seat twice": (
        lambda d: d["people"][0]["seats"].append({"group": "scr"}),
        "people[0].seats[1].group",
        "scr",
        "twice",
    ),
    "a theme on a third level": (
        lambda d: d["themes"].append({"ref": "third", "name": "Third", "parent": "family"}),
        "themes[3].parent",
        "family",
        "two levels",
    ),
    "a theme above itself": (
        lambda d: d["themes"][1].update(parent="practice"),
        "themes[1].parent",
        "practice",
        "two levels",
    ),
    "a name of two themes": (
        lambda d: d["themes"][1].update(name="think family"),
        "themes[1].name",
        "think family",
        "already the name of family",
    ),
    # Reviews, lessons, recommendations
    "a stage of another pathway": (
        lambda d: d["reviews"][1]["stages"][0].update(stage="scoping"),
        "reviews[1].stages[0].stage",
        "scoping",
        "does not pass this stage",
    ),
    "a stage twice on a day": (
        lambda d: d["reviews"][1]["stages"].append({"stage": "received", "reached_on": "2016-02-03"}),
        "reviews[1].stages[1].stage",
        "received",
        "on that day already",
    ),
    "every stage withdrawn": (
        lambda d: d["reviews"][1]["stages"][0].update(withdrawn_on="2016-03-01", withdrawn_reason="Wrong."),
        "reviews[1].stages",
        "a list of 1",
        "all are withdrawn",
    ),
    "a regime to come": (
        lambda d: d["reviews"][0].update(regime="WT2018"),
        "reviews[0].regime",
        "WT2018",
        "not in force before 2018-06-29",
    ),
    "withdrawn without a reason": (
        lambda d: d["reviews"][1].update(withdrawn_on="2017-01-01"),
        "reviews[1].withdrawn_reason",
        None,
        "both the day and the reason",
    ),
    "a case number twice": (
        lambda d: d["reviews"][0]["audited_cases"].append({"number": 2}),
        "reviews[0].audited_cases[2].number",
        "2",
        "already has a case 2",
    ),
    "a case that the review has not": (
        lambda d: d["lessons"][0].update(audited_case=9),
        "lessons[0].audited_case",
        "9",
        "no audited case",
    ),
    "four themes": (
        lambda d: (
            d["themes"].extend({"ref": f"t{n}", "name": f"T{n}"} for n in range(3)),
            d["lessons"][0].update(themes=["family", "t0", "t1", "t2"]),
        ),
        "lessons[0].themes",
        "a list of 4",
        "3 themes at most",
    ),
    "cleared on no day": (
        lambda d: d["lessons"][1].update(sharing="cleared"),
        "lessons[1].cleared_on",
        None,
        "cleared on some day",
    ),
    "published before it was cleared": (
        lambda d: d["lessons"][0].update(published_on="2016-07-31"),
        "lessons[0].published_on",
        "2016-07-31",
        "before it was cleared",
    ),
    "cleared before it was found": (
        lambda d: d["lessons"][0].update(cleared_on="2016-06-30"),
        "lessons[0].cleared_on",
        "2016-06-30",
        "before it was found",
    ),
    "a draft that was cleared": (
        lambda d: d["lessons"][1].update(cleared_on="2016-08-01"),
        "lessons[1].cleared_on",
        "2016-08-01",
        "A draft",
    ),
    "a lesson of another review": (
        lambda d: d["recommendations"][0].update(lessons=["L-0002"]),
        "recommendations[0].lessons",
        "L-0002",
        "belongs to R-0002",
    ),
    "a number of two recommendations": (
        lambda d: d["recommendations"].append({**d["recommendations"][0], "ref": "C-0002"}),
        "recommendations[1].number",
        "1",
        "C-0001 has this number",
    ),
    "a response on no day": (
        lambda d: d["recommendations"][0].pop("responded_on"),
        "recommendations[0].responded_on",
        None,
        "given on some day",
    ),
    "a reason without a response": (
        lambda d: d["recommendations"][0].pop("response"),
        "recommendations[0].responded_on",
        "2016-09-01",
        "no response",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named_by_path_value_and_problem(name: str, load: Load) -> None:
    must_be_told(FAULTS[name], load)
