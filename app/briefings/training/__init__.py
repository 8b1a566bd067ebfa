"""Training and learning events: what staff can take part in, for every issue to point to."""

from flask import Flask


def join(app: Flask) -> None:
    """Add the pages of training."""
    from app.briefings.training.views import blueprint

    app.register_blueprint(blueprint)
