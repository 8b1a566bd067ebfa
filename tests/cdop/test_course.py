"""The course of a case under each regime: stages, clocks, waits, pauses, and feedback to the family."""

import re
from datetime import date
from typing import Any

import pytest
from flask import Flask

from app.cdop import operations
from app.cdop.analysis import operations as analysis
from app.cdop.rules.cases import CaseOver
from app.clocks.models import ClockPause, TimeLimit
from app.core.database import current_session
from app.core.holidays import ExtraHoliday
from tests.actions.support import set_day
from tests.cdop.support import ClientAs, held, words
from tests.support.client import PageClient
from tests.support.deaths import make_death, make_return, make_wait
from tests.support.trail import change, entries
from tests.support.world import DAY, by_ref

CASE = "/child-deaths/D-0001"


def day(on: date) -> list[str]:
    """A day as its three boxes are filled."""
    return [str(on.day), str(on.month), str(on.year)]


@pytest.fixture
def coordinator(world: Flask, client_as: ClientAs) -> PageClient:
    """The CDOP co-ordinator of a case that became known on 9 January 2017."""
    make_death()
    return client_as("cdop.coordinator")


def reach(client: PageClient, stage: str, on: date, status: int = 302, reason: str = "") -> str:
    """Record a stage and give the page that answers."""
    data = {"stage": stage, "reached_on": day(on), "reason": reason}
    return words(client, f"{CASE}/stages", data, status=status)


def test_a_case_stands_where_its_latest_stage_says_and_its_next_clock_is_kept(
    coordinator: PageClient,
) -> None:
    assert held().sort_due_on == date(2017, 1, 11)
    reach(coordinator, "notified", date(2017, 1, 11))
    assert (held().stage_code, held().sort_due_on) == ("notified", date(2017, 7, 9))
    reach(coordinator, "information", date(2017, 1, 16))
    assert held().sort_due_on == date(2017, 2, 6), "the agencies' three weeks end first"
    page = words(coordinator, CASE)
    assert "“Agency reports” is due on 6 February 2017" in page, "the banner says which clock began"
    make_return(held(), returned_on=date(2017, 2, 6))
    current_session().commit()
    assert held().sort_due_on == date(2017, 7, 9), "the last form meets the clock"
    lines = [entry.line for entry in entries("child_death.record_stage")]
    assert lines[0] == "D-0001 reached the stage “Agency reports asked (Form B)” on 16 January 2017"


def test_what_is_recorded_late_takes_no_case_back_on_its_way(coordinator: PageClient) -> None:
    reach(coordinator, "ready", date(2017, 3, 1), reason="The panel meets soon.")
    reach(coordinator, "rapid_response", date(2017, 3, 6))
    assert (held().stage_code, held().stage_reached_on) == ("ready", date(2017, 3, 1))


def test_the_page_leads_to_what_comes_next(coordinator: PageClient) -> None:
    page = words(coordinator, CASE)
    (link,) = re.findall(
        r'<a class="govuk-button" href="([^"]+)"[^>]*>Record “Notified \(Form A\)”</a>', page
    )
    form = words(coordinator, link)
    assert '<option value="notified" selected>' in form
    reach(coordinator, "notified", date(2017, 1, 11))
    page = words(coordinator, CASE)
    assert f'<a class="govuk-button" href="{CASE}/returns/ask"' in page


def test_a_step_that_was_late_says_why_and_by_how_much(coordinator: PageClient) -> None:
    page = reach(coordinator, "notified", date(2017, 1, 14), status=422)
    assert "Say why: the time limit “Notification” was passed by 3 days" in page
    assert held().stage_code == "known"
    reach(coordinator, "notified", date(2017, 1, 14), reason="A weekend.")
    page = words(coordinator, CASE)
    assert "3 days late" in page
    assert "A weekend." in page


def test_each_stage_is_reached_once_on_a_day_that_has_come(coordinator: PageClient) -> None:
    reach(coordinator, "notified", date(2017, 1, 10))
    assert "Enter today’s date or an earlier one" in reach(
        coordinator, "information", date(2017, 4, 1), status=422
    )
    for stage in ("notified", "known", "closed", "cdrm", ""):
        reach(coordinator, stage, date(2017, 1, 12), status=422)
    assert len(held().stages) == 2


