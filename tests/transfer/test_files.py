"""Files that are none, and files that are replaced whole or not at all."""

import json
import os
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.core.database import current_session
from app.transfer import operations
from app.transfer.operations import dump_file, load_file
from app.transfer.rules import reading
from tests.transfer.documents import load_into, whole

#: What a file holds, and the path, value and part of the sentence of the one problem that comes of it.
UNREADABLE: dict[str, tuple[bytes, str, str | None, str]] = {
    "nothing": (b"", "line 1, column 1", None, "not JSON"),
    "a comma too many": (b'{\n "areas": [],\n}', "line 3, column 1", None, "not JSON"),
    "half a file": (b'{"format": "case-lear', "line 1, column 12", None, "not JSON"),
    "another encoding": ('{"format":\n "naïve"}'.encode("latin-1"), "line 2", None, "not written in UTF-8"),
    "UTF-16": ('{"format": "x"}'.encode("utf-16"), "line 1", None, "not written in UTF-8"),
    "a list": (b"[1, 2]", "", "a list of 2", "no object"),
    "a word": (b'"case-learning-tracker"', "", "case-learning-tracker", "no object"),
    "no number": (b'{"version": NaN}', "", "NaN", "a number that is none"),
    "infinity": (b'{"version": -Infinity}', "", "-Infinity", "a number that is none"),
    "infinity by another name": (b'{"version": 1e999}', "", "1e999", "fits no field"),
    "a number of many figures": (b'{"version": ' + b"9" * 5000 + b"}", "", "9" * 79 + "…", "fits no field"),
    "a tower of lists": (b"[" * 100_000, "", None, "too deep"),
    "a small tower": (
        b'{"areas": ' + b"[" * 30 + b"]" * 30 + b"}",
        "areas" + "[0]" * 19,
        None,
        "more than 20 deep",
    ),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_file_that_is_no_document_is_one_problem(name: str, app: Flask, tmp_path: Path) -> None:
    content, path, value, sentence = UNREADABLE[name]
    file = tmp_path / "file.json"
    file.write_bytes(content)
    (problem,) = load_file(file).problems
    assert (problem.path, problem.value) == (path, value)
    assert sentence in problem.problem


def test_a_name_that_stands_twice_in_an_object_is_a_problem(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "file.json"
    text = json.dumps(whole()).replace('"name": "Hackney"', '"name": "Hackney", "name": "Newham"')
    file.write_text(text, encoding="utf-8")
    (problem,) = load_file(file).problems
    assert (problem.path, problem.value) == ("areas[0].name", "name")
    assert "more than once" in problem.problem


def test_a_file_that_is_not_there_is_one_problem(app: Flask, tmp_path: Path) -> None:
    (problem,) = load_file(tmp_path / "nothing.json").problems
    assert problem.problem == "The file cannot be read: No such file or directory"
    (problem,) = load_file(tmp_path).problems
    assert problem.problem == "The file cannot be read: Is a directory"


def test_a_file_too_large_is_refused_before_it_is_read_as_json(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "LARGEST_FILE", 1024 * 1024)
    monkeypatch.setattr(operations, "LARGEST_FILE", 1024 * 1024)
    file = tmp_path / "file.json"
    file.write_bytes(b" " * (1024 * 1024 + 1))
    (problem,) = load_file(file).problems
    assert problem.problem == "The file is larger than 1 MB. Load it in parts"


def test_a_dump_says_how_much_it_holds_and_stands_on_the_audit_trail(app: Flask, tmp_path: Path) -> None:
    load_into(tmp_path, whole())
    outcome = dump_file(tmp_path / "dump.json")
    assert outcome.unchanged["action"] == 4
    entry = current_session().scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert (entry.verb, entry.is_read, entry.subject_ref) == ("data.dump", True, "board")


def test_a_dump_of_an_empty_database_is_a_file_that_loads(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "dump.json"
    assert dump_file(file).problems == []
    # The kinds of work that readers tell themselves by are there from the beginning.
    assert sorted(json.loads(file.read_text())) == ["audiences", "format", "version"]
    assert load_file(file).problems == []


def test_a_dump_that_cannot_be_written_is_one_problem(app: Flask, tmp_path: Path) -> None:
    (problem,) = dump_file(tmp_path / "nowhere" / "dump.json").problems
    assert "cannot be written" in problem.problem


def test_a_dump_replaces_a_file_whole_or_leaves_it_as_it_was(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "dump.json"
    file.write_text("what stood here")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        (problem,) = dump_file(file).problems
    assert problem.problem == "The file cannot be written: No space left on device"
    assert file.read_text() == "what stood here"
    assert [path.name for path in tmp_path.iterdir()] == ["dump.json"], "nothing is left lying about"
    assert dump_file(file).problems == []
    assert file.read_text().endswith("}\n")


def test_a_new_dump_is_its_owners_alone_to_read_and_one_replaced_keeps_its_readers(
    app: Flask, tmp_path: Path
) -> None:
    file = tmp_path / "dump.json"
    dump_file(file)
    assert file.stat().st_mode & 0o777 == 0o600
    file.chmod(0o640)
    dump_file(file)
    assert file.stat().st_mode & 0o777 == 0o640


def test_a_dump_through_a_link_replaces_what_the_link_leads_to(app: Flask, tmp_path: Path) -> None:
    file, link = tmp_path / "dump.json", tmp_path / "latest.json"
    file.write_text("old")
    link.symlink_to(file)
    dump_file(link)
    assert link.is_symlink()
    assert file.read_text().startswith("{")
