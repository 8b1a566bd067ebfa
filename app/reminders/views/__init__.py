"""Pages of the room: messages out, refused addresses, nudges, what is to come, and the rules it goes by."""

from app.reminders.views import addresses, messages, nudges, rules, taking_off, upcoming  # noqa: F401
from app.reminders.views.blueprint import blueprint

__all__ = ["blueprint"]
