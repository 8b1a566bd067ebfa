"""Serves the product on this machine: web and scheduler as two processes, until Ctrl-C.

The demonstration, unless TRACKER_MODE says otherwise. Standard library only: it stays beside the two.
"""

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from types import FrameType

from tools.common import ROOT, SetupProblem, run_script, say

HOST = "127.0.0.1"
#: Seconds the web may take before it answers, and both may take to finish what they are doing.
PATIENCE = 60.0
GRACE = 15.0

stopping = threading.Event()


def main() -> int:
    """Prepare the database, start both processes and watch over them."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, ask_to_stop)
    port = port_to_serve(os.environ.get("PORT") or "5000")
    os.environ.setdefault("TRACKER_MODE", "demo")
    os.environ.setdefault("BASE_URL", f"http://{HOST}:{port}")
    prepare("The database could not be brought up to date", "-m", "flask", "db", "upgrade")
    prepare("The record could not be loaded", "-m", "tools.record")
    processes = start(port)
    try:
        return watch(processes, port)
    finally:
        stop(processes)


def ask_to_stop(number: int, frame: FrameType | None) -> None:
    """Note that Ctrl-C or a signal asked for the end; the loops below look for it."""
    stopping.set()


def port_to_serve(wanted: str) -> int:
    """The port as a number; raises `SetupProblem` when it is not one or is not free."""
    if not wanted.isascii() or not wanted.isdigit() or not 1 <= int(wanted) <= 65535:
        raise SetupProblem(f"PORT is {wanted!r}, which is not a port: choose one from 1 to 65535.")
    port = int(wanted)
    if answers(port) or not can_bind(port):
        raise SetupProblem(
            f"Port {port} on {HOST} is taken or not allowed: choose another, for example "
            f"make run PORT={port + 1 if 1024 <= port < 65535 else 5001}"
        )
    return port


def answers(port: int) -> bool:
    """Whether some program accepts connections there, be it through another address of this machine."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


def can_bind(port: int) -> bool:
    """Whether we could listen there, as the web server will."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def prepare(failure: str, *arguments: str) -> None:
    """Run one step before the start, quietly; raises `SetupProblem` when it fails, after what it printed.

    A step that is under way when somebody asks for the end is ended at once: what it wrote by then is whole,
    and the next start goes on from there.
    """
    if stopping.is_set():
        return
    # In a group of its own, so that what the step started ends with it.
    with subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as step:
        try:
            said = what_it_said(step)
        finally:
            end_group(step)
    if step.returncode and not stopping.is_set():
        sys.stderr.write(said)
        raise SetupProblem(f"{failure}, for the reason above.")


def what_it_said(step: subprocess.Popen[str]) -> str:
    """Wait for a step, and say what it wrote of its errors; nothing as soon as the end is asked for."""
    while not stopping.is_set():
        try:
            return step.communicate(timeout=0.2)[1]
        except subprocess.TimeoutExpired:
            continue
    return ""


def end_group(step: subprocess.Popen[str]) -> None:
    """End a step and all it started, if any of it is left."""
    with suppress(ProcessLookupError):
        os.killpg(step.pid, signal.SIGKILL)
    step.wait()


def start(port: int) -> dict[str, subprocess.Popen[bytes]]:
    """Start the two processes, by the names that messages give them; none when asked to stop already."""
    if stopping.is_set():
        return {}
    web = [sys.executable, "-m", "gunicorn", "--bind", f"{HOST}:{port}", "--log-level", "warning"]
    scheduler = [sys.executable, "-m", "flask", "scheduler"]
    return {
        "web server": subprocess.Popen(web, cwd=ROOT, stdin=subprocess.DEVNULL),
        "scheduler": subprocess.Popen(scheduler, cwd=ROOT, stdin=subprocess.DEVNULL),
    }


def watch(processes: dict[str, subprocess.Popen[bytes]], port: int) -> int:
    """Say when the web answers, then wait for a signal or for one of the two to end by itself.

    Returns the exit status: 0 when asked to stop, 1 when a process ended by itself or never answered.
    """
    began, told = time.monotonic(), False
    while not stopping.is_set():
        for name, process in processes.items():
            if process.poll() is not None:
                say(f"The {name} ended by itself with status {process.returncode}; stopping the other.")
                return 1
        if not told and speaks_http(port):
            say(f"\nThe Case Learning Tracker is at http://{HOST}:{port} — Ctrl-C stops it.\n")
            told = True
        if not told and time.monotonic() - began > PATIENCE:
            say(f"The web server has not answered for {PATIENCE:.0f} seconds; stopping both.")
            return 1
        stopping.wait(0.2)
    return 0


def speaks_http(port: int) -> bool:
    """Whether the web server answers a request, whatever the answer."""
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
    try:
        connection.request("GET", "/")
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def stop(processes: dict[str, subprocess.Popen[bytes]]) -> None:
    """Let both finish what they are doing, and end what has not ended in time."""
    for process in processes.values():
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + GRACE
    for process in processes.values():
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    say("Stopped.")


if __name__ == "__main__":
    run_script(main)
