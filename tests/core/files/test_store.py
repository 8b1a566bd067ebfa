"""The folder of files: whole or not there, once, for its owner alone; orphans go, and nothing else does."""

import errno
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from app.core.database import current_session
from app.core.files import operations
from app.core.files.models import Scan, StoredFile
from app.core.files.receiving import Received, receive, store
from app.core.files.refusals import FileRefused
from app.core.files.scanner import NotScannable, Scanner, ScannerAway
from app.core.files.store import FileMissing, Store, TooLarge, digest_of
from app.core.transactions import apart
from tests.support.files import EICAR, PDF, PNG, ScannerServer

WEEK = 8 * 24 * 60 * 60


def kept(store: Store, content: bytes) -> str:
    """Put a content in its place; its digest."""
    incoming = store.receive(io.BytesIO(content))
    store.keep(incoming)
    return incoming.digest


def files_in(folder: Path) -> set[str]:
    """The names of all files below a folder."""
    return {path.name for path in folder.rglob("*") if path.is_file()}


def age(path: Path) -> None:
    """Make a file as old as orphans are."""
    then = path.stat().st_mtime - WEEK
    os.utime(path, (then, then))


def test_a_content_is_kept_once_under_its_digest_for_its_owner_alone(tmp_path: Path) -> None:
    place = Store(tmp_path / "files")
    digest = kept(place, PDF)
    assert kept(place, PDF) == digest == digest_of(io.BytesIO(PDF))[0]
    path = tmp_path / "files" / digest[:2] / digest[2:4] / digest
    assert files_in(tmp_path) == {digest}
    assert path.stat().st_mode & 0o777 == 0o600
    assert {
        folder.stat().st_mode & 0o777 for folder in (tmp_path / "files").rglob("*") if folder.is_dir()
    } == {0o700}
    with place.open(digest) as content:
        assert content.read() == PDF


def test_what_is_too_large_or_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    place = Store(tmp_path)
    with pytest.raises(TooLarge):
        place.receive(io.BytesIO(b"x" * 200_000), largest=100_000)

    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        place.receive(Broken())
    assert files_in(tmp_path) == set()


@pytest.mark.parametrize("digest", ["../../../etc/passwd", "", "A" * 64, "a" * 63, "0" * 64])
def test_nothing_but_a_digest_that_is_here_opens_a_file(tmp_path: Path, digest: str) -> None:
    with pytest.raises(FileMissing):
        Store(tmp_path).open(digest)


def test_the_sweep_takes_old_orphans_and_broken_uploads_and_nothing_else(tmp_path: Path) -> None:
    place = Store(tmp_path)
    named, orphan, young = kept(place, b"named"), kept(place, b"orphan"), kept(place, b"young")
    upload = place.receive(io.BytesIO(b"broken off")).path
    for path in (*(tmp_path / each[:2] / each[2:4] / each for each in (named, orphan)), upload):
        age(path)
    assert place.sweep(lambda digest: digest == named) == 2
    assert files_in(tmp_path) == {named, young}


def test_a_file_that_comes_in_again_while_it_is_swept_stays(tmp_path: Path) -> None:
    place = Store(tmp_path)
    digest = kept(place, b"again")
    age(tmp_path / digest[:2] / digest[2:4] / digest)
    asked = []

    def comes_in_again(asked_for: str) -> bool:
        asked.append(asked_for)
        if len(asked) == 2:
            # Between the look at it and its removal.
            kept(place, b"again")
        return False

    place.sweep(comes_in_again)
    assert files_in(tmp_path) == {digest}
    named_late = iter([False, True])
    age(tmp_path / digest[:2] / digest[2:4] / digest)
    assert place.sweep(lambda _: next(named_late)) == 0
    assert files_in(tmp_path) == {digest}


def test_a_full_disk_is_said_and_leaves_nothing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    before = files_in(store().folder)
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(FileRefused, match="could not be kept just now"):
            receive(io.BytesIO(PDF), "plan.pdf")
    assert files_in(store().folder) == before


def test_one_content_has_one_row_and_a_refused_file_leaves_none(app: Flask) -> None:
    first = operations.stored_file(receive(io.BytesIO(PDF), "plan.pdf"))
    assert operations.stored_file(receive(io.BytesIO(PDF), "copy.pdf")) is first
    assert (first.scan, first.may_be_downloaded, first.media_type) == ("not_scanned", True, "application/pdf")
    with pytest.raises(FileRefused):
        receive(io.BytesIO(b"MZ\0"), "plan.pdf")
    assert current_session().query(StoredFile).count() == 1


