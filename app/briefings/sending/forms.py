"""Forms of the sending of an issue."""

from datetime import time

from app.briefings.sending import rules
from app.core.forms import DateField, TextField, TrackerForm


class ScheduleForm(TrackerForm):
    """When an issue is sent."""

    on = DateField("On which day?", what="the day on which it is to be sent")
    at = TextField(
        "From what time? (optional)",
        longest=10,
        description="In London, for example 9:30am. Without it, it goes as soon as the day begins.",
    )

    def time(self) -> time | None:
        """The time of day, or none. Raises TimeNotUsable."""
        return rules.checked_time(self.at.data or "")
