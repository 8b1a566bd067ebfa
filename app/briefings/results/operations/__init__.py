"""Every change that comes of an issue's having been sent and read."""

from collections.abc import Callable
from datetime import date

from app.briefings.results.operations import snapshots, summing, telling


def run_day(*, on: date, stopping: Callable[[], bool]) -> dict[str, int]:
    """What the day's job does: results that are due are written down, then old clicks are summed up."""
    written = snapshots.write_down_due(on=on)
    return {"written_down": written, "summed_up": summing.sum_up_due(on=on, stopping=stopping)}


def tell(*, on: date, stopping: Callable[[], bool]) -> dict[str, int]:
    """What the ticking job does: agency leads hear of an issue as soon as it was sent.

    And what is kept of people goes as soon as the partnership decides to keep none.
    """
    return {"queued": telling.tell_due(on=on), "summed_up": summing.sum_up_due(on=on, stopping=stopping)}
