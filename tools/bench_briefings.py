"""How fast a briefing leaves, and what it costs in memory: to a real mail server in a process of its own.

Queueing and sending 20,000 by one sender against a bare ``smtplib`` loop over one connection that sends the
same bytes in the same run, and the memory of a sender of 50,000 against one of 1,220, on both databases.
Believe the ratios of one run. ``python -m tools.bench_briefings [sqlite|postgresql] [number]`` measures less.
"""

import json
import os
import smtplib
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any, NamedTuple

from flask import Flask

from tools.common import ROOT, run_script, say

SMALL, MIDDLE, LARGE = 1_220, 20_000, 50_000
#: At least so much of the bare loop's speed, and at most so much of the small sender's memory.
LEAST_SPEED, MOST_MEMORY = 0.8, 1.2


def main(words: Sequence[str] = ()) -> int:
    """Measure; status 1 where a limit is missed."""
    databases = [word for word in words if word in {"sqlite", "postgresql"}] or ["sqlite", "postgresql"]
    numbers = [int(word) for word in words if word.isdigit()] or [SMALL, MIDDLE, LARGE]
    return max(measure(database, numbers) for database in databases)


def measure(database: str, sizes: list[int]) -> int:
    """Send an issue of each size on a database of its own, and say how that compares."""
    from tests.support.fast_sink import fast_sink
    from tools.bench import empty_site

    say(f"\n{database}: briefings to a mail server on this machine")
    memory: dict[int, float] = {}
    is_well = True
    for size in sizes:
        with ExitStack() as own:
            sink = own.enter_context(fast_sink())
            app = empty_site(database, own)
            sample, half = _prepare(app, size), min(size, MIDDLE) // 2
            before = _bare_loop(sink.port, half, sample)
            sink.ask("forget")
            told = _send(app, sink.url)
            counted = sink.ask("times")
            # Half of it before and half after, so that what else the machine does falls on both.
            after = _bare_loop(sink.port, half, sample)
            bare = Bare(2 / (1 / before.speed + 1 / after.speed), (before.work + after.work) / 2)
        assert counted == {"taken": size, "different": size, "twice": 0}, counted
        speed = size / (told["queued_in"] + told["sent_in"])
        memory[size] = told["memory"]
        is_fast = size != MIDDLE or speed / bare.speed >= LEAST_SPEED
        is_well = is_well and is_fast
        say(
            f"  {'ok  ' if is_fast else 'SLOW'} {size:>7,} queued in {told['queued_in']:.1f} s, sent in"
            f" {told['sent_in']:.1f} s: {speed:,.0f} a second, × {speed / bare.speed:.2f} of bare smtplib"
        )
        say(
            f"         work of the processor a message: {told['queueing'] / size * 1e6:.0f} µs to queue,"
            f" {told['sending'] / size * 1e6:.0f} to send, {bare.work * 1e6:.0f} by bare smtplib;"
            f" {told['memory'] / 1024:.0f} MB"
        )
    if {SMALL, LARGE} <= memory.keys():
        grows = memory[LARGE] / memory[SMALL]
        is_well = is_well and grows <= MOST_MEMORY
        say(f"  {'ok  ' if grows <= MOST_MEMORY else 'MORE'} memory of {LARGE:,} × {grows:.2f} of {SMALL:,}")
    return 0 if is_well else 1


def _prepare(app: Flask, size: int) -> bytes:
    """An issue cleared for so many readers; one of its mails as it leaves."""
    from sqlalchemy import insert

    from app.briefings.models import Basis, Delivery, Subscriber, SubscriberState
    from app.briefings.sending.mail import frozen_mail
    from app.core.clock import machine_now
    from app.core.database import current_session, db
    from app.outbox.composing import Mailbox, compose_spliced
    from tests.support.sendings import cleared_issue
    from tests.support.world import DAY

    with app.app_context():
        session = current_session()
        now = machine_now()
        for begin in range(0, size, 5000):
            session.execute(
                insert(Subscriber),
                [
                    {
                        "ref": f"S-{number:04d}",
                        "email": f"reader.{number}@example.org",
                        "name": "",
                        "state": SubscriberState.ACTIVE,
                        "basis": Basis.IMPORTED,
                        "basis_stated": "",
                        "signed_up_on": DAY,
                        "left_reason": "",
                        "key": f"{number:043d}",
                        "created_at": now,
                        "provenance": "recorded",
                    }
                    for number in range(begin, min(begin + 5000, size))
                ],
            )
        issue = cleared_issue(period="2017-03")
        assert session.query(Delivery).count() == size
        spliced = frozen_mail(issue.id).said_to(1, "0" * 43)
        parcel = compose_spliced(
            sender=Mailbox("tracker@example.org"),
            recipient="reader@example.org",
            message_id="<0123@example.org>",
            sent_at=now,
            spliced=spliced,
        )
        session.rollback()
        db.session.remove()
    return parcel.content


class Bare(NamedTuple):
    """What a bare loop does: messages a second, and seconds of the processor for one."""

    speed: float
    work: float


def _bare_loop(port: int, number: int, content: bytes) -> Bare:
    """What a bare loop over one connection takes for the same bytes."""
    with smtplib.SMTP("127.0.0.1", port) as line:
        began, worked = time.perf_counter(), time.process_time()
        for each in range(number):
            line.sendmail("tracker@example.org", [f"reader.{each}@example.org"], content)
        took, worked = time.perf_counter() - began, time.process_time() - worked
    return Bare(number / took, worked / number)


def _send(app: Flask, url: str) -> dict[str, Any]:
    """Queue and send by one process; how long each took, and the most memory it held, in kilobytes."""
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
        "TRACKER_MODE": "demo",
        "SECRET_KEY": app.config["SECRET_KEY"],
        "BASE_URL": app.config["BASE_URL"],
        "FILES_DIR": str(app.config["FILES_DIR"]),
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "MAIL_URL": url,
    }
    printed = subprocess.run(
        [sys.executable, "-m", "tools.bench_briefings", "--send"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert printed.returncode == 0, printed.stderr
    told: dict[str, Any] = json.loads(printed.stdout.splitlines()[-1])
    return told


def send_here() -> int:
    """What the measured process does: queue the month's issue, then send until nothing is left."""
    import resource

    from app import create_app
    from app.briefings.sending import feeding
    from app.outbox.sender import send

    app = create_app()
    with app.app_context():
        began, worked = time.perf_counter(), time.process_time()
        feeding.send_month("2017-03")
        queued, queueing = time.perf_counter(), time.process_time()
        send(until_empty=True)
        sent, sending = time.perf_counter(), time.process_time()
    told = {
        "queued_in": queued - began,
        "sent_in": sent - queued,
        "queueing": queueing - worked,
        "sending": sending - queueing,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
    }
    say(json.dumps(told))
    return 0


if __name__ == "__main__":
    run_script(send_here if "--send" in sys.argv else lambda: main(sys.argv[1:]))
