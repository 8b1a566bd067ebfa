"""Every change to reminders: the day's run, what is taken out again, and what became of a message."""

from app.reminders.operations.sweep import Changes, Forecast, RunOutcome, forecast, preview, run
from app.reminders.operations.taking_out import keep_what_is_true, note_failure, take_out

__all__ = [
    "Changes",
    "Forecast",
    "RunOutcome",
    "forecast",
    "keep_what_is_true",
    "note_failure",
    "preview",
    "run",
    "take_out",
]
