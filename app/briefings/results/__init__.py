"""What came of an issue: who it reached, what was followed and discussed, and which lesson never went out."""

from flask import Flask


def join(app: Flask) -> None:
    """Add the pages of results, and the messages that an issue's having been sent leads to."""
    from app.briefings.results import mail
    from app.briefings.results.operations.telling import CASCADE, NOBODY_TO_TELL, TOLD
    from app.briefings.results.views import blueprint
    from app.core import hooks

    app.register_blueprint(blueprint)
    for kind in (CASCADE, TOLD, NOBODY_TO_TELL):
        hooks.still_wanted.fill(kind, mail.still_wanted)
        hooks.message_text.fill(kind, mail.message_text)
        hooks.delivery_failed.fill(kind, mail.delivery_failed)
