"""Lessons, strengths, their themes, and recommendations with the partnership's response."""

from flask import Flask


def join(app: Flask) -> None:
    """Add the room's pages."""
    from app.core import hooks
    from app.lessons import redactable
    from app.lessons.theme_views import blueprint as themes
    from app.lessons.views import blueprint

    app.register_blueprint(blueprint)
    app.register_blueprint(themes)
    hooks.redactable.fill("lesson", redactable.lesson)
    hooks.redactable.fill("recommendation", redactable.recommendation)
