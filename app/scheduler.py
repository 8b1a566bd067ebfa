"""The timetable: job name, operation, trigger; and the process that keeps to it.

The scheduler ticks more often than it has work, and our tables say what is due; so any number of nodes may
run it at once. A day's jobs run once the day has come to their time, in a demonstration when its day begins.
A day without a scheduler delays them and loses nothing.
"""

import logging
import signal
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from functools import partial
from threading import Event
from types import FrameType
from typing import Any

import click
from flask import Flask, current_app, g
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import select, update

from app.actions import operations as actions
from app.audit import operations as audit
from app.audit.operations import Subject, record
from app.briefings.composing import operations as composing
from app.briefings.composing.rules import PREPARED_AT
from app.briefings.results import operations as briefing_results
from app.briefings.sending import feeding
from app.briefings.subscribers import operations as readers
from app.briefings.subscribers import returned
from app.briefings.subscribers.reconfirming import operations as reconfirming
from app.cdop import operations as child_deaths
from app.cdop.figures import operations as figures
from app.core import job_runs
from app.core.acting import SYSTEM, acting_as
from app.core.clock import london, machine_now, today
from app.core.commands import Answer, business_day, check_database, command, on_option
from app.core.database import current_session, db
from app.core.files import operations as files
from app.core.installation import Installation, Mode, WrongMode
from app.core.patience import CannotRecord, with_patience
from app.core.transactions import apart
from app.outbox import sender
from app.reminders import operations as reminders
from app.reminders import queries as reminder_queries

logger = logging.getLogger(__name__)

#: What a job says it did.
Done = Mapping[str, Any]
#: Whether the process was asked to stop; long jobs ask between two items.
Stopping = Callable[[], bool]


@dataclass(frozen=True)
class Daily:
    """Once for each business day, from this time in London on."""

    at: time_of_day


@dataclass(frozen=True)
class Every:
    """Over and over. A demonstration, whose visitors wait for what happens, may tick faster."""

    seconds: int
    in_demonstration: int | None = None


@dataclass(frozen=True)
class Job:
    """A name, what is done, and when."""

    name: str
    operation: Callable[[date, Stopping], Done]
    trigger: Daily | Every


def _colours(on: date, stopping: Stopping) -> Done:
    return {"refreshed": with_patience(lambda: actions.refresh_colours(on=on))}


def _clocks(on: date, stopping: Stopping) -> Done:
    refreshed, last = 0, 0
    while not stopping():
        found, last = with_patience(partial(child_deaths.refresh_clocks, on=on, after=last))
        if not found:
            break
        refreshed += found
    return {"refreshed": refreshed}


def _briefings(on: date, stopping: Stopping) -> Done:
    return asdict(with_patience(lambda: composing.prepare_for(on=on)))


def _reminders(on: date, stopping: Stopping) -> Done:
    return asdict(reminders.run(on=on))


def _briefing_results(on: date, stopping: Stopping) -> Done:
    return briefing_results.run_day(on=on, stopping=stopping)


def _briefing_cascade(on: date, stopping: Stopping) -> Done:
    return briefing_results.tell(on=on, stopping=stopping)


def _outbox(on: date, stopping: Stopping) -> Done:
    """Send all that is due, though not for ever: a run leaves its row while a long issue goes out, too."""
    ends_at = time.monotonic() + LONGEST_SENDING_SECONDS
    return asdict(sender.send(until_empty=True, stopping=lambda: stopping() or time.monotonic() > ends_at))


def _briefing_sending(on: date, stopping: Stopping) -> Done:
    return feeding.run(stopping=stopping)


def _seals(on: date, stopping: Stopping) -> Done:
    sealed = 0
    while not stopping() and (batch := with_patience(lambda: audit.seal(session=current_session()))):
        sealed += batch
    return {"sealed": sealed}


def _scans(on: date, stopping: Stopping) -> Done:
    return files.scan_waiting(stopping=stopping)


def _files(on: date, stopping: Stopping) -> Done:
    return {"swept": files.sweep_files()}


