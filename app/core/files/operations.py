"""Rows of files, what the scanner says of them, and the sweep of files without a row."""

from collections.abc import Callable
from contextlib import suppress

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import machine_now
from app.core.database import current_session, once_committed
from app.core.files.models import Scan, StoredFile
from app.core.files.receiving import Received, store
from app.core.files.refusals import FileRefused
from app.core.files.scanner import NotScannable, Scanner, ScannerAway
from app.core.files.store import FileMissing
from app.core.patience import with_patience
from app.core.transactions import apart
from app.core.upsert import insert_new

#: How many files one run of the scanning job looks at.
SCANS_A_RUN = 100
#: Files that could not be looked at while this process lives. They come last, so that one on which the
#: scanner chokes each time keeps no other from its turn.
_in_trouble: set[int] = set()


def stored_file(received: Received) -> StoredFile:
    """The row of a content that was received; the one that is there, where it was handed in before.

    Raises FileRefused for a content in which something harmful was found, or that was redacted.
    """
    session = current_session()
    row = {
        "digest": received.digest,
        "size_bytes": received.size_bytes,
        "media_type": received.media_type,
        "stored_at": machine_now(),
        "scan": Scan.WAITING if scanner_address() else Scan.NOT_SCANNED,
    }
    insert_new(session, StoredFile.metadata.tables[StoredFile.__tablename__], [row], returning=["id"])
    found = session.scalars(select(StoredFile).where(StoredFile.digest == received.digest)).one()
    if found.scan == Scan.INFECTED:
        raise FileRefused("Something harmful was found in this file before, so it is not taken")
    if found.redacted_at is not None:
        store().remove(found.digest)
        raise FileRefused("This file was redacted: it should never have been handed in, so it is not taken")
    return found


def redact_content(file: StoredFile) -> None:
    """Let a content that should never have been handed in be gone for good, wherever it stands.

    The row stays with its digest, so that the same content is not taken again. The file goes once that is
    committed; should that fail, the sweep takes it.
    """
    if file.redacted_at is not None:
        return
    file.redacted_at = machine_now()
    file_id, digest = file.id, file.digest

    def take_away(_: Session) -> None:
        try:
            store().remove(digest)
        except OSError as error:
            current_app.logger.error("stored file %s was not removed: %s", file_id, type(error).__name__)

    once_committed(take_away)


def scanner_address() -> str | None:
    """Where the scanner listens; None where none is set up."""
    address: str | None = current_app.config["CLAMAV_SOCKET"]
    return address


def scan_waiting(*, limit: int = SCANS_A_RUN, stopping: Callable[[], bool] = lambda: False) -> dict[str, int]:
    """Have every file looked at that was not yet, and say how many were and how many still wait.

    A file that is missing goes on waiting and keeps no other from its turn. Raises NotScannable once all
    others had theirs, where the scanner could not take one, and ScannerAway: then all that are left wait.
    """
    address = scanner_address()
    scanned = infected = 0
    refused: NotScannable | None = None
    if address is None:
        return {"scanned": 0, "infected": 0, "waiting": _waiting()}
    scanner = Scanner(address)
    with apart(reading=True) as session:
        files = session.execute(
            select(StoredFile.id, StoredFile.digest)
            .where(StoredFile.scan.in_([Scan.WAITING, Scan.NOT_SCANNED]), StoredFile.redacted_at.is_(None))
            .order_by(StoredFile.scan.desc(), StoredFile.id)
        ).all()
    for file_id, digest in sorted(files, key=lambda file: file.id in _in_trouble):
        if scanned >= limit or stopping():
            break
        try:
            with store().open(digest) as content:
                found = scanner.found_in(content)
        except (NotScannable, FileMissing) as error:
            refused = error if isinstance(error, NotScannable) else refused
            if file_id not in _in_trouble:
                current_app.logger.error("stored file %s was not scanned: %s", file_id, type(error).__name__)
                _in_trouble.add(file_id)
            continue
        except ScannerAway:
            _in_trouble.add(file_id)
            raise
        with_patience(lambda file_id=file_id, found=found: _say(file_id, found))  # type: ignore[misc]
        scanned += 1
        infected += found is not None
    if refused:
        raise refused
    return {"scanned": scanned, "infected": infected, "waiting": _waiting()}


def _say(file_id: int, found: str | None) -> None:
    file = current_session().get_one(StoredFile, file_id, with_for_update=True)
    if file.scan == Scan.INFECTED:
        # By the scanner of another machine, which may know more than ours.
        return
    if found is not None:
        current_app.logger.warning("something harmful was found in stored file %s: %s", file_id, found)
    file.scan = Scan.CLEAN if found is None else Scan.INFECTED
    file.scanned_at, file.scan_found = machine_now(), found


def _waiting() -> int:
    with apart(reading=True) as session:
        return len(
            session.scalars(
                select(StoredFile.id).where(StoredFile.scan == Scan.WAITING, StoredFile.redacted_at.is_(None))
            ).all()
        )


def let_go(digest: str) -> None:
    """Remove a content that was only looked at and that no row names, once the transaction commits."""
    known = select(StoredFile.id).where(StoredFile.digest == digest)
    if current_session().scalars(known.limit(1)).first() is not None:
        return

    def take_away(_: Session) -> None:
        # Otherwise the daily sweep takes it.
        with suppress(OSError):
            store().remove(digest)

    once_committed(take_away)


def sweep_files() -> int:
    """Remove files that no row names, once they are old, and what was redacted at once; how many went."""
    is_redacted = StoredFile.redacted_at.is_not(None)

    def is_known(digest: str) -> bool:
        with apart(reading=True) as session:
            known = select(StoredFile.id).where(StoredFile.digest == digest, ~is_redacted)
            return session.scalar(known) is not None

    with apart(reading=True) as session:
        redacted = session.scalars(select(StoredFile.digest).where(is_redacted).order_by(StoredFile.id)).all()
    for digest in redacted:
        store().remove(digest)
    return store().sweep(is_known)
