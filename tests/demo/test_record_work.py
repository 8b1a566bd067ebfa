"""The demonstration's files hold work to show: something at every place, and what came of it."""

from collections import Counter

from app.actions.rules import Status, returns
from tests.demo.record import (
    BY_REF,
    FIRST_DAY,
    OWED,
    RECORD,
    Row,
    days_late,
    lessons_of,
    of_review,
    review_called,
)

# The work there is to do on the first day


STATUSES = """draft agreed in_progress submitted complete impact_confirmed on_hold escalated superseded
    not_implemented reopened withdrawn"""


def test_every_status_has_an_action() -> None:
    assert {row["status"] for row in RECORD["actions"]} == set(STATUSES.split())


def test_at_least_six_people_are_late_at_different_rungs() -> None:
    late = {row["owner"]: days_late(row) for row in OWED if days_late(row) > 0}
    assert len(late) >= 6
    assert {1, 7, 8, 14, 15, 28, 56} <= set(late.values())


def test_at_least_ten_people_have_something_due_within_28_days_at_different_rungs() -> None:
    left = [(row["owner"], -days_late(row)) for row in OWED if -28 <= days_late(row) <= 0]
    assert len({owner for owner, _ in left}) >= 10
    assert {0, 7, 28} <= {days for _, days in left}


def test_child_h_has_seven_actions_of_which_four_are_signed_off_one_is_late_and_one_waits() -> None:
    actions = {row["ref"]: row for row in of_review("actions", review_called("Child H"))}
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
    review = review_called("Child H")
    answered = {ref for row in of_review("actions", review) for ref in row["lessons"]}
    assert answered == {row["ref"] for row in lessons_of(review)}


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
    (action,) = of_review("actions", review_called("Case FC"))
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
    "A-0097": (4, "L3784"),
    "A-0098": (4, "L3788"),
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
