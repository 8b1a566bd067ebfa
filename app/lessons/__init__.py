"""Lessons, strengths, their themes, and recommendations with the partnership's response."""

from flask import Flask


def join(app: Flask) -> None:
    """Add the room's pages."""
    from app.lessons.views import blueprint

    app.register_blueprint(blueprint)
