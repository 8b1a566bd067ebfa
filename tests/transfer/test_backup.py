"""Backups: equal row for row and hash for hash, of one moment, whole or not at all, and put back likewise."""

import hashlib
import io
import json
import shutil
import threading
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

import config
from app.accounts.models import Deputy
from app.accounts.queries import person_by_ref
from app.actions import operations as actions
from app.actions.rules import EvidenceKind
from app.audit import queries as audit_queries
from app.core.clock import machine_now
from app.core.database import Base, current_session, db
from app.core.files.models import StoredFile
from app.core.files.operations import redact_content
from app.core.files.receiving import receive, store
from app.core.holidays import ExtraHoliday
from app.core.installation import Installation
from app.core.job_runs import JobRun
from app.core.transactions import apart
from app.lessons.models import Theme
from app.transfer import backup as backups
from app.transfer.backup import Outcome, RestoreRefused
from tests.actions.support import acting, an_action
from tests.support.databases import Backend, SqliteBackend
from tests.support.files import PDF, PNG
from tests.support.thread import build_thread
from tests.support.world import make_lesson, make_review

Elsewhere = Callable[..., Flask]


def add_files(*contents: bytes) -> None:
    """Evidence with files, by the operations that people use."""
    action = an_action()
    with acting("homerton.owner"):
        for content in contents:
            file = receive(io.BytesIO(content), "minutes.pdf")
            proof = actions.Proof(EvidenceKind.WORDS, "The plan – agreed.\n“Zoë”", file=file)
            actions.add_evidence(action=action, proof=proof)
    current_session().commit()


@pytest.fixture
def full(world: Flask) -> Flask:
    """The cast with records of every kind, two files and a redacted one, and a theme below a later one."""
    build_thread()
    add_files(PDF, PNG, b"What should never have been handed in.\n")
    session = current_session()
    session.flush()
    redact_content(session.scalars(select(StoredFile).order_by(StoredFile.id.desc()).limit(1)).one())
    session.commit()
    later = Theme(ref="later", name="Later")
    earlier = Theme(ref="earlier", name="Earlier")
    session.add_all([earlier, later])
    session.flush()
    earlier.parent_id = max(earlier.id, later.id)
    later.parent_id = None
    session.commit()
    return world


@pytest.fixture
def elsewhere(backend: Backend, environment: dict[str, str], tmp_path: Path) -> Iterator[Elsewhere]:
    """Other installations with nothing in them: of the same kind of database, or in SQLite."""
    made: list[Flask] = []

    def make(name: str = "restored", on: Backend | None = None) -> Flask:
        from app import create_app

        other = on or backend
        if on is None:
            backend.copy("empty", name)
        settings = {**environment, "DATABASE_URL": other.address(name), "FILES_DIR": str(tmp_path / name)}
        app = create_app(config.settings(settings))
        made.append(app)
        return app

    yield make
    for app in made:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def in_sqlite(folder: Path, environment: dict[str, str]) -> SqliteBackend:
    """An empty migrated SQLite database, whatever the tests run on."""
    from flask_migrate import upgrade

    other = SqliteBackend(folder, environment)
    app = other._app("restored")
    with app.app_context():
        upgrade()
        db.session.remove()
        db.engine.dispose()
    return other


def rows() -> dict[str, list[str]]:
    """Every row of every table."""
    found = {}
    with apart(reading=True) as session:
        for table in Base.metadata.sorted_tables:
            found[table.name] = sorted(repr(tuple(row)) for row in session.execute(select(table)))
    return found


