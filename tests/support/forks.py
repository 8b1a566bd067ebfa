"""Commands as real processes that are ready at once: one process imports the product and forks for each.

A command has a process, an environment, connections and a death of its own, and makes the application from
its own environment; only the second that the imports take is spared. That ``python -m flask`` finds the
product from nothing is shown where the guide's commands, the scheduler and the servers are started.
"""

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[2]

#: More than an environment, its words and their names take.
LONGEST_ORDER = 200_000


class Command:
    """One ``flask …``, the leader of a group of its own, as the test sees it."""

    def __init__(self, *words: str, environment: dict[str, str], printed: IO[str] | None = None) -> None:
        """``printed`` takes all it prints and complains of, where that is not to be asked for at its end."""
        self.args = words
        self.returncode: int | None = None
        self._printed, self._complained = (
            printed or tempfile.TemporaryFile("w+")  # noqa: SIM115
            for _each in range(2)
        )
        self._told, ours = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with ours:
            _forks().order(
                {"words": words, "environment": environment},
                [self._printed.fileno(), self._complained.fileno(), ours.fileno()],
            )
        self.pid = int(self._told.recv(20))

    def poll(self) -> int | None:
        """How it ended, negative for a signal; None while it runs."""
        with suppress(TimeoutError):
            self.wait(timeout=0)
        return self.returncode

    def wait(self, timeout: float) -> int:
        """How it ended; raises TimeoutError when it does not in time."""
        if self.returncode is None:
            self._told.settimeout(timeout or 0.000_001)
            self.returncode = int(self._told.recv(20))
            self._told.close()
        return self.returncode

    def communicate(self, timeout: float) -> tuple[str, str]:
        """All it printed and complained of, once it has ended."""
        self.wait(timeout)
        said = []
        for file in (self._printed, self._complained):
            file.seek(0)
            said.append(file.read())
            file.close()
        return said[0], said[1]


class Forks:
    """The process that forks, as the tests see it."""

    def __init__(self) -> None:
        self.line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, LONGEST_ORDER)
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.support.forks", str(theirs.fileno())],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        atexit.register(self.close)

    def order(self, what: object, files: list[int]) -> None:
        """Have a command forked that prints to the first file and complains to the second.

        The third is a socket on which its number is told, and then how it ended.
        """
        socket.send_fds(self.line, [json.dumps(what).encode()], files)

    def close(self) -> None:
        """End it; the commands that it forked live on."""
        self.line.close()
        self.process.wait(timeout=60)


_running: list[Forks] = []


def _forks() -> Forks:
    """The forking process of this one, begun when it is first needed."""
    if not _running:
        _running.append(Forks())
    return _running[0]


def main() -> None:
    """Import the product, fork for each order until nobody is left to give one; in a fork, be the command."""
    _import_the_product()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(fileno=int(sys.argv[1])) as line:
        while True:
            order, files, _flags, _address = socket.recv_fds(line, LONGEST_ORDER, 3)
            if not order:
                return
            if os.fork() == 0:
                break
            for file in files:
                os.close(file)
    what = json.loads(order)
    printed, complained, told = files
    _become(what["words"], what["environment"], printed, complained, told)
    from flask.cli import main as flask

    flask()


def _import_the_product() -> None:
    """Import every room. What making an application sets in them each command sets anew for its own."""
    import gc

    from sqlalchemy.orm import configure_mappers

    import app.demo
    import config

    with tempfile.TemporaryDirectory() as folder:
        environment = {
            "TRACKER_MODE": "production",
            "SECRET_KEY": "of-an-application-that-serves-nobody",
            "DATABASE_URL": "sqlite:///:memory:",
            "MAIL_URL": f"file:{folder}",
            "FILES_DIR": folder,
            "BASE_URL": "https://tracker.example.org",
        }
        app.create_app(config.settings(environment))
    configure_mappers()
    gc.freeze()


def _become(words: list[str], environment: dict[str, str], printed: int, complained: int, told: int) -> None:
    """In a fork: fork once more, tell how that one ends, and become in it what the command is to be."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    number = os.fork()
    if number:
        _number, status = os.waitpid(number, 0)
        # Nobody may be left to be told.
        with suppress(OSError):
            os.write(told, str(os.waitstatus_to_exitcode(status)).encode())
        os._exit(0)
    os.setsid()
    os.dup2(printed, sys.stdout.fileno())
    os.dup2(complained, sys.stderr.fileno())
    os.write(told, str(os.getpid()).encode())
    for file in (printed, complained, told):
        os.close(file)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["flask", *words]


if __name__ == "__main__":
    main()
