"""How what a page costs grows with what is recorded: each page at 1,000 and at 100,000 actions, side by side.

Believe the ratios of one run, not the milliseconds. Exit status 1 when a page costs more than it may at the
larger size, or asks more questions of the database there.
"""

import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

from flask import Flask
from flask.testing import FlaskClient

from tools.common import run_script, say

SMALL, LARGE = 1_000, 100_000
#: How much more a page may cost at the larger size.
MOST = 1.3
ROUNDS = 30

#: What it is, who opens it, and where.
PAGES = (
    ("register, all that is open", "board.manager", "/actions"),
    ("register of a sub-group", "scr.chair", "/actions?status=any&sort=colour"),
    ("register, one agency's actions", "board.manager", "/actions?agency=homerton&status=any"),
    ("register of an agency", "hlt.lead", "/actions"),
    ("agency home", "hlt.lead", "/"),
    ("owner's home", "homerton.owner", "/"),
    ("sub-group home", "scr.chair", "/"),
    ("board dashboard", "board.manager", "/"),
    ("independent chair's home", "independent.chair", "/"),
    ("sign-off queue", "scr.chair", "/sign-offs"),
    ("sign-off queue of the board manager", "board.manager", "/sign-offs"),
    ("register of reviews", "board.manager", "/reviews"),
    ("lessons", "staff.reader", "/lessons"),
    ("one action", "board.manager", "/actions/A-0101"),
)


class Site(NamedTuple):
    """An application over a database of one size, and a client for each person."""

    app: Flask
    clients: dict[str, FlaskClient]


class Cost(NamedTuple):
    """What a page costs: the median time in milliseconds, and how many statements."""

    milliseconds: float
    statements: int


def main() -> int:
    """Measure on SQLite and on PostgreSQL; status 1 when any page grows too much."""
    from tools import bench_briefings, bench_figures

    sizes = (SMALL, LARGE) if len(sys.argv) < 2 else (SMALL, int(sys.argv[1]))
    worst = 0
    for database in ("sqlite", "postgresql"):
        with ExitStack() as stack:
            small, large = (_site(database, size, stack) for size in sizes)
            worst = max(worst, _compare(database, sizes, small, large))
    return max(worst, bench_figures.main(), bench_briefings.main())


def _compare(database: str, sizes: tuple[int, int], small: Site, large: Site) -> int:
    say(f"\n{database}: {sizes[0]:,} against {sizes[1]:,} actions, median of {ROUNDS}")
    status = 0
    for name, person, path in PAGES:
        less, more = _measure(small, large, person, path)
        ratio = more.milliseconds / less.milliseconds
        is_well = ratio <= MOST and more.statements <= less.statements
        status = status if is_well else 1
        asked = (
            f"{less.statements}"
            if less.statements == more.statements
            else f"{less.statements} → {more.statements}"
        )
        times = f"{less.milliseconds:>7.1f} ms {more.milliseconds:>7.1f} ms  × {ratio:.2f}"
        say(f"  {'ok  ' if is_well else 'SLOW'} {name:<38} {times}  {asked} statements")
    return status


def _measure(small: Site, large: Site, person: str, path: str) -> tuple[Cost, Cost]:
    """The cost at both sizes, measured turn by turn, so that what else the machine does falls on both."""
    times: tuple[list[float], list[float]] = ([], [])
    for round_ in range(ROUNDS + 2):
        for site, told in zip((small, large), times, strict=True):
            began = time.perf_counter()
            answer = site.clients[person].get(path)
            took = time.perf_counter() - began
            assert answer.status_code == 200, f"{path} answered {answer.status} to {person}"
            answer.get_data()
            # The first pages of a process load templates and fill caches.
            if round_ >= 2:
                told.append(took)
    first, second = (
        Cost(statistics.median(told) * 1000, _statements(site, person, path))
        for site, told in zip((small, large), times, strict=True)
    )
    return first, second


def _statements(site: Site, person: str, path: str) -> int:
    from sqlalchemy import event

    from app.core.database import db

    sent = 0

    def note(*_: Any) -> None:
        nonlocal sent
        sent += 1

    with site.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        site.clients[person].get(path)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return sent


def empty_site(database: str, stack: ExitStack) -> Flask:
    """An application over a database of its own that holds the cast and nothing else."""
    import config
    from app import create_app
    from tests.support.databases import PostgresqlBackend, SqliteBackend

    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    environment = {
        "TRACKER_MODE": "demo",
        "SECRET_KEY": "only-for-measuring-" * 4,
        "MAIL_URL": f"file:{folder / 'mail'}",
        "FILES_DIR": str(folder / "files"),
        "BASE_URL": "http://127.0.0.1:5000",
    }
    backend = (PostgresqlBackend if database == "postgresql" else SqliteBackend)(folder, environment)
    stack.callback(backend.close)
    backend.prepare()
    backend.reset("world")
    return create_app(config.settings({**environment, "DATABASE_URL": backend.url}))


def _site(database: str, actions: int, stack: ExitStack) -> Site:
    """A database of its own with so many actions, and the people who will look at it signed in."""
    from app.core.database import current_session, db
    from tests.support.client import PageClient
    from tests.support.many import build_many

    app = empty_site(database, stack)
    began = time.monotonic()
    with app.app_context():
        build_many(actions)
        current_session().commit()
        with db.engine.connect() as connection:
            connection.exec_driver_sql("ANALYZE")
            connection.commit()
        db.session.remove()
    say(f"{database}: {actions:,} actions written in {time.monotonic() - began:.0f} s")
    people = sorted({person for _, person, _ in PAGES})
    return Site(app, {person: PageClient(app).sign_in(person).client for person in people})


if __name__ == "__main__":
    run_script(main)
