"""Makes the environment `.venv` from requirements.lock and builds the front-end assets.

Runs on the machine's own Python, before anything is installed: standard library only. A stamp that holds the
lock's digest tells what is ready, so that a second run costs nothing.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tools.common import ENVIRONMENT, PYTHON, ROOT, SetupProblem, digest_of, got_no_answer, run_script, say

LOCK = ROOT / "requirements.lock"
STAMP = ENVIRONMENT / "installed.json"
LOG = ENVIRONMENT / "install.log"


def main() -> int:
    """Set up what is missing; quick when nothing is."""
    install_packages()
    # The assets are fetched by a package of the environment, so the environment's Python builds them.
    return subprocess.run([PYTHON, "-m", "tools.assets"], cwd=ROOT, check=False).returncode


def install_packages() -> None:
    """Bring `.venv` to what the lock says, unless its stamp says it is there already.

    Raises `SetupProblem` when the packages cannot be fetched or installed.
    """
    wanted = {
        "lock": digest_of(LOCK),
        # An environment that was moved or copied still points at its old place.
        "place": str(ENVIRONMENT),
        "python": ".".join(map(str, sys.version_info[:3])),
    }
    present = read_stamp()
    if present == wanted and PYTHON.exists():
        return
    STAMP.unlink(missing_ok=True)
    if present is None or {**present, "lock": ""} != {**wanted, "lock": ""}:
        make_environment()
    say("Installing the packages of requirements.lock. This takes a minute or two the first time …")
    began = time.monotonic()
    install_from_lock()
    STAMP.write_text(json.dumps(wanted, indent=2) + "\n", encoding="utf-8")
    say(f"Packages installed in {time.monotonic() - began:.0f} seconds.")


def read_stamp() -> dict[str, str] | None:
    """What the last complete installation wrote; None when there was none."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return stamp if isinstance(stamp, dict) else None


def make_environment() -> None:
    """Make an empty `.venv`, in place of one that is half made or belongs elsewhere."""
    say(f"Making the environment {ENVIRONMENT.name} with Python {sys.version.split()[0]} …")
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", ENVIRONMENT], capture_output=True, text=True, check=False
    )
    if made.returncode:
        raise SetupProblem(f"The environment .venv could not be made: {last_line(made.stdout + made.stderr)}")


def install_from_lock() -> None:
    """Install with uv where it is found, else, or where it fails, with the environment's own pip."""
    fast = shutil.which("uv")
    if fast:
        done = run_logged([fast, "pip", "sync", "--python", PYTHON, "--require-hashes", LOCK])
        if done.returncode == 0:
            return
    patience = ["--no-input", "--disable-pip-version-check", "--retries", "2", "--timeout", "30"]
    done = run_logged(
        [PYTHON, "-m", "pip", "install", *patience, "--no-deps", "--require-hashes", "-r", LOCK]
    )
    if done.returncode == 0:
        return
    if got_no_answer(done.stdout):
        raise SetupProblem(
            "The Python packages could not be fetched, because the package registry does not answer: check "
            f"this machine's network and proxy, then run it again (details: {LOG.relative_to(ROOT)})."
        )
    raise SetupProblem(
        f"The packages of requirements.lock could not be installed: {last_line(done.stdout)} "
        f"(details: {LOG.relative_to(ROOT)})"
    )


def run_logged(arguments: Sequence[str | Path]) -> subprocess.CompletedProcess[str]:
    """Run a command with nothing on its input, keeping all it prints in the log."""
    done = subprocess.run(
        arguments,
        cwd=ROOT,
        env=os.environ | {"PYTHONUTF8": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    LOG.write_text(done.stdout, encoding="utf-8")
    return done


def last_line(output: str) -> str:
    """The last line that says something: package tools put the reason there."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return lines[-1] if lines else "no reason was given"


if __name__ == "__main__":
    run_script(main)
