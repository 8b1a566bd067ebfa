"""The demonstration's files hold the published record of 2016/17, number for number, and work to show."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.actions.rules import Status, returns

FOLDER = Path(__file__).resolve().parents[2] / "app" / "demo"
FIRST_DAY = date(2017, 3, 31)

Row = dict[str, Any]


def _read() -> dict[str, list[Row]]:
    sections: dict[str, list[Row]] = {}
    for path in sorted(FOLDER.glob("*.json")):
        for name, value in json.loads(path.read_text(encoding="utf-8")).items():
            if isinstance(value, list):
                sections.setdefault(name, []).extend(value)
    return sections


RECORD = _read()
OWED = [row for row in RECORD["actions"] if row["status"] in {"agreed", "in_progress", "reopened"}]
BY_REF = {name: {row["ref"]: row for row in rows} for name, rows in RECORD.items()}


def _review(caption: str) -> Row:
    (found,) = [row for row in RECORD["reviews"] if row["caption"] == caption]
    return found


def _of(section: str, review: Row) -> list[Row]:
    return [row for row in RECORD[section] if row.get("review") == review["ref"]]


def _lessons(review: Row, kind: str = "lesson") -> list[Row]:
    return sorted((row for row in _of("lessons", review) if row.get("kind", "lesson") == kind), key=_number)


def _number(row: Row) -> int:
    return int(row["number"])


def _figure(ref: str) -> str:
    return str(BY_REF["figures"][ref]["value"])


def _everything(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    yield path, value
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _everything(inner, f"{path}.{name}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _everything(inner, f"{path}[{index}]")


def _days_late(action: Row) -> int:
    return (FIRST_DAY - date.fromisoformat(action["due_on"])).days


# The reviews


def test_the_six_reviews_of_cases_are_there_with_their_types() -> None:
    types = {
        "Case FC": "serious_case_review",
        "Child H": "serious_case_review",
        "Child D": "joint_scr_dvhr",
        "Child L": "multi_agency_case_review",
        "Child E": "multi_agency_case_review",
        "Child K": "multi_agency_case_review",
    }
    assert {caption: _review(caption)["type"] for caption in types} == types


def test_child_h_is_the_third_review_so_that_no_reference_follows_a_pseudonym() -> None:
    assert _review("Child H")["ref"] == "R-0003"
    captions = [row["caption"] for row in RECORD["reviews"]]
    assert captions != sorted(captions)


def test_child_h_has_the_four_headings_as_published() -> None:
    assert [row["heading"] for row in _lessons(_review("Child H"))] == [
        "Parental learning difficulties v disabilities",
        "Think Family",
        "Management Oversight and Supervision",
        "Understanding of Psychosocial Meetings",
    ]


def test_child_d_has_the_five_headings_as_published() -> None:
    assert [row["heading"] for row in _lessons(_review("Child D"))] == [
        "Professional curiosity",
        "Accurate risk assessments",
        "The need for agencies to work together effectively",
        "Robust supervision",
        "Sufficient resources being made available for front-line staff to do their jobs effectively",
    ]


def test_child_l_has_three_lessons() -> None:
    assert len(_lessons(_review("Child L"))) == 3


def test_children_e_and_k_share_the_five_themes_the_report_gives_for_both() -> None:
    of_e, of_k = (_lessons(_review(caption)) for caption in ("Child E", "Child K"))
    assert len(of_e) == 5
    assert [row["heading"] for row in of_e] == [row["heading"] for row in of_k]


@pytest.mark.parametrize(
    ("caption", "cases", "strengths", "lessons_by_case"),
    [
        ("City of London MACA: special educational needs and disabilities", 3, 6, [1] * 6 + [2] * 3 + [3]),
        (
            "Hackney MACA: special educational needs and disabilities",
            5,
            5,
            [1] * 2 + [2] * 5 + [3] * 3 + [4] * 2 + [5] * 2,
        ),
    ],
)
def test_each_case_audit_has_its_cases_strengths_and_lessons(
    caption: str, cases: int, strengths: int, lessons_by_case: list[int]
) -> None:
    audit = _review(caption)
    assert [row["number"] for row in audit["audited_cases"]] == list(range(1, cases + 1))
    assert len(_lessons(audit, "strength")) == strengths
    assert [row["audited_case"] for row in _lessons(audit)] == lessons_by_case


def test_only_one_round_of_case_audits_is_counted_in_the_year() -> None:
    audits = [row for row in RECORD["reviews"] if row["type"] == "multi_agency_case_audit"]
    assert len([row for row in audits if row["report_year"] == "2016/17"]) == 2


def test_four_single_agency_audits_are_there() -> None:
    assert Counter(row["type"] for row in RECORD["reviews"])["single_agency_audit"] == 4


def test_published_in_the_year_are_one_review_one_joint_review_and_one_local_review() -> None:
    published = [
        row["type"]
        for row in RECORD["reviews"]
        if row["group"] == "scr"
        and row["type"] != "external_source"
        and any(
            stage["stage"] == "published" and "2016-04-01" <= stage["reached_on"] <= "2017-03-31"
            for stage in row["stages"]
        )
    ]
    assert sorted(published) == ["joint_scr_dvhr", "multi_agency_case_review", "serious_case_review"]


def test_every_lesson_has_one_to_three_themes_that_exist() -> None:
    for row in RECORD["lessons"]:
        assert 1 <= len(row["themes"]) <= 3
        assert set(row["themes"]) <= set(BY_REF["themes"])
    assert len(RECORD["themes"]) == 33


# The figures


def test_the_organisations_of_the_section_11_audit_add_up_by_sector() -> None:
    sectors = ("statutory", "commissioned", "voluntary", "early-years", "schools", "gp")
    values = [int(_figure(f"2016-s11-{sector}")) for sector in sectors]
    assert values == [27, 86, 14, 84, 83, 43]
    assert sum(values) == int(_figure("2016-s11-total")) == 337


@pytest.mark.parametrize(("year", "total"), [("2013", 918), ("2014", 1385), ("2015", 1424), ("2016", 787)])
def test_the_course_places_of_each_year_add_up_by_agency(year: str, total: int) -> None:
    rows = [
        row
        for row in RECORD["figures"]
        if row["ref"].startswith(f"{year}-places-") and row["heading"] == "Course places by agency"
    ]
    whole = [row for row in rows if row["ref"].endswith("-total")]
    parts = [row for row in rows if not row["ref"].endswith("-total")]
    assert sum(int(row["value"]) for row in parts) == total
    assert [row["value"] for row in whole] == [f"{total:,}"]


@pytest.mark.parametrize(
    ("ref", "value"),
    [
        ("2016-scr-meetings", "6"),
        ("2016-scr-commissioned", "2"),
        ("2016-scr-published", "1"),
        ("2016-dvhr-published", "1"),
        ("2016-macr-published", "1"),
        ("2016-child-h-seminars", "3"),
        ("2016-child-h-attendees", "64"),
        ("2016-child-h-will-help", "95%"),
        ("2016-maca-city-cases", "3"),
        ("2016-maca-hackney-cases", "5"),
        ("2016-s11-2014", "289"),
        ("2016-s11-dsl-city", "50%"),
        ("2016-s11-dsl-hackney", "61%"),
        ("2016-single-agency-audits", "Over 960"),
        ("2016-cyps-audits", "677"),
        ("2016-tusk-subscribers", "1,220"),
        ("2016-tusk-open-rate", "15.2%"),
        ("2016-tusk-click-rate", "4%"),
        ("2016-places-all", "946"),
        ("2016-places-courses", "787"),
        ("2016-places-seminars", "159"),
        ("2016-conference", "101"),
        ("2016-evaluation-forms", "590"),
        ("2016-spending", "£382,545"),
        ("2016-carry-forward", "£20,420"),
    ],
)
def test_a_figure_stands_as_printed(ref: str, value: str) -> None:
    assert _figure(ref) == value


@pytest.mark.parametrize(
    "ref",
    [
        "2016-child-h-attendees",
        "2016-child-d-seminars",
        "2016-lunchtime-seminars",
        "2016-tusk-subscribers",
        "2016-city-bulletin-members",
        "2016-evaluation-rate",
        "2016-police-cse-after",
        "2016-spending",
        "2016-board-meetings",
    ],
)
def test_a_figure_that_the_source_contradicts_says_so(ref: str) -> None:
    assert len(BY_REF["figures"][ref]["source_note"]) > 20


# The partnership


#: Attendance at board meetings in percent, and seats.
SEATS = """independent-chair 100/1, city-ccs 100/2, city-police 75/2, hackney-cyps 100/3,
    met-police-cait 50/1, met-police-hackney 100/2, hackney-learning-trust 100/2, hackney-housing 75/1,
    hackney-cvs 50/1,
    hackney-health-community 50/1, primary-schools 75/1, secondary-schools 75/1, london-crc 50/1,
    national-probation 75/1, cafcass 75/1, homerton 25/2, ccg 100/2, public-health 100/1, nhs-england 100/1,
    elft 100/2, lay-members 100/4, london-ambulance 25/1, hackney-safer-communities 75/1, whittington 0/1"""


def test_the_board_has_the_published_seats_and_attendance() -> None:
    held = {
        f"{row['ref']} {row['board_attendance_percent']}/{row['board_seats']}"
        for row in RECORD["agencies"]
        if "board_seats" in row
    }
    assert held == {agency.strip() for agency in SEATS.split(",")}


def test_no_two_agencies_share_a_name() -> None:
    names = [
        name.casefold()
        for row in RECORD["agencies"]
        for name in {row["name"], row["short_name"], *row.get("other_names", [])}
    ]
    assert [name for name, count in Counter(names).items() if count > 1] == []


def test_the_cast_is_there_and_writes_only_to_example_addresses() -> None:
    cast = """board.manager independent.chair scr.chair scr.member qa.chair cdop.coordinator cdop.chair
        hlt.lead homerton.owner police.owner csc.lead city.owner
        tusk.editor staff.reader administrator left.owner"""
    assert set(cast.split()) <= set(BY_REF["people"])
    assert all(row["email"] == f"{row['ref']}@example.org" for row in RECORD["people"])


# Where it all comes from


def test_everything_published_names_its_line() -> None:
    lines = re.compile(r"L\d+(-\d+)?(, L\d+(-\d+)?)*")
    for path, value in _everything(RECORD):
        if isinstance(value, dict) and value.get("provenance") == "published":
            assert lines.fullmatch(value.get("source_line", "")), path


def test_every_action_and_what_stands_below_it_is_marked() -> None:
    for action in RECORD["actions"]:
        for path, value in _everything(action, action["ref"]):
            if isinstance(value, dict):
                assert value.get("provenance") in {"illustrative", "published"}, path
        assert action["provenance"] == "illustrative"


def test_nothing_but_a_date_to_come_lies_after_the_first_day() -> None:
    ahead = ("due_on", "to_on", "from_on", "resubmit_by_on", "review_on")
    for path, value in _everything(RECORD):
        if path.endswith("_on") and isinstance(value, str) and not path.endswith(ahead):
            assert date.fromisoformat(value) <= FIRST_DAY, path


# The work there is to do on the first day


STATUSES = """draft agreed in_progress submitted complete impact_confirmed on_hold escalated superseded
    not_implemented reopened withdrawn"""


def test_every_status_has_an_action() -> None:
    assert {row["status"] for row in RECORD["actions"]} == set(STATUSES.split())


def test_at_least_six_people_are_late_at_different_rungs() -> None:
    late = {row["owner"]: _days_late(row) for row in OWED if _days_late(row) > 0}
    assert len(late) >= 6
    assert {1, 7, 8, 14, 15, 28, 56} <= set(late.values())


def test_at_least_ten_people_have_something_due_within_28_days_at_different_rungs() -> None:
    left = [(row["owner"], -_days_late(row)) for row in OWED if -28 <= _days_late(row) <= 0]
    assert len({owner for owner, _ in left}) >= 10
    assert {0, 7, 28} <= {days for _, days in left}


def test_child_h_has_seven_actions_of_which_four_are_signed_off_one_is_late_and_one_waits() -> None:
    actions = {row["ref"]: row for row in _of("actions", _review("Child H"))}
    assert len(actions) == 7
    assert Counter(row["status"] for row in actions.values()) == {
        "complete": 3,
        "impact_confirmed": 1,
        "in_progress": 2,
        "submitted": 1,
    }
    late = actions["A-0032"]
    assert (late["agency"], late["due_on"]) == ("ccg", "2017-03-16")
    (request,) = late["extension_requests"]
    assert (request["asked_on"], request["decider"], "decision" in request) == (
        "2017-03-22",
        "board_manager",
        False,
    )


def test_every_lesson_of_child_h_is_answered_by_an_action() -> None:
    review = _review("Child H")
    answered = {ref for row in _of("actions", review) for ref in row["lessons"]}
    assert answered == {row["ref"] for row in _lessons(review)}


def _deciders(action: Row, decision: str | None) -> list[str]:
    requests = action.get("extension_requests", [])
    return [request["decider"] for request in requests if request.get("decision") == decision]


TIERS = ["board_manager", "group_chair", "independent_chair"]


def test_one_action_was_extended_three_times_each_time_by_another_tier() -> None:
    assert TIERS in [_deciders(action, "granted") for action in RECORD["actions"]]


def test_each_tier_has_a_request_for_more_time_waiting() -> None:
    assert {tier for action in RECORD["actions"] for tier in _deciders(action, None)} == set(TIERS)


def test_sign_offs_wait_with_both_sub_groups() -> None:
    assert {"scr", "qa"} <= {row["group"] for row in RECORD["actions"] if row["status"] == "submitted"}


def test_somebody_who_left_still_owns_one_open_action() -> None:
    left = {row["ref"] for row in RECORD["people"] if not row.get("active", True)}
    assert len([row for row in OWED if row["owner"] in left]) == 1


def test_case_fc_is_escalated_to_a_body_outside_the_partnership() -> None:
    (action,) = _of("actions", _review("Case FC"))
    assert action["status"] == "escalated"
    assert BY_REF["agencies"][action["agency"]]["is_external"] is True


def test_what_is_parked_says_when_somebody_looks_at_it_again() -> None:
    parked = [row for row in RECORD["actions"] if row["status"] in {"on_hold", "escalated"}]
    assert {row["ref"] for row in parked} == {"A-0001", "A-0064"}
    assert all(row["review_on"] > str(FIRST_DAY) for row in parked)


def test_of_21_agencies_17_have_returned_their_part_and_each_part_is_its_lead_s() -> None:
    (whole,) = [row for row in RECORD["actions"] if row.get("is_all_agency")]
    parts = [row for row in RECORD["actions"] if row.get("parent") == whole["ref"]]
    assert str(returns(Status(row["status"]) for row in parts)) == "17 of 21 returned"
    assert len({row["agency"] for row in parts}) == 21
    for part in parts:
        roles = BY_REF["people"][part["owner"]]["roles"]
        assert {"role": "agency_lead", "agency": part["agency"]} in roles, part["ref"]


def test_what_was_superseded_or_split_says_where_it_goes_on() -> None:
    on = {
        row["ref"]: [(successor["kind"], successor["successor"]) for successor in row["successions"]]
        for row in RECORD["actions"]
        if row["status"] == "superseded"
    }
    assert on == {
        "A-0022": [("superseded", "A-0021")],
        "A-0092": [("split", "A-0093"), ("split", "A-0094")],
    }
    for ref in ("A-0093", "A-0094"):
        assert BY_REF["actions"][ref]["due_on"] == BY_REF["actions"]["A-0092"]["due_on"]


def test_one_action_was_reassigned_and_one_agency_says_that_another_is_meant() -> None:
    passed = [(row["ref"], change["cause"]) for row in OWED for change in row.get("owner_changes", [])]
    said = [(row["ref"], answer.get("decision")) for row in OWED for answer in row.get("not_for_us", [])]
    assert (passed, said) == ([("A-0053", "reassigned")], [("A-0060", None)])


def test_nobody_signed_off_what_they_or_their_agency_own() -> None:
    for action in RECORD["actions"]:
        for sign_off in action.get("sign_offs", []):
            if "decided_by" in sign_off:
                assert sign_off["decided_by"] != action["owner"], action["ref"]
                assert BY_REF["people"][sign_off["decided_by"]]["agency"] != action["agency"], action["ref"]


# What came of it


#: Of each chain of the record that came to an impact: the action, its level, and the line it stands in.
CHAINS = {
    "A-0009": (4, "L373"),
    "A-0005": (5, "L3648"),
    "A-0010": (4, "L3644"),
    "A-0011": (4, "L3644"),
    "A-0037": (2, "L3402-3403"),
    "A-0012": (1, "L2636"),
    "A-0027": (3, "L562, L580"),
    "A-0028": (5, "L439"),
}


def _statements(action: Row) -> list[Row]:
    rows: list[Row] = action.get("impact_statements", [])
    return rows


def test_the_chains_of_the_record_stand_at_their_published_impact() -> None:
    confirmed = {
        action["ref"]: (statement["level"], statement["source_line"])
        for action in RECORD["actions"]
        for statement in _statements(action)
        if statement.get("decision") == "confirmed"
    }
    assert confirmed == CHAINS
    assert all(BY_REF["actions"][ref]["status"] == "impact_confirmed" for ref in CHAINS)


def test_figures_of_impact_are_as_printed() -> None:
    def measured(ref: str) -> tuple[str | None, str]:
        (statement,) = _statements(BY_REF["actions"][ref])
        return statement.get("baseline"), statement["actual"]

    assert measured("A-0010") == ("6% (Q4 2015/16)", "94% (Q2 2016/17)")
    assert measured("A-0011") == ("68% (Q4 2015/16)", "98% (Q2 2016/17)")
    assert measured("A-0012") == ("10 (2015/16)", "26 (first quarter of 2016/17)")
    assert measured("A-0005") == (None, "7 referrals and 2 notifications")
    assert measured("A-0037") == (None, "95%")


def test_the_chains_that_came_to_no_impact_yet_claim_none() -> None:
    waiting = {
        action["ref"]
        for action in RECORD["actions"]
        for statement in _statements(action)
        if "decision" not in statement
    }
    assert waiting == {"A-0040"}
    for ref in ("A-0013", "A-0038"):
        assert _statements(BY_REF["actions"][ref]) == []


def test_case_fc_is_open_across_years_and_the_other_challenges_were_resolved() -> None:
    outcomes = {row["action"]: (row["kind"], row.get("outcome")) for row in RECORD["challenges"]}
    assert outcomes == {
        "A-0001": ("escalation", None),
        "A-0027": ("challenge", "resolved"),
        "A-0028": ("challenge", "resolved"),
    }
    log = BY_REF["challenges"]["H-0001"]["entries"]
    assert {"written", "met", "answered"} <= {entry["kind"] for entry in log}
    assert log[0]["happened_on"] < "2016-04-01" < "2017-03-01" < log[-1]["happened_on"]


def test_one_closed_action_of_low_priority_waits_to_be_ratified() -> None:
    waiting = [
        action
        for action in RECORD["actions"]
        for sign_off in action.get("sign_offs", [])
        if sign_off.get("is_delegated") and "ratified_on" not in sign_off
    ]
    assert [(action["ref"], action["priority"]) for action in waiting] == [("A-0048", "low")]


def test_somebody_looks_again_within_the_next_four_weeks() -> None:
    open_looks = [
        look["due_on"]
        for action in RECORD["actions"]
        for look in action.get("impact_looks", [])
        if "statement" not in look
    ]
    assert any("2017-03-31" <= due_on <= "2017-04-28" for due_on in open_looks)
    assert any(due_on < "2017-03-31" for due_on in open_looks)
