"""Regimes, stages and time limits as dated data, and the clocks they set, for reviews and child deaths."""

from flask import Flask


def join(app: Flask) -> None:
    """Add the administrator's pages."""
    from app.clocks.views import blueprint

    app.register_blueprint(blueprint)
