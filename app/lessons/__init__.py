"""Lessons, strengths, their themes, and recommendations with the partnership's response."""

from flask import Flask


def join(app: Flask) -> None:
    """Add the room's pages."""
    from app.core import hooks
    from app.lessons import redactable
    from app.lessons.views import blueprint

    app.register_blueprint(blueprint)
    hooks.redactable.fill("lesson", redactable.lesson)
    hooks.redactable.fill("recommendation", redactable.recommendation)
