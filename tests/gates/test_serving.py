"""Serving the demonstration: whoever asks for the end while it is still being made ready gets it at once."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil

from tools.common import ROOT

#: Long enough to be told to stop, and far shorter than the record takes to load.
AT_ONCE_SECONDS = 2.0


def test_a_start_that_is_told_to_stop_is_gone_at_once_with_all_it_started(
    process_environment: dict[str, str], tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {
        **process_environment,
        "PORT": str(port),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'd.sqlite'}",
        "FILES_DIR": str(tmp_path / "files"),
    }
    with subprocess.Popen(
        [sys.executable, "-m", "tools.serve"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as serving:
        assert serving.stdout is not None
        assert serving.stdout.readline().startswith("Loading ")
        started = psutil.Process(serving.pid).children(recursive=True)
        assert len(started) >= 2
        told_at = time.monotonic()
        os.kill(serving.pid, signal.SIGTERM)
        assert serving.wait(timeout=60) == 0
        assert time.monotonic() - told_at < AT_ONCE_SECONDS
        assert not psutil.wait_procs(started, timeout=0)[1]
        assert serving.stdout.read().endswith("Stopped.\n")
