"""The guide for a new partnership: its file, loaded in production as the guide says, leads to a reminder."""

import json
import re
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT

GUIDE = ROOT / "docs" / "starting.md"
FILE = "docs/minimal-partnership.json"


def test_the_commands_of_the_guide_lead_from_an_empty_database_to_the_first_reminder(
    environment: dict[str, str], tmp_path: Path
) -> None:
    """On SQLite, as the guide does; each command is a process of its own."""
    settings = {
        **environment,
        "PATH": "/usr/bin:/bin",
        "TRACKER_MODE": "production",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'tracker.sqlite'}",
        "FILES_DIR": str(tmp_path / "files"),
        "MAIL_URL": f"file:{tmp_path / 'mail'}",
    }
    guide = re.findall(r"^    \.venv/bin/flask (.+)$", GUIDE.read_text(), re.MULTILINE)
    # On a day that is nobody's holiday, whenever the test runs.
    said = {}
    for command in guide:
        on = ["--on", "2024-06-04"] if command.startswith("reminders run") else []
        done = subprocess.run(
            [sys.executable, "-m", "flask", *command.split(), *on],
            cwd=ROOT,
            env=settings,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        said[command] = done.stdout
    assert "created 6 in person" in said[f"data load {FILE}"]
    assert "A-0001" in said["reminders preview --days 14"]
    assert "nurse@northvale.example.org" in said["outbox list"]
    messages = [file.read_text() for file in (tmp_path / "mail").iterdir()]
    assert any("To: nurse@northvale.example.org" in text and "A-0001" in text for text in messages)


def test_the_file_is_of_a_partnership_that_nobody_knows() -> None:
    document = json.loads((ROOT / FILE).read_text())
    assert [held["ref"] for held in document["partnership"]] == ["northvale"]
    assert all(person["email"].endswith("@northvale.example.org") for person in document["people"])
