"""Asking readers whether they still want the briefing: once each, by a day, and one round at a time."""

#: The kind of the message that asks.
KIND = "confirm_again"


def key_of(token: str) -> str:
    """What makes the message to a reader the same message."""
    return f"{KIND}:{token}"
