"""What may be recorded of a child death review, and what it lacks before its panel and its end."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cdop.rules import cases as rules
from app.cdop.rules.completeness import (
    Deed,
    Incomplete,
    Lack,
    Progress,
    Step,
    check_closing,
    check_ready,
    missing_for_closing,
    missing_for_panel,
    next_step,
    sentences,
)
from app.clocks.rules import Clock, ClockState, Limit, Unit
from app.core.checks import DayToCome
from app.core.errors import RuleBroken
from app.reviews.rules import Reached

TODAY = date(2017, 3, 31)
LOCAL = Limit("panel", "Review by the panel", "known", "panel", 6, Unit.MONTHS, False, date(2000, 1, 1))
STATUTORY = replace(LOCAL, is_statutory=True)
PASSES_2008 = frozenset({"known", "notified", "information", "rapid_response", "ready", "panel", "submitted"})
PASSES_2018 = PASSES_2008 - {"rapid_response"} | {"joint_agency_response", "cdrm"}

#: A case that lacks nothing, under the guidance of 2008 and of 2018.
WHOLE = Progress(
    passes=PASSES_2008,
    reached=PASSES_2008,
    has_joint_response=True,
    asked=2,
    has_analysis=True,
    category="5",
    conclusion="not_modifiable",
    has_key_worker=True,
    has_feedback=True,
)
WHOLE_2018 = replace(WHOLE, passes=PASSES_2018, reached=PASSES_2018)
SOMETHING = [Lack("Something.", Deed.ANALYSIS)]


@pytest.mark.parametrize("whole", [WHOLE, WHOLE_2018])
def test_a_whole_case_lacks_nothing(whole: Progress) -> None:
    assert missing_for_panel(whole) == missing_for_closing(whole) == []


@pytest.mark.parametrize(
    ("lacking", "said"),
    [
        ({"reached": PASSES_2008 - {"notified"}}, "notification"),
        ({"reached": PASSES_2008 - {"rapid_response"}}, "The rapid response meeting is not recorded."),
        ({"asked": 0}, "No agency has been asked"),
        ({"outstanding": ["Homerton", "Police"]}, "Not returned yet: Homerton and Police."),
        ({"held_up_by": ["Inquest"]}, "It still waits: Inquest."),
        ({"has_analysis": False}, "analysis"),
    ],
)
def test_each_thing_that_the_panel_would_lack_is_said_once(lacking: dict[str, Any], said: str) -> None:
    (sentence,) = sentences(missing_for_panel(replace(WHOLE, **lacking)))
    assert said in sentence


def test_only_the_guidance_of_2018_asks_for_a_child_death_review_meeting() -> None:
    (sentence,) = sentences(missing_for_panel(replace(WHOLE_2018, reached=PASSES_2018 - {"cdrm"})))
    assert "child death review meeting" in sentence
    assert missing_for_panel(replace(WHOLE, reached=PASSES_2008)) == []


def test_a_joint_response_is_asked_for_only_where_one_was_called_for() -> None:
    quiet = replace(WHOLE, has_joint_response=False, reached=PASSES_2008 - {"rapid_response"})
    assert missing_for_panel(quiet) == []


@pytest.mark.parametrize(
    ("lacking", "said"),
    [
        ({"reached": PASSES_2008 - {"panel"}}, "The panel has not reviewed it"),
        ({"category": None}, "category"),
        ({"conclusion": None}, "conclusion"),
        ({"conclusion": "modifiable"}, "no factor is marked"),
        ({"outstanding": ["Homerton"]}, "Homerton"),
        ({"held_up_by": ["Inquest"]}, "Inquest"),
        ({"reached": PASSES_2008 - {"submitted"}}, "national"),
        ({"has_key_worker": False}, "Feedback to the family"),
        ({"has_feedback": False}, "Feedback to the family"),
    ],
)
def test_each_thing_a_case_would_be_closed_without_is_said_once(lacking: dict[str, Any], said: str) -> None:
    (sentence,) = sentences(missing_for_closing(replace(WHOLE, **lacking)))
    assert said in sentence


@pytest.mark.parametrize(
    ("progress", "is_reviewed", "step"),
    [
        (replace(WHOLE, reached=frozenset({"known"}), asked=0), False, Step(Deed.STAGE, "notified")),
        (replace(WHOLE, asked=0), False, Step(Deed.ASK)),
        (
            replace(WHOLE_2018, reached=PASSES_2018 - {"joint_agency_response"}, outstanding=["Homerton"]),
            False,
            Step(Deed.STAGE, "joint_agency_response"),
        ),
        (replace(WHOLE, has_analysis=False, held_up_by=["Inquest"]), False, Step(Deed.ANALYSIS)),
        (replace(WHOLE, outstanding=["Homerton"]), False, None),
        (replace(WHOLE, reached=PASSES_2008 - {"ready"}), False, Step(Deed.STAGE, "ready")),
        (WHOLE, False, Step(Deed.PANEL)),
        (replace(WHOLE, reached=PASSES_2008 - {"submitted"}), True, Step(Deed.STAGE, "submitted")),
        (replace(WHOLE, has_feedback=False), True, Step(Deed.FEEDBACK)),
        (WHOLE, True, Step(Deed.CLOSE)),
    ],
)
def test_the_next_step_is_the_first_that_does_not_wait_for_others(
    progress: Progress, is_reviewed: bool, step: Step | None
) -> None:
    assert next_step(progress, is_reviewed=is_reviewed) == step


def test_a_case_goes_to_the_panel_incomplete_only_with_a_reason() -> None:
    check_ready([], "")
    check_ready(SOMETHING, "The coroner will not decide this year.")
    with pytest.raises(Incomplete, match="without what is missing") as refused:
        check_ready(SOMETHING, "  ")
    assert refused.value.field == "reason"


def test_only_the_chair_closes_an_incomplete_case_and_says_why() -> None:
    check_closing([], may_approve=False, reason="")
    check_closing(SOMETHING, may_approve=True, reason="The agency was dissolved.")
    with pytest.raises(Incomplete, match="The chair may close"):
        check_closing(SOMETHING, may_approve=False, reason="The agency was dissolved.")
    with pytest.raises(Incomplete, match="Say why") as refused:
        check_closing(SOMETHING, may_approve=True, reason=" ")
    assert refused.value.field == "reason"


@given(st.dates(min_value=date(2008, 1, 1), max_value=date(2030, 12, 31)))
def test_a_quarter_holds_its_days_and_lies_in_one_report_year(day: date) -> None:
    first = rules.quarter_of(day)
    assert first.day == 1
    assert first.month in (1, 4, 7, 10)
    assert timedelta(0) <= day - first < timedelta(days=92)
    following = rules.quarter_of(first + timedelta(days=93))
    assert following != first


def test_quarters_are_offered_backwards_and_in_words() -> None:
    offered = rules.quarters_back(TODAY, 1)
    assert offered == [date(2017, 1, 1), *(date(2016, month, 1) for month in (10, 7, 4, 1))]
    assert rules.quarter_words(offered[1]) == "October to December 2016"


def test_numbers_are_told_apart_however_they_are_written() -> None:
    assert rules.kept("  2016/ch-14  a ") == "2016/CH-14 A"
    assert rules.kept(None) == ""


@given(st.lists(st.integers(1, 9), min_size=1, unique=True), st.data())
def test_a_case_stands_at_the_stage_furthest_on_its_way_whatever_the_order_of_days(
    positions: list[int], data: st.DataObject
) -> None:
    days = st.dates(min_value=date(2016, 1, 1), max_value=TODAY)
    standing = [Reached(str(position), position, data.draw(days)) for position in positions]
    assert rules.present_stage(standing).position == max(positions)


def test_a_case_ends_on_the_day_of_its_last_stage_or_later() -> None:
    standing = [Reached("known", 1, date(2017, 1, 9)), Reached("submitted", 7, date(2017, 3, 10))]
    rules.check_closed_on(date(2017, 3, 10), standing=standing, today=TODAY)
    with pytest.raises(rules.OrderOfDays) as refused:
        rules.check_closed_on(date(2017, 3, 9), standing=standing, today=TODAY)
    assert refused.value.field == "closed_on"
    with pytest.raises(DayToCome):
        rules.check_closed_on(date(2017, 4, 1), standing=standing, today=TODAY)


@pytest.mark.parametrize("code", ["notified", "panel", "closed"])
def test_a_death_became_known_before_every_stage_of_its_review(code: str) -> None:
    known = Reached("known", 1, date(2017, 3, 1))
    rules.check_known_moves(TODAY, [known])
    rules.check_known_moves(TODAY, [known, Reached(code, 2, TODAY)])
    with pytest.raises(rules.OrderOfDays):
        rules.check_known_moves(TODAY, [known, Reached(code, 2, date(2017, 3, 30))])


def test_a_death_that_a_panel_reviewed_is_not_left_out() -> None:
    rules.check_exclusion("stillbirth", is_reviewed=False)
    rules.check_exclusion(None, is_reviewed=True)
    with pytest.raises(rules.PanelDecided):
        rules.check_exclusion("stillbirth", is_reviewed=True)


def test_a_death_that_is_known_before_its_quarter_is_a_slip() -> None:
    rules.check_quarter(date(2017, 1, 1), date(2017, 1, 1))
    with pytest.raises(rules.QuarterToCome):
        rules.check_quarter(date(2017, 1, 1), date(2016, 12, 31))


def test_what_looks_alike_is_looked_at_first() -> None:
    rules.check_not_alike([], is_another=False)
    rules.check_not_alike(["D-0001"], is_another=True)
    with pytest.raises(rules.LooksAlike, match="Look at D-0001, D-0002 and D-0003 first") as refused:
        rules.check_not_alike(["D-0001", "D-0002", "D-0003"], is_another=False)
    assert refused.value.refs == ("D-0001", "D-0002", "D-0003")


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({"withdrawn_on": TODAY}, "was withdrawn"),
        ({"closed_on": TODAY}, "is closed"),
        ({"is_excluded": True}, "is excluded"),
    ],
)
def test_nothing_more_is_recorded_of_a_case_that_is_over(over: dict[str, Any], said: str) -> None:
    goes_on: dict[str, Any] = {"withdrawn_on": None, "closed_on": None, "is_excluded": False}
    rules.check_goes_on("D-0001", **goes_on)
    with pytest.raises(rules.CaseOver, match=said):
        rules.check_goes_on("D-0001", **{**goes_on, **over})


def test_a_stage_is_reached_once_on_a_day_that_has_come() -> None:
    pathway = ["known", "notified", "ready", "panel", "closed"]
    standing = [Reached("notified", 2, date(2017, 1, 9))]
    rules.check_stage(Reached("ready", 3, TODAY), pathway=pathway, standing=standing, today=TODAY)
    for code in ("known", "panel", "closed", "cdrm"):
        with pytest.raises(rules.StageTwice, match="Choose a stage"):
            rules.check_stage(Reached(code, 1, TODAY), pathway=pathway, standing=standing, today=TODAY)
    with pytest.raises(rules.StageTwice, match="recorded already"):
        rules.check_stage(Reached("notified", 2, TODAY), pathway=pathway, standing=standing, today=TODAY)
    with pytest.raises(DayToCome):
        rules.check_stage(
            Reached("ready", 3, date(2017, 4, 1)), pathway=pathway, standing=standing, today=TODAY
        )
    known = Reached("known", 1, date(2017, 1, 8))
    with pytest.raises(rules.BeforeKnown):
        rules.check_stage(
            Reached("ready", 3, date(2017, 1, 7)), pathway=pathway, standing=[known], today=TODAY
        )


def test_the_first_and_the_last_stage_are_not_withdrawn_by_themselves() -> None:
    rules.check_may_be_withdrawn("notified")
    for code in ("known", "closed"):
        with pytest.raises(rules.CaseOver):
            rules.check_may_be_withdrawn(code)


def test_a_step_that_was_late_says_why() -> None:
    late = Clock(LOCAL, ClockState.MET_LATE, TODAY, TODAY, TODAY, days_late=12)
    with pytest.raises(rules.ReasonMissing, match="“Review by the panel” was passed by 12 days"):
        rules.check_reason_for_late([late], "panel", " ")
    rules.check_reason_for_late([late], "panel", "The inquest ended in March.")
    rules.check_reason_for_late([late], "notified", "")
    rules.check_reason_for_late([replace(late, days_late=0)], "panel", "")


def test_a_wait_is_recorded_once_and_ends_after_it_began() -> None:
    rules.check_wait("inquest", standing=["pmrt"], since_on=TODAY, today=TODAY)
    with pytest.raises(rules.WaitStands):
        rules.check_wait("pmrt", standing=["pmrt"], since_on=TODAY, today=TODAY)
    with pytest.raises(DayToCome):
        rules.check_wait("inquest", standing=[], since_on=date(2017, 4, 1), today=TODAY)
    rules.check_wait_ends(TODAY, TODAY, ended_on=None, today=TODAY)
    with pytest.raises(rules.WaitStands, match="on or after"):
        rules.check_wait_ends(TODAY, date(2017, 3, 30), ended_on=None, today=TODAY)
    with pytest.raises(rules.WaitStands, match="over already"):
        rules.check_wait_ends(TODAY, TODAY, ended_on=TODAY, today=TODAY)


RUNNING = Clock(LOCAL, ClockState.RUNNING, date(2017, 1, 9), date(2017, 7, 9), days_left=100)


def test_a_local_clock_that_runs_may_stand_still_from_a_day_on() -> None:
    rules.check_pause(RUNNING, paused_on=TODAY, today=TODAY)
    assert rules.may_pause(RUNNING)


@pytest.mark.parametrize(
    ("held", "paused_on", "said"),
    [
        (None, TODAY, "Choose a clock"),
        (replace(RUNNING, limit=STATUTORY), TODAY, "never pauses"),
        (replace(RUNNING, state=ClockState.PAUSED), TODAY, "paused already"),
        (replace(RUNNING, state=ClockState.MET), TODAY, "does not run"),
        (Clock(LOCAL, ClockState.NOT_STARTED), TODAY, "does not run"),
        (RUNNING, date(2017, 1, 8), "on or after the one the clock began"),
        (RUNNING, date(2017, 4, 1), "earlier"),
        (
            replace(RUNNING, state=ClockState.LATE, target_on=date(2017, 3, 1)),
            date(2017, 3, 2),
            "stays passed",
        ),
    ],
)
def test_no_other_clock_may(held: Clock | None, paused_on: date, said: str) -> None:
    with pytest.raises(RuleBroken, match=said):
        rules.check_pause(held, paused_on=paused_on, today=TODAY)


def test_a_clock_runs_again_once_and_not_before_it_stopped() -> None:
    rules.check_resume(TODAY, TODAY, is_running=False, today=TODAY)
    with pytest.raises(rules.PauseSettled):
        rules.check_resume(TODAY, TODAY, is_running=True, today=TODAY)
    with pytest.raises(rules.MayNotPause):
        rules.check_resume(TODAY, date(2017, 3, 30), is_running=False, today=TODAY)


def test_the_chair_decides_about_a_pause_once() -> None:
    rules.check_is_asked_for(is_approved=False, is_declined=False)
    for approved, declined in ((True, False), (False, True)):
        with pytest.raises(rules.PauseSettled):
            rules.check_is_asked_for(is_approved=approved, is_declined=declined)


def test_what_a_change_moved_is_said_with_both_days() -> None:
    earlier = replace(RUNNING, target_on=date(2017, 6, 1))
    unstarted = Clock(replace(LOCAL, code="cdrm", label="Meeting"), ClockState.NOT_STARTED)
    assert rules.moved([RUNNING, unstarted], [RUNNING, unstarted]) == []
    assert rules.moved([RUNNING], [earlier]) == [
        rules.Moved("Review by the panel", date(2017, 7, 9), date(2017, 6, 1))
    ]
    # A clock that the case has no longer, as its limit was given up for those that began then.
    assert rules.moved([RUNNING, unstarted], []) == [
        rules.Moved("Review by the panel", date(2017, 7, 9), None)
    ]


@pytest.mark.parametrize(
    ("held", "letter", "words"),
    [
        (Clock(LOCAL, ClockState.NOT_STARTED), "X", "not started"),
        (Clock(LOCAL, ClockState.PAUSED, TODAY), "X", "paused"),
        (replace(RUNNING, days_left=15), "G", "15 days left"),
        (replace(RUNNING, days_left=14), "A", "14 days left"),
        (replace(RUNNING, days_left=1), "A", "1 day left"),
        (replace(RUNNING, days_left=0), "A", "due today"),
        (replace(RUNNING, state=ClockState.LATE, days_late=1_200), "R", "1,200 days late"),
        (replace(RUNNING, state=ClockState.MET), "B", "in time"),
        (replace(RUNNING, state=ClockState.MET_LATE, days_late=3), "R", "3 days late"),
        (
            replace(RUNNING, limit=replace(LOCAL, unit=Unit.WORKING_DAYS), days_left=3),
            "A",
            "3 working days left",
        ),
    ],
)
def test_a_clock_has_a_letter_and_words(held: Clock, letter: str, words: str) -> None:
    assert (rules.letter(held), rules.clock_words(held)) == (letter, words)
    assert rules.letter(None) == "X"


def test_reopening_and_referring_need_something_to_reopen_and_nothing_referred() -> None:
    rules.check_reopens(is_withdrawn=True, is_closed=False)
    rules.check_not_referred(None)
    with pytest.raises(rules.NothingToReopen):
        rules.check_reopens(is_withdrawn=False, is_closed=False)
    with pytest.raises(rules.AlreadyReferred, match="R-0005"):
        rules.check_not_referred("R-0005")