def files() -> dict[str, str]:
    """Every file of the folder by its name, with the digest of its content."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in store().folder.rglob("*")
        if path.is_file()
    }


def restored(app: Flask, archive: Path) -> tuple[Outcome, dict[str, list[str]], dict[str, str]]:
    """Restore there; the outcome, and what is there then."""
    with app.app_context():
        outcome = backups.restore(archive)
        return outcome, rows(), files()


def rewritten(archive: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """A copy of an archive with each member changed, or left out where the change is None."""
    changed = archive.with_name("changed.zip")
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return changed


def test_what_is_restored_equals_what_was_backed_up_row_for_row_and_hash_for_hash(
    full: Flask, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    archive = tmp_path / "backup.zip"
    taken = backups.backup(archive)
    before = rows()
    outcome, after, contents = restored(elsewhere("restored"), archive)
    assert after == before
    assert outcome == taken
    assert (outcome.files, outcome.problems) == (2, [])
    assert outcome.rows == sum(map(len, before.values()))
    assert contents == {digest: digest for digest in contents}
    assert set(contents) == {hashlib.sha256(PDF).hexdigest(), hashlib.sha256(PNG).hexdigest()}
    assert archive.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["backup.zip"]


def test_a_backup_goes_from_one_kind_of_database_into_the_other_and_back(
    full: Flask, elsewhere: Elsewhere, environment: dict[str, str], tmp_path: Path
) -> None:
    first, second = tmp_path / "first.zip", tmp_path / "second.zip"
    backups.backup(first)
    before = rows()
    there = elsewhere("restored", in_sqlite(tmp_path, environment))
    assert restored(there, first)[1] == before
    with there.app_context():
        backups.backup(second)
        on_sqlite = rows()
    assert restored(elsewhere("again"), second)[1] == on_sqlite


def test_work_goes_on_after_a_restore(full: Flask, elsewhere: Elsewhere, tmp_path: Path) -> None:
    backups.backup(tmp_path / "backup.zip")
    app = elsewhere("restored")
    with app.app_context():
        backups.restore(tmp_path / "backup.zip")
        assert make_lesson(make_review()).ref == "L-0006"
        add_files(b"A new file\n")
        with apart(reading=True) as session:
            assert audit_queries.verify(session).intact
        assert backups.backup(tmp_path / "next.zip").problems == []


def test_a_backup_tells_its_age_by_its_own_run_and_stands_on_the_trail(full: Flask, tmp_path: Path) -> None:
    backups.backup(tmp_path / "backup.zip")
    with apart(reading=True) as session:
        (run,) = session.scalars(select(JobRun).where(JobRun.job == "backup"))
        assert (run.outcome, run.error) == ("done", None)
        assert run.ended_at is not None
        assert run.began_at <= run.ended_at
    with zipfile.ZipFile(tmp_path / "backup.zip") as archive:
        assert b"Took a backup of everything" in archive.read("rows/audit_entry.jsonl")


def test_a_backup_taken_while_others_write_is_of_one_moment(
    full: Flask, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    writing, begun = threading.Event(), threading.Barrier(3)
    writing.set()
    person_id = person_by_ref("homerton.owner").id
    current_session().rollback()

    def write(of: int) -> None:
        """In each transaction a row of a table that is read early and one of a table that is read late."""
        with full.app_context():
            for number in range(100_000):
                day = date(1000 + of * 500, 1, 1) + timedelta(days=number)
                with apart() as session:
                    session.add(ExtraHoliday(day_on=day, name="Closed"))
                    session.add(
                        Deputy(
                            person_id=person_id,
                            deputy_id=person_id + 1,
                            from_on=day,
                            arranged_at=machine_now(),
                        )
                    )
                if number == 0:
                    begun.wait(10)
                if not writing.is_set():
                    return

    threads = [threading.Thread(target=write, args=(of,)) for of in (1, 2)]
    for thread in threads:
        thread.start()
    try:
        begun.wait(10)
        archives = [tmp_path / f"backup{number}.zip" for number in range(3)]
        for archive in archives:
            assert backups.backup(archive).problems == []
    finally:
        writing.clear()
        for thread in threads:
            thread.join()
    for archive in archives:
        with zipfile.ZipFile(archive) as opened:
            early = opened.read("rows/extra_holiday.jsonl").count(b"\n")
            assert early == opened.read("rows/deputy.jsonl").count(b"\n") > 1
    assert restored(elsewhere("restored"), archives[-1])[0].problems == []


def test_a_missing_or_altered_file_is_named_and_no_backup_is_written(full: Flask, tmp_path: Path) -> None:
    digests = [hashlib.sha256(content).hexdigest() for content in (PDF, PNG)]
    for digest in digests:
        path = store().folder / digest[:2] / digest[2:4] / digest
        if digest == digests[0]:
            path.unlink()
        else:
            path.write_bytes(b"something else")
    target = tmp_path / "backup.zip"
    target.write_text("the last good one")
    outcome = backups.backup(target)
    told = {problem["file"]: problem["problem"] for problem in outcome.problems}
    assert set(told) == {f"files/{digest}" for digest in digests}
    assert told[f"files/{digests[0]}"] == "The file is missing from the folder of files"
    assert "was altered" in told[f"files/{digests[1]}"]
    assert (outcome.rows, outcome.files) == (0, 0)
    assert target.read_text() == "the last good one"
    assert [path.name for path in tmp_path.iterdir()] == ["backup.zip"]
    with apart(reading=True) as session:
        assert list(session.scalars(select(JobRun.outcome).where(JobRun.job == "backup"))) == ["failed"]


def test_a_backup_that_cannot_be_written_says_so(full: Flask, tmp_path: Path) -> None:
    (problem,) = backups.backup(tmp_path / "nowhere" / "backup.zip").problems
    assert problem["problem"] == "The archive cannot be written: No such file or directory"


@pytest.fixture
def archive(full: Flask, tmp_path: Path) -> Path:
    """A good backup."""
    backups.backup(tmp_path / "backup.zip")
    return tmp_path / "backup.zip"


def test_every_member_that_is_missing_or_altered_is_named_and_nothing_is_written(
    archive: Path, elsewhere: Elsewhere
) -> None:
    pdf, png = hashlib.sha256(PDF).hexdigest(), hashlib.sha256(PNG).hexdigest()

    def change(name: str, content: bytes) -> bytes | None:
        if name in {f"files/{pdf}", "rows/lesson.jsonl"}:
            return None
        if name == "rows/person.jsonl":
            return content.replace(b"Board manager", b"Board Manager")
        if name == "rows/review.jsonl":
            return content[:-1]
        return b"x" + content if name == f"files/{png}" else content

    app = elsewhere("restored")
    with app.app_context():
        before = rows()
    outcome, after, contents = restored(app, rewritten(archive, change))
    assert {problem["file"]: problem["problem"] for problem in outcome.problems} == {
        f"files/{pdf}": "The file is missing from the archive",
        f"files/{png}": "The file was altered or damaged",
        "rows/lesson.jsonl": "The rows are missing from the archive",
        "rows/person.jsonl": "The rows were altered or damaged",
        "rows/review.jsonl": "The rows were altered or damaged",
    }
    assert (outcome.rows, after, contents) == (0, before, {})


def test_half_an_archive_and_any_other_file_are_refused(
    archive: Path, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    app = elsewhere("restored")
    half = tmp_path / "half.zip"
    half.write_bytes(archive.read_bytes()[:-100])
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(other, "w") as file:
        file.writestr("manifest.json", "[]")
    with app.app_context():
        for path, sentence in (
            (half, "no backup, or its end is missing"),
            (other, "no backup of this product"),
            (tmp_path / "none.zip", "cannot be read: No such file"),
        ):
            with pytest.raises(RestoreRefused, match=sentence):
                backups.restore(path)


def test_a_database_that_is_not_empty_is_left_as_it_is(archive: Path) -> None:
    before = rows()
    with pytest.raises(RestoreRefused, match="This database is not empty: the table"):
        backups.restore(archive)
    assert rows() == before


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("mode", "production", "The backup is of production mode"),
        ("revision", "0001", "The backup stands at version 0001"),
        ("version", 2, "no backup of this product"),
    ],
)
def test_a_backup_of_another_mode_or_version_is_refused(
    archive: Path, elsewhere: Elsewhere, field: str, value: object, sentence: str
) -> None:
    def change(name: str, content: bytes) -> bytes:
        if name != "manifest.json":
            return content
        manifest: dict[str, Any] = json.loads(content)
        return json.dumps({**manifest, field: value}).encode()

    changed = rewritten(archive, change)
    with elsewhere("restored").app_context(), pytest.raises(RestoreRefused, match=sentence):
        backups.restore(changed)


def test_a_restore_that_fails_half_way_leaves_the_database_empty(
    archive: Path, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.transfer.backup import restoring

    put, seen = restoring._put_table, []

    def breaks(*given: Any) -> int:
        seen.append(given)
        if len(seen) == 30:
            raise OSError(5, "Input/output error")
        return put(*given)

    monkeypatch.setattr(restoring, "_put_table", breaks)
    app = elsewhere("restored")
    with app.app_context():
        before = rows()
        with pytest.raises(OSError, match="Input/output"):
            backups.restore(archive)
        assert rows() == before
        monkeypatch.setattr(restoring, "_put_table", put)
        assert backups.restore(archive).problems == []


def test_a_large_file_never_stands_in_memory(world: Flask, elsewhere: Elsewhere, tmp_path: Path) -> None:
    add_files(b"%PDF-1.4\n" + b"words " * 3_000_000 + b"\n%%EOF\n")
    tracemalloc.start()
    try:
        backups.backup(tmp_path / "backup.zip")
        with elsewhere("restored").app_context():
            tracemalloc.reset_peak()
            assert backups.restore(tmp_path / "backup.zip").files == 1
        assert tracemalloc.get_traced_memory()[1] - tracemalloc.get_traced_memory()[0] < 9_000_000
    finally:
        tracemalloc.stop()


def test_the_commands_print_what_they_did(
    full: Flask,
    backend: Backend,
    flask_command: Callable[..., Any],
    tmp_path: Path,
) -> None:
    with apart(reading=True) as session:
        assert session.scalar(select(func.count()).select_from(Installation)) == 1
    archive = tmp_path / "backup.zip"
    taken = flask_command("backup", str(archive), "--json")
    assert (taken.returncode, taken.stderr) == (0, "")
    backend.copy("empty", "restored")
    there = {"DATABASE_URL": backend.address("restored"), "FILES_DIR": str(tmp_path / "files")}
    put = flask_command("restore", str(archive), "--json", **there)
    assert put.returncode == 0
    assert json.loads(put.stdout) == json.loads(taken.stdout)
    assert json.loads(put.stdout)["rows"] > 100
    again = flask_command("restore", str(archive), "--json", **there)
    assert again.returncode == 1
    assert "not empty" in json.loads(again.stdout)["problem"]
    shutil.rmtree(store().folder / hashlib.sha256(PDF).hexdigest()[:2])
    broken = flask_command("backup", str(archive), "--json")
    assert broken.returncode == 1
    assert json.loads(broken.stdout)["problems"][0]["file"].startswith("files/")