def test_a_folder_that_cannot_be_used_stops_the_start_with_one_sentence(
    process_environment: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    for folder, sentence in (
        (tmp_path / "file" / "files", "The folder of files cannot be written to"),
        (Path("app/static/files"), "FILES_DIR lies in a folder that is served to browsers"),
    ):
        done = subprocess.run(
            [sys.executable, "-c", "import wsgi"],
            env={**process_environment, "FILES_DIR": str(folder)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode
        assert sentence in done.stderr
    assert not Path("app/static/files").exists()


# The scanner


@pytest.fixture
def scanner(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ScannerServer:
    """A scanner that the application is told about."""
    server = ScannerServer(tmp_path)
    monkeypatch.setattr(operations, "_in_trouble", set())
    monkeypatch.setitem(app.config, "CLAMAV_SOCKET", server.address)
    return server


def taken(content: bytes) -> StoredFile:
    """A file that was handed in."""
    found = operations.stored_file(receive(io.BytesIO(content), "plan.txt"))
    current_session().commit()
    return found


def scan_of(file: StoredFile) -> str:
    """What its row says now."""
    current_session().expire_all()
    said = file.scan
    current_session().rollback()
    return said


def test_a_file_waits_until_the_scanner_lets_it_go_or_keeps_it(app: Flask, scanner: ScannerServer) -> None:
    good, bad = taken(PNG), taken(b"A text with " + EICAR)
    assert (good.scan, good.may_be_downloaded) == (Scan.WAITING, False)
    current_session().rollback()
    assert operations.scan_waiting() == {"scanned": 2, "infected": 1, "waiting": 0}
    assert (scan_of(good), scan_of(bad)) == ("clean", "infected")
    assert good.may_be_downloaded
    assert (bad.may_be_downloaded, bad.scan_found) == (False, "Eicar-Test-Signature")
    current_session().rollback()
    assert operations.scan_waiting()["scanned"] == 0
    with pytest.raises(FileRefused, match="harmful"):
        taken(b"A text with " + EICAR)
    scanner.close()


def test_what_came_before_the_scanner_is_looked_at_too(
    app: Flask, scanner: ScannerServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setitem(app.config, "CLAMAV_SOCKET", None)
        file = taken(PDF)
        assert scan_of(file) == "not_scanned"
        assert operations.scan_waiting() == {"scanned": 0, "infected": 0, "waiting": 0}
    assert operations.scan_waiting()["scanned"] == 1
    assert scan_of(file) == "clean"
    scanner.close()


@pytest.mark.parametrize("behaviour", ["hangs", "hangs up", "nonsense"])
def test_a_scanner_in_trouble_lets_nothing_go(
    app: Flask, scanner: ScannerServer, behaviour: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Scanner.__init__, "__kwdefaults__", {"patience": 0.2})
    file = taken(PDF)
    scanner.behaviour = behaviour
    with pytest.raises(ScannerAway):
        operations.scan_waiting()
    assert scan_of(file) == "waiting"
    scanner.close()
    with pytest.raises(ScannerAway):
        operations.scan_waiting()
    assert scan_of(file) == "waiting"


def test_a_file_too_large_for_the_scanner_waits_and_the_job_says_so(
    app: Flask, scanner: ScannerServer
) -> None:
    large = taken(PDF)
    scanner.behaviour = "too large"
    with pytest.raises(NotScannable, match="raise its limits"):
        operations.scan_waiting()
    missing = taken(PNG)
    path = store().folder / missing.digest[:2] / missing.digest[2:4] / missing.digest
    current_session().rollback()
    path.unlink()
    scanner.behaviour = "works"
    assert operations.scan_waiting() == {"scanned": 1, "infected": 0, "waiting": 1}
    assert (scan_of(large), scan_of(missing)) == ("clean", "waiting")
    scanner.close()


def test_a_file_of_which_the_scanner_saw_only_a_part_is_neither_clean_nor_infected(
    app: Flask, scanner: ScannerServer
) -> None:
    scanner.behaviour = "gives up"
    half_seen, good = taken(b"A text with " + EICAR), taken(PNG)
    with pytest.raises(NotScannable):
        operations.scan_waiting()
    assert (scan_of(half_seen), scan_of(good)) == ("waiting", "clean")
    scanner.close()


def test_a_file_on_which_the_scanner_chokes_keeps_no_other_from_its_turn(
    app: Flask, scanner: ScannerServer
) -> None:
    scanner.behaviour = "chokes"
    poison, good = taken(b"A text with " + EICAR), taken(PNG)
    with pytest.raises(ScannerAway):
        operations.scan_waiting()
    assert (scan_of(poison), scan_of(good)) == ("waiting", "waiting")
    with pytest.raises(ScannerAway):
        operations.scan_waiting()
    assert (scan_of(poison), scan_of(good)) == ("waiting", "clean")
    scanner.close()


def test_what_one_scanner_found_harmful_no_other_lets_go(app: Flask, scanner: ScannerServer) -> None:
    file = taken(PDF)

    def found_meanwhile() -> bool:
        with apart() as session:
            session.get_one(StoredFile, file_id).scan = Scan.INFECTED
        return False

    file_id = file.id
    current_session().rollback()
    operations.scan_waiting(stopping=found_meanwhile)
    assert scanner.scanned == 1
    assert scan_of(file) == "infected"
    scanner.close()


def test_a_scan_ends_when_the_scheduler_does(app: Flask, scanner: ScannerServer) -> None:
    taken(PDF)
    assert operations.scan_waiting(stopping=lambda: True) == {"scanned": 0, "infected": 0, "waiting": 1}
    scanner.close()


def test_what_was_received_tells_nothing_but_its_content(app: Flask) -> None:
    found = receive(io.BytesIO(PDF), "..\\evil.exe")
    assert found == Received("evil.exe", digest_of(io.BytesIO(PDF))[0], len(PDF), "application/pdf")
