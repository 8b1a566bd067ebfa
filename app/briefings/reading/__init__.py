"""The words of an issue as readers get them: mail, team version, archive."""

from flask import Flask


def join(app: Flask) -> None:
    """Add the pages, and the words of a test."""
    from app.briefings.reading import mail
    from app.briefings.reading.operations import TEST
    from app.briefings.reading.views import blueprint
    from app.core import hooks

    app.register_blueprint(blueprint)
    hooks.still_wanted.fill(TEST, mail.still_wanted)
    hooks.message_text.fill(TEST, mail.message_text)
    hooks.delivery_failed.fill(TEST, mail.delivery_failed)
