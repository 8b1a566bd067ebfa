"""One row for each run of a job: an absent run is as visible as a failed one."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import machine_now
from app.core.database import Base, Identified, UtcDateTime
from app.core.transactions import apart


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


@contextmanager
def job_run(job: str, *, on: date) -> Iterator[None]:
    """Record a run around the block, in transactions of its own, whatever happens inside."""
    with apart() as session:
        run = JobRun(job=job, business_on=on, began_at=machine_now())
        session.add(run)
        session.flush()
        run_id = run.id
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
