"""Making an issue: what it could say, in which order, in whose words."""

from flask import Flask


def join(app: Flask) -> None:
    """Add the composer's pages."""
    from app.briefings.composing.views import blueprint

    app.register_blueprint(blueprint)
