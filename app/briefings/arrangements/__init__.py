"""What a partnership arranges for its briefing: its settings, and the kinds of work its readers do."""

from flask import Flask


def join(app: Flask) -> None:
    """Add the pages of settings and of kinds of work."""
    from app.briefings.arrangements.views import blueprint

    app.register_blueprint(blueprint)
