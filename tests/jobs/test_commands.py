"""Commands as scripts call them: one JSON document on standard output, and an exit status."""

import json
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from app.accounts.models import Person
from app.accounts.queries import person_by_ref
from app.core.database import current_session
from app.outbox.models import OutboxMessage, State
from tests.reminders.support import action
from tests.support.databases import Backend, SqliteBackend
from tests.support.world import CAST

Run = Callable[..., subprocess.CompletedProcess[str]]


def document(done: subprocess.CompletedProcess[str], status: int = 0) -> Any:
    """The one document that a command printed."""
    assert done.returncode == status, done.stdout + done.stderr
    assert done.stdout.count("\n") == 1
    return json.loads(done.stdout)


def test_reminders_run_says_what_it_did_and_a_second_run_adds_nothing(
    world: Flask, flask_command: Run
) -> None:
    action(date(2017, 3, 29))
    found = {"on": "2017-03-31", "open_actions": 1, "skipped": None}
    first = document(flask_command("reminders", "run", "--json"))
    assert first == {**found, "queued": 1, "recipients": 1, "already_sent": 0}
    second = document(flask_command("reminders", "run", "--json"))
    assert second == {**found, "queued": 0, "recipients": 0, "already_sent": 1}
    plain = flask_command("reminders", "run")
    assert plain.stdout == "0 reminders for 0 people queued, 1 sent before; 1 open action.\n"


def test_reminders_run_on_a_day_off_is_done_and_says_why(world: Flask, flask_command: Run) -> None:
    done = flask_command("reminders", "run", "--on", "2017-04-01", "--json")
    assert document(done)["skipped"] == "Saturday 1 April 2017 is not a working day"


def test_reminders_preview_foretells_and_writes_nothing(world: Flask, flask_command: Run) -> None:
    action(date(2017, 4, 10))
    found = document(flask_command("reminders", "preview", "--days", "4", "--json"))
    to = {"recipient": "homerton.owner@example.org"}
    assert found == {
        "messages": [
            {
                "on": "2017-03-31",
                **to,
                "items": [{"ref": "A-0001", "rung": "owner-28", "due_on": "2017-04-10"}],
            },
            {
                "on": "2017-04-03",
                **to,
                "items": [{"ref": "A-0001", "rung": "owner-7", "due_on": "2017-04-10"}],
            },
        ]
    }
    assert document(flask_command("outbox", "list", "--json")) == {"messages": []}


def test_outbox_send_and_list_agree(world: Flask, flask_command: Run) -> None:
    action(date(2017, 3, 29))
    flask_command("reminders", "run")
    waiting = document(flask_command("outbox", "list", "--state", "queued", "--json"))["messages"]
    assert [message["recipient"] for message in waiting] == ["homerton.owner@example.org"]
    sent = document(flask_command("outbox", "send", "--until-empty", "--json"))
    assert sent == {"sent": 1, "retrying": 0, "failed": 0, "uncertain": 0, "waiting": 0}
    (message,) = document(flask_command("outbox", "list", "--json"))["messages"]
    kept = current_session().query(OutboxMessage).one()
    assert message == {
        "id": kept.id,
        "message_id": kept.message_id,
        "kind": "reminder",
        "recipient": "homerton.owner@example.org",
        "state": State.SENT,
        "attempts": 1,
        "doubtful": False,
        "error": None,
    }
    assert message["message_id"].startswith("<")
    assert message["message_id"].endswith(">")


def test_audit_verify_seals_what_is_left_and_tells_an_intact_chain(world: Flask, flask_command: Run) -> None:
    action(date(2017, 3, 29))
    flask_command("reminders", "run")
    found = document(flask_command("audit", "verify", "--json"))
    assert found == {"entries": 2, "sealed": 2, "head": found["head"], "intact": True, "first_bad": None}
    assert len(found["head"]) == 64


@pytest.mark.parametrize("name", ["colours", "reminders", "outbox", "seals"])
def test_jobs_run_by_hand(world: Flask, flask_command: Run, name: str) -> None:
    found = document(flask_command("jobs", "run", name, "--on", "2017-03-31", "--json"))
    assert (found["job"], found["outcome"]) == (name, "done")


