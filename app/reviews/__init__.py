"""Serious case reviews and their successors, local reviews, audits and other sources of learning."""

from flask import Flask


def join(app: Flask) -> None:
    """Add the room's pages."""
    from app.reviews.views import blueprint

    app.register_blueprint(blueprint)
