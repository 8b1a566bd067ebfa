"""Every kind of fault is named by its path, the value found and what is wrong; all of a file's at once."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from app.accounts.models import Person
from app.core.database import current_session
from app.reviews.models import Review
from app.transfer.operations import LoadOutcome
from tests.transfer.documents import Document, action, person, step, whole

Load = Callable[[Any], LoadOutcome]
Change = Callable[[Document], Any]

#: What is changed in the document, and the path, value and part of the sentence that must come of it.
FAULTS: dict[str, tuple[Change, str, str | None, str]] = {
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
        lambda d: d["people"][0].update(email="chair"),
        "people[0].email",
        "chair",
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
    # Actions
    "an action of nothing": (
        lambda d: d["actions"][0].pop("lessons"),
        "actions[0].lessons",
        None,
        "at least one lesson or recommendation",
    ),
    "an action of another review's lesson": (
        lambda d: d["actions"][0].update(lessons=["L-0002"]),
        "actions[0].lessons",
        "L-0002",
        "belongs to R-0002",
    ),
    "a status that the steps do not lead to": (
        lambda d: d["actions"][1].update(status="on_hold"),
        "actions[1].status",
        "on_hold",
        "lead to ‘In progress’",
    ),
    "a move that is not possible": (
        lambda d: d["actions"][1]["steps"][1].update(move="accept"),
        "actions[1].steps[1].move",
        "accept",
        "is not possible",
    ),
    "a step that begins elsewhere": (
        lambda d: d["actions"][1]["steps"][1].update(from_status="reopened"),
        "actions[1].steps[1].from_status",
        "reopened",
        "was ‘Agreed’",
    ),
    "a step that leads elsewhere": (
        lambda d: d["actions"][2]["steps"][1].update(to_status="complete"),
        "actions[2].steps[1].to_status",
        "complete",
        "leads to ‘Submitted for sign-off’",
    ),
    "steps out of order": (
        lambda d: d["actions"][1]["steps"][1].update(taken_on="2016-10-01"),
        "actions[1].steps[1].taken_on",
        "2016-10-01",
        "before what precedes it",
    ),
    "agreed by nobody's promise": (
        lambda d: d["actions"][2].pop("owner"),
        "actions[2].steps[0].move",
        "agree",
        "Choose the person who owns this action",
    ),
    "hold without a reason": (
        lambda d: (
            d["actions"][1]["steps"].append(step("hold", "in_progress", "on_hold", "2017-03-20", "chair")),
            d["actions"][1].update(status="on_hold"),
        ),
        "actions[1].steps[2].move",
        "hold",
        "Give the reason",
    ),
    "another first due date": (
        lambda d: d["actions"][1].update(first_due_on="2017-05-01"),
        "actions[1].date_changes[0].from_on",
        "2017-05-31",
        "was due on 2017-05-01",
    ),
    "a due date that nobody decided": (
        lambda d: d["actions"][0].update(due_on="2017-12-31"),
        "actions[0].due_on",
        "2017-12-31",
        "lead to 2017-05-31",
    ),
    "an agreed action without a date": (
        lambda d: (d["actions"][0].pop("due_on"), d["actions"][0].pop("first_due_on")),
        "actions[0].due_on",
        None,
        "has a due date",
    ),
    "one due date of two": (
        lambda d: d["actions"][3].update(due_on="2017-05-01"),
        "actions[3].first_due_on",
        None,
        "stand together",
    ),
    "agreed on no day": (
        lambda d: d["actions"][0].pop("agreed_on"),
        "actions[0].agreed_on",
        None,
        "agreed on some day",
    ),
    "agreed before it was made": (
        lambda d: d["actions"][0].update(agreed_on="2016-09-14"),
        "actions[0].agreed_on",
        "2016-09-14",
        "before it was made",
    ),
    "closed on no day": (
        lambda d: d["actions"][0].pop("closed_on"),
        "actions[0].closed_on",
        None,
        "closed since some day",
    ),
    "closed and going on": (
        lambda d: d["actions"][1].update(closed_on="2017-03-01"),
        "actions[1].closed_on",
        "2017-03-01",
        "is not closed",
    ),
    "an update of another action": (
        lambda d: d["actions"][0]["updates"][0].update(ref="A-0009-U1"),
        "actions[0].updates[0].ref",
        "A-0009-U1",
        "belongs to A-0001",
    ),
    "an update before it was agreed": (
        lambda d: d["actions"][0]["updates"][0].update(written_on="2016-10-01"),
        "actions[0].updates[0].written_on",
        "2016-10-01",
        "still a draft",
    ),
    "an update after it was closed": (
        lambda d: d["actions"][0]["updates"][0].update(written_on="2017-03-20"),
        "actions[0].updates[0].written_on",
        "2017-03-20",
        "cannot be changed",
    ),
    "sent without evidence": (
        lambda d: d["actions"][2].pop("evidence"),
        "actions[2].steps[1].move",
        "send_for_sign_off",
        "at least one piece of evidence",
    ),
    "evidence that came later": (
        lambda d: d["actions"][2]["evidence"][0].update(added_on="2017-03-21"),
        "actions[2].steps[1].move",
        "send_for_sign_off",
        "at least one piece of evidence",
    ),
    "a link to nothing": (
        lambda d: d["actions"][2]["evidence"][0].pop("link"),
        "actions[2].evidence[0].added_on",
        "2017-03-20",
        "Enter a link",
    ),
    "what was given back is not there": (
        lambda d: d["actions"][2]["evidence_returns"][0].update(evidence="A-0003-E2"),
        "actions[2].evidence_returns[0].evidence",
        "A-0003-E2",
        "A-0003 has no such evidence",
    ),
    "given back before it was there": (
        lambda d: d["actions"][2]["evidence_returns"][0].update(returned_on="2017-03-19"),
        "actions[2].evidence_returns[0].returned_on",
        "2017-03-19",
        "given back before it was added",
    ),
    "two requests that wait": (
        lambda d: d["actions"][1]["extension_requests"].append(
            {**d["actions"][1]["extension_requests"][1], "ref": "A-0002-X3"}
        ),
        "actions[1].extension_requests[2].decision",
        None,
        "A-0002-X2 waits",
    ),
    "more time decided by the wrong tier": (
        lambda d: d["actions"][1]["extension_requests"][1].update(decider="board_manager"),
        "actions[1].extension_requests[1].decider",
        "board_manager",
        "decided by group_chair",
    ),
    "more time from another date": (
        lambda d: d["actions"][1]["extension_requests"][1].update(from_due_on="2017-05-31"),
        "actions[1].extension_requests[1].from_due_on",
        "2017-05-31",
        "due on 2017-06-28",
    ),
    "more time that is less": (
        lambda d: d["actions"][1]["extension_requests"][1].update(new_due_on="2017-06-01"),
        "actions[1].extension_requests[1].new_due_on",
        "2017-06-01",
        "after the date it is due now",
    ),
    "more time for other reasons unsaid": (
        lambda d: d["actions"][1]["extension_requests"][1].update(reason_code="other"),
        "actions[1].extension_requests[1].reason",
        None,
        "Say why",
    ),
    "decided by who asked": (
        lambda d: d["actions"][1]["extension_requests"][0].update(decided_by="nurse"),
        "actions[1].extension_requests[0].decided_by",
        "nurse",
        "themselves",
    ),
    "decided on no day": (
        lambda d: d["actions"][1]["extension_requests"][0].pop("decided_on"),
        "actions[1].extension_requests[0].decided_on",
        None,
        "made on some day",
    ),
    "granted and not moved": (
        lambda d: (
            d["actions"][1].pop("date_changes"),
            d["actions"][1].update(due_on="2017-05-31"),
            d["actions"][1]["extension_requests"].pop(),
        ),
        "actions[1].extension_requests[0].decision",
        "granted",
        "no change of the date says so",
    ),
    "moved and not granted": (
        lambda d: d["actions"][1]["extension_requests"][0].update(decision="refused"),
        "actions[1].date_changes[0].cause",
        "extension",
        "No request for more time was granted",
    ),
    "moved by a return that never was": (
        lambda d: d["actions"][1]["date_changes"][0].update(cause="returned"),
        "actions[1].date_changes[0].cause",
        "returned",
        "No step stands for this",
    ),
    "submitted with nothing that waits": (
        lambda d: d["actions"][2]["sign_offs"][0].update(
            decision="accepted", decided_on="2017-03-22", decided_by="chair"
        ),
        "actions[2].sign_offs",
        "0 without a decision",
        "waits",
    ),
    "signed off by the owner": (
        lambda d: d["actions"][0]["sign_offs"][0].update(decided_by="nurse", sent_by="manager"),
        "actions[0].sign_offs[0].decided_by",
        "nurse",
        "answer for",
    ),
    "signed off by the owner's agency": (
        lambda d: d["actions"][0]["sign_offs"][0].update(decided_by="left"),
        "actions[0].sign_offs[0].decided_by",
        "left",
        "answer for",
    ),
    "signed off by nobody": (
        lambda d: d["actions"][0]["sign_offs"][0].pop("decided_by"),
        "actions[0].sign_offs[0].decided_by",
        None,
        "say who",
    ),
    "complete without a sign-off": (
        lambda d: d["actions"][0].pop("sign_offs"),
        "actions[0].sign_offs",
        "0",
        "for sign-off 1 times",
    ),
    "a meeting before it was sent": (
        lambda d: d["actions"][0]["sign_offs"][0].update(meeting_on="2017-01-31"),
        "actions[0].sign_offs[0].meeting_on",
        "2017-01-31",
        "between",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named_by_path_value_and_problem(name: str, load: Load) -> None:
    change, path, value, sentence = FAULTS[name]
    document = whole()
    change(document)
    outcome = load(document)
    found = [problem for problem in outcome.problems if problem.path == path]
    assert found, [problem.as_json() for problem in outcome.problems]
    assert any(problem.value == value and sentence in problem.problem for problem in found), found
    assert outcome.created == outcome.updated == outcome.unchanged == {}
    assert current_session().scalar(select(func.count()).select_from(Person)) == 0


def test_all_faults_of_a_file_are_told_at_once_in_the_order_of_the_file(load: Load) -> None:
    document = whole()
    document["actions"][3]["due_on"] = "31 May"
    document["people"][0]["agency"] = "nowhere"
    document["lessons"][0]["audited_case"] = 7
    document["areas"][0]["size"] = 4
    paths = [problem.path for problem in load(document).problems]
    assert paths == ["areas[0].size", "people[0].agency", "lessons[0].audited_case", "actions[3].due_on"]


def test_a_fault_is_told_once_and_not_again_by_those_who_refer_to_the_record(load: Load) -> None:
    document = whole()
    document["reviews"][0]["caption"] = None
    problems = load(document).problems
    assert [problem.path for problem in problems] == ["reviews[0].caption"]


def test_no_problem_repeats_a_text_of_the_case(load: Load) -> None:
    document = whole()
    story = "What happened to the child. " * 1000
    document["lessons"][0]["what_we_learned"] = story
    document["actions"][0]["title"] = story
    problems = load(document).problems
    assert len(problems) == 2
    assert all(len(problem.value or "") <= 80 for problem in problems)
    assert all("happened" not in problem.problem for problem in problems)


def test_a_file_with_one_fault_leaves_what_was_here_as_it_was(loaded: Load) -> None:
    document = whole()
    document["reviews"][0]["caption"] = "Another name"
    document["actions"].append(action("A-0005", group="nowhere"))
    outcome = loaded(document)
    assert len(outcome.problems) == 1
    assert outcome.updated == {}
    assert current_session().scalar(select(Review.caption).where(Review.ref == "R-0001")) == "Round one"
