"""Whether the system works: its jobs, messages, database and backup; for a page, a monitor and homes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import Blueprint, current_app, jsonify, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import ScalarSelect, select

from app.accounts.guard import may
from app.core.access import access
from app.core.clock import machine_now, today
from app.core.database import current_session
from app.core.installation import Mode
from app.core.job_runs import JobRun
from app.outbox import queries as outbox
from app.outbox.models import State
from app.reminders.views.addresses import refused_invitations, refused_mail

blueprint = Blueprint("health", __name__)

#: The jobs of a day, which a demonstration runs when its day begins.
_DAILY = {
    "colours": "Colours of the day",
    "clocks": "Clocks of child deaths",
    "briefing_results": "Results of briefings",
    "subscribers": "List of the briefing’s readers",
    "briefings": "Drafts of briefings",
    "reminders": "Reminders",
    "files": "Tidying of files",
}
#: The jobs that tick; each leaves a row at least every quarter of an hour.
_TICKING = {
    "briefing_sending": "Sending of briefings",
    "briefing_cascade": "Briefings to agency leads",
    "reconfirmation": "Asking readers to confirm again",
    "outbox": "Sending",
    "seals": "Seals of the audit trail",
    "scans": "Checks of files",
    "bounces": "Returned mail",
    "figures": "Figures of child deaths",
}
JOBS = {**_DAILY, **_TICKING}
#: After how long without a good run a job counts as silent.
DAILY_SILENT_AFTER, TICKING_SILENT_AFTER = timedelta(hours=26), timedelta(minutes=25)
BACKUP = "backup"


@dataclass(frozen=True)
class JobHealth:
    """When a job last did its work, and whether it should have since."""

    name: str
    label: str
    last_at: datetime | None
    is_silent: bool


@dataclass(frozen=True)
class LastRun:
    """The last run of a job, however it ended."""

    began_at: datetime
    ended_at: datetime | None
    outcome: str
    error: str | None


@dataclass(frozen=True)
class Health:
    """Everything the page says."""

    jobs: Sequence[tuple[JobHealth, LastRun | None]]
    counts: dict[State, int]
    oldest_queued_at: datetime | None
    pause_until: datetime | None
    pause_says: str
    database: str
    backup_at: datetime | None

    @property
    def status(self) -> str:
        """``ok``, or ``silent`` where a job has not done its work."""
        return "silent" if any(job.is_silent for job, _last in self.jobs) else "ok"


def jobs() -> list[JobHealth]:
    """How each job does, in one short question."""
    columns: list[ScalarSelect[Any]] = []
    for name in JOBS:
        good = select(JobRun).where(JobRun.job == name, JobRun.outcome == "done")
        for column in (JobRun.began_at, JobRun.business_on):
            last = good.with_only_columns(column).order_by(column.desc()).limit(1)
            columns.append(last.scalar_subquery())
    # Since when there are runs at all: before its first turn has come a job is not silent.
    first = select(JobRun.began_at).order_by(JobRun.id).limit(1)
    row = current_session().execute(select(*columns, first.scalar_subquery())).one()
    since: datetime | None = row[-1]
    now, on = machine_now(), today()
    is_demonstration = current_app.config["TRACKER_MODE"] == Mode.DEMO
    found = []
    for place, (name, label) in enumerate(JOBS.items()):
        last_at: datetime | None = row[2 * place]
        last_on: date | None = row[2 * place + 1]
        if name in _DAILY and is_demonstration:
            is_silent = last_on is None or last_on < on
        else:
            silent_after = DAILY_SILENT_AFTER if name in _DAILY else TICKING_SILENT_AFTER
            heard_at = last_at or since
            is_silent = heard_at is None or now - heard_at > silent_after
        found.append(JobHealth(name, label, last_at, is_silent))
    return found


def line() -> tuple[str, bool]:
    """What homes say of the jobs, in one line, and whether it is loud."""
    silent = [job.label for job in jobs() if job.is_silent]
    if not silent:
        return "All jobs of the system are running", False
    return f"The system is silent: {', '.join(silent)}", True


@dataclass(frozen=True)
class LookingAfter:
    """What homes say to those who look after the system and its addresses."""

    words: str = ""
    is_loud: bool = False
    refused: int = 0
    #: People whose invitation never arrived.
    not_invited: int = 0


def looking_after() -> LookingAfter:
    """The one line of the home: the jobs to those entitled, refused mail to those who can correct it."""
    refused, not_invited = len(refused_mail()), len(refused_invitations())
    if not may("health.read"):
        return LookingAfter(refused=refused, not_invited=not_invited)
    return LookingAfter(*line(), refused, not_invited)


def health() -> Health:
    """Put the page together."""
    pause = outbox.pause()
    return Health(
        jobs=[(job, _last_run(job.name)) for job in jobs()],
        counts=outbox.counts(),
        oldest_queued_at=outbox.oldest_queued_at(),
        pause_until=pause.until_at if pause else None,
        pause_says=pause.error if pause else "",
        database=current_session().get_bind().dialect.name,
        backup_at=current_session().scalar(
            select(JobRun.began_at)
            .where(JobRun.job == BACKUP, JobRun.outcome == "done")
            .order_by(JobRun.began_at.desc())
            .limit(1)
        ),
    )


def _last_run(job: str) -> LastRun | None:
    run = current_session().scalar(
        select(JobRun).where(JobRun.job == job).order_by(JobRun.began_at.desc(), JobRun.id.desc()).limit(1)
    )
    return LastRun(run.began_at, run.ended_at, run.outcome or "running", run.error) if run else None


@blueprint.get("/system")
@access("health.read")
def page() -> str:
    """Whether the system works."""
    return render_template("reports/health.html", health=health(), now=machine_now())


@blueprint.get("/health.json")
@access("health.read")
def json() -> ResponseReturnValue:
    """For a monitor: one word to strangers, everything to those entitled to the page."""
    if not may("health.read"):
        silent = any(job.is_silent for job in jobs())
        return jsonify({"status": "silent" if silent else "ok"})
    found = health()
    return jsonify(
        {
            "status": found.status,
            "database": found.database,
            "jobs": {
                job.name: {
                    "last_done_at": _iso(job.last_at),
                    "silent": job.is_silent,
                    "last_outcome": last.outcome if last else None,
                }
                for job, last in found.jobs
            },
            "outbox": {state.value: number for state, number in found.counts.items()},
            "oldest_waiting_at": _iso(found.oldest_queued_at),
            "paused_until": _iso(found.pause_until),
            "backup_at": _iso(found.backup_at),
        }
    )


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
