"""The ladder of reminders, its ledger, and the one message a person gets a day."""

from flask import Flask


def join(app: Flask) -> None:
    """Answer the outbox's questions about reminders."""
