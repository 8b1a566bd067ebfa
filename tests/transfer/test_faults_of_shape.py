"""Faults of an interchange file's shape and of its references are told by path, value and problem."""

import pytest

from tests.transfer.faults import Fault, Load, must_be_told

FAULTS: dict[str, Fault] = {
    # The shape
    "another format": (lambda d: d.update(format="csv"), "format", "csv", "case-learning-tracker"),
    "another version": (lambda d: d.update(version=2), "version", "2", "version 1"),
    "true is no version": (lambda d: d.update(version=True), "version", "true", "version 1"),
    "an unknown section": (lambda d: d.update(cats=[]), "cats", None, "no such section"),
    "a section that is no list": (lambda d: d.update(areas={}), "areas", "an object", "a list"),
    "a record that is no object": (lambda d: d["areas"].append(7), "areas[1]", "7", "an object"),
    "an unknown field": (lambda d: d["areas"][0].update(size=3), "areas[0].size", None, "no such field"),
    "an unknown field of a row": (
        lambda d: d["actions"][0]["steps"][1].update(colour="red"),
        "actions[0].steps[1].colour",
        None,
        "no such field",
    ),
    "a deputy for oneself": (
        lambda d: d["people"][3]["deputies"][0].update(deputy="manager"),
        "people[3].deputies[0].deputy",
        "manager",
        "Nobody stands in for themselves",
    ),
    "an area withdrawn without a reason": (
        lambda d: d["areas"][0].update(withdrawn_on="2017-01-01"),
        "areas[0].withdrawn_on",
        "2017-01-01",
        "a day and a reason",
    ),
    "merged and still in use": (
        lambda d: d["themes"][2].pop("retired_on"),
        "themes[2].retired_on",
        None,
        "say since when",
    ),
    "a missing field": (
        lambda d: d["actions"][1].pop("title"),
        "actions[1].title",
        None,
        "A-0002: This is missing",
    ),
    "a missing field of a row": (
        lambda d: d["actions"][1]["updates"][0].pop("words"),
        "actions[1].updates[0].words",
        None,
        "A-0002-U1: This is missing",
    ),
    "a number for a text": (lambda d: d["areas"][0].update(name=7), "areas[0].name", "7", "must be a text"),
    "a text for a number": (
        lambda d: d["figures"][0].update(position="first"),
        "figures[0].position",
        "first",
        "must be a whole number",
    ),
    "true for a number": (
        lambda d: d["figures"][0].update(position=True),
        "figures[0].position",
        "true",
        "must be a whole number",
    ),
    "a fraction": (
        lambda d: d["figures"][0].update(position=1.5),
        "figures[0].position",
        "1.5",
        "a whole number",
    ),
    "a number below the least": (
        lambda d: d["figures"][0].update(position=-1),
        "figures[0].position",
        "-1",
        "0 or more",
    ),
    "a percentage above 100": (
        lambda d: d["agencies"][0].update(board_attendance_percent=101),
        "agencies[0].board_attendance_percent",
        "101",
        "100 or less",
    ),
    "a text for a flag": (
        lambda d: d["people"][0].update(active="no"),
        "people[0].active",
        "no",
        "true or false",
    ),
    "a text of blanks": (lambda d: d["areas"][0].update(name="  "), "areas[0].name", "  ", "must be a text"),
    "a text too long": (
        lambda d: d["areas"][0].update(name="x" * 101),
        "areas[0].name",
        "x" * 79 + "…",
        "longer than 100 characters",
    ),
    "an unknown code": (
        lambda d: d["reviews"][0].update(type="inquiry"),
        "reviews[0].type",
        "inquiry",
        "must be one of",
    ),
    "a date of another form": (
        lambda d: d["actions"][0].update(created_on="15/09/2016"),
        "actions[0].created_on",
        "15/09/2016",
        "2017-03-31",
    ),
    "a day that never was": (
        lambda d: d["actions"][0].update(created_on="2016-02-30"),
        "actions[0].created_on",
        "2016-02-30",
        "no such day",
    ),
    "a date with a line end": (
        lambda d: d["actions"][0].update(created_on="2016-09-15\n"),
        "actions[0].created_on",
        "2016-09-15\n",
        "a date written like",
    ),
    "a report year that is none": (
        lambda d: d["reviews"][0].update(report_year="2016/18"),
        "reviews[0].report_year",
        "2016/18",
        "written like 2016/17",
    ),
    "a reference of another kind": (
        lambda d: d["reviews"][0].update(ref="Child H"),
        "reviews[0].ref",
        "Child H",
        "R-0012",
    ),
    "an address that is none": (
        lambda d: d["people"][0].update(email="chair.@example.org"),
        "people[0].email",
        "chair.@example.org",
        "an e-mail address",
    ),
    "a script for a link": (
        lambda d: d["actions"][2]["evidence"][0].update(link="javascript:alert(1)"),
        "actions[2].evidence[0].link",
        "javascript:alert(1)",
        "begins with https://",
    ),
    "a control character": (
        lambda d: d["areas"][0].update(name="Hack\x00ney"),
        "areas[0].name",
        "Hack ney",
        "cannot be kept",
    ),
    "half a character": (
        lambda d: d["areas"][0].update(name="\ud83d"),
        "areas[0].name",
        "\\ud83d",
        "cannot be kept",
    ),
    "no stages": (
        lambda d: d["reviews"][1].update(stages=[]),
        "reviews[1].stages",
        "a list of 0",
        "at least one",
    ),
    "the same reference twice in a list": (
        lambda d: d["lessons"][0].update(themes=["family", "family"]),
        "lessons[0].themes",
        "a list of 2",
        "twice",
    ),
    # References
    "a reference twice in a file": (
        lambda d: d["areas"].append({"ref": "hackney", "name": "Again"}),
        "areas[1].ref",
        "hackney",
        "stands at areas[0] already",
    ),
    "a reference that leads nowhere": (
        lambda d: d["people"][0].update(agency="ofsted"),
        "people[0].agency",
        "ofsted",
        "There is no agency",
    ),
    "a reference of a row that leads nowhere": (
        lambda d: d["actions"][0]["steps"][1].update(taken_by="nobody"),
        "actions[0].steps[1].taken_by",
        "nobody",
        "There is no person",
    ),
    "one of several that leads nowhere": (
        lambda d: d["lessons"][0].update(themes=["family", "cats"]),
        "lessons[0].themes",
        "cats",
        "There is no theme",
    ),
    "an unknown regime": (
        lambda d: d["reviews"][0].update(regime="WT1999"),
        "reviews[0].regime",
        "WT1999",
        "no regime",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named_by_path_value_and_problem(name: str, load: Load) -> None:
    must_be_told(FAULTS[name], load)
