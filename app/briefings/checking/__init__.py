"""The check before an issue goes out, the second person's clearance, and whom an issue is for."""

from flask import Flask


def join(app: Flask) -> None:
    """Add the pages from draft to cleared."""
    from app.briefings.checking.views import blueprint

    app.register_blueprint(blueprint)
