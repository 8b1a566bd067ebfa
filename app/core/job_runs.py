"""One row for each run of a job: an absent run is as visible as a failed one."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

from sqlalchemy import Index, String, Text, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import machine_now
from app.core.database import Base, Identified, UtcDateTime, current_session
from app.core.transactions import apart
from app.core.upsert import insert_new

#: A run that holds a turn and has not ended after this time is taken for dead, and the turn for free. Should
#: it be alive after all, two runs work side by side, which every job survives.
TURN = timedelta(minutes=2)
#: A turn that ended in an error is not given again before this time has passed.
REST_AFTER_FAILURE = timedelta(minutes=5)


class JobRun(Identified, Base):
    """That a job ran: when it began and ended, for which business day, and with what outcome."""

    __tablename__ = "job_run"
    __table_args__ = (
        Index("ix_job_run_job_began_at", "job", "began_at"),
        Index("ix_job_run_job_business_on", "job", "business_on"),
    )

    job: Mapped[str] = mapped_column(String(64))
    #: The business day the job worked for.
    business_on: Mapped[date]
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Null while it runs, and for ever when it was killed.
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: "done" or "failed"; null while it runs.
    outcome: Mapped[str | None] = mapped_column(String(16))
    #: The kind of error of a failed run; never its text, which may quote a record.
    error: Mapped[str | None] = mapped_column(Text)
    #: The turn that the run holds, for example ``reminders 2017-03-31``: whatever the number of schedulers,
    #: one of them has it. Null for runs that somebody asked for, and for runs that failed or died.
    turn: Mapped[str | None] = mapped_column(String(80), unique=True)


@contextmanager
def job_run(job: str, *, on: date) -> Iterator[None]:
    """Record a run around the block, in transactions of its own, whatever happens inside."""
    with apart() as session:
        run = JobRun(job=job, business_on=on, began_at=machine_now())
        session.add(run)
        session.flush()
        run_id = run.id
    with _recorded(run_id):
        yield


@contextmanager
def job_turn(job: str, *, on: date) -> Iterator[bool]:
    """Record a run around the block if it is ours to do: not yet done for the day, and nobody is at it.

    Yields whether it is ours; where it is not, the block must do nothing.
    """
    with apart():
        run_id = _take_turn(job, on)
    if run_id is None:
        yield False
        return
    with _recorded(run_id):
        yield True


def is_done(job: str, *, on: date) -> bool:
    """Whether the run that held the day's turn came to its end.

    One that somebody asked for by hand does not count: it may have come before all of the day was known.
    """
    with apart(reading=True) as session:
        done = select(JobRun.id).where(JobRun.turn == _turn(job, on), JobRun.outcome == "done")
        return session.scalar(done) is not None


def is_under_way(job: str, *, on: date) -> bool:
    """Whether a run that holds the day's turn is at it."""
    with apart(reading=True) as session:
        at_it = select(JobRun.id).where(
            JobRun.turn == _turn(job, on), JobRun.ended_at.is_(None), JobRun.began_at > machine_now() - TURN
        )
        return session.scalar(at_it) is not None


def record_tick(job: str, *, on: date, began_at: datetime, error: str | None = None) -> None:
    """Record a short run that is over: one that ticks so often that a row for each would bury the others."""
    with apart() as session:
        outcome = "failed" if error else "done"
        session.add(
            JobRun(
                job=job,
                business_on=on,
                began_at=began_at,
                ended_at=machine_now(),
                outcome=outcome,
                error=error,
            )
        )


def _turn(job: str, on: date) -> str:
    return f"{job} {on.isoformat()}"


def _take_turn(job: str, on: date) -> int | None:
    """The number of a run that holds the day's turn from now on; None when there is none to give.

    1. A job that just failed rests.
    2. The turn of a run that died is taken from it.
    3. The turn goes to whoever writes it first, and stays with the run that ends well.
    """
    session = current_session()
    now = machine_now()
    failed = select(JobRun.id).where(
        JobRun.job == job,
        JobRun.business_on == on,
        JobRun.outcome == "failed",
        JobRun.ended_at > now - REST_AFTER_FAILURE,
    )
    if session.scalar(failed.limit(1)) is not None:
        return None
    session.execute(
        update(JobRun)
        .where(JobRun.turn == _turn(job, on), JobRun.ended_at.is_(None), JobRun.began_at <= now - TURN)
        .values(turn=None)
    )
    run = {"job": job, "business_on": on, "began_at": now, "turn": _turn(job, on)}
    inserted = insert_new(session, JobRun.metadata.tables[JobRun.__tablename__], [run], returning=["id"])
    return inserted[0]["id"] if inserted else None


@contextmanager
def _recorded(run_id: int) -> Iterator[None]:
    try:
        yield
    except BaseException as error:
        _end(run_id, "failed", type(error).__name__)
        raise
    _end(run_id, "done", None)


def _end(run_id: int, outcome: str, error: str | None) -> None:
    with apart() as session:
        run = session.get_one(JobRun, run_id)
        run.ended_at, run.outcome, run.error = machine_now(), outcome, error
        if outcome == "failed":
            run.turn = None
