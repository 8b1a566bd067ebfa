"""The words that child death reviews are recorded in, as an administrator keeps them in order."""

from flask import Flask


def join(app: Flask) -> None:
    """Add the administrator's pages."""
    from app.cdop.vocabulary.views import blueprint

    app.register_blueprint(blueprint)
