"""Serving the demonstration: whoever asks for the end while it is still being made ready gets it at once."""

import os
import threading
import time
from pathlib import Path

import pytest

from tools import serve

#: A step that starts a program of its own, says which, and waits for it as long as it takes.
STEP = """
import os, subprocess, sys
started = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(120)"])
with open(sys.argv[1] + ".new", "w") as file:
    file.write(str(started.pid))
os.rename(sys.argv[1] + ".new", sys.argv[1])
started.wait()
"""


def runs(pid: int) -> bool:
    """Whether a program still runs, or is left over until the system has seen its end."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def until(happened: threading.Event, ready: Path) -> None:
    """Let the event happen once there is such a file."""
    while not ready.exists():
        time.sleep(0.02)
    happened.set()


def test_a_step_that_is_told_to_stop_is_gone_at_once_with_all_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopping = threading.Event()
    monkeypatch.setattr(serve, "stopping", stopping)
    told = tmp_path / "pid"
    teller = threading.Thread(target=until, args=(stopping, told), daemon=True)
    teller.start()
    began_at = time.monotonic()
    serve.prepare("It could not be made ready", "-c", STEP, str(told))
    assert stopping.is_set()
    pid, give_up_at = int(told.read_text()), time.monotonic() + 5
    while runs(pid) and time.monotonic() < give_up_at:
        time.sleep(0.02)
    assert not runs(pid)
    assert time.monotonic() - began_at < 30
