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
from contextlib import ExitStack
from typing import Any

from flask import Flask

from tools.common import ROOT, run_script, say

SMALL, MIDDLE, LARGE = 1_220, 20_000, 50_000
#: At least so much of the bare loop's speed, and at most so much of the small sender's memory.
LEAST_SPEED, MOST_MEMORY = 0.8, 1.2


def main() -> int:
    """Measure; status 1 where a limit is missed."""
    databases = [word for word in sys.argv[1:] if word in {"sqlite", "postgresql"}]
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    worst = 0
    for database in databases or ("sqlite", "postgresql"):
        with ExitStack() as stack:
            worst = max(worst, measure(database, numbers or [SMALL, MIDDLE, LARGE], stack))
    return worst


def measure(database: str, sizes: list[int], stack: ExitStack) -> int:
    """Send an issue of each size on a database of its own, and say how that compares."""
    from tests.support.fast_sink import fast_sink
    from tools.bench import empty_site

    say(f"\n{database}: briefings to a mail server on this machine")
    memory = {}
    is_well = True
    for size in sizes:
        with ExitStack() as own, fast_sink() as sink:
            app = empty_site(database, own)
            sample = _prepare(app, size)
            bare = _bare_loop(sink.port, min(size, MIDDLE), sample)
            sink.ask("forget")
            told = _send(app, sink.url)
            counted = sink.ask("times")
            assert counted == {"taken": size, "different": size, "twice": 0}, counted
            took = told["queued_in"] + told["sent_in"]
            ratio = size / took / bare
            memory[size] = told["memory"]
            fast = size != MIDDLE or ratio >= LEAST_SPEED
            is_well = is_well and fast
            say(
                f"  {'ok  ' if fast else 'SLOW'} {size:>7,} queued in {told['queued_in']:.1f} s, sent in"
                f" {told['sent_in']:.1f} s: {size / took:,.0f} a second, × {ratio:.2f} of bare smtplib"
                f" ({bare:,.0f}); {told['memory'] / 1024:.0f} MB"
                f"; own work a message {told['work'][0] / size * 1e6:.0f} + {told['work'][1] / size * 1e6:.0f} µs"
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


def _bare_loop(port: int, number: int, content: bytes) -> float:
    """How many a second a bare loop over one connection sends of the same bytes."""
    with smtplib.SMTP("127.0.0.1", port) as line:
        began = time.perf_counter()
        cpu = time.process_time()
        for each in range(number):
            line.sendmail("tracker@example.org", [f"reader.{each}@example.org"], content)
        bare = number / (time.perf_counter() - began)
    say(f"  bare loop: {(time.process_time() - cpu) / number * 1e6:.0f} µs of own work a message")
    return bare


def _send(app: Flask, url: str) -> dict[str, Any]:
    """Queue and send by one process; how long each took, and the most memory it held, in kilobytes."""
    environment = {
        **{
            name: os.environ[name] for name in ("PATH", "HOME", "LANG", "BENCH_PROFILE") if name in os.environ
        },
        "TRACKER_MODE": "demo",
        "SECRET_KEY": app.config["SECRET_KEY"],
        "BASE_URL": app.config["BASE_URL"],
        "FILES_DIR": str(app.config["FILES_DIR"]),
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "MAIL_URL": url,
    }
    printed = subprocess.run(
        [sys.executable, *(os.environ.get("BENCH_RUN", "-m tools.bench_briefings").split()), "--send"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert printed.returncode == 0, printed.stderr
    sys.stderr.write(printed.stderr)
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
        began_cpu = time.process_time()
        began = time.perf_counter()
        feeding.send_month("2017-03")
        queued = time.perf_counter()
        queued_cpu = time.process_time()
        profile = os.environ.get("BENCH_PROFILE")
        if profile:
            import cProfile

            cProfile.runctx("send(until_empty=True)", globals(), {"send": send}, profile)
        else:
            send(until_empty=True)
        sent = time.perf_counter()
        cpu = time.process_time()
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    work = [queued_cpu - began_cpu, cpu - queued_cpu]
    told = {"queued_in": queued - began, "sent_in": sent - queued, "memory": memory, "work": work}
    say(json.dumps(told))
    return 0


if __name__ == "__main__":
    run_script(send_here if "--send" in sys.argv else main)
