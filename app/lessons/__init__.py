"""Lessons, strengths, their themes, and recommendations with the partnership's response."""

from flask import Flask


def join(app: Flask) -> None:
    """Add the room's pages, and let every page lead to the source of what it shows."""
    from app.core import hooks
    from app.lessons import redactable, runs, sources  # noqa: F401 (runs listens to lessons)
    from app.lessons.theme_views import blueprint as themes
    from app.lessons.views import blueprint

    app.register_blueprint(blueprint)
    app.register_blueprint(themes)
    app.add_template_global(sources.href, "source_url")
    app.add_template_global(sources.list_around, "source_list")
    app.add_template_global(sources.may_open, "may_open")
    hooks.redactable.fill("lesson", redactable.lesson)
    hooks.redactable.fill("recommendation", redactable.recommendation)
