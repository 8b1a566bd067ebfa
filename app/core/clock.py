"""The two clocks: the business day, which a demonstration sets, and the machine's, which nobody does.

``today`` and ``now`` govern deadlines, records and words; ``machine_now`` alone governs leases, retries,
sessions, tokens and job runs.
"""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from flask import current_app, g, has_request_context

from app.core.database import current_session
from app.core.installation import Mode, demonstration_day

LONDON = ZoneInfo("Europe/London")


def machine_now() -> datetime:
    """The real time, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The business day in London; in a demonstration, the demonstration's own."""
    if current_app.config["TRACKER_MODE"] == Mode.PRODUCTION:
        return machine_now().astimezone(LONDON).date()
    if not has_request_context():
        return demonstration_day(current_session())
    # One page must not fall on two days, nor ask twice.
    if "today" not in g:
        g.today = demonstration_day(current_session())
    day: date = g.today
    return day


def now() -> datetime:
    """The business time in UTC: the time of day is real, the day is ``today``."""
    real = machine_now().astimezone(LONDON)
    return datetime.combine(today(), real.timetz()).astimezone(UTC)


def london(moment: datetime) -> datetime:
    """The moment as clocks in London show it."""
    return moment.astimezone(LONDON)