def _bounces(on: date, stopping: Stopping) -> Done:
    return returned.take_in(stopping=stopping)


def _subscribers(on: date, stopping: Stopping) -> Done:
    with acting_as(SYSTEM):
        done = {"in_step": 0, "erased": 0, "forgotten": 0}
        after: int | None = 0
        while after is not None and not stopping():
            changed, after = with_patience(partial(readers.keep_some_in_step, after=after))
            done["in_step"] += changed
        for name, work in (
            ("erased", partial(readers.erase_due, on=on)),
            ("forgotten", readers.forget_leftovers),
            ("forgotten", readers.forget_sign_ups),
            ("forgotten", readers.forget_moved),
        ):
            while not stopping() and (batch := with_patience(work)):
                done[name] += batch
    return done


def _reconfirmation(on: date, stopping: Stopping) -> Done:
    return reconfirming.run(on=on, stopping=stopping)


def _figures(on: date, stopping: Stopping) -> Done:
    done = figures.compute()
    return {"computed": int(done.computed), "skipped": done.problem}


#: The jobs of a day run in this order.
TIMETABLE = (
    Job("colours", _colours, Daily(time_of_day(0, 5))),
    Job("clocks", _clocks, Daily(time_of_day(0, 10))),
    Job("briefing_results", _briefing_results, Daily(time_of_day(6))),
    Job("subscribers", _subscribers, Daily(time_of_day(7, 15))),
    Job("briefings", _briefings, Daily(PREPARED_AT)),
    Job("reminders", _reminders, Daily(time_of_day(8))),
    Job("files", _files, Daily(time_of_day(8, 30))),
    Job("briefing_sending", _briefing_sending, Every(10, in_demonstration=2)),
    Job("briefing_cascade", _briefing_cascade, Every(60, in_demonstration=3)),
    Job("reconfirmation", _reconfirmation, Every(10, in_demonstration=3)),
    Job("outbox", _outbox, Every(10, in_demonstration=2)),
    Job("seals", _seals, Every(30)),
    Job("scans", _scans, Every(30, in_demonstration=5)),
    Job("bounces", _bounces, Every(300, in_demonstration=30)),
    Job("figures", _figures, Every(30, in_demonstration=3)),
)

#: Between these times an hour is missing in March and comes twice in October.
NO_JOB_FROM, NO_JOB_UNTIL = time_of_day(1), time_of_day(2)

#: How long one run of the sender goes on before it tells what it did.
LONGEST_SENDING_SECONDS = 240

#: How often the scheduler looks whether a day's jobs are due.
LOOK = Every(60, in_demonstration=2)
#: A job that ticks leaves a row when it did something, and otherwise one in this time, to show that it lives.
HEARTBEAT = timedelta(minutes=15)
#: A job that ticks and fails leaves a row no more often than this.
FAILURES_APART = timedelta(minutes=1)
#: How long a page waits for a day's job that another process is at.
PATIENCE_SECONDS = 30.0


def check_timetable(jobs: tuple[Job, ...]) -> None:
    """Raise ValueError for a job in the hour that the clocks change, or for two jobs of one name."""
    for job in jobs:
        if isinstance(job.trigger, Daily) and NO_JOB_FROM <= job.trigger.at < NO_JOB_UNTIL:
            raise ValueError(f"{job.name} is set for {job.trigger.at}, when the clocks may change")
    if len({job.name for job in jobs}) < len(jobs):
        raise ValueError("two jobs have one name")


check_timetable(TIMETABLE)
DAILY = tuple(job for job in TIMETABLE if isinstance(job.trigger, Daily))
TICKING = {job.name: job for job in TIMETABLE if isinstance(job.trigger, Every)}


def never() -> bool:
    """Nobody asked to stop."""
    return False


