"""The timetable, and the days it has to get right: each job once, late rather than never."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from app import scheduler
from app.core import job_runs
from app.core.clock import london, machine_now
from app.core.database import current_session
from app.core.installation import Installation, Mode
from app.core.job_runs import JobRun
from app.outbox.models import State
from app.scheduler import Daily, Every, Job, begin_day, check_timetable, run_day
from tests.reminders.support import FRIDAY, action, messages, queued

CASE_TEXT = "Child Z lived with an aunt"
ROOT = Path(__file__).resolve().parents[2]


def job(name: str, work: Callable[[], object] = lambda: None, at: time_of_day = time_of_day(8)) -> Job:
    """A job of a day that does something of the test's."""

    def operation(on: date, stopping: Callable[[], bool]) -> dict[str, object]:
        work()
        return {}

    return Job(name, operation, Daily(at))


def runs(name: str | None = None) -> list[tuple[str, date, str | None]]:
    """Every run, or every one of a job: name, day and outcome."""
    statement = select(JobRun.job, JobRun.business_on, JobRun.outcome).order_by(JobRun.id)
    if name:
        statement = statement.where(JobRun.job == name)
    found = [(row.job, row.business_on, row.outcome) for row in current_session().execute(statement)]
    current_session().commit()
    return found


@contextmanager
def production(app: Flask) -> Iterator[None]:
    """The world in production: its own day, and no demonstration's."""
    session = current_session()
    session.execute(update(Installation).values(mode=Mode.PRODUCTION, demonstration_on=None))
    session.commit()
    app.config["TRACKER_MODE"] = Mode.PRODUCTION
    try:
        yield
    finally:
        app.config["TRACKER_MODE"] = Mode.DEMO


@pytest.mark.parametrize("at", [time_of_day(1), time_of_day(1, 30), time_of_day(1, 59)])
def test_no_job_is_set_for_the_hour_in_which_the_clocks_change(at: time_of_day) -> None:
    with pytest.raises(ValueError, match="when the clocks may change"):
        check_timetable((job("one", at=at),))


def test_the_hours_around_it_are_free_and_names_are_single() -> None:
    check_timetable((job("one", at=time_of_day(0, 59)), job("two", at=time_of_day(2))))
    with pytest.raises(ValueError, match="one name"):
        check_timetable((job("one"), job("one")))


def test_a_days_jobs_run_once_in_their_order(world: Flask) -> None:
    done: list[str] = []
    jobs = (job("one", lambda: done.append("one")), job("two", lambda: done.append("two")))
    for _time in range(3):
        run_day(FRIDAY, jobs=jobs)
    assert done == ["one", "two"]
    assert runs() == [("one", FRIDAY, "done"), ("two", FRIDAY, "done")]