def test_a_stage_recorded_wrongly_is_withdrawn_and_the_clocks_follow(coordinator: PageClient) -> None:
    reach(coordinator, "notified", date(2017, 1, 10))
    assert held().sort_due_on == date(2017, 7, 9)
    coordinator.get(f"{CASE}/stages/2/withdraw")
    coordinator.post(f"{CASE}/stages/2/withdraw", {"reason": ""}, status=422)
    coordinator.post(f"{CASE}/stages/2/withdraw", {"reason": "Another case."})
    assert (held().stage_code, held().sort_due_on) == ("known", date(2017, 1, 11))
    assert "is changed with the case, not withdrawn" in words(
        coordinator, f"{CASE}/stages/1/withdraw", {"reason": "Wrong."}, status=422
    )
    for number in ("0", "3", "99999999999999999999"):
        coordinator.get(f"{CASE}/stages/{number}/withdraw", status=404)
    reach(coordinator, "notified", date(2017, 1, 11))
    assert held().stage_code == "notified"


def test_the_guidance_of_2018_has_its_own_stages_and_clocks(world: Flask, client_as: ClientAs) -> None:
    make_death(known_on=date(2019, 4, 8), stages={"notified": date(2019, 4, 9)})
    set_day(date(2019, 9, 2))
    coordinator = client_as("cdop.coordinator")
    page = words(coordinator, CASE)
    assert "Child death review meeting (3 months, guidance)" in page
    assert "due 8 Jul 2019" in page
    assert "56 days late" in page
    reach(coordinator, "cdrm", date(2019, 7, 8))
    assert "“Review by the panel” is due on 19 August 2019" in words(coordinator, CASE)
    assert held().sort_due_on == date(2019, 8, 19)
    reach(coordinator, "rapid_response", date(2019, 7, 9), status=422)


def test_the_panel_s_time_is_counted_from_the_inquest_that_the_review_waits_for(
    world: Flask, client_as: ClientAs
) -> None:
    make_death(known_on=date(2019, 4, 8), stages={"notified": date(2019, 4, 9), "cdrm": date(2019, 7, 8)})
    set_day(date(2019, 9, 30))
    coordinator = client_as("cdop.coordinator")
    assert held().sort_due_on == date(2019, 8, 19)
    beside = {"reason": "inquest", "holds": "no", "since_on": day(date(2019, 5, 1))}
    coordinator.post(f"{CASE}/waits", beside)
    assert held().sort_due_on == date(2019, 8, 19), "what runs beside puts nothing off"
    coordinator.post(f"{CASE}/waits/1/end", {"until_on": day(date(2019, 5, 2))})
    coordinator.post(f"{CASE}/waits", {**beside, "holds": "yes"})
    assert held().sort_due_on == date.max
    page = words(coordinator, CASE)
    assert "“Review by the panel” has no due date now" in page
    assert "not started" in page
    coordinator.post(f"{CASE}/waits/2/end", {"until_on": day(date(2019, 9, 16))})
    assert "“Review by the panel” is due on 28 October 2019" in words(coordinator, CASE)
    assert held().sort_due_on == date(2019, 10, 28)
    assert change("child_death.end_wait")[1]["targets"]["Review by the panel"] == {
        "before": None,
        "after": "2019-10-28",
    }
    coordinator.post(f"{CASE}/waits", {**beside, "reason": "pmrt", "holds": "yes"})
    assert held().sort_due_on == date(2019, 10, 28), "guidance names the inquest alone"


def test_it_goes_to_the_panel_incomplete_only_with_a_reason(coordinator: PageClient) -> None:
    reach(coordinator, "notified", date(2017, 1, 10))
    page = words(coordinator, f"{CASE}/stages")
    assert "No agency has been asked what it knows." in page
    assert "Say why it goes to the panel without" in reach(coordinator, "ready", date(2017, 3, 1), status=422)
    reach(coordinator, "ready", date(2017, 3, 1), reason="Nobody knew the child.")
    assert held().stage_code == "ready"
    assert change("child_death.record_stage")[1]["reason"] == "Nobody knew the child."