def run_day(
    on: date, *, jobs: tuple[Job, ...] = DAILY, stopping: Stopping = never, wait: bool = False
) -> None:
    """Run the jobs of a day that have not been done for it, in order, each in its turn.

    A job that another process is at is left to it; with ``wait`` its end is waited for, though not for ever.
    A job that fails leaves its row and the log, and keeps no other from running.
    """
    for job in jobs:
        if stopping():
            return
        if job_runs.is_done(job.name, on=on):
            continue
        ours = False
        try:
            with job_runs.job_turn(job.name, on=on) as ours:
                if ours:
                    job.operation(on, stopping)
        except Exception as error:
            _log(job.name, error)
        if wait and not ours:
            _wait_for(job, on)


def _wait_for(job: Job, on: date) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while job_runs.is_under_way(job.name, on=on) and time.monotonic() < until:
        time.sleep(0.1)


def begin_day(*, stopping: Stopping = never) -> None:
    """Run the day's jobs that are due by now, if they have not been run.

    A demonstration's day begins with all of them, once the record is loaded. Elsewhere each waits for its
    time.
    """
    with apart(reading=True):
        on = today()
        is_demonstration = current_app.config["TRACKER_MODE"] == Mode.DEMO
        is_loaded = not is_demonstration or reminder_queries.has_actions()
    if is_demonstration:
        due = DAILY if is_loaded else ()
    else:
        clock = london(machine_now()).time()
        due = tuple(job for job in DAILY if isinstance(job.trigger, Daily) and job.trigger.at <= clock)
    run_day(on, jobs=due, stopping=stopping)


def begin_demonstration_day(day: date, *, only_stepping: bool = False) -> bool:
    """Let the demonstration's day begin in the transaction at hand; whether it was not begun before.

    With ``only_stepping`` it begins only if somebody still wants the days to pass.
    """
    statement = update(Installation).where(Installation.demonstration_on == day - timedelta(days=1))
    if only_stepping:
        statement = statement.where(Installation.stepping_to_on >= day)
    begun = current_session().scalar(
        statement.values(demonstration_on=day)
        .returning(Installation.id)
        .execution_options(synchronize_session=False)
    )
    # A request remembers the day it is; this one changes it.
    g.pop("today", None)
    if begun is not None:
        record(
            verb="demonstration.use",
            subject=Subject("demonstration", day.isoformat()),
            line=f"Began {day.isoformat()} in the demonstration",
        )
    return begun is not None


def step_days(*, stopping: Stopping = never) -> int:
    """Step a demonstration day by day to where somebody asked it to go, with each day's jobs and mail.

    Any number of schedulers may step at once; each day begins once. Says how many days this one began.
    """
    begun = 0
    while not stopping():
        with apart(reading=True) as session:
            day, to_on = session.execute(
                select(Installation.demonstration_on, Installation.stepping_to_on)
            ).one()
        if day is None or to_on is None:
            break
        run_day(day, stopping=stopping, wait=True)
        feeding.run(stopping=stopping)
        sender.send(until_empty=True, stopping=stopping)
        if day >= to_on:
            with_patience(_stand_still)
            break
        following = day + timedelta(days=1)
        with acting_as(SYSTEM):
            begun += with_patience(partial(begin_demonstration_day, following, only_stepping=True))
    return begun


def _stand_still() -> None:
    current_session().execute(
        update(Installation)
        .where(Installation.stepping_to_on <= Installation.demonstration_on)
        .values(stepping_to_on=None)
        .execution_options(synchronize_session=False)
    )


