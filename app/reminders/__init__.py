"""The ladder of reminders, its ledger, and the one message a person gets a day."""

from flask import Flask


def join(app: Flask) -> None:
    """Answer the outbox's questions about reminders, and take out what the actions say has changed."""
    from app.core import hooks
    from app.reminders import mail, operations, queries
    from app.reminders.planning import ACTION

    def changed(ref: str) -> None:
        operations.take_out(ref)

    hooks.still_wanted.fill(queries.KIND, mail.still_wanted)
    hooks.message_text.fill(queries.KIND, mail.message_text)
    hooks.delivery_failed.fill(queries.KIND, mail.delivery_failed)
    hooks.dues_changed.fill(ACTION, changed)