def test_a_job_that_fails_keeps_no_other_from_running_and_rests_before_it_is_tried_again(
    world: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    tried: list[datetime] = []

    def fail() -> None:
        tried.append(machine_now())
        raise LookupError(CASE_TEXT)

    jobs = (job("fails", fail), job("works"))
    run_day(FRIDAY, jobs=jobs)
    run_day(FRIDAY, jobs=jobs)
    assert runs() == [("fails", FRIDAY, "failed"), ("works", FRIDAY, "done")]
    assert "LookupError" in caplog.text
    assert CASE_TEXT not in caplog.text
    with time_machine.travel(machine_now() + job_runs.REST_AFTER_FAILURE + timedelta(seconds=1)):
        run_day(FRIDAY, jobs=jobs)
    assert len(tried) == 2


def test_the_turn_of_a_run_that_died_is_given_again_and_that_of_one_alive_is_not(world: Flask) -> None:
    done: list[int] = []
    jobs = (job("one", lambda: done.append(1)),)
    session = current_session()
    alive = JobRun(job="one", business_on=FRIDAY, began_at=machine_now(), turn=f"one {FRIDAY}")
    session.add(alive)
    session.commit()
    run_day(FRIDAY, jobs=jobs)
    assert done == []
    assert job_runs.is_under_way("one", on=FRIDAY)
    alive.began_at = machine_now() - job_runs.TURN - timedelta(seconds=1)
    session.commit()
    assert not job_runs.is_under_way("one", on=FRIDAY)
    run_day(FRIDAY, jobs=jobs)
    assert done == [1]
    assert runs() == [("one", FRIDAY, None), ("one", FRIDAY, "done")]


def test_a_run_by_hand_does_not_stand_for_the_timetables(world: Flask) -> None:
    done: list[int] = []
    with job_runs.job_run("one", on=FRIDAY):
        done.append(0)
    run_day(FRIDAY, jobs=(job("one", lambda: done.append(1)),))
    assert done == [0, 1]


def test_an_empty_demonstration_waits_for_its_record(world: Flask) -> None:
    begin_day()
    assert runs() == []
    action(date(2017, 4, 7))
    begin_day()
    assert runs() == [(job.name, FRIDAY, "done") for job in scheduler.DAILY]
    assert {"colours", "reminders"} <= {job.name for job in scheduler.DAILY}
    assert messages() == [("homerton.owner", FRIDAY, State.QUEUED)]


def test_a_demonstrations_day_does_not_wait_for_eight_oclock(world: Flask) -> None:
    action(date(2017, 4, 7))
    with time_machine.travel(datetime(2031, 6, 8, 3, 0, tzinfo=UTC), tick=True):
        begin_day()
    assert runs("reminders") == [("reminders", FRIDAY, "done")]


@pytest.mark.parametrize(
    ("first", "until"),
    [
        # The nights in which the clocks go forward and back in London, and an ordinary one.
        (datetime(2017, 3, 25, 12, tzinfo=UTC), datetime(2017, 3, 28, 12, tzinfo=UTC)),
        (datetime(2017, 10, 28, 12, tzinfo=UTC), datetime(2017, 10, 31, 12, tzinfo=UTC)),
        (datetime(2016, 2, 28, 12, tzinfo=UTC), datetime(2016, 3, 2, 12, tzinfo=UTC)),
    ],
)
def test_in_production_each_days_work_is_done_once_and_not_before_its_time(
    world: Flask, first: datetime, until: datetime
) -> None:
    with production(world):
        moment = first
        while moment <= until:
            with time_machine.travel(moment, tick=True):
                begin_day()
            moment += timedelta(minutes=15)
    days = [first.date() + timedelta(days=number) for number in range((until - first).days + 1)]
    assert runs("reminders") == [("reminders", day, "done") for day in days]
    assert runs("colours") == [("colours", day, "done") for day in days]
    rows = (
        current_session().scalars(select(JobRun).where(JobRun.job == "reminders").order_by(JobRun.id)).all()
    )
    for row in rows[1:]:
        assert london(row.began_at).strftime("%H:%M") == "08:00"


def test_three_days_without_a_scheduler_end_in_one_message_a_person_at_the_latest_rung(world: Flask) -> None:
    action(date(2017, 3, 29), owner="hlt.lead")
    with production(world):
        # Two seconds before midnight in London.
        with time_machine.travel(datetime(2017, 3, 29, 22, 59, 58, tzinfo=UTC)):
            begin_day()
        with time_machine.travel(datetime(2017, 4, 3, 9, tzinfo=UTC), tick=True):
            begin_day()
            begin_day()
    assert [day for _job, day, _outcome in runs("reminders")] == [date(2017, 3, 29), date(2017, 4, 3)]
    assert messages() == [
        ("hlt.lead", date(2017, 3, 29), State.CANCELLED),
        ("hlt.lead", date(2017, 4, 3), State.QUEUED),
    ]
    assert queued(date(2017, 4, 3)) == {"hlt.lead": ["A-0001 owner+0", "A-0001 owner+1"]}


def test_a_tick_leaves_a_row_when_it_worked_and_now_and_then_when_it_did_not(world: Flask) -> None:
    found = [0, 0, 3, 0]
    ticking = Job("ticks", lambda on, stopping: {"sent": found.pop(0), "waiting": 5}, Every(10))
    process = scheduler.Scheduler(world)
    for _tick in range(4):
        process.tick(ticking)
    assert runs() == [("ticks", FRIDAY, "done")] * 2
    found = [0]
    with time_machine.travel(machine_now() + scheduler.HEARTBEAT + timedelta(seconds=1)):
        process.tick(ticking)
    assert len(runs()) == 3


def test_a_tick_that_fails_is_on_record_and_the_next_one_comes(world: Flask) -> None:
    def fail(on: date, stopping: Callable[[], bool]) -> dict[str, object]:
        raise LookupError("quoting a record")

    process = scheduler.Scheduler(world)
    for _tick in range(3):
        process.tick(Job("ticks", fail, Every(10)))
    assert runs() == [("ticks", FRIDAY, "failed")]
    assert current_session().scalars(select(JobRun.error)).all() == ["LookupError"]


def test_the_process_runs_the_day_sends_and_stops_when_asked(
    world: Flask, process_environment: dict[str, str]
) -> None:
    action(date(2017, 4, 7))
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "scheduler"],
        cwd=ROOT,
        env=process_environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        _wait_until(lambda: [state for _ref, _on, state in messages()] == [State.SENT], process)
        os.kill(process.pid, signal.SIGTERM)
        printed, _nothing = process.communicate(timeout=30)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 0
    assert printed == ""
    assert runs("colours") == [("colours", FRIDAY, "done")]
    assert runs("reminders") == [("reminders", FRIDAY, "done")]
    assert ("outbox", FRIDAY, "done") in runs()
    assert ("seals", FRIDAY, "done") in runs()


def _wait_until(is_so: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    until = time.monotonic() + 60
    while not is_so():
        assert process.poll() is None, "the scheduler ended by itself"
        assert time.monotonic() < until, "it takes too long"
        time.sleep(0.2)