class Scheduler:
    """The process: ticks until it is asked to stop, and then finishes the item at hand."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.stopped = Event()
        self.rows_at: dict[str, datetime] = {}

    def run(self) -> None:
        """Tick until SIGTERM or Ctrl-C."""
        from apscheduler.schedulers.blocking import BlockingScheduler

        # What it would say of every tick, and of one that is left out because the last has not ended.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        scheduler = BlockingScheduler(
            timezone="Europe/London",
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": 3600},
        )

        def stop(number: int, frame: FrameType | None) -> None:
            if not self.stopped.is_set():
                self.stopped.set()
                # Without waiting: the ticks at work end in threads of their own, which the process waits for.
                scheduler.shutdown(wait=False)

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, stop)
        is_demonstration = self.app.config["TRACKER_MODE"] == Mode.DEMO
        for name, trigger, work in (
            ("day", LOOK, self.look),
            *((job.name, job.trigger, self._ticker(job)) for job in TICKING.values()),
        ):
            assert isinstance(trigger, Every)
            seconds = trigger.in_demonstration if is_demonstration else None
            scheduler.add_job(
                work, "interval", id=name, seconds=seconds or trigger.seconds, next_run_time=machine_now()
            )
        scheduler.start()

    def look(self) -> None:
        """Run what is due of the day."""
        with self.app.app_context():
            try:
                begin_day(stopping=self.stopped.is_set)
                step_days(stopping=self.stopped.is_set)
            except Exception as error:
                if self._is_time("day", FAILURES_APART):
                    _log("day", error)

    def tick(self, job: Job) -> None:
        """Run a job that ticks once, and leave a row where there is something to tell."""
        with self.app.app_context():
            began_at = machine_now()
            on = london(began_at).date()
            try:
                with apart(reading=True):
                    on = today()
                done = job.operation(on, self.stopped.is_set)
                if self._is_time(job.name, timedelta(0) if _found_work(done) else HEARTBEAT):
                    job_runs.record_tick(job.name, on=on, began_at=began_at)
            except Exception as error:
                if self._is_time(job.name, FAILURES_APART):
                    _log(job.name, error)
                    with suppress(Exception):
                        job_runs.record_tick(job.name, on=on, began_at=began_at, error=type(error).__name__)

    def _ticker(self, job: Job) -> Callable[[], None]:
        return lambda: self.tick(job)

    def _is_time(self, name: str, apart_by: timedelta) -> bool:
        """Whether the last row of the job is long enough ago for another, which is then counted."""
        now = machine_now()
        if name in self.rows_at and now - self.rows_at[name] < apart_by:
            return False
        self.rows_at[name] = now
        return True


#: What a tick says that is no work done; and that figures were computed, for its row, which is read outside
#: the compartment, would tell the minute in which something was recorded of a child death.
_TELLS_NOTHING = frozenset({"waiting", "retrying", "computed"})


def _found_work(done: Done) -> bool:
    """Whether a tick did something that leaves a row."""
    return any(number for name, number in done.items() if name not in _TELLS_NOTHING)


def _log(job: str, error: Exception) -> None:
    """Where a job failed and with what kind of error; never the error's text, which may quote a record."""
    places = "".join(traceback.format_tb(error.__traceback__))
    logger.error("The job %s failed: %s\n%s", job, type(error).__name__, places)


jobs_commands = AppGroup("jobs", help="Run a job of the timetable by hand.")


@command(jobs_commands, "run")
@click.argument("name", type=click.Choice([job.name for job in TIMETABLE]))
@on_option
def run_job(name: str, given: datetime | None) -> Answer:
    """Run one job now, whether or not its time has come."""
    on = business_day(given)
    job = next(job for job in TIMETABLE if job.name == name)
    with job_runs.job_run(name, on=on):
        done = job.operation(on, never)
    told = {key: value for key, value in done.items() if key not in {"on", "skipped"} and value is not None}
    words = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in told.items())
    skipped = done.get("skipped")
    return Answer(
        {"job": name, "outcome": "skipped" if skipped else "done", **done},
        [f"{name} for {on.isoformat()}: {skipped or words}"],
    )


@click.command("scheduler")
@with_appcontext
def scheduler_command() -> None:
    """Keep to the timetable until asked to stop. Any number of these may run at once."""
    try:
        check_database()
    except (WrongMode, CannotRecord) as refusal:
        raise click.ClickException(str(refusal)) from refusal
    db.session.remove()
    Scheduler(current_app._get_current_object()).run()  # type: ignore[attr-defined]


def join(app: Flask) -> None:
    """Add the commands to ``flask``."""
    app.cli.add_command(jobs_commands)
    app.cli.add_command(scheduler_command)
