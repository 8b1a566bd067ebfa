"""Mail that came back: read from a folder, understood, and noted once."""

from app.briefings.subscribers.returned.folder import take_in

__all__ = ["take_in"]
