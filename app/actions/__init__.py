"""Actions, their updates, evidence, extensions and sign-off."""

from flask import Flask


def join(app: Flask) -> None:
    """Add the room's pages."""
    from app.actions.views import blueprint

    app.register_blueprint(blueprint)
