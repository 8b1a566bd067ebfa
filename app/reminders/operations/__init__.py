"""Every change to reminders: the day's run, what is taken out again, and what became of a message."""

from app.reminders.operations.addresses import correct_address, keep_address, note_refusal
from app.reminders.operations.by_hand import NEVER_TAKEN_OUT, withdraw_message
from app.reminders.operations.nudging import CannotNudge, chase, nudge
from app.reminders.operations.sweep import Changes, Forecast, RunOutcome, forecast, preview, run
from app.reminders.operations.taking_out import keep_what_is_true, note_failure, take_out

__all__ = [
    "NEVER_TAKEN_OUT",
    "CannotNudge",
    "Changes",
    "Forecast",
    "RunOutcome",
    "chase",
    "correct_address",
    "forecast",
    "keep_address",
    "keep_what_is_true",
    "note_failure",
    "note_refusal",
    "nudge",
    "preview",
    "run",
    "take_out",
    "withdraw_message",
]
