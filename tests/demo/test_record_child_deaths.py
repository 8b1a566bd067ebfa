"""The demonstration's child deaths: minimal synthetic cases behind the counts that the report prints."""

import json
from collections import Counter
from datetime import date

import pytest
from flask import Flask

from app.cdop.models import ChildDeathCase
from app.cdop.rules.completeness import missing_for_closing, missing_for_panel
from app.cdop.standing import progress_of
from app.core.database import current_session
from app.meetings.models import Meeting
from app.meetings.queries.quoracy import judged
from app.transfer.operations import load_file
from tests.demo.record import BY_REF, FIRST_DAY, FOLDER, RECORD, Row, everything_in

YEAR = (date(2016, 4, 1), date(2017, 3, 31))
CASES = RECORD["child_deaths"]
COUNTED = [row for row in CASES if "exclusion" not in row and "withdrawn_on" not in row]
IN_THE_YEAR = [row for row in COUNTED if "2016-04-01" <= row["death_quarter_on"] <= "2017-03-31"]


def reached(case: Row, stage: str) -> date | None:
    """The day a case reached a stage."""
    days = [row["reached_on"] for row in case["stages"] if row["stage"] == stage]
    return date.fromisoformat(days[0]) if days else None


REVIEWED = [row for row in COUNTED if (day := reached(row, "panel")) and YEAR[0] <= day <= YEAR[1]]


# The counts of the report


def test_the_deaths_of_the_year_and_the_reviews_completed_in_it_are_those_published() -> None:
    assert len(IN_THE_YEAR) == 27
    assert Counter(row["expectedness"] for row in IN_THE_YEAR)["unexpected"] == 16
    assert len(REVIEWED) == 18
    assert Counter(row["conclusion"] for row in REVIEWED) == {"modifiable": 5, "not_modifiable": 13}


def test_some_reviews_completed_in_the_year_are_of_deaths_of_the_year_before() -> None:
    earlier = [row for row in REVIEWED if row not in IN_THE_YEAR]
    assert len(earlier) == 10
    assert len(REVIEWED) - len(earlier) == 8


def test_of_the_year_before_only_those_stand_here_whose_review_was_completed_or_goes_on() -> None:
    before = [row for row in COUNTED if row not in IN_THE_YEAR]
    assert len(before) < 21
    for row in before:
        assert row in REVIEWED or reached(row, "panel") is None
        assert "published figure" in row["source_note"]


@pytest.mark.parametrize("dimension", ["age_band", "sex", "ethnicity_group", "expectedness", "area"])
@pytest.mark.parametrize("cases", [IN_THE_YEAR, REVIEWED], ids=["deaths", "reviews"])
def test_no_count_of_these_is_so_small_that_it_would_be_hidden(cases: list[Row], dimension: str) -> None:
    assert all(count >= 5 for count in Counter(row[dimension] for row in cases).values())


@pytest.mark.parametrize("dimension", ["category", "conclusion", "place"])
def test_no_count_of_what_the_panel_found_is_so_small_either(dimension: str) -> None:
    assert all(count >= 5 for count in Counter(row[dimension] for row in REVIEWED).values())


def test_two_places_of_death_are_hidden_together_so_that_neither_can_be_worked_out() -> None:
    places = Counter(row["place"] for row in IN_THE_YEAR)
    assert sorted(count for count in places.values() if count < 5) == [3, 4]


# What they are


def test_every_case_says_that_it_is_synthetic() -> None:
    for row in CASES:
        assert row["provenance"] == "illustrative"
        assert "minimal synthetic case" in row["source_note"]
        assert row["ecdop_ref"].startswith("DEMO-")


def test_no_day_of_birth_or_death_stands_in_them() -> None:
    fields = {name for row in CASES for name in row}
    assert {name for name in fields if name.endswith("_on")} == {
        "death_quarter_on",
        "feedback_on",
        "withdrawn_on",
    }
    quarters = {date.fromisoformat(row["death_quarter_on"]) for row in CASES}
    assert {(day.month, day.day) for day in quarters} == {(1, 1), (4, 1), (7, 1), (10, 1)}