def test_a_job_skipped_for_the_day_says_so(world: Flask, flask_command: Run) -> None:
    found = document(flask_command("jobs", "run", "reminders", "--on", "2017-04-01", "--json"))
    assert found["outcome"] == "skipped"
    assert found["skipped"] == "Saturday 1 April 2017 is not a working day"


def test_a_password_is_set_for_who_has_an_account(world: Flask, flask_command: Run) -> None:
    words = ("accounts", "set-password", "--password", "correct horse battery", "--json")
    assert document(flask_command(*words, "scr.chair@example.org")) == {"person": "scr.chair"}
    assert person_by_ref("scr.chair").password
    current_session().commit()
    refused = document(flask_command(*words, "nobody@example.org"), status=1)
    assert refused == {"problem": "There is no account with that address."}
    short = flask_command("accounts", "set-password", "--password", "short", "scr.chair@example.org")
    assert (short.returncode, short.stdout) == (1, "")
    assert short.stderr == "Use a password of at least 12 characters; three random words do well\n"


@pytest.mark.parametrize(
    "words",
    [
        ("reminders", "run", "--on", "31 March"),
        ("reminders", "preview", "--days", "0"),
        ("outbox", "list", "--state", "lost"),
        ("jobs", "run", "sleep"),
        ("data", "load", "no-such-file.json"),
    ],
)
def test_a_command_called_wrongly_ends_with_status_2(
    world: Flask, flask_command: Run, words: tuple[str, ...]
) -> None:
    done = flask_command(*words, "--json")
    assert (done.returncode, done.stdout) == (2, "")


def test_a_database_without_tables_is_one_sentence(world: Flask, flask_command: Run, tmp_path: Path) -> None:
    empty = {"DATABASE_URL": f"sqlite:///{tmp_path / 'empty.sqlite'}"}
    found = document(flask_command("reminders", "run", "--json", **empty), status=1)
    assert found == {"problem": "The database has no tables yet; run ‘flask db upgrade’ first."}
    scheduler = flask_command("scheduler", **empty)
    assert (scheduler.returncode, scheduler.stdout) == (1, "")
    assert scheduler.stderr == "Error: The database has no tables yet; run ‘flask db upgrade’ first.\n"


def test_a_database_that_another_writer_holds_is_one_sentence(
    backend: Backend, world: Flask, flask_command: Run
) -> None:
    if not isinstance(backend, SqliteBackend):
        # PostgreSQL's writers wait for rows, not for the whole database.
        return
    current_session().execute(update(Person).values(name=Person.name))
    found = document(
        flask_command("accounts", "set-password", "--password", "x" * 12, "a@b.c", "--json"), status=1
    )
    assert found == {"problem": "The database does not answer just now; try again in a moment."}


def test_data_goes_in_and_out_and_a_fault_is_named(world: Flask, flask_command: Run, tmp_path: Path) -> None:
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    document(flask_command("data", "dump", str(first), "--json"))
    loaded = document(flask_command("data", "load", str(first), "--json"))
    assert (loaded["created"], loaded["updated"], loaded["problems"]) == ({}, {}, [])
    assert loaded["unchanged"]["person"] == len(CAST)
    flask_command("data", "dump", str(second))
    assert first.read_bytes() == second.read_bytes()
    first.write_text(first.read_text().replace('"agency": "homerton"', '"agency": "nobodys"', 1))
    refused = document(flask_command("data", "load", str(first), "--json"), status=1)
    assert refused["problems"]
    assert set(refused["problems"][0]) == {"path", "value", "problem"}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("{", "line 1, column 2: The file is not JSON: Expecting property name enclosed in double quotes"),
        ("[]", "The file holds no object. It begins with { and ends with } (found 'a list of 0')"),
    ],
)
def test_a_fault_of_a_file_says_where_and_what_stands_there_only_if_something_does(
    world: Flask, flask_command: Run, tmp_path: Path, content: str, sentence: str
) -> None:
    file = tmp_path / "bad.json"
    file.write_text(content)
    refused = flask_command("data", "load", str(file))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.splitlines() == [sentence, "Nothing was loaded: 1 problem."]


def test_a_database_of_the_other_mode_is_refused(world: Flask, flask_command: Run) -> None:
    production = {"TRACKER_MODE": "production", "BASE_URL": "https://tracker.example.org"}
    found = document(flask_command("outbox", "send", "--json", **production), status=1)
    assert found["problem"].startswith("TRACKER_MODE is production, but this database was made in demo mode")
