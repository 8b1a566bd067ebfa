"""Briefings: what was learned, told to everybody who works with children, once, and what came of it."""

from flask import Flask


def join(app: Flask) -> None:
    """Add the room's pages, messages and commands."""
    from app.briefings import (
        arrangements,
        checking,
        composing,
        models,  # noqa: F401 (its tables join the others)
        reading,
        results,
        sending,
        training,
    )

    arrangements.join(app)
    checking.join(app)
    composing.join(app)
    reading.join(app)
    results.join(app)
    sending.join(app)
    training.join(app)
