"""Putting a backup back, into an installation that holds nothing yet."""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from flask import current_app
from sqlalchemy import Column, Table, delete, insert, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.core.errors import RuleBroken
from app.core.files.receiving import store
from app.core.files.store import digest_of
from app.core.snapshot import number_on, revision
from app.core.transactions import apart
from app.transfer.backup.rows import (
    BATCH,
    FORMAT,
    MANIFEST,
    VERSION,
    Outcome,
    lines,
    member_of,
    member_of_file,
    reader_of,
    tables,
)

#: What the migrations write into an empty database; the archive brings its own.
DEFAULTS = frozenset(
    {
        "installation",
        "regime",
        "stage",
        "time_limit",
        "cdop_term",
        "brag_threshold",
        "extension_tier",
        "ladder_rung",
        "quiet_period",
        "quorum_part",
        "quorum_rule",
        "figures_state",
        "confidentiality_statement",
        "briefing_settings",
        "audience",
        "address_key",
    }
)
_LARGEST_MANIFEST = 10_000_000
#: What reading a damaged archive raises.
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError, ValueError, KeyError)


class RestoreRefused(RuleBroken):
    """The archive and this installation do not fit together."""


def restore(path: Path) -> Outcome:
    """Put every row and file of an archive back, or nothing.

    1. The archive is of the same version of the tables and of the same mode, and nothing is here yet.
    2. Every member is held to its digest before anything is written; each that is missing or was altered is
       named.
    3. Files come first, then all rows in one transaction: a row without its file cannot be.

    Raises RestoreRefused.
    """
    outcome = Outcome()
    try:
        archive = zipfile.ZipFile(path)
    except OSError as error:
        raise RestoreRefused(f"The archive cannot be read: {error.strerror}.") from error
    except zipfile.BadZipFile as error:
        raise RestoreRefused("The file is no backup, or its end is missing.") from error
    with archive:
        manifest = _manifest(archive)
        with apart(reading=True) as session:
            _check_fits(session, manifest)
        told = {each["name"]: each for each in manifest["tables"]}
        digests = _check_rows(archive, told, outcome)
        _check_files(archive, digests, outcome)
        if outcome.problems:
            return outcome
        _put_files(archive, digests)
        outcome.files = len(digests)
        try:
            with apart() as session:
                _check_fits(session, manifest)
                outcome.rows = _put_rows(session, archive)
        except DBAPIError as error:
            raise RestoreRefused(
                f"The database refused the rows, and nothing was written: {type(error.orig).__name__}."
            ) from error
    return outcome


def _manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    try:
        with archive.open(MANIFEST) as member:
            manifest = json.loads(member.read(_LARGEST_MANIFEST))
        if manifest["format"] != FORMAT or manifest["version"] != VERSION:
            raise ValueError
        for each in manifest["tables"]:
            if {"name", "columns", "rows", "sha256"} - set(each):
                raise ValueError
    except (*_DAMAGED, TypeError) as error:
        raise RestoreRefused("The file is no backup of this product, or its list is damaged.") from error
    found: dict[str, Any] = manifest
    return found


def _check_fits(session: Session, manifest: dict[str, Any]) -> None:
    mode = current_app.config["TRACKER_MODE"]
    if manifest["mode"] != mode:
        raise RestoreRefused(
            f"The backup is of {manifest['mode']} mode, but TRACKER_MODE is {mode}; restore it into a "
            "database of its own mode."
        )
    here = revision(session)
    if manifest["revision"] != here:
        raise RestoreRefused(
            f"The backup stands at version {manifest['revision']} of the tables and this database at {here}; "
            "migrate an empty database to that version, restore, then migrate on."
        )
    for table in tables():
        if table.name not in DEFAULTS and session.execute(select(table).limit(1)).first() is not None:
            raise RestoreRefused(
                f"This database is not empty: the table {table.name} holds rows. Restore into a new one, "
                "made by ‘flask db upgrade’ and used by nothing yet."
            )


def _check_rows(archive: zipfile.ZipFile, told: dict[str, Any], outcome: Outcome) -> dict[str, int]:
    """Hold the rows of every table against the manifest; the digests of the files they name, with sizes."""
    named: dict[str, int] = {}
    for table in tables():
        name, expected = member_of(table), told.get(table.name)
        if expected is None or expected["columns"] != [column.name for column in table.columns]:
            outcome.wrong(name, "The archive does not hold this table as it is")
            continue
        digest, rows, read = hashlib.sha256(), 0, reader_of(table)
        try:
            with archive.open(name) as member:
                for line in lines(member):
                    digest.update(line)
                    rows += 1
                    row = read(line)
                    if table.name == "stored_file" and row["redacted_at"] is None:
                        named[str(row["digest"])] = int(row["size_bytes"])
        except KeyError:
            outcome.wrong(name, "The rows are missing from the archive")
            continue
        except (*_DAMAGED, TypeError):
            outcome.wrong(name, "The rows were altered or damaged")
            continue
        if (rows, digest.hexdigest()) != (expected["rows"], expected["sha256"]):
            outcome.wrong(name, "The rows were altered or damaged")
    return named


def _check_files(archive: zipfile.ZipFile, named: dict[str, int], outcome: Outcome) -> None:
    for digest, size in named.items():
        name = member_of_file(digest)
        try:
            with archive.open(name) as member:
                found = digest_of(member)
        except KeyError:
            outcome.wrong(name, "The file is missing from the archive")
            continue
        except _DAMAGED:
            outcome.wrong(name, "The file was altered or damaged")
            continue
        if found != (digest, size):
            outcome.wrong(name, "The file was altered or damaged")


def _put_files(archive: zipfile.ZipFile, named: dict[str, int]) -> None:
    for digest in named:
        with archive.open(member_of_file(digest)) as member:
            incoming = store().receive(member)
        store().keep(incoming)


def _put_rows(session: Session, archive: zipfile.ZipFile) -> int:
    everything = tables()
    for table in reversed(everything):
        if table.name in DEFAULTS:
            session.execute(delete(table))
    count = 0
    for table in everything:
        with archive.open(member_of(table)) as member:
            count += _put_table(session, table, member)
    number_on(session, everything)
    return count


def _put_table(session: Session, table: Table, member: IO[bytes]) -> int:
    """Insert the rows. One that leads to a later row of its own table is led there once that row is here."""
    own = [
        column for column in table.columns if any(key.column.table is table for key in column.foreign_keys)
    ]
    later: list[dict[str, Any]] = []
    count = 0
    for batch in _batches(table, member):
        count += len(batch)
        for row in batch if own else ():
            ahead = {column.name: row[column.name] for column in own if _leads_ahead(row, column)}
            if ahead:
                later.append({"of_row": row["id"], **{column.name: row[column.name] for column in own}})
                row.update(dict.fromkeys(ahead))
        session.execute(insert(table), batch)
    for values in later:
        of_row = values.pop("of_row")
        session.execute(update(table).where(table.c.id == of_row).values(values))
    return count


def _leads_ahead(row: dict[str, Any], column: Column[Any]) -> bool:
    value = row[column.name]
    return value is not None and value >= row["id"]


def _batches(table: Table, member: IO[bytes]) -> Iterator[list[dict[str, Any]]]:
    read, batch = reader_of(table), []
    for line in lines(member):
        batch.append(read(line))
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
