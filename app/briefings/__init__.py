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
        redactable,
        results,
        sending,
        subscribers,
        training,
    )
    from app.core import hooks

    arrangements.join(app)
    checking.join(app)
    composing.join(app)
    reading.join(app)
    results.join(app)
    sending.join(app)
    subscribers.join(app)
    training.join(app)
    hooks.redactable.fill("briefing", redactable.issue)
    hooks.redactable.fill("receipt", redactable.receipt)
    hooks.redactable.fill("event", redactable.event)
    # In place of those of their own rooms, which know of no issue that repeats their words.
    hooks.redactable.fill("lesson", redactable.lesson)
    hooks.redactable.fill("action", redactable.action)
