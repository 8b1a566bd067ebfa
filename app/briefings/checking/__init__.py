"""The check before an issue goes out, the second person's clearance, and whom an issue is for."""

from flask import Flask


def join(app: Flask) -> None:
    """Add the pages from draft to cleared, and the message to those who may clear."""
    from app.briefings.checking import mail
    from app.briefings.checking.operations import TO_CLEAR
    from app.briefings.checking.views import blueprint
    from app.core import hooks

    app.register_blueprint(blueprint)
    hooks.still_wanted.fill(TO_CLEAR, mail.still_wanted)
    hooks.message_text.fill(TO_CLEAR, mail.message_text)
    hooks.delivery_failed.fill(TO_CLEAR, mail.delivery_failed)
