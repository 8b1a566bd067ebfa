"""What came of an issue: who it reached, what was followed and discussed, and which lesson never went out."""

from flask import Flask


def join(app: Flask) -> None:
    """Add the pages of results, and the messages that an issue's having been sent leads to."""
    from app.briefings.results.views import blueprint

    app.register_blueprint(blueprint)