def test_only_the_analysis_says_that_the_panel_completed_its_review(coordinator: PageClient) -> None:
    assert "Reviewed by the panel" not in words(coordinator, f"{CASE}/stages")
    reach(coordinator, "panel", date(2017, 3, 20), status=422)
    case = held()
    analysis.conclude(case=case, considered=["8"], conclusion="inadequate")
    analysis.complete_review(case=case, panel=None, on=date(2017, 3, 20))
    current_session().commit()
    assert held().reviewed_on == date(2017, 3, 20)
    said = words(coordinator, f"{CASE}/stages/2/withdraw", {"reason": "Deferred."}, status=422)
    assert "Open the analysis again" in said
    assert held().reviewed_on == date(2017, 3, 20)


def test_what_it_waits_on_is_recorded_and_ends(coordinator: PageClient) -> None:
    wait: dict[str, Any] = {
        "reason": "inquest",
        "holds": "yes",
        "since_on": day(date(2017, 1, 20)),
        "note": "Listed for 12 June.",
    }
    words(coordinator, f"{CASE}/waits", {**wait, "holds": ""}, status=422)
    words(coordinator, f"{CASE}/waits", {**wait, "since_on": day(date(2017, 4, 1))}, status=422)
    coordinator.post(f"{CASE}/waits", wait)
    coordinator.post(f"{CASE}/waits", {**wait, "reason": "pmrt", "holds": "no", "note": ""})
    words(coordinator, f"{CASE}/waits", wait, status=422)
    page = words(coordinator, CASE)
    assert "It still waits: Inquest." in page
    assert "runs beside it" in page
    words(coordinator, f"{CASE}/waits/1/end", {"until_on": day(date(2017, 1, 19))}, status=422)
    coordinator.post(f"{CASE}/waits/1/end", {"until_on": day(date(2017, 3, 1))})
    words(coordinator, f"{CASE}/waits/1/end", {"until_on": day(date(2017, 3, 1))}, status=422)
    assert [wait.reason for wait in held().waits_standing] == ["pmrt"]
    assert "20 Jan 2017 to 1 Mar 2017" in words(coordinator, CASE)
    assert entries("child_death.end_wait")[0].line == "D-0001 waits no longer on: inquest"
    assert "12 June" not in entries("child_death.begin_wait")[1].line
    coordinator.get(f"{CASE}/waits/3/end", status=404)


PAUSE = {"limit": "panel", "paused_on": day(date(2017, 2, 1)), "reason": "The inquest is open."}


def test_a_clock_stands_still_once_the_chair_approved_it(
    coordinator: PageClient, client_as: ClientAs
) -> None:
    reach(coordinator, "notified", date(2017, 1, 10))
    assert "agencies are still reminded" in words(coordinator, f"{CASE}/pauses")
    coordinator.post(f"{CASE}/pauses", PAUSE)
    assert held().sort_due_on == date(2017, 7, 9), "until then it runs"
    coordinator.get(f"{CASE}/pauses/1/approve", status=404)
    words(coordinator, f"{CASE}/pauses", PAUSE, status=422)
    chair = client_as("cdop.chair")
    assert "Approve the pause" in words(chair, CASE)
    chair.get(f"{CASE}/pauses/1/approve")
    chair.post(f"{CASE}/pauses/1/approve", {})
    words(chair, f"{CASE}/pauses/1/approve", {}, status=422)
    assert held().sort_due_on == date.max
    assert "is paused" in words(coordinator, CASE)
    words(coordinator, f"{CASE}/pauses/1/resume", {"resumed_on": day(date(2017, 1, 31))}, status=422)
    coordinator.post(f"{CASE}/pauses/1/resume", {"resumed_on": day(date(2017, 3, 1))})
    words(coordinator, f"{CASE}/pauses/1/resume", {"resumed_on": day(date(2017, 3, 1))}, status=422)
    assert held().sort_due_on == date(2017, 8, 6), "28 days later"
    assert change("child_death.pause_clock")[1]["approved_by"] == "cdop.chair"
    assert "was paused from 1 Feb 2017 to 1 Mar 2017, approved by Cdop chair" in words(coordinator, CASE)
    coordinator.get(f"{CASE}/pauses/2/resume", status=404)


