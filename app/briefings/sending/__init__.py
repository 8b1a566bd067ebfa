"""Sending an issue to its readers, through the outbox, with what is theirs alone in each mail."""

from flask import Flask


def join(app: Flask) -> None:
    """Add the pages of the sending, and answer what the outbox asks about briefings."""
    from app.briefings.sending import mail, operations
    from app.briefings.sending.feeding import BRIEFING, STOPPED
    from app.briefings.sending.views import blueprint
    from app.core import hooks

    app.register_blueprint(blueprint)

    hooks.still_wanted.fill(BRIEFING, mail.still_wanted)
    hooks.wanted_while.fill(BRIEFING, mail.wanted_while)
    hooks.messages_spliced.fill(BRIEFING, mail.messages_spliced)
    hooks.message_text.fill(BRIEFING, mail.message_text)
    hooks.delivery_failed.fill(BRIEFING, mail.delivery_failed)
    hooks.message_settled.fill(BRIEFING, operations.settled_by_hand)
    hooks.still_wanted.fill(STOPPED, mail.stopped_still_wanted)
    hooks.message_text.fill(STOPPED, mail.stopped_text)
    hooks.delivery_failed.fill(STOPPED, mail.stopped_failed)
