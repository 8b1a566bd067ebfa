"""Taking a backup, of one moment, while others go on writing."""

import json
import os
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import Table, insert, select
from sqlalchemy.orm import Session

from app.accounts.models import Partnership
from app.audit.operations import Subject, record
from app.core.clock import machine_now, today
from app.core.database import current_session
from app.core.files.models import StoredFile
from app.core.files.receiving import store
from app.core.files.store import FileMissing, digest_of
from app.core.job_runs import JobRun, record_tick
from app.core.snapshot import revision, snapshot
from app.core.transactions import apart
from app.transfer.backup.rows import (
    BATCH,
    FORMAT,
    LAST,
    MANIFEST,
    VERSION,
    Counted,
    Outcome,
    member_of,
    member_of_file,
    tables,
)

JOB = "backup"
_CHUNK = 65_536


def backup(path: Path) -> Outcome:
    """Write an archive of every row and every file, whole or not at all.

    1. That somebody takes everything along is on the audit trail before it can leave.
    2. Rows are read in one transaction that sees one moment; every file they name is held to its digest.
    3. The archive takes its place in one move, and with it the run of the job that says how old it is.

    Where a file is missing or was altered, nothing is written and every such file is named.
    """
    began_at = machine_now()
    with apart(reading=True):
        on = today()
    _record()
    outcome = Outcome()
    try:
        _take(path.resolve(), outcome, began_at, on)
    except OSError as error:
        outcome = Outcome()
        outcome.wrong(str(path), f"The archive cannot be written: {error.strerror}")
    except BaseException as error:
        record_tick(JOB, on=on, began_at=began_at, error=type(error).__name__)
        raise
    if outcome.problems:
        outcome.rows = outcome.files = 0
        record_tick(JOB, on=on, began_at=began_at, error="FilesBroken")
    return outcome


def _record() -> None:
    session = current_session()
    ref = session.scalar(select(Partnership.ref)) or "partnership"
    record(
        verb="data.backup",
        subject=Subject("partnership", ref),
        line="Took a backup of everything",
        is_read=True,
    )
    session.commit()


def _take(path: Path, outcome: Outcome, began_at: datetime, on: date) -> None:
    with snapshot() as session, _replacing(path) as (archive, finish):
        _copy_files(session, archive, outcome)
        if outcome.problems:
            return
        written = [_copy_rows(session, archive, table, outcome) for table in tables() if table.name != LAST]
        manifest = {
            "format": FORMAT,
            "version": VERSION,
            "mode": str(current_app.config["TRACKER_MODE"]),
            "revision": revision(session),
            "made_at": began_at.isoformat(),
            "files": outcome.files,
            "tables": written,
        }
        runs = next(table for table in tables() if table.name == LAST)
        with archive.open(member_of(runs), "w", force_zip64=True) as member:
            counted = Counted(member)
            _read_into(session, runs, counted)
            # The rest is on the disk before this run's row keeps other writers waiting.
            os.fsync(archive.fp.fileno())  # type: ignore[union-attr]
            with apart() as own:
                counted.add(_own_run(own, runs, began_at, on))
                member.close()
                outcome.rows += counted.rows
                written.append(_told(runs, counted))
                archive.writestr(MANIFEST, json.dumps(manifest, indent=1, sort_keys=True))
                finish()


def _copy_files(session: Session, archive: zipfile.ZipFile, outcome: Outcome) -> None:
    # What was redacted has no content any more.
    kept = StoredFile.redacted_at.is_(None)
    statement = select(StoredFile.digest, StoredFile.size_bytes).where(kept).order_by(StoredFile.id)
    for digest, size in session.execute(statement.execution_options(yield_per=BATCH)):
        name = member_of_file(digest)
        try:
            with store().open(digest) as content:
                if digest_of(content) != (digest, size):
                    outcome.wrong(name, "The file was altered: its content is not what was handed in")
                    continue
                content.seek(0)
                if not outcome.problems:
                    # Most types are compressed already.
                    with archive.open(zipfile.ZipInfo(name), "w", force_zip64=True) as member:
                        while chunk := content.read(_CHUNK):
                            member.write(chunk)
        except FileMissing:
            outcome.wrong(name, "The file is missing from the folder of files")
            continue
        outcome.files += 1


def _copy_rows(session: Session, archive: zipfile.ZipFile, table: Table, outcome: Outcome) -> dict[str, Any]:
    with archive.open(member_of(table), "w", force_zip64=True) as member:
        counted = Counted(member)
        _read_into(session, table, counted)
    outcome.rows += counted.rows
    return _told(table, counted)


def _read_into(session: Session, table: Table, counted: Counted) -> None:
    statement = select(table).order_by(*table.primary_key.columns)
    for row in session.execute(statement.execution_options(yield_per=BATCH)):
        counted.add(row)


def _told(table: Table, counted: Counted) -> dict[str, Any]:
    columns = [column.name for column in table.columns]
    return {"name": table.name, "columns": columns, "rows": counted.rows, "sha256": counted.digest}


def _own_run(session: Session, runs: Table, began_at: datetime, on: date) -> Any:
    """The row of this run, as it will be once the archive is in its place."""
    values = {
        "job": JOB,
        "business_on": on,
        "began_at": began_at,
        "ended_at": machine_now(),
        "outcome": "done",
    }
    return session.execute(insert(JobRun).values(values).returning(*runs.columns)).one()


@contextmanager
def _replacing(path: Path) -> Iterator[tuple[zipfile.ZipFile, Any]]:
    """An archive beside its place, and what moves it there; unless that is called, nothing is left of it."""
    # Its owner alone reads what mkstemp makes: the archive holds every case and every password's hash.
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:

            def finish() -> None:
                archive.close()
                file.flush()
                os.fsync(file.fileno())
                os.replace(name, path)
                folder = os.open(path.parent, os.O_RDONLY)
                try:
                    os.fsync(folder)
                finally:
                    os.close(folder)

            yield archive, finish
    finally:
        Path(name).unlink(missing_ok=True)
