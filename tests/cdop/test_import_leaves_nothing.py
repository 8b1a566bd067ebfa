"""Nothing that identifies a child is found anywhere after an import: by real commands, on real files."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app.core.database import Base, current_session, db
from tests.support.client import PageClient
from tests.support.databases import Backend, PostgresqlBackend
from tests.support.exported import IDENTIFIERS, ROWS, as_csv

Run = Callable[..., subprocess.CompletedProcess[str]]


def files_of_the_database(backend: Backend) -> list[Path]:
    """Every file that the database under test is kept in, its journals included."""
    if isinstance(backend, PostgresqlBackend):
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("CHECKPOINT"))
        return [path for path in backend.data.rglob("*") if path.is_file()]
    return [path for path in backend.folder.iterdir() if path.name.startswith("test.")]


def everything_recorded() -> Iterator[str]:
    """Every row of every table."""
    for name, table in sorted(Base.metadata.tables.items()):
        for row in current_session().execute(table.select()):
            yield f"{name}: {row}"


def found_in(content: str) -> list[str]:
    """Which identifiers stand in a text, whatever capitals they are in."""
    lowered = content.casefold()
    return [each for each in IDENTIFIERS if each.casefold() in lowered]


def found_in_file(path: Path) -> list[str]:
    """Which identifiers stand in the bytes of a file."""
    return found_in(path.read_bytes().decode("latin-1"))


@pytest.fixture
def export(world: Flask, tmp_path: Path) -> Path:
    """A file with a row that is taken, one that is taken, one that is refused, and a mistaken column."""
    folder = tmp_path / "taken-from-the-national-system"
    folder.mkdir()
    shifted = {
        **ROWS[0],
        "eCDOP Reference": "943 476 5919",
        "Sex": "Zebediah Quillfeather",
        "CDOP Number": "X1",
    }
    path = folder / "export.csv"
    path.write_bytes(as_csv([*ROWS, shifted]))
    return path


def test_the_search_finds_what_is_there(export: Path) -> None:
    found = {"Zebediah", "943 476 5919", "14/03/2009", "E8 4RU", "Dandelion Primary", "the lifeguard on duty"}
    assert found <= set(found_in_file(export))


def test_no_identifier_is_found_in_the_database_or_anything_it_gives_out(
    export: Path,
    backend: Backend,
    flask_command: Run,
    process_environment: dict[str, str],
    client_as: Callable[[str], PageClient],
    tmp_path: Path,
) -> None:
    runs = [
        flask_command("cdop", "import", str(export), "--dry-run"),
        flask_command("cdop", "import", str(export)),
        flask_command("cdop", "import", str(export), "--take-good-rows", "--json"),
        flask_command("cdop", "import", str(export), "--take-good-rows"),
    ]
    assert [done.returncode for done in runs] == [1, 1, 0, 0]
    document = json.loads(runs[2].stdout)
    assert (document["rows"], document["created"], document["updated"], document["unchanged"]) == (3, 2, 0, 0)
    assert [row["row"] for row in document["rejected"]] == [4]
    # What leaves the product: messages, dumps, backups, exports, the trail.
    runs += [
        flask_command("reminders", "run", "--json"),
        flask_command("outbox", "send", "--until-empty", "--json"),
        flask_command("data", "dump", str(tmp_path / "dump.json")),
        flask_command("audit", "verify"),
    ]
    assert all(done.returncode == 0 for done in runs[4:])
    co_ordinator = client_as("cdop.coordinator")
    pages: list[Any] = [
        co_ordinator.get("/child-deaths"),
        co_ordinator.get("/child-deaths/D-0001"),
        co_ordinator.get("/child-deaths/export?format=csv"),
        client_as("administrator").get("/audit/export?format=csv"),
    ]
    said = [done.stdout + done.stderr for done in runs]
    said += [page.get_data(as_text=True) for page in pages]
    said += [(tmp_path / "dump.json").read_text(encoding="utf-8")]
    said += list(everything_recorded())
    assert [found for each in said if (found := found_in(each))] == []
    # And the very bytes on the disk, where a row that was taken back may still lie.
    db.session.remove()
    files = files_of_the_database(backend)
    files += [path for path in Path(process_environment["FILES_DIR"]).parent.rglob("*") if path.is_file()]
    assert files
    assert [(path.name, found) for path in files if (found := found_in_file(path))] == []


def test_what_is_taken_over_is_found(export: Path, backend: Backend, flask_command: Run) -> None:
    """The search above would find a value that was kept."""
    assert flask_command("cdop", "import", str(export), "--take-good-rows").returncode == 0
    assert any("EX-77001" in row for row in everything_recorded())
    db.session.remove()
    content = [path.read_bytes() for path in files_of_the_database(backend)]
    assert any(b"EX-77001" in each for each in content)