# The work at hand on the first day


def present(case: Row) -> str:
    """The stage a case stands at."""
    order = [
        "known",
        "notified",
        "information",
        "rapid_response",
        "ready",
        "panel",
        "submitted",
        "closed",
    ]
    last: Row = max(case["stages"], key=lambda row: (row["reached_on"], order.index(row["stage"])))
    return str(last["stage"])


def test_cases_stand_at_every_stage() -> None:
    counts = Counter(present(row) for row in COUNTED)
    assert len(counts) == 8
    assert counts["information"] >= 5
    assert counts["ready"] >= 5


def test_the_oldest_open_case_has_been_known_for_more_than_400_days() -> None:
    days = [(FIRST_DAY - known).days for row in COUNTED if (known := reached(row, "known"))]
    assert max(days) > 400


def test_cases_wait_on_what_reviews_wait_on() -> None:
    waits = {wait["reason"] for row in CASES for wait in row.get("waits", ()) if "until_on" not in wait}
    assert {"inquest", "criminal", "post_mortem", "psii", "pmrt", "lcspr"} <= waits


def owed(row: Row) -> bool:
    """Whether a return is still owed."""
    return "returned_on" not in row and "waived_on" not in row


def test_some_returns_are_late_some_are_due_soon_and_some_were_waived() -> None:
    returns = RECORD["agency_returns"]
    late = [row for row in returns if owed(row) and row["due_on"] < FIRST_DAY.isoformat()]
    soon = [row for row in returns if owed(row) and row not in late]
    assert (len(late), len(soon)) == (6, 8)
    assert len({row["agency"] for row in late}) >= 3
    assert any("waived_on" in row for row in returns)


def test_of_one_case_three_of_five_agencies_have_answered() -> None:
    asked = Counter(row["case"] for row in RECORD["agency_returns"])
    answered = Counter(row["case"] for row in RECORD["agency_returns"] if not owed(row))
    assert (3, 5) in {(answered[case], asked[case]) for case in asked}


def test_what_is_ready_lacks_nothing_for_the_panel_and_what_is_closed_lacked_nothing(app: Flask) -> None:
    for path in sorted(FOLDER.glob("*.json")):
        assert load_file(path).problems == [], path.name
    cases = {row.ref: row for row in current_session().query(ChildDeathCase)}
    for row in COUNTED:
        progress = progress_of(cases[row["ref"]])
        if present(row) == "ready":
            assert missing_for_panel(progress) == [], row["ref"]
        if present(row) == "closed":
            assert missing_for_closing(progress) == [], row["ref"]
    assert sum(case.is_open for case in cases.values()) == len(COUNTED) - 12
    # Each panel was judged by the rule of quoracy as the product judges it.
    lacks = {
        row.ref: judged(row.panel, row.attendees) for row in current_session().query(Meeting) if row.held_on
    }
    assert lacks == {
        row["ref"]: row.get("quorum_lacks", "").splitlines() for row in MEETINGS.values() if "held_on" in row
    }
    assert [ref for ref, sentences in lacks.items() if sentences] == ["M-0002"]


# The panel


def test_the_next_panel_meets_after_the_first_day_and_has_cases_that_are_ready() -> None:
    planned = [row for row in RECORD["panels"] if row.get("status", "planned") == "planned"]
    assert all(row["meets_on"] > FIRST_DAY.isoformat() for row in planned)
    waiting = [row for row in COUNTED if row.get("panel") == planned[0]["ref"]]
    assert len(waiting) == 4
    assert {present(row) for row in waiting} == {"ready"}


#: The meeting of each panel, by the panel's reference.
MEETINGS = {row["panel"]: row for row in RECORD["meetings"]}
HELD = [row for row in RECORD["panels"] if row.get("status") == "held"]


