"""What the figures of child deaths cost: ten years of ten thousand cases, on both databases.

Computing afresh, suppression and its proof included, must stay under its limit in seconds; the page, which
reads what is kept, under three times what the raw grouped questions cost in the same run.
"""

import statistics
import time
from contextlib import ExitStack
from typing import Any

from tools.common import run_script, say

CASES, YEARS = 10_000, 10
MOST_SECONDS = 30.0
MOST = 3.0
ROUNDS = 10
PAGES = (
    ("the year", "/child-deaths/figures/2016-17"),
    ("ten years", "/child-deaths/figures/2016-17/by-year"),
    ("in full", "/child-deaths/figures/2016-17/in-full"),
)


def main() -> int:
    """Measure on SQLite and on PostgreSQL; status 1 when anything takes too long."""
    worst = 0
    for database in ("sqlite", "postgresql"):
        with ExitStack() as stack:
            worst = max(worst, measure(database, stack))
    return worst


def measure(database: str, stack: ExitStack) -> int:
    """Say what computing and each page cost on a database of its own."""
    from app.cdop.figures import operations
    from app.cdop.figures.queries import counting
    from app.cdop.figures.rules.bases import Basis
    from app.core.database import current_session, db
    from tests.support.client import PageClient
    from tests.support.deaths import add_deaths, many_deaths
    from tools.bench import empty_site

    app = empty_site(database, stack)
    client = PageClient(app).sign_in("cdop.coordinator").client
    say(f"\n{database}: {CASES:,} child deaths over {YEARS} years, median of {ROUNDS}")
    with app.app_context():
        add_deaths(many_deaths(CASES, years=YEARS))
        current_session().commit()
        began = time.perf_counter()
        done = operations.compute()
        took = time.perf_counter() - began
        is_well = done.computed and took < MOST_SECONDS
        say(f"  {'ok  ' if is_well else 'SLOW'} computing afresh, proof included {took:>21.1f} s")

        def count() -> None:
            for basis in Basis:
                counting.count(basis)
            current_session().rollback()

        for name, path in PAGES:
            raw, page = _turn_by_turn(count, lambda path=path: client.get(path).get_data())
            ratio = page / raw
            is_well = is_well and ratio < MOST
            times = f"{raw * 1000:>7.1f} ms {page * 1000:>7.1f} ms  × {ratio:.2f}"
            say(f"  {'ok  ' if ratio < MOST else 'SLOW'} {name:<34} {times} of the grouped questions")
        db.session.remove()
    return 0 if is_well else 1


def _turn_by_turn(*deeds: Any) -> tuple[float, float]:
    """The median time of each, taken in turns, so that what else the machine does falls on both."""
    times: tuple[list[float], list[float]] = ([], [])
    for round_ in range(ROUNDS + 1):
        for deed, told in zip(deeds, times, strict=True):
            began = time.perf_counter()
            deed()
            # The first time loads templates and fills caches.
            if round_:
                told.append(time.perf_counter() - began)
    return statistics.median(times[0]), statistics.median(times[1])


if __name__ == "__main__":
    run_script(main)
