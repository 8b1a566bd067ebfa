"""What threads and homes reckon from plain values."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.actions.rules.lifecycle import Status
from app.core.working_days import WorkingDays
from app.reports.rules import (
    Bucket,
    Chances,
    Happening,
    Mark,
    Matter,
    NextStep,
    band,
    bucket,
    folded,
    next_steps,
    reminded,
    rung_in_words,
    waiting_on,
)

DAY = date(2017, 3, 31)
DAYS = st.dates(min_value=date(2010, 1, 1), max_value=date(2030, 12, 31))


def test_a_band_counts_the_days_between_its_steps() -> None:
    steps = band(
        [
            Mark("Decision", date(2015, 9, 23)),
            Mark("Report", date(2016, 4, 22)),
            Mark("Lessons", date(2016, 5, 22)),
            Mark("Signed off"),
        ],
        DAY,
    )
    assert [step.days for step in steps] == [None, 212, 30, None]
    assert [step.state for step in steps] == ["done", "done", "now", "ahead"]


def test_marks_come_in_the_order_in_which_they_happened() -> None:
    steps = band([Mark("Published", date(2016, 12, 14)), Mark("Agreed", date(2016, 12, 6))], DAY)
    assert [step.name for step in steps] == ["Agreed", "Published"]
    assert steps[1].days == 8


def test_marks_of_one_day_stand_together() -> None:
    steps = band([Mark("Added", DAY), Mark("Agreed", DAY)], DAY)
    assert [(step.name, step.days) for step in steps] == [("Added, agreed", None)]


def test_a_way_gone_to_its_end_has_no_step_that_is_now() -> None:
    steps = band([Mark("Agreed", date(2016, 1, 4)), Mark("Signed off", date(2016, 9, 14))], DAY)
    assert {step.state for step in steps} == {"done"}


def test_what_was_missed_is_late_and_what_is_to_come_lies_ahead() -> None:
    steps = band(
        [Mark("Due", date(2017, 3, 16), "late", is_missed=True), Mark("Next", date(2017, 4, 1))], DAY
    )
    assert [step.state for step in steps] == ["late", "ahead"]


def test_an_undated_mark_breaks_no_count_of_days() -> None:
    steps = band(
        [Mark("Nobody knows"), Mark("First", date(2017, 1, 1)), Mark("Then", date(2017, 1, 11))], DAY
    )
    assert [step.name for step in steps] == ["First", "Then", "Nobody knows"]
    assert steps[1].days == 10


@given(st.lists(st.one_of(st.none(), DAYS), max_size=8), DAYS)
def test_the_days_of_a_band_add_up_to_its_length(days: list[date | None], on: date) -> None:
    steps = band([Mark(f"Mark {place}", day) for place, day in enumerate(days)], on)
    known = [day for day in days if day]
    assert sum(step.days or 0 for step in steps) == ((max(known) - min(known)).days if known else 0)
    assert all(step.days is None or step.days > 0 for step in steps)
    assert sum(step.state == "now" for step in steps) <= 1


def test_whoever_has_kept_a_thread_waiting_longest_comes_first() -> None:
    found = waiting_on(
        [
            Matter("SCR Sub-Group", date(2017, 3, 22), "to decide", "A-0036", is_us=True),
            Matter("City & Hackney CCG", date(2017, 3, 16), "was due", "A-0032", is_late=True),
            Matter("SCR Sub-Group", date(2017, 3, 27), "to decide", "A-0003", is_us=True),
        ],
        DAY,
        WorkingDays(),
    )
    assert [(each.whom, each.working_days, each.is_late, each.is_us) for each in found] == [
        ("City & Hackney CCG", 11, True, False),
        ("SCR Sub-Group", 7, False, True),
    ]
    assert [matter.ref for matter in found[1].matters] == ["A-0036", "A-0003"]


def test_waiting_is_counted_in_working_days_and_never_below_none() -> None:
    easter = waiting_on([Matter("Us", date(2017, 4, 13), "", "A-1")], date(2017, 4, 18), WorkingDays())
    assert easter[0].working_days == 1
    ahead = waiting_on([Matter("Us", date(2017, 4, 20), "", "A-1")], date(2017, 4, 18), WorkingDays())
    assert ahead[0].working_days == 0


def test_reminders_of_one_day_count_once() -> None:
    assert reminded([]) is None
    found = reminded([date(2017, 3, 24), date(2017, 3, 17), date(2017, 3, 24)])
    assert found is not None
    assert (found.times, found.last_on) == (2, date(2017, 3, 24))


@pytest.mark.parametrize(
    ("rung", "words"),
    [
        ("owner-28", "28 days before it was due"),
        ("owner-1", "1 day before it was due"),
        ("owner+0", "on the day it was due"),
        ("agency_lead+8", "8 days after it was due"),
        ("first call", ""),
    ],
)
def test_a_rung_says_when_it_speaks(rung: str, words: str) -> None:
    assert rung_in_words(rung) == words


EVERYTHING = frozenset(
    {
        "action.agree",
        "action.update",
        "action.send_for_sign_off",
        "action.ask_for_more_time",
        "action.decide_sign_off",
        "action.decide_extension",
    }
)
IMPACT = frozenset({"action.show_impact", "action.confirm_impact"})
OWNER = frozenset({"action.update", "action.send_for_sign_off", "action.ask_for_more_time"})


@pytest.mark.parametrize(
    ("chances", "first"),
    [
        (Chances(Status.DRAFT, EVERYTHING), NextStep.AGREE),
        (Chances(Status.SUBMITTED, EVERYTHING), NextStep.DECIDE_SIGN_OFF),
        (Chances(Status.IN_PROGRESS, OWNER), NextStep.UPDATE),
        (Chances(Status.IN_PROGRESS, OWNER, has_new_evidence=True), NextStep.SEND_FOR_SIGN_OFF),
        (
            Chances(Status.IN_PROGRESS, frozenset({"action.decide_extension"}), has_waiting_extension=True),
            NextStep.DECIDE_EXTENSION,
        ),
        (Chances(Status.COMPLETE, IMPACT), NextStep.SHOW_IMPACT),
        (Chances(Status.IMPACT_CONFIRMED, IMPACT, has_waiting_impact=True), NextStep.CONFIRM_IMPACT),
    ],
)
def test_the_main_step_follows_state_and_role(chances: Chances, first: NextStep) -> None:
    assert next_steps(chances)[0] is first


@pytest.mark.parametrize("status", [Status.COMPLETE, Status.ON_HOLD, Status.WITHDRAWN, Status.ESCALATED])
def test_what_is_not_open_offers_no_step(status: Status) -> None:
    assert next_steps(Chances(status, EVERYTHING)) == []


def test_the_owner_is_offered_no_decision_while_the_group_has_the_ball() -> None:
    assert next_steps(Chances(Status.SUBMITTED, OWNER)) == []


def test_the_owner_acknowledges_first_and_the_lead_of_the_agency_sees_that_somebody_has_it() -> None:
    may = EVERYTHING | {"action.acknowledge", "action.reassign"}
    owner = next_steps(Chances(Status.AGREED, may, owes_acknowledgement=True))
    assert (owner[0], NextStep.REASSIGN in owner) == (NextStep.ACKNOWLEDGE, False)
    lead = next_steps(Chances(Status.AGREED, may, owes_acknowledgement=True, is_theirs=False))
    assert (lead[0], NextStep.ACKNOWLEDGE in lead) == (NextStep.REASSIGN, True)
    manager = frozenset({"action.reassign"})
    assert next_steps(Chances(Status.AGREED, manager, owes_acknowledgement=True, is_theirs=False)) == []
    assert NextStep.REASSIGN not in next_steps(Chances(Status.AGREED, may, is_theirs=False))


def test_what_nobody_has_is_first_of_all_given_to_somebody() -> None:
    may = OWNER | {"action.acknowledge", "action.reassign"}
    lead = next_steps(Chances(Status.IN_PROGRESS, may, is_theirs=False, is_nobodys=True))
    assert (lead[0], lead[1]) == (NextStep.REASSIGN, NextStep.UPDATE)
    manager = Chances(
        Status.AGREED,
        frozenset({"action.reassign"}),
        owes_acknowledgement=True,
        is_theirs=False,
        is_nobodys=True,
    )
    assert next_steps(manager) == [NextStep.REASSIGN]


def test_more_time_is_not_asked_for_twice() -> None:
    asked = next_steps(Chances(Status.IN_PROGRESS, OWNER, has_waiting_extension=True))
    assert NextStep.ASK_FOR_MORE_TIME not in asked
    assert NextStep.ASK_FOR_MORE_TIME in next_steps(Chances(Status.IN_PROGRESS, OWNER))


@pytest.mark.parametrize(
    ("due_on", "is_returned", "where"),
    [
        (DAY - timedelta(days=1), False, Bucket.OVERDUE),
        (DAY - timedelta(days=1), True, Bucket.OVERDUE),
        (DAY, False, Bucket.SOON),
        (DAY + timedelta(days=28), False, Bucket.SOON),
        (DAY + timedelta(days=28), True, Bucket.RETURNED),
        (DAY + timedelta(days=29), False, Bucket.LATER),
    ],
)
def test_what_is_owed_stands_in_one_place(due_on: date, is_returned: bool, where: Bucket) -> None:
    assert bucket(Status.IN_PROGRESS, due_on, DAY, is_returned=is_returned) is where


def test_what_was_sent_waits_on_others_however_late_it_is() -> None:
    assert bucket(Status.SUBMITTED, DAY - timedelta(days=40), DAY) is Bucket.WAITING_ON_OTHERS


def test_records_loaded_together_are_told_in_one_line_and_nothing_else_is() -> None:
    loaded = [Happening(DAY, f"Loaded A-{number}", "System", verb="data.load") for number in range(9)]
    reminders = [Happening(DAY, f"Reminded {number}", "System", verb="reminder.queue") for number in range(9)]
    told = folded([*reminders, *loaded])
    assert [each.line for each in told[:9]] == [each.line for each in reminders]
    assert [each.line for each in told[9:]] == ["Loaded A-0, and 8 more like it"]