def test_what_each_panel_decided_is_what_became_of_the_cases_before_it() -> None:
    for panel in HELD:
        meeting = MEETINGS[panel["ref"]]
        decided = {row["death"]: row["decision"] for row in meeting["agenda"]}
        completed = {ref for ref, decision in decided.items() if decision == "completed"}
        assert completed == {row["ref"] for row in REVIEWED if row["panel"] == panel["ref"]}
        for ref in decided:
            day = reached(BY_REF["child_deaths"][ref], "panel")
            assert (day and day.isoformat()) == (panel["meets_on"] if ref in completed else None), ref
            ready = reached(BY_REF["child_deaths"][ref], "ready")
            assert ready is not None
            assert ready.isoformat() <= meeting["sent_on"] < meeting["held_on"] == panel["meets_on"]
    deferred = [row for each in MEETINGS.values() for row in each["agenda"] if "deferred_reason" in row]
    assert len(deferred) == 1


def test_the_agenda_of_the_next_panel_is_drawn_up_of_what_is_ready_and_minutes_wait_to_be_closed() -> None:
    assert set(MEETINGS) == {panel["ref"] for panel in HELD} | {"P-0005"}
    waiting = [row["ref"] for row in COUNTED if row.get("panel") == "P-0005"]
    assert sorted(row["death"] for row in MEETINGS["P-0005"]["agenda"]) == waiting
    assert "sent_on" not in MEETINGS["P-0005"]
    assert [row["panel"] for row in RECORD["meetings"] if "closed_on" not in row] == ["P-0004", "P-0005"]


def test_those_asked_are_the_members_by_their_posts_and_others_by_post_alone() -> None:
    seats = {
        row["ref"]: (row["role_title"], row["agency"])
        for row in RECORD["people"]
        if any(seat["group"] == "cdop" for seat in row.get("seats", ()))
    }
    for meeting in MEETINGS.values():
        members = [row for row in meeting["asked"] if row["kind"] == "member"]
        assert {row["person"]: (row["post"], row["agency"]) for row in members} == seats
        assert all("person" not in row for row in meeting["asked"] if row not in members)


def test_everything_about_the_meetings_says_that_it_is_illustrative() -> None:
    for meeting in MEETINGS.values():
        for path, value in everything_in(meeting, meeting["ref"]):
            if isinstance(value, dict):
                assert value["provenance"] == "illustrative", path


def test_what_the_panel_brought_about_is_four_lessons_with_an_action_each() -> None:
    lessons = [row for row in RECORD["lessons"] if row["source"].startswith("P-")]
    assert [row["heading"] for row in lessons] == [
        "Training",
        "Care Plans",
        "Care of Next Infant (CONI)",
        "Partnership Working",
    ]
    assert [row["source_line"] for row in lessons] == ["L3774", "L3776-3780", "L3784", "L3788"]
    for lesson in lessons:
        assert lesson["provenance"] == "published"
        assert set(lesson["themes"]) <= set(BY_REF["themes"])
        (action,) = [row for row in RECORD["actions"] if lesson["ref"] in row.get("lessons", ())]
        assert action["group"] == "cdop"
        assert action["status"] in {"complete", "impact_confirmed"}
        assert any(row["provenance"] == "published" for row in action["evidence"])


def test_two_of_them_have_a_confirmed_impact_in_the_words_of_the_report() -> None:
    stated = [
        row
        for action in RECORD["actions"]
        if action["source"].startswith("P-")
        for row in action.get("impact_statements", ())
    ]
    assert [(row["level"], row["decision"], row["provenance"]) for row in stated] == [
        (4, "confirmed", "published")
    ] * 2


def test_the_panel_has_members_from_health_police_social_care_and_public_health() -> None:
    agencies = {
        row["agency"]
        for row in RECORD["people"]
        if any(seat["group"] == "cdop" for seat in row.get("seats", ()))
    }
    assert {"ccg", "met-police-cait", "hackney-cyps", "public-health"} <= agencies


def test_the_files_hold_each_section_once() -> None:
    names = [
        name
        for path in sorted(FOLDER.glob("*.json"))
        for name, value in json.loads(path.read_text(encoding="utf-8")).items()
        if isinstance(value, list)
    ]
    assert len(names) == len(set(names))
