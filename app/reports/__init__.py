"""Read only: homes, the thread page, dashboards and searches."""

from flask import Flask


def join(app: Flask) -> None:
    """Add the room's pages."""
    from app.reports.views import blueprint

    app.register_blueprint(blueprint)