def test_the_chair_pauses_at_once_or_declines_with_a_reason(
    coordinator: PageClient, client_as: ClientAs
) -> None:
    reach(coordinator, "notified", date(2017, 1, 10))
    coordinator.post(f"{CASE}/pauses", PAUSE)
    chair = client_as("cdop.chair")
    words(chair, f"{CASE}/pauses/1/decline", {"reason": ""}, status=422)
    chair.post(f"{CASE}/pauses/1/decline", {"reason": "The coroner said May."})
    assert held().sort_due_on == date(2017, 7, 9)
    assert "The coroner said May." in words(coordinator, CASE)
    words(chair, f"{CASE}/pauses/1/decline", {"reason": "Twice."}, status=422)
    words(coordinator, f"{CASE}/pauses/1/resume", {"resumed_on": day(DAY)}, status=422)
    chair.post(f"{CASE}/pauses", PAUSE)
    assert held().sort_due_on == date.max
    pauses = current_session().query(ClockPause).order_by(ClockPause.id).all()
    assert [pause.approved_by_id is not None for pause in pauses] == [False, True]


def test_what_guidance_sets_never_pauses(world: Flask, client_as: ClientAs) -> None:
    make_death(known_on=date(2019, 4, 8), stages={"notified": date(2019, 4, 9)})
    set_day(date(2019, 5, 1))
    chair = client_as("cdop.chair")
    assert "No local clock of this case runs" in words(chair, f"{CASE}/pauses")
    assert "Pause a clock" not in words(chair, CASE)
    words(chair, f"{CASE}/pauses", {**PAUSE, "limit": "cdrm", "paused_on": day(DAY)}, status=422)
    assert not current_session().query(ClockPause).count()


def test_feedback_to_the_family_holds_who_and_when_and_nothing_said(coordinator: PageClient) -> None:
    path = f"{CASE}/feedback"
    words(coordinator, path, {"role": ""}, status=422)
    coordinator.post(path, {"role": "Bereavement nurse", "agency": "homerton"})
    assert held().feedback_on is None
    words(
        coordinator,
        path,
        {"role": "Bereavement nurse", "feedback_on": day(date(2017, 4, 1))},
        status=422,
    )
    coordinator.post(
        path, {"role": "Bereavement nurse", "agency": "homerton", "feedback_on": day(date(2017, 3, 30))}
    )
    case = held()
    assert case.key_worker_agency is not None
    assert (case.key_worker_agency.ref, case.feedback_on) == ("homerton", date(2017, 3, 30))
    assert "Bereavement nurse" in words(coordinator, CASE)
    assert "textarea" not in words(coordinator, path)


def test_nothing_more_is_recorded_of_a_case_that_is_over(coordinator: PageClient) -> None:
    case = held()
    case.exclusion = "stillbirth"
    current_session().flush()
    for change_it in (
        lambda: operations.record_stage(case=case, stage="notified", reached_on=DAY),
        lambda: operations.begin_wait(
            case=case, reason="inquest", label="Inquest", since_on=DAY, holds_up=True
        ),
        lambda: operations.ask_to_pause(case=case, limit="panel", paused_on=DAY, reason="Why not."),
    ):
        with pytest.raises(CaseOver):
            change_it()


def test_the_days_job_follows_days_off_and_new_versions_of_limits(coordinator: PageClient) -> None:
    case = held()
    limit = current_session().query(TimeLimit).filter_by(regime_id=case.regime_id, code="panel").one()
    limit.unit, limit.amount = "working_days", 20
    reached = operations.record_stage(case=case, stage="notified", reached_on=date(2017, 1, 10))
    assert reached[0].stage.code == "notified"
    assert held_now() == date(2017, 2, 6)
    current_session().add(ExtraHoliday(day_on=date(2017, 1, 16), name="Town hall closed"))
    make_death(stages={"closed": date(2017, 2, 1)})
    current_session().flush()
    # The day's job goes on after the last of them until none is left.
    assert operations.refresh_clocks(on=DAY) == (1, case.id)
    assert operations.refresh_clocks(on=DAY, after=case.id) == (0, case.id)
    assert held_now() == date(2017, 2, 7)


def held_now() -> date:
    """The next target as the transaction at hand sees it."""
    current_session().flush()
    current_session().expire_all()
    case = by_ref(type(held_case()), "D-0001")
    target: date = case.sort_due_on
    return target


def held_case() -> Any:
    """The case, without ending the transaction at hand."""
    from app.cdop.models import ChildDeathCase

    return by_ref(ChildDeathCase, "D-0001")


def test_a_wait_of_another_case_is_not_reached_by_its_number(coordinator: PageClient) -> None:
    make_wait(make_death())
    coordinator.get(f"{CASE}/waits/1/end", status=404)
    coordinator.get("/child-deaths/D-0002/waits/1/end")
