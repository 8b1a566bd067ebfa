"""The demonstration: the published record of 2016/17, and the pages that step through its days."""

from flask import Flask


def join(app: Flask) -> None:
    """Add the demonstration's own pages and its banner; called in demo mode only."""
    from app.demo.frame import demonstration
    from app.demo.views import blueprint

    app.register_blueprint(blueprint)
    app.context_processor(demonstration)
