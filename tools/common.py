"""What the scripts of this folder share: the places, and the one way they give up."""

import hashlib
import os
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

#: What pip, uv and npm print when they get no answer. None of them says it in its exit status.
NO_ANSWER = (
    "(from versions: none)",
    "connection refused",
    "connection reset",
    "connecttimeout",
    "could not connect",
    "dns error",
    "eai_again",
    "econnrefused",
    "econnreset",
    "enotfound",
    "error sending request",
    "etimedout",
    "failed to establish a new connection",
    "name resolution",
    "network is unreachable",
    "newconnectionerror",
    "proxyerror",
    "read timed out",
    "tunnel",
)


class SetupProblem(Exception):
    """Something the person at the keyboard must settle; its text is the whole message they see."""


def run_script(main: Callable[[], int]) -> None:
    """Run `main` and leave with its status; a `SetupProblem` is one sentence and status 1, no traceback."""
    try:
        sys.exit(main())
    except SetupProblem as problem:
        print(problem, file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def digest_of(*files: Path) -> str:
    """One digest over the contents of `files`, in the order given."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def got_no_answer(output: str) -> bool:
    """Whether what a package tool printed means that its registry could not be reached."""
    words = output.lower()
    return any(sign in words for sign in NO_ANSWER)


def say(line: str) -> None:
    """Print a line at once, also when the output is a pipe."""
    print(line, flush=True)
