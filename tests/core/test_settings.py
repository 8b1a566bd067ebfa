"""Settings: what is missing, weak or wrong stops the start with one sentence."""

import subprocess
from collections.abc import Callable

import pytest
from flask import Flask

from config import WrongSetting, settings

Run = Callable[..., subprocess.CompletedProcess[str]]

PRODUCTION = {
    "TRACKER_MODE": "production",
    "SECRET_KEY": "s" * 32,
    "DATABASE_URL": "postgresql://tracker@localhost/tracker",
    "MAIL_URL": "smtp://mail.example.org:587",
    "FILES_DIR": "/var/lib/tracker/files",
    "BASE_URL": "https://tracker.example.org",
}


def test_production_starts_with_everything_set() -> None:
    made = settings(PRODUCTION)
    assert (made["TRACKER_MODE"], made["SESSION_COOKIE_SECURE"]) == ("production", True)
    assert made["MAIL_FROM"] == "case-learning-tracker@tracker.example.org"


@pytest.mark.parametrize(
    ("wrong", "begins"),
    [
        ({"TRACKER_MODE": ""}, "Set TRACKER_MODE to demo or production"),
        ({"TRACKER_MODE": "Production"}, "Set TRACKER_MODE to demo or production"),
        ({"SECRET_KEY": ""}, "Set SECRET_KEY to at least 32"),
        ({"SECRET_KEY": "s" * 31}, "Set SECRET_KEY to at least 32"),
        ({"DATABASE_URL": ""}, "Set DATABASE_URL"),
        ({"DATABASE_URL": "mysql://x"}, "DATABASE_URL must begin with"),
        ({"MAIL_URL": ""}, "Set MAIL_URL"),
        ({"MAIL_URL": "http://mail"}, "MAIL_URL must begin with"),
        ({"MAIL_URL": "file:"}, "MAIL_URL names no folder"),
        ({"MAIL_URL": "smtp://"}, "MAIL_URL names no server"),
        ({"BASE_URL": ""}, "Set BASE_URL"),
        ({"BASE_URL": "tracker.example.org"}, "BASE_URL must be a whole address"),
        ({"BASE_URL": "http://tracker.example.org"}, "BASE_URL must begin with https://"),
        ({"FILES_DIR": ""}, "Set FILES_DIR"),
        ({"CLAMAV_SOCKET": "/run/clamav/clamd.ctl"}, "CLAMAV_SOCKET must be"),
        ({"CLAMAV_SOCKET": "unix:"}, "CLAMAV_SOCKET must be"),
        ({"CLAMAV_SOCKET": "tcp://"}, "CLAMAV_SOCKET must be"),
        ({"OUTBOX_LEASE_SECONDS": "-1"}, "OUTBOX_LEASE_SECONDS must be a whole number"),
        ({"OUTBOX_LEASE_SECONDS": "soon"}, "OUTBOX_LEASE_SECONDS must be a whole number"),
    ],
)
def test_what_is_missing_weak_or_wrong_is_said(wrong: dict[str, str], begins: str) -> None:
    with pytest.raises(WrongSetting) as refused:
        settings(PRODUCTION | wrong)
    assert str(refused.value).startswith(begins)


def test_a_command_without_a_mode_says_one_sentence(app: Flask, flask_command: Run) -> None:
    done = flask_command("reminders", "run", "--json", TRACKER_MODE="")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "Error: Set TRACKER_MODE to demo or production; there is no default.\n"


def test_a_database_of_the_other_mode_is_not_migrated(app: Flask, flask_command: Run) -> None:
    production = {name: PRODUCTION[name] for name in ("TRACKER_MODE", "MAIL_URL", "BASE_URL")}
    done = flask_command("db", "upgrade", **production)
    assert (done.returncode, done.stdout) == (1, "")
    assert "this database was made in demo mode" in done.stderr
    assert "Traceback" not in done.stderr
