"""What a second file may change of child deaths that are here, and what follows from what it says."""

from datetime import date

import pytest
from sqlalchemy import select

from app.cdop.models import AgencyReturn, ChildDeathCase
from app.core.database import current_session
from tests.transfer.documents import whole_with_deaths
from tests.transfer.faults import Fault, Load

#: What a second file may not change, and part of the sentence that must come of it.
REFUSED: dict[str, Fault] = {
    "the guidance": (
        lambda d: d["child_deaths"][1].update(regime="CDR2018"),
        "child_deaths[1].regime",
        "CDR2018",
        "settled",
    ),
    "a stage taken away": (
        lambda d: d["child_deaths"][0]["stages"].pop(4),
        "child_deaths[0].stages",
        "information 2016-05-10",
        "never taken away",
    ),
    "what the panel decided": (
        lambda d: d["child_deaths"][0].update(learning="Another lesson."),
        "child_deaths[0].learning",
        "Another lesson.",
        "The panel has decided this",
    ),
    "a factor after the panel": (
        lambda d: d["child_deaths"][0]["factors"].pop(0),
        "child_deaths[0].factors",
        "a list of 1",
        "The panel has decided this",
    ),
    "the first day something was due": (
        lambda d: d["agency_returns"][2].update(first_due_on="2017-03-31"),
        "agency_returns[2].first_due_on",
        "2017-03-31",
        "settled by a step",
    ),
    "a due date": (
        lambda d: d["agency_returns"][2].update(due_on="2017-03-31"),
        "agency_returns[2].due_on",
        "2017-03-31",
        "settled by a step",
    ),
    "the day something was returned": (
        lambda d: d["agency_returns"][0].update(returned_on="2016-06-02"),
        "agency_returns[0].returned_on",
        "2016-06-02",
        "settled by a step",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_second_file_cannot_change_what_was_decided_or_has_happened(name: str, load: Load) -> None:
    assert load(whole_with_deaths()).problems == []
    change, path, value, sentence = REFUSED[name]
    changed = whole_with_deaths()
    change(changed)
    found = [problem for problem in load(changed).problems if problem.path == path]
    assert any(problem.value == value and sentence in problem.problem for problem in found), found


def test_a_closed_case_is_read_only_until_it_is_reopened(load: Load) -> None:
    closed = whole_with_deaths()
    closed["child_deaths"][0]["stages"].append({"stage": "closed", "reached_on": "2017-03-20"})
    assert load(closed).problems == []
    changed = whole_with_deaths()
    changed["child_deaths"][0]["stages"].append({"stage": "closed", "reached_on": "2017-03-20"})
    changed["child_deaths"][0]["key_worker_role"] = "Chaplain"
    (problem,) = load(changed).problems
    assert (problem.path, "until it is reopened" in problem.problem) == (
        "child_deaths[0].key_worker_role",
        True,
    )
    changed["child_deaths"][0]["stages"][-1] |= {
        "withdrawn_on": "2017-03-27",
        "withdrawn_reason": "Reopened: something new is known.",
    }
    assert load(changed).problems == []
    assert case("D-0001").closed_on is None


def case(ref: str) -> ChildDeathCase:
    """The case as it is recorded."""
    return current_session().scalars(select(ChildDeathCase).where(ChildDeathCase.ref == ref)).one()


def test_what_lists_filter_by_follows_from_what_the_file_holds(load: Load) -> None:
    assert load(whole_with_deaths()).problems == []
    reviewed, open_, excluded = (case(f"D-000{number}") for number in (1, 2, 3))
    assert (reviewed.stage_code, reviewed.reviewed_on) == ("panel", date(2017, 2, 21))
    assert (reviewed.death_year_start, reviewed.known_on) == (2016, date(2016, 5, 3))
    assert [each.is_open for each in (reviewed, open_, excluded)] == [True, True, False]
    assert all(each.is_restricted and each.caption == each.cdop_number for each in (reviewed, open_))
    assert open_.sort_due_on == date(2017, 8, 1)
    owed = current_session().scalars(select(AgencyReturn).where(AgencyReturn.is_open)).all()
    assert [each.ref for each in owed] == ["N-0003"]


def test_a_further_step_changes_what_became_of_a_return(load: Load) -> None:
    first = whole_with_deaths()
    assert load(first).problems == []
    first["agency_returns"][3]["steps"].append(
        {
            "move": "asked_again",
            "taken_on": "2017-02-20",
            "from_on": "2017-03-03",
            "to_on": "2017-03-13",
            "reason": "It was the right one.",
        }
    )
    first["agency_returns"][3] |= {
        "asked_on": "2017-02-20",
        "first_due_on": "2017-03-13",
        "due_on": "2017-03-13",
    }
    del first["agency_returns"][3]["withdrawn_on"], first["agency_returns"][3]["withdrawn_reason"]
    assert load(first).problems == []
    row = current_session().scalars(select(AgencyReturn).where(AgencyReturn.ref == "N-0004")).one()
    assert (row.is_open, row.first_due_on, len(row.steps)) == (True, date(2017, 3, 13), 3)


def test_a_return_that_comes_by_a_later_file_moves_the_clock_of_its_case(load: Load) -> None:
    first = whole_with_deaths()
    first["child_deaths"][1]["stages"].append({"stage": "information", "reached_on": "2017-02-10"})
    assert load(first).problems == []
    assert case("D-0002").sort_due_on == date(2017, 3, 3)
    first["agency_returns"][2]["returned_on"] = "2017-03-01"
    assert load(first).problems == []
    assert case("D-0002").sort_due_on == date(2017, 8, 1)
