"""Actions, their updates, evidence, extensions and sign-off."""

from flask import Flask


def join(app: Flask) -> None:
    """Add the room's pages, and answer what is asked of actions from below."""
    from app.actions import redactable
    from app.actions.queries.uses import used_by_actions
    from app.actions.views import blueprint
    from app.core import hooks

    app.register_blueprint(blueprint)
    hooks.redactable.fill("action", redactable.action)
    hooks.redactable.fill("challenge", redactable.challenge)
    hooks.structure_used.fill("action", used_by_actions)
