"""Real processes that are ready at once: one process makes the application and forks a worker for each job.

A worker has connections, locks and a death of its own; only the second that an import takes is spared. Run as
a program, it reads one job a line and answers with the worker's number, then with its end.
"""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from queue import Queue
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Ended:
    """How a worker ended: its exit status, negative for a signal, and what it had to say."""

    status: int
    said: Any


class Workers:
    """The forking process, seen from the test."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.workers"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.ends: dict[int, Queue[Ended]] = {}
        self.begun: Queue[int] = Queue()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def begin(self, *jobs: str) -> list[int]:
        """Begin a worker for each job, all at once; their process numbers."""
        assert self.process.stdin is not None
        self.process.stdin.write("".join(f"{job}\n" for job in jobs))
        self.process.stdin.flush()
        return [self.begun.get(timeout=60) for _job in jobs]

    def end(self, number: int) -> Ended:
        """How a worker ended; waits for it."""
        return self.ends[number].get(timeout=60)

    def kill(self, number: int) -> None:
        """End a worker where it stands, if it still does."""
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)

    def close(self) -> None:
        """End the forking process."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(timeout=60)
        self.reader.join(timeout=60)
        self.process.stdout.close()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            kind, number, *rest = json.loads(line)
            if kind == "begun":
                self.ends[number] = Queue()
                self.begun.put(number)
            else:
                self.ends[number].put(Ended(*rest))


def sweep(day: str) -> Any:
    """A whole run of the reminders."""
    from app.reminders import operations

    return asdict(operations.run(on=date.fromisoformat(day)))


def begin_day() -> Any:
    """What a scheduler does when it looks whether a day's jobs are due."""
    from app.scheduler import begin_day

    return begin_day()


def send(day: str) -> Any:
    """A sender that sends over and over, until the day's reminders are queued and gone."""
    import time

    from app.core import job_runs
    from app.outbox import sender

    sent = 0
    for _round in range(1000):
        is_last = job_runs.is_done("reminders", on=date.fromisoformat(day))
        outcome = sender.send(until_empty=True)
        sent += outcome.sent
        if is_last and not outcome.waiting:
            break
        time.sleep(0.05)
    return sent


JOBS: dict[str, Callable[..., Any]] = {"sweep": sweep, "begin_day": begin_day, "send": send}


def main() -> None:
    """Fork a worker for each line, and say how each ends."""
    from sqlalchemy.orm import configure_mappers

    from app import create_app

    app = create_app()
    # Once here, which spares each worker a third of a second.
    configure_mappers()
    saying = threading.Lock()

    def say(*words: Any) -> None:
        with saying:
            sys.stdout.write(f"{json.dumps(words, default=str)}\n")
            sys.stdout.flush()

    def watch(number: int, answers: int) -> None:
        with os.fdopen(answers) as file:
            said = file.read()
        _number, status = os.waitpid(number, 0)
        say("ended", number, os.waitstatus_to_exitcode(status), json.loads(said) if said else None)

    for line in sys.stdin:
        job, *arguments = line.split()
        reads, writes = os.pipe()
        number = os.fork()
        if number == 0:
            status = 1
            try:
                os.close(reads)
                with app.app_context():
                    said = json.dumps(JOBS[job](*arguments), default=str)
                os.write(writes, said.encode())
                status = 0
            except BaseException as error:
                os.write(2, f"{type(error).__name__}: {error}\n".encode())
            finally:
                os._exit(status)
        os.close(writes)
        say("begun", number)
        threading.Thread(target=watch, args=(number, reads)).start()


if __name__ == "__main__":
    main()
