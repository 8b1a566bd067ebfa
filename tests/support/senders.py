"""Senders that are real processes, each the leader of its own group so that the whole of it can be killed."""

import json
import os
import signal
import time
from collections.abc import Callable

from tests.support.forks import Command

_started: list["Sender"] = []


def leave_no_sender() -> None:
    """End every sender that a test started and that still runs."""
    while _started:
        sender = _started.pop()
        if sender.is_running:
            sender.kill()


class Sender:
    """One ``flask outbox send --until-empty --json``."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.process = Command(
            *("outbox", "send", "--until-empty", "--json"),
            environment={**environment, "FLASK_APP": "tests.support.sending_app"},
        )
        _started.append(self)

    @property
    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return self.process.poll() is None

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the whole group."""
        if self.is_running:
            os.killpg(self.process.pid, number)

    def kill(self) -> None:
        """End it without a chance to clean up, and collect what is left."""
        self.signal(signal.SIGKILL)
        self.process.communicate(timeout=30)

    def outcome(self) -> dict[str, int]:
        """What it printed, once it has ended well."""
        printed, complaints = self.process.communicate(timeout=120)
        assert self.process.returncode == 0, complaints
        outcome: dict[str, int] = json.loads(printed)
        return outcome


def wait_until(happened: Callable[[], bool], *, seconds: float = 60) -> None:
    """Wait for something to happen. Raises AssertionError when it does not in time."""
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.005)


def send_until_nothing_waits(environment: dict[str, str], *, seconds: float = 60) -> None:
    """Run senders, one after the other, until nothing is left to go."""
    end = time.monotonic() + seconds
    while Sender(environment).outcome()["waiting"]:
        assert time.monotonic() < end, "something is stuck in the outbox"
        time.sleep(0.2)
